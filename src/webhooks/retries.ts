/** When a delivery that failed is tried again, and when it is given up. Pure: time and chance are given. */
import { varied } from '../lib/backoff.ts';
import type { Random } from '../lib/clock.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** The pause after the first, second… failure; after the last one a delivery has failed. */
export const PAUSES_MS = [
  5 * SECOND,
  30 * SECOND,
  2 * MINUTE,
  10 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  6 * HOUR,
  12 * HOUR,
] as const;
/** Pauses vary by a fifth, so that receivers which came back are not met by everything at once. */
const JITTER = 0.2;
/** A receiver may ask for a longer pause, up to this one. */
const MAX_ASKED_MS = 24 * HOUR;

/**
 * Milliseconds until the next try; undefined: that was the last one.
 * @param tries how many failed so far
 * @param askedMs what the receiver asked for
 */
export function pauseMs(tries: number, askedMs: number | undefined, random: Random): number | undefined {
  const pause = PAUSES_MS[tries - 1];
  if (pause === undefined) return undefined;
  return Math.round(Math.max(varied(pause, JITTER, random), Math.min(askedMs ?? 0, MAX_ASKED_MS)));
}

/** What `Retry-After` of a 429 or 503 asks for, in milliseconds: seconds or a date (RFC 9110). */
export function askedPauseMs(status: number, retryAfter: string | undefined, now: number): number | undefined {
  if ((status !== 429 && status !== 503) || retryAfter === undefined) return undefined;
  if (/^\d{1,10}$/.test(retryAfter)) return Number(retryAfter) * SECOND;
  // Of what else `Date.parse` takes, "-5" is a year.
  const at = retryAfter.endsWith(' GMT') ? Date.parse(retryAfter) : Number.NaN;
  return Number.isNaN(at) ? undefined : Math.max(at - now, 0);
}
