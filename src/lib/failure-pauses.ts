/**
 * Pauses between attempts at something that failed, by key: they grow with each failure in a row. Knows neither the work nor the
 * time, which the caller gives in milliseconds of a monotonic clock. I9: of so many keys; the one that was used longest ago is
 * forgotten first, and its next attempt waits for nothing.
 */
import { type BackoffPolicy, backoffMs } from './backoff.ts';
import { Lru } from './lru.ts';

interface Failures {
  /** In a row. */
  readonly count: number;
  readonly until: number;
}

export class FailurePauses {
  readonly #failures: Lru<string, Failures>;
  readonly #policy: BackoffPolicy;
  readonly #now: () => number;

  constructor(maxKeys: number, policy: BackoffPolicy, now: () => number) {
    this.#failures = new Lru(maxKeys);
    this.#policy = policy;
    this.#now = now;
  }

  /** Whether the next attempt should wait. */
  isPaused(key: string): boolean {
    return this.#now() < (this.#failures.peek(key)?.until ?? Number.NEGATIVE_INFINITY);
  }

  /** An attempt has failed. Returns the milliseconds from now to the next one. */
  failed(key: string): number {
    const count = this.#failures.peek(key)?.count ?? 0;
    const ms = backoffMs(count, this.#policy);
    this.#failures.set(key, { count: count + 1, until: this.#now() + ms });
    return ms;
  }

  /** An attempt has succeeded: the next failure is the first. */
  succeeded(key: string): void {
    this.#failures.delete(key);
  }
}
