/**
 * How long a group commit waits for company. Alone, an edit is committed at once; under load each commit's fixed cost
 * (a round trip, a WAL flush, wake-ups on both sides) is shared by letting entries gather for a few milliseconds.
 */

/** Entries a window aims to gather: past this the fixed cost of a commit no longer shows. */
const TARGET_ENTRIES = 24;
/** Fewer than this within the longest window are not worth waiting for. */
const MINIMUM_COMPANY = 2;
/**
 * The load is what came over about so many of the longest windows: a few edits that come close together by chance, or
 * because the machine was busy, are none. Without a batch for so long, the load is over.
 */
const MEMORY_WINDOWS = 4;

export class CommitWindow {
  readonly #maxWindowMs: number;
  readonly #memoryMs: number;
  /** As of `#lastAt`; what came before counts less the longer ago it was. */
  #entriesPerMs = 0;
  #lastAt: number | undefined;

  constructor(maxWindowMs: number) {
    this.#maxWindowMs = maxWindowMs;
    this.#memoryMs = MEMORY_WINDOWS * maxWindowMs;
  }

  /** Notes a finished batch. `atMs` is monotonic milliseconds. */
  observe(entries: number, atMs: number): void {
    if (this.#memoryMs === 0) return;
    this.#entriesPerMs = this.#rateAt(atMs) + entries / this.#memoryMs;
    this.#lastAt = atMs;
  }

  /** Milliseconds to wait at `atMs` before the next batch is taken; 0 when the load is low, or was some time ago. */
  nextMs(atMs: number): number {
    const rate = this.#rateAt(atMs);
    if (rate * this.#maxWindowMs < MINIMUM_COMPANY) return 0;
    return Math.min(this.#maxWindowMs, TARGET_ENTRIES / rate);
  }

  #rateAt(atMs: number): number {
    if (this.#lastAt === undefined) return 0;
    const sinceMs = Math.max(atMs - this.#lastAt, 0);
    return sinceMs > this.#memoryMs ? 0 : this.#entriesPerMs * Math.exp(-sinceMs / this.#memoryMs);
  }
}
