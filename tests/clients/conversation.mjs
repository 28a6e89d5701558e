// What every client of the ecosystem is asked to do: a mutation, a query, a document that is refused, and a subscription.
// `run(document, variables)` resolves to { data, errors }; `watch(document, variables)` iterates over the data of each result.
const createConversation = `mutation Create($input: CreateConversationInput!) {
  createConversation(input: $input) { conversation { id title } errors { code message } }
}`;
const conversation = `query Conversation($id: ID!) {
  conversation(id: $id) { id title messages(first: 10) { edges { cursor node { id content } } pageInfo { hasNextPage endCursor } } }
}`;
const startCompletion = `mutation Start($input: StartCompletionInput!) {
  startCompletion(input: $input) { completion { id } errors { code message } }
}`;
const completionEvents = `subscription Events($id: ID!) {
  completionEvents(id: $id) {
    ... on CompletionDelta { content offset }
    ... on CompletionFinished { completion { id status message { id content } } }
  }
}`;

/** The service's address and a session's token, as the test gives them. */
export const [address, token] = process.argv.slice(2);

/** Does all of it and prints what was seen as one line of JSON. */
export async function converse({ run, watch }) {
  const made = must(await run(createConversation, { input: { title: 'launch' } })).createConversation.conversation;
  const started = must(await run(startCompletion, { input: { conversationId: made.id, content: 'What is new?' } }));
  let text = '';
  let finished;
  for await (const { completionEvents: event } of watch(completionEvents, { id: started.startCompletion.completion.id })) {
    if (event.completion) finished = event.completion;
    else text += event.content;
  }
  const read = must(await run(conversation, { id: made.id })).conversation;
  const { errors } = await run('query Refused { nothing }', {});
  console.log(JSON.stringify({
    title: read.title,
    messages: read.messages.edges.map(edge => edge.node.content),
    text,
    status: finished.status,
    refused: errors.map(error => error.extensions.code),
  }));
}

function must({ data, errors }) {
  if (errors?.length) throw new Error(JSON.stringify(errors));
  return data;
}
