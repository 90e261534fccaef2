/**
 * Public documents, cached: in process over Redis over the database.
 *
 * - CACHE1 it reads through `PublicReads` alone, so it never has what is private (I6). A document that stops being public is
 *   dropped when the notice comes, and is never shown without a check that it is public.
 * - CACHE2 which revision a name shows, if any, is cached for 400 ms here and 500 ms in Redis: even when every notice is lost,
 *   no node shows for a second what is out of date. The content of a revision never changes: it stays while there is room and
 *   it is read.
 * - CACHE3 the result of a read that began before a change was reported is not cached after it, and no later reader waits for it.
 * - CACHE4 concurrent readers of the same share one read. Its errors reach those that waited, and are not cached.
 * - CACHE5 everything cached is bounded (I9): texts by bytes, names - also of what is not there - by number.
 *
 *   name-cache.ts  what names show    entry-cache.ts  texts and all that is made of them    redis-cache.ts  what nodes share
 */
import type { Redis } from 'ioredis';
import { isSlug } from '../../schemas/slug.ts';
import type { Body } from '../content/model/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { type SharedCall, SingleFlight } from '../lib/single-flight.ts';
import { ticking } from '../lib/timers.ts';
import type { Cluster } from '../ports/cluster.ts';
import {
  isDocumentId,
  PUBLICATIONS,
  type PublicationNotice,
  type PublicDocument,
  type PublicReads,
  type PublicRevision,
  type PublicState,
} from '../ports/public-reads.ts';
import { type Content, createEntry, type PublicEntry } from './entry.ts';
import { createEntryCache, revisionKey } from './entry-cache.ts';
import { createNameCache } from './name-cache.ts';
import { createRedisCache } from './redis-cache.ts';

export interface PublicCache {
  /**
   * What a slug shows; undefined: nothing public. By a former slug, the entry of the document that has another by now. Throws
   * when the database cannot be read.
   */
  page(slug: string): Promise<PublicEntry | undefined>;
  byId(documentId: string): Promise<PublicEntry | undefined>;
  /** The same without waiting: null when there is nothing, undefined when it is not in process. */
  peek(slug: string): PublicEntry | null | undefined;
  peekById(documentId: string): PublicEntry | null | undefined;
  /** What names show now, read from the database, past the cache. Names of nothing are left out. */
  states(slugs: readonly string[]): Promise<ReadonlyMap<string, PublicState>>;
  /** Revisions after one, in order: a few at a time, read from the database. */
  revisionsAfter(documentId: string, after: number, limit: number): Promise<readonly PublicRevision[]>;
  /** Published last, first. */
  latest(limit: number): Promise<readonly PublicDocument[]>;
  /** As notices on the channel `publications` do. */
  invalidate(notice: PublicationNotice): void;
  stats(): { documents: number; bytes: number };
  close(): void;
}

export interface PublicCacheLimits {
  /** Bytes of texts and of what is made of them, as far as they are known. */
  maxBytes: number;
  /** Names, and as many names of nothing. */
  maxNames: number;
  /** Milliseconds for which this process caches what a name shows, and for which Redis does. */
  memoryMs: number;
  sharedMs: number;
  /** Most revisions, and most documents, that one read brings. */
  maxRevisions: number;
  maxLatest: number;
}

export const DEFAULT_PUBLIC_CACHE_LIMITS: PublicCacheLimits = {
  maxBytes: 64 * 1_048_576,
  maxNames: 20_000,
  memoryMs: 400,
  sharedMs: 500,
  maxRevisions: 20,
  maxLatest: 100,
};

/** Where a document came from. */
export interface PublicCacheMetrics {
  read(source: 'memory' | 'redis' | 'database'): void;
}

export interface PublicCacheOptions {
  reads: PublicReads;
  /** Absent on a node that runs alone. */
  store: Redis | undefined;
  keyPrefix: string;
  cluster: Pick<Cluster, 'subscribe'>;
  /** HTML of a body, safe by construction. */
  render(body: Body): string | Promise<string>;
  /** Best one that never goes back. */
  clock: Clock;
  log: Logger;
  metrics?: PublicCacheMetrics;
  limits?: Partial<PublicCacheLimits>;
}

