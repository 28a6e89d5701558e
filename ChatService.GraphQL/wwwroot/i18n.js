import { english } from "./i18n.en.js";
import { french } from "./i18n.fr.js";

/** As the reader has it, with the region, in whose way dates are written. */
const locale = navigator.languages.find((name) => /^(fr|en)\b/i.test(name)) ?? "en";
const language = locale.slice(0, 2).toLowerCase();
const words = language === "fr" ? french : english;

/** The words for a key in the reader's language, `{name}` filled in; "" for an unknown key. */
export const t = (key, values = {}) => (words[key] ?? "").replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");

const numbers = new Intl.NumberFormat(locale);

/** A number as the reader writes it. */
export const number = (value) => numbers.format(value);

const plural = new Intl.PluralRules(language);

/** The words for so many; `shown` is how that is written, such as that there may be more. */
export const tCount = (key, count, shown = count) => t(`${key}.${plural.select(count)}`, { count: shown }) || t(`${key}.other`, { count: shown });

/** Fills what the page has marked: data-t is a text, data-t-x the attribute x. */
export function translate(root) {
  document.documentElement.lang = language;
  for (const node of root.querySelectorAll("*")) {
    for (const [name, key] of Object.entries(node.dataset)) {
      if (name === "t") node.textContent = t(key);
      else if (/^t[A-Z]/.test(name)) node.setAttribute(attribute(name), t(key));
    }
  }
}

const attribute = (name) => ({ tLabel: "aria-label", tTitle: "title", tPlaceholder: "placeholder" })[name];

const time = new Intl.DateTimeFormat(locale, { timeStyle: "short" });
const day = new Intl.DateTimeFormat(locale, { day: "numeric", month: "short" });
const exact = new Intl.DateTimeFormat(locale, { dateStyle: "full", timeStyle: "short" });
const full = new Intl.DateTimeFormat(locale, { dateStyle: "medium" });

/** With the day and the time, whenever it was. */
export const whenExactly = (iso) => exact.format(new Date(iso));

/** Short: the time today, the day this year, else the date. */
export function when(iso) {
  const [date, now] = [new Date(iso), new Date()];
  if (date.toDateString() === now.toDateString()) return time.format(date);
  return (date.getFullYear() === now.getFullYear() ? day : full).format(date);
}
