import { openAccount } from "./account.js";
import { ConversationActions } from "./actions.js";
import { Api, insist } from "./api.js";
import { Changes } from "./changes.js";
import { Composer } from "./composer.js";
import { ConversationList } from "./conversations.js";
import { closeDialogs, showShortcuts } from "./dialogs.js";
import { byId } from "./dom.js";
import { unsaved } from "./editing.js";
import { t } from "./i18n.js";
import { listenToKeys } from "./keys.js";
import { Leaving, takeDrafts } from "./leaving.js";
import { ModelChoice } from "./models.js";
import { Search } from "./search.js";
import { signOut } from "./session.js";
import { Sidebar } from "./sidebar.js";
import { Socket } from "./socket.js";
import { hush } from "./speech.js";
import { Thread } from "./thread.js";

/** The ids in the address: of a conversation and of a message. */
const named = () => location.hash.slice(2).split("/").map((id) => id || null);

const messageChanges = ["MESSAGE_UPDATED", "MESSAGE_DELETED"];
const everything = "{ me { username } models { name isDefault } changeCursor }";

/** The page of one session, from signing in to signing out. What is open stands in the address: #/conversation/message. */
export class Chat {
  #leaving;
  #api;
  #socket;
  #list;
  #thread;
  #composer;
  #actions;
  #search;
  #changes;
  #sidebar = new Sidebar();
  #models = new ModelChoice((model) => this.#choose(model));
  #controller = new AbortController();

