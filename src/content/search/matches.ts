/** Where a text has what was searched for, as the database finds it. Pure. */
import { loosened, type Query, SHORTEST_BEGINNING, type Term } from './query.ts';
import { isTypoOf } from './typos.ts';
import { type Word, wordsOf } from './words.ts';

export interface Match {
  /** UTF-16 code units; the end is excluded. */
  readonly start: number;
  readonly end: number;
  /** Index of the term that it is a match of. */
  readonly term: number;
}

export interface Matcher {
  readonly terms: readonly Term[];
  readonly withTypos: boolean;
}

export const matcherOf = (query: Query, withTypos: boolean): Matcher => ({
  terms: (withTypos ? loosened(query) : query).wanted,
  withTypos,
});

/** In reading order; matches of different terms may overlap. */
export function matchesIn(text: string, { terms, withTypos }: Matcher, where: 'title' | 'text'): Match[] {
  const words = wordsOf(text);
  const matches: Match[] = [];
  for (const [at, { start }] of words.entries()) {
    for (const [index, term] of terms.entries()) {
      const end = endOf(words, at, term, withTypos, SHORTEST_BEGINNING[where]);
      if (end !== undefined) matches.push({ start, end, term: index });
    }
  }
  return matches;
}

/** Where a term ends that begins with a word; undefined: it does not. */
function endOf(
  words: readonly Word[],
  at: number,
  term: Term,
  withTypos: boolean,
  shortest: number,
): number | undefined {
  const last = term.words.length - 1;
  for (const [index, typed] of term.words.entries()) {
    const word = words[at + index];
    if (word?.isPair !== term.isPairs) return undefined;
    if (word.text === typed) continue;
    if (index < last || !term.isOpen) return undefined;
    if (typed.length >= shortest && word.text.startsWith(typed)) continue;
    if (term.isPairs || !withTypos || !isTypoOf(typed, word.text)) return undefined;
  }
  const end = words[at + last];
  // A letter that was searched for alone is not the one after it as well.
  return term.isPairs && last === 0 && term.isOpen ? firstLetterEnd(words, at) : end?.end;
}

/** The end of the first letter of a pair. */
const firstLetterEnd = (words: readonly Word[], at: number): number | undefined => {
  const [pair, next] = [words[at], words[at + 1]];
  return pair && next && next.start < pair.end ? next.start : pair?.end;
};
