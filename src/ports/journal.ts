/**
 * The journal as the document actor sees it. Positions are `seq`, from 1, without gaps (I7); every append is fenced by
 * the epoch (I2) and its outcome is reported only after commit (I1).
 */

/** A document's place in the directory (`draft_heads`). */
export interface DraftHead {
  /** Node that holds the document; null when nobody does. */
  ownerNode: string | null;
  epoch: number;
  headSeq: number;
}

/** The fencing token under which this node holds a document, and the journal's head at that moment. */
export interface Claim {
  epoch: number;
  headSeq: number;
}

/** Who wrote an update, for attribution. */
export interface Author {
  userId: string;
  sessionId: string;
}

export interface Entry {
  /** One Yjs v1 update, as it was integrated. */
  update: Uint8Array;
  author: Author;
  /**
   * Client ids used here for the first time, and the ids of writes that this entry carries out: bound to the author in
   * the same transaction (I4).
   */
  newClients: readonly number[];
}

/**
 * `committed`: every entry up to `throughSeq` is durable. `fenced`: another node holds the document, nothing of what was
 * outstanding may be taken as written. `refused`: the database takes others' entries but not these; nothing that was
 * outstanding was written. `closed`: the journal was shut down with entries outstanding.
 */
export type Settled =
  | { kind: 'committed'; throughSeq: number }
  | { kind: 'fenced' }
  | { kind: 'refused'; error: unknown }
  | { kind: 'closed' };

/** The open end of the journal of one document that this node owns. */
export interface DraftLog {
  /** Queues an entry for the next group commit; returns the `seq` that it takes. */
  append(entry: Entry): number;
  /** Stops: what is queued and not yet being written is dropped, and nothing settles any more. */
  close(): void;
}

export interface LoadedDraft {
  /** Snapshot and tail as Yjs v1 updates, oldest first. */
  updates: Uint8Array[];
  headSeq: number;
  snapshotSeq: number;
  /** Bytes of journal after the snapshot. */
  tailBytes: number;
  /** Bound client ids: clientID -> user id. */
  clients: Map<number, string>;
  /** The last append was refused, by whichever node. */
  refused: boolean;
  /** Client ids that are kept for those who opened the document under them, the least recently used first. */
  reservations: ReadonlyMap<number, Reservation>;
}

/** Why the database refused an append: its code, and its words for operators. */
export interface NotedRefusal {
  code: string;
  reason: string;
}

/** A client id that is kept for a user who has written nothing under it (I4). */
export interface Reservation {
  userId: string;
  /** When it was made or renewed, milliseconds. */
  at: number;
}

export interface Reservations {
  documentId: string;
  epoch: number;
  /** Client ids to keep: clientID -> user id. Those that are kept already are renewed. */
  clients: ReadonlyMap<number, string>;
  /** Client ids that need not be kept any more. */
  forget: readonly number[];
  /** Reservations that are older than this end as well, milliseconds. */
  lifeMs: number;
}

export interface Snapshot {
  documentId: string;
  epoch: number;
  /** The state holds exactly the updates 1..seq. */
  seq: number;
  state: Uint8Array;
}

/** A committed update, as it was logged. */
export interface LoggedUpdate {
  seq: number;
  update: Uint8Array;
  userId: string;
  /** When it was committed, milliseconds. */
  at: number;
}

/** Which node holds which document. Each method throws when the database cannot be reached. */
export interface Directory {
  /** Undefined: no such document. */
  head(documentId: string): Promise<DraftHead | undefined>;
  /**
   * Takes the document for this node if its epoch is still `observedEpoch`, and raises the epoch. Undefined: somebody
   * else was faster, or the document is gone.
   */
  claim(documentId: string, observedEpoch: number): Promise<Claim | undefined>;
  /** Gives the document up, if it is still claimed under this epoch. */
  release(documentId: string, epoch: number): Promise<void>;
}

export interface Journal extends Directory {
  load(documentId: string): Promise<LoadedDraft>;
  /**
   * Opens the end of a document's journal. `settled` is called once for each group commit with entries of it, in
   * order and never from inside `append`. While the database is away nothing settles; the caller bounds what it queues.
   * @param suspect what was last appended was refused: until something is written it shares no batch with others
   */
  openLog(documentId: string, claim: Claim, settled: (outcome: Settled) => void, suspect?: boolean): DraftLog;
  /** Stores a snapshot, fenced by the epoch; false when deposed. Throws when the database cannot be reached. */
  saveSnapshot(snapshot: Snapshot): Promise<boolean>;
  /** Keeps client ids for users, fenced by the epoch; false when deposed. Throws when the database cannot be reached. */
  reserve(reservations: Reservations): Promise<boolean>;
  /**
   * Forgets bound ids of a document that are a day old: of writes, which left no structs under them. Fenced like a
   * snapshot.
   */
  forgetWrites(documentId: string, epoch: number, ids: readonly number[]): Promise<void>;
  /** Keeps that a document's appends are refused, or with undefined that they no longer are. */
  noteRefusal(documentId: string, refusal: NotedRefusal | undefined): Promise<void>;
  /** Committed updates behind `afterSeq`, ascending, without gaps (I7): at most `limit`, and about 1 MiB (I9). */
  updates(documentId: string, afterSeq: number, limit: number): Promise<LoggedUpdate[]>;
  /**
   * The draft as it was at a position, as Yjs updates to apply in order. Undefined: no such document, its journal has not
   * got so far, or more than `MAX_STATE_BYTES` would have to be read (I9).
   */
  stateAt(documentId: string, seq: number): Promise<Uint8Array[] | undefined>;
}

/** What a state is read from, snapshot and tail together, bytes. */
export const MAX_STATE_BYTES = 67_108_864;
