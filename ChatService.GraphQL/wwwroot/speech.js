import { byId } from "./dom.js";

const kept = 8;
const pause = 1_500;

/** Says something to those who listen: a polite live region, of which only the latest stays. */
export function say(text) {
  const log = byId("spoken");
  const line = document.createElement("p");
  line.textContent = text;
  log.append(line);
  while (log.children.length > kept) log.firstChild.remove();
}

export const hush = () => byId("spoken").replaceChildren();

/** Reads a growing text out sentence by sentence, not piece by piece. */
export class Reader {
  #said;
  #last = 0;

  /** `from`: what has been said before. */
  constructor(from = 0) {
    this.#said = from;
  }

  grow(text) {
    if (Date.now() - this.#last < pause) return;
    const end = lastSentenceEnd(text);
    if (end > this.#said) this.#sayUpTo(text, end);
  }

  finish(text) {
    if (text.length > this.#said) this.#sayUpTo(text, text.length);
  }

  #sayUpTo(text, end) {
    say(text.slice(this.#said, end).trim());
    this.#said = end;
    this.#last = Date.now();
  }
}

const lastSentenceEnd = (text) => [...text.matchAll(/[.!?…:]["»”)]?\s|\n/g)].at(-1)?.index + 1 || 0;
