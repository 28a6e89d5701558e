// Getting back to what was said.
import assert from "node:assert/strict";
import { isAccessible } from "../browser.mjs";

/** Scrolls to an end while the service cannot be reached, which is said at this place. */
async function scrollInVain({ page }, scroller, top, place) {
  await page.route("**/graphql", (route) => (/"(at|after)":"/.test(route.request().postData()) ? route.abort() : route.fallback()));
  await page.locator(scroller).evaluate((node, to) => (node.scrollTop = to), top);
  await page.locator(place).filter({ hasText: "cannot be reached" }).waitFor();
  await page.unroute("**/graphql");
}

export const finding = {
  async "finds a message and jumps to it"(ada) {
    await ada.begin();
    await ada.ask("Nothing but tomatoes here");
    await ada.answered();
    await ada.page.keyboard.press("Control+k");
    await ada.search("lighthouse live");
    const hit = ada.page.locator("#hits li").first();
    await hit.locator("mark").first().waitFor();
    assert.match(await hit.locator(".snippet").innerText(), /^(You|Assistant) · /);
    assert.match(await hit.locator("mark").first().innerText(), /lighthouse|live/i);
    assert.ok((await ada.page.locator("time").evaluateAll((times) => times.every((time) => /\d{4}.*\d\d:\d\d/.test(time.title)))), "each says all of it, too");
    await isAccessible(ada.page);
    await ada.shot("search");
    const target = (await hit.locator("a").getAttribute("href")).split("/").at(-1);
    await hit.locator("a").click();
    await ada.page.locator(`#${target}.found`).waitFor();
    assert.equal(await ada.page.evaluate(() => document.activeElement.id), target);
    assert.ok(await ada.isInSight(target));
    await ada.shot("found");
    await ada.box().focus();
    await ada.openSidebar();
    await hit.locator("a").click();
    await ada.hasFocus(`#${target}`);
    assert.ok(await ada.isInSight(target));
  },

  async "finds the words in a message that is higher than the page, among older ones"(ada) {
    const storm = (i) => `Storm ${i} was counted, and written into a ledger bound in green cloth.`;
    const storms = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => storm(from + i)).join("\n\n");
    const tall = `${storms(1, 40)}\n\nThen **the xylophone** was silent.\n\n${storms(41, 80)}`;
    const id = await ada.converse("Storms", [tall, ...Array.from({ length: 45 }, (_, i) => `Storm ${i}`)]);
    await ada.openSidebar();
    await ada.search("xylophone");
    const hit = ada.page.locator(`#hits a[href^="#/${id}/"]`);
    await hit.waitFor();
    assert.match(await hit.locator(".snippet").innerText(), /Then the xylophone was silent/);
    assert.equal(await hit.locator("mark").innerText(), "xylophone");
    await hit.click();
    await ada.page.locator(".message.found", { hasText: "xylophone" }).waitFor();
    const { text, isSeen } = await ada.page.evaluate(() => {
      const [range] = CSS.highlights.get("found");
      const [box, place] = [range, document.getElementById("scroller")].map((one) => one.getBoundingClientRect());
      return { text: range.toString(), isSeen: box.top > place.top + 40 && box.bottom < place.bottom - 40 };
    });
    assert.equal(text, "xylophone");
    assert.ok(isSeen, "the words are in sight");
    await ada.shot("found-tall");
    // By a link that was not found by words, one sees how it begins.
    const message = await ada.page.evaluate(() => location.hash);
    await ada.begin();
    await ada.page.evaluate((hash) => (location.hash = hash), message);
    await ada.page.locator(".message.found").waitFor();
    assert.ok(await ada.page.locator(".found p").first().evaluate((node) => {
      const { top, bottom } = document.getElementById("scroller").getBoundingClientRect();
      return node.getBoundingClientRect().top >= top && node.getBoundingClientRect().bottom < bottom;
    }), "its beginning is in sight");
    assert.equal(await ada.page.evaluate(() => CSS.highlights.size), 0);
  },

  async "shows what is found without the marks of Markdown"(ada) {
    const cases = [
      ["## Steps\n\n```bash\nnpm i\n```\n> **a** _b_ `c` ~~d~~", "npm", "Steps\n\n\nnpm i\n\na b c d"],
      ["see [the *docs*](https://example.org/) of snake_case, 2 * 3", "docs", "see the docs of snake_case, 2 * 3"],
      ["```python\nx = 1", "python", "```python\nx = 1"],
    ];
    const shown = await ada.page.evaluate(async (all) => {
      const { plain } = await import("/plain.js");
      return all.map(([text, word]) => {
        const { text: words, ranges: [{ start, length }] } = plain(text, [{ start: text.indexOf(word), length: word.length }]);
        return [text, words.slice(start, start + length), words];
      });
    }, cases);
    assert.deepEqual(shown, cases);
  },

  async "answers from the history, with its sources as links"(ada) {
    await ada.begin();
    await ada.page.getByRole("button", { name: "Answer from my history" }).click();
    await ada.ask("Where did the lighthouse keeper live?");
    await ada.answered();
    const sources = ada.page.locator(".sources").first();
    const source = sources.locator("a").first();
    const isOpen = ada.size === "desktop" || (await sources.locator("li").count()) <= 3;
    assert.equal(await source.isVisible(), isOpen, "many of them push no answer out of a narrow page's sight");
    if (!isOpen) await sources.locator("summary").click();
    await ada.page.locator(".sources li").first().filter({ hasText: "Ouessant" }).waitFor();
    await isAccessible(ada.page);
    await ada.shot("history");
    await ada.messages().last().getByRole("button", { name: "Answer again" }).click();
    await ada.page.getByText("Earlier answers (1)").waitFor();
    await ada.answered();
    if (!isOpen) await sources.locator("summary").click();
    await ada.messages().last().locator(".sources li").filter({ hasText: "Ouessant" }).first().waitFor();
    const lines = await sources.locator(".soft").evaluateAll((nodes) => nodes.map((node) => node.offsetHeight / parseFloat(getComputedStyle(node).lineHeight)));
    assert.ok(Math.max(...lines) < 2.1, "two lines of each");
    const target = (await source.getAttribute("href")).split("/").at(-1);
    await source.click();
    await ada.page.locator(`#${target}.found`).waitFor();
    await ada.box().fill("Enough of lighthouses");
    // Where there is a keyboard besides the glass, too.
    await ada.box().press("Control+Enter");
    await ada.sent();
    await ada.answered();
    assert.equal(await ada.page.locator(".found").count(), 0);
  },

  async "scrolls through a long list and a long conversation"(ada) {
    const first = await ada.converse("The first of many");
    const { conversation, count } = await ada.fill(45, 90);
    await ada.page.goto(`${ada.address}#/${conversation}`);
    await ada.page.reload();
    await ada.messages().last().waitFor();
    await ada.page.waitForFunction(() => document.querySelectorAll("#messages > li").length === 40);
    await scrollInVain(ada, "#scroller", 0, "#notice");
    await ada.scrollUntil("#scroller", 0, "#messages > li", count);
    await ada.page.locator("#notice:empty").waitFor({ state: "attached" });
    assert.deepEqual(await ada.messages().locator(".prose").allInnerTexts(), Array.from({ length: count }, (_, i) => `Note ${i + 1}`));
    assert.equal(await ada.page.evaluate(() => document.activeElement.id), ada.size === "phone" ? "scroller" : "content");
    await ada.openSidebar();
    await ada.page.waitForFunction(() => document.querySelectorAll("#conversations > li").length === 40);
    for (const [id, title] of [[first, "Where it all began"], [conversation, "Where it goes on"]]) {
      await ada.call("mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { errors { code } } }", { id, title });
    }
    await ada.inList("Where it goes on", 1);
    await ada.inList("Where it all began", 0);
    await scrollInVain(ada, "#list", 1e6, "#list-end");
    await ada.scrollUntil("#list", 1e6, "#conversations > li", 46);
    await ada.inList("Where it all began", 1);
    await ada.page.locator("#list-end:empty").waitFor({ state: "attached" });
    await ada.closeSidebar();
  },
};
