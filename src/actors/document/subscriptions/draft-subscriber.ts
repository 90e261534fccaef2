/**
 * One subscriber to a draft: its user, its role and its position. It gets updates in order and without a gap (I7): an update
 * that is broadcast in sequence at once, all others from the journal. At most one batch waits for a receiver that returns a
 * promise (I9).
 *
 * I6: access is checked before the first update, and a change of it reaches the receiver at once.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { Edits, Role } from '../../../../schemas/realtime.ts';
import { promptRetryMs } from '../../../lib/backoff.ts';
import type { Random } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { AccessPort, Identity } from '../../../ports/access.ts';
import type { Author } from '../../../ports/journal.ts';
import type { DocumentNotice } from '../../../ports/notices.ts';
import type { UserConnection } from '../../user/users.ts';
import type { EditAnswer, OpenAnswer } from '../ports.ts';
import type { DocumentRouter } from '../router.ts';
import type { CatchUpReads, CommittedUpdates } from './catch-up-reads.ts';
import type { DraftSubscription, SubscriptionListener } from './draft-subscription.ts';
import { openWithin } from './open-within.ts';
import type { SubscribeRequest, SubscriberHandle } from './subscribe-request.ts';

export interface DraftSubscriberPorts {
  nodeId: string;
  router: DocumentRouter;
  access: AccessPort;
  reads: CatchUpReads;
  random: Random;
  log: Logger;
  /** Called once, when the subscriber has ended for any reason. */
  ended(subscriber: DraftSubscriber): void;
}

export class DraftSubscriber implements SubscriberHandle, SubscriptionListener, UserConnection {
  readonly identity: Identity;
  readonly documentId: string;
  readonly #request: SubscribeRequest;
  readonly #ports: DraftSubscriberPorts;
  readonly #author: Author;
  /** Undefined until it was read. */
  #role: Role | undefined;
  /** Access changed since the level was last read. */
  #changed = false;
  #end: Failure | undefined;
  /** The subscription, and the last position that was delivered; undefined until `start`. */
  #position: { readonly subscription: DraftSubscription; seq: number } | undefined;
  /** The receiver still processes a batch, or updates are being read for it. */
  #busy = false;
  /** The owner where it is a participant of its own, since `sync`. */
  #openAt: string | undefined;

  constructor(request: SubscribeRequest, ports: DraftSubscriberPorts) {
    this.identity = request.identity;
    this.documentId = request.documentId;
    this.#request = request;
    this.#ports = ports;
    this.#author = { userId: request.identity.userId, sessionId: request.identity.sessionId };
  }

  get role(): Role {
    return this.#role ?? 'view';
  }

  get seq(): number {
    return this.#position?.seq ?? 0;
  }

  get head(): number {
    return this.#position?.subscription.head ?? 0;
  }

  get epoch(): number {
    return this.#position?.subscription.epoch ?? 0;
  }

  get failure(): Failure | undefined {
    return this.#end;
  }

