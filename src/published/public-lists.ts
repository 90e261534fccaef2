/**
 * What is made of many public documents at once, such as a sitemap: bytes that are kept until any public document changes, and
 * made again when somebody asks. Does not know what is made.
 *
 * I6: kept bytes are served only while the node knows that nothing changed: it asks the database every so often, and hears of
 * changes besides. I9: kept up to a number of bytes, and one thing is made at a time, however many are requested.
 */
import type { Logger } from '../lib/logger.ts';
import { Lru } from '../lib/lru.ts';
import { SingleFlight } from '../lib/single-flight.ts';
import type { ChangeFeed } from '../ports/changes.ts';
import type { Cluster } from '../ports/cluster.ts';
import { PUBLICATIONS } from '../ports/public-reads.ts';
import { type CachedBytes, createBytes } from './cached-bytes.ts';

export interface PublicListsOptions {
  cluster: Pick<Cluster, 'subscribe'>;
  changes: ChangeFeed;
  log: Logger;
  maxBytes: number;
  /** Milliseconds; never goes back. */
  now(): number;
}

export interface KeptLists {
  /** The bytes of that key; `make` is called when they have to be made. Rejects when that fails. */
  kept(key: string, make: () => Promise<string>): Promise<CachedBytes>;
  /** The bytes of that key, if they can be served without making them. */
  peek(key: string): CachedBytes | undefined;
  close(): void;
}

interface Kept {
  readonly bytes: CachedBytes;
  /** When making them began. */
  readonly at: number;
}

/** Looks at what changed that may fail before nothing that was kept is served. */
const FAILED_LOOKS = 2;
/** What is being made since then is waited for: a change in between starts it again anyway. */
const JOIN_MS = 10_000;

export function createKeptLists({ cluster, changes, log, maxBytes, now }: PublicListsOptions): KeptLists {
  const lists = new Lru<string, Kept>(maxBytes);
  const making = new SingleFlight<CachedBytes>(now, JOIN_MS);
  let changedAt = Number.NEGATIVE_INFINITY;
  /** Nothing changed between `changedAt` and this time. */
  let confirmedAt = Number.NEGATIVE_INFINITY;
  /** Resolves when nothing is being made. */
  let idle: Promise<unknown> = Promise.resolve();

  function changed(): void {
    changedAt = now();
    lists.clear();
    making.invalidate(['']);
  }

  const leave = cluster.subscribe(PUBLICATIONS, changed, changed);
  const off = changes.subscribe(async ({ everything, documents }, askedAt) => {
    confirmedAt = askedAt;
    if (everything || documents.size > 0) changed();
  });

  const isFresh = ({ at }: Kept): boolean =>
    at >= changedAt && now() - Math.max(at, confirmedAt) < changes.pollMs * FAILED_LOOKS;

  async function make(key: string, from: () => Promise<string>): Promise<CachedBytes> {
    const before = idle;
    const { promise, resolve } = Promise.withResolvers<void>();
    idle = promise;
    await before;
    try {
      const at = now();
      const content = await from();
      let list: Kept | undefined;
      const bytes = createBytes(content, (more) => {
        if (list) lists.grow(key, list, more);
      });
      list = { bytes, at };
      if (at >= changedAt) lists.set(key, list, bytes.plain.length);
      return bytes;
    } catch (err) {
      log.debug({ err, list: key }, 'could not list public documents');
      throw err;
    } finally {
      resolve();
    }
  }

  function peek(key: string): CachedBytes | undefined {
    const present = lists.get(key);
    return present && isFresh(present) ? present.bytes : undefined;
  }

  return {
    kept: async (key, from) => peek(key) ?? making.join(key, () => make(key, from)),
    peek,
    close() {
      leave();
      off();
    },
  };
}
