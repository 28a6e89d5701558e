import { byId } from "./dom.js";

const nearEnd = 120;

/** What one sees of the messages, and the button that leads to the newest. */
export class View {
  #scroller = byId("scroller");
  #observer = null;

  /** `onMoved()`: it stands elsewhere. `toNewest()`: one wants to be there. */
  constructor(onMoved, toNewest) {
    this.#scroller.onscroll = onMoved;
    byId("to-newest").onclick = toNewest;
  }

  get isNearEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#scroller;
    return scrollHeight - scrollTop - clientHeight < nearEnd;
  }

  /** What was looked for is found: one goes on. */
  unmark() {
    byId("messages").querySelector(".found")?.classList.remove("found");
  }

  toEnd() {
    this.#scroller.scrollTop = this.#scroller.scrollHeight;
  }

  /** Does something above of what is seen, which stays where it is. */
  keeping(action) {
    const fromEnd = this.#scroller.scrollHeight - this.#scroller.scrollTop;
    action();
    this.#scroller.scrollTop = this.#scroller.scrollHeight - fromEnd;
  }

  /** Brings a message into sight, and says so to those who listen. */
  find(node) {
    node.scrollIntoView({ block: "center" });
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
