/** What a document actor needs from outside, and what it is asked. Implemented by storage, cluster and gateway. */
import type { Failure } from '../../../schemas/errors.ts';
import type { Edited, Edits, Opened, ReopenReason } from '../../../schemas/realtime.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Author, Journal } from '../../ports/journal.ts';
import type { Logger } from '../../ports/logger.ts';
import type { DraftLimits } from './draft.ts';

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
}

export interface DocumentPorts {
  nodeId: string;
  journal: Journal;
  broadcast: Broadcast;
  trial: Trial;
  limits: DocumentLimits;
  metrics: DocumentMetrics;
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
  reply: (answer: Opened | Failure) => void;
}

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

export type DocumentRequest = OpenRequest | EditRequest;
