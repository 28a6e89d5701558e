// What one does with conversations and messages.
import assert from "node:assert/strict";
import { contrastOfEdge, isAccessible } from "../browser.mjs";
import { delay, graphql, hold, reading } from "../faults.mjs";

/** Saves what a dialog holds while the service cannot be reached: the dialog says so, and stays, or, where it is left meanwhile, the page does. */
async function savesLater({ page }, mutation, isLeft = false) {
  const dialog = page.getByRole("dialog");
  const [save, field] = [dialog.getByRole("button", { name: "Save" }), dialog.getByRole("textbox")];
  const slow = await hold(page, mutation);
  await save.click();
  await slow.came;
  assert.ok(await save.isDisabled());
  assert.ok(!(await field.isEditable()), "what were written now would be lost");
  if (isLeft) await page.keyboard.press("Escape");
  slow.release((route) => route.abort());
  await (isLeft ? page : dialog).getByRole("alert").filter({ hasText: "cannot be reached" }).waitFor();
  await page.unroute(graphql);
  if (isLeft) return;
  assert.ok(await save.isEnabled());
  assert.ok(await field.isEditable());
}

/** Sends a form whose action fails in a way that the service has no part in: what is reported, what the form says, whether its button is off. */
async function failsByItself() {
  const [{ submits }, { element }] = await Promise.all([import("/dialogs.js"), import("/dom.js")]);
  const [place, send] = [element("p", { className: "error" }), element("button")];
  const form = element("form", {}, place, send);
  document.body.append(form);
  const reported = new Promise((heard) => {
    addEventListener("unhandledrejection", (event) => {
      event.preventDefault();
      heard(event.reason.message);
    }, { once: true });
  });
  submits(form, () => Promise.reject(new TypeError("Not of the service")));
  form.requestSubmit(send);
  const found = [await reported, place.textContent, send.disabled];
  form.remove();
  return found;
}

/** Takes a conversation into the archive and out again over a slow line: where another one is open by then, nothing is said of it. */
async function archivesLate(ada, id) {
  const slow = await hold(ada.page, "updateConversation");
  await ada.page.getByRole("button", { name: "Archive", exact: true }).click();
  await slow.came;
  await ada.begin();
  const done = ada.page.waitForResponse((response) => response.request().postData()?.includes("updateConversation"));
  slow.release();
  await done;
  await ada.inList("To be gone", 0);
  await ada.page.evaluate(() => new Promise((later) => setTimeout(later)));
  assert.equal(await ada.page.locator("#done").textContent(), "");
  await ada.page.goto(`${ada.address}#/${id}`);
  await ada.page.getByRole("button", { name: "Take out of the archive" }).click();
  await ada.page.locator("#done").getByText("Taken out of the archive.").waitFor();
  await ada.inList("To be gone", 1);
}

/** What the page says of an answer that has ended in each way; of one that has only begun, first. */
async function endings(completions) {
  const { buildMessage } = await import("/message.js");
  return completions.map((completion) => {
    const message = { id: "made", role: "ASSISTANT", content: "", createdAt: new Date().toISOString(), alternatives: [], completion: { error: null, sources: [], ...completion } };
    const node = buildMessage(message, {});
    document.getElementById("messages").append(node);
    const words = node.querySelector(".note")?.textContent ?? getComputedStyle(node.querySelector(".prose"), "::before").content;
    node.remove();
    return words;
  });
}

