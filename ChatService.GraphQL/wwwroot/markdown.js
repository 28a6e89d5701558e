import { copyButton } from "./copying.js";
import { element } from "./dom.js";
import { t } from "./i18n.js";
import { inline } from "./inline.js";

// Deeper quotes and lists are shown as text: a model can write thousands of ">".
const deepest = 8;

// A wider or longer table is shown as text: a row has as many cells as the head, whatever is written in it.
const mostCells = 10_000;

// No pattern may look at a place of a long line again and again: what ends in white space is trimmed, not matched.
const fence = /^ {0,3}(`{3,}(?=[^`]*$)|~{3,})\s*([^`\s]*)/;
const heading = /^ {0,3}(#{1,6})\s+(.*)$/s;
const quote = /^ {0,3}> ?/;
const item = /^( *)([-*+]|\d{1,9}[.)])\s+(.*)$/s;

/** Shows text as Markdown in a container. What did not change since the last call stays as it is, so that streaming is cheap. */
export function renderMarkdown(container, text) {
  const blocks = split(text.split(/\r?\n/));
  let shown = container.firstChild;
  for (const lines of blocks) {
    const source = lines.join("\n");
    const next = shown?.nextSibling ?? null;
    if (shown?.source !== source && !growCode(shown, lines)) {
      const node = build(lines, 0);
      node.source = source;
      // Each block is written as its own words are: its direction is not that of the page, nor of its neighbours.
      node.dir ||= "auto";
      if (shown) shown.replaceWith(node);
      else container.append(node);
    }
    shown = next;
  }
  while (shown) {
    const next = shown.nextSibling;
    shown.remove();
    shown = next;
  }
  levelHeadings(container);
}

/** A text may begin with any heading and leave levels out; an outline may not. Its first one stands below the second level, which the page has. */
function levelHeadings(container) {
  let [least, level] = [6, 2];
  for (const node of container.querySelectorAll("h3, h4, h5, h6")) {
    const own = Number(node.tagName[1]);
    least = Math.min(least, own);
    level = Math.min(level + 1, own - least + 3);
    if (level !== own) node.setAttribute("aria-level", level);
  }
}

function split(lines) {
  const blocks = [];
  for (let i = 0; i < lines.length; ) {
    const end = endOf(lines, i);
    if (end === i) i++;
    else {
      blocks.push(lines.slice(i, end));
      i = end;
    }
  }
  return blocks;
}

/** Where the block that starts here ends; the same line if it is blank. */
function endOf(lines, start) {
  const line = lines[start];
  if (line.trim() === "") return start;
  const opened = fence.exec(line);
  if (opened) return endOfCode(lines, start, opened);
  if (heading.test(line) || isRule(line)) return start + 1;
  if (isTable(lines, start)) return runWhile(lines, start, (other) => other.includes("|"));
  if (quote.test(line)) return runWhile(lines, start, (other) => quote.test(other));
  if (item.test(line)) return endOfList(lines, start);
  return runWhile(lines, start, (other, i) => other.trim() !== "" && (i === start || !startsOther(lines, i)));
}

const endOfCode = (lines, start, [, opened]) => Math.min(lines.length, runWhile(lines, start + 1, (other) => !isClosing(other, opened)) + 1);

const isClosing = (line, opened) => line.trim().startsWith(opened) && /^(`+|~+)$/.test(line.trim());

const isRule = (line) => /^ {0,3}[-*_]/.test(line) && /^(-{3,}|\*{3,}|_{3,})$/.test(line.replace(/\s+/g, ""));

const isTable = (lines, i) => lines[i].includes("|") && i + 1 < lines.length && /^ *[-:|]/.test(lines[i + 1]) && cells(lines[i + 1]).every((cell) => /^:?-+:?$/.test(cell));

const startsOther = (lines, i) =>
  fence.test(lines[i]) || heading.test(lines[i]) || isRule(lines[i]) || quote.test(lines[i]) || item.test(lines[i]) || isTable(lines, i);

function runWhile(lines, start, belongs) {
  let end = start;
  while (end < lines.length && belongs(lines[end], end)) end++;
  return end;
}

function endOfList(lines, start) {
  const first = item.exec(lines[start]);
  let end = behind(lines, start);
  for (; end < lines.length; end = behind(lines, end)) {
    const line = lines[end];
    const found = item.exec(line);
    if (found && isBeside(found, first) && isOrdered(found) !== isOrdered(first)) break;
    const goesOn = item.test(line) || /^\s{2,}\S/.test(line);
    if (line.trim() === "" ? !(end + 1 < lines.length && (item.test(lines[end + 1]) || /^\s{2,}\S/.test(lines[end + 1]))) : !goesOn && startsOther(lines, end)) break;
    if (line.trim() !== "" && !goesOn && lines[end - 1].trim() === "") break;
  }
  return end;
}

/** The line behind one of a list: code that begins there has blank lines of its own. */
function behind(lines, i) {
  const opened = fence.exec(item.exec(lines[i])?.[3] ?? (/^\s{2}/.test(lines[i]) ? lines[i].trim() : ""));
  return opened ? endOfCode(lines, i, opened) : i + 1;
}

const isOrdered = ([, , marker]) => /\d/.test(marker);

/** It stands no deeper than the first item of the list. */
const isBeside = ([, indent], [, first]) => indent.length <= first.length + 1;

function build(lines, depth) {
  const first = lines[0];
  if (depth > deepest) return element("p", {}, lines.join("\n"));
  if (fence.test(first)) return codeBlock(lines);
  if (isRule(first)) return element("hr");
  const title = heading.exec(first);
  // The page has the first two levels.
  if (title) return element(`h${Math.min(6, title[1].length + 2)}`, {}, inline(withoutClosingSigns(title[2])));
  if (isTable(lines, 0)) return cells(first).length * lines.length > mostCells ? element("p", {}, lines.join("\n")) : table(lines);
  if (quote.test(first)) return element("blockquote", {}, nested(lines.map((line) => line.replace(quote, "")), depth));
  if (item.test(first)) return list(lines, depth);
  return element("p", {}, inline(lines.join("\n")));
}

/** What a heading says, without the signs that may close it. */
function withoutClosingSigns(text) {
  const whole = text.trim();
  let end = whole.length;
  while (whole[end - 1] === "#") end--;
  return end === 0 || /\s/.test(whole[end - 1]) ? whole.slice(0, end).trimEnd() : whole;
}

const nested = (lines, depth) => split(lines).map((block) => build(block, depth + 1));

function codeBlock(lines) {
  const text = codeIn(lines);
  const code = element("code", {}, text);
  const copy = copyButton(text, () => code.textContent);
  const head = element("div", { className: "code-head" }, element("span", {}, fence.exec(lines[0])[2]), copy);
  return element("div", { className: "code", dir: "ltr" }, head, element("pre", { tabIndex: 0, "aria-label": t("code"), role: "group" }, code));
}

function codeIn(lines) {
  const closed = lines.length > 1 && isClosing(lines.at(-1), fence.exec(lines[0])[1]);
  return lines.slice(1, closed ? -1 : undefined).join("\n");
}

/** Shows what the same code has become in place, where one may be copying or marking it; false if it is not the same. */
function growCode(shown, lines) {
  const words = shown?.matches(".code") && shown.querySelector("code").firstChild;
  if (!words || shown.source.split("\n", 1)[0] !== lines[0]) return false;
  const text = codeIn(lines);
  // What ends with the line that closes it has had that line's beginning in it.
  const kept = Math.min(text.length, words.length);
  if (kept === 0 || text.slice(0, kept) !== words.data.slice(0, kept)) return false;
  words.replaceData(kept, words.length - kept, text.slice(kept));
  shown.source = lines.join("\n");
  return true;
}

function table(lines) {
  const [head, alignments, ...rows] = lines.map(cells);
  const row = (texts, tag) => element("tr", {}, head.map((_, i) => {
    const cell = element(tag, {}, inline(texts[i] ?? ""));
    if (/^:-+:$/.test(alignments[i])) cell.className = "centre";
    else if (/^-+:$/.test(alignments[i])) cell.className = "right";
    return cell;
  }));
  const body = element("tbody", {}, rows.map((texts) => row(texts, "td")));
  return element("div", { className: "table", tabIndex: 0, role: "group", "aria-label": t("table") },
    element("table", {}, element("thead", {}, row(head, "th")), body));
}

const cells = (line) => line.trim().replace(/^\||\|$/g, "").split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll("\\|", "|"));

function list(lines, depth) {
  const first = item.exec(lines[0]);
  const [, indent, marker] = first;
  const items = [];
  for (const line of lines) {
    const found = item.exec(line);
    if (found && isBeside(found, first)) items.push([found[3]]);
    else items.at(-1).push(line.slice(Math.min(line.search(/\S|$/), indent.length + marker.length + 1)));
  }
  const nodes = items.map((own) => element("li", {}, tight(nested(own, depth))));
  return isOrdered(first) ? element("ol", { start: parseInt(marker, 10) }, nodes) : element("ul", {}, nodes);
}

/** A first paragraph is the item's own text. */
const tight = ([first, ...rest]) => (first?.tagName === "P" ? [...first.childNodes, ...rest] : [first, ...rest]);
