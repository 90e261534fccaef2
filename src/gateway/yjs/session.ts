/**
 * One y-websocket client. Its protocol knows no acknowledgement and no position: so this end watches over what is complete.
 *
 * I1, I3: nothing that it sends confirms an edit; what it sends was committed. An update that could not be taken is never
 * skipped: from then on updates are left aside, and the whole difference is asked for by step 1 and comes as step 2.
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
import type { Oversized } from './oversized-clients.ts';
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
  oversized: Oversized;
  clock: Clock;
  random: Random;
  log: Logger;
  limits: SessionLimits;
}

/** Bytes that wait for the client, above which no more is handed to it. */
const ENOUGH_BYTES = 262_144;
/** A document that is not followed by then is tried again on another connection, milliseconds. */
const OPEN_WITHIN_MS = 15_000;
/** A client answers our step 1 within this, milliseconds, or its connection is no good. */
const STEP_2_WITHIN_MS = 30_000;
const NOTHING = new Uint8Array([0]);
/** A step 2 without structs and deletions. */
const EMPTY_UPDATE_BYTES = 2;

/** Whether the client's updates are taken, or left aside because one is missing: then a step 2 will hold them all. */
type Flow = 'taking' | 'incomplete' | 'asked';

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
  /** Refusals that are left before the client is sent away. */
  readonly #patience: TokenBucket;
  #subscriber: SubscriberHandle | undefined;
  #ended = false;
  #flow: Flow = 'incomplete';
  /** Difference that the client asked for. */
  #wanted: Uint8Array | undefined;
  /** The client id has to be told to the owner. */
  #unspoken = false;
  #exchanging = false;
  /** What the owner had when it was last asked; undefined until a step 1 was answered. */
  #ownerHas: Uint8Array | undefined;
  /** Updates that could not be taken since one was. */
  #losses = 0;
  #collecting: ReturnType<typeof setTimeout> | undefined;
  #unanswered: ReturnType<typeof setTimeout> | undefined;
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
    this.#patience = new TokenBucket(limits.maxMessagesPerSecond, limits.maxMessageBurst, now);
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
    // A client that hears nothing but signs of life would wait for ever.
    this.#unanswered = this.#later(OPEN_WITHIN_MS, () => this.end(failure('unavailable').error));
    const subscribed = await this.#ports.draftSubscribers.subscribe({
      documentId: this.#documentId,
      identity: this.#identity,
      connection: this.#connection,
      onUpdates: (updates) => this.#pass(updates),
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
    clearTimeout(this.#unanswered);
    this.#subscriber = subscribed.subscriber;
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
    // The answer that we asked for is not counted: without it the client's work would stay aside.
    const expected = read.kind === 'step2' && this.#flow === 'asked';
    const now = this.#ports.clock.now();
    const counted = expected || (this.#messages.take(now) && this.#user.messages.take(now));
    if (!counted) this.#strike();
    switch (read.kind) {
      case 'step1':
        this.#wanted = read.stateVector;
        if (counted && this.#takeOpen(now)) void this.#exchange();
        else this.#collectIn(Math.max(this.#messageWaitMs(), this.#opens.waitMs(), this.#user.opens.waitMs()));
        return;
      case 'step2':
        if (expected) this.#onStep2(read.update);
        return;
      case 'update':
        if (counted) this.#onUpdate(read.update);
        else this.#lose(this.#messageWaitMs());
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

  /** Says something if it was silent since the last call: a stock client leaves a server that it hears nothing of. */
  keepAlive(): void {
    if (this.#silent) this.#send(awarenessFrame([]));
    this.#silent = true;
  }

  end(error: ErrorBody): void {
    if (this.#ended) return;
    const about = { documentId: this.#documentId, userId: this.#identity.userId, connectionId: this.#connection };
    this.#ports.log.info({ ...about, code: error.code }, 'yjs client ended');
    this.closed();
    this.#socket.close(closeCodeOf(error), error.code);
  }

  /** The socket was ended for a frame that is too large. */
  cutOff(): void {
    const { clientId } = this.#carets;
    if (clientId !== undefined) this.#ports.oversized.add(this.#identity.userId, this.#documentId, clientId);
  }

  /** After the socket is gone. */
  closed(): void {
    if (this.#ended) return;
    this.#ended = true;
    clearTimeout(this.#collecting);
    clearTimeout(this.#unanswered);
    this.#carets.stop();
    this.#subscriber?.close();
    this.#large?.release();
    if (this.#isDocumentCounted) this.#user.closeDocument();
    this.drained();
  }

  /** Committed updates, to the client. A promise when it does not keep up. */
  #pass(updates: readonly CommittedUpdates[]): Promise<void> | undefined {
    for (const { update } of updates) this.#send(updateFrame(update));
    if (this.#ended || this.#socket.bufferedBytes() <= ENOUGH_BYTES) return undefined;
    return new Promise((resolve) => {
      this.#drained = resolve;
    });
  }

  #onStep2(update: Uint8Array): void {
    clearTimeout(this.#unanswered);
    this.#flow = 'taking';
    if (update.byteLength > EMPTY_UPDATE_BYTES && this.#subscriber?.role !== 'view') this.#edit(update);
  }

  #onUpdate(update: Uint8Array): void {
    if (this.#subscriber?.role === 'view') this.#deny();
    else if (this.#flow === 'taking') this.#edit(update);
    else if (this.#ownerHas === undefined && this.#wanted === undefined) {
      // No stock client: it begins without step 1, so all that it lacks is everything.
      this.#wanted = NOTHING;
      void this.#exchange();
    }
  }

  /** The owner leaves out what the document has: a step 2 repeats all deletions, and maybe what others wrote meanwhile. */
  #edit(update: Uint8Array): void {
    void this.#subscriber?.edit(update).then((answer) => {
      if (this.#ended) return;
      if (answer.ok) this.#losses = 0;
      else if (answer.error.code === 'read_only') this.#deny();
      else if (ERRORS[answer.error.code].retryable) this.#lose(this.#retryMs(answer.error));
      else this.end(answer.error);
    });
  }

  /** What the database refuses is tried again as rarely as its document says; the rest is over in a moment. */
  #retryMs({ code, retryAfterMs = 0 }: ErrorBody): number {
    return code === 'append_refused' ? retryAfterMs : promptRetryMs(this.#losses, this.#ports.random);
  }

  /** An update was not taken: what follows waits for a step 2 that holds it. */
  #lose(waitMs: number): void {
    if (this.#subscriber?.role === 'view') return;
    this.#losses += 1;
    this.#flow = 'incomplete';
    clearTimeout(this.#unanswered);
    this.#collectIn(waitMs);
  }

  #collectIn(waitMs: number): void {
    if (this.#ended) return;
    this.#collecting ??= this.#later(waitMs, () => {
      this.#collecting = undefined;
      return this.#exchange();
    });
  }

  #onAwareness(entries: Parameters<Carets['hear']>[0]): void {
    const heard = this.#carets.hear(entries);
    if (heard === 'malformed') this.#strike();
    if (heard !== 'claims') return;
    const { clientId } = this.#carets;
    if (clientId !== undefined && this.#ports.oversized.take(this.#identity.userId, this.#documentId, clientId)) {
      this.end(failure('update_too_large').error);
      return;
    }
    this.#unspoken = true;
    void this.#exchange();
  }

  #onRole(role: Role): void {
    // What was typed without the right to write may be had now.
    if (role !== 'view' && this.#flow !== 'asked') this.#flow = 'incomplete';
    void this.#exchange();
  }

  #onReopened(): void {
    this.#unspoken = true;
    this.#flow = 'incomplete';
    void this.#exchange();
  }

  #isDue(): boolean {
    const { role } = this.#subscriber ?? {};
    if (this.#ended || role === undefined) return false;
    const incomplete = this.#flow === 'incomplete' && role !== 'view' && this.#collecting === undefined;
    return this.#wanted !== undefined || (this.#ownerHas !== undefined && (this.#unspoken || incomplete));
  }

  /** Answers step 1, claims the client id and asks for what the client holds, whichever of these is due. */
  async #exchange(): Promise<void> {
    if (this.#exchanging) return;
    this.#exchanging = true;
    while (this.#isDue()) {
      // I9: one large answer at a time.
      await this.#large?.gone;
      if (this.#ended) break;
      const wanted = this.#wanted;
      const { clientId } = this.#carets;
      this.#wanted = undefined;
      this.#unspoken = false;
      const answer = await this.#subscriber?.sync(wanted ?? this.#ownerHas ?? NOTHING, clientId);
      if (this.#ended || !answer) break;
      if (!answer.ok) {
        this.#wanted ??= wanted;
        this.#unspoken = true;
        this.#retry(answer);
        break;
      }
      this.#ownerHas = answer.stateVector;
      if (clientId !== undefined) this.#carets.confirm(clientId);
      if (wanted) {
        const refused = this.#answerStep1(answer.update);
        if (refused) {
          this.#wanted ??= wanted;
          this.#retry(refused);
          break;
        }
      }
      if (this.#flow === 'incomplete' && answer.role !== 'view') this.#ask(answer.stateVector);
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
    this.#losses += 1;
    this.#collectIn(Math.max(error.retryAfterMs ?? 0, promptRetryMs(this.#losses, this.#ports.random)));
  }

  #ask(stateVector: Uint8Array): void {
    this.#flow = 'asked';
    this.#awaitStep2();
    this.#send(step1Frame(stateVector));
  }

  /** A large answer to the client's own step 1 may be on its way before ours: it has a deadline of its own. */
  #awaitStep2(): void {
    clearTimeout(this.#unanswered);
    this.#unanswered = this.#later(STEP_2_WITHIN_MS, () => {
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

  /** I9: a client that goes on after so many refusals is sent away. */
  #strike(): void {
    if (!this.#patience.take(this.#ports.clock.now())) this.end(failure('rate_limited').error);
  }
}