const REVISION_SHARED_MS = 60_000;
/** A document that nobody reads is not known to be public: it is dropped after this time at the latest. */
const UNCONFIRMED_MS = 300_000;
const SWEEP_MS = 60_000;
/** A document may change once more while its revision is read: rarely twice. */
const TRIES = 3;

const slugKey = (slug: string) => `slug:${slug}`;
const idKey = (documentId: string) => `id:${documentId}`;
/** Stands for every name: the document that changed may have got one. */
const ANY_NAME = '*';

export function createPublicCache(options: PublicCacheOptions): PublicCache {
  const { reads, store, render, clock, log, metrics } = options;
  const limits = { ...DEFAULT_PUBLIC_CACHE_LIMITS, ...options.limits };
  const now = () => clock.now();
  const shared =
    store && createRedisCache({ ...options, store, now, documentMs: limits.sharedMs, revisionMs: REVISION_SHARED_MS });

  const names = createNameCache(limits.maxNames);
  const entries = createEntryCache(limits.maxBytes);
  const lists = new Map<number, { at: number; documents: readonly PublicDocument[] }>();

  const documentReads = new SingleFlight<PublicDocument | undefined>(now, limits.memoryMs);
  const contentReads = new SingleFlight<Content | undefined>(now, limits.memoryMs);
  const revisionReads = new SingleFlight<readonly PublicRevision[]>(now, limits.memoryMs);
  const listReads = new SingleFlight<readonly PublicDocument[]>(now, limits.memoryMs);

  const ageOf = (at: number) => {
    const age = now() - at;
    return age < 0 ? Number.POSITIVE_INFINITY : age;
  };
  const isFresh = (at: number) => ageOf(at) < limits.memoryMs;

  /** It is public under a name. */
  const isKnown = (documentId: string) =>
    names.keysOf(documentId).some((key) => isFresh(names.peekShown(key)?.at ?? Number.NEGATIVE_INFINITY));

  function setName(key: string, document: PublicDocument, at: number): void {
    names.set(key, entries.sameDocument(document), at);
  }

  function setAbsent(key: string, at: number): void {
    const before = names.peekShown(key)?.document;
    names.setAbsent(key, at);
    // CACHE1: it is no longer public under this name, and no notice said so.
    if (before && !isKnown(before.documentId)) entries.delete(before.documentId);
  }

  /** Which revision a name shows, from Redis or the database. */
  async function readDocument(key: string, call: SharedCall): Promise<PublicDocument | undefined> {
    const { document: cached, stamp } = (await shared?.document(key)) ?? {};
    const isCurrent = (document: PublicDocument) =>
      !call.invalidated.has(document.documentId) && !call.invalidated.has(key);
    if (cached && isCurrent(cached)) {
      metrics?.read('redis');
      setName(key, cached, call.startedAt);
      return cached;
    }
    const name = key.slice(key.indexOf(':') + 1);
    const document = key.startsWith('id:') ? await reads.byId(name) : await reads.bySlug(name);
    metrics?.read('database');
    // CACHE3: in both cases.
    if (document) {
      if (isCurrent(document)) {
        setName(key, document, call.startedAt);
        if (stamp) shared?.setDocument(key, document, stamp);
      }
    } else if (!call.invalidated.has(ANY_NAME) && !call.invalidated.has(key)) {
      setAbsent(key, call.startedAt);
    }
    return document;
  }

  const readOnce = (key: string) => documentReads.join(key, (call) => readDocument(key, call));

  async function readContent(document: PublicDocument, call: SharedCall): Promise<Content | undefined> {
    const { documentId, revision: number } = document;
    const { revision: cached, stamp } = (await shared?.revision(documentId, number)) ?? {};
    const revision = cached ?? (await reads.revision(documentId, number));
    if (!revision) return undefined;
    const content = { body: revision.body, html: await render(revision.body) };
    // CACHE3
    if (call.invalidated.has(documentId)) return content;
    entries.set(document, content, now());
    if (cached === undefined && stamp) shared?.setRevision(revision, stamp);
    return content;
  }

  async function entryOf(document: PublicDocument): Promise<PublicEntry | undefined> {
    const present = entries.get(document, now());
    if (present) return present;
    const content = await contentReads.join(revisionKey(document), (call) => readContent(document, call));
    if (content === undefined) return undefined;
    // Not cached: too large, or changed meanwhile. The readers that waited get it all the same.
    return entries.get(document, now()) ?? createEntry(document, content, () => {});
  }

  function peekKey(key: string): PublicEntry | null | undefined {
    const found = names.get(key);
    if (found === undefined) return undefined;
    const age = ageOf(found.at);
    if (age >= limits.memoryMs) return undefined;
    if (found.document === undefined) return null;
    const entry = entries.get(found.document, found.at, found.revisionKey);
    if (entry === undefined) return undefined;
    metrics?.read('memory');
    // Read again ahead of time: readers of popular documents never wait.
    if (age >= limits.memoryMs / 2) refresh(key);
    return entry;
  }

  /** The form of a name is checked only when nothing is cached. */
  function peekName(key: string, canBe: () => boolean): PublicEntry | null | undefined {
    const found = peekKey(key);
    return found === undefined && !canBe() ? null : found;
  }

  function refresh(key: string): void {
    // Thousands read while the database answers: all that joined would go on at once then, and later ones would wait.
    if (documentReads.isRunning(key)) return;
    readOnce(key)
      .then((document) => document && entryOf(document))
      .catch((err) => log.debug({ err }, 'could not prefetch a public document'));
  }

  async function find(key: string): Promise<PublicEntry | undefined> {
    const known = peekKey(key);
    if (known !== undefined) return known ?? undefined;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const present = names.getShown(key);
      const document = present && isFresh(present.at) ? present.document : await readOnce(key);
      if (document === undefined) return undefined;
      const entry = await entryOf(document);
      if (entry) return entry;
      // The name is older than what the database has now: it is read again. Of many that wait one invalidates it.
      if (names.peekShown(key)?.document === document) invalidate({ documentId: document.documentId, kind: 'changed' });
    }
    return undefined;
  }

  function invalidate({ documentId, kind, slug }: PublicationNotice): void {
    const changed = [documentId, idKey(documentId), slug === undefined ? ANY_NAME : slugKey(slug)];
    for (const reading of [documentReads, contentReads, revisionReads, listReads]) reading.invalidate(changed);
    const keys = new Set([...names.keysOf(documentId), idKey(documentId)]);
    if (slug !== undefined) keys.add(slugKey(slug));
    for (const key of keys) names.delete(key);
    if (slug === undefined) names.clearAbsent();
    // CACHE1: after anything but a publication it may be private.
    if (kind !== 'published') entries.delete(documentId);
    lists.clear();
    shared?.drop(documentId, [...keys]);
  }

  const leave = options.cluster.subscribe(PUBLICATIONS, (notice) => {
    if (isPublicationNotice(notice)) invalidate(notice);
  });
  const sweep = ticking(SWEEP_MS, 'public documents', log, () => {
    entries.deleteIf((confirmedAt) => ageOf(confirmedAt) > UNCONFIRMED_MS);
    names.deleteShownIf(({ at }) => ageOf(at) > UNCONFIRMED_MS);
  }).unref();

  return {
    page: async (slug) => (isSlug(slug) ? find(slugKey(slug)) : undefined),
    byId: async (documentId) => (isDocumentId(documentId) ? find(idKey(documentId)) : undefined),
    peek: (slug) => peekName(slugKey(slug), () => isSlug(slug)),
    peekById: (documentId) => peekName(idKey(documentId), () => isDocumentId(documentId)),

    states: async (slugs) => new Map((await reads.states(slugs)).map((state) => [state.slug, state])),

    revisionsAfter(documentId, after, limit) {
      const few = Math.min(limit, limits.maxRevisions);
      return revisionReads.join(`${documentId}:${after}:${few}`, () => reads.revisionsAfter(documentId, after, few));
    },

    async latest(limit) {
      const few = Math.min(limit, limits.maxLatest);
      const list = lists.get(few);
      if (list && isFresh(list.at)) return list.documents;
      return listReads.join(String(few), async ({ startedAt, invalidated }) => {
        const documents = await reads.latest(few);
        if (invalidated.size === 0) lists.set(few, { at: startedAt, documents });
        return documents;
      });
    },

    invalidate,
    stats: entries.stats,
    close() {
      leave();
      clearInterval(sweep);
    },
  };
}

export function isPublicationNotice(value: unknown): value is PublicationNotice {
  if (typeof value !== 'object' || value === null) return false;
  const { documentId, slug } = value as { documentId?: unknown; slug?: unknown };
  return typeof documentId === 'string' && (slug === undefined || typeof slug === 'string');
}
