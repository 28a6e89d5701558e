// What the chat page does where the service sets narrow limits, in Chromium: node limits.mjs <address> <folder for screenshots>
import assert from "node:assert/strict";
import { browse, check, isAccessible } from "./browser.mjs";
import { Visitor } from "./visitor.mjs";

const [address, folder] = process.argv.slice(2);
const tooMany = "Too many tabs or devices are connected at once.";

const walks = {
  async "asks again and again for an answer that it may not watch"(ada) {
    await ada.open();
    await ada.register();
    await ada.ask("What does the only stream carry?");
    await ada.page.getByRole("alert").filter({ hasText: tooMany }).waitFor();
    await ada.answered();
    assert.match(await ada.messages().nth(1).innerText(), /no (language )?model/i);
    await ada.ask("And the next?");
    await ada.answered();
    assert.equal(await ada.messages().count(), 4);
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
