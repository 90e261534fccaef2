/**
 * How long a reader waits before it connects again. Thousands lose their connection in the same moment when a node dies,
 * and each can wait: they come back spread over seconds from the first attempt on.
 */
import { type BackoffPolicy, backoffMs, fullJitter } from '../../lib/backoff.ts';

const LEAST_MS = 300;
const SPREAD: BackoffPolicy = { firstMs: 4_000, longestMs: 30_000 };

/**
 * @param attempt failures before this one, in a row
 * @param atLeastMs what the server asked for; readers that it asked at the same time do not come at the same time
 * @param random a number in [0, 1)
 * @returns milliseconds
 */
export function reconnectDelayMs(attempt: number, atLeastMs: number, random: () => number): number {
  return Math.max(atLeastMs, LEAST_MS) + fullJitter(backoffMs(attempt, SPREAD), random);
}
