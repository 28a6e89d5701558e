import { button } from "./dom.js";
import { t } from "./i18n.js";
import { say } from "./speech.js";

const toldFor = 2_500;

/** A button that copies a text, or what it has become, and says for a moment what came of that. */
export function copyButton(text, latest = () => text) {
  const copy = button(t("copy"), "copy", async () => {
    const words = t(await navigator.clipboard.writeText(latest()).then(() => "copied", () => "notCopied"));
    show(words, true);
    say(words);
    clearTimeout(timer);
    timer = setTimeout(() => show(t("copy"), false), toldFor);
  });
  // News is to be seen also where the symbols stand alone.
  const show = (words, isNews) => {
    copy.lastChild.textContent = words;
    copy.classList.toggle("told", isNews);
  };
  let timer = 0;
  // Outside https and localhost there is no clipboard.
  copy.hidden = !navigator.clipboard || text === "";
  return copy;
}
