import { insist, pause } from "./api.js";
import { conversationFields } from "./conversations.js";

const changes = `subscription($after: String) { changes(after: $after) { cursor kind conversationId messageId conversation { ${conversationFields} } } }`;
const useless = ["CURSOR_EXPIRED", "BAD_USER_INPUT"];
const againAfter = 5_000;
const refusedWithin = 2_000;

/**
 * Follows what other tabs and devices do. `onChange(change)` for each, in order, none twice and none missed, over broken lines
 * too; `onGap()` when the feed cannot tell what happened. `onRefused(error)` when there is none for now, `onFollowed(error)` when that is over.
 */
export class Changes {
  #api;
  #socket;
  #onChange;
  #onGap;
  #onRefused;
  #onFollowed;
  #timer = 0;
  #end = () => {};

  constructor(api, socket, { onChange, onGap, onRefused, onFollowed }) {
    this.#api = api;
    this.#socket = socket;
    this.#onChange = onChange;
    this.#onGap = onGap;
    this.#onRefused = onRefused;
    this.#onFollowed = onFollowed;
  }

  close() {
    clearTimeout(this.#timer);
    this.#end();
  }

  /** Goes on from a cursor. */
  follow(cursor) {
    this.#end = this.#socket.subscribe(() => ({ query: changes, variables: { after: cursor } }), {
      next: ({ changes: change }) => {
        cursor = change.cursor;
        this.#onChange(change);
      },
      error: (error) => this.#refused(error, cursor),
      complete: () => this.#again(cursor),
    });
  }

  #refused(error, cursor) {
    clearTimeout(this.#timer);
    if (useless.includes(error.code)) return this.#again(null);
    this.#onRefused(error);
    // A feed says nothing when it begins, but a refusal comes at once.
    this.#timer = setTimeout(() => this.#onFollowed(error), againAfter + refusedWithin);
    this.#again(cursor);
  }

  /** A feed that was refused or cut goes on where it was. If that is too long ago: begin anew, and read what is there. */
  async #again(cursor) {
    await pause(againAfter);
    if (cursor) return this.follow(cursor);
    const { changeCursor } = await insist(() => this.#api.query("{ changeCursor }"), () => {}, () => {});
    this.follow(changeCursor);
    this.#onGap();
  }
}
