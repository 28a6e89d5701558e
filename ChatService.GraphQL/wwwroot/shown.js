import { byId, keepingFocus } from "./dom.js";
import { buildMessage, isRunning, showMessage, showText } from "./message.js";

/** The messages that are on the page, in the order of the conversation. */
export class Shown {
  #on;
  #list = byId("messages");
  #entries = new Map();

  /** `on`: what can be done with a message; `on.lost()`: the focus was in one that has gone. */
  constructor(on) {
    this.#on = on;
  }

  get size() {
    return this.#entries.size;
  }

  has(id) {
    return this.#entries.has(id);
  }

  message(id) {
    return this.#entries.get(id)?.message;
  }

  node(id) {
    return this.#entries.get(id)?.node;
  }

  clear() {
    this.#entries.clear();
    keepingFocus(this.#list, () => this.#list.replaceChildren(), this.#on.lost);
  }

  /** Shows a message as it is now, at its place. */
  put(message) {
    const known = this.#entries.get(message.id);
    if (known) {
      // The stored text of an answer in the making is a moment behind the one that was streamed.
      if (isRunning(message) && message.content.length < known.message.content.length) message = { ...message, content: known.message.content };
      if (JSON.stringify(known.message) === JSON.stringify(message)) return;
      known.message = message;
      return keepingFocus(known.node, () => showMessage(known.node, message), () => known.node.focus({ preventScroll: true }));
    }
    const node = buildMessage(message, this.#on);
    this.#entries.set(message.id, { message, node });
    let next = null;
    for (let last = this.#list.lastElementChild; last && this.#entries.get(last.id).message.sequence > message.sequence; last = last.previousElementSibling) next = last;
    this.#list.insertBefore(node, next);
  }

  remove(id) {
    const node = this.node(id);
    if (node) keepingFocus(node, () => node.remove(), this.#on.lost);
    this.#entries.delete(id);
  }

  /** Makes the end of what is shown the same as a page: what the page no longer has goes. */
  match(nodes) {
    const there = new Set(nodes.map((message) => message.id));
    const first = nodes[0]?.sequence ?? 0;
    for (const [id, { message }] of this.#entries) {
      if (message.sequence >= first && !there.has(id)) this.remove(id);
    }
    nodes.forEach((message) => this.put(message));
  }

  /** The text of an answer so far; one that has ended does not grow, whatever an older reading says. */
  grow(id, text) {
    const entry = this.#entries.get(id);
    if (!entry || !isRunning(entry.message)) return;
    entry.message = { ...entry.message, content: text };
    showText(entry.node, text, true);
  }
}
