/**
 * One viewer's socket: which published documents it watches, how much it may ask, and whose rights it has. A socket without
 * a user costs a few hundred bytes and no timer.
 *
 * I7: it joins a channel's room in the turn in which it is sent what it missed: what comes after reaches it as all others.
 * I6: a viewer that loses access leaves the room at once; the name is then looked up again with the rights that are left,
 * and is gone if that finds nothing. I9: messages and documents are counted.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Socket } from 'socket.io';
import { Compile } from 'typebox/compile';
import { type ErrorCode, type Failure, failure } from '../../../../schemas/errors.ts';
import type { Role } from '../../../../schemas/realtime.ts';
import { VIEWER_EVENTS, type Watch, type Watched } from '../../../../schemas/viewer.ts';
import type { UserConnection } from '../../../actors/user/users.ts';
import { promptRetryMs } from '../../../lib/backoff.ts';
import type { Clock, Random } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import { TokenBucket } from '../../../lib/token-bucket.ts';
import type { Identity } from '../../../ports/access.ts';
import type { ReaderPosition } from '../../../published/reader-position.ts';
import type { ReaderCounts } from './reader-counts.ts';
import { roomOf, type ViewerChannel, type ViewerChannels } from './viewer-channels.ts';
import { type SubscriptionOwner, ViewerSubscription } from './viewer-subscription.ts';

export interface ViewerLimits {
  maxWatchesPerSocket: number;
  maxViewerMessagesPerSecond: number;
  maxViewerMessageBurst: number;
}

export interface ViewerPorts {
  channels: Pick<ViewerChannels, 'subscribe'>;
  counts: ReaderCounts;
  clock: Clock;
  random: Random;
  log: Logger;
  limits: ViewerLimits;
}

/** Attempts to find a document again that was lost, before the socket has to reconnect: some seconds. */
const LOST_TRIES = 12;
/** Milliseconds. */
const RETRY_MS = 1_000;

type Ack = (answer: object) => void;

const isWatch = Compile(VIEWER_EVENTS.watch.body);
const isUnwatch = Compile(VIEWER_EVENTS.unwatch.body);

export class Viewer implements SubscriptionOwner {
  readonly #socket: Socket;
  readonly #ports: ViewerPorts;
  readonly #subscriptions = new Map<string, ViewerSubscription>();
  readonly #messages: TokenBucket;
  #identity: Identity | undefined;
  /** Refusals that are left before the socket is closed. */
  #refusals: TokenBucket | undefined;

