// What the chat page does when the service fails, is slow or says nothing, in Chromium: node failures.mjs <address> <folder for screenshots>
import assert from "node:assert/strict";
import { browse, check, isAccessible } from "./browser.mjs";
import { graphql, hold, reading, refuse } from "./faults.mjs";
import { Visitor } from "./visitor.mjs";
import { drafts } from "./walks/drafts.mjs";
import { ending } from "./walks/ending.mjs";
import { uncertain } from "./walks/uncertain.mjs";

const [address, folder] = process.argv.slice(2);

const open = (visitor, id) => visitor.page.locator(`#conversations a[href="#/${id}"]`).click();
const idOf = (visitor) => visitor.page.url().split("#/")[1];
const texts = (visitor) => visitor.messages().locator(".prose").allInnerTexts();
let [first, second] = [];

const walks = {
  async "comes up when the service does"(ada) {
    await ada.open();
    await ada.register();
    await ada.ask("What grows in the first garden?");
    await ada.answered();
    first = idOf(ada);
    await ada.begin();
    await ada.ask("What grows in the second garden?");
    await ada.answered();
    second = idOf(ada);
    await ada.page.route(graphql, (route) => refuse(route));
    await ada.page.reload();
    await ada.page.getByRole("alert").filter({ hasText: "cannot get at its data" }).waitFor();
    assert.ok(await ada.box().isVisible());
    await isAccessible(ada.page);
    await ada.page.unroute(graphql);
    await ada.messages().nth(1).waitFor();
    await ada.page.getByRole("button", { name: ada.name }).waitFor();
    await ada.page.waitForFunction(() => document.querySelectorAll("#conversations li").length === 2 && document.getElementById("notice").textContent === "");
  },

  async "keeps what is written for the conversation that is being opened"(ada) {
    const slow = await hold(ada.page, reading);
    await open(ada, first);
    await slow.came;
    assert.equal(await ada.messages().count(), 0);
    assert.equal(await ada.page.locator("#title").innerText(), "…");
    await ada.send("More about the first");
    slow.release();
    await ada.sent();
    await ada.answered();
    assert.equal(idOf(ada), first);
    assert.equal((await texts(ada))[2], "More about the first");

    const start = await hold(ada.page, reading);
    await ada.page.reload();
    await ada.send("Even more about the first");
    await start.came;
    start.release();
    await ada.sent();
    await ada.answered();
    assert.equal(idOf(ada), first);
    assert.equal(await ada.page.locator("#conversations li").count(), 2);
  },

  ...drafts,

  async "shows nothing of another conversation when one cannot be opened, and tries again"(ada) {
    await ada.page.route(graphql, (route) => (route.request().postData().includes(reading) ? refuse(route) : route.fallback()));
    await open(ada, second);
    await ada.page.getByRole("button", { name: "Try again" }).waitFor();
    assert.equal(await ada.messages().count(), 0);
    await isAccessible(ada.page);
    await ada.shot("unopened");
    await ada.page.unroute(graphql);
    await ada.page.getByRole("button", { name: "Try again" }).press("Enter");
    await ada.hasFocus("#content");
    await ada.messages().nth(1).waitFor();
    assert.equal((await texts(ada))[0], "What grows in the second garden?");
  },

  async "stays where one went last"(ada) {
    const message = await ada.messages().first().getAttribute("id");
    const slow = await hold(ada.page, "around: $at");
    await ada.page.evaluate((hash) => (location.hash = hash), `#/${second}/${message}`);
    await slow.came;
    await ada.page.evaluate((hash) => (location.hash = hash), `#/${first}`);
    await ada.messages().nth(7).waitFor();
    await ada.page.evaluate((hash) => (location.hash = hash), `#/${second}`);
    await ada.page.waitForFunction(() => document.querySelectorAll("#messages > li").length === 2);
    const answered = ada.page.waitForResponse((response) => response.request().postData()?.includes("around: $at"));
    slow.release();
    await answered;
    await ada.page.evaluate(() => new Promise((later) => setTimeout(later)));
    assert.equal(await ada.page.locator(".found").count(), 0);
  },

  async "misses nothing of what was written while it slept"(ada) {
    await ada.call("mutation($input: CreateMessageInput!) { createMessage(input: $input) { errors { code } } }", { conversationId: second, content: "Good night" });
    await ada.page.getByText("Good night").waitFor();
    await whileAsleep(ada, 1, 45);
    await ada.page.getByText("Note 45", { exact: true }).waitFor();
    assert.equal(await ada.messages().count(), 40);
    await ada.scrollUntil("#scroller", 0, "#messages > li", 48);
    assert.deepEqual((await texts(ada)).slice(3), notes(1, 45));

    await ada.page.evaluate(() => (document.getElementById("scroller").scrollTop = 0));
    await whileAsleep(ada, 46, 90);
    // Whoever is near the end scrolls on; whoever is at the end follows.
    await ada.page.waitForFunction(() => {
      const place = document.getElementById("scroller");
      place.scrollTop = place.scrollHeight - place.clientHeight - 300;
      return document.querySelectorAll("#messages > li").length === 93;
    });
    assert.deepEqual((await texts(ada)).slice(3), notes(1, 90));
  },

  async "shows what others change in old messages"(ada) {
    const [edited, gone] = await ada.messages().evaluateAll((nodes) => [nodes[3].id, nodes[4].id]);
    const edit = (content) => ada.call("mutation($input: UpdateMessageInput!) { updateMessage(input: $input) { errors { code } } }", { id: edited, content });
    const late = await hold(ada.page, "node(id: $id)", 1);
    await edit("Note one");
    await late.came;
    late.release((route) => refuse(route));
    await ada.call("mutation($input: DeleteMessageInput!) { deleteMessage(input: $input) { errors { code } } }", { id: gone });
    await ada.page.locator(`#${edited}`).getByText("Note one", { exact: true }).waitFor();
    await ada.page.locator(`#${gone}`).waitFor({ state: "detached" });
    await ada.page.locator("#notice:empty").waitFor({ state: "attached" });

    // The feed does not go back to where the page was: nothing tells of this change.
    const editUntold = async (content) => {
      const gap = await hold(ada.page, '"{ changeCursor }"');
      ada.isForgotten = true;
      await ada.cutLines();
      await gap.came;
      await edit(content);
      return gap;
    };
    let gap = await editUntold("Note the first");
    const top = (message) => message.evaluate((node) => node.getBoundingClientRect().top);
    const seen = ada.page.locator(`#${await ada.messages().evaluateAll((nodes) => nodes.find((node) => node.getBoundingClientRect().top > 300).id)}`);
    const stood = await top(seen);
    gap.release();
    await ada.page.locator(`#${edited}`).waitFor({ state: "detached" });
    assert.ok(Math.abs((await top(seen)) - stood) < 2, "what one reads stays where it is");
    await ada.scrollUntil("#scroller", 0, "#messages > li", 92);
    assert.equal((await texts(ada))[3], "Note the first");

    gap = await editUntold("Note I");
    const slow = await hold(ada.page, "around: $at", 1);
    gap.release();
    await slow.came;
    await ada.page.getByRole("button", { name: "To the newest message" }).press("Enter");
    slow.release();
    await ada.hasFocus("#scroller");
    await ada.page.locator(`#${edited}`).waitFor({ state: "detached" });
    await ada.scrollUntil("#scroller", 0, "#messages > li", 92);
    assert.equal((await texts(ada))[3], "Note I");
  },

  async "shows more of what it found once, and tries again what did not come"(ada) {
    await ada.search("note");
    const hits = ada.page.locator("#hits li");
    const more = ada.page.locator("#more-hits");
    await hits.nth(19).waitFor();
    await ada.page.route(graphql, (route) => (route.request().postData().includes("searchMessages") ? refuse(route) : route.fallback()));
    assert.equal(await ada.page.locator("#results-count").textContent(), "20+ messages found");
    await more.click();
    await ada.page.getByRole("status").filter({ hasText: "cannot get at its data" }).waitFor();
    assert.equal(await hits.count(), 20);
    await ada.page.unroute(graphql);
    const slow = await hold(ada.page, "searchMessages");
    await more.filter({ hasText: "Try again" }).dblclick();
    await slow.came;
    slow.release();
    await hits.nth(39).waitFor();
    await more.filter({ hasText: "Show more" }).waitFor();
    assert.equal(await hits.count(), 40);
    assert.equal(new Set(await hits.locator("a").evaluateAll((links) => links.map((link) => link.href))).size, 40);
    let seen = 0;
    while (await more.isVisible()) {
      seen = await hits.count();
      await more.press("Enter");
      await ada.page.waitForFunction((before) => document.querySelectorAll("#hits li").length > before, seen);
    }
    await ada.hasFocus(`#hits li:nth-child(${seen + 1}) a`);
    assert.equal(await ada.page.locator("#results-count").textContent(), `${await hits.count()} messages found`);
    await ada.page.keyboard.press("Escape");
    await ada.hasFocus("#search");
  },

  async "gives up a line that says nothing, and a request without an answer"(ada) {
    ada.isDeaf = true;
    await ada.cutLines();
    await ada.page.getByText("The line is down").waitFor();
    const [line, title] = await Promise.all(["#line", "#title"].map((one) => ada.page.locator(one).boundingBox()));
    assert.ok(line.y >= title.y + title.height, "the title can still be read");
    ada.isDeaf = false;
    await ada.page.locator("#line:empty").waitFor({ state: "attached" });
    let silent = 0;
    await ada.page.evaluate(() => (globalThis.isImpatient = true));
    await ada.page.route(graphql, async (route) => {
      if (!route.request().postData().includes("startCompletion") || silent++ > 0) return route.fallback();
      // Only the request that gets no answer is given up early: the next may come to a slow service.
      await ada.page.evaluate(() => (globalThis.isImpatient = false));
    });
    await ada.ask("Does anybody hear?");
    await ada.answered();
    assert.ok(silent >= 2, "it was sent again");
    assert.equal(await ada.page.locator(".message.user").getByText("Does anybody hear?", { exact: true }).count(), 1);
    await ada.page.unroute(graphql);
  },

  async "keeps the words about a question that was not sent when something else recovers"(ada) {
    const slow = await hold(ada.page, reading, 1);
    await ada.write(second, 91, 91);
    await slow.came;
    const again = await hold(ada.page, reading);
    await ada.page.route(graphql, (route) => (route.request().postData().includes("startCompletion") ? refuse(route) : route.fallback()));
    slow.release((route) => refuse(route));
    await ada.page.getByRole("alert").filter({ hasText: "cannot get at its data" }).waitFor();
    await again.came;
    const refused = ada.page.waitForResponse((response) => response.request().postData()?.includes("startCompletion"));
    await ada.send("Is this sent?");
    await refused;
    await ada.page.waitForFunction(() => !document.querySelector("[aria-busy]"));
    again.release();
    await ada.page.getByText("Note 91", { exact: true }).waitFor();
    assert.equal(await ada.box().inputValue(), "Is this sent?");
    assert.match(await ada.page.locator("#notice").textContent(), /cannot get at its data/);
    await ada.page.unroute(graphql);
    let busy = 0;
    await ada.page.route(graphql, (route) => (route.request().postData().includes("startCompletion") && busy++ < 2 ? refuse(route, "OVERLOADED") : route.fallback()));
    await ada.ask("Is this sent?");
    assert.equal(busy, 3);
    await ada.page.unroute(graphql);
    await ada.answered();
  },

  async "lets an old session end nothing but itself"(ada) {
    const late = await hold(ada.page, "changeCursor", 1);
    await ada.page.reload();
    await late.came;
    const tab = await ada.secondTab();
    await tab.messages().first().waitFor();
    tab.name = ada.name;
    await tab.signOut();
    await ada.page.getByRole("alert").filter({ hasText: "session is over" }).waitFor();
    await tab.signIn();
    await ada.box().waitFor();
    const refused = ada.page.waitForResponse((response) => response.status() === 401);
    late.release((route) => route.fulfill({ status: 401, contentType: "application/json", body: JSON.stringify({ errors: [{ message: "No.", extensions: { code: "UNAUTHENTICATED" } }] }) }));
    await refused;
    await ada.page.waitForFunction(() => document.querySelectorAll("#conversations li").length === 2);
    assert.ok(await ada.box().isVisible());
    assert.notEqual(await ada.page.evaluate(() => localStorage.getItem("chat.token")), null);
    await tab.page.close();
  },
};

