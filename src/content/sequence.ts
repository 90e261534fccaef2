/**
 * What two sequences have in common. Knows nothing of what the keys stand for. Time is bounded for any input (I9): beyond
 * the bounds answers become coarser, never wrong.
 */
import { diffArrays } from 'diff';

/** An index into the first and one into the second sequence. */
export type Pair = readonly [number, number];

/** Insertions and deletions that are looked for exactly; time grows with this times the length. */
const MAX_EDITS = 400;
/** Gaps are paired by likeness up to this many comparisons, in order beyond. */
const MAX_COMPARISONS = 2_500;
/** Characters of a key that count for likeness. */
const MAX_LIKENESS = 1_000;

/** Pairs of equal keys, rising in both; as many as possible where that can be had cheaply. */
export function align(before: readonly string[], after: readonly string[]): Pair[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const pairs: Pair[] = [];
  for (let index = 0; index < start; index++) pairs.push([index, index]);
  const middle = common(before.slice(start, before.length - end), after.slice(start, after.length - end));
  for (const [first, second] of middle) pairs.push([first + start, second + start]);
  for (let left = end; left > 0; left--) pairs.push([before.length - left, after.length - left]);
  return pairs;
}

function common(before: string[], after: string[]): Pair[] {
  if (before.length === 0 || after.length === 0) return [];
  const changes = diffArrays(before, after, { maxEditLength: MAX_EDITS });
  if (changes === undefined) return commonUnique(before, after);
  const pairs: Pair[] = [];
  let first = 0;
  let second = 0;
  for (const { added, removed, count } of changes) {
    if (!added && !removed) for (let step = 0; step < count; step++) pairs.push([first + step, second + step]);
    if (!added) first += count;
    if (!removed) second += count;
  }
  return pairs;
}

/** Of the keys that stand once in each sequence, the longest run that keeps its order. */
function commonUnique(before: readonly string[], after: readonly string[]): Pair[] {
  const places = uniquePlaces(after);
  const candidates = [...uniquePlaces(before)].flatMap(([key, first]): Pair[] => {
    const second = places.get(key);
    return second === undefined ? [] : [[first, second]];
  });
  const previous: number[] = [];
  // tails[n]: the candidate with the smallest place in `after` that ends a rising run of n + 1.
  const tails: number[] = [];
  candidates.forEach(([, second], index) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (candidates[tails[middle]!]![1] < second) low = middle + 1;
      else high = middle;
    }
    previous[index] = tails[low - 1] ?? -1;
    tails[low] = index;
  });
  const pairs: Pair[] = [];
  for (let index = tails.at(-1) ?? -1; index >= 0; index = previous[index]!) pairs.push(candidates[index]!);
  return pairs.reverse();
}

/** Keys that stand once, in order, with their places. */
function uniquePlaces(keys: readonly string[]): Map<string, number> {
  const places = new Map<string, number>();
  const repeated = new Set<string>();
  keys.forEach((key, index) => {
    if (places.has(key)) repeated.add(key);
    places.set(key, index);
  });
  for (const key of repeated) places.delete(key);
  return places;
}

/** An item of a gap between equal ones: items of different kinds are never paired. */
export interface Item {
  readonly kind: string;
  readonly key: string;
}

/** Pairs items that are likely versions of each other, rising in both. */
export function pairAlike(before: readonly Item[], after: readonly Item[]): Pair[] {
  if (before.length === 0 || after.length === 0) return [];
  return before.length * after.length > MAX_COMPARISONS ? pairInOrder(before, after) : pairByLikeness(before, after);
}

function pairInOrder(before: readonly Item[], after: readonly Item[]): Pair[] {
  const pairs: Pair[] = [];
  let second = 0;
  before.forEach(({ kind }, first) => {
    if (second < after.length && after[second]!.kind === kind) {
      pairs.push([first, second]);
      second += 1;
    }
  });
  return pairs;
}

