/**
 * A document as this node follows it: one participant at the owner and one subscription to its notices, for however many
 * followers there are here. Opens the document again when it moves; followers notice nothing but `reopened`. Knows
 * nothing of users and access.
 *
 * I3, I7: what it hands on was committed, whoever held the document; `head` is the last position that it knows of.
 */
import { randomUUID } from 'node:crypto';
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { Edits } from '../../../../schemas/realtime.ts';
import { pauseMs } from '../../../lib/backoff.ts';
import type { Random } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { Cluster } from '../../../ports/cluster.ts';
import type { Author } from '../../../ports/journal.ts';
import { type DocumentNotice, documentChannel } from '../../../ports/notices.ts';
import type { EditAnswer } from '../ports.ts';
import type { DocumentRouter } from '../router.ts';
import { ANSWER_WITHIN_MS, within } from './within.ts';

/** What a feed tells each of its followers. */
export interface FeedMember {
  edits(message: Edits, except: string | undefined): void;
  /** The head may have moved by more than was told. */
  headMoved(): void;
  notice(notice: DocumentNotice): void;
  /** The document was opened again, perhaps elsewhere: what was on its way there may be lost. */
  reopened(): void;
  /** The document cannot be followed any more. */
  failed(refusal: Failure): void;
}

export interface FeedPorts {
  cluster: Cluster;
  router: DocumentRouter;
  random: Random;
  log: Logger;
}

/** It neither writes nor speaks. */
const NOBODY: Author = { userId: '', sessionId: '' };
const NOTHING = new Uint8Array([0]);

type Place = { state: 'opening' } | { state: 'open'; owner: string } | { state: 'closed' };

export class Feed {
  readonly documentId: string;
  /** Resolves when the document was first opened, or could not be. */
  readonly opened: Promise<Failure | undefined>;
  readonly #ports: FeedPorts;
  /** Its own for each feed: a late goodbye of an earlier one must not end this one. */
  readonly #connection = `feed:${randomUUID()}`;
  readonly #members = new Set<FeedMember>();
  readonly #stopNotices: () => void;
  #place: Place = { state: 'opening' };
  /** The owner where this node is a participant, as far as known. */
  #heldAt: string | undefined;
  /** The document moved while it was being opened. */
  #movedAgain = false;
  #head = 0;
  #epoch = 0;
  /** What the owner had when it was last opened: opening again asks for the difference alone. */
  #stateVector: Uint8Array = NOTHING;
  #wake: (() => void) | undefined;

  constructor(documentId: string, ports: FeedPorts) {
    this.documentId = documentId;
    this.#ports = ports;
    this.#stopNotices = ports.cluster.subscribe(documentChannel(documentId), (notice) => {
      for (const member of [...this.#members]) member.notice(notice as DocumentNotice);
    });
    this.opened = this.#open();
  }

  get head(): number {
    return this.#head;
  }

  get epoch(): number {
    return this.#epoch;
  }

  /** The other node that holds the document; undefined when it is here or not known. */
  get ownerElsewhere(): string | undefined {
    const { nodeId } = this.#ports.cluster;
    return this.#place.state === 'open' && this.#place.owner !== nodeId ? this.#place.owner : undefined;
  }

  add(member: FeedMember): void {
    this.#members.add(member);
  }

  /** True when nobody follows any more. */
  remove(member: FeedMember): boolean {
    this.#members.delete(member);
    return this.#members.size === 0;
  }

  close(): void {
    if (this.#place.state === 'closed') return;
    this.#place = { state: 'closed' };
    this.#stopNotices();
    this.#leave();
    this.#wake?.();
  }

  edits(message: Edits, except: string | undefined): void {
    this.#head = Math.max(this.#head, message.seq);
    for (const member of [...this.#members]) member.edits(message, except);
  }

  /** A position that was heard of otherwise. Beyond the head: messages were missed, perhaps because the owner forgot us. */
  headSeen(seq: number): void {
    if (this.#advance(seq)) this.moved();
  }

  /** The document is not where it was, or this node is no participant of it any more. */
  moved(): void {
    switch (this.#place.state) {
      case 'open':
        this.#place = { state: 'opening' };
        void this.#reopen();
        return;
      case 'opening':
        this.#movedAgain = true;
        return;
      case 'closed':
        return;
    }
  }

  /** Somebody else's answer of the owner told where the document is. */
  foundAt(owner: string, seq: number): void {
    this.#advance(seq);
    if (this.#place.state === 'open' && this.#place.owner !== owner) this.moved();
  }

  async edit(connection: string, author: Author, update: Uint8Array): Promise<EditAnswer> {
    const place = this.#place;
    if (place.state !== 'open') return failure('reopen');
    const answer = await new Promise<EditAnswer>((reply) =>
      this.#ports.router.edit(this.documentId, place.owner, { connection, author, update, reply }),
    );
    if (!answer.ok && answer.error.code === 'reopen' && this.#place === place) this.moved();
    return answer;
  }

  async #reopen(): Promise<void> {
    for (let attempt = 0; this.#place.state === 'opening'; attempt += 1) {
      await this.#pause(attempt);
      if (this.#isClosed()) return;
      const refusal = await this.#open();
      if (!refusal) {
        if (this.#isOpen()) for (const member of [...this.#members]) member.reopened();
        return;
      }
      const { code } = refusal.error;
      if (code === 'not_found' || code === 'draining') {
        for (const member of [...this.#members]) member.failed(refusal);
        return;
      }
      this.#ports.log.debug({ documentId: this.documentId, code, attempt }, 'followed document not open yet');
    }
  }

  async #open(): Promise<Failure | undefined> {
    const { cluster, router } = this.#ports;
    this.#movedAgain = false;
    const opened = await within(
      router.open(this.documentId, {
        participant: { node: cluster.nodeId, connection: this.#connection, author: NOBODY, role: 'view' },
        clientId: undefined,
        stateVector: this.#stateVector,
        positionOnly: true,
      }),
      ANSWER_WITHIN_MS,
    );
    if ('ok' in opened) return opened;
    const { answer, owner } = opened;
    if (!answer.ok) return answer;
    if (owner === undefined) return failure('unavailable');
    if (this.#heldAt !== owner) this.#leave();
    this.#heldAt = owner;
    if (this.#isClosed()) {
      this.#leave();
      return failure('not_open');
    }
    this.#epoch = answer.epoch;
    this.#stateVector = answer.stateVector;
    this.#place = { state: 'open', owner };
    this.#advance(answer.seq);
    if (this.#movedAgain) this.moved();
    return undefined;
  }

  #isOpen(): boolean {
    return this.#place.state === 'open';
  }

  #isClosed(): boolean {
    return this.#place.state === 'closed';
  }

  /** True when the head was not known. */
  #advance(seq: number): boolean {
    if (seq <= this.#head) return false;
    this.#head = seq;
    for (const member of [...this.#members]) member.headMoved();
    return true;
  }

  #leave(): void {
    const { cluster, router } = this.#ports;
    if (this.#heldAt === undefined) return;
    router.leave(this.documentId, this.#heldAt, { node: cluster.nodeId, connection: this.#connection });
    this.#heldAt = undefined;
  }

  async #pause(attempt: number): Promise<void> {
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs(attempt, this.#ports.random));
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wake = undefined;
  }
}
