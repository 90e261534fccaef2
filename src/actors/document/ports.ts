/** The ports of the document actor, and the requests that it serves. Implemented by storage, cluster and gateway. */
import type { Failure } from '../../../schemas/errors.ts';
import type { Edited, Edits, Opened, ReopenReason } from '../../../schemas/realtime.ts';
import type { DraftChange, DraftContent } from '../../content/model/types.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Rope } from '../../lib/msgpack/rope.ts';
import type { Author, Journal } from '../../ports/journal.ts';
import type { DraftLimits } from './draft.ts';
import type { Copies } from './writes/copies.ts';

/** Sends to the participants of a document on the given nodes. Best effort: receivers notice gaps (I7). */
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
  /** Client ids reserved for one user who has written nothing under them, and how long after their last use. */
  maxReservedClientIds: number;
  reservedClientIdMs: number;
  /** Updates, or bytes of them, after which a snapshot is stored. */
  snapshotUpdates: number;
  snapshotBytes: number;
  /** Milliseconds without participants and edits after which a document is passivated. */
  idleMs: number;
  /** Milliseconds after which participants of a node that no longer renews them are removed. */
  participantLeaseMs: number;
  /** Milliseconds that a document may take to flush when it is passivated. */
  drainMs: number;
}

/** Counters that documents report to. */
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
  copies: Pick<Copies, 'read' | 'compose'>;
  limits: DocumentLimits;
  metrics: DocumentMetrics;
  /** Called for each commit of a resident document, synchronously: must be cheap, and must not throw. */
  committed(documentId: string, seq: number): void;
  clock: Clock;
  log: Logger;
}

/** A connection somewhere in the cluster that has the document open, and its user. */
export interface Participant {
  node: string;
  connection: string;
  author: Author;
  role: Opened['role'];
}

export interface OpenRequest {
  kind: 'open';
  participant: Participant;
  /** Client id that the opener will use for awareness and edits; undefined: it sends neither. */
  clientId: number | undefined;
  stateVector: Uint8Array;
  /** The opener wants the position and the owner, and none of the content. */
  positionOnly?: boolean;
  reply: (answer: OpenAnswer | Failure) => void;
}

/** The answer to `open`; a large update is shared with other openers and must not be changed. */
export type OpenAnswer = Omit<Opened, 'update'> & { update: Uint8Array | Rope };

export interface EditRequest {
  kind: 'edit';
  /** Connection that its own edit is not sent back to; undefined for edits over HTTP. */
  connection: string | undefined;
  author: Author;
  update: Uint8Array;
  reply: (answer: EditAnswer) => void;
}

/** An acknowledgement before the gateway adds the client's own number to it. */
export type EditAnswer = Omit<Edited, 'n'> | Failure;

/** The content, or the draft as one Yjs update. */
export type ReadKind = 'content' | 'state';

/** Committed content (I3) and its position. Shared with other readers: must not be changed. */
export type ReadAnswer =
  | { ok: true; epoch: number; seq: number; content: DraftContent }
  | { ok: true; epoch: number; seq: number; state: Uint8Array }
  | Failure;

export interface ReadRequest {
  kind: 'read';
  want: ReadKind;
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
   * 32 bits, an idempotency key: within a day a write with the same id is carried out once, even if the outcome of an earlier
   * try is unknown. Left out: each request is a new write.
   */
  writeId?: number;
}

export type WriteAnswer = { ok: true; seq: number } | Failure;

export interface WriteRequest extends DraftWrite {
  kind: 'write';
  /** Bound to the author in the transaction that logs the write. */
  writeId: number;
  /** It may have been requested before under this id, with an unknown outcome. */
  repeated: boolean;
  /** For calls of other nodes: the epoch that they saw. A call that arrives after a newer claim is not carried out. */
  epoch?: number;
  reply: (answer: WriteAnswer) => void;
}

export type DocumentRequest = OpenRequest | EditRequest | ReadRequest | WriteRequest;
export type DocumentAnswer = OpenAnswer | EditAnswer | ReadAnswer | WriteAnswer;
