/**
 * What is made of many public documents at once, such as a sitemap: bytes that are kept until any public document changes, and
 * made again when somebody asks. Does not know what is made.
 *
 * I6: kept bytes are served only while the node knows that nothing changed: it asks the database every so often, and hears of
 * changes besides. A change of which no list shows anything, such as one of a private document, leaves them. I9: kept up to a
 * number of bytes, and one thing is made at a time. Of each key one is being made and one waits at most, however often something
 * changes meanwhile: all who came after the change share the one that waits.
 */
import type { Logger } from '../lib/logger.ts';
import { Lru } from '../lib/lru.ts';
import type { ChangeFeed } from '../ports/changes.ts';
import type { Cluster } from '../ports/cluster.ts';
import { PUBLICATIONS, type PublicationNotice } from '../ports/public-reads.ts';
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

/** The last one of a key that was begun, or waits for its turn. */
interface Making {
  readonly bytes: Promise<CachedBytes>;
  /** Undefined: it waits. */
  begun: { readonly at: number; readonly afterChanges: number } | undefined;
}

/** Looks at what changed that may fail before nothing that was kept is served. */
const FAILED_LOOKS = 2;
/** What is being made for so long, milliseconds, is still waited for. */
const JOIN_MS = 10_000;

/** What is no notice of this version may be one of another: it may concern lists. */
const changesLists = (notice: unknown): boolean =>
  (notice as Partial<PublicationNotice> | null | undefined)?.changesLists !== false;

export function createKeptLists({ cluster, changes, log, maxBytes, now }: PublicListsOptions): KeptLists {
  const lists = new Lru<string, Kept>(maxBytes);
  const makings = new Map<string, Making>();
  let changesSoFar = 0;
  /** Nothing changed between the last change and this time. */
  let confirmedAt = Number.NEGATIVE_INFINITY;
  /** Resolves when nothing is being made. */
  let idle: Promise<unknown> = Promise.resolve();

  function changed(): void {
    changesSoFar += 1;
    lists.clear();
  }

  const noticed = (notice: unknown): void => {
    if (changesLists(notice)) changed();
  };
  const leave = cluster.subscribe(PUBLICATIONS, noticed, changed);
  const off = changes.subscribe(async ({ everything, lists: areListsChanged }, askedAt) => {
    confirmedAt = askedAt;
    if (everything || areListsChanged) changed();
  });

  /** Of what is kept: a change drops it. */
  const isFresh = ({ at }: Kept): boolean => now() - Math.max(at, confirmedAt) < changes.pollMs * FAILED_LOOKS;

  async function make(key: string, from: () => Promise<string>, begin: () => void): Promise<CachedBytes> {
    const before = idle;
    const { promise, resolve } = Promise.withResolvers<void>();
    idle = promise;
    await before;
    try {
      begin();
      const at = now();
      const afterChanges = changesSoFar;
      const content = await from();
      let list: Kept | undefined;
      const bytes = createBytes(content, (more) => {
        if (list) lists.grow(key, list, more);
      });
      list = { bytes, at };
      if (afterChanges === changesSoFar) lists.set(key, list, bytes.plain.length);
      return bytes;
    } catch (err) {
      log.debug({ err, list: key }, 'could not list public documents');
      throw err;
    } finally {
      resolve();
    }
  }

  /** I6: what was begun before a change is not joined after it. */
  const isJoinable = ({ begun }: Making): boolean =>
    begun === undefined || (begun.afterChanges === changesSoFar && now() - begun.at < JOIN_MS);

  function join(key: string, from: () => Promise<string>): Promise<CachedBytes> {
    const present = makings.get(key);
    if (present && isJoinable(present)) return present.bytes;
    const begin = () => {
      making.begun = { at: now(), afterChanges: changesSoFar };
    };
    const bytes = make(key, from, begin).finally(() => {
      if (makings.get(key) === making) makings.delete(key);
    });
    const making: Making = { bytes, begun: undefined };
    makings.set(key, making);
    return bytes;
  }

  function peek(key: string): CachedBytes | undefined {
    const present = lists.get(key);
    return present && isFresh(present) ? present.bytes : undefined;
  }

  return {
    kept: async (key, from) => peek(key) ?? join(key, from),
    peek,
    close() {
      leave();
      off();
    },
  };
}
