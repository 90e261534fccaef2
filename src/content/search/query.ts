/** What somebody typed into a search field, in folded words. Pure. */
import { type Word, wordsOf } from './words.ts';

export interface Term {
  /** Of more than one, each follows the one before; pairs of letters need only be there. */
  readonly words: readonly string[];
  /** The last word may be the beginning of one. */
  readonly isOpen: boolean;
  readonly isPairs: boolean;
}

export interface Query {
  /** A document has all of these. */
  readonly wanted: readonly Term[];
  /** It has none of these; each is a list of terms that are there together. */
  readonly unwanted: readonly (readonly Term[])[];
}

/** Letters that a beginning has at least: in a title, and in a text, where every word begins with some letter. */
export const SHORTEST_BEGINNING = { title: 1, text: 2 } as const;

/** Terms that count, the first ones: each may cost a look at every document. I9. */
const MAX_TERMS = 12;

/** An exclusion, then a phrase, which may still be open, or what stands between spaces. */
const PARTS = /(?<minus>-?)"(?<phrase>[^"]*)(?<end>"?)|(?<chunk>\S+)/g;

/**
 * Every word may be the beginning of one; those of a "phrase" are whole and follow each other, and what is behind a hyphen
 * excludes. What has no letters and digits is left out: nothing is wanted then, and nothing is found.
 */
export function parseQuery(text: string): Query {
  const wanted: Term[] = [];
  const unwanted: Term[][] = [];
  for (const { groups: { minus = '', phrase, end = '', chunk = '' } = {} } of text.matchAll(PARTS)) {
    const isExcluded = phrase === undefined ? chunk.startsWith('-') : minus !== '';
    const isOpen = !isExcluded && (phrase === undefined || end === '');
    const terms = termsOf(wordsOf(phrase ?? chunk), isOpen);
    if (terms.length === 0) continue;
    if (isExcluded) unwanted.push(terms);
    else wanted.push(...terms);
  }
  return { wanted: distinct(wanted).slice(0, MAX_TERMS), unwanted: unwanted.slice(0, MAX_TERMS) };
}

/** The same for searching with typing errors: words that follow each other stand on their own, save those of a phrase. */
export const loosened = ({ wanted, unwanted }: Query): Query => ({
  wanted: distinct(
    wanted.flatMap((term) =>
      term.isOpen && !term.isPairs ? term.words.map((word) => ({ ...term, words: [word] })) : [term],
    ),
  ).slice(0, MAX_TERMS),
  unwanted,
});

/** Words that follow each other are one term: `don't` is two words, and one that somebody looks for. */
function termsOf(words: readonly Word[], isOpen: boolean): Term[] {
  const terms: Term[] = [];
  for (let at = 0; at < words.length; ) {
    const isPairs = words[at]?.isPair ?? false;
    let end = at + 1;
    while (end < words.length && words[end]?.isPair === isPairs && (!isPairs || isNextPair(words, end))) end += 1;
    const run = words.slice(at, end).map(({ text }) => text);
    // The last letter alone is in its pair already, unless it is all there is.
    if (isPairs && run.length > 1) run.pop();
    terms.push({ words: run, isOpen: isPairs ? end - at === 1 : isOpen, isPairs });
    at = end;
  }
  return terms;
}

/** Whether a pair continues the one before it: they share a letter. */
const isNextPair = (words: readonly Word[], at: number): boolean => (words[at]?.start ?? 0) < (words[at - 1]?.end ?? 0);

function distinct(terms: readonly Term[]): Term[] {
  return [...new Map(terms.map((term) => [JSON.stringify(term), term])).values()];
}