/** The pairs with the greatest sum of likeness. */
function pairByLikeness(before: readonly Item[], after: readonly Item[]): Pair[] {
  const width = after.length + 1;
  const best = new Float64Array((before.length + 1) * width);
  const score = (first: number, second: number) => likeness(before[first]!, after[second]!);
  const scores = before.map((_, first) => after.map((__, second) => score(first, second)));
  for (let first = before.length - 1; first >= 0; first--) {
    for (let second = after.length - 1; second >= 0; second--) {
      const paired = scores[first]![second]!;
      best[first * width + second] = Math.max(
        best[(first + 1) * width + second]!,
        best[first * width + second + 1]!,
        paired > 0 ? paired + best[(first + 1) * width + second + 1]! : 0,
      );
    }
  }
  const pairs: Pair[] = [];
  let first = 0;
  let second = 0;
  while (first < before.length && second < after.length) {
    const here = best[first * width + second]!;
    const paired = scores[first]![second]!;
    if (paired > 0 && here === paired + best[(first + 1) * width + second + 1]!) pairs.push([first++, second++]);
    else if (here === best[(first + 1) * width + second]!) first += 1;
    else second += 1;
  }
  return pairs;
}

/** 0 for different kinds; else above 0, and the greater the more of both ends they share. */
function likeness(before: Item, after: Item): number {
  if (before.kind !== after.kind) return 0;
  const longer = Math.max(before.key.length, after.key.length, 1);
  const start = sharedStart(before.key, after.key, MAX_LIKENESS);
  const end = sharedEnd(
    before.key,
    after.key,
    Math.min(MAX_LIKENESS, Math.min(before.key.length, after.key.length) - start),
  );
  return 0.01 + (start + end) / Math.min(longer, 2 * MAX_LIKENESS);
}

/** Length of the longest start that both have, up to `most`. */
export function sharedStart(a: string, b: string, most = Number.POSITIVE_INFINITY): number {
  const end = Math.min(a.length, b.length, most);
  let length = 0;
  while (length < end && a.charCodeAt(length) === b.charCodeAt(length)) length += 1;
  return length;
}

/** Length of the longest end that both have, up to `most`. */
export function sharedEnd(a: string, b: string, most: number): number {
  let length = 0;
  while (length < most && a.charCodeAt(a.length - 1 - length) === b.charCodeAt(b.length - 1 - length)) length += 1;
  return length;
}

/** The steps that lead from one sequence to the other when these pairs stay: gaps, from the last to the first. */
export function gapsFromEnd(pairs: readonly Pair[], before: number, after: number): Gap[] {
  const gaps: Gap[] = [];
  let end: Pair = [before, after];
  for (let index = pairs.length; index >= 0; index--) {
    const start = pairs[index - 1] ?? ([-1, -1] as const);
    const gap: Gap = { before: [start[0] + 1, end[0]], after: [start[1] + 1, end[1]] };
    if (gap.before[0] < gap.before[1] || gap.after[0] < gap.after[1]) gaps.push(gap);
    end = start;
  }
  return gaps;
}

/** Half-open ranges of both sequences that lie between two pairs. */
export interface Gap {
  readonly before: Pair;
  readonly after: Pair;
}

/** Equal items first, then what is alike in the gaps between them; all pairs rise in both sequences. */
export function match(before: readonly Item[], after: readonly Item[]): { pairs: Pair[]; equal: ReadonlySet<number> } {
  const equal = align(
    before.map(({ key }) => key),
    after.map(({ key }) => key),
  );
  const pairs: Pair[] = [...equal];
  for (const gap of gapsFromEnd(equal, before.length, after.length)) {
    const alike = pairAlike(before.slice(...gap.before), after.slice(...gap.after));
    for (const [first, second] of alike) pairs.push([first + gap.before[0], second + gap.after[0]]);
  }
  pairs.sort((a, b) => a[0] - b[0]);
  return { pairs, equal: new Set(equal.map(([first]) => first)) };
}