  constructor(socket: Socket, identity: Identity | undefined, ports: ViewerPorts) {
    this.#socket = socket;
    this.#identity = identity;
    this.#ports = ports;
    const { maxViewerMessagesPerSecond: rate, maxViewerMessageBurst: burst } = ports.limits;
    this.#messages = new TokenBucket(rate, burst, ports.clock.now());
    socket.onAny((event: string, ...rest: unknown[]) => this.#onMessage(event, rest));
  }

  get userId(): string | undefined {
    return this.#identity?.userId;
  }

  accessChanged(documentId: string, level: Role | null): void {
    for (const subscription of [...this.#subscriptions.values()]) {
      const { channel } = subscription;
      if (!channel) subscription.accessChanged = true;
      else if (level === null && channel.isPrivate && channel.documentId === documentId)
        this.lost(subscription, channel);
    }
  }

  /** The socket goes on without a user. */
  sessionEnded(): void {
    this.#identity = undefined;
    for (const subscription of [...this.#subscriptions.values()]) {
      const { channel } = subscription;
      if (!channel) subscription.accessChanged = true;
      else if (channel.isPrivate) this.lost(subscription, channel);
    }
  }

  lost({ slug }: ViewerSubscription, { revision, documentId }: ViewerChannel): void {
    this.#unwatch(slug);
    void this.#watchAgain(slug, { revision, documentId });
  }

  /** After the socket is gone. */
  closed(): void {
    for (const slug of [...this.#subscriptions.keys()]) this.#unwatch(slug);
  }

  disconnect(code: ErrorCode): void {
    const { error } = failure(code);
    this.#socket.emit('bye', { code: error.code, message: error.message });
    this.#socket.disconnect(true);
  }

  #onMessage(event: string, rest: unknown[]): void {
    const last = rest.at(-1);
    const ack: Ack = typeof last === 'function' ? (last as Ack) : () => undefined;
    if (!this.#messages.take(this.#ports.clock.now())) {
      ack(failure('rate_limited', this.#messages.waitMs()));
      // I9: a sender that goes on after so many refusals is disconnected.
      if (!this.#refusalBudget().take(this.#ports.clock.now())) this.disconnect('rate_limited');
      return;
    }
    const [body] = rest;
    if (event === 'watch' && isWatch.Check(body)) void this.#watch(body, ack);
    else if (event === 'unwatch' && isUnwatch.Check(body)) {
      this.#unwatch(body.slug);
      ack({ ok: true });
    } else ack(failure('bad_request'));
  }

  #refusalBudget(): TokenBucket {
    const { maxViewerMessagesPerSecond: rate, maxViewerMessageBurst: burst } = this.#ports.limits;
    this.#refusals ??= new TokenBucket(rate, burst, this.#ports.clock.now());
    return this.#refusals;
  }

  async #watch({ slug, since = 0, id }: Watch, acknowledge: (answer: Watched | Failure) => void): Promise<void> {
    this.#unwatch(slug);
    if (this.#subscriptions.size >= this.#ports.limits.maxWatchesPerSocket) {
      acknowledge(failure('too_many_documents'));
      return;
    }
    const subscription = this.#add(slug);
    const refusal = await this.#open(subscription, { revision: since, documentId: id }, acknowledge);
    if (!refusal) return;
    if (this.#isCurrent(subscription)) this.#unwatch(slug);
    acknowledge(refusal);
  }

  /** Only `not_found` ends it: all who lost a document look it up at the same time, and some may have to try again. */
  async #watchAgain(slug: string, position: ReaderPosition): Promise<void> {
    const subscription = this.#add(slug);
    for (let attempt = 0; attempt < LOST_TRIES; attempt += 1) {
      const refusal = await this.#open(subscription, position, ({ draft }) => {
        if (!draft) return;
        const { seq, title, summary, blocks } = draft;
        const splices = [{ at: 0, remove: 0, blocks }];
        this.#socket.emit('live', { slug, seq, base: null, title, summary, splices });
      });
      if (!refusal || !this.#isCurrent(subscription)) return;
      if (refusal.error.code === 'not_found') {
        this.#unwatch(slug);
        this.#socket.emit('gone', { slug });
        return;
      }
      await delay(promptRetryMs(attempt, this.#ports.random), undefined, { ref: false });
    }
    // I9: what it may read is not known; it reconnects, perhaps to another node.
    if (this.#isCurrent(subscription)) this.disconnect('unavailable');
  }

  #add(slug: string): ViewerSubscription {
    const subscription = new ViewerSubscription(slug, this);
    this.#subscriptions.set(slug, subscription);
    return subscription;
  }

  /** Neither ended nor replaced by a later one. */
  #isCurrent(subscription: ViewerSubscription): boolean {
    return this.#subscriptions.get(subscription.slug) === subscription;
  }

  /**
   * Finds the document and joins its channel; `opened` is called in the same turn.
   * @returns why not
   */
  async #open(
    subscription: ViewerSubscription,
    position: ReaderPosition,
    opened: (answer: Watched) => void,
  ): Promise<Failure | undefined> {
    for (;;) {
      subscription.accessChanged = false;
      const refusal = await this.#subscribe(subscription, position, opened);
      if (subscription.channel) return undefined;
      if (!this.#isCurrent(subscription)) return failure('not_open');
      // I6: what was found may have been revoked since, and what was refused granted.
      if (!subscription.accessChanged) return refusal;
    }
  }

  async #subscribe(
    subscription: ViewerSubscription,
    position: ReaderPosition,
    opened: (answer: Watched) => void,
  ): Promise<Failure | undefined> {
    const { slug, userId } = subscription;
    try {
      const result = await this.#ports.channels.subscribe({ slug, position, userId }, (channel, missed) => {
        if (subscription.accessChanged || !this.#isCurrent(subscription)) return;
        subscription.channel = channel;
        channel.subscribe(subscription);
        void this.#socket.join(roomOf(channel));
        this.#ports.counts.add(channel.documentId, 1);
        for (const message of missed) this.#socket.emit('revision', message);
        opened({
          ok: true,
          revision: channel.revision,
          live: channel.isLive,
          draft: channel.draft?.text ?? null,
          reading: this.#ports.counts.of(channel.documentId),
        });
      });
      if (result.ok) return undefined;
      return failure(result.code, result.code === 'not_found' ? undefined : RETRY_MS);
    } catch (error) {
      this.#ports.log.warn({ err: error }, 'could not read a published document');
      return failure('unavailable', RETRY_MS);
    }
  }

  #unwatch(slug: string): void {
    const subscription = this.#subscriptions.get(slug);
    this.#subscriptions.delete(slug);
    if (!subscription?.channel) return;
    const { channel } = subscription;
    void this.#socket.leave(roomOf(channel));
    this.#ports.counts.add(channel.documentId, -1);
    channel.unsubscribe(subscription);
  }
}

/** A signed-in viewer, as the user's actor sees it. */
export const userConnectionOf = (viewer: Viewer, identity: Identity, left: () => void): UserConnection => ({
  identity,
  // Channels are compared with the database together (`published/recheck.ts`).
  openDocuments: () => [],
  accessChanged: (documentId, role) => viewer.accessChanged(documentId, role),
  sessionEnded() {
    left();
    viewer.sessionEnded();
  },
});
