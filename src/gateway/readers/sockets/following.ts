/**
 * The pages that are followed on this node, by name and by who may read them. Finds the page for a viewer, lets it in at
 * the page's position, and lets go of what nobody follows.
 *
 * I9: the number of pages is bounded.
 */
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { ViewedRevision } from '../../../../schemas/viewer.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { ChangeFeed, Changes } from '../../../ports/changes.ts';
import type { Cluster } from '../../../ports/cluster.ts';
import { type DocumentNotice, documentChannel } from '../../../ports/notices.ts';
import { type ReaderPosition, readAtLeast, resumeAfter } from '../../../published/reader-position.ts';
import { Followed, type FollowedPorts, type News } from './followed.ts';
import type { Follower, Page } from './page.ts';
import { recheck } from './recheck.ts';
import {
  type PublicPages,
  privateSource,
  publicSource,
  readAs,
  readPublic,
  type Shown,
  type UsersPages,
} from './sources.ts';

export interface Entered {
  ok: true;
  page: Page;
  missed: readonly ViewedRevision[];
  /** Where the page was then: a follower that finds it elsewhere has to enter again. */
  revision: number;
}

export interface FollowingOptions {
  publicPages: PublicPages;
  usersPages: UsersPages;
  cluster: Pick<Cluster, 'subscribe' | 'onReconnected'>;
  log: Logger;
  /** Tells all in a room, and shows drafts. */
  tell(room: string, ...news: News): void;
  openDraft: FollowedPorts['openDraft'];
  maxPages: number;
  changes: ChangeFeed;
  /** Milliseconds; never goes back. */
  now(): number;
}

/** Looks at what changed that may fail before drafts are held back. */
const MISSED_LOOKS = 2;
/** A page that changes faster than a viewer can be told what it missed. */
const MAX_TRIES = 8;

interface Found {
  shown: Shown;
  isPrivate: boolean;
}

const positionOf = ({ shown: { documentId, current } }: Found) => ({ documentId, revision: current.revision });

export class Following {
  readonly #options: FollowingOptions;
  readonly #pages = new Map<string, Page>();
  readonly #byDocument = new Map<string, Set<Page>>();
  /** Pages that were not as they are shown when they were compared last. */
  #differing = new Set<Page>();
  readonly #offChanges: () => void;
  readonly #offReconnected: () => void;
  #made = 0;
  #closed = false;

