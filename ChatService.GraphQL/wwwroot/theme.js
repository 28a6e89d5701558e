import { byId } from "./dom.js";

const key = "chat.theme";
const dark = matchMedia("(prefers-color-scheme: dark)");

/** The system's choice of light or dark, until one makes another; choosing what the system has gives the choice back to it. */
export function startTheme() {
  show();
  byId("theme").onclick = () => {
    const isDark = (localStorage.getItem(key) ?? (dark.matches ? "dark" : "light")) === "dark";
    if (isDark === dark.matches) localStorage.setItem(key, isDark ? "light" : "dark");
    else localStorage.removeItem(key);
    show();
  };
}

function show() {
  const chosen = localStorage.getItem(key);
  if (chosen) document.documentElement.dataset.theme = chosen;
  else delete document.documentElement.dataset.theme;
}
