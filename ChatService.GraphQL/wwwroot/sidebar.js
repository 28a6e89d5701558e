import { byId } from "./dom.js";

const narrow = matchMedia("(max-width: 52rem)");

/** On a narrow page the list lies over the conversation, and only when asked for. */
export class Sidebar {
  #isOpen = false;

  constructor() {
    byId("menu").onclick = () => this.toggle(!this.#isOpen);
    byId("backdrop").onclick = () => this.toggle(false);
    narrow.onchange = () => this.toggle(false);
    this.toggle(false);
  }

  /** False if it was not open. */
  close() {
    const wasOpen = this.#isOpen;
    this.toggle(false);
    return wasOpen;
  }

  /** Opens or closes it; nothing is to be done on a wide page. */
  toggle(open) {
    this.#isOpen = open && narrow.matches;
    // What has the focus must not become inert with it.
    if (narrow.matches && !this.#isOpen && byId("sidebar").contains(document.activeElement)) {
      byId("thread").inert = false;
      byId("menu").focus();
    }
    byId("chat").classList.toggle("with-sidebar", this.#isOpen);
    byId("backdrop").hidden = !this.#isOpen;
    byId("sidebar").inert = narrow.matches && !this.#isOpen;
    byId("thread").inert = this.#isOpen;
    byId("menu").setAttribute("aria-expanded", this.#isOpen);
    if (this.#isOpen) byId("new").focus();
  }
}
