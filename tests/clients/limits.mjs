// What the chat page does where the service sets narrow limits, in Chromium: node limits.mjs <address> <folder for screenshots>
import assert from "node:assert/strict";
import { browse, check, isAccessible } from "./browser.mjs";
import { Visitor } from "./visitor.mjs";

const [address, folder] = process.argv.slice(2);
const tooMany = "Too many tabs or devices are connected at once.";

const walks = {
  async "says which rule a name and a password break"(ada) {
    await ada.open();
    await ada.page.getByRole("button", { name: "New here?" }).click();
    await ada.page.locator("#password-rule").filter({ hasText: "Characters of any kind, 128 at most" }).waitFor();
    await ada.shot("register");
    const refuses = async (name, secret, words) => {
      await ada.enter(secret, "Create an account", name);
      await ada.page.getByRole("alert").filter({ hasText: words }).waitFor();
    };
    await refuses("Ada Lovelace", "correct horse battery", "A name has 1 to 64 Latin letters (accented too)");
    await refuses(ada.name, "too short", "10 to 128 characters");
    await isAccessible(ada.page);
    await ada.enter("correct horse battery", "Create an account");
    await ada.box().waitFor();
    await ada.openAccount();
    await ada.changePassword("correct horse battery", "too short");
    await ada.page.getByRole("alert").filter({ hasText: "10 to 128 characters" }).waitFor();
    await ada.changePassword("correct horse battery", ada.name.toUpperCase());
    await ada.page.getByRole("alert").filter({ hasText: "which is not your name" }).waitFor();
    await ada.page.getByRole("button", { name: "Close" }).click();
    await ada.signOut();
    await ada.page.getByRole("button", { name: "New here?" }).click();
    await refuses(ada.name, "correct horse battery", "This name is taken");
    await refuses(ada.name, "correct horse battery", /Try again in \d+ s/);
    await ada.page.getByRole("button", { name: "You have an account?" }).click();
    await ada.signIn();
    await ada.box().waitFor();
  },

  async "asks again and again for an answer that it may not watch"(ada) {
    await ada.ask("What does the only stream carry?");
    await ada.page.getByRole("alert").filter({ hasText: tooMany }).waitFor();
    console.log("go on");
    await ada.answered();
    assert.equal(await ada.newestText(), "Not this, but the changes.");
    await ada.ask("And the next?");
    await ada.answered();
    assert.equal(await ada.messages().count(), 4);
  },

  async "opens a conversation whose pages are too long for one reply"(ada) {
    const id = await ada.converse("Long talk", Array.from({ length: 12 }, (_, i) => `Note ${i + 1} ${"and so on ".repeat(800)}`));
    await ada.page.locator(`#conversations a[href="#/${id}"]`).click();
    await ada.page.getByText("Note 12 and").waitFor();
    await ada.scrollUntil("#scroller", 0, "#messages > li", 12);
    assert.match((await ada.messages().allInnerTexts()).join(), /Note 1 .*Note 2 .*Note 11 .*Note 12 /s);
  },

  async "says that too many tabs are open, until they are not"(ada) {
    const tab = await ada.secondTab();
    await tab.page.getByRole("status").filter({ hasText: tooMany }).waitFor();
    await tab.ask("Does this tab work all the same?");
    await tab.answered();
    await isAccessible(tab.page);
    await ada.page.close();
    await tab.page.locator("#line:empty").waitFor({ state: "attached" });
    ada.page = tab.page;
  },
};

await browse(async (browser) => {
  const ada = await Visitor.arrive(browser, { address, folder, size: "desktop", locale: "en-GB", haste: 4 });
  for (const [name, walk] of Object.entries(walks)) await check(name, ada, () => walk(ada));
  await ada.leave();
});
