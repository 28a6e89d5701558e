// Everything over one WebSocket, the token in connection_init.
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { address, converse, token } from './conversation.mjs';

const client = createClient({
  url: new URL('/graphql', address).href.replace(/^http/, 'ws'),
  webSocketImpl: WebSocket,
  connectionParams: { Authorization: `Bearer ${token}` },
  retryAttempts: 0,
});

await converse({
  async run(query, variables) {
    try {
      for await (const result of client.iterate({ query, variables })) return result;
    } catch (errors) {
      if (!Array.isArray(errors)) throw errors;
      return { errors };
    }
  },
  async *watch(query, variables) {
    for await (const { data } of client.iterate({ query, variables })) yield data;
  },
});
await client.dispose();
