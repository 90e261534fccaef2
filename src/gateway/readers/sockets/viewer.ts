/**
 * One viewer's socket: what it watches, how much it may ask, and who it speaks for. A socket without a user costs a few
 * hundred bytes and no timer.
 *
 * I7: it enters a page's room in the turn in which it is told what it missed: what comes after reaches it as all others.
 * I6: who loses access to a page leaves its room at once; the page is then looked for again as what everybody may read,
 * and is gone if that is nothing. I9: messages and pages are counted.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Socket } from 'socket.io';
import { Compile } from 'typebox/compile';
import { type ErrorCode, type Failure, failure } from '../../../../schemas/errors.ts';
import type { Role } from '../../../../schemas/realtime.ts';
import { VIEWER_EVENTS, type Watch, type Watched } from '../../../../schemas/viewer.ts';
import type { UserConnection } from '../../../actors/user/users.ts';
import { pauseMs } from '../../../lib/backoff.ts';
import type { Clock, Random } from '../../../lib/clock.ts';
import type { Logger } from '../../../lib/logger.ts';
import { TokenBucket } from '../../../lib/token-bucket.ts';
import type { Identity } from '../../../ports/access.ts';
import type { ReaderPosition } from '../../../published/reader-position.ts';
import type { Counts } from './counts.ts';
import type { Entered, Following } from './following.ts';
import type { Page } from './page.ts';
import { Place, type PlaceOwner } from './place.ts';

export interface ViewerLimits {
  maxWatchesPerSocket: number;
  maxViewerMessagesPerSecond: number;
  maxViewerMessageBurst: number;
}

export interface ViewerPorts {
  following: Following;
  counts: Counts;
  clock: Clock;
  random: Random;
  log: Logger;
  limits: ViewerLimits;
}

/** Looks for a page that was lost, before the socket is told to come back: some seconds. */
const LOST_TRIES = 12;

type Ack = (answer: object) => void;

const isWatch = Compile(VIEWER_EVENTS.watch.body);
const isUnwatch = Compile(VIEWER_EVENTS.unwatch.body);

export class Viewer implements PlaceOwner {
  readonly #socket: Socket;
  readonly #ports: ViewerPorts;
  readonly #places = new Map<string, Place>();
  readonly #messages: TokenBucket;
  #identity: Identity | undefined;
  /** Refusals that are left before the sender is sent away. */
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
    for (const place of [...this.#places.values()]) {
      if (!place.page) place.changed = true;
      else if (level === null && place.page.privateTo === documentId) this.lost(place, place.page);
    }
  }

