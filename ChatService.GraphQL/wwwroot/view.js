import { byId } from "./dom.js";
import { findPassage } from "./passage.js";

const nearEnd = 120;

/** What one sees of the messages, and the button that leads to the newest. */
export class View {
  #scroller = byId("scroller");
  #observer = null;
  /** Whether one stays at the end as that moves on: a state, since no distance tells a step up from what has just been added below. */
  #follows = true;
  #before = { top: 0, height: 0 };

  /** `onMoved()`: it stands elsewhere. `toNewest()`: one wants to be there. */
  constructor(onMoved, toNewest) {
    this.#scroller.onscroll = () => {
      this.#look();
      onMoved();
    };
    byId("to-newest").onclick = toNewest;
  }

  get isNearEnd() {
    return this.#follows && this.#fromEnd < nearEnd;
  }

  get #fromEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight;
  }

  /** Who goes up follows no more, until they are at the end again. What grows lower, or is pulled beyond the end, has not gone up. */
  #look() {
    const { scrollTop, scrollHeight } = this.#scroller;
    if (scrollTop < this.#before.top && scrollHeight >= this.#before.height && this.#fromEnd >= 1) this.#follows = false;
    else if (this.#fromEnd <= 2) this.#follows = true;
    this.#keep();
  }

  #keep() {
    const { scrollTop, scrollHeight } = this.#scroller;
    this.#before = { top: scrollTop, height: scrollHeight };
  }

  /** What was looked for is found: one goes on. */
  unmark() {
    byId("messages").querySelector(".found")?.classList.remove("found");
    CSS.highlights?.delete("found");
  }

  toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
    this.#follows = true;
    this.#keep();
  }

  /** Does something above of what is seen, which stays where it is. */
  keeping(action) {
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    action();
    this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd;
  }

  /** Brings a message into sight, and says so to those who listen. Of one that is higher than the page: its beginning, or the words that were looked for. */
  find(node, words) {
    this.unmark();
    const passage = findPassage(node.querySelector(".prose"), words);
    const isWhole = node.offsetHeight < this.#scroller.clientHeight;
    node.scrollIntoView({ block: isWhole ? "center" : "start" });
    if (passage) CSS.highlights?.set("found", new Highlight(passage));
    if (passage && !isWhole) this.place(passage, this.#scroller.clientHeight / 2);
    node.focus({ preventScroll: true });
    node.classList.add("found");
  }

  /** The message that one sees first: its id, and how far below the top it begins. */
  topmost() {
    const { top } = this.#scroller.getBoundingClientRect();
    const node = Array.from(byId("messages").children).find((one) => one.getBoundingClientRect().bottom > top);
    return node && { id: node.id, below: node.getBoundingClientRect().top - top };
  }

  place(node, below) {
    this.#scroller.scrollTop += node.getBoundingClientRect().top - this.#scroller.getBoundingClientRect().top - below;
  }

  offerNewest(isOffered) {
    const button = byId("to-newest");
    if (!isOffered && button === document.activeElement) this.#scroller.focus({ preventScroll: true });
    button.hidden = !isOffered;
  }

  /** Calls back with the ids of those of these nodes that are near. Observing anew tells it also of what was near before. */
  watch(ids, onNear) {
    this.unwatch();
    this.#observer = new IntersectionObserver(
      (entries) => onNear(entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target.id)), { root: this.#scroller, rootMargin: "400px" });
    for (const id of ids) this.#observer.observe(byId(id));
  }

  unwatch() {
    this.#observer?.disconnect();
  }
}
