import { t } from "./i18n.js";

/** What one was writing whose session has ended by itself: `{username, drafts}`. */
let unsent = null;

/** The drafts of somebody who has come back. Whoever comes next finds nothing of another's. */
export function takeDrafts(username) {
  const drafts = unsent?.username === username ? unsent.drafts : new Map();
  unsent = null;
  return drafts;
}

/** The end of a session: one leaves it, or the service knows it no more. */
export class Leaving {
  #leave;
  #unsent;
  #isLeaving = false;

  /** `leave(reason)` shows the way in again; `unsent()` is who one is and what one is writing. */
  constructor(leave, unsent) {
    [this.#leave, this.#unsent] = [leave, unsent];
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
    unsent = this.#unsent();
    this.#leave(t("error.UNAUTHENTICATED"));
  }

  #left() {
    history.replaceState(null, "", location.pathname);
    this.#leave();
  }
}
