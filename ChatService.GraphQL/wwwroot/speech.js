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

/** Reads a growing text out as it is shown, block after block; of the last one, which grows, sentence by sentence and not piece by piece. */
export class Reader {
  #block;
  #said;
  #last = 0;

  /** `prose`: what is shown, and has been said before. */
  constructor(prose) {
    const blocks = spoken(prose);
    this.#block = Math.max(0, blocks.length - 1);
    this.#said = blocks.at(-1)?.length ?? 0;
  }

  grow(prose) {
    if (Date.now() - this.#last < pause) return;
    const blocks = spoken(prose);
    this.#sayUpTo(blocks, lastSentenceEnd(blocks.at(-1) ?? ""));
  }

  finish(prose) {
    const blocks = spoken(prose);
    this.#sayUpTo(blocks, blocks.at(-1)?.length ?? 0);
  }

  /** Says what is new, up to this place in the last block. */
  #sayUpTo(blocks, end) {
    const last = blocks.length - 1;
    const fresh = blocks.map((text, i) => text.slice(i === this.#block ? this.#said : 0, i === last ? end : undefined)).slice(this.#block).join("\n").trim();
    if (fresh === "") return;
    say(fresh);
    [this.#block, this.#said] = [last, end];
    this.#last = Date.now();
  }
}

/** The words of each block, without the marks that made it what it is, nor the head of code. */
const spoken = (prose) => Array.from(prose?.children ?? [], (block) => (block.matches(".code") ? block.lastChild : block).innerText);

const lastSentenceEnd = (text) => [...text.matchAll(/[.!?…:]["»”)]?\s|\n/g)].at(-1)?.index + 1 || 0;
