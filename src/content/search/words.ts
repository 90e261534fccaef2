/**
 * The words of a text, folded, with their places in it. Scripts that put no spaces between words (Chinese, Japanese, Thai, Lao,
 * Khmer, Burmese) have pairs of letters instead: whatever part of a sentence is searched for, its pairs are there. Pure.
 */
import { fold } from './fold.ts';

export interface Word {
  /** As search compares it. */
  readonly text: string;
  /** UTF-16 code units; the end is excluded. */
  readonly start: number;
  readonly end: number;
  /** A letter and the one after it, in a script without spaces; the last letter of a run stands alone. */
  readonly isPair: boolean;
}

const UNSPACED = String.raw`[[\p{scx=Hani}\p{scx=Hira}\p{scx=Kana}\p{scx=Bopo}\p{scx=Thai}\p{scx=Laoo}\p{scx=Khmr}\p{scx=Mymr}]&&[\p{L}\p{N}]]`;
const MARKS = String.raw`[\p{M}\p{DI}]*`;
/** A run of such a script, or a word. */
const WORDS = new RegExp(`((?:${UNSPACED}${MARKS})+)|(?:[[\\p{L}\\p{N}]--${UNSPACED}]${MARKS})+`, 'gv');
const LETTERS = /[\p{L}\p{N}][\p{M}\p{DI}]*/gu;

/** In reading order. What has no letters and digits has no words. */
export function wordsOf(text: string): Word[] {
  const words: Word[] = [];
  // Most words of a text come again: folding takes most of the time.
  const known = new Map<string, string>();
  for (const match of text.matchAll(WORDS)) {
    const [found, run] = match;
    const start = match.index;
    if (run !== undefined) {
      addPairs(words, run, start);
      continue;
    }
    let folded = known.get(found);
    if (folded === undefined) {
      folded = fold(found);
      known.set(found, folded);
    }
    add(words, folded, start, start + found.length, false);
  }
  return words;
}

function add(words: Word[], text: string, start: number, end: number, isPair: boolean): void {
  if (text !== '') words.push({ text, start, end, isPair });
}

function addPairs(words: Word[], run: string, at: number): void {
  const letters = [...run.matchAll(LETTERS)].map(({ 0: letter, index }) => ({
    // Composed, so that a voicing mark stays with its letter.
    text: fold(letter).normalize('NFC'),
    start: at + index,
    end: at + index + letter.length,
  }));
  for (const [index, { text, start, end }] of letters.entries()) {
    const next = letters[index + 1];
    add(words, text + (next?.text ?? ''), start, next?.end ?? end, true);
  }
}
