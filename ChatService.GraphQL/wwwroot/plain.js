// At the beginning of a line: of headings, quotes and code. Anywhere: of bold, struck, code, italics and links.
const marks = /^ {0,3}(?:#{1,6}\s+|> ?|(?:`{3,}|~{3,}).*$)|\*\*|__|~~|`+|(?<!\w)[*_](?=\S)|(?<=\S)[*_](?!\w)|!?\[(?=[^\]\n]*\]\()|\]\([^)\n]*\)/gm;

/** What an excerpt of Markdown says, without its marks, and where in it these ranges are then; a mark that they touch stays. */
export function plain(text, ranges = []) {
  const isFound = (from, to) => ranges.some(({ start, length }) => start < to && from < start + length);
  const gone = Array.from(text.matchAll(marks), ({ 0: mark, index }) => [index, index + mark.length]).filter(([from, to]) => !isFound(from, to));
  const moved = (at) => gone.reduce((place, [from, to]) => place - Math.max(0, Math.min(to, at) - from), at);
  return {
    text: gone.reduceRight((words, [from, to]) => words.slice(0, from) + words.slice(to), text),
    ranges: ranges.map(({ start, length }) => ({ start: moved(start), length: moved(start + length) - moved(start) })),
  };
}
