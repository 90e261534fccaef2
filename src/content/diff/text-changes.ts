/**
 * Differences between two texts, word by word where they have much in common. Where they do not, one piece takes the place
 * of another: a few letters that happen to stand in both would each cost more than they save, and what authors type
 * between them would end up between words that it has nothing to do with.
 */
import { align, gapsFromEnd, type Pair, sharedEnd, sharedStart } from './sequence.ts';
import { words } from './words.ts';

/** Replaces `length` characters of the old text at `index` by `insert`, which stands at `at` in the new text. */
export interface TextChange {
  readonly index: number;
  readonly length: number;
  readonly insert: string;
  readonly at: number;
}

/** From the last to the first, so that each one's index holds when it is applied. Surrogate pairs stay whole. */
export function textChanges(before: string, after: string): TextChange[] {
  const start = sharedStart(before, after);
  const end = sharedEnd(before, after, Math.min(before.length, after.length) - start);
  const first = widen(before, start);
  const last = end - (isLow(before, before.length - end) || isLow(after, after.length - end) ? 1 : 0);
  const oldWords = words(before.slice(first, before.length - last));
  const newWords = words(after.slice(first, after.length - last));
  const oldPlaces = positionsOf(oldWords, first);
  const newPlaces = positionsOf(newWords, first);
  return gapsFromEnd(alignWords(oldWords, newWords), oldWords.length, newWords.length).map((gap) => {
    const [index, until] = [oldPlaces[gap.before[0]]!, oldPlaces[gap.before[1]]!];
    const [at, untilNew] = [newPlaces[gap.after[0]]!, newPlaces[gap.after[1]]!];
    return trim({ index, length: until - index, insert: after.slice(at, untilNew), at }, before);
  });
}

/** Where each word begins, and where the last one ends. */
function positionsOf(parts: readonly string[], from: number): number[] {
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

/** Words and what is between them, one after the other, that two long texts share only if one is a version of the other. */
const RUN = 5;

/** Pairs of equal words that are worth keeping. */
export function alignWords(before: readonly string[], after: readonly string[]): Pair[] {
  return withoutScraps(stretchesOf(align(before, after, RUN)), positionsOf(before, 0), positionsOf(after, 0));
}

/** Neighbouring pairs, from places in both sequences on. */
interface Stretch {
  readonly first: number;
  readonly second: number;
  count: number;
}

function stretchesOf(pairs: readonly Pair[]): Stretch[] {
  const stretches: Stretch[] = [];
  let last: Stretch | undefined;
  for (const [first, second] of pairs) {
    if (last !== undefined && first === last.first + last.count && second === last.second + last.count) last.count += 1;
    else {
      last = { first, second, count: 1 };
      stretches.push(last);
    }
  }
  return stretches;
}

/** Leaves out what is no longer than the change on either side of it. */
function withoutScraps(
  stretches: readonly Stretch[],
  oldPlaces: readonly number[],
  newPlaces: readonly number[],
): Pair[] {
  const span = (sums: readonly number[], from: number, to: number) => sums[to]! - sums[from]!;
  const changed = (a: Stretch, b: Stretch) =>
    Math.max(span(oldPlaces, a.first + a.count, b.first), span(newPlaces, a.second + a.count, b.second));
  const start: Stretch = { first: 0, second: 0, count: 0 };
  const end: Stretch = { first: oldPlaces.length - 1, second: newPlaces.length - 1, count: 0 };
  const kept: Stretch[] = [];
  for (const next of [...stretches, end]) {
    for (let last = kept.at(-1); last !== undefined; last = kept.at(-1)) {
      const length = span(oldPlaces, last.first, last.first + last.count);
      if (length > changed(kept.at(-2) ?? start, last) || length > changed(last, next)) break;
      kept.pop();
    }
    kept.push(next);
  }
  return kept.flatMap(({ first, second, count }) =>
    Array.from({ length: count }, (_, index): Pair => [first + index, second + index]),
  );
}
