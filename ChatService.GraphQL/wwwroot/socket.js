import { ApiError } from "./api.js";

const longestWait = 20_000;
const pingEvery = 20_000;
const pongWithin = 10_000;
const forbidden = 4403;

/** A client of graphql-transport-ws: one line for all subscriptions, opened when there is one, made anew when it breaks. */
export class Socket {
  #token;
  #onForbidden;
  #onLine;
  #subscriptions = new Map();
  #lastId = 0;
  #line = null;
  #acknowledged = false;
  #failures = 0;
  #timer = 0;
  #heart = 0;
  #closed = false;

  /** `onForbidden()`: the session is over. `onLine(isUp)`: the line came or went. */
  constructor(token, onForbidden, onLine) {
    this.#token = token;
    this.#onForbidden = onForbidden;
    this.#onLine = onLine;
    addEventListener("online", this.#retryNow);
  }

  /**
   * `request()` gives `{query, variables}` each time the line is made, so that a stream can go on where it stopped.
   * Returns the function that ends the subscription.
   */
  subscribe(request, { next, error, complete = () => {} }) {
    if (this.#closed) return () => {};
    const id = String(++this.#lastId);
    this.#subscriptions.set(id, { request, next, error, complete });
    if (this.#acknowledged) this.#send({ id, type: "subscribe", payload: request() });
    else this.#open();
    return () => {
      if (this.#subscriptions.delete(id) && this.#acknowledged) this.#send({ id, type: "complete" });
    };
  }

  close() {
    this.#closed = true;
    removeEventListener("online", this.#retryNow);
    this.#subscriptions.clear();
    clearTimeout(this.#timer);
    this.#hangUp();
  }

  #open() {
    if (this.#line) return;
    clearTimeout(this.#timer);
    const url = new URL("/graphql", location.href);
    url.protocol = url.protocol.replace("http", "ws");
    const line = (this.#line = new WebSocket(url, "graphql-transport-ws"));
    line.onopen = () => this.#send({ type: "connection_init", payload: { Authorization: `Bearer ${this.#token}` } });
    line.onmessage = ({ data }) => this.#receive(JSON.parse(data));
    line.onclose = ({ code }) => this.#lost(line, code);
    // A line that never opens, or never answers, says nothing of itself.
    this.#heart = setTimeout(() => this.#lost(line, 1006), pongWithin);
  }

  #receive({ type, id, payload }) {
    this.#beat();
    const subscription = this.#subscriptions.get(id);
    if (type === "connection_ack") this.#acknowledge();
    else if (type === "ping") this.#send({ type: "pong" });
    else if (type === "next" && !payload.errors) subscription?.next(payload.data);
    else if (type === "next" || type === "error") this.#fail(id, (payload.errors ?? payload)[0]);
    else if (type === "complete" && this.#subscriptions.delete(id)) subscription.complete();
  }

  #acknowledge() {
    this.#acknowledged = true;
    this.#failures = 0;
    this.#onLine(true);
    for (const [id, { request }] of this.#subscriptions) this.#send({ id, type: "subscribe", payload: request() });
  }

  #fail(id, error) {
    const subscription = this.#subscriptions.get(id);
    // After a `next` with errors the service would go on.
    if (this.#subscriptions.delete(id)) this.#send({ id, type: "complete" });
    subscription?.error(ApiError.from(error));
  }

  /** A dead line says nothing: after a while of silence ask, and give it up when no answer comes. */
  #beat() {
    clearTimeout(this.#heart);
    const line = this.#line;
    this.#heart = setTimeout(() => {
      this.#send({ type: "ping" });
      this.#heart = setTimeout(() => this.#lost(line, 1006), pongWithin);
    }, pingEvery);
  }

  #lost(line, code) {
    if (line !== this.#line) return;
    this.#hangUp();
    if (code === forbidden) return this.#onForbidden();
    if (this.#subscriptions.size === 0) return;
    this.#onLine(false);
    const wait = Math.min(longestWait, 500 * 2 ** this.#failures++) * (0.5 + Math.random() / 2);
    this.#timer = setTimeout(() => this.#open(), wait);
  }

  #hangUp() {
    clearTimeout(this.#heart);
    if (this.#line) this.#line.onopen = this.#line.onmessage = this.#line.onclose = null;
    this.#line?.close();
    this.#line = null;
    this.#acknowledged = false;
  }

  #retryNow = () => {
    this.#failures = 0;
    if (this.#subscriptions.size > 0) this.#open();
  };

  #send(message) {
    if (this.#line?.readyState === WebSocket.OPEN) this.#line.send(JSON.stringify(message));
  }
}
