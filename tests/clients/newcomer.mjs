// Somebody who has just started the service as it comes, without a model, in Chromium: node newcomer.mjs <address> <folder for screenshots>
import assert from "node:assert/strict";
import { browse, check, isAccessible } from "./browser.mjs";
import { Visitor } from "./visitor.mjs";

const [address, folder] = process.argv.slice(2);

await browse(async (browser) => {
  const eve = await Visitor.arrive(browser, { address, folder, size: "desktop", locale: "en-GB" });
  await check("gets an answer that says what it is", eve, async () => {
    await eve.open();
    await eve.register();
    await eve.ask("The spare key hangs behind the blue barometer.");
    await eve.answered();
    const answer = await eve.newestText();
    assert.match(answer, /offline responder/);
    assert.match(answer, /blue barometer/);
    await isAccessible(eve.page);
    await eve.shot("newcomer");
  });
  await check("is reminded of what was said elsewhere", eve, async () => {
    await eve.begin();
    await eve.ask("Where does the spare key hang?");
    await eve.answered();
    assert.match(await eve.newestText(), /blue barometer/);
    const source = eve.page.locator(".sources a").first();
    const target = (await source.getAttribute("href")).split("/").at(-1);
    await source.click();
    await eve.page.locator(`#${target}.found`).filter({ hasText: "behind the blue barometer" }).waitFor();
  });
  await check("finds the message", eve, async () => {
    await eve.begin();
    await eve.search("barometers");
    const hit = eve.page.locator("#hits li", { hasText: "You · " }).first();
    await hit.locator("mark", { hasText: "barometer" }).first().waitFor();
    const target = (await hit.locator("a").getAttribute("href")).split("/").at(-1);
    await hit.locator("a").click();
    await eve.page.locator(`#${target}.found`).filter({ hasText: "behind the blue barometer" }).waitFor();
  });
  await eve.leave();
});
