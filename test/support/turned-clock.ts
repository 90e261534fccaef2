/** A clock that stands still until it is turned. */
export class TurnedClock {
  #now: number;
  constructor(now = Date.now()) {
    this.#now = now;
  }
  now(): number {
    return this.#now;
  }
  advance(ms: number): void {
    this.#now += ms;
  }
}
