/**
 * Callers that need the same value at the same time share one call. A call that started too long ago is not joined, nor one
 * that started before a change was reported: its value may be out of date. Does not know what is called.
 */
export interface SharedCall {
  readonly startedAt: number;
  /** Names that were reported as changed since it started. */
  readonly invalidated: ReadonlySet<string>;
}

interface RunningCall<T> extends SharedCall {
  readonly invalidated: Set<string>;
  readonly outcome: Promise<T>;
}

export class SingleFlight<T> {
  readonly #now: () => number;
  readonly #joinMs: number;
  readonly #byKey = new Map<string, RunningCall<T>>();
  readonly #running = new Set<{ invalidated: Set<string> }>();

  /** @param joinMs age up to which a call is joined */
  constructor(now: () => number, joinMs: number) {
    this.#now = now;
    this.#joinMs = joinMs;
  }

  get size(): number {
    return this.#running.size;
  }

  /** True when a call for the key would be joined now. */
  isRunning(key: string): boolean {
    const present = this.#byKey.get(key);
    return present !== undefined && this.#joinable(present);
  }

  join(key: string, start: (call: SharedCall) => Promise<T>): Promise<T> {
    const present = this.#byKey.get(key);
    if (present !== undefined && this.#joinable(present)) return present.outcome;
    const call = { startedAt: this.#now(), invalidated: new Set<string>() };
    this.#running.add(call);
    const outcome = start(call).finally(() => {
      this.#running.delete(call);
      if (this.#byKey.get(key)?.invalidated === call.invalidated) this.#byKey.delete(key);
    });
    this.#byKey.set(key, { ...call, outcome });
    return outcome;
  }

  /** These changed: running calls may or may not have seen it, and are not joined any more. */
  invalidate(names: readonly string[]): void {
    for (const { invalidated } of this.#running) for (const name of names) invalidated.add(name);
  }

  #joinable({ startedAt, invalidated }: SharedCall): boolean {
    const age = this.#now() - startedAt;
    return invalidated.size === 0 && age >= 0 && age < this.#joinMs;
  }
}
