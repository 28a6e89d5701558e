import { byId } from "./dom.js";
import { conversationFields } from "./conversations.js";
import { buildMessage, isRunning, messageFields, showMessage, showText } from "./message.js";

const pageSize = 40;
const nearEnd = 120;

const pageQuery = (range, declared = "") => `query($id: ID!, $n: Int!${declared}) { conversation(id: $id) { ${conversationFields}
  activeCompletion { id message { id content } }
  messages(${range}) { nodes { ${messageFields} } pageInfo { hasPreviousPage hasNextPage startCursor endCursor } } } }`;
const newest = pageQuery("last: $n");
const older = pageQuery("last: $n, before: $at", ", $at: String");
const newer = pageQuery("first: $n, after: $at", ", $at: String");
const around = pageQuery("first: $n, around: $at", ", $at: ID");

/** The messages of one conversation: a window into them that grows at both ends as one scrolls. */
export class Messages {
  #api;
  #on;
  #list = byId("messages");
  #scroller = byId("scroller");
  #conversation = null;
  #shown = new Map();
  #start = { more: false, cursor: null };
  #end = { more: false, cursor: null };
  #loading = false;
  #edition = 0;
  #observer = new IntersectionObserver((entries) => this.#reached(entries), { root: this.#scroller, rootMargin: "400px" });

  /** `on` is what can be done with a message: `again`, `edit`, `remove`. */
  constructor(api, on) {
    this.#api = api;
    this.#on = on;
    this.#scroller.onscroll = () => this.#tellWhere();
    byId("to-newest").onclick = () => this.toNewest();
  }

  close() {
    this.#observer.disconnect();
    this.clear();
  }

  /** Shows nothing: no conversation, or one that has no message yet. */
  clear(id = null) {
    this.#conversation = id;
    this.#shown.clear();
    this.#list.replaceChildren();
    this.#start.more = this.#end.more = false;
    this.#tellWhere();
  }

  /** Shows a conversation at its newest message, or at a certain one. Null if it is gone, undefined if another was opened meanwhile. */
  async open(id, messageId) {
    this.#conversation = id;
    const conversation = await this.#read(messageId ? around : newest, messageId);
    if (id !== this.#conversation) return undefined;
    if (!conversation) return null;
    this.#shown.clear();
    this.#list.replaceChildren();
    const { nodes, pageInfo } = conversation.messages;
    nodes.forEach((message) => this.#put(message));
    this.#start = { more: pageInfo.hasPreviousPage, cursor: pageInfo.startCursor };
    this.#end = { more: pageInfo.hasNextPage, cursor: pageInfo.endCursor };
    if (!messageId || !this.#show(messageId)) this.#toBottom();
    this.#watchEnds();
    return conversation;
  }

  /** Makes the newest page what the service has now: what others wrote, replaced or deleted. */
  async sync() {
    const [id, edition] = [this.#conversation, this.#edition];
    const conversation = await this.#read(newest);
    if (edition !== this.#edition) return this.sync();
    if (id !== this.#conversation || !conversation || this.#end.more) return conversation;
    const { nodes } = conversation.messages;
    const there = new Set(nodes.map((message) => message.id));
    const first = nodes[0]?.sequence ?? 0;
    for (const [shown, { message }] of this.#shown) {
      if (message.sequence >= first && !there.has(shown)) this.remove(shown);
    }
    const stays = this.isAtEnd;
    nodes.forEach((message) => this.#put(message));
    if (stays) this.#toBottom();
    return conversation;
  }

  get isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return !this.#end.more && scrollHeight - scrollTop - clientHeight < nearEnd;
  }

  /** Adds what has just been written, or brings it up to date. A reading that began before knows nothing of it. */
  put(message) {
    this.#edition++;
    this.#put(message);
  }

  /** Shows a message as it is now, at its place. */
  #put(message) {
    const known = this.#shown.get(message.id);
    if (known) {
      // The stored text of an answer in the making is a moment behind the one that was streamed.
      if (isRunning(message) && message.content.length < known.message.content.length) message = { ...message, content: known.message.content };
      if (JSON.stringify(known.message) === JSON.stringify(message)) return;
      known.message = message;
      return showMessage(known.node, message);
    }
    const node = buildMessage(message, this.#on);
    const entry = { message, node };
    this.#shown.set(message.id, entry);
    let next = null;
    for (let last = this.#list.lastElementChild; last && this.#shown.get(last.id).message.sequence > message.sequence; last = last.previousElementSibling) next = last;
    this.#list.insertBefore(node, next);
  }

  remove(id) {
    this.#shown.get(id)?.node.remove();
    this.#shown.delete(id);
  }

  /** The text of an answer so far; one that has ended does not grow, whatever an older reading says. */
  grow(id, text) {
    const entry = this.#shown.get(id);
    if (!entry || !isRunning(entry.message)) return;
    const stays = this.isAtEnd;
    entry.message = { ...entry.message, content: text };
    showText(entry.node, text, true);
    if (stays) this.#toBottom();
  }

  /** The whole answer, in place of what was shown of it. */
  finish(message) {
    if (!this.#shown.has(message.id)) return;
    const stays = this.isAtEnd;
    this.put(message);
    if (stays) this.#toBottom();
  }

  async toNewest() {
    if (this.#end.more) await this.open(this.#conversation);
    else this.#toBottom();
  }

  #show(id) {
    const entry = this.#shown.get(id);
    if (!entry) return false;
    entry.node.scrollIntoView({ block: "center" });
    entry.node.focus({ preventScroll: true });
    entry.node.classList.add("found");
    return true;
  }

  async #read(query, at) {
    const variables = { id: this.#conversation, n: pageSize, ...(at && { at }) };
    return (await this.#api.query(query, variables)).conversation;
  }

  async #reached(entries) {
    const ends = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target.id);
    if (this.#loading || !this.#conversation) return;
    if (ends.includes("older") && this.#start.more) await this.#grow(older, this.#start);
    else if (ends.includes("newer") && this.#end.more) await this.#grow(newer, this.#end);
  }

  async #grow(query, end) {
    this.#loading = true;
    try {
      const conversation = await this.#read(query, end.cursor);
      // Another window may be open by now: its ends are other objects.
      if (!conversation || (end !== this.#start && end !== this.#end)) return;
      const { nodes, pageInfo } = conversation.messages;
      const fromBottom = this.#scroller.scrollHeight - this.#scroller.scrollTop;
      nodes.forEach((message) => this.#put(message));
      if (end === this.#start) {
        this.#scroller.scrollTop = this.#scroller.scrollHeight - fromBottom;
        Object.assign(end, { more: pageInfo.hasPreviousPage, cursor: pageInfo.startCursor });
      } else Object.assign(end, { more: pageInfo.hasNextPage, cursor: pageInfo.endCursor });
    } catch {
      // Scrolling on asks again.
      return;
    } finally {
      this.#loading = false;
      this.#tellWhere();
    }
    this.#watchEnds();
  }

  /** Observing anew tells whether an end is in sight, also if it was before. */
  #watchEnds() {
    this.#observer.disconnect();
    this.#observer.observe(byId("older"));
    this.#observer.observe(byId("newer"));
    this.#tellWhere();
  }

  #toBottom() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#tellWhere();
  }

  #tellWhere() {
    byId("to-newest").hidden = this.isAtEnd || this.#shown.size === 0;
  }
}
