import assert from "node:assert/strict";

const patience = 20_000;

/** What one writes by the API, as another client of the same person would. Who has a page has the session in it. */
export class Client {
  /** A conversation by the API, with these messages; its id. */
  async converse(title, messages = []) {
    const { conversation: { id } } = await this.call("mutation($input: CreateConversationInput!) { createConversation(input: $input) { conversation { id } } }", { title });
    for (const content of messages) await this.call("mutation($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }", { conversationId: id, content });
    return id;
  }

  /** Conversations, and messages in the last of them, by the API, as another client of the same person would write them. */
  async fill(conversations, messages) {
    let conversation;
    for (let i = 1; i <= conversations; i++) conversation = await this.converse(`Talk ${i}`);
    await this.write(conversation, 1, messages);
    return { conversation, count: messages };
  }

  /** Notes of these numbers. */
  async write(conversation, from, to) {
    for (let i = from; i <= to; i++) {
      await this.call("mutation($input: CreateMessageInput!) { createMessage(input: $input) { message { id } } }", { conversationId: conversation, content: `Note ${i}` });
    }
  }

  /** The service has given the open conversation this title. */
  async isTitled(title) {
    const id = this.page.url().split("#/")[1];
    let given;
    for (const end = Date.now() + patience; given !== title && Date.now() < end; ) {
      given = (await this.post("query($id: ID!) { conversation(id: $id) { title } }", { id })).title;
      if (given !== title) await pause(100);
    }
    assert.equal(given, title);
  }

  /** The payload of a mutation by another client. */
  call(query, input) {
    return this.post(query, { input });
  }

  /** The only field of an operation; again and again while the service is busy. */
  async post(query, variables) {
    const token = await this.page.evaluate(() => localStorage.getItem("chat.token"));
    for (const end = Date.now() + patience; ; await pause(500)) {
      const response = await fetch(new URL("/graphql", this.address), {
        method: "POST",
        headers: { "Content-Type": "application/json", Authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = await response.json();
      if (errors?.[0].extensions.code !== "OVERLOADED" || Date.now() > end) return Object.values(data)[0];
    }
  }
}

const pause = (milliseconds) => new Promise((over) => setTimeout(over, milliseconds));
