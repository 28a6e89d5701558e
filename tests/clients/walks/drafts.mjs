// What one writes and does not send.
import { hold } from "../faults.mjs";

export const drafts = {
  async "keeps what one has not sent for the conversation it was for"(ada) {
    const [first, second] = await ada.page.locator("#conversations a").evaluateAll((links) => links.map((link) => link.hash));
    const open = (hash) => ada.page.locator(`#conversations a[href="${hash}"]`).click();
    const holds = (draft) => ada.page.waitForFunction((text) => document.getElementById("content").value === text, draft);
    await ada.box().fill("A thought about the first");
    await open(second);
    await holds("");
    await ada.box().fill("A thought about the second");
    await ada.page.getByRole("button", { name: "New conversation" }).click();
    await holds("");
    await open(first);
    await holds("A thought about the first");
    await ada.page.reload();
    await holds("A thought about the first");
    // What is sent late is gone from where it was sent.
    const slow = await hold(ada.page, "startCompletion");
    await ada.box().press("Enter");
    await slow.came;
    await open(second);
    await holds("A thought about the second");
    const heard = ada.page.waitForResponse((response) => response.request().postData()?.includes("startCompletion"));
    slow.release();
    await heard;
    await ada.page.locator("#composer:not([aria-busy])").waitFor();
    await holds("A thought about the second");
    await ada.box().fill("");
    await open(first);
    await holds("");
    await ada.messages().nth(7).waitFor();
    await ada.answered();
  },

  async "takes a question along into the conversation that it begins, wherever one is meanwhile"(ada) {
    const count = await ada.page.locator("#conversations a").count();
    const other = await ada.page.locator("#conversations a").last().evaluate((link) => link.hash);
    const holds = (draft) => ada.page.waitForFunction((text) => document.getElementById("content").value === text, draft);
    await ada.page.goto(`${ada.address}#/constructor`);
    await ada.page.getByText("This conversation is not there any more.").waitFor();
    await holds("");
    await ada.page.getByRole("button", { name: "New conversation" }).click();
    await ada.box().fill("What begins slowly?");
    const slow = await hold(ada.page, "createConversation");
    await ada.box().press("Enter");
    await slow.came;
    await ada.page.locator(`#conversations a[href="${other}"]`).click();
    await ada.box().fill("A thought of elsewhere");
    slow.release();
    await ada.page.waitForFunction((more) => document.querySelectorAll("#conversations a").length === more, count + 1);
    await ada.messages().nth(1).waitFor();
    await ada.answered();
    await holds("");
    const begun = await ada.page.evaluate(() => location.hash.slice(2));
    await ada.page.locator(`#conversations a[href="${other}"]`).click();
    await holds("A thought of elsewhere");
    await ada.box().fill("");
    await ada.page.getByRole("button", { name: "New conversation" }).click();
    await holds("");
    await ada.call("mutation($input: DeleteConversationInput!) { deleteConversation(input: $input) { errors { code } } }", { id: begun });
    await ada.page.waitForFunction((as) => document.querySelectorAll("#conversations a").length === as, count);
  },
};
