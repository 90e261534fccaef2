/**
 * What the index of search has of a document: its words, folded, with their positions, as literals of `tsvector`. They are made here
 * and not by `to_tsvector`, so that they are the same on every server, and the same as those of a query. Pure.
 */
import { wordsOf } from '../../../content/search/words.ts';

/** Changes with the rules by which words are folded and found: what was indexed by earlier ones is indexed again. */
export const RULES = 1;

/** Characters of a text that are kept: more than that is not searched. */
export const MAX_CHARS = 100_000;

/** What a `tsvector` holds: positions, positions of one word, and bytes, of which a character in UTF-16 has three at most. */
const MAX_POSITION = 16_383;
const MAX_POSITIONS = 255;
const MAX_BYTES = 1_000_000;
const BYTES_A_CHARACTER = 3;
/** Count and alignment of a word's positions, and each of these. */
const BYTES_OF_POSITIONS = 4;
const BYTES_A_POSITION = 2;

export interface SearchedText {
  title: string;
  summary: string;
  text: string;
}

export interface Vectors {
  title: string;
  /** Of title, summary and text: words may be spread over them. */
  words: string;
}

export const vectorsOf = ({ title, summary, text }: SearchedText): Vectors => ({
  title: vectorOf([title]),
  words: vectorOf([title, summary, text.slice(0, MAX_CHARS)]),
});

/** No phrase goes from one text into the next. I9, I10: what no longer fits is left out. */
function vectorOf(texts: readonly string[]): string {
  const positions = new Map<string, number[]>();
  let position = 0;
  let bytes = 0;
  for (const text of texts) {
    for (const { text: word } of wordsOf(text)) {
      position += 1;
      const known = positions.get(word);
      if (known && (known.length >= MAX_POSITIONS || position > MAX_POSITION)) continue;
      bytes += known ? BYTES_A_POSITION : word.length * BYTES_A_CHARACTER + BYTES_OF_POSITIONS + BYTES_A_POSITION;
      if (bytes > MAX_BYTES) return literal(positions);
      if (known) known.push(position);
      else positions.set(word, [Math.min(position, MAX_POSITION)]);
    }
    position += 1;
  }
  return literal(positions);
}

/** Folded words have letters, digits and marks alone: nothing to escape. */
const literal = (positions: ReadonlyMap<string, readonly number[]>): string =>
  [...positions].map(([word, at]) => `'${word}':${at.join(',')}`).join(' ');
