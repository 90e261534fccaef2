/**
 * One viewer's socket: what it watches, how much it may ask, and who it speaks for. A socket without a user costs a few
 * hundred bytes and no timer.
 *
 * I7: it enters a page's room in the turn in which it is told what it missed: what comes after reaches it as all others.
 * I6: who loses access to a page leaves its room at once; the page is then looked for again as what everybody may read,
 * and is gone if that is nothing. I9: messages and pages are counted.
 */
import type { Socket } from 'socket.io';
import { Compile } from 'typebox/compile';
import { type ErrorCode, type Failure, failure } from '../../../schemas/errors.ts';
import type { Role } from '../../../schemas/realtime.ts';
import { VIEWER_EVENTS, type Watch, type Watched } from '../../../schemas/viewer.ts';
import type { UserConnection } from '../../actors/user/users.ts';
import type { Identity } from '../../ports/access.ts';
import type { Clock } from '../../ports/clock.ts';
import type { Logger } from '../../ports/logger.ts';
import { TokenBucket } from '../token-bucket.ts';
import type { Counts } from './counts.ts';
import type { Follower, Following, Page } from './following.ts';

export interface ViewerLimits {
  maxWatchesPerSocket: number;
  maxViewerMessagesPerSecond: number;
  maxViewerMessageBurst: number;
}

export interface ViewerPorts {
  following: Following;
  counts: Counts;
  clock: Clock;
  log: Logger;
  limits: ViewerLimits;
}

/** A page on this socket: being looked for, or watched. */
interface Opening {
  state: 'opening';
  /** Access changed since. */
  changed: boolean;
}
type Place = Opening | { state: 'open'; page: Page };
type Ack = (answer: object) => void;
type Answered = (answer: Watched | Failure) => void;

const isWatch = Compile(VIEWER_EVENTS.watch.body);
const isUnwatch = Compile(VIEWER_EVENTS.unwatch.body);

export class Viewer implements Follower {
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
      if (place.state === 'opening') place.changed = true;
      else if (level === null && place.page.privateTo === documentId) this.lost(place.page);
    }
  }

  /** Goes on as somebody who is not known. */
  sessionEnded(): void {
    this.#identity = undefined;
    for (const place of [...this.#places.values()]) {
      if (place.state === 'opening') place.changed = true;
      else if (place.page.privateTo !== undefined) this.lost(place.page);
    }
  }

  lost(page: Page): void {
    const { slug, revision } = page.followed;
    const place = this.#places.get(slug);
    if (place?.state === 'opening') {
      place.changed = true;
      return;
    }
    if (place?.page !== page) return;
    this.#forget(slug);
    void this.#watch({ slug, since: revision }, (answer) => {
      if (!answer.ok) this.#socket.emit('gone', { slug });
      else if (answer.draft) {
        const { seq, title, summary, blocks } = answer.draft;
        const splices = [{ at: 0, remove: 0, blocks }];
        this.#socket.emit('live', { slug, seq, base: null, title, summary, splices });
      }
    });
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

  async #watch({ slug, since = 0 }: Watch, answered: Answered): Promise<void> {
    this.#forget(slug);
    if (this.#places.size >= this.#ports.limits.maxWatchesPerSocket) {
      answered(failure('too_many_documents'));
      return;
    }
    const opening: Opening = { state: 'opening', changed: false };
    this.#places.set(slug, opening);
    try {
      while (!(await this.#enter(slug, since, opening, answered)));
    } catch (error) {
      this.#ports.log.warn({ error: String(error) }, 'a page could not be looked for');
      this.#refuse(slug, opening, failure('unavailable', 1_000), answered);
    }
  }

  /** False: something changed while the page was looked for. */
  async #enter(slug: string, since: number, opening: Opening, answered: Answered): Promise<boolean> {
    const { following, counts } = this.#ports;
    opening.changed = false;
    const entered = await following.enter(this, slug, since);
    if (!entered.ok) {
      // I6: what was refused may have been granted since.
      if (opening.changed) return false;
      this.#refuse(slug, opening, entered, answered);
      return true;
    }
    const { page, missed, revision } = entered;
    const { followed } = page;
    if (this.#places.get(slug) !== opening) {
      // Asked again, or given up, meanwhile. Under the same name the page may be watched already.
      if (!this.#isIn(page)) following.leave(page, this);
      answered(failure('not_open'));
      return true;
    }
    if (opening.changed || followed.ended || followed.revision !== revision) {
      following.leave(page, this);
      return false;
    }
    this.#places.set(slug, { state: 'open', page });
    void this.#socket.join(followed.room);
    counts.add(followed.documentId, 1);
    for (const message of missed) this.#socket.emit('revision', message);
    const { isLive: live, draft, documentId } = followed;
    answered({ ok: true, revision, live, draft, reading: counts.of(documentId) });
    return true;
  }

  #refuse(slug: string, opening: Opening, refusal: Failure, answered: Answered): void {
    if (this.#places.get(slug) === opening) this.#places.delete(slug);
    answered(refusal);
  }

  #isIn(page: Page): boolean {
    const place = this.#places.get(page.followed.slug);
    return place?.state === 'open' && place.page === page;
  }

  #forget(slug: string): void {
    const place = this.#places.get(slug);
    this.#places.delete(slug);
    if (place?.state !== 'open') return;
    const { page } = place;
    void this.#socket.leave(page.followed.room);
    this.#ports.counts.add(page.followed.documentId, -1);
    this.#ports.following.leave(page, this);
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
