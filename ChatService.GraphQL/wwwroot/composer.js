import { Attempt } from "./attempt.js";
import { byId } from "./dom.js";
import { Drafts } from "./drafts.js";
import { t } from "./i18n.js";
import { tooLong } from "./message.js";
import { say } from "./speech.js";
import { callByQuestion } from "./titles.js";

const busy = "busy";
const touch = matchMedia("(pointer: coarse)");
const create = "mutation($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id title model archivedAt updatedAt } errors { code message } } }";

/** Where one writes. What is sent stays in the box until the service has it. */
export class Composer {
  #api;
  #thread;
  #models;
  #onCreated;
  #box = byId("content");
  #drafts = new Drafts();
  /** The conversation that the box is for. */
  #place = null;
  #sending = false;
  /** Sending the same text again is the same question, and the same conversation that begins with it. */
  #beginning = new Attempt();
  #asking = new Attempt();
  #noticed = null;

  /** `onCreated(conversation)`: a first message has made a conversation. */
  constructor(api, thread, models, onCreated) {
    this.#api = api;
    this.#thread = thread;
    this.#models = models;
    this.#onCreated = onCreated;
    this.#box.oninput = () => {
      this.#fit();
      this.#keep();
    };
    this.#box.onkeydown = (event) => {
      // A keyboard on the glass has no Shift+Enter: there the button sends, and Enter begins a new line. One beside it has Ctrl.
      const begins = event.shiftKey || (touch.matches && !event.ctrlKey && !event.metaKey);
      if (event.key !== "Enter" || event.isComposing || begins) return;
      event.preventDefault();
      this.#send();
    };
    byId("composer").onsubmit = (event) => {
      event.preventDefault();
      this.#send();
    };
    this.#box.enterKeyHint = touch.matches ? "enter" : "send";
    byId("stop").onclick = () => this.stop();
    byId("recall").onclick = () => {
      this.recall = !this.recall;
      this.focus();
    };
  }

  get text() {
    return this.#box.value;
  }

  set text(text) {
    // Who is writing keeps their place in the same words.
    if (this.#box.value !== text) this.#box.value = text;
    this.#fit();
    this.#keep();
  }

  /** All that is written and not sent; where the box is empty, what is unsaved elsewhere is for it. */
  draftsWith(unsaved) {
    if (this.text === "") this.#drafts.keep(this.#place, unsaved);
    return this.#drafts.all;
  }

  /** Brings back what this person has written here before, and what they had when their session ended. */
  restore(username, drafts) {
    this.#drafts.restore(username, drafts);
    this.text = this.#drafts.of(this.#place);
  }

  /** Is for another conversation, with what was being written in that. */
  turnTo(id) {
    this.#place = id;
    this.text = this.#drafts.of(id);
    this.notice("");
  }

  /** Is for another conversation, and takes along what was being written in one. */
  move(from, to) {
    this.#drafts.move(from, to);
    this.turnTo(to);
  }

  /** Whether one's history is to be asked, too. */
  get recall() {
    return byId("recall").getAttribute("aria-pressed") === "true";
  }

  set recall(on) {
    byId("recall").setAttribute("aria-pressed", on);
  }

  focus() {
    this.#box.focus();
  }

  /** Where one goes on when nothing else has the focus: on glass that is not the box, which would bring the keyboard up. */
  home() {
    if (touch.matches) byId("scroller").focus({ preventScroll: true });
    else this.focus();
  }

  close() {
    this.#drafts.forget();
    this.#place = null;
    this.clear();
    byId("composer").removeAttribute("aria-busy");
    this.recall = false;
  }

  clear() {
    this.text = "";
    this.notice("");
  }

  busy(isAnswering) {
    const [shown, hidden] = isAnswering ? [byId("stop"), byId("send")] : [byId("send"), byId("stop")];
    if (hidden === document.activeElement) this.home();
    shown.hidden = false;
    hidden.hidden = true;
    if (!isAnswering) this.forget(busy);
  }

  /** `reason`: what takes it back, if anything does. */
  notice(text, reason = null) {
    byId("notice").textContent = text;
    byId("done").textContent = "";
    this.#noticed = reason;
  }

  /** What was done, where little else on the page shows it. A notice that something will take back stays. */
  done(text) {
    this.forget(null);
    byId("done").textContent = text;
    say(text);
  }

  /** Takes a notice back, unless another one stands there by now: it may say the same of something else, such as what is in the box. */
  forget(reason) {
    if (this.#noticed === reason) this.notice("");
  }

  async stop() {
    try {
      await this.#thread.stop();
    } catch (error) {
      // Nobody wants to stop what has ended.
      this.notice(error.message, busy);
    }
  }

  async #send() {
    const content = this.#box.value;
    if (content.trim() === "" || this.#sending) return;
    const refusal = tooLong(content);
    if (refusal) return this.notice(refusal);
    this.#sending = true;
    byId("composer").setAttribute("aria-busy", true);
    this.notice("");
    try {
      if (!(await this.#thread.isReady())) return;
      if (this.#thread.isBusy) return this.notice(t("error.CONVERSATION_BUSY"), busy);
      if (this.#thread.id === null) await this.#begin(content);
      const { id } = this.#thread;
      await this.#asking.make(`${this.#thread.id} ${content}`, { recall: this.recall }, ({ recall }, key) => {
        this.recall = recall;
        return this.#thread.ask(content, recall, key);
      });
      if (this.#drafts.of(id) === content) this.#sent(id);
    } catch (error) {
      this.notice(error.message);
    } finally {
      this.#sending = false;
      byId("composer").removeAttribute("aria-busy");
    }
  }

  /** Another conversation may be open by now. */
  #sent(id) {
    if (id === this.#place) this.clear();
    else this.#drafts.keep(id, "");
  }

  async #begin(content) {
    const { conversation } = await this.#beginning.make(content, this.#models.chosen, (input, key) => this.#api.mutateOnce(create, input, key));
    callByQuestion(conversation.id, content);
    this.#thread.begin(conversation);
    this.#onCreated(conversation);
  }

  #keep() {
    this.#drafts.keep(this.#place, this.#box.value);
  }

  /** As high as its text. An empty one has its own height: it is emptied while the page is hidden, too, where nothing can be measured. */
  #fit() {
    this.#box.style.height = "";
    if (this.#box.value) this.#box.style.height = `${this.#box.scrollHeight}px`;
  }
}
