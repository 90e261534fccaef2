/** A map that holds so much and forgets what was not asked for the longest (I9). Weights are the user's own unit. */
interface Slot<V> {
  readonly value: V;
  weight: number;
}

export class Lru<K, V> {
  /** In the order of use: a map keeps the order in which keys were put in. */
  readonly #slots = new Map<K, Slot<V>>();
  readonly #maxWeight: number;
  readonly #onGone: (key: K, value: V) => void;
  #weight = 0;
  /** Asked for last: already at its place. What is asked for again and again is not moved each time. */
  #newest: Slot<V> | undefined;

  /** @param onGone called for what is evicted, replaced or deleted */
  constructor(maxWeight: number, onGone: (key: K, value: V) => void = () => {}) {
    this.#maxWeight = maxWeight;
    this.#onGone = onGone;
  }

  get weight(): number {
    return this.#weight;
  }

  get size(): number {
    return this.#slots.size;
  }

  get(key: K): V | undefined {
    const slot = this.#slots.get(key);
    if (slot === undefined) return undefined;
    if (slot !== this.#newest) {
      this.#slots.delete(key);
      this.#slots.set(key, slot);
      this.#newest = slot;
    }
    return slot.value;
  }

  /** Without counting as a use. */
  peek(key: K): V | undefined {
    return this.#slots.get(key)?.value;
  }

  /** What is heavier than all that may be held is not. */
  set(key: K, value: V, weight = 1): void {
    this.delete(key);
    if (weight > this.#maxWeight) return;
    const slot: Slot<V> = { value, weight };
    this.#slots.set(key, slot);
    this.#newest = slot;
    this.#weight += weight;
    this.#evict();
  }

  /** What is held became heavier, or lighter; without effect when another value took its place. */
  grow(key: K, value: V, weight: number): void {
    const slot = this.#slots.get(key);
    if (slot?.value !== value) return;
    slot.weight += weight;
    this.#weight += weight;
    this.#evict();
  }

  delete(key: K): void {
    const slot = this.#slots.get(key);
    if (slot === undefined) return;
    this.#slots.delete(key);
    this.#weight -= slot.weight;
    this.#onGone(key, slot.value);
  }

  clear(): void {
    for (const key of [...this.#slots.keys()]) this.delete(key);
  }

  /** Deletes what the test says, of all. */
  deleteIf(test: (value: V) => boolean): void {
    for (const [key, { value }] of [...this.#slots]) if (test(value)) this.delete(key);
  }

  #evict(): void {
    for (const key of this.#slots.keys()) {
      if (this.#weight <= this.#maxWeight) return;
      this.delete(key);
    }
  }
}
