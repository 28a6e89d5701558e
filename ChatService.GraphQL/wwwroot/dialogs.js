import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { titleOf } from "./titles.js";

/** Asks for another title; `save(title)` gives it. */
export function askTitle(conversation, save) {
  const input = byId("new-title");
  input.value = conversation.title || titleOf(conversation);
  return ask(byId("rename-dialog"), () => input.select(), async () => {
    const title = input.value.trim();
    if (title !== "" && title !== conversation.title) await save(title);
  });
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

/** Shows a dialog; whether it was accepted. Where it is to `save()` something, it stays open until that is done, and tells what is refused. */
export function ask(dialog, opened = () => {}, save = null) {
  dialog.returnValue = "";
  const cancel = dialog.querySelector("[data-close]");
  if (cancel) cancel.onclick = () => dialog.close();
  return new Promise((resolve) => {
    let isOpen = true;
    dialog.onclose = () => {
      isOpen = false;
      resolve(dialog.returnValue === "yes");
    };
    if (save) {
      submits(dialog.querySelector("form"), async () => {
        await save();
        // It may have been left meanwhile, and opened for something else.
        if (isOpen) dialog.close("yes");
      });
    }
    dialog.showModal();
    opened();
  });
}

/** Does something when a form is sent, once at a time; what is refused is told in it, in `words(error)`. */
export function submits(form, action, words = ({ message }) => message) {
  const place = form.querySelector(".error");
  const submit = async (event) => {
    event.preventDefault();
    const send = event.submitter;
    send.disabled = true;
    place.textContent = "";
    const refusal = await action().then(() => "", words);
    // It may serve something else by now.
    if (form.onsubmit !== submit) return;
    place.textContent = refusal;
    send.disabled = false;
    if (document.activeElement === document.body) send.focus();
  };
  place.textContent = "";
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  form.onsubmit = submit;
}
