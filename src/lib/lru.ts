/** A map of bounded weight that evicts the least recently used entries (I9). Weights have the caller's own unit. */
interface Slot<V> {
  readonly value: V;
  weight: number;
}

export class Lru<K, V> {
  /** In the order of use: a map keeps the order of insertion. */
  readonly #slots = new Map<K, Slot<V>>();
  readonly #maxWeight: number;
  readonly #onGone: (key: K, value: V) => void;
  #weight = 0;
  /** The last used entry, already at the end: repeated use does not move it each time. */
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

  /** An entry heavier than the whole map may be is not kept. */
  set(key: K, value: V, weight = 1): void {
    this.delete(key);
    if (weight > this.#maxWeight) return;
    const slot: Slot<V> = { value, weight };
    this.#slots.set(key, slot);
    this.#newest = slot;
    this.#weight += weight;
    this.#evict();
  }

  /** An entry became heavier, or lighter; no effect if the key has another value by now. */
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

  /** Deletes the entries that pass the test. */
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
