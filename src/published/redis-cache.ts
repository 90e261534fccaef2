/**
 * What nodes share of public documents through Redis. Ages are measured by Redis's own clock, from before the database was
 * asked: however long that took, nothing is older than it may be. Without an answer in time Redis is left alone for a
 * second, and the database asked: nothing here ever fails.
 *
 * A read that began before an invalidation is not kept after it: each invalidation raises a version, and what is kept says
 * under which version it was read.
 */
import type { Redis } from 'ioredis';
import { answerWithin } from '../lib/deadline.ts';
import type { Logger } from '../lib/logger.ts';
import type { PublicDocument, PublicRevision } from '../ports/public-reads.ts';

/** When the database was asked, by Redis, and what had been invalidated by then. */
export interface ReadStamp {
  readonly at: number;
  readonly version: string;
}

export interface RedisCache {
  /** The document under a key, if one is held; and with what to keep the one that the database knows. */
  document(key: string): Promise<{ document?: PublicDocument; ticket?: ReadStamp }>;
  keepDocument(key: string, document: PublicDocument, ticket: ReadStamp): void;
  revision(documentId: string, revision: number): Promise<{ revision?: PublicRevision; ticket?: ReadStamp }>;
  keepRevision(revision: PublicRevision, ticket: ReadStamp): void;
  /** Nothing of the document is held any more, nor kept by reads under way on any node. */
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
const LEFT_ALONE_MS = 1_000;
const MAX_REVISION_CHARACTERS = 1_048_576;

const KEEP = `
  if (redis.call('get', KEYS[2]) or '0') ~= ARGV[1] then return 0 end
  redis.call('set', KEYS[1], ARGV[2], 'PXAT', ARGV[3])
  return 1`;

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
  let askAgainAt = Number.NEGATIVE_INFINITY;

  function leaveAlone(err: unknown): void {
    if (askAgainAt <= now()) log.debug({ err }, 'public reads go on without Redis');
    askAgainAt = now() + LEFT_ALONE_MS;
  }

  /** One round trip: the value, and the ticket for a read that begins now. */
  async function find(key: string): Promise<{ text?: string; ticket?: ReadStamp }> {
    if (now() < askAgainAt && askAgainAt - now() <= LEFT_ALONE_MS) return {};
    try {
      const answers = await answerWithin(store.pipeline().time().get(versionKey).get(key).exec(), DEADLINE_MS);
      const [time, version, text] = (answers ?? []).map(([error, value]) => {
        if (error) throw error;
        return value;
      });
      const [seconds, microseconds] = time as [number | string, number | string];
      const ticket = {
        at: Number(seconds) * 1_000 + Math.floor(Number(microseconds) / 1_000),
        version: (version as string | null) ?? '0',
      };
      return { ticket, ...(typeof text === 'string' && { text }) };
    } catch (error) {
      leaveAlone(error);
      return {};
    }
  }

  function keep(key: string, value: unknown, { at, version }: ReadStamp, ms: number): void {
    const text = JSON.stringify(value);
    if (text.length > MAX_REVISION_CHARACTERS) return;
    store.eval(KEEP, 2, key, versionKey, version, text, at + ms).catch(leaveAlone);
  }

  return {
    async document(key) {
      const { text, ticket } = await find(documentKey(key));
      return {
        ...(ticket && { ticket }),
        ...(text !== undefined && { document: JSON.parse(text) as PublicDocument }),
      };
    },
    keepDocument: (key, document, ticket) => keep(documentKey(key), document, ticket, documentMs),

    async revision(documentId, number) {
      const { text, ticket } = await find(revisionKey(documentId));
      const revision = text === undefined ? undefined : (JSON.parse(text) as PublicRevision);
      return { ...(ticket && { ticket }), ...(revision?.revision === number && { revision }) };
    },
    keepRevision: (revision, ticket) => keep(revisionKey(revision.documentId), revision, ticket, revisionMs),

    drop(documentId, keys) {
      store
        .multi()
        .incr(versionKey)
        .del(revisionKey(documentId), ...keys.map(documentKey))
        .exec()
        .catch(leaveAlone);
    },
  };
}
