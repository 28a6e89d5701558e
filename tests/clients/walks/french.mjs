// The page in another language.
import assert from "node:assert/strict";
import { isAccessible } from "../browser.mjs";

export const french = {
  async "speaks French"(zoe) {
    await zoe.open();
    assert.equal(await zoe.page.evaluate(() => document.documentElement.lang), "fr");
    await zoe.page.getByRole("button", { name: "Se connecter" }).waitFor();
    await isAccessible(zoe.page);
    await zoe.shot("french");
  },
};
