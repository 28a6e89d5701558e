import { ask } from "./dialogs.js";
import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { messageFields } from "./message.js";

const update = `mutation($input: UpdateMessageInput!) { updateMessage(input: $input) { message { ${messageFields} } errors { code message } } }`;
const remove = "mutation($input: DeleteMessageInput!) { deleteMessage(input: $input) { errors { code message } } }";

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
    const isAccepted = await ask(byId("edit-dialog"), () => box.setSelectionRange(content.length, content.length));
    if (!isAccepted || box.value.trim() === "" || box.value === content) return;
    const { message } = await this.#api.mutate(update, { id, content: box.value });
    // Another conversation may be open by now.
    if (!this.#messages.find(id)) return;
    this.#messages.put(message);
    byId(id).focus();
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
