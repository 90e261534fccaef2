/** Whether a text is Markdown, by what is rarely written otherwise: a plain text that changes by itself is worse than one that does not. */

/** UTF-16 units: longer ones are pasted as they are. */
const MAX_LENGTH = 1_000_000;
/** Signs are looked for in as many: what has none so far is no Markdown. */
const MAX_SEARCHED = 100_000;

/** One of these is enough. Each looks a bounded way ahead of where it begins. */
const CERTAIN: readonly RegExp[] = [
  // A block of code, a heading above an empty line (one of a single # at the start: in scripts that is a comment), the second
  // line of a table.
  /^ {0,3}(?:```|~~~)/m,
  /^ {0,3}#{2,6} [^\n]{1,300}\n[ \t]{0,20}(?:\n|$(?![\s\S]))/m,
  /^\s{0,100}# [^\n]{1,300}\n[ \t]{0,20}\n/,
  /^ {0,3}\|?(?: {0,20}:?-{3,100}:? {0,20}\|){1,100} {0,20}(?::?-{3,100}:? {0,20})?$/m,
  // A link, bold or struck text, code.
  /\[[^\]\n]{1,100}\]\((?:https?:|mailto:|[/#])[^)\s]/,
  /(?:^|[\s(])(\*\*|~~)(?=\S)[^\n]{0,500}?\S\1/m,
  /(?:^|[\s(])`[^`\n]{1,200}`/m,
];
/** List items, quotes and headings: a hyphen or a number can begin one line of any text, but rarely two. */
const LIKELY = /^ {0,12}(?:[-*+] |\d{1,9}[.)] |> ?|#{2,6} )\S/gm;
const ENOUGH = 2;

export function looksLikeMarkdown(text: string): boolean {
  if (text.length > MAX_LENGTH) return false;
  const source = text.slice(0, MAX_SEARCHED).replace(/\r\n?/g, '\n');
  if (CERTAIN.some((sign) => sign.test(source))) return true;
  let count = 0;
  for (const _line of source.matchAll(LIKELY)) {
    count += 1;
    if (count === ENOUGH) return true;
  }
  return false;
}
