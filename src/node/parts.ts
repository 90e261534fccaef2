/**
 * The parts of a node that have to be closed, and the one order in which that happens: at the end of a node's life, and
 * when a part that starts later fails. What writes is closed before what it writes to.
 */

/** First to last. */
const CLOSING_ORDER = [
  'operators port',
  'listener',
  'content work',
  'cards',
  'y-websocket',
  'position sync',
  'viewers',
  'draft subscriptions',
  'author sockets',
  'publication channels',
  'public lists',
  'view counters',
  'live texts',
  'public cache',
  'public reads',
  'webhook sender',
  'scheduler',
  'search projector',
  'search index',
  'document usage',
  'draft audit',
  'upkeep',
  'users',
  'copies of drafts',
  'update trials',
  'actors',
  'change feed',
  'idempotency',
  'tokens',
  'replicas',
  'cluster',
  'journal',
  'database',
] as const;

export type Part = (typeof CLOSING_ORDER)[number];

export class Parts {
  readonly #closes = new Map<Part, () => unknown>();

  /** @param close called once, with the parts that are closed before it already gone */
  add(part: Part, close: () => unknown): void {
    this.#closes.set(part, close);
  }

  /**
   * Closes each part, one after the other; one that fails does not keep the others open.
   *
   * @throws AggregateError with what failed
   */
  async close(): Promise<void> {
    const failures: unknown[] = [];
    for (const part of CLOSING_ORDER) {
      const close = this.#closes.get(part);
      this.#closes.delete(part);
      try {
        await close?.();
      } catch (error) {
        failures.push(error);
      }
    }
    if (failures.length > 0) throw new AggregateError(failures, 'could not close parts of the node');
  }
}
