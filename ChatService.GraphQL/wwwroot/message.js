import { copyButton } from "./copying.js";
import { button, element } from "./dom.js";
import { number, t, whenExactly } from "./i18n.js";
import { renderMarkdown } from "./markdown.js";
import { moment } from "./moment.js";
import { plain } from "./plain.js";
import { titleOf } from "./titles.js";

/** So many earlier answers are counted without being read: each counts towards what a query may ask for. */
const counted = 10;

/** What a message is shown by. Texts besides its own are long, and read when one looks at them. */
export const messageFields = `id sequence role content createdAt editedAt alternatives(count: ${counted}) { id }
  completion { id status finishReason error { code message }
    sources { message { id conversation { id title } } } }`;

/** The key of the words for who speaks, by role. */
export const speakers = { USER: "you", ASSISTANT: "assistant", SYSTEM: "instruction" };
const excerptLength = 140;
/** So many sources are listed at once on a narrow page, where more of them would push the answer out of sight. */
const most = 3;
const narrow = matchMedia("(max-width: 52rem)");
const longest = 131_072;

/** Why a text is too long to be a message; "" if it is not. The service counts as JavaScript does. */
export const tooLong = ({ length }) => (length > longest ? t("tooLong", { length: number(length), most: number(longest) }) : "");

/**
 * The node of a message. `on.again(message)` asks for another answer, `on.edit` for another text, `on.remove` for none;
 * `on.sources(message)` reads its sources with their texts, and `on.alternatives` the earlier answers; null when it is gone.
 */
export function buildMessage(message, on) {
  const head = element("h2", { className: "unseen" }, t(speakers[message.role]));
  const node = element("li", { id: message.id, className: `message ${message.role.toLowerCase()}`, tabIndex: -1 }, head,
    element("div", { className: "prose", "data-empty": t("thinking") }), element("div", { className: "foot" }));
  node.on = on;
  showMessage(node, message);
  return node;
}

/** Brings a node up to date. */
export function showMessage(node, message) {
  showText(node, message.content, isRunning(message));
  const foot = node.querySelector(".foot");
  foot.replaceChildren(...notes(message), ...sources(node, message), ...alternatives(node, message));
  if (!isRunning(message)) foot.append(actions(node, message));
}

export function showText(node, text, running) {
  node.classList.toggle("running", running);
  renderMarkdown(node.querySelector(".prose"), text);
}

export const isRunning = (message) => message.completion?.status === "RUNNING";

function actions(node, message) {
  const failed = ["FAILED", "INTERRUPTED"].includes(message.completion?.status) || message.role === "USER";
  const again = button(t(failed ? "retry" : "regenerate"), "again", () => node.on.again(message));
  again.classList.add("again");
  const edited = message.editedAt ? element("span", { title: whenExactly(message.editedAt) }, t("edited")) : null;
  const edit = message.role === "USER" ? button(t("edit"), "rename", () => node.on.edit(message)) : null;
  const others = message.role === "SYSTEM" ? [] : [edit, again, button(t("delete"), "delete", () => node.on.remove(message))];
  return element("div", { className: "actions" }, moment(message.createdAt), edited, copyButton(message.content), ...others);
}

function notes({ completion }) {
  if (!completion) return [];
  const words = completion.status === "COMPLETED"
    ? t(`finish.${completion.finishReason}`)
    : [t(`status.${completion.status}`), completion.error && t(`failure.${completion.error.code}`)].filter(Boolean).join(" ");
  return words ? [element("p", { className: `note ${completion.status.toLowerCase()}` }, words)] : [];
}

function sources(node, message) {
  const found = message.completion?.sources ?? [];
  if (found.length === 0) return [];
  const links = found.map((source) => element("li", {},
    element("a", { href: `#/${source.message.conversation.id}/${source.message.id}`, dir: "auto" }, titleOf(source.message.conversation)),
    element("span", { className: "soft", dir: "auto", "data-of": source.message.id })));
  const list = element("ol", {}, ...links);
  whenSeen(list, async () => {
    for (const { id, content } of (await node.on.sources(message)) ?? []) {
      const place = list.querySelector(`[data-of="${id}"]`);
      if (place) place.textContent = excerpt(content);
    }
  });
  return [element("details", { className: "sources", open: !narrow.matches || found.length <= most }, element("summary", {}, t("sources", { count: found.length })), list)];
}

function alternatives(node, message) {
  const count = message.alternatives.length;
  if (count === 0) return [];
  const list = element("ol");
  const summary = element("summary", {}, t("alternatives", { count: upTo(counted, count) }));
  const ontoggle = async ({ target }) => {
    if (!target.open) return;
    const answers = await node.on.alternatives(message);
    if (!answers) return;
    list.replaceChildren(...answers.found.map(({ content }) => element("li", {}, prose(content))));
    summary.textContent = t("alternatives", { count: upTo(answers.most, answers.found.length) });
  };
  return [element("details", { className: "alternatives", ontoggle }, summary, list)];
}

/** A number, or that there may be more. */
const upTo = (most, count) => (count < most ? count : `${most}+`);

function prose(text) {
  const node = element("div", { className: "prose" });
  renderMarkdown(node, text);
  return node;
}

/** Does something once a node is in sight. */
function whenSeen(node, action) {
  const observer = new IntersectionObserver((entries) => {
    if (!entries.some((entry) => entry.isIntersecting)) return;
    observer.disconnect();
    action();
  });
  observer.observe(node);
}

/** How a text begins: so many characters of it, marks not counted, and whole words where it has spaces. */
function excerpt(content) {
  const { text } = plain(content.slice(0, 4 * excerptLength));
  return text.length > excerptLength ? `${text.slice(0, excerptLength + 1).replace(/\s+\S*$/, "").slice(0, excerptLength)} …` : text;
}
