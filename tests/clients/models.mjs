// Chooses a model on the chat page, in Chromium, for a conversation to come and for one that is there: node models.mjs <address> <folder for screenshots>
import assert from "node:assert/strict";
import { browse, check, fits, isAccessible } from "./browser.mjs";
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
    await ada.page.route("**/graphql", (route) => (route.request().postData().includes("updateConversation") ? route.abort() : route.fallback()));
    await model.selectOption("thorough");
    await ada.page.getByRole("alert").filter({ hasText: "cannot be reached" }).waitFor();
    await ada.page.waitForFunction(() => document.getElementById("model").value === "quick");
    await ada.page.unroute("**/graphql");
    await ada.begin();
    assert.equal(await model.inputValue(), "quick");
  });
  for (const locale of ["en-GB", "fr-FR"]) {
    const phone = await Visitor.arrive(browser, { address, folder, size: "phone", locale });
    await check(`fits a phone in ${locale}`, phone, async () => {
      await phone.comeAs(ada);
      await phone.box().waitFor();
      await fits(phone.page);
      await phone.shot(`models-${locale}`);
    });
    await phone.leave();
  }
  await ada.leave();
});
