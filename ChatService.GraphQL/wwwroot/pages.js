import { conversationFields } from "./conversations.js";
import { messageFields } from "./message.js";

const size = 40;

const page = (range, declared = "") => `query($id: ID!, $n: Int!${declared}) { conversation(id: $id) { ${conversationFields}
  activeCompletion { id message { id content } }
  messages(${range}) { nodes { ${messageFields} } pageInfo { hasPreviousPage hasNextPage startCursor endCursor } } } }`;
const one = `query($id: ID!) { node(id: $id) { ... on Message { ${messageFields} } } }`;

export const newest = page("last: $n");
export const older = page("last: $n, before: $at", ", $at: String");
export const newer = page("first: $n, after: $at", ", $at: String");
export const around = page("first: $n, around: $at", ", $at: ID");

/** A conversation with one page of its messages, oldest first; null if it is gone. */
export const readPage = async (api, query, id, at) => (await api.query(query, { id, n: size, ...(at && { at }) })).conversation;

/** One message; null if it is gone. */
export const readMessage = async (api, id) => (await api.query(one, { id })).node;
