// Apollo Client with its usual links: HTTP for queries and mutations, graphql-ws for subscriptions.
import { ApolloClient, ApolloLink, CombinedGraphQLErrors, gql, HttpLink, InMemoryCache } from '@apollo/client/core';
import { GraphQLWsLink } from '@apollo/client/link/subscriptions';
import { OperationTypeNode } from 'graphql';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';
import { address, converse, token } from './conversation.mjs';

const uri = new URL('/graphql', address).href;
const Authorization = `Bearer ${token}`;
const socket = createClient({ url: uri.replace(/^http/, 'ws'), webSocketImpl: WebSocket, connectionParams: { Authorization } });
const client = new ApolloClient({
  cache: new InMemoryCache({ possibleTypes: { CompletionEvent: ['CompletionDelta', 'CompletionFinished'] } }),
  link: ApolloLink.split(
    ({ operationType }) => operationType === OperationTypeNode.SUBSCRIPTION,
    new GraphQLWsLink(socket),
    new HttpLink({ uri, headers: { Authorization } }),
  ),
});

await converse({
  async run(text, variables) {
    const document = gql(text);
    const isMutation = document.definitions.some(definition => definition.operation === OperationTypeNode.MUTATION);
    try {
      return isMutation ? await client.mutate({ mutation: document, variables }) : await client.query({ query: document, variables });
    } catch (error) {
      // Anything else, a network error above all, means that Apollo did not understand the answer.
      if (!CombinedGraphQLErrors.is(error)) throw error;
      return { errors: error.errors };
    }
  },
  async *watch(text, variables) {
    yield* results(client.subscribe({ query: gql(text), variables }));
  },
});
client.stop();
await socket.dispose();

async function* results(observable) {
  const stream = new ReadableStream({
    start: into => observable.subscribe({
      next: ({ data, error }) => error ? into.error(error) : into.enqueue(data),
      error: fault => into.error(fault),
      complete: () => into.close(),
    }),
  });
  yield* stream;
}
