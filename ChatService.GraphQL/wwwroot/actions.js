import { conversationFields } from "./conversations.js";
import { askDeletion, askTitle } from "./dialogs.js";
import { missingTitle } from "./titles.js";

const update = `mutation($input: UpdateConversationInput!) { updateConversation(input: $input) { conversation { ${conversationFields} } errors { code message } } }`;
const remove = "mutation($input: DeleteConversationInput!) { deleteConversation(input: $input) { errors { code message } } }";

/** What one can do with the open conversation. */
export class ConversationActions {
  #api;
  #thread;
  #list;
  #deleting = null;

  constructor(api, thread, list) {
    [this.#api, this.#thread, this.#list] = [api, thread, list];
  }

  async update({ id }, fields) {
    const { conversation } = await this.#api.mutate(update, { id, ...fields });
    this.#list.upsert(conversation);
    if (conversation.id === this.#thread.id) this.#thread.show(conversation);
  }

  /** The service names a conversation by its first whole answer. Without one, it keeps the name that it has here. */
  async keepTitle({ completion }) {
    const { conversation } = this.#thread;
    const title = completion.status !== "COMPLETED" && missingTitle(conversation);
    if (title) await this.update(conversation, { title });
  }

  rename() {
    const { conversation } = this.#thread;
    return askTitle(conversation, (title) => this.update(conversation, { title }));
  }

  /** Into the archive, or out of it; `done(isArchived)` where it is still open then. */
  async archive(done) {
    const { conversation } = this.#thread;
    const archived = conversation.archivedAt === null;
    await this.update(conversation, { archived });
    if (conversation.id === this.#thread.id) done(archived);
  }

  async delete() {
    const { conversation } = this.#thread;
    if (!(await askDeletion(conversation))) return;
    this.#deleting = conversation.id;
    try {
      await this.#api.mutate(remove, { id: conversation.id });
      this.#list.remove(conversation.id);
      if (this.#thread.id === conversation.id) location.hash = "";
    } finally {
      this.#deleting = null;
    }
  }

  /** The feed may tell of it before the reply does, and nobody is to be told what they just did. */
  isDeleting(id) {
    return this.#deleting === id;
  }
}
