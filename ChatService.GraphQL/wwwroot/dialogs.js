import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { titleOf } from "./titles.js";

/** The new title, or null if it stays. */
export async function askTitle(conversation) {
  const input = byId("new-title");
  input.value = conversation.title || titleOf(conversation);
  const isAccepted = await ask(byId("rename-dialog"), () => input.select());
  const title = input.value.trim();
  return isAccepted && title !== "" && title !== conversation.title ? title : null;
}

export function askDeletion(conversation) {
  byId("delete-heading").textContent = t("deleteQuestion");
  byId("delete-warning").textContent = t("deleteWarning", { title: titleOf(conversation) });
  return ask(byId("delete-dialog"));
}

export const showShortcuts = () => ask(byId("shortcuts"));

/** Closes what is open, unaccepted, and forgets what any of them has shown. */
export function closeDialogs() {
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.returnValue = "";
    dialog.close();
    for (const form of dialog.querySelectorAll("form")) form.reset();
    for (const button of dialog.querySelectorAll("button")) button.disabled = false;
  }
  for (const id of ["delete-warning", "account-heading"]) byId(id).textContent = "";
}

/** Shows a dialog; whether it was accepted. */
export function ask(dialog, opened = () => {}) {
  dialog.returnValue = "";
  const cancel = dialog.querySelector("[data-close]");
  if (cancel) cancel.onclick = () => dialog.close();
  dialog.showModal();
  opened();
  return new Promise((resolve) => (dialog.onclose = () => resolve(dialog.returnValue === "yes")));
}
