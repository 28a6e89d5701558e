// A session that ends by itself, and in more than one tab.
import assert from "node:assert/strict";
import { grew } from "./answers.mjs";

export const ending = {
  async "loses neither the answer nor what was written when the session ends in the middle"(ada) {
    await ada.begin();
    await ada.ask("A long answer, please");
    await ada.answering();
    const tab = await ada.secondTab();
    tab.name = ada.name;
    await tab.answering();
    const drafts = [[ada, "The draft of one tab"], [tab, "The draft of the other"]];
    for (const [one, draft] of drafts) await one.box().fill(draft);
    await ada.post("mutation { signOut { errors { code } } }");
    for (const [one] of drafts) await one.page.getByRole("alert").filter({ hasText: "session is over" }).waitFor();

    await tab.page.getByRole("button", { name: "New here?" }).click();
    await tab.page.evaluate(() => {
      globalThis.cleared = new Promise((heard) => addEventListener("storage", ({ key }) => key === null && heard()));
    });
    await ada.page.evaluate(() => {
      localStorage.setItem("something", "else");
      localStorage.clear();
    });
    await tab.page.evaluate(() => globalThis.cleared);
    assert.ok(await tab.page.getByRole("button", { name: "Create an account", exact: true }).isVisible(), "a form that one fills in stays");

    await ada.signIn();
    for (const [one, draft] of drafts) {
      await one.answering();
      await one.page.waitForFunction((text) => document.getElementById("content").value === text, draft);
    }
    console.log("go on");
    for (const [one] of drafts) {
      await one.answered();
      const [shown, stored] = [await one.shown(), await one.newestText()];
      assert.equal(stored, "It begins here, goes on, and ends.");
      assert.ok(shown.some((text) => text !== "" && text.length < stored.length), "it ended in the middle");
      grew(shown, stored);
    }
    await tab.page.close();
    await ada.box().fill("");

    await ada.act(ada.messages().first(), "Edit");
    await ada.page.getByLabel("Text", { exact: true }).fill("An edit that outlives the session");
    await ada.post("mutation { signOut { errors { code } } }");
    await ada.page.getByRole("alert").filter({ hasText: "session is over" }).waitFor();
    await ada.signIn();
    await ada.page.waitForFunction(() => document.getElementById("content").value === "An edit that outlives the session");
    await ada.box().fill("");
  },
};
