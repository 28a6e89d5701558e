import { messageFields } from "./message.js";

const events = `subscription($id: ID!, $after: Int!) { completionEvents(id: $id, after: $after) { __typename
  ... on CompletionDelta { content offset }
  ... on CompletionFinished { completion { message { ${messageFields} } } } } }`;

const againAfter = 2_000;

/**
 * Follows an answer from the text that is there: each piece once, over broken lines too, since every new line asks for what
 * comes after the text it has. `onText(text)` as it grows, then `onFinished(message)`, whose text counts, or `onGone()`.
 * `onRefused(error)`: the service does not let one watch just now; it is asked again and again. Returns what ends it.
 */
export function followCompletion(socket, { id, text }, { onText, onFinished, onGone, onRefused }) {
  let end = () => {};
  let timer = 0;
  const request = () => ({ query: events, variables: { id, after: text.length } });
  const next = ({ completionEvents: event }) => {
    if (event.__typename === "CompletionFinished") return onFinished(event.completion.message);
    text = text.slice(0, event.offset - event.content.length) + event.content;
    onText(text);
  };
  const error = (error) => {
    if (error.code === "NOT_FOUND") return onGone();
    timer = setTimeout(subscribe, againAfter);
    onRefused(error);
  };
  const subscribe = () => (end = socket.subscribe(request, { next, error }));
  subscribe();
  return () => {
    clearTimeout(timer);
    end();
  };
}
