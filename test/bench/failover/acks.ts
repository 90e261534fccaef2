/** When each author's work was acknowledged, and how long the longest wait around a moment was. */
import { performance } from 'node:perf_hooks';

/** Acknowledgements older than this are forgotten, milliseconds. */
const KEEP_MS = 30_000;

export class Acks {
  #times: number[] = [];

  note(): void {
    const now = performance.now();
    this.#times.push(now);
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
}
