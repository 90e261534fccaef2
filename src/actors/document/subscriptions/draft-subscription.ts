/**
 * This node's subscription to a document: one participant at the owner and one subscription to its notices, shared by all
 * listeners on this node. Opens the document again when it moves; listeners get no more than `reopened`. Does not know
 * users and access.
 *
 * I3, I7: what it passes on was committed, whichever node owned the document; `head` is the last position that it knows.
 */
import { randomUUID } from 'node:crypto';
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { Edits } from '../../../../schemas/realtime.ts';
import { promptRetryMs } from '../../../lib/backoff.ts';
import type { Random } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { Cluster } from '../../../ports/cluster.ts';
import type { Author } from '../../../ports/journal.ts';
import { type DocumentNotice, documentChannel } from '../../../ports/notices.ts';
import type { EditAnswer } from '../ports.ts';
import type { DocumentRouter } from '../router.ts';
import { openWithin } from './open-within.ts';

/** Events of a subscription. */
export interface SubscriptionListener {
  edits(message: Edits, except: string | undefined): void;
  /** The head has advanced, perhaps by updates that were not broadcast to this node. */
  headMoved(): void;
  notice(notice: DocumentNotice): void;
  /** The document was opened again, perhaps at another node: messages in flight may be lost. */
  reopened(): void;
  /** The subscription has ended for good. */
  failed(refusal: Failure): void;
}

export interface DraftSubscriptionPorts {
  cluster: Cluster;
  router: DocumentRouter;
  random: Random;
  log: Logger;
}

/** It sends neither edits nor awareness. */
const NO_AUTHOR: Author = { userId: '', sessionId: '' };
const EMPTY_STATE_VECTOR = new Uint8Array([0]);

type OpenState = { state: 'opening' } | { state: 'open'; owner: string } | { state: 'closed' };

export class DraftSubscription {
  readonly documentId: string;
  /** Resolves when the document was first opened, or could not be. */
  readonly opened: Promise<Failure | undefined>;
  readonly #ports: DraftSubscriptionPorts;
  /** Unique to each subscription: a late `leave` of an earlier one must not end this one. */
  readonly #connection = `subscription:${randomUUID()}`;
  readonly #listeners = new Set<SubscriptionListener>();
  readonly #stopNotices: () => void;
  #openState: OpenState = { state: 'opening' };
  /** The owner where this node is a participant, as far as known. */
  #openAt: string | undefined;
  /** The document moved while it was being opened. */
  #movedAgain = false;
  #head = 0;
  #epoch = 0;
  /** The owner's state when the document was last opened: opening again requests the difference alone. */
  #stateVector: Uint8Array = EMPTY_STATE_VECTOR;
  #wake: (() => void) | undefined;

  constructor(documentId: string, ports: DraftSubscriptionPorts) {
    this.documentId = documentId;
    this.#ports = ports;
    this.#stopNotices = ports.cluster.subscribe(documentChannel(documentId), (notice) => {
      for (const listener of [...this.#listeners]) listener.notice(notice as DocumentNotice);
    });
    this.opened = this.#open();
  }

  get head(): number {
    return this.#head;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The other node that owns the document; undefined when this node does, or when it is not known. */
  get ownerElsewhere(): string | undefined {
    const { nodeId } = this.#ports.cluster;
    return this.#openState.state === 'open' && this.#openState.owner !== nodeId ? this.#openState.owner : undefined;
  }

  add(listener: SubscriptionListener): void {
    this.#listeners.add(listener);
  }

  /** True when no listener is left. */
  remove(listener: SubscriptionListener): boolean {
    this.#listeners.delete(listener);
    return this.#listeners.size === 0;
  }

  close(): void {
    if (this.#openState.state === 'closed') return;
    this.#openState = { state: 'closed' };
    this.#stopNotices();
    this.#leave();
    this.#wake?.();
  }

  edits(message: Edits, except: string | undefined): void {
    this.#head = Math.max(this.#head, message.seq);
    for (const listener of [...this.#listeners]) listener.edits(message, except);
  }

  /** A position from elsewhere. Beyond the head: messages were missed, perhaps because the owner removed this participant. */
  headSeen(seq: number): void {
    if (this.#advance(seq)) this.moved();
  }

  /** The document has another owner, or this node is no participant of it any more. */
  moved(): void {
    switch (this.#openState.state) {
      case 'open':
        this.#openState = { state: 'opening' };
        void this.#reopen();
        return;
      case 'opening':
        this.#movedAgain = true;
        return;
      case 'closed':
        return;
    }
  }

  /** An answer to another participant came from this owner. */
  ownerSeen(owner: string, seq: number): void {
    this.#advance(seq);
    if (this.#openState.state === 'open' && this.#openState.owner !== owner) this.moved();
  }

  async edit(connection: string, author: Author, update: Uint8Array): Promise<EditAnswer> {
    const place = this.#openState;
    if (place.state !== 'open') return failure('reopen');
    const answer = await new Promise<EditAnswer>((reply) =>
      this.#ports.router.edit(this.documentId, place.owner, { connection, author, update, reply }),
    );
    if (!answer.ok && answer.error.code === 'reopen' && this.#openState === place) this.moved();
    return answer;
  }

  async #reopen(): Promise<void> {
    for (let attempt = 0; this.#openState.state === 'opening'; attempt += 1) {
      await this.#backoff(attempt);
      if (this.#isClosed()) return;
      const refusal = await this.#open();
      if (!refusal) {
        if (this.#isOpen()) for (const listener of [...this.#listeners]) listener.reopened();
        return;
      }
      const { code } = refusal.error;
      if (code === 'not_found' || code === 'draining') {
        for (const listener of [...this.#listeners]) listener.failed(refusal);
        return;
      }
      this.#ports.log.debug(
        { documentId: this.documentId, code, attempt },
        'draft subscription: document not open yet',
      );
    }
  }

  async #open(): Promise<Failure | undefined> {
    const { cluster, router } = this.#ports;
    this.#movedAgain = false;
    const opened = await openWithin(
      router.open(this.documentId, {
        participant: { node: cluster.nodeId, connection: this.#connection, author: NO_AUTHOR, role: 'view' },
        clientId: undefined,
        stateVector: this.#stateVector,
        positionOnly: true,
      }),
    );
    if ('ok' in opened) return opened;
    const { answer, owner } = opened;
    if (!answer.ok) return answer;
    if (owner === undefined) return failure('unavailable');
    if (this.#openAt !== owner) this.#leave();
    this.#openAt = owner;
    if (this.#isClosed()) {
      this.#leave();
      return failure('not_open');
    }
    this.#epoch = answer.epoch;
    this.#stateVector = answer.stateVector;
    this.#openState = { state: 'open', owner };
    this.#advance(answer.seq);
    if (this.#movedAgain) this.moved();
    return undefined;
  }

  #isOpen(): boolean {
    return this.#openState.state === 'open';
  }

  #isClosed(): boolean {
    return this.#openState.state === 'closed';
  }

  /** True when the head advanced. */
  #advance(seq: number): boolean {
    if (seq <= this.#head) return false;
    this.#head = seq;
    for (const listener of [...this.#listeners]) listener.headMoved();
    return true;
  }

  #leave(): void {
    const { cluster, router } = this.#ports;
    if (this.#openAt === undefined) return;
    router.leave(this.documentId, this.#openAt, { node: cluster.nodeId, connection: this.#connection });
    this.#openAt = undefined;
  }

  async #backoff(attempt: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, promptRetryMs(attempt, this.#ports.random));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
