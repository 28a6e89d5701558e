// What the page did not hear of, and what it hears later.
import assert from "node:assert/strict";
import { graphql, hold, lose, reading, refuse } from "../faults.mjs";

export const uncertain = {
  async "asks and pays once, also where it never hears that it was done"(ada) {
    const unheard = ada.page.getByRole("alert").filter({ hasText: "cannot get at its data" });
    const recall = ada.page.getByRole("button", { name: "Answer from my history" });
    await ada.begin();
    let find = await lose(ada.page, "createConversation");
    await ada.send("Is this asked once?");
    await unheard.waitFor();
    await find();
    find = await lose(ada.page, "startCompletion");
    await ada.send("Is this asked once?");
    await unheard.waitFor();
    await ada.messages().nth(1).waitFor();
    await ada.page.locator(".message.running").waitFor({ state: "detached" });
    await ada.page.getByRole("button", { name: "Send" }).waitFor();
    await find();
    // How it was asked first is how it was asked.
    await recall.click();
    await ada.ask("Is this asked once?");
    await ada.answered();
    assert.equal(await ada.messages().count(), 2);
    assert.equal(await ada.page.locator("#conversations li").count(), 3);
    assert.equal(await recall.getAttribute("aria-pressed"), "false");

    const again = ada.messages().last().getByRole("button", { name: "Answer again" });
    const slow = await hold(ada.page, reading);
    find = await lose(ada.page, "startCompletion");
    await again.click();
    await unheard.waitFor();
    await find();
    const heard = ada.page.waitForResponse((response) => response.request().postData()?.includes("startCompletion"));
    await recall.click();
    await again.click();
    await heard;
    assert.equal(await recall.getAttribute("aria-pressed"), "false");
    slow.release();
    await ada.page.getByText("Earlier answers (1)").waitFor();
    await ada.answered();
  },

  async "shows earlier answers as soon as they come"(ada) {
    await ada.page.route(graphql, (route) => (route.request().postData().includes("id content }") ? refuse(route) : route.fallback()));
    await ada.page.getByText("Earlier answers (1)").click();
    await ada.page.getByRole("alert").filter({ hasText: "cannot get at its data" }).waitFor();
    await ada.page.unroute(graphql);
    await ada.page.locator(".alternatives li").getByText("Is this asked once?").waitFor();
    await ada.page.locator("#notice:empty").waitFor({ state: "attached" });

    const conversationId = ada.page.url().split("#/")[1];
    for (let i = 1; i <= 10; i++) {
      await ada.call("mutation($input: StartCompletionInput!) { complete(input: $input) { errors { code } } }", { conversationId, regenerate: true });
    }
    await ada.page.getByText("Earlier answers (10+)").click();
    await ada.page.getByText("Earlier answers (11)").waitFor();
    assert.equal(await ada.page.locator(".alternatives li").count(), 11);
  },
};
