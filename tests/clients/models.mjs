// Chooses a model on the chat page, in Chromium, for a conversation to come and for one that is there: node models.mjs <address> <folder for screenshots>
import assert from "node:assert/strict";
import { browse, check, isAccessible } from "./browser.mjs";
import { Visitor } from "./visitor.mjs";

const [address, folder] = process.argv.slice(2);

await browse(async (browser) => {
  const ada = await Visitor.arrive(browser, { address, folder, size: "desktop", locale: "en-GB" });
  const model = ada.page.getByLabel("Model");
  await check("chooses a model", ada, async () => {
    await ada.open();
    await ada.register();
    assert.deepEqual(await model.locator("option").allInnerTexts(), ["quick", "thorough"]);
    assert.equal(await model.inputValue(), "quick");
    await model.selectOption("thorough");
    await ada.ask("With which one?");
    await ada.answered();
    await isAccessible(ada.page);
    await ada.shot("models");
    await ada.page.reload();
    await ada.messages().nth(1).waitFor();
    assert.equal(await model.inputValue(), "thorough");
    await model.selectOption("quick");
    await ada.ask("And now?");
    await ada.answered();
    await ada.begin();
    assert.equal(await model.inputValue(), "quick");
  });
  await ada.leave();
});
