import { button } from "./dom.js";
import { t } from "./i18n.js";
import { say } from "./speech.js";

const toldFor = 2_500;

/** A button that copies a text, and says for a moment what became of it. */
export function copyButton(text) {
  const copy = button(t("copy"), "copy", async () => {
    const words = t(await navigator.clipboard.writeText(text).then(() => "copied", () => "notCopied"));
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
