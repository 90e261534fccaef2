/**
 * One typing error: a letter too many, one missing, a wrong one, or two that changed places. No list of known words is asked: the
 * words that one error makes are counted out, so that what others have written decides nothing (I6). Pure.
 */
import { fold } from './fold.ts';

/** Letters of words that are searched with typing errors: of shorter ones every other word is one error away. */
const SHORTEST = 4;
const LONGEST = 24;
/** Words of so many letters may have the error in a beginning: of shorter ones the beginning says too little. */
const SHORTEST_BEGINNING = 5;
const LETTERS_ONLY = /^[\p{L}\p{M}]+$/u;

/** Scripts of Unicode are in blocks of this size, or in parts of it. */
const BLOCK = 128;
const HANGUL = letters([
  [0x1100, 0x1112],
  [0x1161, 0x1175],
  [0x11a8, 0x11c2],
]);
const alphabets = new Map<number, readonly string[]>();

function letters(ranges: readonly (readonly [number, number])[]): string[] {
  return ranges.flatMap(([first, last]) =>
    Array.from({ length: last - first + 1 }, (_, n) => String.fromCodePoint(first + n)),
  );
}

/** The letters among which a typist errs: those of the letter's script, as they are folded. */
function alphabetOf(letter: string): readonly string[] {
  const code = letter.codePointAt(0) ?? 0;
  const first = code - (code % BLOCK);
  if (first === 0x1100 || first === 0x1180) return HANGUL;
  let alphabet = alphabets.get(first);
  if (!alphabet) {
    // Lone halves of surrogate pairs are no letters.
    alphabet = letters([[first, first + BLOCK - 1]]).filter((one) => LETTERS_ONLY.test(one) && fold(one) === one);
    alphabets.set(first, alphabet);
  }
  return alphabet;
}

/** Whether a word is searched with typing errors. Numbers are not: another number is another thing. */
export function mayHaveTypo(word: string): boolean {
  return word.length >= SHORTEST && word.length <= LONGEST && LETTERS_ONLY.test(word);
}

const mayHaveTypoInBeginning = (word: string): boolean => word.length >= SHORTEST_BEGINNING;

/** Whether one word becomes the other by at most one error. */
export function isOneErrorApart(a: string, b: string): boolean {
  const shorter = Math.min(a.length, b.length);
  if (Math.max(a.length, b.length) - shorter > 1) return false;
  let head = 0;
  while (head < shorter && a[head] === b[head]) head += 1;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail += 1;
  const [ofA, ofB] = [a.length - head - tail, b.length - head - tail];
  if (ofA <= 1 && ofB <= 1) return true;
  return ofA === 2 && ofB === 2 && a[head] === b[head + 1] && a[head + 1] === b[head];
}

/** Whether a word may be meant by one that may have a typing error (`mayHaveTypo`): the whole of it, or its beginning. */
export function isTypoOf(typed: string, word: string): boolean {
  if (word.length < typed.length - 1) return false;
  if (isOneErrorApart(word, typed)) return true;
  if (!mayHaveTypoInBeginning(typed)) return false;
  const last = typed.length - 1;
  for (let end = last - 1; end <= last + 1; end += 1) {
    if (word[end] === typed[last] && isOneErrorApart(word.slice(0, end), typed.slice(0, last))) return true;
  }
  return false;
}

export interface Variants {
  /** Words that are found. */
  readonly whole: ReadonlySet<string>;
  /** Beginnings of words that are found. Their last letter is as it was typed: an error there says nothing about what follows. */
  readonly open: ReadonlySet<string>;
}

/**
 * What may be meant by a word, besides itself. Both are empty for words that are searched as they are.
 * @param most a word that has many more, as one of letters of many scripts has, is searched as it is (I9)
 */
export function variantsOf(typed: string, most: number = Number.POSITIVE_INFINITY): Variants {
  if (!mayHaveTypo(typed) || roughCount(typed) > most * 2) return { whole: new Set(), open: new Set() };
  const open = new Set<string>();
  if (mayHaveTypoInBeginning(typed)) {
    const characters = [...typed];
    const last = characters.pop() ?? '';
    for (const most of withOneError(characters)) open.add(most + last);
    open.delete(typed);
  }
  const whole = new Set<string>();
  for (const word of withOneError([...typed])) if (word !== typed && !open.has(word)) whole.add(word);
  return { whole, open };
}

const alphabetOfWord = (characters: readonly string[]): Set<string> =>
  new Set(characters.flatMap((letter) => alphabetOf(letter)));

/** Words and beginnings with one error, those that are the same counted twice. */
function roughCount(typed: string): number {
  const characters = [...typed];
  return 2 * (2 * characters.length + 1) * alphabetOfWord(characters).size;
}

function* withOneError(characters: readonly string[]): Generator<string> {
  const alphabet = alphabetOfWord(characters);
  for (let at = 0; at <= characters.length; at += 1) {
    const before = characters.slice(0, at).join('');
    const [letter = '', next = ''] = characters.slice(at, at + 2);
    const after = characters.slice(at + 1).join('');
    for (const other of alphabet) yield before + other + letter + after;
    if (letter === '') continue;
    yield before + after;
    for (const other of alphabet) yield before + other + after;
    if (next !== '') yield before + next + letter + characters.slice(at + 2).join('');
  }
}
