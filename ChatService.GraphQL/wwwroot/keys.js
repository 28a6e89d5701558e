/** What the keys do wherever the focus is, until the signal: `on.escape()`, `on.find()`, `on.begin()`, `on.help()`. */
export function listenToKeys(on, signal) {
  addEventListener("keydown", (event) => {
    // An Escape that ends the composing of a character, or closes a dialog, is about nothing else.
    if (event.isComposing || document.querySelector("dialog[open]")) return;
    const action = meant(event);
    if (!action) return;
    event.preventDefault();
    on[action]();
  }, { signal });
}

function meant({ key, ctrlKey, metaKey, shiftKey, target }) {
  const isCommand = ctrlKey || metaKey;
  if (key === "Escape") return "escape";
  if (isCommand && !shiftKey && key.toLowerCase() === "k") return "find";
  if (isCommand && shiftKey && key.toLowerCase() === "o") return "begin";
  return key === "?" && !target.matches?.("input, textarea") ? "help" : null;
}