  /** Goes on as somebody who is not known. */
  sessionEnded(): void {
    this.#identity = undefined;
    for (const place of [...this.#places.values()]) {
      if (!place.page) place.changed = true;
      else if (place.page.privateTo !== undefined) this.lost(place, place.page);
    }
  }

  lost({ slug }: Place, { followed: { revision, documentId } }: Page): void {
    this.#forget(slug);
    void this.#watchAgain(slug, { revision, documentId });
  }

  /** After the socket is gone. */
  closed(): void {
    for (const slug of [...this.#places.keys()]) this.#forget(slug);
  }

  dismiss(code: ErrorCode): void {
    const { error } = failure(code);
    this.#socket.emit('bye', { code: error.code, message: error.message });
    this.#socket.disconnect(true);
  }

  #onMessage(event: string, rest: unknown[]): void {
    const last = rest.at(-1);
    const ack: Ack = typeof last === 'function' ? (last as Ack) : () => undefined;
    if (!this.#messages.take(this.#ports.clock.now())) {
      ack(failure('rate_limited', this.#messages.waitMs()));
      // I9: a sender that goes on after so many refusals is sent away.
      if (!this.#patience().take(this.#ports.clock.now())) this.dismiss('rate_limited');
      return;
    }
    const [body] = rest;
    if (event === 'watch' && isWatch.Check(body)) void this.#watch(body, ack);
    else if (event === 'unwatch' && isUnwatch.Check(body)) {
      this.#forget(body.slug);
      ack({ ok: true });
    } else ack(failure('bad_request'));
  }

  #patience(): TokenBucket {
    const { maxViewerMessagesPerSecond: rate, maxViewerMessageBurst: burst } = this.#ports.limits;
    this.#refusals ??= new TokenBucket(rate, burst, this.#ports.clock.now());
    return this.#refusals;
  }

  async #watch({ slug, since = 0, id }: Watch, answered: (answer: Watched | Failure) => void): Promise<void> {
    this.#forget(slug);
    if (this.#places.size >= this.#ports.limits.maxWatchesPerSocket) {
      answered(failure('too_many_documents'));
      return;
    }
    const place = this.#take(slug);
    const refusal = await this.#open(place, { revision: since, documentId: id }, answered);
    if (!refusal) return;
    if (this.#isHere(place)) this.#forget(slug);
    answered(refusal);
  }

  /** Only what there is nothing of is gone: all who lost a page ask at the same time, and some may have to ask again. */
  async #watchAgain(slug: string, since: ReaderPosition): Promise<void> {
    const place = this.#take(slug);
    for (let attempt = 0; attempt < LOST_TRIES; attempt += 1) {
      const refusal = await this.#open(place, since, ({ draft }) => {
        if (!draft) return;
        const { seq, title, summary, blocks } = draft;
        const splices = [{ at: 0, remove: 0, blocks }];
        this.#socket.emit('live', { slug, seq, base: null, title, summary, splices });
      });
      if (!refusal || !this.#isHere(place)) return;
      if (refusal.error.code === 'not_found') {
        this.#forget(slug);
        this.#socket.emit('gone', { slug });
        return;
      }
      await delay(pauseMs(attempt, this.#ports.random), undefined, { ref: false });
    }
    // I9: it cannot be told what it may read; it comes back, perhaps to another node.
    if (this.#isHere(place)) this.dismiss('unavailable');
  }

  #take(slug: string): Place {
    const place = new Place(slug, this);
    this.#places.set(slug, place);
    return place;
  }

  /** Not asked for again, nor given up, meanwhile. */
  #isHere(place: Place): boolean {
    return this.#places.get(place.slug) === place;
  }

  /**
   * Finds the page and lets the place in; `opened` is called in the same turn.
   * @returns why not
   */
  async #open(place: Place, since: ReaderPosition, opened: (answer: Watched) => void): Promise<Failure | undefined> {
    const { following, counts } = this.#ports;
    for (;;) {
      place.changed = false;
      const entered = await this.#enter(place, since);
      if (!this.#isHere(place)) {
        if (entered.ok) following.leave(entered.page, place);
        return failure('not_open');
      }
      if (!entered.ok) {
        // I6: what was refused may have been granted since.
        if (place.changed) continue;
        return entered;
      }
      const { page, missed, revision } = entered;
      const { followed } = page;
      if (place.changed || followed.ended || followed.revision !== revision) {
        following.leave(page, place);
        continue;
      }
      place.page = page;
      void this.#socket.join(followed.room);
      counts.add(followed.documentId, 1);
      for (const message of missed) this.#socket.emit('revision', message);
      const { isLive: live, draft, documentId } = followed;
      opened({ ok: true, revision, live, draft, reading: counts.of(documentId) });
      return undefined;
    }
  }

  async #enter(place: Place, since: ReaderPosition): Promise<Entered | Failure> {
    try {
      return await this.#ports.following.enter(place, place.slug, since);
    } catch (error) {
      this.#ports.log.warn({ err: error }, 'a page could not be looked for');
      return failure('unavailable', 1_000);
    }
  }

  #forget(slug: string): void {
    const place = this.#places.get(slug);
    this.#places.delete(slug);
    if (!place?.page) return;
    const { page } = place;
    void this.#socket.leave(page.followed.room);
    this.#ports.counts.add(page.followed.documentId, -1);
    this.#ports.following.leave(page, place);
  }
}

/** A viewer who is somebody, as the user's actor sees it. */
export const asConnection = (viewer: Viewer, identity: Identity, left: () => void): UserConnection => ({
  identity,
  // Followed pages are compared with the database together (recheck.ts).
  openDocuments: () => [],
  accessChanged: (documentId, role) => viewer.accessChanged(documentId, role),
  sessionEnded() {
    left();
    viewer.sessionEnded();
  },
});
