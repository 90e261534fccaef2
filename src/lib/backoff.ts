/**
 * Delays between attempts: they double up to a longest one, and jitter keeps many callers from retrying in step. Pure, also
 * for browsers: attempts are counted, and randomness is given, by the caller.
 */
import type { Random } from './clock.ts';

export interface BackoffPolicy {
  /** Before the first retry, milliseconds; doubles with each. */
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Larger exponents change nothing, and would end in Infinity. */
const MAX_DOUBLINGS = 32;

/** Milliseconds before a retry, without jitter. @param attempt retries before this one */
export function backoffMs(attempt: number, { firstMs, longestMs }: BackoffPolicy): number {
  return Math.min(firstMs * 2 ** Math.min(attempt, MAX_DOUBLINGS), longestMs);
}

/** Any duration in [fromMs, toMs). */
export function jitter(fromMs: number, toMs: number, random: Random): number {
  return fromMs + random() * (toMs - fromMs);
}

/** Anything up to `ms`: spreads callers the most. */
export const fullJitter = (ms: number, random: Random): number => jitter(0, ms, random);

/** Between a half of `ms` and all of it. */
export const equalJitter = (ms: number, random: Random): number => jitter(ms / 2, ms, random);

/** `ms`, more or less by up to a share of it. */
export const varied = (ms: number, share: number, random: Random): number =>
  jitter(ms * (1 - share), ms * (1 + share), random);

const PROMPT: BackoffPolicy = { firstMs: 20, longestMs: 2_000 };

/** For retries that a user waits for. @param attempt retries before this one */
export const promptRetryMs = (attempt: number, random: Random): number =>
  fullJitter(backoffMs(attempt, PROMPT), random);
