import { conversationFields } from "./conversations.js";

const changes = `subscription($after: String) { changes(after: $after) { cursor kind conversationId messageId conversation { ${conversationFields} } } }`;
const againAfter = 5_000;

/**
 * Follows what other tabs and devices do. `onChange(change)` for each, in order, none twice and none missed, over broken lines
 * too; `onGap()` when the feed cannot tell what happened.
 */
export class Changes {
  #api;
  #socket;
  #onChange;
  #onGap;
  #cursor = null;
  #end = () => {};
  #timer = 0;

  constructor(api, socket, onChange, onGap) {
    this.#api = api;
    this.#socket = socket;
    this.#onChange = onChange;
    this.#onGap = onGap;
  }

  /** Begins where the feed stands now: what is queried after this is not older than the feed. */
  async start() {
    this.#cursor = (await this.#api.query("{ changeCursor }")).changeCursor;
    this.#follow();
  }

  close() {
    clearTimeout(this.#timer);
    this.#end();
  }

  #follow() {
    this.#end = this.#socket.subscribe(() => ({ query: changes, variables: { after: this.#cursor } }), {
      next: ({ changes: change }) => {
        this.#cursor = change.cursor;
        this.#onChange(change);
      },
      error: () => this.#restart(),
      complete: () => this.#restart(),
    });
  }

  /** A feed that ended by itself has gone too far (the cursor is too old) or is cut: begin anew, and read what is there. */
  #restart() {
    this.#timer = setTimeout(async () => {
      try {
        await this.start();
        this.#onGap();
      } catch {
        this.#restart();
      }
    }, againAfter);
  }
}
