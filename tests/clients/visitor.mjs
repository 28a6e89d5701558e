import assert from "node:assert/strict";
import { join } from "node:path";
import { isStill } from "./browser.mjs";
import { Client } from "./client.mjs";
import { hurry, watch } from "./inpage.mjs";

const sizes = {
  desktop: { viewport: { width: 1200, height: 780 } },
  phone: { viewport: { width: 390, height: 780 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
};
const password = "correct horse battery";
const patience = 45_000;

/** Somebody with a browser of their own. */
export class Visitor extends Client {
  faults = [];
  password = password;
  isDeaf = false;
  isForgotten = false;
  #sockets = new Set();

  /** `haste`: so many times faster than by the clock the page thinks it waits. */
  static async arrive(browser, { address, folder, size, locale, haste = 1 }) {
    const context = await browser.newContext({ ...sizes[size], locale, permissions: ["clipboard-read", "clipboard-write"] });
    await context.addInitScript(watch);
    if (haste > 1) await context.addInitScript(hurry, haste);
    const visitor = new Visitor();
    Object.assign(visitor, { context, address, folder, size, name: `${size}-${Date.now() % 1e6}` });
    await context.routeWebSocket(/\/graphql$/, (socket) => visitor.#connect(socket));
    visitor.#use(await context.newPage());
    return visitor;
  }

  #use(page) {
    this.page = page;
    page.setDefaultTimeout(patience);
    page.on("pageerror", (error) => this.faults.push(error.message));
    page.on("console", (line) => /Content Security Policy/.test(line.text()) && this.faults.push(line.text()));
    page.on("request", (request) => this.#isOfThePage(request) || this.faults.push(`${request.method()} ${request.url()}`));
  }

  /** One of its files, or GraphQL. */
  #isOfThePage(request) {
    const { origin, pathname } = new URL(request.url());
    return origin === new URL(this.address).origin && /^(POST \/graphql|GET \/([\w.]+\.(js|css|svg))?)$/.test(`${request.method()} ${pathname}`);
  }

  #connect(socket) {
    this.#sockets.add(socket);
    // Without a server the line is open, and nothing is ever heard.
    if (this.isDeaf) return;
    const server = socket.connectToServer();
    if (!this.isForgotten) return;
    socket.onMessage((text) => {
      const { id, payload } = JSON.parse(text);
      if (!this.isForgotten || !payload?.query?.includes("changes(")) return server.send(text);
      this.isForgotten = false;
      socket.send(JSON.stringify({ id, type: "error", payload: [{ message: "Too long ago.", extensions: { code: "CURSOR_EXPIRED" } }] }));
    });
  }

  leave() {
    return this.context.close();
  }

  /** Another tab of the same browser, at the same place. */
  async secondTab() {
    const tab = Object.assign(new Visitor(), { context: this.context, address: this.address, folder: this.folder, size: this.size });
    tab.faults = this.faults;
    tab.#use(await this.context.newPage());
    await tab.page.goto(this.page.url());
    return tab;
  }

  /** A button of a message: one points at that first, or taps it. */
  async act(message, name) {
    const prose = message.locator(".prose").first();
    if (this.size === "phone") await prose.click({ position: { x: 24, y: 14 } });
    else await prose.hover();
    await message.locator(".actions").getByRole("button", { name }).click();
  }

  /** What a broken line looks like to the page. */
  async cutLines() {
    await Promise.all([...this.#sockets].map((socket) => socket.close({ code: 1012 }).catch(() => {})));
    this.#sockets.clear();
  }

  open() {
    return this.page.goto(this.address);
  }

  async shot(name) {
    await isStill(this.page);
    await this.page.screenshot({ path: join(this.folder, `${this.size}-${name}.png`) });
  }

  async register() {
    await this.page.getByRole("button", { name: "New here?" }).click();
    await this.enter(password, "Create an account");
    await this.isIn();
  }

  /** The page knows who is there, and what there is to choose from. */
  isIn() {
    return this.page.locator("#account-name:not(:empty)").waitFor({ state: "attached" });
  }

  /** Is the same person as another visitor, in a browser of their own. */
  async comeAs(other) {
    const token = await other.page.evaluate(() => localStorage.getItem("chat.token"));
    await this.open();
    await this.page.evaluate((stored) => localStorage.setItem("chat.token", stored), token);
    await this.page.reload();
  }

  signIn(secret = password) {
    return this.enter(secret, "Sign in");
  }

  async enter(secret, button, name = this.name) {
    await this.page.getByLabel("Name", { exact: true }).fill(name);
    await this.page.locator("#entry").getByLabel("Password").fill(secret);
    await this.page.getByRole("button", { name: button, exact: true }).click();
  }

  async signOut() {
    await this.openSidebar();
    await this.page.getByRole("button", { name: "Sign out" }).click();
    await this.page.locator("#entry").getByLabel("Password").waitFor();
  }

  async openAccount() {
    await this.openSidebar();
    await this.page.getByRole("button", { name: this.name }).click();
    await this.page.getByRole("dialog").waitFor();
  }

  async changePassword(current, next) {
    await this.page.getByLabel("Current password").fill(current);
    await this.page.getByLabel("New password").fill(next);
    await this.page.getByRole("button", { name: "Change the password" }).click();
  }

  box() {
    return this.page.locator("#content");
  }

  messages() {
    return this.page.locator("#messages > li");
  }

  /** Asks, and comes back when the service has the question: then the box is empty. */
  async ask(text) {
    await this.send(text);
    await this.sent();
  }

  sent() {
    return this.page.waitForFunction(() => document.getElementById("content").value === "");
  }

  async send(text) {
    await this.box().fill(text);
    if (this.size === "phone") await this.page.locator("#send").click();
    else await this.box().press("Enter");
  }

  /** Some words of an answer are there, and not all. */
  answering() {
    return this.page.locator(".message.running .prose > *").first().waitFor();
  }

  /** Lets an answer that is held say its next piece, and sees it here and where others look on. */
  async goesOn(...others) {
    await this.answering();
    const { length } = await this.newestText();
    console.log("go on");
    for (const { page } of [this, ...others]) {
      await page.waitForFunction((seen) => document.querySelector("#messages > li:last-child .prose").textContent.length > seen, length);
    }
  }

  /** Does so piece by piece, to the last one. */
  async goesToTheEnd(...others) {
    do await this.goesOn(...others);
    while (!(await this.newestText()).endsWith("to the end."));
  }

  /** Every text that the newest answer has shown while it was made, in this life of the page. */
  shown() {
    return this.page.evaluate(() => globalThis.shown);
  }

  newestText() {
    return this.messages().last().locator(".prose").first().textContent();
  }

  async answered() {
    await this.page.locator("#messages > li.assistant").last().waitFor();
    await this.page.locator(".message.running").waitFor({ state: "detached" });
    await this.page.getByRole("button", { name: "Send" }).waitFor();
    assert.equal(await this.page.locator("#notice").textContent(), "");
  }

  async begin() {
    await this.openSidebar();
    await this.page.locator("#new").click();
    await this.page.getByRole("heading", { name: "What is on your mind?" }).waitFor();
  }

  async search(text) {
    await this.page.getByRole("searchbox").fill(text);
  }

  async rename(title, opened = () => {}) {
    await this.page.getByRole("button", { name: "Rename", exact: true }).click();
    await opened();
    await this.page.getByLabel("Title").fill(title);
    await this.page.getByRole("button", { name: "Save" }).click();
    await this.page.getByRole("heading", { name: title }).waitFor();
  }

  inList(title, count) {
    return this.page.waitForFunction(
      ([text, wanted]) => [...document.querySelectorAll("#conversations .name")].filter((name) => name.textContent === text).length === wanted, [title, count]);
  }

  async openSidebar(name = "Conversations and search") {
    if (this.size !== "phone") return;
    await this.page.getByRole("button", { name }).click();
    // A click at what slides may begin on one button and end on another.
    await this.page.locator("#chat.with-sidebar").waitFor();
    await isStill(this.page);
  }

  async closeSidebar() {
    if (this.size === "phone") await this.page.keyboard.press("Escape");
  }

  /** Scrolls to one end, again and again, as what is loaded moves it away, until so many items are there. */
  scrollUntil(place, top, items, count) {
    return this.page.waitForFunction(
      ([selector, to, item, wanted]) => {
        document.querySelector(selector).scrollTop = to;
        return document.querySelectorAll(item).length >= wanted;
      }, [place, top, items, count]);
  }

  background() {
    return this.page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  }

  backgroundIs(colour) {
    return this.page.waitForFunction((wanted) => getComputedStyle(document.body).backgroundColor === wanted, colour);
  }

  /** Words that are read out to those who listen. */
  heard(words) {
    return this.page.locator("#spoken").getByText(words).last().waitFor();
  }

  /** Waits until what a selector matches has the focus. */
  hasFocus(selector) {
    return this.page.waitForFunction((wanted) => document.activeElement.matches(wanted), selector);
  }

  isInSight(id) {
    return this.page.evaluate((wanted) => {
      const [box, place] = [wanted, "scroller"].map((one) => document.getElementById(one).getBoundingClientRect());
      return box.bottom > place.top && box.top < place.bottom;
    }, id);
  }

  /** Everything that can be read in the page, hidden or not. */
  words() {
    return this.page.evaluate(() => [document.title, document.body.textContent, ...Array.from(document.querySelectorAll("input, textarea"), (box) => box.value)].join("\n"));
  }
}