export const keeping = {
  async "archives and deletes"(ada) {
    await ada.page.getByRole("button", { name: "Rename", exact: true }).click();
    await ada.page.getByLabel("Title").fill("Left");
    await savesLater(ada, "updateConversation", true);
    await ada.rename("To be gone", async () => {
      await isAccessible(ada.page, "dialog[open]");
      await ada.page.getByLabel("Title").fill("Not lost");
      await savesLater(ada, "updateConversation");
      assert.equal(await ada.page.getByLabel("Title").inputValue(), "Not lost");
    });
    const id = ada.page.url().split("#/")[1];
    const old = await delay(ada.page, reading);
    await ada.write(id, 91, 91);
    await old.came;
    await ada.page.getByRole("button", { name: "Archive", exact: true }).click();
    await ada.inList("To be gone", 0);
    await ada.page.locator("#done").getByText("Archived.").waitFor();
    await ada.heard("Archived.");
    old.release();
    await ada.page.locator(".message").getByText("Note 91", { exact: true }).waitFor();
    assert.equal(await ada.page.locator("#done").textContent(), "Archived.", "what was read before does not take it back");
    const elsewhere = (archived) => ada.call("mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { errors { code } } }", { id, archived });
    await elsewhere(false);
    await ada.inList("To be gone", 1);
    await ada.page.locator("#done:empty").waitFor({ state: "attached" });
    await elsewhere(true);
    await ada.inList("To be gone", 0);
    await ada.openSidebar();
    await ada.search("lighthouse");
    await ada.page.locator("#hits li").first().waitFor();
    await ada.page.getByRole("button", { name: "Archived" }).click();
    await ada.inList("To be gone", 1);
    assert.ok(await ada.page.locator("#list").isVisible(), "the search is left");
    assert.equal(await ada.page.locator("#conversations li").count(), 1);
    await isAccessible(ada.page, "#sidebar");
    await ada.shot("archived");
    const back = ada.page.getByRole("button", { name: "Back to current" });
    assert.equal(await back.getAttribute("aria-pressed"), null, "it says what it does");
    await back.click();
    await ada.inList("To be gone", 0);
    await ada.closeSidebar();
    await ada.page.getByRole("button", { name: "Take out of the archive" }).click();
    await ada.page.locator("#done").getByText("Taken out of the archive.").waitFor();
    await ada.inList("To be gone", 1);
    await archivesLate(ada, id);
    const open = ada.page.url();
    await ada.page.route("**/graphql", (route) => (route.request().postData().includes("deleteConversation") ? route.abort() : route.fallback()));
    await ada.page.locator("#actions").getByRole("button", { name: "Delete" }).click();
    await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await ada.page.getByRole("alert").filter({ hasText: "cannot be reached" }).waitFor();
    assert.equal(ada.page.url(), open);
    await ada.page.unroute("**/graphql");
    await ada.page.locator("#actions").getByRole("button", { name: "Delete" }).click();
    await isAccessible(ada.page);
    assert.match(await ada.page.locator("#delete-warning").textContent(), /^“\u2068To be gone\u2069” and all/, "a title from right to left moves nothing around it");
    await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await ada.inList("To be gone", 0);
    await ada.page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
    assert.equal(await ada.page.locator("#notice").textContent(), "");
  },

  async "edits and deletes a message"(ada) {
    await ada.begin();
    await ada.ask("A word to be chanegd…");
    await ada.answering();
    await ada.page.keyboard.press("Escape");
    await ada.answered();
    await ada.messages().last().getByText("Stopped.", { exact: true }).waitFor();
    await ada.isTitled("A word to be chanegd…");
    const question = ada.messages().first();
    await ada.act(question, "Edit");
    await isAccessible(ada.page);
    await ada.shot("edit");
    await ada.page.getByLabel("Text", { exact: true }).fill("x".repeat(131_073));
    await ada.page.getByRole("button", { name: "Save" }).click();
    await ada.page.getByRole("dialog").getByRole("alert").filter({ hasText: "131,072 characters at most" }).waitFor();
    await ada.page.getByLabel("Text", { exact: true }).fill("A word that is changed");
    await savesLater(ada, "updateMessage");
    assert.equal(await ada.page.getByLabel("Text", { exact: true }).inputValue(), "A word that is changed");
    await isAccessible(ada.page, "dialog[open]");
    await ada.shot("edit-refused");
    await ada.page.getByRole("button", { name: "Save" }).click();
    await question.getByText("edited", { exact: true }).waitFor();
    await ada.page.reload();
    await ada.messages().nth(1).waitFor();
    assert.equal(await question.locator(".prose").innerText(), "A word that is changed");
    await ada.messages().nth(1).getByRole("button", { name: "Delete" }).click();
    await ada.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    assert.equal(await ada.messages().count(), 2);
    const gone = await ada.messages().nth(1).getAttribute("id");
    await ada.messages().nth(1).getByRole("button", { name: "Delete" }).click();
    await isAccessible(ada.page);
    await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await ada.page.waitForFunction(() => document.querySelectorAll("#messages > li").length === 1);
    const conversation = ada.page.url();
    await ada.page.goto(`${conversation}/${gone}`);
    await ada.page.getByRole("alert").filter({ hasText: "message is not there" }).waitFor();
    assert.equal(await question.locator(".prose").innerText(), "A word that is changed");
    assert.equal(ada.page.url(), conversation);
    // On a phone one need not look for it in the sidebar.
    await ada.page.getByRole("button", { name: "New conversation" }).click();
    await ada.page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
  },

  async "says what is wrong in words"(ada) {
    await ada.send("x".repeat(131_073));
    await ada.page.getByRole("alert").filter({ hasText: "131,072 characters at most, and this one 131,073" }).waitFor();
    assert.equal((await ada.box().inputValue()).length, 131_073);
    assert.deepEqual(await ada.page.evaluate(endings, [
      { status: "RUNNING" }, { status: "INTERRUPTED" }, { status: "FAILED", error: { code: "PROVIDER_ERROR" } }, { status: "FAILED", error: { code: "PROVIDER_INCOMPLETE" } },
      { status: "COMPLETED", finishReason: "LENGTH" }, { status: "COMPLETED", finishReason: "CONTENT_FILTER" },
    ]), [
      '"Thinking …" / ""', "The answer was interrupted.", "The answer failed. The model's provider refused to answer.", "The answer failed. The provider broke off in the middle of the answer.",
      "The answer reached its greatest length.", "The provider's content filter ended the answer.",
    ]);
    assert.deepEqual(await ada.page.evaluate(failsByItself), ["Not of the service", "", false], "a fault of the page is not for people");
    await ada.page.route("**/graphql", (route) => route.abort());
    await ada.send("Does this arrive?");
    await ada.page.getByRole("alert").filter({ hasText: "cannot be reached" }).waitFor();
    assert.equal(await ada.box().inputValue(), "Does this arrive?");
    await isAccessible(ada.page);
    await ada.shot("refused");
    await ada.openSidebar();
    await ada.page.getByRole("button", { name: "Archived" }).click();
    await ada.page.waitForFunction(() => !document.getElementById("thread").inert);
    assert.ok(await ada.page.getByRole("alert").filter({ hasText: "cannot be reached" }).isVisible());
    await ada.page.unroute("**/graphql");
    await ada.ask("Does this arrive?");
    await ada.answered();
    assert.equal(await ada.messages().count(), 2);
  },

  async "is dark as the system is or as one likes, and lists its shortcuts"(ada) {
    const light = await ada.background();
    await ada.page.emulateMedia({ colorScheme: "dark" });
    const dark = await ada.background();
    assert.notEqual(dark, light);
    const edges = async () => {
      for (const edge of ["#search", ".box", "#recall"]) assert.ok((await contrastOfEdge(ada.page, edge)) >= 3, `${edge} has an edge`);
    };
    await edges();
    await ada.page.emulateMedia({ colorScheme: "light" });
    await ada.backgroundIs(light);
    await edges();
    await ada.openSidebar();
    await ada.page.getByRole("button", { name: "Light or dark" }).click();
    await ada.backgroundIs(dark);
    await ada.page.getByRole("button", { name: "Keyboard shortcuts" }).click();
    await ada.page.getByRole("dialog").waitFor();
    await isAccessible(ada.page);
    await ada.page.keyboard.press("Escape");
    await ada.closeSidebar();
    await ada.page.goto(ada.formatted);
    await ada.page.reload();
    await ada.page.locator(".message table").first().waitFor();
    await ada.backgroundIs(dark);
    await isAccessible(ada.page);
    await ada.shot("dark");
  },
};
