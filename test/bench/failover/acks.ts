/** When an author's work was acknowledged, and how long the longest waits around a moment were. */
import { performance } from 'node:perf_hooks';

/** Acknowledgements older than this are forgotten, milliseconds. */
const KEEP_MS = 30_000;

export class Acks {
  #times: number[] = [];
  /** Keystroke to acknowledgement: [when it was acknowledged, milliseconds that it took]. */
  #waits: [number, number][] = [];
  /** The first keystroke that is not acknowledged yet. */
  #typedAt: number | undefined;

  typed(): void {
    this.#typedAt ??= performance.now();
  }

  acknowledged(): void {
    const now = performance.now();
    this.#times.push(now);
    if (this.#typedAt !== undefined) this.#waits.push([now, now - this.#typedAt]);
    this.#typedAt = undefined;
    if (this.#waits.length > 1_000) this.#waits = this.#waits.filter(([at]) => now - at < KEEP_MS);
    if (this.#times.length > 1_000) this.#times = this.#times.filter((at) => now - at < KEEP_MS);
  }

  /** The longest pause that ended after `from`, or still lasts at `until`; `performance.now` milliseconds. */
  longestGap(from: number, until: number): number {
    const before = this.#times.filter((at) => at <= from).at(-1) ?? from;
    const within = this.#times.filter((at) => at > from && at <= until);
    let last = before;
    let longest = 0;
    for (const at of [...within, ...(within.length === 0 ? [until] : [])]) {
      longest = Math.max(longest, at - last);
      last = at;
    }
    return longest;
  }

  /** The longest that a keystroke waited, of those acknowledged in this time or waiting at its end. */
  longestWait(from: number, until: number): number {
    const waits = this.#waits.filter(([at]) => at > from && at <= until).map(([, ms]) => ms);
    if (this.#typedAt !== undefined && this.#typedAt < until) waits.push(until - this.#typedAt);
    return Math.max(0, ...waits);
  }
}
