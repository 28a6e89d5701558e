import { conversationFields } from "./conversations.js";
import { askDeletion, askTitle } from "./dialogs.js";

const update = `mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { conversation { ${conversationFields} } errors { code message } } }`;
const remove = "mutation($input: DeleteConversationInput!) { deleteConversation(input: $input) { errors { code message } } }";

/** What one can do with the open conversation. */
export class ConversationActions {
  #api;
  #thread;
  #list;

  constructor(api, thread, list) {
    [this.#api, this.#thread, this.#list] = [api, thread, list];
  }

  async update(fields) {
    const { conversation } = await this.#api.mutate(update, { id: this.#thread.conversation.id, ...fields });
    this.#list.upsert(conversation);
    if (conversation.id === this.#thread.conversation?.id) this.#thread.show(conversation);
  }

  async rename() {
    const title = await askTitle(this.#thread.conversation);
    if (title !== null) await this.update({ title });
  }

  archive() {
    return this.update({ archived: this.#thread.conversation.archivedAt === null });
  }

  async delete() {
    const { conversation } = this.#thread;
    if (!(await askDeletion(conversation))) return;
    // The feed may tell of it before the reply does, and nobody is to be told what they just did.
    location.hash = "";
    await this.#api.mutate(remove, { id: conversation.id });
    this.#list.remove(conversation.id);
  }
}
