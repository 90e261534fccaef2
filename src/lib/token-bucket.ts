/** A token bucket: a burst and a rate. The caller gives the time, in milliseconds. // I9: */
export class TokenBucket {
  readonly #perMs: number;
  readonly #burst: number;
  #tokens: number;
  #at: number;

  constructor(perSecond: number, burst: number, now: number) {
    this.#perMs = perSecond / 1_000;
    this.#burst = burst;
    this.#tokens = burst;
    this.#at = now;
  }

  /** True, and one token less, when there is one. */
  take(now: number): boolean {
    return this.spend(now, 1);
  }

  /** True, and `tokens` less, when there is at least one: a cost beyond what is left passes, and delays the next. */
  spend(now: number, tokens: number): boolean {
    this.#tokens = Math.min(this.#burst, this.#tokens + Math.max(now - this.#at, 0) * this.#perMs);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= tokens;
    return true;
  }

  /** Milliseconds until the next token. */
  waitMs(): number {
    return Math.max(Math.ceil((1 - this.#tokens) / this.#perMs), 0);
  }

  /** True when nothing was taken for so long that a new bucket would be the same. */
  isFull(now: number): boolean {
    return this.#tokens + (now - this.#at) * this.#perMs >= this.#burst;
  }
}
