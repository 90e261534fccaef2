/**
 * One y-websocket client. The protocol has neither acknowledgements nor positions, so this end keeps track of what is missing.
 *
 * I1, I3: nothing that is sent confirms an edit, and only committed updates are sent. An update that could not be applied is never
 * skipped: from then on further updates are dropped, and the whole difference is requested by step 1 and arrives as step 2.
 * I7: what its draft subscriber delivers goes out in order. I9, I10: frames are counted, and a malformed one ends this client alone.
 */
import { randomUUID } from 'node:crypto';
import { ERRORS, type ErrorBody, type Failure, failure } from '../../../schemas/errors.ts';
import type { Role } from '../../../schemas/realtime.ts';
import type { CommittedUpdates } from '../../actors/document/subscriptions/catch-up-reads.ts';
import type { DraftSubscribers } from '../../actors/document/subscriptions/draft-subscribers.ts';
import type { SubscriberHandle } from '../../actors/document/subscriptions/subscribe-request.ts';
import { promptRetryMs } from '../../lib/backoff.ts';
import type { Clock, Random } from '../../lib/clock.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Rope } from '../../lib/msgpack/rope.ts';
import { later, type Tick } from '../../lib/timers.ts';
import { TokenBucket } from '../../lib/token-bucket.ts';
import type { Identity } from '../../ports/access.ts';
import { closeCodeOf } from '../access/close-codes.ts';
import type { UserBudget, UserBudgets } from '../access/user-budgets.ts';
import type { Rooms } from '../authors/rooms.ts';
import type { LargeAnswer, LargeAnswers } from '../listener/large-answers.ts';
import type { RawSocket } from '../listener/listener.ts';
import { Carets } from './carets.ts';
import type { OversizedClients } from './oversized-clients.ts';
import { awarenessFrame, deniedFrame, readFrame, step1Frame, step2Frame, updateFrame } from './protocol.ts';

export interface SessionLimits {
  maxMessagesPerSecond: number;
  maxMessageBurst: number;
  maxOpensPerSecond: number;
  maxOpenBurst: number;
  maxAwarenessBytes: number;
}

export interface SessionPorts {
  draftSubscribers: DraftSubscribers;
  rooms: Rooms;
  /** Shared with authors on Socket.IO. */
  largeAnswers: LargeAnswers;
  userBudgets: UserBudgets;
  /** A user has opened a document. */
  onOpened(userId: string, documentId: string): void;
  oversized: OversizedClients;
  clock: Clock;
  random: Random;
  log: Logger;
  limits: SessionLimits;
}

/** Unsent bytes above which the client counts as slow. */
const ENOUGH_BYTES = 262_144;
/** A client whose document is not open by then has to reconnect, milliseconds. */
const OPEN_WITHIN_MS = 15_000;
/** A client that does not answer our step 1 by then is disconnected, milliseconds. */
const STEP_2_WITHIN_MS = 30_000;
const NOTHING = new Uint8Array([0]);
/** A step 2 without structs and deletions. */
const EMPTY_UPDATE_BYTES = 2;

/** Whether the client's updates are applied, or dropped because one is missing: then a step 2 will contain them all. */
type Flow = 'accepting' | 'incomplete' | 'requested';

export class Session {
  readonly #socket: RawSocket<unknown>;
  readonly #documentId: string;
  readonly #identity: Identity;
  readonly #ports: SessionPorts;
  readonly #carets: Carets;
  readonly #connection = `y:${randomUUID()}`;
  readonly #messages: TokenBucket;
  readonly #opens: TokenBucket;
  /** Of all sockets of the user. */
  readonly #user: UserBudget;
  #isDocumentCounted = false;
  /** Refusals that are left before the client is disconnected. */
  readonly #refusalBudget: TokenBucket;
  #subscriber: SubscriberHandle | undefined;
  #ended = false;
  #flow: Flow = 'incomplete';
  /** The state vector of a step 1 that was not answered yet. */
  #requestedFrom: Uint8Array | undefined;
  /** The client id is still to be claimed at the owner. */
  #claimDue = false;
  #exchanging = false;
  /** The owner's last known state vector; undefined until a step 1 was answered. */
  #ownerHas: Uint8Array | undefined;
  /** Consecutive failures, for the backoff. */
  #failures = 0;
  #exchangeTimer: ReturnType<typeof setTimeout> | undefined;
  #deadline: ReturnType<typeof setTimeout> | undefined;
  #drained: (() => void) | undefined;
  #large: LargeAnswer | undefined;
  #silent = true;

