import { followCompletion } from "./completions.js";
import { t } from "./i18n.js";
import { isRunning } from "./message.js";
import { Reader, say } from "./speech.js";

const cancel = "mutation($input: CancelCompletionInput!) { cancelCompletion(input: $input) { errors { code message } } }";

/** The answer that is being made in the open conversation: shown as it grows, and read out. */
export class Answer {
  #api;
  #socket;
  #messages;
  #tell;
  #watched = null;

  /** `tell.busy(isAnswering)`; `tell.answered(message)`; `tell.waiting(error)`: it cannot be watched for now, until `tell.recovered(error)`; `tell.unwatched()`: what is there must be asked for. */
  constructor(api, socket, messages, tell) {
    this.#api = api;
    this.#socket = socket;
    this.#messages = messages;
    this.#tell = tell;
  }

  get isRunning() {
    return this.#watched !== null;
  }

  async stop() {
    if (this.#watched) await this.#api.mutate(cancel, { id: this.#watched.id });
  }

  follow({ id, message }) {
    if (this.#watched?.id === id) return;
    this.leave();
    this.#messages.grow(message.id, message.content);
    const reader = new Reader(this.#messages.prose(message.id));
    const watched = (this.#watched = { id, messageId: message.id, reader, frame: 0, refusal: null, end: () => {} });
    watched.end = followCompletion(this.#socket, { id, text: message.content }, {
      onText: (text) => this.#grow(text),
      onFinished: (whole) => this.#finish(whole),
      onGone: () => this.leave(),
      onRefused: (error) => this.#refused(error),
    });
    say(t("answering"));
    this.#tell.busy(true);
  }

  /** Its own stream tells how an answer ends; where that is refused, what was read of it does. */
  settle() {
    const message = this.#watched && this.#messages.find(this.#watched.messageId);
    if (message && !isRunning(message)) this.#finish(message);
  }

  leave() {
    if (this.#watched) {
      this.#heard();
      cancelAnimationFrame(this.#watched.frame);
      this.#watched.end();
    }
    this.#watched = null;
    this.#tell.busy(false);
  }

  #grow(text) {
    const watched = this.#watched;
    this.#heard();
    cancelAnimationFrame(watched.frame);
    watched.frame = requestAnimationFrame(() => {
      this.#messages.grow(watched.messageId, text);
      watched.reader.grow(this.#messages.prose(watched.messageId));
    });
  }

  #finish(whole) {
    const { reader } = this.#watched;
    this.leave();
    this.#messages.finish(whole);
    reader.finish(this.#messages.prose(whole.id));
    this.#tell.answered(whole);
    say(t(whole.completion.status === "COMPLETED" ? "answered" : `status.${whole.completion.status}`));
  }

  /** Who may not watch asks what is there, as often as they try. */
  #refused(error) {
    this.#watched.refusal = error;
    this.#tell.waiting(error);
    this.#tell.unwatched();
  }

  #heard() {
    if (this.#watched.refusal) this.#tell.recovered(this.#watched.refusal);
    this.#watched.refusal = null;
  }
}
