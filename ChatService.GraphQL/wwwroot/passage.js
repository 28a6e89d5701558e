const context = 24;

/** Where a hit's words stand in a shown text, as a range; null where they do not. `words`: each with what the hit has behind it, which tells one place from another. */
export function findPassage(prose, words = []) {
  const text = prose.textContent;
  for (const { word, behind } of words) {
    for (const sought of [word + behind.slice(0, context), word]) {
      const at = text.indexOf(sought);
      if (at >= 0) return rangeOf(prose, at, at + word.length);
    }
  }
  return null;
}

/** The words that a hit has marked, as `findPassage` looks for them. */
export const markedIn = (hit) => Array.from(hit?.querySelectorAll("mark") ?? [], (mark) => ({ word: mark.textContent, behind: mark.nextSibling?.data ?? "" }));

/** Counted in the characters of all texts together. */
function rangeOf(prose, from, to) {
  const range = document.createRange();
  const walker = document.createTreeWalker(prose, NodeFilter.SHOW_TEXT);
  for (let start = 0, node; start < to && (node = walker.nextNode()); start += node.length) {
    if (from >= start && from < start + node.length) range.setStart(node, from - start);
    if (to > start && to <= start + node.length) range.setEnd(node, to - start);
  }
  return range;
}
