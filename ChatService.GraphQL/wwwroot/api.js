import { t } from "./i18n.js";

const endpoint = new URL("/graphql", location.href);
const passing = ["UNREACHABLE", "OVERLOADED"];
const attempts = 4;
const firstWait = 400;
const longestWait = 20_000;
const replyWithin = 30_000;

/** What went wrong, with the service's code and words for people. */
export class ApiError extends Error {
  /** The service has looked at it and not done it. After any other error of a mutation nobody knows whether it was done. */
  isRefusal = false;

  /** `field`: what in the input it is about; `length`: how long that may be. */
  constructor(code, { retryAfter, field, length } = {}) {
    super((length && t(`error.${code}.${field}.length`, length)) || (field && t(`error.${code}.${field}`)) || t(`error.${code}`, { seconds: retryAfter ?? 1 }) || t("error.OTHER", { code }));
    this.code = code;
    this.retryAfter = retryAfter ?? 0;
  }

  static from({ code, field, message, extensions }) {
    // The service's words are English, but its numbers are for everybody: what it asks for is a matter of its settings.
    const [, least, most] = message?.match(/(\d+) to (\d+) characters/) ?? [];
    return new ApiError(code ?? extensions?.code, { retryAfter: extensions?.retryAfter, field: field?.at(-1), length: least && { least, most } });
  }
}

/** The calls of one session; `onEnded` hears that the service no longer knows the token. */
export class Api {
  #token;
  #onEnded;
  #closed = false;

  constructor(token, onEnded = () => {}) {
    this.#token = token;
    this.#onEnded = onEnded;
  }

  /** The session's page is left: what is still asked for, or comes from now on, is nobody's. Its promises stay open. */
  close() {
    this.#closed = true;
  }

  async query(query, variables) {
    const { data, errors } = await (this.#closed ? never() : this.#post({ query, variables }));
    if (!errors) return data;
    const error = ApiError.from(errors[0]);
    if (error.code !== "UNAUTHENTICATED" || !this.#token) throw error;
    this.#onEnded();
    return never();
  }

  /** The payload of the only field of a mutation. Refusals of the service are thrown. */
  async mutate(mutation, input) {
    return accepted(await this.query(mutation, input && { input }));
  }

  /** Repeats what got no reply, or came to a busy service. The key makes that safe: the service does it once and answers the same each time. */
  async mutateOnce(mutation, input, idempotencyKey) {
    for (let attempt = 1; ; attempt++) {
      try {
        return accepted(await this.query(mutation, { input: { ...input, idempotencyKey } }));
      } catch (error) {
        if (!passing.includes(error.code) || attempt === attempts) throw error;
        await pause(Math.max(firstWait * 2 ** attempt, 1000 * error.retryAfter));
      }
    }
  }

  async #post(body) {
    const reply = await this.#fetch(body).catch((error) => ({ error }));
    if (this.#closed) return never();
    if (reply.error) throw reply.error;
    return reply;
  }

  async #fetch(body) {
    const headers = { "Content-Type": "application/json", Accept: "application/graphql-response+json, application/json" };
    if (this.#token) headers.Authorization = `Bearer ${this.#token}`;
    try {
      const response = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify(body), signal: AbortSignal.timeout(replyWithin) });
      const reply = await response.json();
      // A gateway in between may speak JSON too.
      if (reply.data || reply.errors?.length > 0) return reply;
    } catch {
      // No reply, or none of ours.
    }
    throw new ApiError("UNREACHABLE");
  }
}

const never = () => new Promise(() => {});

/** Does something until it succeeds, ever more slowly. `refused(error)` hears each failure, `recovered(error)` the last one when it is over. */
export async function insist(action, refused, recovered) {
  let last = null;
  for (let wait = firstWait; ; wait = Math.min(longestWait, 2 * wait)) {
    try {
      const result = await action();
      if (last) recovered(last);
      return result;
    } catch (error) {
      if (!error.code) throw error;
      refused((last = error));
    }
    await pause(Math.max(wait, 1000 * last.retryAfter));
  }
}

function accepted(data) {
  const payload = Object.values(data)[0];
  if (payload.errors.length > 0) throw Object.assign(ApiError.from(payload.errors[0]), { isRefusal: true });
  return payload;
}

/** A new idempotency key. (crypto.randomUUID is there on https and localhost only.) */
export const newKey = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
