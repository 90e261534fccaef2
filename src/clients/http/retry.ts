/**
 * When a request is tried again: after no answer at all, 429 and 503, as long as repeating it is safe - methods that are
 * idempotent, and POST under an `Idempotency-Key`, which is added where the caller gave none.
 */
import { backoffMs, equalJitter } from '../../lib/backoff.ts';

export interface RetryOptions {
  /** Tries after the first. Default 4; 0 for none. */
  retries?: number;
  /** Milliseconds before the first retry; doubles each time, up to 10 s. Default 250. A longer `Retry-After` of the server takes precedence. */
  retryDelayMs?: number;
  /** Random numbers for the jitter, in [0, 1). */
  random?: () => number;
  /** Makes an `Idempotency-Key`. */
  newKey?: () => string;
}

const MAX_DELAY_MS = 10_000;
/** The server may ask for longer than a client would wait by itself, not for ever. */
const MAX_ASKED_MS = 60_000;

export function retrying(
  send: (request: Request) => Promise<Response>,
  { retries = 4, retryDelayMs = 250, random = Math.random, newKey = () => crypto.randomUUID() }: RetryOptions,
): (request: Request) => Promise<Response> {
  return async (request) => {
    if (request.method === 'POST' && !request.headers.has('idempotency-key')) {
      request.headers.set('idempotency-key', newKey());
    }
    for (let attempt = 0; ; attempt += 1) {
      const last = attempt >= retries;
      const delayMs = equalJitter(backoffMs(attempt, { firstMs: retryDelayMs, longestMs: MAX_DELAY_MS }), random);
      let waitMs = delayMs;
      try {
        // A body can be read once: each try sends a copy.
        const response = await send(last ? request : request.clone());
        if (last || (response.status !== 429 && response.status !== 503)) return response;
        waitMs = Math.max(askedMs(response), delayMs);
        await response.body?.cancel();
      } catch (error) {
        if (last || request.signal.aborted) throw error;
      }
      await delay(waitMs, request.signal);
    }
  };
}

/** `Retry-After` in milliseconds; 0 when there is none. */
function askedMs(response: Response): number {
  const seconds = Number(response.headers.get('retry-after') ?? 0);
  return Number.isFinite(seconds) ? Math.min(Math.max(seconds, 0) * 1_000, MAX_ASKED_MS) : 0;
}

/** Waits; rejects with the signal's reason when it aborts. */
export function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, ms);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
