/**
 * Defers whatever needs the draft while a large change is applied to it part by part: half of a change must not be shown,
 * stored or built on (I3). Each document has its own gate; others do not notice.
 */
export class WriteGate {
  #deferred: (() => void)[] = [];
  #isClosed = false;

  get isClosed(): boolean {
    return this.#isClosed;
  }

  close(): void {
    this.#isClosed = true;
  }

  /** Runs what was deferred, in order. */
  open(): void {
    this.#isClosed = false;
    const deferred = this.#deferred;
    this.#deferred = [];
    for (const action of deferred) action();
  }

  /** Runs the action now, or when the gate opens. It must not throw. */
  whenOpen(action: () => void): void {
    if (this.#isClosed) this.#deferred.push(action);
    else action();
  }

  /** Resolves when the gate is open; it may be closed again by the time the caller goes on. */
  async opened(): Promise<void> {
    while (this.#isClosed) await new Promise<void>((resolve) => this.#deferred.push(resolve));
  }
}
