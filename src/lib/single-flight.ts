/**
 * One read for many who want the same at the same time, unless what it brings may be too old for the one who comes later:
 * nobody joins a read that began long ago, or before a change was told. Knows nothing of what is read.
 */
export interface Flight {
  readonly startedAt: number;
  /** What was said to have changed since it started. */
  readonly touched: ReadonlySet<string>;
}

interface Running<T> extends Flight {
  readonly touched: Set<string>;
  readonly outcome: Promise<T>;
}

export class Flights<T> {
  readonly #now: () => number;
  readonly #joinMs: number;
  readonly #byKey = new Map<string, Running<T>>();
  readonly #running = new Set<{ touched: Set<string> }>();

  /** @param joinMs age up to which a read is joined */
  constructor(now: () => number, joinMs: number) {
    this.#now = now;
    this.#joinMs = joinMs;
  }

  get size(): number {
    return this.#running.size;
  }

  /** Whoever asked now would join one. */
  isUnderWay(key: string): boolean {
    const present = this.#byKey.get(key);
    return present !== undefined && this.#joinable(present);
  }

  join(key: string, start: (flight: Flight) => Promise<T>): Promise<T> {
    const present = this.#byKey.get(key);
    if (present !== undefined && this.#joinable(present)) return present.outcome;
    const flight = { startedAt: this.#now(), touched: new Set<string>() };
    this.#running.add(flight);
    const outcome = start(flight).finally(() => {
      this.#running.delete(flight);
      if (this.#byKey.get(key)?.touched === flight.touched) this.#byKey.delete(key);
    });
    this.#byKey.set(key, { ...flight, outcome });
    return outcome;
  }

  /** Something changed: reads under way may or may not have seen it. */
  touch(names: readonly string[]): void {
    for (const { touched } of this.#running) for (const name of names) touched.add(name);
  }

  #joinable({ startedAt, touched }: Flight): boolean {
    const age = this.#now() - startedAt;
    return touched.size === 0 && age >= 0 && age < this.#joinMs;
  }
}
