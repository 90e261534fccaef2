/** When a failed delivery is retried, and when it has finally failed. Pure: time and randomness are parameters. */
import { varied } from '../lib/backoff.ts';
import type { Random } from '../lib/clock.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** The delay after the first, second… failure; after the last one the delivery has failed. */
export const RETRY_DELAYS_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  6 * HOUR,
  12 * HOUR,
] as const;
/** Delays vary by a fifth, so that a receiver that recovers does not get everything at once. */
const JITTER = 0.2;
/** The longest delay that a receiver may request. */
const MAX_RETRY_AFTER_MS = 24 * HOUR;

/**
 * Milliseconds until the next attempt; undefined: that was the last one.
 * @param tries number of failures so far
 * @param requestedMs the receiver's `Retry-After`
 */
export function retryDelayMs(tries: number, requestedMs: number | undefined, random: Random): number | undefined {
  const pause = RETRY_DELAYS_MS[tries - 1];
  if (pause === undefined) return undefined;
  return Math.round(Math.max(varied(pause, JITTER, random), Math.min(requestedMs ?? 0, MAX_RETRY_AFTER_MS)));
}

/** `Retry-After` of a 429 or 503, in milliseconds: seconds or a date (RFC 9110). */
export function retryAfterMs(status: number, retryAfter: string | undefined, now: number): number | undefined {
  if ((status !== 429 && status !== 503) || retryAfter === undefined) return undefined;
  if (/^\d{1,10}$/.test(retryAfter)) return Number(retryAfter) * SECOND;
  // Of what else `Date.parse` takes, "-5" is a year.
  const at = retryAfter.endsWith(' GMT') ? Date.parse(retryAfter) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(at - now, 0);
}
