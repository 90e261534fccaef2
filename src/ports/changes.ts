/** Which users and documents changed in access or publication: only for these is what is open compared with the database. */

export interface Changes {
  /** Compare everything that is open: the changes are not known, or a periodic full check is due. */
  readonly everything: boolean;
  /** Their grants, sessions or tokens changed. */
  readonly users: ReadonlySet<string>;
  /** Their grants changed, or what their slugs show. */
  readonly documents: ReadonlySet<string>;
  /** Lists of public documents may show a difference: one of the documents was public before its change, or is after it. */
  readonly lists: boolean;
}

/**
 * Called and awaited after each poll, also when nothing changed. When it rejects, everything is compared after the next poll.
 * A change is listed more than once, for as long as caches may be behind.
 * @param askedAt monotonic milliseconds: whatever is not listed was up to date at that time
 */
export type ChangesListener = (changes: Changes, askedAt: number) => Promise<void>;

export interface ChangeFeed {
  /** Milliseconds between polls. */
  readonly pollMs: number;
  /** @returns unsubscribe */
  subscribe(listener: ChangesListener): () => void;
}

/** The log of changes in the database. */
export interface ChangeLog {
  /**
   * The changes committed since a position, each once. Throws when the database cannot be read.
   * @param position of an earlier read; undefined: only get the current position
   */
  since(position: ChangePosition | undefined): Promise<ReadChanges>;
}

export interface ChangePosition {
  readonly snapshot: string;
  /** The server that it belongs to: another one, or the same after a restart, may lack changes that this one had. */
  readonly server: string;
  /** When it was read, by the server's clock: a node's own may stand still while suspended. Milliseconds since 1970. */
  readonly at: number;
}

export interface ReadChange {
  readonly userId: string | undefined;
  readonly documentId: string | undefined;
  /** False: the document was not public before the change, and is not after it. */
  readonly changesLists: boolean;
}

export interface ReadChanges {
  readonly position: ChangePosition;
  /** Undefined: not known, or too many. */
  readonly changes: readonly ReadChange[] | undefined;
}
