import { openAccount } from "./account.js";
import { ConversationActions } from "./actions.js";
import { Api } from "./api.js";
import { Changes } from "./changes.js";
import { Composer } from "./composer.js";
import { ConversationList } from "./conversations.js";
import { showShortcuts } from "./dialogs.js";
import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { ModelChoice } from "./models.js";
import { Search } from "./search.js";
import { signOut } from "./session.js";
import { Sidebar } from "./sidebar.js";
import { Socket } from "./socket.js";
import { Thread } from "./thread.js";

/** The page of one session, from signing in to signing out. What is open stands in the address: #/conversation/message. */
export class Chat {
  #leave;
  #api;
  #socket;
  #list;
  #thread;
  #composer;
  #actions;
  #search;
  #changes;
  #sidebar = new Sidebar();
  #models = new ModelChoice((model) => this.#thread.conversation && this.#try(() => this.#actions.update({ model })));
  #isLeaving = false;
  #controller = new AbortController();

  /** `leave(reason)`: there is no session any more. */
  constructor(token, leave) {
    // Whoever signs out need not be told that the session has ended.
    const ended = () => leave(this.#isLeaving ? undefined : t("error.UNAUTHENTICATED"));
    this.#leave = leave;
    this.#api = new Api(token, ended);
    this.#socket = new Socket(token, ended, (isUp) => (byId("line").textContent = isUp ? "" : t("offline")));
    this.#list = new ConversationList(this.#api);
    this.#thread = new Thread(this.#api, this.#socket, {
      changed: (conversation) => this.#list.upsert(conversation),
      busy: (isAnswering) => this.#composer?.busy(isAnswering),
      failed: (error) => this.#composer.notice(error.message),
      gone: (id) => this.#gone(id),
      shown: (conversation) => this.#models.show(conversation),
    });
    this.#actions = new ConversationActions(this.#api, this.#thread, this.#list);
    this.#composer = new Composer(this.#api, this.#thread, this.#models, (conversation) => this.#created(conversation));
    this.#search = new Search(this.#api);
    this.#changes = new Changes(this.#api, this.#socket, (change) => this.#changed(change), this.#refresh);
    this.#wire();
    this.#start();
  }

  close() {
    byId("chat").hidden = true;
    this.#controller.abort();
    this.#search.leave();
    this.#changes.close();
    this.#thread.close();
    this.#list.close();
    this.#socket.close();
    byId("line").textContent = "";
  }

  #wire() {
    const { signal } = this.#controller;
    addEventListener("hashchange", () => this.#go(), { signal });
    addEventListener("keydown", (event) => this.#key(event), { signal });
    byId("new").onclick = () => this.#begin();
    byId("help").onclick = showShortcuts;
    byId("account-name").onclick = () => openAccount(this.#api, byId("account-name").textContent, (erase) => this.#end(erase));
    byId("sign-out").onclick = () => this.#try(() => this.#end(() => signOut(this.#api)));
    byId("skip").onclick = (event) => {
      event.preventDefault();
      this.#composer.focus();
    };
    byId("sidebar").onclick = (event) => {
      if (event.target.closest("a")) this.#sidebar.toggle(false);
    };
    byId("rename").onclick = () => this.#try(() => this.#actions.rename());
    byId("archive").onclick = () => this.#try(() => this.#actions.archive());
    byId("delete").onclick = () => this.#try(() => this.#actions.delete());
  }

  async #start() {
    await this.#try(async () => {
      const { me } = await this.#api.query("{ me { username } }");
      if (!me) return this.#leave();
      byId("account-name").textContent = me.username;
      byId("chat").hidden = false;
      await this.#changes.start();
      await this.#models.load(this.#api);
      await Promise.all([this.#list.load(false), this.#go()]);
    });
  }

  /** Leaves the session in the given way. */
  async #end(way) {
    this.#isLeaving = true;
    await way().finally(() => (this.#isLeaving = false));
    history.replaceState(null, "", location.pathname);
    this.#leave();
  }

  /** Opens what the address names. */
  async #go() {
    const [id, messageId] = location.hash.slice(2).split("/").map(decodeURIComponent);
    this.#composer.notice("");
    this.#list.mark(id);
    if (id) await this.#try(() => this.#thread.open(id, messageId));
    else this.#thread.clear();
    if (!messageId) this.#composer.focus();
  }

  #begin() {
    this.#sidebar.toggle(false);
    this.#search.leave();
    if (location.hash) location.hash = "";
    this.#composer.focus();
  }

  #created(conversation) {
    history.pushState(null, "", `#/${conversation.id}`);
    this.#list.upsert(conversation);
    this.#list.mark(conversation.id);
  }

  #changed({ conversationId, conversation }) {
    const isOpen = conversationId === this.#thread.conversation?.id;
    if (!conversation) {
      this.#list.remove(conversationId);
      if (isOpen) this.#gone(conversationId);
      return;
    }
    this.#list.upsert(conversation);
    if (isOpen) this.#try(() => this.#thread.sync());
  }

  #gone(id) {
    this.#list.remove(id);
    history.replaceState(null, "", location.pathname);
    this.#list.mark(null);
    this.#thread.clear();
    this.#composer.notice(t("gone"));
  }

  /** Reads everything anew: nobody can tell what has changed. */
  #refresh = () => this.#try(() => Promise.all([this.#list.load(), this.#thread.sync()]));

  #key(event) {
    const isCommand = event.ctrlKey || event.metaKey;
    const isTyping = event.target.matches?.("input, textarea");
    if (document.querySelector("dialog[open]")) return;
    if (event.key === "Escape") this.#escape();
    else if (isCommand && !event.shiftKey && event.key.toLowerCase() === "k") this.#find();
    else if (isCommand && event.shiftKey && event.key.toLowerCase() === "o") this.#begin();
    else if (event.key === "?" && !isTyping) showShortcuts();
    else return;
    event.preventDefault();
  }

  #find() {
    this.#sidebar.toggle(true);
    this.#search.focus();
  }

  #escape() {
    if (this.#thread.isBusy) this.#composer.stop();
    else if (!this.#search.leave()) this.#sidebar.toggle(false);
  }

  async #try(action) {
    try {
      await action();
    } catch (error) {
      if (!error.code) throw error;
      this.#composer.notice(error.message);
    }
  }
}
