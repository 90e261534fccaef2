/**
 * The journal as the document actor sees it. Positions are `seq`, from 1, without gaps (I7); every append is fenced by
 * the epoch (I2) and its outcome is told only after commit (I1).
 */

/** A document's place in the directory (`draft_heads`). */
export interface DraftHead {
  /** Node that holds the document; null when nobody does. */
  ownerNode: string | null;
  epoch: number;
  headSeq: number;
}

export interface Claimed {
  epoch: number;
  headSeq: number;
}

/** Who wrote an update, for attribution. */
export interface Author {
  userId: string;
  sessionId: string;
}

export interface Append {
  documentId: string;
  epoch: number;
  /** `seq` that this update must take: the head is checked with the epoch, so that nothing is logged twice. */
  seq: number;
  update: Uint8Array;
  author: Author;
  /** Client ids used here for the first time: bound to the author in the same transaction (I4). */
  newClients: readonly number[];
}

/**
 * `committed`: durable. `fenced`: another node holds the document; nothing was written. `closed`: the journal was shut
 * down before it could write.
 */
export type AppendOutcome = 'committed' | 'fenced' | 'closed';

export interface LoadedDraft {
  /** Snapshot and tail as Yjs v1 updates, oldest first. */
  updates: Uint8Array[];
  headSeq: number;
  snapshotSeq: number;
  /** Bytes of journal after the snapshot. */
  tailBytes: number;
  /** Bound client ids: clientID -> user id. */
  clients: Map<number, string>;
}

export interface Snapshot {
  documentId: string;
  epoch: number;
  /** The state holds exactly the updates 1..seq. */
  seq: number;
  state: Uint8Array;
}

export interface Journal {
  /** Reads the directory. Undefined: no such document. Throws when the database cannot be reached. */
  head(documentId: string): Promise<DraftHead | undefined>;
  /**
   * Takes the document for this node if its epoch is still `observedEpoch`: raises the epoch. Undefined: somebody else
   * was faster, or the document is gone. Throws when the database cannot be reached.
   */
  claim(documentId: string, observedEpoch: number): Promise<Claimed | undefined>;
  /** Gives the document up, if it is still held under this epoch. Throws when the database cannot be reached. */
  release(documentId: string, epoch: number): Promise<void>;
  load(documentId: string): Promise<LoadedDraft>;
  /**
   * Queues an update for the next group commit; `settled` is called once, never synchronously. While the database is
   * away nothing settles; the caller bounds what it has outstanding.
   */
  append(append: Append, settled: (outcome: AppendOutcome) => void): void;
  /** Stores a snapshot, fenced by the epoch. Resolves false when deposed. Throws when the database cannot be reached. */
  saveSnapshot(snapshot: Snapshot): Promise<boolean>;
}
