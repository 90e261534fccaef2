/**
 * Decides which updates are tried in a worker first (I10).
 *
 * Size alone does not bound what an update costs Yjs: each struct may be compared with every item at its place, so a
 * document full of items at one place makes every later update dear. Therefore a meter learns, per document, what a unit
 * costs there. It knows no clock: the caller measures.
 */
import { DEFAULT_TRIAL_THRESHOLDS, type TrialThresholds } from './limits.ts';
import type { UpdateWeight } from './scan.ts';

export type CostMeter = {
  /** Whether the update must be tried in a worker before it is applied here. */
  needsTrial(scan: UpdateWeight, byteLength: number): boolean;
  /** To be called after each update that was applied, with the milliseconds that it took. */
  observe(scan: UpdateWeight, elapsedMs: number): void;
};

/** How much of what was learnt each new update leaves: one slow moment is forgotten after some ten updates. */
const MEMORY = 0.9;
/** What a unit costs in an ordinary document, in milliseconds: the prior, with the weight of `PRIOR_UNITS`. */
const PRIOR_MS = 0.02;
const PRIOR_UNITS = 256;

function unitsOf(scan: UpdateWeight): number {
  return scan.structCount + scan.deletedLength;
}

/** One meter a document, kept as long as its draft is in memory. */
export function createCostMeter(thresholds: TrialThresholds = DEFAULT_TRIAL_THRESHOLDS): CostMeter {
  let units = PRIOR_UNITS;
  let spentMs = PRIOR_UNITS * PRIOR_MS;
  return {
    needsTrial: (scan, byteLength) =>
      byteLength > thresholds.bytes ||
      scan.structCount > thresholds.structs ||
      scan.deleteRanges > thresholds.deleteRanges ||
      scan.deletedLength > thresholds.deletedLength ||
      (unitsOf(scan) * spentMs) / units > thresholds.expectedMs,
    observe: (scan, elapsedMs) => {
      units = units * MEMORY + unitsOf(scan);
      spentMs = spentMs * MEMORY + elapsedMs;
      // Weight below one would make the quotient jump on updates without structs or deletes.
      if (units < 1) units = 1;
    },
  };
}
