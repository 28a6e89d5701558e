import { Answer } from "./answer.js";
import { insist, pause } from "./api.js";
import { Attempt } from "./attempt.js";
import { conversationFields } from "./conversations.js";
import { Editing } from "./editing.js";
import { hideUnopened, showHeading, showUnopened } from "./heading.js";
import { messageFields } from "./message.js";
import { Messages } from "./messages.js";

const start = `mutation($input: StartCompletionInput!) { startCompletion(input: $input) { errors { code message }
  completion { id question { ${messageFields} } message { ${messageFields} } conversation { ${conversationFields} } } } }`;

/** The open conversation: its messages, and the answer that is being made in it. */
export class Thread {
  #api;
  #tell;
  #messages;
  #editing;
  #answer;
  #repeating = new Attempt();
  #opening = null;
  #syncing = null;
  #edition = 0;

  /**
   * `tell.changed(conversation)`, `tell.busy(isAnswering)`, `tell.failed(error)`, `tell.waiting(error)` until `tell.recovered(error)`, `tell.gone(id)`,
   * `tell.asking()`: something is asked anew, `tell.recall()`: whether the history is to be asked, too, `tell.recalling(on)`: or whether it is,
   * `tell.answered(message)`, `tell.shown(conversation)`, `tell.newest(id)`: one has left an older message for the newest, `tell.missing(id)`: or one that is not there,
   * `tell.home()`: what had the focus is not there any more.
   */
  constructor(api, socket, tell) {
    this.#api = api;
    this.#tell = tell;
    this.#messages = new Messages(api, (action) => this.#insist(action), {
      again: (message) => this.again(message),
      edit: (message) => this.#try(() => this.#editing.edit(message)),
      remove: (message) => this.#try(() => this.#editing.remove(message)),
      lost: tell.home,
      newest: () => this.#try(() => this.#toNewest()),
    });
    this.#editing = new Editing(api, this.#messages);
    this.#answer = new Answer(api, socket, this.#messages, { ...tell, unwatched: () => this.sync() });
  }

  /** Which conversation the page is about; null for one that begins with its first question. */
  id = null;

  /** The conversation as it is now; null as long as it is not read. */
  conversation = null;

  get isBusy() {
    return this.#answer.isRunning;
  }

  close() {
    this.clear();
    this.#messages.close();
  }

  /** An empty page: for a conversation that is to be opened, or for one that begins with its first question. */
  clear(id = null) {
    this.#answer.leave();
    this.#opening = null;
    this.id = id;
    this.#messages.clear(id);
    this.#showConversation(null);
  }

  /** A conversation that has just been made. */
  begin(conversation) {
    this.clear(conversation.id);
    this.#showConversation(conversation);
  }

  /** Shows a conversation at its newest message, or at a certain one, in which these `words` were found. Nothing of another stays; what fails is told, with a way to try again. */
  async open(id, messageId, words) {
    if (id !== this.id) this.clear(id);
    hideUnopened();
    const opening = (this.#opening = this.#messages.open(id, messageId, words));
    try {
      const conversation = await opening;
      if (conversation === null) this.#tell.gone(id);
      else if (conversation) this.#showState(conversation);
    } catch (error) {
      if (!error.code) throw error;
      if (opening !== this.#opening) return;
      if (messageId && error.code === "NOT_FOUND") return this.#openWithout(id);
      if (this.conversation) this.#tell.failed(error);
      else showUnopened(error, () => this.#reopen(id, messageId, words));
    } finally {
      if (opening === this.#opening) this.#opening = null;
    }
  }

  /** What one has asked for it by vanishes. */
  #reopen(id, messageId, words) {
    this.#tell.home();
    return this.open(id, messageId, words);
  }

  /** The message that was asked for is gone, or replaced; the conversation need not be. */
  #openWithout(id) {
    this.#tell.missing(id);
    return this.open(id);
  }

  /** Waits for what is to be opened, and tries again what could not be. False if it is not open then. */
  async isReady() {
    const { id } = this;
    const isWaiting = () => id !== null && id === this.id && !this.conversation;
    if (isWaiting() && !this.#opening) await this.open(id);
    while (isWaiting() && this.#opening) await this.#opening.catch(() => {});
    return id === this.id && (id === null || this.conversation !== null);
  }

  /** Asks the service what is there now; calls that come meanwhile share the next one. */
  sync() {
    this.#syncing ??= this.#syncSoon();
    return this.#syncing;
  }

  /** A change elsewhere that is about one message. */
  async refresh(messageId) {
    await this.#opening?.catch(() => {});
    await this.#insist(() => this.#messages.refresh(messageId));
  }

  /** Reads anew what is shown: nobody can tell what has changed in it. Throws what fails. */
  async reread() {
    await this.#opening?.catch(() => {});
    await this.#bring(() => this.#messages.reopen());
  }

  /** As it is after a change that was made here. A reading that began before knows nothing of it. */
  show(conversation) {
    this.#edition++;
    this.#showConversation(conversation);
  }

  /** Stores a question and begins its answer; throws what the service refuses. */
  async ask(content, recall, key) {
    if (await this.#start({ content, ...(recall && { recall }) }, key)) await this.#toNewest();
  }

  /** Another answer to the last question, or a first one. */
  async again(message) {
    this.#tell.asking();
    const recall = this.#tell.recall();
    await this.#try(async () => {
      const input = { ...(message.role !== "USER" && { regenerate: true }), ...(recall && { recall }) };
      const isShown = await this.#repeating.make(message.id, input, (first, key) => {
        this.#tell.recalling(first.recall ?? false);
        return this.#start(first, key);
      });
      if (!isShown) return;
      this.#tell.home();
      await this.sync();
    });
  }

  stop() {
    return this.#answer.stop();
  }

  /** Begins an answer; false if something else is open by now. */
  async #start(input, key) {
    const { id } = this;
    const { completion } = await this.#api.mutateOnce(start, { conversationId: id, ...input }, key);
    this.#tell.changed(completion.conversation);
    if (id !== this.id) return false;
    if (completion.question) this.#messages.put(completion.question);
    this.#messages.put(completion.message);
    this.#answer.follow(completion);
    return true;
  }

  async #toNewest() {
    this.#tell.newest(this.id);
    await this.#messages.toNewest();
  }

  async #syncSoon() {
    await pause(60);
    // What is being opened may have been read before the change.
    await this.#opening?.catch(() => {});
    this.#syncing = null;
    await this.#insist(() => this.#bring(() => this.#messages.sync()));
  }

  async #bring(read) {
    if (!this.conversation) return;
    const [id, edition] = [this.id, this.#edition];
    const conversation = await read();
    if (id !== this.id || conversation === undefined) return;
    if (edition !== this.#edition) return this.#bring(read);
    if (conversation) this.#showState(conversation);
    else this.#tell.gone(id);
  }

  #insist(action) {
    return insist(action, this.#tell.waiting, this.#tell.recovered);
  }

  async #try(action) {
    try {
      await action();
    } catch (error) {
      if (!error.code) throw error;
      this.#tell.failed(error);
    }
  }

  #showState(conversation) {
    this.#showConversation(conversation);
    if (conversation.activeCompletion) this.#answer.follow(conversation.activeCompletion);
    else this.#answer.settle();
  }

  #showConversation(conversation) {
    this.conversation = conversation;
    showHeading(this.id, conversation);
    this.#tell.shown(conversation);
  }
}
