/** What turns one sequence of blocks into another, block by block. Pure; time is bounded for any input (I9). */
import type { Splice } from '../../../../schemas/viewer.ts';
import { align, gapsFromEnd } from '../../../content/diff/sequence.ts';

/** From the last to the first, so that each stands where the first sequence has it. None: they are equal. */
export function splicesBetween(before: readonly string[], after: readonly string[]): Splice[] {
  return gapsFromEnd(align(before, after), before.length, after.length).map((gap) => ({
    at: gap.before[0],
    remove: gap.before[1] - gap.before[0],
    blocks: after.slice(...gap.after),
  }));
}