  /** `leave(reason)`: there is no session any more. */
  constructor(token, leave) {
    const ended = () => this.ended();
    this.#leaving = new Leaving(leave, () => ({ username: byId("account-name").textContent, drafts: this.#composer.draftsWith(unsaved()) }));
    this.#api = new Api(token, ended);
    this.#socket = new Socket(token, ended, (isUp) => this.#line(isUp ? "" : t("offline")));
    this.#list = new ConversationList(this.#api, (action) => {
      // The list is not to be seen while there is a search.
      this.#search.leave();
      return this.#try(action);
    });
    this.#thread = new Thread(this.#api, this.#socket, {
      changed: (conversation) => this.#list.upsert(conversation),
      answered: (message) => this.#try(() => this.#actions.keepTitle(message)),
      busy: (isAnswering) => this.#composer?.busy(isAnswering),
      asking: () => this.#composer.notice(""),
      recall: () => this.#composer.recall,
      recalling: (on) => (this.#composer.recall = on),
      failed: (error) => this.#tell(error.message),
      waiting: (error) => this.#composer.notice(error.message, error),
      recovered: (error) => this.#composer.forget(error),
      newest: (id) => history.replaceState(null, "", `#/${id}`),
      home: () => this.#composer.home(),
      missing: (id) => this.#missing(id),
      gone: (id) => this.#gone(id),
      shown: (conversation) => this.#models.show(conversation),
    });
    this.#actions = new ConversationActions(this.#api, this.#thread, this.#list);
    this.#composer = new Composer(this.#api, this.#thread, this.#models, (conversation) => this.#created(conversation));
    this.#search = new Search(this.#api);
    this.#changes = new Changes(this.#api, this.#socket, {
      onChange: (change) => this.#changed(change),
      onGap: () => this.#refresh(),
      onRefused: (error) => this.#line(error.message),
      onFollowed: (error) => byId("line").textContent === error.message && this.#line(""),
    });
    this.#wire();
    this.#start();
  }

  close() {
    byId("chat").hidden = true;
    this.#controller.abort();
    // Another person may come next: nothing that was said here stays in the page, and nothing comes later.
    for (const part of [this.#api, this.#socket, this.#changes, this.#search, this.#thread, this.#list, this.#composer]) part.close();
    closeDialogs();
    hush();
    byId("account-name").textContent = "";
    this.#line("");
  }

  /** The session is over: the service says so, or another tab has found or made it so. */
  ended() {
    this.#leaving.ended();
  }

  #wire() {
    const { signal } = this.#controller;
    addEventListener("hashchange", () => this.#go(), { signal });
    // The place one is at already makes no hashchange: a second jump to it is a jump, too.
    addEventListener("click", (event) => event.target.closest?.('a[href^="#/"]')?.hash === location.hash && this.#go(), { signal });
    listenToKeys({ escape: () => this.#escape(), find: () => this.#find(), begin: () => this.#begin(), help: showShortcuts }, signal);
    for (const id of ["new", "begin"]) byId(id).onclick = () => this.#begin();
    byId("help").onclick = showShortcuts;
    byId("account-name").onclick = () => openAccount(this.#api, byId("account-name").textContent, (erase) => this.#leaving.by(erase));
    byId("sign-out").onclick = () => this.#try(() => this.#leaving.by(() => signOut(this.#api)));
    byId("skip").onclick = (event) => {
      event.preventDefault();
      this.#composer.focus();
    };
    byId("sidebar").onclick = (event) => {
      if (event.target.closest("a")) this.#sidebar.toggle(false);
    };
    byId("rename").onclick = () => this.#try(() => this.#actions.rename());
    byId("archive").onclick = () => this.#try(() => this.#actions.archive((isArchived) => this.#composer.done(t(isArchived ? "archived" : "unarchived"))));
    byId("delete").onclick = () => this.#try(() => this.#actions.delete());
  }

  /** What does not come is asked for again: without it there is no page. */
  async #start() {
    byId("chat").hidden = false;
    // What is written before the conversation is there waits for it.
    this.#thread.clear(named()[0]);
    this.#composer.turnTo(named()[0]);
    const { me, models, changeCursor } = await this.#insist(() => this.#api.query(everything));
    if (!me) return this.ended();
    byId("account-name").textContent = me.username;
    this.#composer.restore(me.username, takeDrafts(me.username));
    this.#models.offer(models);
    // What is queried after this is not older than the feed.
    this.#changes.follow(changeCursor);
    await Promise.all([this.#insist(() => this.#list.load()), this.#go()]);
  }

  /** Opens what the address names. */
  async #go() {
    const [id, messageId] = named();
    this.#composer.turnTo(id);
    this.#list.mark(id);
    if (!messageId) this.#composer.home();
    if (id) await this.#thread.open(id, messageId, this.#search.wordsOf(messageId));
    else this.#thread.clear();
  }

  #begin() {
    this.#sidebar.toggle(false);
    this.#search.leave();
    if (location.hash) location.hash = "";
    this.#composer.focus();
  }

  #created(conversation) {
    history.pushState(null, "", `#/${conversation.id}`);
    this.#composer.move(null, conversation.id);
    this.#list.upsert(conversation);
    this.#list.mark(conversation.id);
  }

  /** Shows the conversation's own model again where another one is refused. */
  async #choose(model) {
    const { conversation } = this.#thread;
    if (!conversation) return;
    await this.#try(() => this.#actions.update(conversation, { model }));
    this.#models.show(this.#thread.conversation);
  }

  #changed({ kind, conversationId, messageId, conversation }) {
    const isOpen = conversationId === this.#thread.id;
    if (!conversation) {
      this.#list.remove(conversationId);
      if (isOpen) this.#gone(conversationId);
      return;
    }
    this.#list.upsert(conversation);
    if (isOpen && messageChanges.includes(kind)) this.#thread.refresh(messageId);
    if (isOpen) this.#thread.sync();
  }

  #missing(id) {
    history.replaceState(null, "", `#/${id}`);
    this.#tell(t("messageGone"));
  }

  #gone(id) {
    const focused = document.activeElement;
    this.#list.remove(id);
    history.replaceState(null, "", location.pathname);
    // What was being written is lost only with what its writer deletes.
    if (this.#actions.isDeleting(id)) this.#composer.turnTo(null);
    else this.#composer.move(id, null);
    this.#list.mark(null);
    this.#thread.clear();
    this.#tell(this.#actions.isDeleting(id) ? "" : t("gone"));
    if (!focused.checkVisibility()) this.#composer.home();
  }

  /** Reads everything anew: nobody can tell what has changed. */
  #refresh() {
    return this.#insist(() => Promise.all([this.#list.load(), this.#thread.reread()]));
  }

  /** How one hears of what happens elsewhere, if that is not as it should be. */
  #line(text) {
    byId("line").textContent = text;
  }

  #find() {
    this.#sidebar.toggle(true);
    this.#search.focus();
  }

  /** An answer may be paid for: it is stopped only when there is nothing else to leave. */
  #escape() {
    if (this.#search.leave() || this.#sidebar.close()) return;
    if (byId("search") === document.activeElement) this.#composer.focus();
    else if (this.#thread.isBusy) this.#composer.stop();
  }

  #insist(action) {
    return insist(action, (error) => this.#composer.notice(error.message, error), (error) => this.#composer.forget(error));
  }

  async #try(action) {
    try {
      await action();
    } catch (error) {
      if (!error.code) throw error;
      this.#tell(error.message);
    }
  }

  /** On a phone the sidebar lies over the notice, and what is under it is not read out. */
  #tell(words) {
    this.#sidebar.close();
    this.#composer.notice(words);
  }
}
