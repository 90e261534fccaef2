/**
 * The part of the public cache that nodes share through Redis. Ages are measured by Redis's own clock, from before the database
 * was read: however long that took, nothing is older than it may be. When Redis does not answer in time, the database is read
 * and Redis is left out for a second: nothing here ever fails.
 *
 * The result of a read that began before an invalidation is not cached after it: each invalidation raises a version, and each
 * value bears the version under which it was read.
 */
import type { Redis } from 'ioredis';
import { answerWithin } from '../lib/deadline.ts';
import type { Logger } from '../lib/logger.ts';
import type { PublicDocument, PublicRevision } from '../ports/public-reads.ts';

/** When a read of the database began, by Redis's clock, and what had been invalidated by then. */
export interface ReadStamp {
  readonly at: number;
  readonly version: string;
}

export interface RedisCache {
  /** The document under a key, if there is one; else the stamp for one that is read from the database now. */
  document(key: string): Promise<{ document?: PublicDocument; stamp?: ReadStamp }>;
  setDocument(key: string, document: PublicDocument, stamp: ReadStamp): void;
  revision(documentId: string, revision: number): Promise<{ revision?: PublicRevision; stamp?: ReadStamp }>;
  setRevision(revision: PublicRevision, stamp: ReadStamp): void;
  /** Removes all of the document; reads that are running on any node do not put it back. */
  drop(documentId: string, keys: readonly string[]): void;
}

export interface RedisCacheOptions {
  store: Redis;
  keyPrefix: string;
  log: Logger;
  now(): number;
  /** Milliseconds. */
  documentMs: number;
  revisionMs: number;
}

const DEADLINE_MS = 100;
const LEFT_OUT_MS = 1_000;
const MAX_REVISION_CHARACTERS = 1_048_576;

const SET_UNLESS_INVALIDATED = `
  if (redis.call('get', KEYS[2]) or '0') ~= ARGV[1] then return 0 end
  redis.call('set', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
  return 1`;

/** I13: a node of the version before does not know when documents were live. */
const isWhole = (document: Partial<PublicDocument> | undefined): document is PublicDocument =>
  document?.coverage !== undefined;

export function createRedisCache({
  store,
  keyPrefix,
  log,
  now,
  documentMs,
  revisionMs,
}: RedisCacheOptions): RedisCache {
  const versionKey = `${keyPrefix}public:version`;
  const documentKey = (key: string) => `${keyPrefix}public:document:${key}`;
  const revisionKey = (documentId: string) => `${keyPrefix}public:revision:${documentId}`;
  let useAgainAt = Number.NEGATIVE_INFINITY;

  function leaveOut(err: unknown): void {
    if (useAgainAt <= now()) log.debug({ err }, 'public reads continue without Redis');
    useAgainAt = now() + LEFT_OUT_MS;
  }

  /** One round trip: the value, and the stamp for a read that begins now. */
  async function find(key: string): Promise<{ text?: string; stamp?: ReadStamp }> {
    if (now() < useAgainAt && useAgainAt - now() <= LEFT_OUT_MS) return {};
    try {
      const answers = await answerWithin(store.pipeline().time().get(versionKey).get(key).exec(), DEADLINE_MS);
      const [time, version, text] = (answers ?? []).map(([error, value]) => {
        if (error) throw error;
        return value;
      });
      const [seconds, microseconds] = time as [number | string, number | string];
      const stamp = {
        at: Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000),
        version: (version as string | null) ?? '0',
      };
      return { stamp, ...(typeof text === 'string' && { text }) };
    } catch (error) {
      leaveOut(error);
      return {};
    }
  }

  function set(key: string, value: unknown, { at, version }: ReadStamp, ms: number): void {
    const text = JSON.stringify(value);
    if (text.length > MAX_REVISION_CHARACTERS) return;
    store.eval(SET_UNLESS_INVALIDATED, 2, key, versionKey, version, text, at + ms).catch(leaveOut);
  }

  return {
    async document(key) {
      const { text, stamp } = await find(documentKey(key));
      const document = text === undefined ? undefined : (JSON.parse(text) as Partial<PublicDocument>);
      return { ...(stamp && { stamp }), ...(isWhole(document) && { document }) };
    },
    setDocument: (key, document, stamp) => set(documentKey(key), document, stamp, documentMs),

    async revision(documentId, number) {
      const { text, stamp } = await find(revisionKey(documentId));
      const revision = text === undefined ? undefined : (JSON.parse(text) as PublicRevision);
      return { ...(stamp && { stamp }), ...(revision?.revision === number && { revision }) };
    },
    setRevision: (revision, stamp) => set(revisionKey(revision.documentId), revision, stamp, revisionMs),

    drop(documentId, keys) {
      store
        .multi()
        .incr(versionKey)
        .del(revisionKey(documentId), ...keys.map(documentKey))
        .exec()
        .catch(leaveOut);
    },
  };
}
