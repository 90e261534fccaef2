/** What a document actor needs from outside, and what it is asked. Implemented by storage, cluster and gateway. */
import type { Failure } from '../../../schemas/errors.ts';
import type { Edited, Edits, Opened, ReopenReason } from '../../../schemas/realtime.ts';
import type { DraftChange, DraftContent } from '../../content/model/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Rope } from '../../lib/msgpack/rope.ts';
import type { Author, Journal } from '../../ports/journal.ts';
import type { DraftLimits } from './draft.ts';
import type { Copies } from './writes/copies.ts';

/** Tells those who have a document open, on the nodes named. Best effort: receivers notice gaps (I7). */
export interface Broadcast {
  edits(nodes: Iterable<string>, message: Edits, exceptConnection: string | undefined): void;
  reopen(nodes: Iterable<string>, documentId: string, reason: ReopenReason): void;
}

/** Applies a big update to a copy of the state within a budget of time and memory (I10). */
export interface Trial {
  run(
    state: Uint8Array,
    update: Uint8Array,
  ): Promise<{ ok: true } | { ok: false; code: 'update_too_expensive' | 'update_malformed' | 'trial_busy' }>;
}

export interface DocumentLimits extends DraftLimits {
  /** Updates that may wait for their commit in one document. */
  maxUncommittedUpdates: number;
  maxUncommittedBytes: number;
  /** Requests that may wait in front of one document actor. */
  maxMailbox: number;
  maxStateVectorBytes: number;
  /** Client ids that are kept for one user who has written nothing under them, and for how long after their last use. */
  maxReservedClientIds: number;
  reservedClientIdMs: number;
  /** Updates, or bytes of them, after which a snapshot is stored. */
  snapshotUpdates: number;
  snapshotBytes: number;
  /** Milliseconds without participants and edits after which a document is put away. */
  idleMs: number;
  /** Milliseconds after which participants of a node that no longer reports them are forgotten. */
  participantLeaseMs: number;
  /** Milliseconds that a document may take to flush when it is put away. */
  drainMs: number;
}

/** Counts and durations that documents report. */
export interface DocumentMetrics {
  acked(count: number): void;
  claimed(): void;
  restarted(): void;
  /** The database refused an append. */
  refused(): void;
}

export interface DocumentPorts {
  nodeId: string;
  journal: Journal;
  broadcast: Broadcast;
  trial: Trial;
  copies: Copies;
  limits: DocumentLimits;
  metrics: DocumentMetrics;
  /** Hears of each commit of a document held here, in its turn: must be cheap, and must not throw. */
  committed(documentId: string, seq: number): void;
  clock: Clock;
  log: Logger;
}

/** A socket, somewhere in the cluster, and who speaks through it. */
export interface Participant {
  node: string;
  connection: string;
  author: Author;
  role: Opened['role'];
}

export interface OpenRequest {
  kind: 'open';
  participant: Participant;
  /** Client id that the opener will speak and write under; undefined: it does neither. */
  clientId: number | undefined;
  stateVector: Uint8Array;
  /** The opener wants to know where the document is, and nothing of its text. */
  positionOnly?: boolean;
  reply: (answer: OpenAnswer | Failure) => void;
}

/** What `open` is answered; a large update is shared with others and not to be changed. */
export type OpenAnswer = Omit<Opened, 'update'> & { update: Uint8Array | Rope };

export interface EditRequest {
  kind: 'edit';
  /** Connection that is not to hear of its own edit; undefined for edits over HTTP. */
  connection: string | undefined;
  author: Author;
  update: Uint8Array;
  reply: (answer: EditAnswer) => void;
}

/** An acknowledgement before the gateway adds the client's own number to it. */
export type EditAnswer = Omit<Edited, 'n'> | Failure;

/** What a reader may want: the content, or the draft as one Yjs update. */
export type Wanted = 'content' | 'state';

/** Committed content (I3), and the position it speaks of. Shared with other readers: not to be changed. */
export type ReadAnswer =
  | { ok: true; epoch: number; seq: number; content: DraftContent }
  | { ok: true; epoch: number; seq: number; state: Uint8Array }
  | Failure;

export interface ReadRequest {
  kind: 'read';
  want: Wanted;
  reply: (answer: ReadAnswer) => void;
}

/** A change of content, made by the server for an author who has no Yjs document. */
export interface DraftWrite {
  author: Author;
  change: DraftChange;
  /** Only if the draft is at this position: else `precondition_failed`. */
  ifSeq?: number;
  /** The change was made from the draft as of this position: what came later is kept. */
  base?: number;
  /**
   * 32 bits, the same each time that this very write is asked for: within a day it is carried out once, even if what came
   * of it before is not known. Left out: each is another write.
   */
  writeId?: number;
}

export type WriteAnswer = { ok: true; seq: number } | Failure;

export interface WriteRequest extends DraftWrite {
  kind: 'write';
  /** Bound to the author in the transaction that logs the write. */
  writeId: number;
  /** It may have been asked for before under this id, and what came of that is not known. */
  repeated: boolean;
  /** For calls of other nodes: the epoch that they saw. One that arrives late finds another, and is not carried out. */
  epoch?: number;
  reply: (answer: WriteAnswer) => void;
}

export type DocumentRequest = OpenRequest | EditRequest | ReadRequest | WriteRequest;
export type DocumentAnswer = OpenAnswer | EditAnswer | ReadAnswer | WriteAnswer;
