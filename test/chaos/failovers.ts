// How long authors waited when their node or the owner of their document went away. Pure.

/** From when to when, milliseconds on one monotonic clock. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** One author cut off by one fault. */
export interface CutOff {
  readonly at: number;
  /** When this author was acknowledged, ascending. */
  readonly acks: readonly number[];
  /** When this author was offline, moving or starting anew of its own will, and when PostgreSQL or Redis was away. */
  readonly excused: readonly Span[];
}

/** A stall that begins so long after the fault has other causes, milliseconds. */
const WINDOW_MS = 4_500;

/**
 * The longest time between two acknowledgements in a row that touches the time after the fault.
 * @returns undefined when the author was not typing, or when something else also explains the wait
 */
export function stallMs({ at, acks, excused }: CutOff): number | undefined {
  let longest: Span | undefined;
  for (let index = 1; index < acks.length; index += 1) {
    const gap = { from: acks[index - 1]!, to: acks[index]! };
    if (gap.to < at || gap.from > at + WINDOW_MS) continue;
    if (!longest || gap.to - gap.from > longest.to - longest.from) longest = gap;
  }
  if (!longest || acks[0]! > at) return undefined;
  const { from, to } = longest;
  if (excused.some((span) => span.from < to && span.to > from)) return undefined;
  return to - from;
}

/** The value below which this part of the values lies; 0 of nothing. */
export function percentile(values: readonly number[], part: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.ceil(sorted.length * part), sorted.length) - 1] ?? 0;
}
