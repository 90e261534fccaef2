/**
 * How long a group commit waits for company. Alone, an edit is committed at once; under load each commit's fixed cost
 * (a round trip, a WAL flush, wake-ups on both sides) is shared by letting entries gather for a few milliseconds.
 */

const SMOOTHING = 0.3;
/** Entries a window aims to gather: past this the fixed cost of a commit no longer shows. */
const TARGET_ENTRIES = 24;
/** Fewer than this within the longest window are not worth waiting for. */
const MINIMUM_COMPANY = 2;
/** Without a batch for so many of the longest windows, the load is over. */
const FORGET_AFTER_WINDOWS = 4;

export class CommitWindow {
  readonly #maxWindowMs: number;
  #entriesPerMs = 0;
  #lastAt: number | undefined;

  constructor(maxWindowMs: number) {
    this.#maxWindowMs = maxWindowMs;
  }

  /** Notes a finished batch. `atMs` is monotonic milliseconds. */
  observe(entries: number, atMs: number): void {
    if (this.#lastAt !== undefined) {
      const rate = entries / Math.max(atMs - this.#lastAt, 0.5);
      this.#entriesPerMs += SMOOTHING * (rate - this.#entriesPerMs);
    }
    this.#lastAt = atMs;
  }

  /** Milliseconds to wait at `atMs` before the next batch is taken; 0 when the load is low, or was some time ago. */
  nextMs(atMs: number): number {
    if (this.#lastAt !== undefined && atMs - this.#lastAt > FORGET_AFTER_WINDOWS * this.#maxWindowMs)
      this.#entriesPerMs = 0;
    const company = this.#entriesPerMs * this.#maxWindowMs;
    if (company < MINIMUM_COMPANY) return 0;
    return Math.min(this.#maxWindowMs, TARGET_ENTRIES / this.#entriesPerMs);
  }
}
