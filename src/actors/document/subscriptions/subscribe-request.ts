/** What a follower is asked for and what it hands over, as its receiver sees it. */
import type { ErrorBody, Failure } from '../../../../schemas/errors.ts';
import type { Role } from '../../../../schemas/realtime.ts';
import type { Identity } from '../../../ports/access.ts';
import type { DocumentNotice } from '../../../ports/notices.ts';
import type { EditAnswer, OpenAnswer } from '../ports.ts';
import type { Committed } from './catch-up-reads.ts';

export interface FollowRequest {
  documentId: string;
  identity: Identity;
  /** Unique in the cluster; names the receiver to the document's owner. */
  connection: string;
  /** Last position that the receiver has; left out: it wants what comes from now on. */
  from?: number;
  /**
   * Committed updates, in order and without a gap. Returning a promise holds back what follows until it is settled; what
   * passes meanwhile is read from the journal then. A receiver that returns nothing buffers at its own risk.
   */
  onUpdates(updates: readonly Committed[]): Promise<void> | undefined;
  /** What may be done from now on. */
  onRole(role: Role): void;
  /** Publications and changes of the document; may be lost. */
  onNotice(notice: DocumentNotice): void;
  /** The document was opened again: edits that were under way may be lost, and `sync` has to be repeated. */
  onReopened?(): void;
  /**
   * Called at most once, last: `not_found` (access lost, or deleted), `unauthenticated` (session or token ended),
   * `draining` (come back to another node), `internal`.
   */
  onEnd(error: ErrorBody): void;
}

export interface Follower {
  readonly role: Role;
  /** Last position that was handed over. */
  readonly seq: number;
  /** Last position that is known to be committed. */
  readonly head: number;
  readonly epoch: number;
  /** Answered after commit (I1). `reopen`: the document is changing hands; it may or may not have been taken. */
  edit(update: Uint8Array): Promise<EditAnswer>;
  /**
   * What a holder of `stateVector` lacks, and what the document has. From then on the follower speaks under `clientId`,
   * until it says otherwise (I4: `client_forged`).
   */
  sync(stateVector: Uint8Array, clientId: number | undefined): Promise<OpenAnswer | Failure>;
  /** Nothing is called any more after it. */
  close(): void;
}
