import { conversationFields } from "./conversations.js";
import { messageFields } from "./message.js";

const size = 40;

const page = (range, declared = "") => `query($id: ID!, $n: Int!${declared}) { conversation(id: $id) { ${conversationFields}
  activeCompletion { id message { id content } }
  messages(${range}) { nodes { ${messageFields} } pageInfo { hasPreviousPage hasNextPage startCursor endCursor } } } }`;
const one = `query($id: ID!) { node(id: $id) { ... on Message { ${messageFields} } } }`;

const alternatives = "query($id: ID!, $count: Int!) { node(id: $id) { ... on Message { alternatives(count: $count) { id content } } } }";
const sources = "query($id: ID!) { node(id: $id) { ... on Message { completion { sources { message { id content } } } } } }";
/** How many messages of a conversation the service gives at once, where the whole page is too long for it. */
const sizes = new Map();

export const newest = page("last: $n");
export const older = page("last: $n, before: $at", ", $at: String");
export const newer = page("first: $n, after: $at", ", $at: String");
export const around = page("first: $n, around: $at", ", $at: ID");

/** A conversation with one page of its messages, oldest first; null if it is gone. */
export async function readPage(api, query, id, at) {
  const n = sizes.get(id) ?? size;
  try {
    return (await api.query(query, { id, n, ...(at && { at }) })).conversation;
  } catch (error) {
    if (error.code !== "QUERY_TOO_COMPLEX" || n === 1) throw error;
    sizes.set(id, n >> 1);
    return readPage(api, query, id, at);
  }
}

/** One message; null if it is gone. */
export const readMessage = async (api, id) => (await api.query(one, { id })).node;

/** The earlier answers to a message's question that are `found`, with their texts: the latest `most` of them, which is what the service gives at once. */
export async function readAlternatives(api, id, most = 100) {
  try {
    return { found: (await api.query(alternatives, { id, count: most })).node?.alternatives ?? [], most };
  } catch (error) {
    if (error.code !== "QUERY_TOO_COMPLEX" || most === 1) throw error;
    return readAlternatives(api, id, most >> 1);
  }
}

/** The messages that an answer was made from, with their texts. */
export const readSources = async (api, id) => ((await api.query(sources, { id })).node?.completion.sources ?? []).map((source) => source.message);
