import { followCompletion } from "./completions.js";
import { conversationFields, titleOf } from "./conversations.js";
import { byId } from "./dom.js";
import { deleteMessage, editMessage } from "./editing.js";
import { t } from "./i18n.js";
import { messageFields } from "./message.js";
import { Messages } from "./messages.js";
import { Reader, say } from "./speech.js";

const start = `mutation($input: StartCompletionInput!) { startCompletion(input: $input) { errors { code message }
  completion { id question { ${messageFields} } message { ${messageFields} } conversation { ${conversationFields} } } } }`;
const cancel = "mutation($input: CancelCompletionInput!) { cancelCompletion(input: $input) { errors { code message } } }";

/** The open conversation: its messages, and the answer that is being made in it. */
export class Thread {
  #api;
  #socket;
  #tell;
  #messages;
  #answer = null;
  #syncing = null;

  /** `tell.changed(conversation)`, `tell.busy(isAnswering)`, `tell.failed(error)`, `tell.gone(id)`, `tell.shown(conversation)`. */
  constructor(api, socket, tell) {
    this.#api = api;
    this.#socket = socket;
    this.#tell = tell;
    this.#messages = new Messages(api, {
      again: (message) => this.again(message),
      edit: (message) => this.#edit(message),
      remove: (message) => this.#remove(message),
    });
  }

  conversation = null;

  get isBusy() {
    return this.#answer !== null;
  }

  close() {
    this.#unfollow();
    this.#messages.close();
  }

  /** An empty page for a conversation that begins with its first question. */
  clear() {
    this.#unfollow();
    this.#messages.clear();
    this.#showConversation(null);
  }

  /** A conversation that has just been made. */
  begin(conversation) {
    this.#messages.clear(conversation.id);
    this.#showConversation(conversation);
  }

  async open(id, messageId) {
    if (this.conversation?.id !== id) this.#unfollow();
    const conversation = await this.#messages.open(id, messageId);
    if (conversation === null) this.#tell.gone(id);
    else if (conversation) this.#showState(conversation);
  }

  /** Asks the service what is there now; calls that come meanwhile share the next one. */
  sync() {
    this.#syncing ??= this.#syncSoon();
    return this.#syncing;
  }

  show(conversation) {
    this.#showConversation(conversation);
  }

  /** Stores a question and begins its answer; throws what the service refuses. */
  async ask(content, recall, key) {
    await this.#start({ content, ...(recall && { recall }) }, key);
    await this.#messages.toNewest();
  }

  /** Another answer to the last question, or a first one. */
  async again(message) {
    try {
      await this.#start(message.role === "USER" ? {} : { regenerate: true });
      await this.sync();
    } catch (error) {
      this.#tell.failed(error);
    }
  }

  async #edit(message) {
    try {
      const edited = await editMessage(this.#api, message);
      if (!edited) return;
      this.#messages.put(edited);
      byId(edited.id).focus();
    } catch (error) {
      this.#tell.failed(error);
    }
  }

  async #remove(message) {
    try {
      if (!(await deleteMessage(this.#api, message))) return;
      this.#messages.remove(message.id);
      byId("scroller").focus();
    } catch (error) {
      this.#tell.failed(error);
    }
  }

  async stop() {
    if (this.#answer) await this.#api.mutate(cancel, { id: this.#answer.id });
  }

  async #start(input, key) {
    const { id } = this.conversation;
    const { completion } = await this.#api.mutateOnce(start, { conversationId: id, ...input }, key);
    if (this.conversation?.id !== id) return;
    this.#tell.changed(completion.conversation);
    if (completion.question) this.#messages.put(completion.question);
    this.#messages.put(completion.message);
    this.#follow(completion);
  }

  async #syncSoon() {
    await new Promise((resolve) => setTimeout(resolve, 60));
    this.#syncing = null;
    if (!this.conversation) return;
    const { id } = this.conversation;
    const conversation = await this.#messages.sync();
    if (this.conversation?.id !== id) return;
    if (conversation) this.#showState(conversation);
    else this.#tell.gone(id);
  }

  #showState(conversation) {
    this.#showConversation(conversation);
    // Without one, an answer that is followed has ended, and its own stream tells how; or it began after this was read.
    if (conversation.activeCompletion) this.#follow(conversation.activeCompletion);
  }

  #showConversation(conversation) {
    this.conversation = conversation;
    byId("title").textContent = conversation ? titleOf(conversation) : "";
    document.title = conversation ? `${titleOf(conversation)} · Chat Service` : "Chat Service";
    byId("actions").hidden = !conversation;
    byId("greeting").hidden = conversation !== null;
    const archive = t(conversation?.archivedAt ? "unarchive" : "archive");
    byId("archive").setAttribute("aria-label", archive);
    byId("archive").title = archive;
    this.#tell.shown(conversation);
  }

  #follow({ id, message }) {
    if (this.#answer?.id === id) return;
    this.#unfollow();
    const reader = new Reader(message.content.length);
    let frame = 0;
    const onText = (text) => {
      cancelAnimationFrame(frame);
      frame = requestAnimationFrame(() => this.#messages.grow(message.id, text));
      reader.grow(text);
    };
    const onFinished = (whole) => {
      cancelAnimationFrame(frame);
      this.#answer = null;
      this.#tell.busy(false);
      this.#messages.finish(whole);
      reader.finish(whole.content);
      say(t(whole.completion.status === "COMPLETED" ? "answered" : `status.${whole.completion.status}`));
    };
    const end = followCompletion(this.#socket, { id, text: message.content }, { onText, onFinished, onGone: () => this.#unfollow() });
    this.#answer = { id, end: () => { cancelAnimationFrame(frame); end(); } };
    this.#messages.grow(message.id, message.content);
    this.#tell.busy(true);
    say(t("answering"));
  }

  #unfollow() {
    this.#answer?.end();
    this.#answer = null;
    this.#tell.busy(false);
  }
}
