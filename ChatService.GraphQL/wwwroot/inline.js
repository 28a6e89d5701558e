import { element } from "./dom.js";

const deepest = 8;

// In the order in which they are tried at each place. Everything is bounded by its line, so that no text takes long.
const spans = [
  [/^\\([!-/:-@[-`{-~])/, ([, character]) => character],
  [/^(`+)([^`](?:[^\n]*?[^`])?)\1(?!`)/, ([, , code]) => element("code", {}, code.trim() || code)],
  [/^!?\[([^\]\n]{0,500})\]\(\s*<?((?:[^()\s<>]|\([^()\s<>]*\)){1,2000})>?(?:\s+"[^"\n]*")?\s*\)/, ([, text, address], depth) => link(address, inline(text, depth))],
  [/^<?(https?:\/\/(?:[^\s<>"'()]|\((?:[^\s<>"'()]|\([^\s<>"'()]*\))*\)){0,2000}(?:\((?:[^\s<>"'()]|\([^\s<>"'()]*\))*\)|[^\s<>"'.,;:!?()\]*_]))>?/, ([, address]) => link(address, [address])],
  // Of three marks at the end, the first belongs to what is inside.
  [/^([*_])\1(?=\S)([^\n]{1,2000}?\S?)\1\1(?!\1(?!\1))/, ([, , text], depth) => element("strong", {}, inline(text, depth))],
  [/^~~(?=\S)([^\n]{1,2000}?)~~/, ([, text], depth) => element("s", {}, inline(text, depth))],
  [/^([*_])(?=[^\s*_])([^\n]{0,2000}?[^\s*_])\1(?!\w)/, ([, , text], depth) => element("em", {}, inline(text, depth))],
];

const special = /[\\`[!<h*_~]/g;

/** The nodes of one run of text: code, links to http and https, bold, italic, struck. All else is text, HTML too. */
export function inline(text, depth = 0) {
  if (depth > deepest) return [text];
  const nodes = [];
  let plain = 0;
  special.lastIndex = 0;
  for (let at = 0; (at = next(text, at)) >= 0; ) {
    const span = match(text, at);
    if (!span) at++;
    else {
      if (at > plain) nodes.push(text.slice(plain, at));
      nodes.push(span.build(span.found, depth + 1));
      plain = at += span.found[0].length;
    }
  }
  if (plain < text.length) nodes.push(text.slice(plain));
  return nodes;
}

function next(text, from) {
  special.lastIndex = from;
  return special.exec(text)?.index ?? -1;
}

function match(text, at) {
  // The "h" of an address and the "_" of emphasis begin a word: snake_case stays as it is.
  if (/[h_]/.test(text[at]) && /\w/.test(text[at - 1] ?? "")) return null;
  const rest = text.slice(at, at + 4200);
  for (const [pattern, build] of spans) {
    const found = pattern.exec(rest);
    if (found) return { found, build };
  }
  return null;
}

function link(address, children) {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return element("span", {}, children);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, children);
}
