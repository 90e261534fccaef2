/**
 * Which items of two sequences are likely versions of each other. Knows nothing of what the items are. Time is bounded for
 * any input (I9): beyond the bounds answers become coarser, never wrong.
 */
import {
  align,
  byFirst,
  gapsFromEnd,
  numberOf,
  type Pair,
  rising,
  runsOf,
  sharedEnd,
  sharedStart,
} from './sequence.ts';
import { comparedWords } from './words.ts';

/** Gaps are paired by likeness up to this many comparisons. Beyond them nothing is: what so many items share tells nothing. */
const MAX_COMPARISONS = 2_500;
/** Characters of a key that count for likeness. */
const MAX_LIKENESS = 1_000;
/** Words that make a phrase: unrelated texts share few. */
const PHRASE = 3;
/** Two items are versions of each other if they share one in so many of their phrases. */
const SHARED_PHRASES = 4;

/** An item of a gap between equal ones: items of different kinds are never paired. */
export interface Item {
  readonly kind: string;
  readonly key: string;
}

/** Equal items first, then what is alike in the gaps between them; all pairs rise in both sequences. */
export function match(before: readonly Item[], after: readonly Item[]): { pairs: Pair[]; equal: ReadonlySet<number> } {
  const equal = align(
    before.map(({ key }) => key),
    after.map(({ key }) => key),
  );
  const pairs = withGaps(equal, before, after, pairAlike);
  return { pairs, equal: new Set(equal.map(([first]) => first)) };
}

type PairItems = (before: readonly Item[], after: readonly Item[]) => readonly Pair[];

/** These pairs, and those that are found in the gaps between them. */
function withGaps(
  pairs: readonly Pair[],
  before: readonly Item[],
  after: readonly Item[],
  pairItems: PairItems,
): Pair[] {
  const all = [...pairs];
  for (const gap of gapsFromEnd(pairs, before.length, after.length)) {
    for (const [first, second] of pairItems(before.slice(...gap.before), after.slice(...gap.after)))
      all.push([first + gap.before[0], second + gap.after[0]]);
  }
  return byFirst(all);
}

/** Pairs items that are likely versions of each other, rising in both. */
function pairAlike(before: readonly Item[], after: readonly Item[]): Pair[] {
  if (before.length === 0 || after.length === 0) return [];
  const anchors = before.length === 1 && after.length === 1 ? [] : pairByPhrases(before, after);
  return withGaps(anchors, before, after, (old, fresh) =>
    old.length * fresh.length > MAX_COMPARISONS ? [] : pairByLikeness(old, fresh),
  );
}

/** Pairs items by phrases that stand in one of each sequence only. Time grows with the length alone. */
function pairByPhrases(before: readonly Item[], after: readonly Item[]): Pair[] {
  const numbers = new Map<string, number>();
  const old = phrasesOf(before, numbers);
  const fresh = phrasesOf(after, numbers);
  const best: Pair[] = [];
  for (const [first, own] of old.byItem.entries()) {
    const votes = new Map<number, number>();
    for (const phrase of own) {
      const second = fresh.places.get(phrase);
      if (second === undefined || second === SEVERAL || old.places.get(phrase) !== first) continue;
      votes.set(second, (votes.get(second) ?? 0) + 1);
    }
    const [second, shared] = [...votes].reduce((most, vote) => (vote[1] > most[1] ? vote : most), [0, 0]);
    if (shared === 0 || before[first]!.kind !== after[second]!.kind) continue;
    if (shared * SHARED_PHRASES >= Math.min(own.length, fresh.byItem[second]!.length)) best.push([first, second]);
  }
  return rising(best);
}

const SEVERAL = -1;

interface Phrases {
  readonly byItem: readonly (readonly number[])[];
  /** Where each stands, or `SEVERAL`. */
  readonly places: ReadonlyMap<number, number>;
}

function phrasesOf(items: readonly Item[], numbers: Map<string, number>): Phrases {
  const byItem = items.map(({ key }) =>
    runsOf(
      comparedWords(key).map((word) => numberOf(word, numbers)),
      PHRASE,
    ),
  );
  const places = new Map<number, number>();
  for (const [index, own] of byItem.entries()) {
    for (const phrase of own) places.set(phrase, (places.get(phrase) ?? index) === index ? index : SEVERAL);
  }
  return { byItem, places };
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
