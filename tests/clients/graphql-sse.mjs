// Everything over event streams, a connection for each operation.
import { createClient } from 'graphql-sse';
import { address, converse, token } from './conversation.mjs';

const client = createClient({
  url: new URL('/graphql', address).href,
  headers: { Authorization: `Bearer ${token}` },
  retryAttempts: 0,
});

await converse({
  async run(query, variables) {
    for await (const result of client.iterate({ query, variables })) return result;
  },
  async *watch(query, variables) {
    for await (const { data } of client.iterate({ query, variables })) yield data;
  },
});
client.dispose();
