/**
 * How long a reader waits before it connects again. Thousands lose their connection in the same moment when a node dies,
 * and each can wait: they come back spread over seconds from the first attempt on.
 */

const LEAST_MS = 300;
const FIRST_SPREAD_MS = 4_000;
const LONGEST_SPREAD_MS = 30_000;

/**
 * @param attempt failures before this one, in a row
 * @param atLeastMs what the server asked for; readers that it asked at the same time do not come at the same time
 * @param random a number in [0, 1)
 * @returns milliseconds
 */
export function reconnectDelayMs(attempt: number, atLeastMs: number, random: () => number): number {
  const spread = Math.min(FIRST_SPREAD_MS * 2 ** Math.min(attempt, 16), LONGEST_SPREAD_MS);
  return Math.max(atLeastMs, LEAST_MS) + random() * spread;
}
