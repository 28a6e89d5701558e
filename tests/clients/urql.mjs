// urql with its cache, everything over fetch: queries by GET, as it does by itself, subscriptions as event streams.
import { cacheExchange, Client, fetchExchange } from '@urql/core';
import { pipe, toAsyncIterable } from 'wonka';
import { address, converse, token } from './conversation.mjs';

const client = new Client({
  url: new URL('/graphql', address).href,
  exchanges: [cacheExchange, fetchExchange],
  fetchOptions: { headers: { Authorization: `Bearer ${token}` } },
  fetchSubscriptions: true,
});

await converse({
  async run(document, variables) {
    const isMutation = document.startsWith('mutation');
    const { data, error } = isMutation ? await client.mutation(document, variables) : await client.query(document, variables);
    if (error?.networkError) throw error.networkError;
    return { data, errors: error?.graphQLErrors };
  },
  async *watch(document, variables) {
    for await (const { data, error } of pipe(client.subscription(document, variables), toAsyncIterable)) {
      if (error) throw error;
      yield data;
    }
  },
});
