import { insist } from "./api.js";
import { byId, element } from "./dom.js";
import { t } from "./i18n.js";
import { moment } from "./moment.js";
import { forgetQuestions, titleOf } from "./titles.js";

export const conversationFields = "id title model archivedAt updatedAt";

const page = `query($after: String, $archived: Boolean!) { me { conversations(first: 40, after: $after, archived: $archived) {
  nodes { ${conversationFields} } pageInfo { hasNextPage endCursor } } } }`;

/** The list at the side: latest activity first, more of it as one scrolls, current or archived ones. */
export class ConversationList {
  #api;
  #list = byId("conversations");
  #shown = new Map();
  #after = null;
  #hasMore = false;
  #growing = null;
  #archived = false;
  #current = null;
  #round = 0;
  #observer = new IntersectionObserver(([entry]) => entry.isIntersecting && this.#more(), { rootMargin: "300px" });

  /** `attempt(action)` does what a person asked for, and tells what is refused. */
  constructor(api, attempt) {
    this.#api = api;
    this.#observer.observe(byId("list-end"));
    byId("archived").onclick = () => attempt(() => this.load(!this.#archived));
    this.#tellWhich();
  }

  close() {
    this.#observer.disconnect();
    this.#round++;
    this.#clear();
    this.#tell("");
    forgetQuestions();
  }

  /** Reads the first page anew. */
  async load(archived = this.#archived) {
    const round = ++this.#round;
    const connection = await this.#read(null, archived);
    if (round !== this.#round) return;
    // Nor does more come of what was there before.
    this.#round++;
    this.#archived = archived;
    this.#tellWhich();
    this.#clear();
    this.#append(connection);
  }

  /** Shows a conversation as it is now, at its place; or no more, if it belongs to the other list. */
  upsert(conversation) {
    const known = this.#shown.get(conversation.id);
    if ((conversation.archivedAt !== null) !== this.#archived) return this.remove(conversation.id);
    const hadFocus = known?.node.contains(document.activeElement);
    known?.node.remove();
    const next = [...this.#list.children].find((node) => this.#shown.get(node.dataset.id).conversation.updatedAt < conversation.updatedAt);
    // Its place may be behind what is loaded: it comes with that.
    if (!known && !next && this.#hasMore) return;
    const entry = { conversation, node: this.#build(conversation) };
    this.#shown.set(conversation.id, entry);
    this.#list.insertBefore(entry.node, next ?? null);
    if (hadFocus) entry.node.firstChild.focus();
    this.#tellIfEmpty();
  }

  remove(id) {
    this.#shown.get(id)?.node.remove();
    this.#shown.delete(id);
    this.#tellIfEmpty();
  }

  /** Marks the one that is open. */
  mark(id) {
    this.#current = id;
    for (const { conversation, node } of this.#shown.values()) this.#markNode(node, conversation.id === id);
  }

  #clear() {
    this.#shown.clear();
    this.#list.replaceChildren();
  }

  /** The next page, once at a time, as often as it takes: the end does not come into sight again while it stays there. */
  async #more() {
    if (!this.#hasMore || this.#growing === this.#round) return;
    const round = (this.#growing = this.#round);
    const connection = await insist(() => round === this.#round && this.#read(this.#after, this.#archived), (error) => this.#tell(error.message), () => this.#tell(""));
    if (round !== this.#round) return;
    this.#growing = null;
    this.#append(connection);
  }

  async #read(after, archived) {
    const { me } = await this.#api.query(page, { after, archived });
    return me.conversations;
  }

  #append({ nodes, pageInfo }) {
    for (const conversation of nodes) {
      if (this.#shown.has(conversation.id)) continue;
      const node = this.#build(conversation);
      this.#shown.set(conversation.id, { conversation, node });
      this.#list.append(node);
    }
    this.#after = pageInfo.endCursor;
    this.#hasMore = pageInfo.hasNextPage;
    this.#tellIfEmpty();
    // Observing anew tells whether the end is still in sight.
    this.#observer.unobserve(byId("list-end"));
    this.#observer.observe(byId("list-end"));
  }

  #build(conversation) {
    const link = element("a", { href: `#/${conversation.id}` },
      element("span", { className: "name", dir: "auto", title: titleOf(conversation) }, titleOf(conversation)),
      moment(conversation.updatedAt));
    const node = element("li", { "data-id": conversation.id }, link);
    this.#markNode(node, conversation.id === this.#current);
    return node;
  }

  #markNode(node, isCurrent) {
    if (isCurrent) node.firstChild.setAttribute("aria-current", "page");
    else node.firstChild.removeAttribute("aria-current");
  }

  #tellWhich() {
    byId("archived").textContent = t(this.#archived ? "showCurrent" : "showArchived");
  }

  /** Why the list does not go on. */
  #tell(text) {
    byId("list-end").textContent = text;
  }

  #tellIfEmpty() {
    const hint = byId("no-conversations");
    hint.hidden = this.#shown.size > 0;
    hint.textContent = t(this.#archived ? "noArchived" : "noConversations");
  }
}
