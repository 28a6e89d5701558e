// The page without a mouse.
import assert from "node:assert/strict";
import { graphql } from "../faults.mjs";

export const keyboard = {
  async "is used by the keyboard alone"(ada) {
    const { keyboard } = ada.page;
    const type = async (text, ...keys) => {
      await keyboard.type(text);
      for (const key of keys) await keyboard.press(key);
    };
    await ada.page.reload();
    await ada.hasFocus("#username");
    await tabTo(ada, "#other-entry", "Tab");
    await keyboard.press("Enter");
    await tabTo(ada, "#username", "Shift+Tab");
    await type(`${ada.name}-keys`, "Tab");
    await type(ada.password, "Enter");
    await ada.hasFocus("#content");
    await type("A question about a lighthouse…", "Enter");
    await ada.sent();
    await ada.answering();
    await keyboard.press("Escape");
    await ada.answered();
    await tabTo(ada, "#messages > li:last-child .again", "Shift+Tab");
    await keyboard.press("Enter");
    await ada.hasFocus("#content");
    await ada.page.getByText("Earlier answers (1)").waitFor();
    await ada.answering();
    await keyboard.press("Escape");
    await ada.answered();
    await tabTo(ada, '#messages > li:first-child button:has([href="#icon-rename"])', "Shift+Tab");
    await keyboard.press("Enter");
    await ada.hasFocus("#new-content");
    await type(" indeed", "Tab", "Tab", "Enter");
    await ada.messages().first().getByText("edited", { exact: true }).waitFor();
    await ada.hasFocus("#messages > li:first-child");
    await keyboard.press("Control+Shift+O");
    await ada.page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
    await ada.hasFocus("#content");
    await keyboard.press("Control+k");
    await ada.hasFocus("#search");
    await type("lighthouse question");
    await ada.page.locator("#hits a").first().waitFor();
    await keyboard.press("ArrowDown");
    await ada.hasFocus("#hits li:first-child a");
    await keyboard.press("Enter");
    await ada.hasFocus(".message.found");
    assert.match(await ada.page.locator(".found").innerText(), /lighthouse/);
    await tabTo(ada, "#rename", "Shift+Tab");
    await keyboard.press("Enter");
    await ada.hasFocus("#new-title");
    await type("By hand", "Enter");
    await ada.page.getByRole("heading", { name: "By hand" }).waitFor();
    await ada.hasFocus("#rename");
    await tabTo(ada, "#archive", "Tab");
    await keyboard.press("Enter");
    await ada.page.locator("#done").getByText("Archived.", { exact: true }).waitFor();
    await ada.hasFocus("#archive");
    await keyboard.press("Enter");
    await ada.page.locator("#done").getByText("Taken out of the archive.").waitFor();
    // The page hears of it by the feed first, and loses what had the focus.
    await ada.page.route(graphql, async (route) => {
      if (!route.request().postData().includes("deleteConversation")) return route.fallback();
      const response = await route.fetch();
      await ada.page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
      await route.fulfill({ response });
    });
    await tabTo(ada, "#delete", "Tab");
    for (const key of ["Enter", "Tab", "Enter"]) await keyboard.press(key);
    await ada.page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
    await ada.hasFocus("#content");
    await tabTo(ada, "#sign-out", "Shift+Tab");
    await keyboard.press("Enter");
    await ada.hasFocus("#username");
  },
};

/** Goes from one control to the next until it is there. */
async function tabTo(ada, selector, key) {
  for (let i = 0; i < 40; i++) {
    if (await ada.page.locator(selector).evaluate((node) => node === document.activeElement)) return;
    await ada.page.keyboard.press(key);
  }
  assert.fail(`${key} does not lead to ${selector}`);
}
