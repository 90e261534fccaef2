/** A receiver's request to subscribe to a draft, and the handle that it gets. */
import type { ErrorBody, Failure } from '../../../../schemas/errors.ts';
import type { Role } from '../../../../schemas/realtime.ts';
import type { Identity } from '../../../ports/access.ts';
import type { DocumentNotice } from '../../../ports/notices.ts';
import type { EditAnswer, OpenAnswer } from '../ports.ts';
import type { CommittedUpdates } from './catch-up-reads.ts';

export interface SubscribeRequest {
  documentId: string;
  identity: Identity;
  /** Unique in the cluster; names the receiver to the document's owner. */
  connection: string;
  /** Last position that the receiver has; left out: it gets what comes from now on. */
  from?: number;
  /**
   * Committed updates, in order and without a gap. Returning a promise defers what follows until it settles; what
   * was committed meanwhile is then read from the journal. A receiver that returns nothing buffers at its own risk.
   */
  onUpdates(updates: readonly CommittedUpdates[]): Promise<void> | undefined;
  /** The receiver's role from now on. */
  onRole(role: Role): void;
  /** Publications and changes of the document; may be lost. */
  onNotice(notice: DocumentNotice): void;
  /** The document was opened again: edits in flight may be lost, and `sync` has to be repeated. */
  onReopened?(): void;
  /**
   * Called at most once, last: `not_found` (access lost, or deleted), `unauthenticated` (session or token ended),
   * `draining` (come back to another node), `internal`.
   */
  onEnd(error: ErrorBody): void;
}

export interface SubscriberHandle {
  readonly role: Role;
  /** Last position that was delivered. */
  readonly seq: number;
  /** Last position that is known to be committed. */
  readonly head: number;
  readonly epoch: number;
  /** Answered after commit (I1). `reopen`: the document changes owners; the update may or may not have been committed. */
  edit(update: Uint8Array): Promise<EditAnswer>;
  /**
   * The updates that `stateVector` lacks, and the document's own state vector. From then on the subscriber uses `clientId`,
   * until it syncs with another (I4: `client_forged`).
   */
  sync(stateVector: Uint8Array, clientId: number | undefined): Promise<OpenAnswer | Failure>;
  /** Nothing is called any more after it. */
  close(): void;
}
