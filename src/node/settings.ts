/** Figures of the composition that nobody needs to set, and the limits that parts take from the configuration. */
import { fileURLToPath } from 'node:url';
import type { DocumentLimits } from '../actors/document/ports.ts';
import {
  composedLimits,
  DEFAULT_ADMIT_LIMITS,
  DEFAULT_SCAN_LIMITS,
  DEFAULT_TRIAL_THRESHOLDS,
  MAX_KNOWN_RATIO,
} from '../actors/document/update/limits.ts';
import type { Config } from '../config/config.ts';
import type { ListenerLimits } from '../gateway/listener/listener.ts';

export const WEB_DIR = fileURLToPath(new URL('../../.stet/web', import.meta.url));
export const SDK_DIR = fileURLToPath(new URL('../../dist', import.meta.url));
export const ORM_POOL = 8;
const DAY_MS = 86_400_000;
/** Connections to each replica, what a read there may take, and how often each is looked at. */
export const REPLICAS = { poolSize: 8, statementTimeoutMs: 10_000, probeMs: 1_000 } as const;
/** Above the largest update: what the frame adds to it. */
export const FRAME_OVERHEAD_BYTES = 4_096;
/** Of each lane: known devices and strangers. Each hash takes 19 MiB. */
export const PASSWORDS = { parallel: 2, queued: 50 } as const;
const MINUTE_MS = 60_000;
/** Attempts to sign in that are free, and how the pause grows from then on. */
export const SIGN_IN_ATTEMPTS = {
  device: { freeAttempts: 10, firstMs: 1_000, maxMs: MINUTE_MS, forgetMs: 30 * MINUTE_MS },
  pair: { freeAttempts: 5, firstMs: 1_000, maxMs: 15 * MINUTE_MS, forgetMs: 30 * MINUTE_MS },
  account: { freeAttempts: 10, firstMs: 1_000, maxMs: MINUTE_MS, forgetMs: 60 * MINUTE_MS },
  network: { freeAttempts: 60, firstMs: 1_000, maxMs: MINUTE_MS, forgetMs: 10 * MINUTE_MS },
} as const;
export const TRIAL = { size: 1, timeMs: 100, memoryMb: 256 } as const;
/**
 * Reading and rewriting large texts: a megabyte takes about a second. A part of a change takes some milliseconds, in a draft
 * that nobody prepared for it; a busy machine may need several times as long.
 */
export const COPIES = {
  threads: 2,
  queued: 64,
  queuedOfOwner: 16,
  cpuMs: 10_000,
  waitMs: 15_000,
  memoryMb: 512,
  partMs: 250,
} as const;
/** Parsing, encoding and comparing texts over HTTP. */
export const CONTENT_WORK = {
  threads: 2,
  queued: 64,
  queuedOfUser: 16,
  cpuMs: 10_000,
  waitMs: 15_000,
  memoryMb: 512,
  cacheBytes: 16 * 1_048_576,
} as const;
export const MAX_JSON_BYTES = 65_536;
export const RATE_WINDOW_MS = 60_000;
export const BATCH = { maxBatchEntries: 2_000, maxBatchBytes: 8 * 1_048_576 } as const;
/** Limits of reads of updates that draft subscribers missed. */
export const CATCH_UP = { maxCatchUpRows: 32, maxCatchUpReads: 2 } as const;
/** Event streams look so often whether pub/sub lost word of a publication. */
export const PUBLICATIONS_RECHECK_MS = 5_000;
/** Connections that can read what is public and nothing else, and what a read there may take. */
export const PUBLIC_READS = { poolSize: 4, statementTimeoutMs: 5_000, maxWaiting: 1_000 } as const;
/** Sitemaps that a node keeps: a large one has 10 MB. */
export const PUBLIC_LISTS = { maxBytes: 64 * 1_048_576 } as const;
/** Fifty pages of the home page, with summaries, in all codings. */
export const HOME_LISTS = { maxBytes: 8 * 1_048_576 } as const;
/**
 * Pictures of documents, for other sites to show beside a link: one takes a tenth of a second, on a busy machine several
 * times that. Each is kept as 50 KB.
 */
export const CARDS = {
  pool: { threads: 1, queued: 64, queuedOfOwner: 16, cpuMs: 5_000, waitMs: 15_000, memoryMb: 128, nice: 10 },
  maxBytes: 32 * 1_048_576,
} as const;
/** Views are written in one batch for all nodes; one that its node left behind is written by another. */
export const COUNTS = {
  shared: { batchMs: 10_000, abandonedMs: 30_000 },
  local: { maxReaders: 100_000 },
} as const;
/** Documents that widgets and event streams follow on a node, and the least time between two changes of a draft. */
export const PUBLIC_CHANNELS = { maxChannels: 10_000 } as const;
export const PUBLIC_DRAFT_PACE_MS = 1_000;
/**
 * Drafts that channels of a node follow: of one document up to three, for viewers in public and in private, and for widgets, under
 * all of its names together. A third of them at most are of documents of one owner.
 */
