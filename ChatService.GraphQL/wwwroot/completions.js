import { messageFields } from "./message.js";

const events = (withSources) => `subscription($id: ID!, $after: Int!) { completionEvents(id: $id, after: $after) { __typename
  ... on CompletionDelta { content offset }
  ... on CompletionFinished { completion { message { ${messageFields(withSources)} } } } } }`;

const unknown = ["NOT_FOUND", "GRAPHQL_VALIDATION_FAILED"];
const againAfter = 2_000;

/**
 * Follows an answer from the text that is there: each piece once, over broken lines too, since every new line asks for what
 * comes after the text it has. `onText(text)` as it grows, then `onFinished(message)`, whose text counts, or `onGone()`. Returns what ends it.
 */
export function followCompletion(socket, { id, text }, { onText, onFinished, onGone }) {
  let withSources = true;
  let end = () => {};
  let timer = 0;
  const request = () => ({ query: events(withSources), variables: { id, after: text.length } });
  const next = ({ completionEvents: event }) => {
    if (event.__typename === "CompletionFinished") return onFinished(event.completion.message);
    text = text.slice(0, event.offset - event.content.length) + event.content;
    onText(text);
  };
  const error = ({ code }) => {
    if (code === "GRAPHQL_VALIDATION_FAILED" && withSources) {
      withSources = false;
      subscribe();
    } else if (unknown.includes(code)) onGone();
    else timer = setTimeout(subscribe, againAfter);
  };
  const subscribe = () => (end = socket.subscribe(request, { next, error }));
  subscribe();
  return () => {
    clearTimeout(timer);
    end();
  };
}
