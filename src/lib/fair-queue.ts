/**
 * A queue that is fair among owners: of those with the fewest running items, the one that took the least time lately is next.
 * Does not know the work; the caller gives the time, in milliseconds of a monotonic clock.
 *
 * I9: waiting items are limited, in all and of one owner. When the queue is full, the newest item of the owner with the most
 * waiting items is displaced, so that no owner fills the queue for others.
 */
export interface FairQueueLimits {
  /** Items that may wait. */
  readonly waiting: number;
  /** Items of one owner that may wait. */
  readonly waitingOfOwner: number;
  /** Items of one owner that run at once. */
  readonly runningOfOwner: number;
}

interface Owner<T> {
  readonly name: string;
  readonly waiting: T[];
  running: number;
  /** Time taken, decayed up to `at`. */
  spentMs: number;
  at: number;
}

/** The time that an owner took counts half after this, milliseconds. */
const HALF_LIFE_MS = 10_000;
/** Less than this counts as nothing. */
const NOTHING_MS = 1;
/** Owners without work whose time is kept. */
const MAX_IDLE = 1_000;

export class FairQueue<T> {
  readonly #limits: FairQueueLimits;
  readonly #now: () => number;
  readonly #owners = new Map<string, Owner<T>>();
  readonly #waiting = new Set<Owner<T>>();
  #count = 0;

  constructor(limits: FairQueueLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** Items that wait. */
  get size(): number {
    return this.#count;
  }

  /** Whether `add` would let an item of this owner wait. */
  hasRoom(name: string): boolean {
    const waiting = this.#owners.get(name)?.waiting.length ?? 0;
    if (waiting >= this.#limits.waitingOfOwner) return false;
    return this.#count < this.#limits.waiting || (this.#longest()?.waiting.length ?? 0) > waiting + 1;
  }

  /** Queues an item. Returns the item that was displaced, which may be this one; undefined: there was room. */
  add(name: string, item: T): T | undefined {
    if (!this.hasRoom(name)) return item;
    const owner = this.#ownerOf(name);
    let displaced: T | undefined;
    if (this.#count >= this.#limits.waiting) {
      const longest = this.#longest();
      displaced = longest?.waiting.at(-1);
      if (longest && displaced !== undefined) this.#drop(longest, longest.waiting.length - 1);
    }
    owner.waiting.push(item);
    this.#waiting.add(owner);
    this.#count += 1;
    return displaced;
  }

  /** The next item, which now runs until `done`; undefined when none waits, or only those of owners that run enough. */
  next(): { readonly owner: string; readonly item: T } | undefined {
    let best: Owner<T> | undefined;
    for (const owner of this.#waiting) {
      if (owner.running >= this.#limits.runningOfOwner) continue;
      if (!best || this.#isBefore(owner, best)) best = owner;
    }
    const item = best?.waiting[0];
    if (!best || item === undefined) return undefined;
    this.#drop(best, 0);
    best.running += 1;
    return { owner: best.name, item };
  }

  /** An item has ended. */
  done(name: string, tookMs: number): void {
    const owner = this.#owners.get(name);
    if (!owner) return;
    owner.running -= 1;
    this.#decayedMs(owner);
    owner.spentMs += tookMs;
  }

  /** Removes a waiting item. False when it did not wait. */
  remove(name: string, item: T): boolean {
    const owner = this.#owners.get(name);
    const index = owner?.waiting.indexOf(item) ?? -1;
    if (!owner || index === -1) return false;
    this.#drop(owner, index);
    return true;
  }

  /** Removes and returns all waiting items. */
  clear(): T[] {
    const items = [...this.#waiting].flatMap(({ waiting }) => waiting.splice(0));
    this.#waiting.clear();
    this.#count = 0;
    return items;
  }

  #ownerOf(name: string): Owner<T> {
    let owner = this.#owners.get(name);
    if (!owner) {
      this.#forgetIdle();
      owner = { name, waiting: [], running: 0, spentMs: 0, at: this.#now() };
      this.#owners.set(name, owner);
    }
    return owner;
  }

  #isBefore(one: Owner<T>, other: Owner<T>): boolean {
    if (one.running !== other.running) return one.running < other.running;
    return this.#decayedMs(one) < this.#decayedMs(other);
  }

  #decayedMs(owner: Owner<T>): number {
    const now = this.#now();
    owner.spentMs *= 0.5 ** (Math.max(now - owner.at, 0) / HALF_LIFE_MS);
    owner.at = now;
    if (owner.spentMs < NOTHING_MS) owner.spentMs = 0;
    return owner.spentMs;
  }

  #longest(): Owner<T> | undefined {
    let longest: Owner<T> | undefined;
    for (const owner of this.#waiting) if (!longest || owner.waiting.length > longest.waiting.length) longest = owner;
    return longest;
  }

  #drop(owner: Owner<T>, index: number): void {
    owner.waiting.splice(index, 1);
    this.#count -= 1;
    if (owner.waiting.length === 0) this.#waiting.delete(owner);
  }

  /** An owner whose time has decayed is like a new one; beyond the limit, the oldest is removed. */
  #forgetIdle(): void {
    if (this.#owners.size < MAX_IDLE) return;
    for (const [name, owner] of this.#owners) {
      if (owner.running > 0 || owner.waiting.length > 0) continue;
      if (this.#owners.size < MAX_IDLE && this.#decayedMs(owner) > 0) return;
      this.#owners.delete(name);
    }
  }
}
