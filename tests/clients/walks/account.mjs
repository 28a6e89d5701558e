// Leaving and coming back.
import assert from "node:assert/strict";
import { isAccessible } from "../browser.mjs";

/** What she has said, and nobody else is to read. */
const ofAda = /lighthouse|arrive|draft of mine|To be gone|Talk \d/i;

export const account = {
  async "signs out, leaves nothing to the next, and comes back with the right password alone"(ada) {
    await ada.box().fill("A draft of mine");
    assert.match(await ada.page.evaluate(() => sessionStorage.getItem("chat.drafts")), /A draft of mine/);
    await ada.signOut();
    assert.equal(await ada.page.evaluate(() => sessionStorage.length), 0);
    assert.doesNotMatch(await ada.words(), ofAda);
    const { name } = ada;
    ada.name = `${name}-next`;
    await ada.register();
    await ada.page.getByText("Nothing here yet.").waitFor({ state: "attached" });
    assert.doesNotMatch(await ada.words(), ofAda);
    await ada.signOut();
    ada.name = name;
    await ada.signIn("wrong password");
    await ada.page.getByRole("alert").filter({ hasText: "do not go together" }).waitFor();
    await ada.enter(ada.password, "Sign in", ` ${ada.name} `);
    await ada.isIn();
    assert.ok((await ada.box().boundingBox()).height > 20, "one can still see what one writes");
  },

  async "changes the password, and signs in with the new one alone"(ada) {
    await ada.box().fill("A draft that outlives the session");
    await ada.post("mutation { signOut { errors { code } } }");
    await ada.page.getByRole("alert").filter({ hasText: "session is over" }).waitFor();
    await ada.signIn();
    await ada.page.waitForFunction(() => document.getElementById("content").value === "A draft that outlives the session");
    await ada.openAccount();
    await isAccessible(ada.page);
    await ada.shot("account");
    assert.equal(await ada.page.locator("#account-user").inputValue(), ada.name);
    await ada.changePassword("not the password", "another horse entirely");
    await ada.page.getByRole("alert").filter({ hasText: "not your password" }).waitFor();
    await ada.changePassword("correct horse battery", "another horse entirely");
    await ada.page.getByRole("status").filter({ hasText: "password is changed" }).waitFor();
    assert.equal(await ada.page.locator("#account-user").inputValue(), ada.name);
    await ada.page.getByRole("button", { name: "Close" }).click();
    await ada.closeSidebar();
    await ada.signOut();
    assert.equal(await ada.page.locator("#account-user").inputValue(), "");
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
