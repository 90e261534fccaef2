/**
 * Published pages for everybody, in process over Redis over the database.
 *
 * - CACHE1 it reads through `PublicReads` alone, so it never holds what is private (I6). What stops being public is dropped when
 *   that is told, and is never shown without asking again whether it is public.
 * - CACHE2 which revision of a document is shown, if any, is held for 400 ms here and 500 ms in Redis: also when every message
 *   is lost, no node shows for a second what is no longer so. What a revision holds never changes: it stays while there
 *   is room and it is asked for.
 * - CACHE3 a read that began before a change was told is not kept after it, and nobody who asks after it waits for it.
 * - CACHE4 who asks while the same is being read waits for that. Errors are for those who waited, and are not kept.
 * - CACHE5 everything held is bounded (I9): texts by bytes, names - also of what is not there - by number.
 *
 *   flights.ts  one read for many   shared.ts  Redis   entry.ts bytes.ts  what is held   lru.ts  how much of it
 */
import type { Redis } from 'ioredis';
import type { Body } from '../content/model/types.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import { Lru } from '../lib/lru.ts';
import { type SharedCall, SingleFlight } from '../lib/single-flight.ts';
import { ticking } from '../lib/timers.ts';
import type { Cluster } from '../ports/cluster.ts';
import {
  isDocumentId,
  isSlug,
  PUBLICATIONS,
  type PublicationNotice,
  type PublicDocument,
  type PublicReads,
  type PublicRevision,
  type PublicState,
} from '../ports/public-reads.ts';
import { type Content, createEntry, isSameDocument, type PublicEntry } from './entry.ts';
import { createRedisCache } from './redis-cache.ts';

export interface PublicCache {
  /** What a name shows; undefined: nothing that everybody may read. Throws when the database cannot be asked. */
  page(slug: string): Promise<PublicEntry | undefined>;
  byId(documentId: string): Promise<PublicEntry | undefined>;
  /** The same without waiting: null when there is nothing, undefined when that has to be asked for. */
  peek(slug: string): PublicEntry | null | undefined;
  peekById(documentId: string): PublicEntry | null | undefined;
  /** What names show now, read from the database, whatever is held. Names of nothing are left out. */
  states(slugs: readonly string[]): Promise<ReadonlyMap<string, PublicState>>;
  /** Revisions after one, in order: a few at a time, read from the database. */
  revisionsAfter(documentId: string, after: number, limit: number): Promise<readonly PublicRevision[]>;
  /** Published last, first. */
  latest(limit: number): Promise<readonly PublicDocument[]>;
  /** What the channel `publications` brings, or was found out otherwise. */
  invalidate(notice: PublicationNotice): void;
  stats(): { documents: number; bytes: number };
  close(): void;
}

