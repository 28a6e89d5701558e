import { ask } from "./dialogs.js";
import { byId } from "./dom.js";
import { t } from "./i18n.js";
import { messageFields } from "./message.js";

const update = `mutation($input: UpdateMessageInput!) { updateMessage(input: $input) { message { ${messageFields} } errors { code message } } }`;
const remove = "mutation($input: DeleteMessageInput!) { deleteMessage(input: $input) { errors { code message } } }";

/** Asks what a message is to say. The message as it is then, or null if it stays. */
export async function editMessage(api, { id, content }) {
  const box = byId("new-content");
  box.value = content;
  const isAccepted = await ask(byId("edit-dialog"), () => box.setSelectionRange(content.length, content.length));
  if (!isAccepted || box.value.trim() === "" || box.value === content) return null;
  return (await api.mutate(update, { id, content: box.value })).message;
}

/** Asks, and deletes; false if it stays. */
export async function deleteMessage(api, { id }) {
  byId("delete-heading").textContent = t("deleteMessageQuestion");
  byId("delete-warning").textContent = t("deleteMessageWarning");
  if (!(await ask(byId("delete-dialog")))) return false;
  await api.mutate(remove, { id });
  return true;
}
