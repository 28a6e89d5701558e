// What runs in the page before its own scripts do.

/** Keeps each text that a running answer has shown since it began, or since the page was loaded. */
export function watch() {
  globalThis.shown = [];
  new MutationObserver(() => {
    const [running] = document.querySelectorAll(".message.running");
    if (!running) return;
    const text = running.querySelector(".prose").textContent;
    if (running.id !== globalThis.shownOf) [globalThis.shown, globalThis.shownOf] = [[], running.id];
    if (text !== globalThis.shown.at(-1)) globalThis.shown.push(text);
  }).observe(document, { subtree: true, childList: true, characterData: true });
}

/** So many times faster than by the clock the page thinks it waits. */
export function hurry(haste) {
  const [later, deadline] = [globalThis.setTimeout, AbortSignal.timeout];
  globalThis.setTimeout = (action, wait, ...rest) => later(action, wait / haste, ...rest);
  // A busy machine is slow to answer: only where silence is what is tried does the page give up early.
  AbortSignal.timeout = (wait) => deadline.call(AbortSignal, globalThis.isImpatient ? wait / haste : wait);
}
