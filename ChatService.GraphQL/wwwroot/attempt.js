import { newKey } from "./api.js";

/**
 * Does something once, however often it is sent. As long as nobody knows whether it was done, it goes again under its first key and as
 * it was first put: whatever else was sent could be done besides. What was refused was not done, and may be put in another way.
 */
export class Attempt {
  #open = null;

  /** `what` says what is wanted: something else is something new. `send(input, key)`, with the `input` that says how. */
  async make(what, input, send) {
    if (this.#open?.what !== what) this.#open = { what, key: newKey() };
    const attempt = this.#open;
    attempt.input ??= input;
    try {
      const result = await send(attempt.input, attempt.key);
      this.#close(attempt);
      return result;
    } catch (error) {
      if (error.isRefusal) attempt.input = null;
      if (error.code === "IDEMPOTENCY_CONFLICT") this.#close(attempt);
      throw error;
    }
  }

  #close(attempt) {
    if (this.#open === attempt) this.#open = null;
  }
}