  constructor(socket: RawSocket<unknown>, documentId: string, identity: Identity, ports: SessionPorts) {
    this.#socket = socket;
    this.#documentId = documentId;
    this.#identity = identity;
    this.#ports = ports;
    const { limits, rooms, clock } = ports;
    const now = clock.now();
    this.#messages = new TokenBucket(limits.maxMessagesPerSecond, limits.maxMessageBurst, now);
    this.#opens = new TokenBucket(limits.maxOpensPerSecond, limits.maxOpenBurst, now);
    this.#user = ports.userBudgets.of(identity.userId);
    this.#refusalBudget = new TokenBucket(limits.maxMessagesPerSecond, limits.maxMessageBurst, now);
    this.#carets = new Carets({
      documentId,
      connection: this.#connection,
      user: { id: identity.userId, handle: identity.handle },
      rooms,
      maxAwarenessBytes: limits.maxAwarenessBytes,
      send: (presences) => this.#send(awarenessFrame(presences)),
      log: ports.log,
    });
  }

  /** @returns whether it follows its document, as a socket of its user */
  async begin(): Promise<boolean> {
    this.#isDocumentCounted = this.#user.openDocument();
    if (!this.#isDocumentCounted) {
      this.end(failure('too_many_documents').error);
      return false;
    }
    // A client that receives nothing but keep-alives would wait for ever.
    this.#deadline = this.#later(OPEN_WITHIN_MS, () => this.end(failure('unavailable').error));
    const subscribed = await this.#ports.draftSubscribers.subscribe({
      documentId: this.#documentId,
      identity: this.#identity,
      connection: this.#connection,
      onUpdates: (updates) => this.#sendUpdates(updates),
      onRole: (role) => this.#onRole(role),
      onNotice: () => undefined,
      onReopened: () => this.#onReopened(),
      onEnd: (error) => this.end(error),
    });
    if (!subscribed.ok) {
      this.end(subscribed.error);
      return false;
    }
    if (this.#ended) {
      subscribed.subscriber.close();
      return false;
    }
    clearTimeout(this.#deadline);
    this.#subscriber = subscribed.subscriber;
    this.#ports.onOpened(this.#identity.userId, this.#documentId);
    this.#carets.watch();
    void this.#exchange();
    return true;
  }

  message(frame: Uint8Array | string): void {
    if (this.#ended) return;
    const read = typeof frame === 'string' ? undefined : readFrame(frame);
    if (!read) {
      this.end(failure('bad_request').error);
      return;
    }
    // The requested step 2 is not counted: without it the client's work would stay unsaved.
    const expected = read.kind === 'step2' && this.#flow === 'requested';
    const now = this.#ports.clock.now();
    const counted = expected || (this.#messages.take(now) && this.#user.messages.take(now));
    if (!counted) this.#countRefusal();
    switch (read.kind) {
      case 'step1':
        this.#requestedFrom = read.stateVector;
        if (counted && this.#takeOpen(now)) void this.#exchange();
        else this.#exchangeIn(Math.max(this.#messageWaitMs(), this.#opens.waitMs(), this.#user.opens.waitMs()));
        return;
      case 'step2':
        if (expected) this.#onStep2(read.update);
        return;
      case 'update':
        if (counted) this.#onUpdate(read.update);
        else this.#onUpdateLost(this.#messageWaitMs());
        return;
      case 'awareness':
        if (counted) this.#onAwareness(read.entries);
        return;
      case 'query-awareness':
        if (counted && this.#subscriber && this.#takeOpen(now)) this.#carets.watch();
        return;
    }
  }

  /** Everything that was sent has left. */
  drained(): void {
    this.#drained?.();
    this.#drained = undefined;
  }

  /** Sends something if nothing was sent since the last call: a stock client leaves a silent server. */
  keepAlive(): void {
    if (this.#silent) this.#send(awarenessFrame([]));
    this.#silent = true;
  }

  end(error: ErrorBody): void {
    if (this.#ended) return;
    const about = { documentId: this.#documentId, userId: this.#identity.userId, connectionId: this.#connection };
    this.#ports.log.info({ ...about, code: error.code }, 'yjs client disconnected');
    this.closed();
    this.#socket.close(closeCodeOf(error), error.code);
  }

  /** The socket was closed for a frame that is too large. */
  frameTooLarge(): void {
    const { clientId } = this.#carets;
    if (clientId !== undefined) this.#ports.oversized.add(this.#identity.userId, this.#documentId, clientId);
  }

  /** After the socket is gone. */
  closed(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#exchangeTimer);
    clearTimeout(this.#deadline);
    this.#carets.stop();
    this.#subscriber?.close();
    this.#large?.release();
    if (this.#isDocumentCounted) this.#user.closeDocument();
    this.drained();
  }

  /** Committed updates, to the client. A promise when it does not keep up. */
  #sendUpdates(updates: readonly CommittedUpdates[]): Promise<void> | undefined {
    for (const { update } of updates) this.#send(updateFrame(update));
    if (this.#ended || this.#socket.bufferedBytes() <= ENOUGH_BYTES) return undefined;
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }

  #onStep2(update: Uint8Array): void {
    clearTimeout(this.#deadline);
    this.#flow = 'accepting';
    if (update.byteLength > EMPTY_UPDATE_BYTES && this.#subscriber?.role !== 'view') this.#edit(update);
  }

  #onUpdate(update: Uint8Array): void {
    if (this.#subscriber?.role === 'view') this.#deny();
    else if (this.#flow === 'accepting') this.#edit(update);
    else if (this.#ownerHas === undefined && this.#requestedFrom === undefined) {
      // No stock client: it begins without step 1, so all that it lacks is everything.
      this.#requestedFrom = NOTHING;
      void this.#exchange();
    }
  }

  /** The owner leaves out what the document has: a step 2 repeats all deletions, and maybe what others wrote meanwhile. */
  #edit(update: Uint8Array): void {
    void this.#subscriber?.edit(update).then((answer) => {
      if (this.#ended) return;
      if (answer.ok) this.#failures = 0;
      else if (answer.error.code === 'read_only') this.#deny();
      else if (ERRORS[answer.error.code].retryable) this.#onUpdateLost(this.#retryMs(answer.error));
      else this.end(answer.error);
    });
  }

  /** An append that the database refuses is retried as its document says; other failures are short. */
  #retryMs({ code, retryAfterMs = 0 }: ErrorBody): number {
    return code === 'append_refused' ? retryAfterMs : promptRetryMs(this.#failures, this.#ports.random);
  }

  /** An update was not applied: later ones are dropped until a step 2 contains them all. */
  #onUpdateLost(waitMs: number): void {
    if (this.#subscriber?.role === 'view') return;
    this.#failures += 1;
    this.#flow = 'incomplete';
    clearTimeout(this.#deadline);
    this.#exchangeIn(waitMs);
  }

  #exchangeIn(waitMs: number): void {
    if (this.#ended) return;
    this.#exchangeTimer ??= this.#later(waitMs, () => {
      this.#exchangeTimer = undefined;
      return this.#exchange();
    });
  }

  #onAwareness(entries: Parameters<Carets['receive']>[0]): void {
    const received = this.#carets.receive(entries);
    if (received === 'malformed') this.#countRefusal();
    if (received !== 'claims') return;
    const { clientId } = this.#carets;
    if (clientId !== undefined && this.#ports.oversized.take(this.#identity.userId, this.#documentId, clientId)) {
      this.end(failure('update_too_large').error);
      return;
    }
    this.#claimDue = true;
    void this.#exchange();
  }

  #onRole(role: Role): void {
    // Updates that were dropped for want of access can be applied now.
    if (role !== 'view' && this.#flow !== 'requested') this.#flow = 'incomplete';
    void this.#exchange();
  }

  #onReopened(): void {
    this.#claimDue = true;
    this.#flow = 'incomplete';
    void this.#exchange();
  }

  #isDue(): boolean {
    const { role } = this.#subscriber ?? {};
    if (this.#ended || role === undefined) return false;
    const incomplete = this.#flow === 'incomplete' && role !== 'view' && this.#exchangeTimer === undefined;
    return this.#requestedFrom !== undefined || (this.#ownerHas !== undefined && (this.#claimDue || incomplete));
  }

  /** Answers step 1, claims the client id, and requests missing updates, whichever of these is due. */
  async #exchange(): Promise<void> {
    if (this.#exchanging) return;
    this.#exchanging = true;
    while (this.#isDue()) {
      // I9: one large answer at a time.
      await this.#large?.gone;
      if (this.#ended) break;
      const wanted = this.#requestedFrom;
      const { clientId } = this.#carets;
      this.#requestedFrom = undefined;
      this.#claimDue = false;
      const answer = await this.#subscriber?.sync(wanted ?? this.#ownerHas ?? NOTHING, clientId);
      if (this.#ended || !answer) break;
      if (!answer.ok) {
        this.#requestedFrom ??= wanted;
        this.#claimDue = true;
        this.#retry(answer);
        break;
      }
      this.#ownerHas = answer.stateVector;
      if (clientId !== undefined) this.#carets.confirm(clientId);
      if (wanted) {
        const refused = this.#answerStep1(answer.update);
        if (refused) {
          this.#requestedFrom ??= wanted;
          this.#retry(refused);
          break;
        }
      }
      if (this.#flow === 'incomplete' && answer.role !== 'view') this.#requestUpdates(answer.stateVector);
    }
    this.#exchanging = false;
  }

  #answerStep1(update: Uint8Array | Rope): Failure | undefined {
    const large = this.#ports.largeAnswers.admit(this.#identity.userId, update);
    if (large && 'ok' in large) return large;
    this.#large = large;
    this.#send(step2Frame(large?.update ?? update));
    return undefined;
  }

  /** The exchange rests until its timer. */
  #retry({ error }: Failure): void {
    if (!ERRORS[error.code].retryable) {
      this.end(error);
      return;
    }
    this.#failures += 1;
    this.#exchangeIn(Math.max(error.retryAfterMs ?? 0, promptRetryMs(this.#failures, this.#ports.random)));
  }

  #requestUpdates(stateVector: Uint8Array): void {
    this.#flow = 'requested';
    this.#awaitStep2();
    this.#send(step1Frame(stateVector));
  }

  /** A large answer to the client's own step 1 may be on its way before ours: it has a deadline of its own. */
  #awaitStep2(): void {
    clearTimeout(this.#deadline);
    this.#deadline = this.#later(STEP_2_WITHIN_MS, () => {
      if (this.#socket.bufferedBytes() > 0) this.#awaitStep2();
      else this.end(failure('unavailable').error);
    });
  }

  #later(ms: number, tick: Tick): NodeJS.Timeout {
    return later(ms, 'a Yjs session', this.#ports.log, tick);
  }

  #deny(): void {
    this.#send(deniedFrame(ERRORS.read_only.message));
  }

  #send(frame: Uint8Array | Rope): void {
    if (this.#ended) return;
    this.#silent = false;
    if (this.#socket.send(frame) === 'dropped') this.closed();
  }

  #takeOpen(now: number): boolean {
    return this.#opens.take(now) && this.#user.opens.take(now);
  }

  #messageWaitMs(): number {
    return Math.max(this.#messages.waitMs(), this.#user.messages.waitMs());
  }

  /** I9: a client that continues after too many refusals is disconnected. */
  #countRefusal(): void {
    if (!this.#refusalBudget.take(this.#ports.clock.now())) this.end(failure('rate_limited').error);
  }
}