export interface PublicCacheLimits {
  /** Bytes of texts and of what is made of them, as far as they can be told. */
  maxBytes: number;
  /** Names, and as many names of nothing. */
  maxNames: number;
  /** Milliseconds for which this process holds which revision is shown, and for which Redis does. */
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

interface Shown {
  /** Undefined: nothing. */
  readonly document: PublicDocument | undefined;
  /** Of its text; made once, because it is asked for with each read. */
  readonly revisionKey: string;
  readonly at: number;
}

interface Held {
  readonly entry: PublicEntry;
  readonly content: Content;
  /** When the document was last known to be public. */
  confirmedAt: number;
}

const REVISION_SHARED_MS = 60_000;
/** What nobody asks for is not known to be public: it goes after this time at the latest. */
const UNCONFIRMED_MS = 300_000;
const SWEEP_MS = 60_000;
/** A document may change once more while its revision is read: rarely twice. */
const TRIES = 3;
/** A string of JavaScript, and the tree of a body, take more than their characters. */
const BYTES_A_CHARACTER = 2;

const slugKey = (slug: string) => `slug:${slug}`;
const idKey = (documentId: string) => `id:${documentId}`;
const revisionKey = ({ documentId, revision }: PublicDocument) => `${documentId}:${revision}`;
/** Stands for every name: what has changed may have got one. */
const ANY_NAME = '*';

export function createPublicCache(options: PublicCacheOptions): PublicCache {
  const { reads, store, render, clock, log, metrics } = options;
  const limits = { ...DEFAULT_PUBLIC_CACHE_LIMITS, ...options.limits };
  const now = () => clock.now();
  const shared =
    store && createRedisCache({ ...options, store, now, documentMs: limits.sharedMs, revisionMs: REVISION_SHARED_MS });

  const keysOf = new Map<string, Set<string>>();
  const shown = new Lru<string, Shown>(limits.maxNames, (key, { document }) => {
    const keys = document && keysOf.get(document.documentId);
    if (keys?.delete(key) && keys.size === 0) keysOf.delete(document?.documentId ?? '');
  });
  const absent = new Lru<string, Shown>(limits.maxNames);
  const revisionsOf = new Map<string, Set<string>>();
  const held = new Lru<string, Held>(limits.maxBytes, (key, { entry }) => {
    const { documentId } = entry.document;
    const revisions = revisionsOf.get(documentId);
    if (revisions?.delete(key) && revisions.size === 0) revisionsOf.delete(documentId);
  });
  const lists = new Map<number, { at: number; documents: readonly PublicDocument[] }>();

  const documentFlights = new SingleFlight<PublicDocument | undefined>(now, limits.memoryMs);
  const contentFlights = new SingleFlight<Content | undefined>(now, limits.memoryMs);
  const revisionFlights = new SingleFlight<readonly PublicRevision[]>(now, limits.memoryMs);
  const listFlights = new SingleFlight<readonly PublicDocument[]>(now, limits.memoryMs);

  const ageOf = (at: number) => {
    const age = now() - at;
    return age < 0 ? Number.POSITIVE_INFINITY : age;
  };
  const isFresh = (at: number) => ageOf(at) < limits.memoryMs;

  function dropRevisions(documentId: string): void {
    for (const key of [...(revisionsOf.get(documentId) ?? [])]) held.delete(key);
  }

  function dropNames(documentId: string): string[] {
    const keys = [...(keysOf.get(documentId) ?? [])];
    for (const key of keys) shown.delete(key);
    return keys;
  }

  /** It is public under another name. */
  const isKnown = (documentId: string) =>
    [...(keysOf.get(documentId) ?? [])].some((key) => isFresh(shown.peek(key)?.at ?? Number.NEGATIVE_INFINITY));

  function show(key: string, document: PublicDocument, at: number): void {
    absent.delete(key);
    const revision = revisionKey(document);
    const known = held.peek(revision)?.entry.document;
    const same = known && isSameDocument(known, document) ? known : document;
    shown.set(key, { document: same, revisionKey: revision, at });
    const keys = keysOf.get(document.documentId) ?? new Set();
    keysOf.set(document.documentId, keys.add(key));
  }

  function showNothing(key: string, at: number): void {
    // CACHE1: it is no longer public under this name; nobody told us.
    const before = shown.peek(key)?.document;
    shown.delete(key);
    if (before && !isKnown(before.documentId)) dropRevisions(before.documentId);
    absent.set(key, { document: undefined, revisionKey: '', at });
  }

  /** Which revision a name shows, from Redis or the database. */
  async function readDocument(key: string, flight: SharedCall): Promise<PublicDocument | undefined> {
    const { document: known, ticket } = (await shared?.document(key)) ?? {};
    const isCurrent = (document: PublicDocument) =>
      !flight.invalidated.has(document.documentId) && !flight.invalidated.has(key);
    if (known && isCurrent(known)) {
      metrics?.read('redis');
      show(key, known, flight.startedAt);
      return known;
    }
    const name = key.slice(key.indexOf(':') + 1);
    const document = key.startsWith('id:') ? await reads.byId(name) : await reads.bySlug(name);
    metrics?.read('database');
    // CACHE3: in both cases.
    if (document) {
      if (isCurrent(document)) {
        show(key, document, flight.startedAt);
        if (ticket) shared?.keepDocument(key, document, ticket);
      }
    } else if (!flight.invalidated.has(ANY_NAME) && !flight.invalidated.has(key)) {
      showNothing(key, flight.startedAt);
    }
    return document;
  }

  const askDocument = (key: string) => documentFlights.join(key, (flight) => readDocument(key, flight));

  async function readContent(document: PublicDocument, flight: SharedCall): Promise<Content | undefined> {
    const { documentId, revision: number } = document;
    const { revision: known, ticket } = (await shared?.revision(documentId, number)) ?? {};
    const revision = known ?? (await reads.revision(documentId, number));
    if (!revision) return undefined;
    const content = { body: revision.body, html: await render(revision.body) };
    // CACHE3
    if (flight.invalidated.has(documentId)) return content;
    hold(document, content);
    if (known === undefined && ticket) shared?.keepRevision(revision, ticket);
    return content;
  }

  /** Holds it; what is older of the document goes. */
  function hold(document: PublicDocument, content: Content): PublicEntry {
    const key = revisionKey(document);
    const entry: PublicEntry = createEntry(document, content, (bytes) => held.grow(key, value, bytes));
    const value: Held = { entry, content, confirmedAt: now() };
    const { documentId, revision } = document;
    for (const other of [...(revisionsOf.get(documentId) ?? [])]) {
      if ((held.peek(other)?.entry.document.revision ?? revision) < revision) held.delete(other);
    }
    const weight = content.html.length * BYTES_A_CHARACTER * 3 + 1_024;
    held.set(key, value, weight);
    if (held.peek(key) === value) {
      const keys = revisionsOf.get(documentId) ?? new Set();
      revisionsOf.set(documentId, keys.add(key));
    }
    return entry;
  }

  /** The entry of a document whose text is held, in the document's present state. */
  function heldEntry(
    document: PublicDocument,
    confirmedAt: number,
    key = revisionKey(document),
  ): PublicEntry | undefined {
    const present = held.get(key);
    if (present === undefined) return undefined;
    if (present.entry.document !== document && !isSameDocument(present.entry.document, document))
      return hold(document, present.content);
    present.confirmedAt = Math.max(present.confirmedAt, confirmedAt);
    return present.entry;
  }

  async function entryOf(document: PublicDocument): Promise<PublicEntry | undefined> {
    const present = heldEntry(document, now());
    if (present) return present;
    const content = await contentFlights.join(revisionKey(document), (flight) => readContent(document, flight));
    if (content === undefined) return undefined;
    // Not held: too large, or changed meanwhile. Whoever waited gets it all the same.
    return heldEntry(document, now()) ?? createEntry(document, content, () => {});
  }

  function peekKey(key: string): PublicEntry | null | undefined {
    const found = shown.get(key) ?? absent.get(key);
    if (found === undefined) return undefined;
    const age = ageOf(found.at);
    if (age >= limits.memoryMs) return undefined;
    if (found.document === undefined) return null;
    const entry = heldEntry(found.document, found.at, found.revisionKey);
    if (entry === undefined) return undefined;
    metrics?.read('memory');
    // Asked again ahead of time: those who read much-read pages never wait.
    if (age >= limits.memoryMs / 2) renew(key);
    return entry;
  }

  /** What there is known of needs no look at the name. */
  function peekName(key: string, canBe: () => boolean): PublicEntry | null | undefined {
    const found = peekKey(key);
    return found === undefined && !canBe() ? null : found;
  }

  function renew(key: string): void {
    // Thousands read while the database answers: all that joined would go on at once then, and who asks meanwhile would wait.
    if (documentFlights.isRunning(key)) return;
    askDocument(key)
      .then((document) => document && entryOf(document))
      .catch((err) => log.debug({ err }, 'a public document could not be read ahead of time'));
  }

  async function find(key: string): Promise<PublicEntry | undefined> {
    const known = peekKey(key);
    if (known !== undefined) return known ?? undefined;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      const present = shown.get(key);
      const document = present && isFresh(present.at) ? present.document : await askDocument(key);
      if (document === undefined) return undefined;
      const entry = await entryOf(document);
      if (entry) return entry;
      // What showed it is older than what the database says now: it is asked again. Of many who wait one forgets it.
      if (shown.peek(key)?.document === document) forget({ documentId: document.documentId, kind: 'changed' });
    }
    return undefined;
  }