  /** Reads the level; returns the refusal if there is none. // I6: read again if access changed meanwhile. */
  async admit(): Promise<Failure | undefined> {
    try {
      for (;;) {
        this.#changed = false;
        const level = await this.#ports.access.roleOf(this.identity.userId, this.documentId);
        if (this.#changed) continue;
        if (level === null) return failure('not_found');
        this.#role = this.#allowed(level);
        return undefined;
      }
    } catch {
      return failure('unavailable', 1_000);
    }
  }

  /** Whether the level has to be read again. */
  get accessIsStale(): boolean {
    return this.#changed;
  }

  /** Begins to deliver what comes after a position. */
  start(subscription: DraftSubscription, from: number | undefined): void {
    this.#position = { subscription, seq: from ?? subscription.head };
    this.headMoved();
  }

  // For its receiver -------------------------------------------------------------------------------------------------

  async edit(update: Uint8Array): Promise<EditAnswer> {
    if (this.#end) return this.#end;
    if (!this.#position) return failure('not_open');
    if (this.role === 'view') return failure('read_only');
    return await this.#position.subscription.edit(this.#request.connection, this.#author, update);
  }

  async sync(stateVector: Uint8Array, clientId: number | undefined): Promise<OpenAnswer | Failure> {
    if (this.#end) return this.#end;
    const { nodeId, router } = this.#ports;
    const { connection } = this.#request;
    const opened = await openWithin(
      router.open(this.documentId, {
        participant: { node: nodeId, connection, author: this.#author, role: this.role },
        clientId,
        stateVector,
      }),
    );
    if ('ok' in opened) return opened;
    const { answer, owner } = opened;
    if (!answer.ok) return answer;
    if (owner === undefined) return failure('unavailable');
    if (this.#openAt !== owner) this.#leave();
    this.#openAt = owner;
    if (this.#end) {
      this.#leave();
      return this.#end;
    }
    this.#position?.subscription.ownerSeen(owner, answer.seq);
    return { ...answer, role: this.role };
  }

  close(): void {
    this.#finish(failure('not_open'));
  }

  // For its user's actor ---------------------------------------------------------------------------------------------

  openDocuments(): Iterable<string> {
    return this.#end ? [] : [this.documentId];
  }

  accessChanged(documentId: string, level: Role | null): void {
    if (documentId !== this.documentId || this.#end) return;
    this.#changed = true;
    if (level === null) {
      this.end(failure('not_found'));
      return;
    }
    const role = this.#allowed(level);
    if (this.#role === undefined || role === this.#role) return;
    this.#role = role;
    if (this.#position) this.#request.onRole(role);
  }

  sessionEnded(): void {
    this.end(failure('unauthenticated'));
  }

  // For its subscription ---------------------------------------------------------------------------------------------

  edits({ from, seq, update }: Edits, except: string | undefined): void {
    const at = this.#position;
    if (!at || this.#busy || this.#end || seq <= at.seq) return;
    if (from !== at.seq + 1) {
      void this.#catchUp();
      return;
    }
    at.seq = seq;
    if (except === this.#request.connection) return;
    const taken = this.#deliver([{ from, seq, update }]);
    if (!taken) return;
    this.#busy = true;
    void taken.then(() => {
      this.#busy = false;
      this.headMoved();
    });
  }

  headMoved(): void {
    if (this.#position && !this.#busy && !this.#end && this.#position.seq < this.#position.subscription.head)
      void this.#catchUp();
  }

  notice(notice: DocumentNotice): void {
    if (!this.#position || this.#end) return;
    this.#request.onNotice(notice);
    if (notice.kind === 'deleted') this.end(failure('not_found'));
  }

  reopened(): void {
    if (this.#position && !this.#end) this.#request.onReopened?.();
  }

  failed(refusal: Failure): void {
    this.end(refusal);
  }

  /** Ends it and notifies the receiver. */
  end(reason: Failure): void {
    if (this.#finish(reason) && this.#position) this.#request.onEnd(reason.error);
  }

  #finish(reason: Failure): boolean {
    if (this.#end) return false;
    this.#end = reason;
    this.#leave();
    this.#ports.ended(this);
    return true;
  }

  /** What a level allows: a token without the scope reads only. */
  #allowed(level: Role): Role {
    const { tokenRights } = this.identity;
    return tokenRights && !tokenRights.scopes.includes('documents:write') ? 'view' : level;
  }

  async #catchUp(): Promise<void> {
    const at = this.#position;
    if (!at) return;
    this.#busy = true;
    let attempt = 0;
    while (!this.#end && at.seq < at.subscription.head) {
      const batch = await this.#read(at.seq);
      if (this.#end) return;
      const last = batch?.at(-1);
      if (!batch || !last) {
        await delay(promptRetryMs(attempt, this.#ports.random), undefined, { ref: false });
        attempt += 1;
        continue;
      }
      attempt = 0;
      at.seq = last.seq;
      await this.#deliver(batch);
    }
    this.#busy = false;
  }

  async #read(afterSeq: number): Promise<readonly CommittedUpdates[] | undefined> {
    try {
      return await this.#ports.reads.after(this.documentId, afterSeq);
    } catch (error) {
      this.#ports.log.warn({ documentId: this.documentId, err: error }, 'could not read missed updates');
      return undefined;
    }
  }

  /** Delivers a batch. A promise: the receiver takes no more before it settles. */
  #deliver(batch: readonly CommittedUpdates[]): Promise<void> | undefined {
    const failed = (error: unknown): void => {
      this.#ports.log.error({ documentId: this.documentId, err: error }, 'a subscriber of a draft failed');
      this.end(failure('internal'));
    };
    try {
      return this.#request.onUpdates(batch)?.catch(failed);
    } catch (error) {
      failed(error);
      return undefined;
    }
  }

  #leave(): void {
    if (this.#openAt === undefined) return;
    const { nodeId, router } = this.#ports;
    router.leave(this.documentId, this.#openAt, { node: nodeId, connection: this.#request.connection });
    this.#openAt = undefined;
  }
}
