// How long authors waited when their node or the owner of their document went away. Pure.

/** From when to when, milliseconds on one monotonic clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** A stall that begins so long after the fault has other causes, milliseconds. */
const WINDOW_MS = 4_500;

/** The longest span that touches the time after a moment; `until` the next fault, which has waits of its own. */
export function longestAround(at: number, until: number, spans: readonly Span[]): Span | undefined {
  let longest: Span | undefined;
  for (const span of spans) {
    if (span.to < at || span.from > Math.min(at + WINDOW_MS, until)) continue;
    if (!longest || span.to - span.from > longest.to - longest.from) longest = span;
  }
  return longest;
}

/** One author cut off by one fault. */
export interface CutOff {
  readonly at: number;
  /** When the next node was hit. */
  readonly until: number;
  /** When this author was acknowledged, ascending. */
  readonly acks: readonly number[];
  /** When this author was offline, moving or starting anew of its own will, and when PostgreSQL or Redis was away. */
  readonly excused: readonly Span[];
}

/**
 * The longest time between two acknowledgements in a row that touches the time after the fault.
 * @returns undefined when the author was not typing, or when something else also explains the wait
 */
export function stallOf({ at, until, acks, excused }: CutOff): Span | undefined {
  if (acks.length === 0 || acks[0]! > at) return undefined;
  const longest = longestAround(
    at,
    until,
    acks.slice(1).map((to, index) => ({ from: acks[index]!, to })),
  );
  if (!longest) return undefined;
  return excused.some((span) => span.from < longest.to && span.to > longest.from) ? undefined : longest;
}

/** The value below which this part of the values lies; 0 of nothing. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.ceil(sorted.length * part), sorted.length) - 1] ?? 0;
}