  function forget({ documentId, kind, slug }: PublicationNotice): void {
    const names = [documentId, idKey(documentId), slug === undefined ? ANY_NAME : slugKey(slug)];
    for (const flights of [documentFlights, contentFlights, revisionFlights, listFlights]) flights.invalidate(names);
    const keys = new Set([...dropNames(documentId), idKey(documentId)]);
    if (slug !== undefined) keys.add(slugKey(slug));
    for (const key of keys) {
      shown.delete(key);
      absent.delete(key);
    }
    if (slug === undefined) absent.clear();
    // CACHE1: after anything but a publication it may be private.
    if (kind !== 'published') dropRevisions(documentId);
    lists.clear();
    shared?.drop(documentId, [...keys]);
  }

  const leave = options.cluster.subscribe(PUBLICATIONS, (notice) => {
    if (isNotice(notice)) forget(notice);
  });
  const sweep = ticking(SWEEP_MS, 'public documents', log, () => {
    held.deleteIf(({ confirmedAt }) => ageOf(confirmedAt) > UNCONFIRMED_MS);
    shown.deleteIf(({ at }) => ageOf(at) > UNCONFIRMED_MS);
  }).unref();

  return {
    page: async (slug) => (isSlug(slug) ? find(slugKey(slug)) : undefined),
    byId: async (documentId) => (isDocumentId(documentId) ? find(idKey(documentId)) : undefined),
    peek: (slug) => peekName(slugKey(slug), () => isSlug(slug)),
    peekById: (documentId) => peekName(idKey(documentId), () => isDocumentId(documentId)),

    states: async (slugs) => new Map((await reads.states(slugs)).map((state) => [state.slug, state])),

    revisionsAfter(documentId, after, limit) {
      const few = Math.min(limit, limits.maxRevisions);
      return revisionFlights.join(`${documentId}:${after}:${few}`, () => reads.revisionsAfter(documentId, after, few));
    },

    async latest(limit) {
      const few = Math.min(limit, limits.maxLatest);
      const list = lists.get(few);
      if (list && isFresh(list.at)) return list.documents;
      return listFlights.join(String(few), async ({ startedAt, invalidated: touched }) => {
        const documents = await reads.latest(few);
        if (touched.size === 0) lists.set(few, { at: startedAt, documents });
        return documents;
      });
    },

    invalidate: forget,
    stats: () => ({ documents: held.size, bytes: held.weight }),
    close() {
      leave();
      clearInterval(sweep);
    },
  };
}

function isNotice(value: unknown): value is PublicationNotice {
  if (typeof value !== 'object' || value === null) return false;
  const { documentId, slug } = value as { documentId?: unknown; slug?: unknown };
  return typeof documentId === 'string' && (slug === undefined || typeof slug === 'string');
}
