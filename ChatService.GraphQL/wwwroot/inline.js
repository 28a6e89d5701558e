import { element } from "./dom.js";

const deepest = 8;

// In the order in which they are tried at each place. Everything is bounded by its line, so that no text takes long.
const words = [
  [/^\\([!-/:-@[-`{-~])/, ([, character]) => character],
  [/^(`+)(?!`)([^\n]*?[^`\n])\1(?!`)/, ([, , code]) => element("code", {}, code.trim() || code)],
  // Bold with whole italics in it; or with single marks that are none: of three at the end, the first belongs to what is inside.
  [/^([*_])\1(?=\S)((?:(?!\1)[^\n]|\1(?=\s)|\1(?![\s*_])(?:(?!\1)[^\n])*(?<=\S)\1){1,500}?)(?<=\S)\1\1/, bold],
  [/^([*_])\1(?=\S)([^\n]{0,2000}?\S)\1\1(?!\1(?!\1))/, bold],
  [/^~~(?=\S)([^\n]{0,2000}?\S)~~/, ([, text], depth, kinds) => element("s", {}, inline(text, depth, kinds))],
  // Italic with whole bold in it, or with single marks that are none.
  [/^([*_])(?![\s*_])((?:(?!\1)[^\n]|\1+(?=\s)|\1\1(?![\s*_])(?:(?!\1)[^\n])*(?<=\S)\1\1){1,500}?)(?<=\S)\1(?!\1|\w)/, italic],
  [/^([*_])(?![\s*_])((?:(?!\1\1)[^\n]){0,2000}?[^\s*_])\1(?!\w)/, italic],
];

const links = [
  [/^!?\[([^\]\n]{0,500})\]\(\s*<?((?:[^()\s<>]|\([^()\s<>]*\)){1,2000})>?(?:\s+"[^"\n]*")?\s*\)/, ([, text, address], depth) => link(address, inline(text, depth, words))],
  // What an address opens belongs to it, closed or not; what it only closes does not.
  [/^<?(https?:\/\/(?:[^\s<>"'()]|\((?:[^\s<>"'()]|\([^\s<>"'()]*\))*\)|\((?!(?:[^\s<>"'()]|\([^\s<>"'()]*\))*\))){0,2000}(?:\((?:[^\s<>"'()]|\([^\s<>"'()]*\))*\)|[^\s<>"'.,;:!?()\]*_]))>?/, ([, address]) => link(address, [address])],
];

/** The words of a link have no link in them. */
const spans = [...words, ...links];

const special = /[\\`[!<h*_~]/g;

/** The nodes of one run of text: code, links to http and https, bold, italic, struck. All else is text, HTML too. */
export function inline(text, depth = 0, kinds = spans) {
  if (depth > deepest) return [text];
  const nodes = [];
  let plain = 0;
  special.lastIndex = 0;
  for (let at = 0; (at = next(text, at)) >= 0; ) {
    const span = match(text, at, kinds);
    // Marks that begin nothing do not begin something between them, either.
    if (!span) at += /^([*_~`])\1*|^./s.exec(text.slice(at, at + 4200))[0].length;
    else {
      if (at > plain) nodes.push(text.slice(plain, at));
      nodes.push(span.build(span.found, depth + 1, kinds));
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

function match(text, at, kinds) {
  // The "h" of an address and the "_" of emphasis begin a word: snake_case stays as it is.
  if (/[h_]/.test(text[at]) && /\w/.test(text[at - 1] ?? "")) return null;
  const rest = text.slice(at, at + 4200);
  for (const [pattern, build] of kinds) {
    const found = pattern.exec(rest);
    if (found) return { found, build };
  }
  return null;
}

function bold([, , text], depth, kinds) {
  return element("strong", {}, inline(text, depth, kinds));
}

function italic([, , text], depth, kinds) {
  return element("em", {}, inline(text, depth, kinds));
}

function link(address, children) {
  if (!/^https?:\/\//i.test(address) || !URL.canParse(address)) return element("span", {}, children);
  return element("a", { href: address, target: "_blank", rel: "noopener noreferrer" }, children);
}
