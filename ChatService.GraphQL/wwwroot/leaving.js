import { t } from "./i18n.js";

/** What one was writing whose session has ended by itself: `{username, text}`. */
let unsent = null;

/** The draft of somebody who has come back, "" if there is none. Whoever comes next finds nothing of another's. */
export function takeDraft(username) {
  const text = unsent?.username === username ? unsent.text : "";
  unsent = null;
  return text;
}

/** The end of a session: one leaves it, or the service knows it no more. */
export class Leaving {
  #leave;
  #draft;
  #isLeaving = false;

  /** `leave(reason)` shows the way in again; `draft()` is who one is and what one is writing. */
  constructor(leave, draft) {
    [this.#leave, this.#draft] = [leave, draft];
  }

  /** Leaves in the given way, such as by signing out. */
  async by(way) {
    this.#isLeaving = true;
    await way().finally(() => (this.#isLeaving = false));
    this.#left();
  }

  /** The service knows the session no more. Whoever signs out need not be told; who does not, or does so in another tab, finds their draft again. */
  ended() {
    if (this.#isLeaving) return this.#left();
    unsent = this.#draft();
    this.#leave(t("error.UNAUTHENTICATED"));
  }

  #left() {
    history.replaceState(null, "", location.pathname);
    this.#leave();
  }
}
