import { ask } from "./dialogs.js";
import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { messageFields, tooLong } from "./message.js";

const update = `mutation($input: UpdateMessageInput!) { updateMessage(input: $input) { message { ${messageFields} } errors { code message } } }`;
const remove = "mutation($input: DeleteMessageInput!) { deleteMessage(input: $input) { errors { code message } } }";

/** What an edit that is not saved says, "" if there is none. */
export const unsaved = () => (byId("edit-dialog").open ? byId("new-content").value : "");

/** Changes and deletes messages that are shown, once one has said what is to be. */
export class Editing {
  #api;
  #messages;

  constructor(api, messages) {
    [this.#api, this.#messages] = [api, messages];
  }

  async edit({ id, content }) {
    const box = byId("new-content");
    box.value = content;
    const isSaved = await ask(byId("edit-dialog"), () => box.setSelectionRange(content.length, content.length), () => this.#save(id, content, box.value));
    // Another conversation may be open by now.
    if (isSaved) byId(id)?.focus();
  }

  async #save(id, before, content) {
    if (content.trim() === "" || content === before) return;
    const refusal = tooLong(content);
    if (refusal) throw Object.assign(new Error(refusal), { code: "TOO_LONG" });
    const { message } = await this.#api.mutate(update, { id, content });
    if (this.#messages.find(id)) this.#messages.put(message);
  }

  async remove({ id }) {
    byId("delete-heading").textContent = t("deleteMessageQuestion");
    byId("delete-warning").textContent = t("deleteMessageWarning");
    if (!(await ask(byId("delete-dialog")))) return;
    await this.#api.mutate(remove, { id });
    if (!this.#messages.find(id)) return;
    this.#messages.remove(id);
    byId("scroller").focus();
  }
}
