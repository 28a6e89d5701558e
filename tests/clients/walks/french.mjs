// The page in another language.
import assert from "node:assert/strict";
import { fits, isAccessible } from "../browser.mjs";

export const french = {
  async "speaks French"(zoe) {
    await zoe.open();
    assert.equal(await zoe.page.evaluate(() => document.documentElement.lang), "fr");
    await zoe.page.getByRole("button", { name: "Se connecter" }).waitFor();
    await isAccessible(zoe.page);
    await zoe.shot("french");
    await zoe.page.getByRole("button", { name: "Nouveau ici" }).click();
    await zoe.page.getByText("lettres latines (accentuées ou non)").waitFor();
    const name = `Zoé-Œuf-${zoe.name}`;
    await zoe.page.getByLabel("Nom", { exact: true }).fill(name);
    await zoe.page.locator("#entry").getByLabel("Mot de passe").fill("cheval agrafe pile");
    await zoe.page.getByRole("button", { name: "Créer un compte" }).click();
    await zoe.page.getByRole("heading", { name: "Qu’avez-vous en tête\u202f?" }).waitFor();
    await zoe.page.locator("#account-name").filter({ hasText: name }).waitFor({ state: "attached" });
    await zoe.ask("Où habitait le gardien du phare, qui comptait chaque tempête…");
    await zoe.answering();
    await zoe.page.getByRole("button", { name: "Arrêter" }).click();
    await zoe.messages().last().getByText("Arrêté.").waitFor();
    await isAccessible(zoe.page);
    await fits(zoe.page);
    await zoe.shot("french-chat");
    await zoe.openSidebar("Conversations et recherche");
    await zoe.search("phares");
    await zoe.page.locator("#results-count").getByText(/^\d+ messages? trouvés?$/).waitFor();
    await fits(zoe.page);
    await zoe.page.getByRole("button", { name: "Raccourcis clavier" }).click();
    assert.deepEqual(await zoe.page.locator("#shortcuts kbd").allInnerTexts(), ["Entrée", "Maj", "Entrée", "Échap", "Ctrl", "K", "Ctrl", "Maj", "O", "?"]);
    await fits(zoe.page);

    const { viewport } = await zoe.page.evaluate(() => ({ viewport: { width: innerWidth, height: innerHeight } }));
    await zoe.page.setViewportSize({ width: 320, height: 640 });
    await zoe.shot("french-narrow");
    assert.deepEqual(await zoe.page.locator("#shortcuts, #shortcuts *").evaluateAll((nodes) => nodes.filter((node) => node.scrollWidth > node.clientWidth && getComputedStyle(node).display !== "inline").map((node) => node.outerHTML)), []);
    await zoe.page.keyboard.press("Escape");
    await zoe.page.keyboard.press("Escape");
    await zoe.page.keyboard.press("Escape");
    await zoe.messages().first().focus();
    await zoe.shot("french-narrow-chat");
    const heights = await zoe.messages().first().locator(".actions, .actions button").evaluateAll((nodes) => nodes.map((node) => node.offsetHeight));
    assert.ok(heights[0] < 2 * heights[1], "what can be done stands in one line");
    await fits(zoe.page);
    await zoe.page.setViewportSize(viewport);
  },

  async "says the same in both languages"(zoe) {
    const [english, french] = await zoe.page.evaluate(async () => [(await import("/i18n.en.js")).english, (await import("/i18n.fr.js")).french]);
    const keys = (words) => Object.keys(words).sort();
    const blanks = (words) => Object.entries(words).map(([key, text]) => [key, (text.match(/\{\w+\}/g) ?? []).sort().join()]).sort();
    const counted = await zoe.page.evaluate(async () => {
      const { tCount } = await import("/i18n.js");
      return [0, 1, 2].map((count) => tCount("hits", count));
    });
    assert.deepEqual(counted, ["0 message trouvé", "1 message trouvé", "2 messages trouvés"]);
    assert.deepEqual(keys(french), keys(english));
    assert.deepEqual(blanks(french), blanks(english));
    assert.deepEqual(Object.values(french).filter((text) => /[ \w][?!;»:](\s|$)|«[^\u00a0]| …/.test(text)), [], "marks stand behind spaces at which no line breaks");
  },
};
