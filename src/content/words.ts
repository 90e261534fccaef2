/** Differences between two texts, word by word. */
import { align, gapsFromEnd, sharedEnd, sharedStart } from './sequence.ts';

/** Replaces `length` characters of the old text at `index` by `insert`, which stands at `at` in the new text. */
export interface TextChange {
  readonly index: number;
  readonly length: number;
  readonly insert: string;
  readonly at: number;
}

const WORD = /[\p{L}\p{N}\p{M}_]+|\s+|./gsu;

/** Words, runs of spaces, and single other characters; joined they are the text. */
export function words(text: string): string[] {
  return text.match(WORD) ?? [];
}

/** From the last to the first, so that each one's index holds when it is applied. Surrogate pairs stay whole. */
export function textChanges(before: string, after: string): TextChange[] {
  const start = sharedStart(before, after);
  const end = sharedEnd(before, after, Math.min(before.length, after.length) - start);
  const first = widen(before, start);
  const last = end - (isLow(before, before.length - end) || isLow(after, after.length - end) ? 1 : 0);
  const oldWords = words(before.slice(first, before.length - last));
  const newWords = words(after.slice(first, after.length - last));
  const oldPlaces = places(oldWords, first);
  const newPlaces = places(newWords, first);
  return gapsFromEnd(align(oldWords, newWords), oldWords.length, newWords.length).map((gap) => {
    const [index, until] = [oldPlaces[gap.before[0]]!, oldPlaces[gap.before[1]]!];
    const [at, untilNew] = [newPlaces[gap.after[0]]!, newPlaces[gap.after[1]]!];
    return trim({ index, length: until - index, insert: after.slice(at, untilNew), at }, before);
  });
}

/** Where each word begins, and where the last one ends. */
function places(parts: readonly string[], from: number): number[] {
  const result = [from];
  for (const part of parts) result.push(result.at(-1)! + part.length);
  return result;
}

/** A change of a few letters does not replace the word. */
function trim({ index, length, insert, at }: TextChange, before: string): TextChange {
  const old = before.slice(index, index + length);
  const start = widen(old, sharedStart(old, insert));
  let end = sharedEnd(old, insert, Math.min(old.length, insert.length) - start);
  if (end > 0 && (isLow(old, old.length - end) || isLow(insert, insert.length - end))) end -= 1;
  return {
    index: index + start,
    length: length - start - end,
    insert: insert.slice(start, insert.length - end),
    at: at + start,
  };
}

const isLow = (text: string, index: number): boolean => (text.charCodeAt(index) & 0xfc00) === 0xdc00;
const isHigh = (text: string, index: number): boolean => (text.charCodeAt(index) & 0xfc00) === 0xd800;

/** One less where the place lies within a surrogate pair. */
function widen(text: string, place: number): number {
  return place > 0 && isHigh(text, place - 1) ? place - 1 : place;
}