  constructor(options: FollowingOptions) {
    this.#options = options;
    this.#offChanges = options.changes.subscribe((changes, askedAt) => this.#onChanges(changes, askedAt));
    this.#offReconnected = options.cluster.onReconnected(() => {
      const pages = [...this.#pages.values()];
      this.#recheck(pages).catch((error: unknown) => {
        options.log.warn({ err: error }, 'followed pages could not be compared');
        for (const page of pages) this.#differing.add(page);
      });
    });
  }

  /** What did not change is as it is shown; the rest is asked for. */
  async #onChanges({ everything, documents }: Changes, askedAt: number): Promise<void> {
    const named = everything ? this.#pages.values() : [...documents].flatMap((id) => [...this.pagesOf(id)]);
    const asked = new Set([...named, ...this.#differing]);
    this.#differing = new Set();
    for (const page of this.#pages.values()) if (!asked.has(page)) page.followed.confirmed(askedAt);
    await this.#recheck(asked);
  }

  async #recheck(pages: Iterable<Page>): Promise<void> {
    const { publicPages, usersPages, now } = this.#options;
    const lose = (page: Page, lost: readonly Follower[]) => this.#lose(page, lost);
    for (const page of await recheck(pages, { publicPages, usersPages, now, lose })) {
      if (!page.followed.ended) this.#differing.add(page);
    }
  }

  /**
   * Finds what the follower may read under a name, and what it lacks of it. From then on it holds the page, until it
   * leaves or loses it. Rejects when nothing can be read at the moment.
   */
  async enter(follower: Follower, slug: string, since: ReaderPosition): Promise<Entered | Failure> {
    const find = () => this.#find(slug, follower.userId);
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const found = await (tries === 0 ? readAtLeast(since, find, positionOf) : find());
      if (this.#closed) break;
      if (!found) return failure('not_found');
      const page = this.#pageOf(found);
      if (!page) return failure('overloaded', 1_000);
      const { followed } = page;
      // Held while it is entered: nobody else may be there yet.
      page.followers.add(follower);
      try {
        if (followed.revision < found.shown.current.revision) await followed.look();
        const has = resumeAfter(since, followed);
        const missed = await followed.missedSince(has);
        if (followed.ended || !page.followers.has(follower)) continue;
        const last = missed.at(-1)?.revision ?? has;
        if (last === followed.revision) return { ok: true, page, missed, revision: last };
      } catch (error) {
        this.leave(page, follower);
        throw error;
      }
      this.leave(page, follower);
    }
    return failure('unavailable', 1_000);
  }

  leave(page: Page, follower: Follower): void {
    if (page.followers.delete(follower) && page.followers.size === 0) page.followed.end();
  }

  pagesOf(documentId: string): Iterable<Page> {
    return this.#byDocument.get(documentId) ?? [];
  }

  count(): number {
    return this.#pages.size;
  }

  close(): void {
    this.#closed = true;
    this.#offChanges();
    this.#offReconnected();
    for (const page of [...this.#pages.values()]) {
      page.followers.clear();
      page.followed.end();
    }
  }

  async #find(slug: string, userId: string | undefined): Promise<Found | undefined> {
    const { publicPages, usersPages } = this.#options;
    const everybodys = await readPublic(publicPages, slug);
    if (everybodys) return { shown: everybodys, isPrivate: false };
    const own = userId === undefined ? undefined : await readAs(usersPages, slug, userId);
    return own && { shown: own, isPrivate: true };
  }

  #pageOf({ shown, isPrivate }: Found): Page | undefined {
    const key = `${isPrivate ? 'private' : 'public'} ${shown.current.slug}`;
    const present = this.#pages.get(key);
    // Not by the name alone: it may be another document's by now.
    if (present?.followed.documentId === shown.documentId) return present;
    present?.followed.end();
    if (this.#pages.size >= this.#options.maxPages) return undefined;
    return this.#open(key, shown, isPrivate);
  }

  #open(key: string, shown: Shown, isPrivate: boolean): Page {
    const { publicPages, usersPages, cluster, log, tell, openDraft, changes, now } = this.#options;
    const { slug } = shown.current;
    this.#made += 1;
    const room = `page:${this.#made}`;
    const followers = new Set<Follower>();
    const users = () => new Set([...followers].flatMap(({ userId }) => userId ?? []));
    const followed = new Followed(shown, room, {
      source: isPrivate
        ? privateSource(usersPages, slug, users, (userId) =>
            this.#lose(
              page,
              [...followers].filter((one) => one.userId === userId),
            ),
          )
        : publicSource(publicPages, slug),
      log,
      tell: (...news) => tell(room, ...news),
      openDraft,
      holdMs: changes.pollMs * MISSED_LOOKS,
      now,
      onEnd: () => {
        if (this.#pages.get(key) === page) this.#pages.delete(key);
        ofDocument.delete(page);
        if (ofDocument.size === 0) this.#byDocument.delete(shown.documentId);
        this.#lose(page, followers);
      },
    });
    const page: Page = { followed, privateTo: isPrivate ? shown.documentId : undefined, followers };
    this.#pages.set(key, page);
    const ofDocument = this.#byDocument.get(shown.documentId) ?? new Set();
    this.#byDocument.set(shown.documentId, ofDocument.add(page));
    followed.leave = cluster.subscribe(
      documentChannel(shown.documentId),
      (notice) => followed.noticed(notice as DocumentNotice),
      // What was published before the notices came in.
      () => void followed.look(),
    );
    return page;
  }

  #lose(page: Page, lost: Iterable<Follower>): void {
    for (const follower of [...lost]) {
      page.followers.delete(follower);
      follower.lost(page);
    }
  }
}