const notes = (from, to) => Array.from({ length: to - from + 1 }, (_, i) => `Note ${from + i}`);

/** Others write while the page cannot read: what it reads then is the newest page alone. */
async function whileAsleep(ada, from, to) {
  const asleep = await hold(ada.page, reading);
  await ada.write(second, from, to);
  await asleep.came;
  asleep.release();
}

async function forgets(browser, bob) {
  await bob.context.addInitScript(() => Object.defineProperty(globalThis, "localStorage", { get: () => { throw new DOMException("No.", "SecurityError"); } }));
  await bob.open();
  await bob.register();
  await bob.ask("Who keeps this?");
  await bob.answered();
  await bob.page.getByRole("button", { name: "Light or dark" }).click();
  await bob.signOut();
  const still = await browser.newContext({ javaScriptEnabled: false });
  const page = await still.newPage();
  await page.goto(address);
  assert.match(await page.locator("noscript").innerText(), /needs JavaScript/);
  assert.ok(await page.locator("noscript p").first().isVisible());
  await still.close();
}

await browse(async (browser) => {
  const ada = await Visitor.arrive(browser, { address, folder, size: "desktop", locale: "en-GB", haste: 10 });
  for (const [name, walk] of Object.entries({ ...walks, ...uncertain, ...ending })) await check(name, ada, () => walk(ada));
  await ada.leave();
  const bob = await Visitor.arrive(browser, { address, folder, size: "desktop", locale: "en-GB" });
  await check("works where the browser keeps nothing, and says so where it runs nothing", bob, () => forgets(browser, bob));
  await bob.leave();
});
