const key = "chat.drafts";

/** What one has written and not sent, by conversation (null for a new one). It lasts as long as the tab, over a reload, too. */
export class Drafts {
  #owner = null;
  // A map: what the address names need not be an id.
  #texts = new Map();

  /** All of them, for who takes them over the end of a session. */
  get all() {
    return new Map(this.#texts);
  }

  /** Brings back what this person has left here, and nobody else, and what was taken along. What was written before one knew who it is stays. */
  restore(owner, taken) {
    this.#texts = new Map([...read(owner), ...taken, ...this.#texts]);
    this.#owner = owner;
    this.#write();
  }

  of(id) {
    return this.#texts.get(id ?? "") ?? "";
  }

  keep(id, text) {
    if (this.of(id) === text) return;
    if (text) this.#texts.set(id ?? "", text);
    else this.#texts.delete(id ?? "");
    if (this.#owner) this.#write();
  }

  /** What was for one is for another now, behind what waits there already. */
  move(from, to) {
    const texts = [this.of(to), this.of(from)].filter((text) => text !== "");
    this.keep(from, "");
    this.keep(to, texts.join("\n\n"));
  }

  /** Another person may come next. */
  forget() {
    [this.#owner, this.#texts] = [null, new Map()];
    this.#write();
  }

  #write() {
    try {
      if (this.#owner) sessionStorage.setItem(key, JSON.stringify({ owner: this.#owner, texts: [...this.#texts] }));
      else sessionStorage.removeItem(key);
    } catch {
      // They last as long as the page.
    }
  }
}

function read(owner) {
  try {
    const kept = JSON.parse(sessionStorage.getItem(key));
    return kept?.owner === owner ? new Map(kept.texts) : [];
  } catch {
    // The browser keeps nothing.
    return [];
  }
}
