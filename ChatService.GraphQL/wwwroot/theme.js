import { byId } from "./dom.js";
import { forget, read, write } from "./storage.js";

const key = "chat.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

/** The system's choice of light or dark, until one makes another; choosing what the system has gives the choice back to it. */
export function startTheme() {
  show();
  byId("theme").onclick = () => {
    const isDark = (read(key) ?? (dark.matches ? "dark" : "light")) === "dark";
    if (isDark !== dark.matches) forget(key);
    else write(key, isDark ? "light" : "dark");
    show();
  };
}

function show() {
  const chosen = read(key);
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}