export const LIVE_DRAFTS = { maxDrafts: 300, maxDraftsOfOwner: 100 } as const;
/**
 * Each node asks so often what changed in access and publications, for messages get lost, and compares everything so rarely.
 * I6: with the time that a comparison takes, what may no longer be read is lost within a second.
 */
export const CHANGES = { pollMs: 500, sweepMs: 30_000 } as const;
/** A document may take so long to be claimed, loaded and answered by another node. */
export const CALL_DEADLINE_MS = 1_500;
export const SETTLE_MS = 25;
/** The owner of a live document may take so long to answer readers: then they get the text from the journal. */
export const READERS_OWNER_MS = 1_000;
/**
 * Drafts that readers get from the journal: half of the places in the queue of copies stay for authors, with readers of public
 * and of private documents. A thread waits so long for what it works on.
 */
export const JOURNAL_TEXTS = { loadMs: 5_000, maxTasks: COPIES.queued / 4 } as const;
/** Readers wait so long for the draft of a live document: then they get what they had before, or its revision. */
const READERS_WAIT_MS = 1_500;
/** Texts of live documents that a node keeps for pages, feeds and the API. */
export const LIVE_TEXTS = { maxBytes: 64 * 1_048_576, waitMs: READERS_WAIT_MS } as const;
/** Dates of sections come later than the page if they take longer. */
export const PRESENT_PAGES = { waitMs: READERS_WAIT_MS } as const;
/** Pages of private documents that a node keeps for those who may read them. */
export const PRIVATE_PAGES = { maxBytes: 32 * 1_048_576, waitMs: READERS_WAIT_MS } as const;
/** A user's actor stays for so long after the last socket. */
export const USER_LINGER_MS = 5_000;
/** Requests in flight get so long to end. */
export const REQUESTS_END_MS = 2_000;
/**
 * When the node drains, one client moves about every so many milliseconds. A writer costs a connection and a claim elsewhere;
 * a reader a connection, of which another node takes `MAX_HANDSHAKES_PER_SECOND`.
 */
const DRAIN_MS_A_WRITER = 20;
const DRAIN_MS_A_READER = 3;
/** What search does not know yet gets so long to be stored when the node goes. */
export const LAST_TEXTS_MS = 500;

/** Milliseconds over which that many clients of a kind are asked to move: whole, and at most half of the drain. */
const spreadMs = (count: number, msEach: number, { drainMs }: Pick<Config, 'drainMs'>): number =>
  Math.min(count * msEach, Math.floor(drainMs / 2));

export const writersSpreadMs = (count: number, config: Pick<Config, 'drainMs'>): number =>
  spreadMs(count, DRAIN_MS_A_WRITER, config);
export const readersSpreadMs = (count: number, config: Pick<Config, 'drainMs'>): number =>
  spreadMs(count, DRAIN_MS_A_READER, config);

export function documentLimits(config: Config): DocumentLimits {
  return {
    maxUpdateBytes: config.maxUpdateBytes,
    maxDocumentBytes: config.maxDocumentBytes,
    scan: {
      ...DEFAULT_SCAN_LIMITS,
      maxBytes: config.maxUpdateBytes * MAX_KNOWN_RATIO,
      maxStructs: config.maxUpdateStructs,
    },
    composed: composedLimits(config.maxDocumentBytes),
    admit: DEFAULT_ADMIT_LIMITS,
    trial: DEFAULT_TRIAL_THRESHOLDS,
    maxUncommittedUpdates: config.maxUncommittedUpdates,
    maxUncommittedBytes: config.maxUncommittedBytes,
    maxMailbox: config.maxMailbox,
    maxStateVectorBytes: config.maxStateVectorBytes,
    maxReservedClientIds: config.maxReservedClientIds,
    reservedClientIdMs: config.reservedClientIdDays * DAY_MS,
    snapshotUpdates: config.snapshotUpdates,
    snapshotBytes: config.snapshotBytes,
    idleMs: config.idleMs,
    participantLeaseMs: config.syncMs * 5,
    drainMs: config.drainMs / 2,
  };
}

export function listenerLimits(config: Config): ListenerLimits {
  const maxBodyBytes = Math.max(config.maxUpdateBytes, config.maxContentBytes, MAX_JSON_BYTES);
  return {
    maxBodyBytes,
    maxBufferedBodyBytes: maxBodyBytes,
    maxHeaderBytes: config.maxHeaderBytes,
    headersTimeoutMs: 10_000,
    keepAliveTimeoutMs: 30_000,
    requestTimeoutMs: 60_000,
    maxConnections: config.maxSockets,
    maxStrangerConnections: Math.floor(config.maxSockets * (1 - config.reservedAuthorPercent / 100)),
    maxConnectionsPerAddress: config.maxConnectionsPerAddress,
    unreadTimeoutMs: 30_000,
    socketIoMaxBackpressureBytes: config.maxBackpressureBytes,
  };
}
