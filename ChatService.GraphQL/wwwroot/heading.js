import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { titleOf } from "./titles.js";

/** Says what the page is about: a conversation, one that is not read yet, or, without an id, none so far. */
export function showHeading(id, conversation) {
  const title = conversation ? titleOf(conversation) : "";
  byId("title").title = title;
  byId("title").textContent = title || (id ? "…" : t("newConversation"));
  document.title = title ? `${title} · Chat Service` : "Chat Service";
  byId("actions").hidden = !conversation;
  byId("greeting").hidden = id !== null;
  const archive = t(conversation?.archivedAt ? "unarchive" : "archive");
  // What was said of archiving it is not so any more.
  if (archive !== byId("archive").title) byId("done").textContent = "";
  byId("archive").setAttribute("aria-label", archive);
  byId("archive").title = archive;
  byId("archive").querySelector("use").setAttribute("href", conversation?.archivedAt ? "#icon-unarchive" : "#icon-archive");
  hideUnopened();
}

/** In place of messages that could not be read: why, and a way to try again. */
export function showUnopened(error, again) {
  byId("unopened").hidden = false;
  byId("unopened-why").textContent = error.message;
  byId("reopen").onclick = again;
}

export const hideUnopened = () => (byId("unopened").hidden = true);
