/**
 * What two sequences have in common. Knows nothing of what the keys stand for. Time is bounded for any input (I9): beyond
 * the bounds answers become coarser, never wrong.
 */
import { diffArrays } from 'diff';

/** An index into the first and one into the second sequence. */
export type Pair = readonly [number, number];

/**
 * Insertions and deletions that are looked for exactly: one to so many keys, within bounds. Time grows with their square, and
 * most of it would be spent on sequences that have little in common.
 */
const KEYS_AN_EDIT = 8;
const MIN_EDITS = 16;
const MAX_EDITS = 64;

/**
 * Pairs of equal keys, rising in both: as many as possible if the sequences differ by few. If they differ by more, those
 * around runs of `run` keys that stand once in each; unrelated sequences have none.
 */
export function align(before: readonly string[], after: readonly string[], run = 1): Pair[] {
  const numbers = new Map<string, number>();
  const numbered = (keys: readonly string[]) => keys.map((key) => numberOf(key, numbers));
  return inMiddle(
    numbered(before),
    numbered(after),
    (old, fresh) => exact(old, fresh) ?? around(common(old, fresh, run), old, fresh),
  );
}

/** One number a key: they are compared often. */
export function numberOf(key: string, numbers: Map<string, number>): number {
  const known = numbers.get(key);
  if (known !== undefined) return known;
  numbers.set(key, numbers.size);
  return numbers.size - 1;
}

/** The start and the end that both have, and what `pair` finds between. */
function inMiddle(
  before: readonly number[],
  after: readonly number[],
  pair: (before: number[], after: number[]) => readonly Pair[],
): Pair[] {
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before[start] === after[start]) start += 1;
  let end = 0;
  while (end < shorter - start && before[before.length - 1 - end] === after[after.length - 1 - end]) end += 1;
  const pairs: Pair[] = [];
  for (let index = 0; index < start; index++) pairs.push([index, index]);
  const [old, fresh] = [before.slice(start, before.length - end), after.slice(start, after.length - end)];
  const middle = old.length === 0 || fresh.length === 0 ? [] : pair(old, fresh);
  for (const [first, second] of middle) pairs.push([first + start, second + start]);
  for (let left = end; left > 0; left--) pairs.push([before.length - left, after.length - left]);
  return pairs;
}

/** As many pairs as possible; undefined if the sequences differ by too much. */
function exact(before: number[], after: number[]): Pair[] | undefined {
  const edits = Math.max(MIN_EDITS, Math.min(MAX_EDITS, (before.length + after.length) / KEYS_AN_EDIT));
  if (leastEdits(before, after) > edits) return undefined;
  const changes = diffArrays(before, after, { maxEditLength: edits });
  if (changes === undefined) return undefined;
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

/** What stands in one and not in the other, wherever it stands. */
function leastEdits(before: readonly number[], after: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const key of before) counts.set(key, (counts.get(key) ?? 0) + 1);
  let added = 0;
  for (const key of after) {
    const count = counts.get(key) ?? 0;
    if (count > 0) counts.set(key, count - 1);
    else added += 1;
  }
  return added + before.length - (after.length - added);
}

/** These pairs, and what there is in the gaps between them. */
function around(anchors: readonly Pair[], before: readonly number[], after: readonly number[]): Pair[] {
  if (anchors.length === 0) return [];
  const pairs: Pair[] = [...anchors];
  for (const gap of gapsFromEnd(anchors, before.length, after.length)) {
    const [old, fresh] = [before.slice(...gap.before), after.slice(...gap.after)];
    const within = inMiddle(old, fresh, (a, b) => exact(a, b) ?? []);
    for (const [first, second] of within) pairs.push([first + gap.before[0], second + gap.after[0]]);
  }
  return byFirst(pairs);
}

/** Where runs of keys that stand once in each sequence begin: the most that keep their order. */
function common(before: readonly number[], after: readonly number[], run: number): Pair[] {
  const places = uniquePositions(runsOf(after, run));
  const candidates: Pair[] = [];
  for (const [key, first] of uniquePositions(runsOf(before, run))) {
    const second = places.get(key);
    // Different runs may have one number.
    if (second !== undefined && before[first] === after[second]) candidates.push([first, second]);
  }
  return rising(byFirst(candidates));
}

/** One number for each run of keys; equal runs have equal ones. */
export function runsOf(keys: readonly number[], run: number): number[] {
  const runs: number[] = [];
  for (let end = run; end <= keys.length; end++) {
    let mixed = 0;
    for (let index = end - run; index < end; index++) mixed = Math.imul(mixed + keys[index]! + 1, MIXER);
    runs.push(mixed);
  }
  return runs;
}

/** Odd, so that no number is lost by it. */
const MIXER = 0x9e3779b1;

/** Of pairs that rise in the first sequence, the most that rise in both. */
export function rising(candidates: readonly Pair[]): Pair[] {
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

/** Numbers that stand once, with their places. */
function uniquePositions(keys: readonly number[]): Map<number, number> {
  const places = new Map<number, number>();
  const repeated = new Set<number>();
  for (const [index, key] of keys.entries()) {
    if (places.has(key)) repeated.add(key);
    else places.set(key, index);
  }
  for (const key of repeated) places.delete(key);
  return places;
}

/** In order; no two begin at one place. */
export const byFirst = (pairs: Pair[]): Pair[] => pairs.sort((a, b) => a[0] - b[0]);

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
