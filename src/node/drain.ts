/** Whether the node is draining, and how much of the time for that is left. By a monotonic clock. */
export class Drain {
  readonly #drainMs: number;
  readonly #now: () => number;
  #since: number | undefined;

  /** @param drainMs milliseconds from the beginning of the drain to the end of the process */
  constructor(drainMs: number, now: () => number) {
    this.#drainMs = drainMs;
    this.#now = now;
  }

  begin(): void {
    this.#since ??= this.#now();
  }

  get hasBegun(): boolean {
    return this.#since !== undefined;
  }

  /** Milliseconds since it began; 0 before. */
  elapsedMs(): number {
    return this.#since === undefined ? 0 : this.#now() - this.#since;
  }

  leftMs(): number {
    return Math.max(this.#drainMs - this.elapsedMs(), 0);
  }
}
