// The chat page in Chromium, from registering to signing out: node chat.mjs <address> <desktop|phone> <folder for screenshots>
import assert from "node:assert/strict";
import { mkdir } from "node:fs/promises";
import { browse, check, isAccessible } from "./browser.mjs";
import { Visitor } from "./visitor.mjs";

const [address, size, folder] = process.argv.slice(2);
await mkdir(folder, { recursive: true });

const story = "A story about the lighthouse keeper of Ouessant, who counted every storm. ".repeat(4).trim();
const formatted = [
  "# Plan", "Two *ways*, **one** `answer`:", "```js\nalert('<b>no markup</b>');\n```", "| way | cost |\n|---|---:|\n| short | 1 |",
  "- first\n- [safe](https://example.org/a)\n- [unsafe](javascript:alert(1))", "> quoted", "<img src=x onerror=alert(1)>",
].join("\n\n");

const walks = {
  async "registers, asks and gets a streamed answer"(ada) {
    await ada.open();
    await isAccessible(ada.page);
    await ada.shot("welcome");
    await ada.register();
    await ada.ask("Where did the lighthouse keeper of Ouessant live?");
    await ada.answering();
    await ada.shot("streaming");
    await ada.answered();
    assert.equal(await ada.messages().count(), 2);
    assert.match(await ada.messages().nth(1).innerText(), /Ouessant/);
    await isAccessible(ada.page);
    await ada.shot("answered");
  },

  async "shows Markdown, and nothing of it as markup"(ada) {
    await ada.ask(formatted);
    await ada.answered();
    const own = ada.page.locator(".message.user").last();
    assert.equal(await own.locator("h3").innerText(), "Plan");
    assert.equal(await own.locator("pre").innerText(), "alert('<b>no markup</b>');");
    assert.equal(await own.locator("td").count(), 2);
    assert.equal(await own.locator("blockquote").innerText(), "quoted");
    assert.deepEqual(await own.locator("a").evaluateAll((links) => links.map((link) => link.href)), ["https://example.org/a"]);
    assert.equal(await own.locator("img, script").count(), 0);
    await own.getByRole("button", { name: "Copy" }).first().click();
    await own.getByRole("button", { name: "Copied" }).first().waitFor();
    assert.equal(await ada.page.evaluate(() => navigator.clipboard.readText()), "alert('<b>no markup</b>');");
    await isAccessible(ada.page);
    await ada.shot("markdown");
  },

  async "stops an answer with Escape and answers again"(ada) {
    await ada.ask(story);
    await ada.answering();
    await ada.page.keyboard.press("Escape");
    await ada.answered();
    const answer = ada.messages().last();
    await answer.getByText("Stopped.", { exact: true }).waitFor();
    const kept = await answer.locator(".prose").first().innerText();
    await answer.getByRole("button", { name: "Answer again" }).click();
    await ada.page.getByText("Earlier answers (1)").waitFor();
    await ada.answered();
    const whole = await ada.messages().last().locator(".prose").first().innerText();
    assert.ok(whole.length > kept.length, "the second answer is whole");
  },

  async "goes on after a reload and a lost line, without a gap"(ada) {
    await ada.ask(story);
    await ada.answering();
    await ada.page.reload();
    await ada.answering();
    await ada.cutLines();
    await ada.answered();
    const shown = await ada.messages().last().locator(".prose").innerText();
    await ada.page.reload();
    await ada.messages().last().waitFor();
    assert.equal(await ada.messages().last().locator(".prose").innerText(), shown);
    await ada.page.locator("#line:empty").waitFor({ state: "attached" });
  },

  async "follows live in a second tab"(ada) {
    const tab = await ada.secondTab();
    await tab.messages().first().waitFor();
    await ada.ask("Is anybody there? " + story);
    await tab.answering();
    await ada.answered();
    await tab.answered();
    assert.equal(await tab.messages().last().locator(".prose").innerText(), await ada.messages().last().locator(".prose").innerText());
    await ada.rename("The keeper");
    await tab.page.getByRole("heading", { name: "The keeper" }).waitFor();
    await tab.page.close();
  },

  async "finds a message and jumps to it"(ada) {
    await ada.begin();
    await ada.ask("Nothing but tomatoes here");
    await ada.answered();
    await ada.page.keyboard.press("Control+k");
    await ada.search("lighthouse live");
    const hit = ada.page.locator("#hits li").first();
    await hit.locator("mark").first().waitFor();
    assert.match(await hit.locator("mark").first().innerText(), /lighthouse|live/i);
    await isAccessible(ada.page);
    await ada.shot("search");
    const target = (await hit.locator("a").getAttribute("href")).split("/").at(-1);
    await hit.locator("a").click();
    await ada.page.locator(`#${target}.found`).waitFor();
    assert.equal(await ada.page.evaluate(() => document.activeElement.id), target);
    assert.ok(await ada.isInSight(target));
    await ada.shot("found");
  },

  async "answers from the history, with its sources as links"(ada) {
    await ada.begin();
    await ada.page.getByRole("button", { name: "Answer from my history" }).click();
    await ada.ask("Where did the lighthouse keeper live?");
    await ada.answered();
    const source = ada.page.locator(".sources a").first();
    await source.waitFor();
    await isAccessible(ada.page);
    await ada.shot("history");
    const target = (await source.getAttribute("href")).split("/").at(-1);
    await source.click();
    await ada.page.locator(`#${target}.found`).waitFor();
  },

  async "scrolls through a long list and a long conversation"(ada) {
    const { conversation, count } = await ada.fill(45, 90);
    await ada.page.goto(`${address}#/${conversation}`);
    await ada.page.reload();
    await ada.messages().last().waitFor();
    await ada.page.waitForFunction(() => document.querySelectorAll("#messages > li").length === 40);
    await ada.scrollUntil("#scroller", 0, "#messages > li", count);
    assert.deepEqual(await ada.messages().locator(".prose").allInnerTexts(), Array.from({ length: count }, (_, i) => `Note ${i + 1}`));
    await ada.openSidebar();
    await ada.scrollUntil("#list", 1e6, "#conversations > li", 46);
    await ada.closeSidebar();
  },

  async "archives and deletes"(ada) {
    await ada.rename("To be gone");
    await ada.page.getByRole("button", { name: "Archive", exact: true }).click();
    await ada.inList("To be gone", 0);
    await ada.page.getByRole("button", { name: "Unarchive" }).click();
    await ada.inList("To be gone", 1);
    await ada.page.locator("#actions").getByRole("button", { name: "Delete" }).click();
    await isAccessible(ada.page);
    await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await ada.inList("To be gone", 0);
    await ada.page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
  },

  async "edits and deletes a message"(ada) {
    await ada.begin();
    await ada.ask("A word to be chanegd");
    await ada.answered();
    const question = ada.messages().first();
    await question.getByRole("button", { name: "Edit" }).click();
    await isAccessible(ada.page);
    await ada.shot("edit");
    await ada.page.getByLabel("Text", { exact: true }).fill("A word that is changed");
    await ada.page.getByRole("button", { name: "Save" }).click();
    await question.getByText("edited", { exact: true }).waitFor();
    await ada.page.reload();
    await ada.messages().nth(1).waitFor();
    assert.equal(await question.locator(".prose").innerText(), "A word that is changed");
    await ada.messages().nth(1).getByRole("button", { name: "Delete" }).click();
    await ada.page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
    assert.equal(await ada.messages().count(), 2);
    await ada.messages().nth(1).getByRole("button", { name: "Delete" }).click();
    await isAccessible(ada.page);
    await ada.page.getByRole("dialog").getByRole("button", { name: "Delete" }).click();
    await ada.page.waitForFunction(() => document.querySelectorAll("#messages > li").length === 1);
    await ada.begin();
  },

  async "says what is wrong in words"(ada) {
    await ada.page.route("**/graphql", (route) => route.abort());
    await ada.send("Does this arrive?");
    await ada.page.getByRole("alert").filter({ hasText: "cannot be reached" }).waitFor();
    assert.equal(await ada.box().inputValue(), "Does this arrive?");
    await ada.page.unroute("**/graphql");
    await ada.ask("Does this arrive?");
    await ada.answered();
    assert.equal(await ada.messages().count(), 2);
  },

  async "is dark, and lists its shortcuts"(ada) {
    await ada.openSidebar();
    await ada.page.getByRole("button", { name: "Light or dark" }).click();
    await ada.page.getByRole("button", { name: "Keyboard shortcuts" }).click();
    await ada.page.getByRole("dialog").waitFor();
    await isAccessible(ada.page);
    await ada.page.keyboard.press("Escape");
    await ada.closeSidebar();
    await isAccessible(ada.page);
    await ada.shot("dark");
  },

  async "signs out and in, and refuses a wrong password"(ada) {
    await ada.box().fill("A draft of mine");
    await ada.signOut();
    assert.doesNotMatch(await ada.words(), /lighthouse|arrive|draft of mine|To be gone/i);
    await ada.signIn("wrong password");
    await ada.page.getByRole("alert").filter({ hasText: "do not go together" }).waitFor();
    await ada.signIn();
    await ada.box().waitFor();
  },

  async "changes the password, and signs in with the new one alone"(ada) {
    await ada.openAccount();
    await isAccessible(ada.page);
    await ada.shot("account");
    await ada.changePassword("not the password", "another horse entirely");
    await ada.page.getByRole("alert").filter({ hasText: "not your password" }).waitFor();
    await ada.changePassword("correct horse battery", "another horse entirely");
    await ada.page.getByRole("status").filter({ hasText: "password is changed" }).waitFor();
    await ada.page.getByRole("button", { name: "Close" }).click();
    await ada.closeSidebar();
    await ada.signOut();
    await ada.signIn();
    await ada.page.getByRole("alert").filter({ hasText: "do not go together" }).waitFor();
    await ada.signIn("another horse entirely");
    await ada.box().waitFor();
  },

  async "deletes the account with everything in it"(ada) {
    await ada.openAccount();
    await ada.page.getByText("Delete the account").click();
    await isAccessible(ada.page);
    await ada.page.getByRole("dialog").getByLabel("Password", { exact: true }).fill("another horse entirely");
    await ada.page.getByRole("button", { name: "Delete for good" }).click();
    await ada.page.getByRole("button", { name: "Sign in", exact: true }).waitFor();
    assert.equal(await ada.page.evaluate(() => localStorage.getItem("chat.token")), null);
    await ada.signIn("another horse entirely");
    await ada.page.getByRole("alert").filter({ hasText: "do not go together" }).waitFor();
  },
};

const french = {
  async "speaks French"(zoe) {
    await zoe.open();
    assert.equal(await zoe.page.evaluate(() => document.documentElement.lang), "fr");
    await zoe.page.getByRole("button", { name: "Se connecter" }).waitFor();
    await isAccessible(zoe.page);
    await zoe.shot("french");
  },
};

await browse(async (browser) => {
  for (const [locale, all] of [["en-GB", walks], ["fr-FR", french]]) {
    const visitor = await Visitor.arrive(browser, { address, folder, size, locale });
    for (const [name, walk] of Object.entries(all)) await check(name, visitor, () => walk(visitor));
    await visitor.leave();
  }
});
