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
  }
  for (const id of ["delete-warning", "account-heading"]) byId(id).textContent = "";
}

/**
 * Shows a dialog; whether it was accepted. Where it is to `save()` something, it stays open until that is done, and tells what is refused;
 * where it is left before, whoever has asked hears of that.
 */
export function ask(dialog, opened = () => {}, save = null) {
  dialog.returnValue = "";
  const cancel = dialog.querySelector("[data-close]");
  if (cancel) cancel.onclick = () => dialog.close();
  return new Promise((resolve) => {
    let [isOpen, saving] = [true, null];
    dialog.onclose = () => {
      isOpen = false;
      resolve(saving ? saving.then(() => false) : dialog.returnValue === "yes");
    };
    if (save) {
      submits(dialog.querySelector("form"), async () => {
        await (saving = save()).finally(() => (saving = null));
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
    // What were written now would not be sent, and be lost with the form.
    writable(form, false);
    place.textContent = "";
    const error = await action().then(() => null, (reason) => reason);
    // It may serve something else by now.
    if (form.onsubmit === submit) {
      if (error?.code) place.textContent = words(error);
      writable(form, true);
      send.disabled = false;
      if (document.activeElement === document.body) send.focus();
    }
    if (error && !error.code) throw error;
  };
  place.textContent = "";
  for (const button of form.querySelectorAll("button")) button.disabled = false;
  writable(form, true);
  form.onsubmit = submit;
}

function writable(form, isWritable) {
  for (const field of form.querySelectorAll("input, textarea")) field.readOnly = !isWritable;
}
