/** Which users and documents changed in what may be read of them: what is open is compared with the database for these alone. */

export interface Changes {
  /** All that is open has to be compared: what changed is not known, or it is time to make sure. */
  readonly everything: boolean;
  /** Their grants, sessions or tokens changed. */
  readonly users: ReadonlySet<string>;
  /** Their grants changed, or what their names show. */
  readonly documents: ReadonlySet<string>;
}

/**
 * Called after each look, also when nothing changed, and awaited. When it rejects, everything has to be compared next time.
 * A change is named more than once, for as long as what others hold in memory may be behind.
 * @param askedAt monotonic milliseconds: what is not named was as it is known to be at that moment at least
 */
export type ChangesListener = (changes: Changes, askedAt: number) => Promise<void>;

export interface ChangeFeed {
  /** Milliseconds from one look to the next. */
  readonly pollMs: number;
  /** @returns the way to stop */
  subscribe(listener: ChangesListener): () => void;
}

/** What changes are read from. */
export interface ChangeLog {
  /**
   * What was committed since a position, each change once. Throws when the database cannot be read.
   * @param position of an earlier read; undefined: only where to begin
   */
  since(position: ChangePosition | undefined): Promise<ReadChanges>;
}

export interface ChangePosition {
  readonly snapshot: string;
  /** The server that it is a position of: another, or the same after a restart, may have lost what this one had. */
  readonly server: string;
  /** When it was read, by the server's clock: that of a machine stands still while it is suspended. Milliseconds since 1970. */
  readonly at: number;
}

export interface ReadChanges {
  readonly position: ChangePosition;
  /** Undefined: not known, or too many. */
  readonly changes: readonly { userId: string | undefined; documentId: string | undefined }[] | undefined;
}
