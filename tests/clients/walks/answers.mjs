// Asking and being answered.
import assert from "node:assert/strict";
import { isAccessible } from "../browser.mjs";
import { graphql } from "../faults.mjs";

const story = "A story about the lighthouse keeper of Ouessant, who counted every storm. ".repeat(4) + "And then…";

/** Each text that was shown is the beginning of the stored one, and none is shorter than the one before. */
export function grew(shown, stored) {
  assert.deepEqual(shown.filter((text, i) => !stored.startsWith(text) || text.length < (shown[i - 1] ?? "").length), []);
}

/** The id of the answer that is being made. */
const running = async (ada) => (await ada.post("query($id: ID!) { conversation(id: $id) { activeCompletion { id } } }", { id: ada.page.url().split("#/")[1] })).activeCompletion.id;

/** Where the focus goes when what had it is gone. */
const home = (ada) => (ada.size === "phone" ? "#scroller" : "#content");

export const answers = {
  async "registers, asks and gets a streamed answer"(ada) {
    await ada.open();
    await isAccessible(ada.page);
    await ada.shot("welcome");
    await ada.register();
    await isAccessible(ada.page);
    const hint = ada.page.getByText("Enter sends, Shift+Enter begins a new line.");
    assert.equal(await hint.isVisible(), ada.size !== "phone");
    if (ada.size === "phone") {
      await ada.box().press("Enter");
      assert.equal(await ada.box().inputValue(), "\n");
    }
    await ada.ask("Where did the lighthouse keeper of Ouessant live…");
    await ada.page.getByRole("heading", { name: "Where did the lighthouse keeper of Ouessant live…" }).waitFor();
    await ada.inList("Where did the lighthouse keeper of Ouessant live…", 1);
    assert.match(await ada.page.locator("#list time").textContent(), /^\d\d:\d\d$/, "as the British write it");
    await ada.answering();
    await ada.box().fill("Not yet");
    if (ada.size === "desktop") {
      await ada.box().press("Enter");
      await ada.page.getByRole("alert").filter({ hasText: "An answer is being written here already." }).waitFor();
    }
    await ada.shot("streaming");
    await ada.goesToTheEnd();
    await ada.answered();
    assert.equal(await ada.messages().count(), 2);
    await ada.isTitled("Where did the lighthouse keeper of Ouessant live…");
    assert.equal(await ada.box().inputValue(), "Not yet");
    assert.match(await ada.messages().nth(1).innerText(), /Ouessant/);
    await isAccessible(ada.page);
    await ada.shot("answered");
  },

  async "stops an answer and answers again"(ada) {
    await ada.ask(story);
    await ada.answering();
    await ada.page.keyboard.press("Control+k");
    await ada.search("keeper");
    await ada.page.keyboard.press("Escape");
    await ada.page.locator("#results").waitFor({ state: "hidden" });
    await ada.page.keyboard.press("Escape");
    assert.notEqual(await ada.page.evaluate(() => document.activeElement.id), "search");
    await ada.page.getByRole("button", { name: "Keyboard shortcuts", includeHidden: true }).evaluate((help) => help.click());
    await ada.page.keyboard.press("Escape");
    await ada.page.getByRole("dialog").waitFor({ state: "detached" });
    // Leaving other things stops nothing.
    await ada.goesOn();
    const unheard = (route) => (route.request().postData().includes("cancelCompletion") ? route.abort() : route.fallback());
    await ada.page.route(graphql, unheard);
    await ada.page.getByRole("button", { name: "Stop" }).click();
    await ada.page.getByRole("alert").filter({ hasText: "cannot be reached" }).waitFor();
    await ada.page.unroute(graphql, unheard);
    await ada.post("mutation($input: CancelCompletionInput!) { cancelCompletion(input: $input) { errors { code } } }", { input: { id: await running(ada) } });
    await ada.answered();
    await ada.hasFocus(home(ada));
    const answer = ada.messages().last();
    await answer.getByText("Stopped.", { exact: true }).waitFor();
    const stopped = await answer.getAttribute("id");
    const kept = await ada.newestText();
    await answer.getByRole("button", { name: "Answer again" }).click();
    await ada.hasFocus(home(ada));
    await ada.page.getByText("Earlier answers (1)").waitFor();
    await ada.goesToTheEnd();
    await ada.answered();
    const whole = await ada.messages().last().locator(".prose").first().innerText();
    assert.ok(whole.length > kept.length, "the second answer is whole");
    await ada.page.getByText("Earlier answers (1)").click();
    await ada.page.waitForFunction((text) => document.querySelector(".alternatives .prose")?.textContent === text, kept);
    const conversation = ada.page.url();
    await ada.page.goto(`${conversation}/${stopped}`);
    await ada.page.getByRole("alert").filter({ hasText: "message is not there" }).waitFor();
    assert.equal(await ada.messages().last().locator(".prose").first().innerText(), whole);
    await ada.page.goto(conversation);
  },

  async "goes on after a reload and a lost line, without a gap"(ada) {
    await ada.ask(story);
    await ada.answering();
    const first = await ada.shown();
    await ada.page.reload();
    await ada.goesOn();
    const second = await ada.shown();
    await ada.cutLines();
    await ada.goesToTheEnd();
    await ada.answered();
    const all = await ada.shown();
    await ada.page.reload();
    await ada.messages().nth(1).waitFor();
    const stored = await ada.newestText();
    grew([...first, ...all], stored);
    assert.ok(first.at(-1).length < second.at(-1).length && second.at(-1).length < stored.length, "both cuts fell into the answer");
    assert.ok(all.length > second.length + 5, "it went on piece by piece");
    await ada.page.locator("#line:empty").waitFor({ state: "attached" });
  },

  async "lets one read on while an answer is written"(ada) {
    await ada.begin();
    await ada.ask(`${Array.from({ length: 40 }, (_, i) => `Line ${i + 1} of many`).join("\n")}\n\n\`\`\`text\nIt grows here,\n…`);
    await ada.goesOn();
    const code = ada.page.locator(".running .code");
    const copy = await code.getByRole("button", { name: "Copy" }).elementHandle();
    const place = ada.page.locator("#scroller");
    const fromEnd = () => place.evaluate(({ scrollHeight, scrollTop, clientHeight }) => scrollHeight - scrollTop - clientHeight);
    const top = () => place.evaluate(({ scrollTop }) => scrollTop);
    assert.ok((await fromEnd()) < 2, "whoever is at the end stays there");
    const before = await top();
    await place.hover();
    await ada.page.mouse.wheel(0, -60);
    await ada.page.waitForFunction((was) => document.getElementById("scroller").scrollTop === was - 60, before);
    const newest = ada.page.getByRole("button", { name: "To the newest message" });
    await newest.waitFor();
    for (let i = 0; i < 3; i++) await ada.goesOn();
    assert.equal(await top(), before - 60, "whoever goes up stays there");
    await newest.click();
    await newest.waitFor({ state: "hidden" });
    await copy.click();
    await ada.heard("Copied");
    assert.equal(await ada.page.evaluate(() => navigator.clipboard.readText()), await code.locator("code").textContent());
    await ada.goesToTheEnd();
    await ada.answered();
    assert.ok((await fromEnd()) < 2, "and follows again when at the end");
  },

  async "follows live in a second tab"(ada) {
    const tab = await ada.secondTab();
    await tab.messages().first().waitFor();
    await ada.ask("Is anybody there? Hello, hello…");
    await tab.answering();
    await isAccessible(tab.page);
    await ada.goesToTheEnd(tab);
    await ada.answered();
    await tab.answered();
    const stored = await ada.newestText();
    assert.equal(await tab.newestText(), stored);
    for (const shown of [await ada.shown(), await tab.shown()]) {
      grew(shown, stored);
      assert.ok(shown.length > 5, "piece by piece");
    }
    await ada.rename("The keeper");
    await tab.page.getByRole("heading", { name: "The keeper" }).waitFor();
    await tab.page.close();
  },
};
