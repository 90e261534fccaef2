/** Ratios of figures that were measured in pairs, one soon after the other: pure. */

export interface Ratio {
  /** The middle of the rounds' ratios; of an even number, between the two in the middle. */
  readonly median: number;
  /** The spread: of all rounds. */
  readonly lowest: number;
  readonly highest: number;
}

const rounded = (value: number): number => Number(value.toFixed(3));

/**
 * The ratio of `ours` to `theirs`, round by round: what changes slowly, such as the speed of the machine, is the same in both.
 * Undefined where a figure is missing or zero, and so has no ratio.
 */
export function ratioOf(ours: readonly number[], theirs: readonly number[]): Ratio | undefined {
  const ratios = ours.map((own, round) => own / (theirs[round] ?? Number.NaN)).sort((a, b) => a - b);
  const [lowest] = ratios;
  const highest = ratios.at(-1);
  if (lowest === undefined || highest === undefined || !ratios.every(Number.isFinite)) return undefined;
  const middle = Math.floor(ratios.length / 2);
  const upper = ratios[middle] ?? highest;
  const median = ratios.length % 2 === 1 ? upper : (upper + (ratios[middle - 1] ?? upper)) / 2;
  return { median: rounded(median), lowest: rounded(lowest), highest: rounded(highest) };
}
