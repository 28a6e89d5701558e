import { around, newer, newest, older, readAlternatives, readMessage, readPage, readSources } from "./pages.js";
import { Shown } from "./shown.js";
import { View } from "./view.js";

/** The messages of one conversation: a window into them that grows at both ends as one scrolls. */
export class Messages {
  #api;
  #insist;
  #view;
  #conversation = null;
  #shown;
  #start = { more: false };
  /** The window is whole up to `sequence`; what is shown behind that has come one by one. */
  #end = { more: false, sequence: 0 };
  #round = 0;
  #edition = 0;

  /** `on` is what can be done with a message: `again`, `edit`, `remove`; and `on.newest()` to leave for the newest. `insist(action)` does what must be done, as often as it takes. */
  constructor(api, insist, on) {
    [this.#api, this.#insist] = [api, insist];
    this.#shown = new Shown({ ...on, alternatives: ({ id }) => this.#readMore(readAlternatives, id), sources: ({ id }) => this.#readMore(readSources, id) });
    this.#view = new View(() => this.#tellWhere(), on.newest);
  }

  close() {
    this.#view.unwatch();
  }

  /** Shows nothing: no conversation, or one that has no message yet. */
  clear(id = null) {
    this.#conversation = id;
    this.#round++;
    this.#fill({ nodes: [], pageInfo: {} });
    this.#tellWhere();
  }

  /** Shows a conversation at its newest message, or at a certain one, in which these `words` were found. Null if it is gone, undefined if something else was opened meanwhile. */
  async open(id, messageId, words) {
    if (id !== this.#conversation) this.clear(id);
    return this.#openAt(messageId, (node) => this.#view.find(node, words));
  }

  /** Reads anew what is in sight, and leaves it where it is. As `open`. */
  async reopen() {
    const id = this.#conversation;
    const seen = this.isAtEnd ? undefined : this.#view.topmost();
    try {
      const conversation = await this.#openAt(seen?.id, (node) => this.#view.place(node, seen.below));
      // Who has asked something meanwhile is elsewhere in it, and has read no more of it.
      return conversation === undefined && id === this.#conversation ? this.reopen() : conversation;
    } catch (error) {
      if (!seen || error.code !== "NOT_FOUND") throw error;
      this.remove(seen.id);
      return this.reopen();
    }
  }

  async #openAt(messageId, show) {
    const round = ++this.#round;
    const conversation = await this.#readSteadily(messageId ? around : newest, messageId, () => round !== this.#round);
    if (round !== this.#round) return undefined;
    if (!conversation) return null;
    this.#fill(conversation.messages);
    const node = messageId && this.#shown.node(messageId);
    if (node) show(node);
    else this.#toBottom();
    this.#watchEnds();
    return conversation;
  }

  /** Makes the newest page what the service has now: what others wrote, replaced or deleted. */
  async sync() {
    const id = this.#conversation;
    const conversation = await this.#readSteadily(newest, null, () => id !== this.#conversation);
    if (id !== this.#conversation || !conversation || this.#end.more) return conversation;
    const { nodes, pageInfo } = conversation.messages;
    if (pageInfo.hasPreviousPage && nodes[0].sequence > this.#end.sequence) this.#skip(conversation.messages);
    else this.#merge(conversation.messages);
    return conversation;
  }

  /** Brings a message up to date that was changed elsewhere, wherever in the window it is. */
  async refresh(id) {
    if (!this.#shown.has(id)) return;
    const message = await readMessage(this.#api, id);
    if (!this.#shown.has(id)) return;
    if (message) this.put(message);
    else this.remove(id);
  }

  /** More was written than a page holds: whoever follows goes there, whoever reads older messages can scroll on. */
  #skip(messages) {
    if (this.isAtEnd) {
      this.#fill(messages);
      this.#toBottom();
    } else this.#end = { ...this.#end, more: true, isLoading: false };
    this.#watchEnds();
  }

  #merge({ nodes, pageInfo }) {
    const stays = this.isAtEnd;
    this.#shown.match(nodes);
    Object.assign(this.#end, endOf(nodes, pageInfo));
    if (stays) this.#toBottom();
  }

  get isAtEnd() {
    return !this.#end.more && this.#view.isNearEnd;
  }

  /** A message as it was last read; undefined if it is not shown. */
  find(id) {
    return this.#shown.message(id);
  }

  /** Where the text of a message is shown; undefined if it is not. */
  prose(id) {
    return this.#shown.node(id)?.querySelector(".prose");
  }

  /** Adds what has just been written, or brings it up to date. A reading that began before knows nothing of it. */
  put(message) {
    this.#edition++;
    this.#shown.put(message);
  }

  remove(id) {
    this.#edition++;
    this.#shown.remove(id);
  }

  /** The text of an answer so far. */
  grow(id, text) {
    const stays = this.isAtEnd;
    this.#shown.grow(id, text);
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
    this.#round++;
    this.#view.unmark();
    if (this.#end.more) await this.open(this.#conversation);
    else this.#toBottom();
  }

  /** Reads a page that knows what has been shown meanwhile, unless nobody wants it any more. */
  async #readSteadily(query, at, isUnwanted) {
    const edition = this.#edition;
    const conversation = await readPage(this.#api, query, this.#conversation, at);
    return edition === this.#edition || isUnwanted() ? conversation : this.#readSteadily(query, at, isUnwanted);
  }

  /** Shows a page alone. */
  #fill({ nodes, pageInfo }) {
    this.#edition++;
    this.#shown.clear();
    nodes.forEach((message) => this.#shown.put(message));
    this.#start = { more: pageInfo.hasPreviousPage ?? false, cursor: pageInfo.startCursor };
    this.#end = { sequence: 0, ...endOf(nodes, pageInfo) };
  }

  #reached(ends) {
    if (ends.includes("older")) this.#grow(older, this.#start);
    if (ends.includes("newer")) this.#grow(newer, this.#end);
  }

  async #grow(query, end) {
    if (!end.more || end.isLoading) return;
    end.isLoading = true;
    // Another window may be open by now: its ends are other objects.
    const isWanted = () => end === this.#start || end === this.#end;
    const conversation = await this.#insist(() => isWanted() && readPage(this.#api, query, this.#conversation, end.cursor));
    if (!conversation || !isWanted()) return;
    end.isLoading = false;
    const { nodes, pageInfo } = conversation.messages;
    const show = () => nodes.forEach((message) => this.#shown.put(message));
    if (end === this.#start) {
      this.#view.keeping(show);
      Object.assign(end, { more: pageInfo.hasPreviousPage, cursor: pageInfo.startCursor });
    } else {
      show();
      Object.assign(end, endOf(nodes, pageInfo));
    }
    this.#watchEnds();
  }

  /** What a message shows further down: whoever is at the end stays there when it comes. */
  async #readMore(read, id) {
    const found = await this.#insist(() => (this.#shown.has(id) ? read(this.#api, id) : null));
    const stays = this.isAtEnd;
    requestAnimationFrame(() => stays && this.#toBottom());
    return found;
  }

  #watchEnds() {
    this.#view.watch(["older", "newer"], (ends) => this.#reached(ends));
    this.#tellWhere();
  }

  #toBottom() {
    this.#view.toEnd();
    this.#tellWhere();
  }

  #tellWhere() {
    this.#view.offerNewest(!this.isAtEnd && this.#shown.size > 0);
  }
}

const endOf = (nodes, { hasNextPage, endCursor }) => ({
  more: hasNextPage ?? false,
  ...(nodes.length > 0 && { cursor: endCursor, sequence: nodes.at(-1).sequence }),
});
