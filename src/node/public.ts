/**
 * Public documents and the counts of their readers: the database role that sees nothing else, the cache in front of it, the drafts
 * of live documents, and the channels that follow both. What serves readers without a session gets these parts, never the storage (I6).
 */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Redis } from 'ioredis';
import { createLocalCounts } from '../cluster/local-counts.ts';
import { createRedisCounts } from '../cluster/redis/counts.ts';
import type { Config } from '../config/config.ts';
import { renderHtml } from '../content/html/html.ts';
import type { Clock } from '../lib/clock.ts';
import type { Logger } from '../lib/logger.ts';
import type { ChangeFeed } from '../ports/changes.ts';
import type { Cluster } from '../ports/cluster.ts';
import type { PublicLists, PublicReads } from '../ports/public-reads.ts';
import { createPublicCache, type PublicCache, type PublicCacheMetrics } from '../published/cache.ts';
import type { OpenDraftOf } from '../published/draft-display.ts';
import { createLiveTexts } from '../published/live-texts.ts';
import { createPresentPages, type PresentPages } from '../published/present-pages.ts';
import { createPublicChannels, type PublicChannels } from '../published/public-channels.ts';
import { createKeptLists, type KeptLists } from '../published/public-lists.ts';
import { createSectionDater } from '../published/section-dates.ts';
import { createViewCounter, type ViewCounter } from '../published/view-counter.ts';
import type { Orm } from '../storage/postgres/orm.ts';
import { createViewCountStore } from '../storage/postgres/public/counts.ts';
import { createPublicReads } from '../storage/postgres/public/reads.ts';
import type { Actors } from './actors.ts';
import type { Parts } from './parts.ts';
import {
  COUNTS,
  HOME_LISTS,
  LIVE_TEXTS,
  PRESENT_PAGES,
  PUBLIC_CHANNELS,
  PUBLIC_LISTS,
  PUBLIC_READS,
} from './settings.ts';

export interface PublicParts {
  /** The current revisions of documents. */
  cache: PublicCache;
  /** Documents as readers see them now. */
  pages: PresentPages;
  reads: PublicLists & Pick<PublicReads, 'latest'>;
  lists: KeptLists;
  /** Pages of the home page. */
  homeLists: KeptLists;
  channels: PublicChannels;
  viewCounter: ViewCounter;
  viewCounts: ReturnType<typeof createViewCountStore>;
}

export interface PublicPorts {
  orm: Orm;
  cluster: Cluster;
  redis: Redis | undefined;
  metrics: PublicCacheMetrics;
  clock: Clock;
  log: Logger;
  changes: ChangeFeed;
  liveContents: Actors['liveContents'];
  openDraft: OpenDraftOf;
}

/** @throws when the database refuses this process the role for public reads */
export async function openPublic(
  config: Config & { databaseUrl: string },
  { orm, cluster, redis, metrics, clock, log, changes, liveContents, openDraft }: PublicPorts,
  parts: Parts,
): Promise<PublicParts> {
  const reads = createPublicReads({
    databaseUrl: config.publicDatabaseUrl ?? config.databaseUrl,
    log,
    siteLanguage: config.siteLanguage,
    ...PUBLIC_READS,
  });
  parts.add('public reads', () => reads.close());
  await reads.check();
  const cache = createPublicCache({
    reads,
    store: redis,
    keyPrefix: config.redisPrefix,
    cluster,
    render: renderHtml,
    clock: { now: () => performance.now() },
    log,
    metrics,
  });
  parts.add('public cache', () => cache.close());
  const now = () => performance.now();
  const contents = liveContents(reads.stateAt);
  const dates = createSectionDater({ drafts: reads, contents, now });
  const texts = createLiveTexts({
    drafts: reads,
    contents,
    dates,
    render: renderHtml,
    clock: { now },
    log,
    ...LIVE_TEXTS,
  });
  const pages = createPresentPages({ cache, texts, drafts: reads, dates, cluster, now, log, ...PRESENT_PAGES });
  parts.add('live texts', () => pages.close());
  const newSalt = () => randomBytes(32).toString('base64url');
  const viewCounts = createViewCountStore(orm);
  const viewCounter = createViewCounter({
    store: redis
      ? createRedisCounts({
          store: redis,
          keyPrefix: config.redisPrefix,
          nodeId: cluster.nodeId,
          newId: randomUUID,
          newSalt,
          ...COUNTS.shared,
        })
      : createLocalCounts({ newId: randomUUID, newSalt, ...COUNTS.local }),
    counts: viewCounts,
    clock,
    log,
  });
  parts.add('view counters', () => viewCounter.close());
  const channels = createPublicChannels({ publicPages: cache, cluster, log, changes, openDraft, ...PUBLIC_CHANNELS });
  parts.add('publication channels', () => channels.close());
  const lists = createKeptLists({ cluster, changes, log, ...PUBLIC_LISTS, now });
  const homeLists = createKeptLists({ cluster, changes, log, ...HOME_LISTS, now });
  parts.add('public lists', () => {
    lists.close();
    homeLists.close();
  });
  return { cache, pages, reads, lists, homeLists, channels, viewCounter, viewCounts };
}
