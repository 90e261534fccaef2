/** Where a text has what was searched for, as the database finds it. Pure. */
import { loosened, type Query, SHORTEST_BEGINNING, type Term } from './query.ts';
import { isTypoOf, mayHaveTypo } from './typos.ts';
import { type Word, wordsOf } from './words.ts';

export interface Match {
  /** UTF-16 code units; the end is excluded. */
  readonly start: number;
  readonly end: number;
  /** Index of the term that it is a match of. */
  readonly term: number;
}

interface SoughtTerm extends Term {
  /** Words that are one typing error away match as well. */
  readonly mayErr: boolean;
}

export interface Matcher {
  readonly terms: readonly SoughtTerm[];
}

export const matcherOf = (query: Query, withTypos: boolean): Matcher => ({
  terms: (withTypos ? loosened(query) : query).wanted.map((term) => ({
    ...term,
    mayErr: withTypos && term.isOpen && !term.isPairs && mayHaveTypo(term.words[0] ?? ''),
  })),
});

/** In reading order; matches of different terms may overlap. */
export function matchesIn(text: string, { terms }: Matcher, where: 'title' | 'text'): Match[] {
  const words = wordsOf(text);
  const matches: Match[] = [];
  for (let at = 0; at < words.length; at += 1) {
    for (let index = 0; index < terms.length; index += 1) {
      const end = endOf(words, at, terms[index] as SoughtTerm, SHORTEST_BEGINNING[where]);
      if (end !== undefined) matches.push({ start: words[at]?.start ?? 0, end, term: index });
    }
  }
  return matches;
}

/** Where a term ends that begins with a word; undefined: it does not. */
function endOf(words: readonly Word[], at: number, term: SoughtTerm, shortest: number): number | undefined {
  const last = term.words.length - 1;
  for (let index = 0; index <= last; index += 1) {
    const word = words[at + index];
    const typed = term.words[index] ?? '';
    if (word?.isPair !== term.isPairs) return undefined;
    if (word.text === typed) continue;
    if (index < last || !term.isOpen) return undefined;
    if (typed.length >= shortest && word.text.startsWith(typed)) continue;
    if (!term.mayErr || !isTypoOf(typed, word.text)) return undefined;
  }
  // A letter that was searched for alone is not the one after it as well.
  return term.isPairs && term.isOpen ? firstLetterEnd(words, at) : words[at + last]?.end;
}

/** The end of the first letter of a pair. */
const firstLetterEnd = (words: readonly Word[], at: number): number | undefined => {
  const [pair, next] = [words[at], words[at + 1]];
  return pair && next && next.start < pair.end ? next.start : pair?.end;
};
