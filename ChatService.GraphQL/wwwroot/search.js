import { byId, element } from "./dom.js";
import { t, tCount } from "./i18n.js";
import { speakers } from "./message.js";
import { moment } from "./moment.js";
import { markedIn } from "./passage.js";
import { plain } from "./plain.js";
import { titleOf } from "./titles.js";

const search = `query($query: String!, $after: String) { searchMessages(query: $query, first: 20, after: $after) { degraded
  pageInfo { hasNextPage endCursor }
  edges { snippet highlights { start length } node { id role createdAt conversation { id title } } } } }`;
const pause = 220;

/** The search over everything one has written, in place of the list while there is a text in its box. */
export class Search {
  #api;
  #box = byId("search");
  #hits = byId("hits");
  #timer = 0;
  #round = 0;
  #after = null;
  #reading = null;

  constructor(api) {
    this.#api = api;
    this.#box.oninput = () => {
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => this.#run(), pause);
    };
    this.#box.onkeydown = (event) => {
      if (event.key === "ArrowDown") this.#hits.querySelector("a")?.focus();
      else if (event.key === "Enter") this.#run();
      else return;
      event.preventDefault();
    };
    this.#hits.onkeydown = (event) => this.#move(event);
    byId("more-hits").onclick = () => this.#read();
  }

  focus() {
    this.#box.focus();
    this.#box.select();
  }

  /** Leaves the search; false if there was none. */
  leave() {
    if (this.#box.value === "") return false;
    const hadFocus = byId("results").contains(document.activeElement);
    this.#box.value = "";
    this.#run();
    if (hadFocus) this.#box.focus();
    return true;
  }

  /** What was found in a message, as far as it is among the hits. */
  wordsOf(messageId) {
    return markedIn(this.#hits.querySelector(`a[href$="/${CSS.escape(messageId ?? "")}"]`));
  }

  close() {
    this.#box.value = "";
    this.#run();
    this.#tell("");
  }

  async #run() {
    clearTimeout(this.#timer);
    this.#round++;
    this.#after = null;
    const isSearching = this.#box.value.trim() !== "";
    byId("results").hidden = !isSearching;
    byId("list").hidden = isSearching;
    if (isSearching) await this.#read();
    else this.#hits.replaceChildren();
  }

  /** The next page, once at a time. What is shown stays when it does not come, and is asked for again by the same button. */
  async #read() {
    const round = this.#round;
    if (round === this.#reading) return;
    this.#reading = round;
    const query = this.#box.value;
    try {
      const { searchMessages: found } = await this.#api.query(search, { query, after: this.#after });
      if (round !== this.#round) return;
      if (!this.#after) this.#hits.replaceChildren();
      const fresh = found.edges.map(buildHit);
      this.#hits.append(...fresh);
      this.#after = found.pageInfo.endCursor;
      const { hasNextPage } = found.pageInfo;
      this.#offer(hasNextPage && "more", fresh[0]);
      const count = this.#hits.children.length;
      this.#tell(count === 0 ? t("noHits", { query }) : `${tCount("hits", count, hasNextPage ? `${count}+` : count)}${found.degraded ? ` · ${t("degraded")}` : ""}`);
    } catch (error) {
      if (round !== this.#round) return;
      if (!this.#after) this.#hits.replaceChildren();
      this.#offer("retry");
      this.#tell(error.message);
    } finally {
      if (round === this.#reading) this.#reading = null;
    }
  }

  /** The button for more. Where there is none any more, the first of what has come stands in its place. */
  #offer(words, first) {
    const more = byId("more-hits");
    if (!words && more === document.activeElement) (first?.querySelector("a") ?? this.#box).focus();
    more.hidden = !words;
    if (words) more.textContent = t(words);
  }

  #tell(text) {
    byId("results-count").textContent = text;
  }

  #move(event) {
    const hit = event.target.closest("li");
    const next = { ArrowDown: hit?.nextElementSibling, ArrowUp: hit?.previousElementSibling }[event.key];
    if (!["ArrowDown", "ArrowUp"].includes(event.key)) return;
    event.preventDefault();
    if (next) next.querySelector("a").focus();
    else if (event.key === "ArrowUp") this.#box.focus();
  }
}

function buildHit({ snippet, highlights, node }) {
  const { conversation } = node;
  return element("li", {}, element("a", { href: `#/${conversation.id}/${node.id}` },
    element("span", { className: "name", dir: "auto", title: titleOf(conversation) }, titleOf(conversation)),
    moment(node.createdAt),
    element("span", { className: "snippet" }, element("b", {}, `${t(speakers[node.role])} · `), element("bdi", {}, ...marked(plain(snippet, highlights))))));
}

function marked({ text, ranges }) {
  const nodes = [];
  let from = 0;
  for (const { start, length } of ranges) {
    nodes.push(text.slice(from, start), element("mark", {}, text.slice(start, start + length)));
    from = start + length;
  }
  return [...nodes, text.slice(from)];
}
