import { followCompletion } from "./completions.js";
import { t } from "./i18n.js";
import { Reader, say } from "./speech.js";

/** Shows an answer while it is made, and reads it out. `onOver()`: it has ended, or is there no more. Returns what ends the watching. */
export function watchAnswer(socket, messages, { id, message }, onOver) {
  const reader = new Reader(message.content.length);
  let frame = 0;
  const onText = (text) => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(() => messages.grow(message.id, text));
    reader.grow(text);
  };
  const onFinished = (whole) => {
    cancelAnimationFrame(frame);
    onOver();
    messages.finish(whole);
    reader.finish(whole.content);
    say(t(whole.completion.status === "COMPLETED" ? "answered" : `status.${whole.completion.status}`));
  };
  const end = followCompletion(socket, { id, text: message.content }, { onText, onFinished, onGone: onOver });
  messages.grow(message.id, message.content);
  say(t("answering"));
  return () => {
    cancelAnimationFrame(frame);
    end();
  };
}
