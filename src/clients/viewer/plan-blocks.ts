/**
 * Which block of a text becomes which of the next one: equal ones stay, and of the others one takes the place of another.
 * Pure.
 */
import { align } from '../../content/diff/sequence.ts';

export interface Step {
  /** Index in the former text; null: a new block. */
  readonly former: number | null;
  readonly isSame: boolean;
}

/** A step for each block of `after`, with rising places in `before`. */
export function planBlocks(before: readonly string[], after: readonly string[]): Step[] {
  const steps: Step[] = [];
  let next = 0;
  for (const [former, index] of [...align(before, after), [before.length, after.length] as const]) {
    while (steps.length < index) {
      steps.push({ former: next < former ? next : null, isSame: false });
      next += 1;
    }
    if (former < before.length) steps.push({ former, isSame: true });
    next = former + 1;
  }
  return steps;
}
