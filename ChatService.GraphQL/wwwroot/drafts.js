const key = "chat.drafts";

/** What one has written and not sent, by conversation ("" for a new one). It lasts as long as the tab, over a reload, too. */
export class Drafts {
  #owner = null;
  #texts = {};

  /** Brings back what this person has left here, and nobody else. What was written before one knew who it is stays. */
  restore(owner) {
    try {
      const kept = JSON.parse(sessionStorage.getItem(key));
      if (kept?.owner === owner) this.#texts = { ...kept.texts, ...this.#texts };
    } catch {
      // The browser keeps nothing.
    }
    this.#owner = owner;
    this.#write();
  }

  of(id) {
    return this.#texts[id ?? ""] ?? "";
  }

  keep(id, text) {
    if (this.of(id) === text) return;
    if (text) this.#texts[id ?? ""] = text;
    else delete this.#texts[id ?? ""];
    if (this.#owner) this.#write();
  }

  /** Another person may come next. */
  forget() {
    [this.#owner, this.#texts] = [null, {}];
    this.#write();
  }

  #write() {
    try {
      if (this.#owner) sessionStorage.setItem(key, JSON.stringify({ owner: this.#owner, texts: this.#texts }));
      else sessionStorage.removeItem(key);
    } catch {
      // They last as long as the page.
    }
  }
}
