/**
 * Counts page views and unique readers without delaying any request: counts are collected in process for a moment, gathered in
 * a store for all nodes, and written to the database in batches. Knows neither Redis nor SQL.
 *
 * - COUNT4 each batch is written once, also when nodes die between any two steps: it waits in the store until the database has
 *   it, and the database records which it has.
 * - COUNT5 no personal data is stored: address and browser become a hash with a secret that lives for a day, which serves
 *   only to count different readers.
 * - COUNT6 bounded (I9): views beyond the bounds of a moment are not counted.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { answerWithin } from '../lib/deadline.ts';
import type { Logger } from '../lib/logger.ts';
import { periodic } from '../lib/periodic.ts';
import { ticking } from '../lib/timers.ts';
import type { CountStore, Counts, ViewCountStore } from '../ports/counts.ts';
import { isDocumentId } from '../ports/public-reads.ts';

export interface PageReader {
  /** Of the client, as text. */
  readonly address: string;
  readonly userAgent: string;
}

export interface ViewCounter {
  /** Counts a view of a public document. Returns at once, and never throws. */
  count(documentId: string, reader: PageReader): void;
  /** Sends this node's counts to the store. Timers call it; rejects when the store is away. */
  gather(): Promise<void>;
  /** Writes the counts of all nodes, unless they were written lately, and batches left by dead nodes. Returns how many. */
  write(): Promise<number>;
  /** Sends the rest to the store; other nodes write it, or the next one that starts. */
  close(): Promise<void>;
}

export interface ViewCounterOptions {
  store: CountStore;
  counts: ViewCountStore;
  clock: Clock;
  log: Logger;
  gatherMs?: number;
  writeMs?: number;
  /** Bounds of the counts that are not sent yet: documents, and different readers of them. */
  maxDocuments?: number;
  maxReaders?: number;
}

const GATHER_MS = 250;
const WRITE_MS = 10_000;
const DAY_MS = 86_400_000;
const MAX_DOCUMENTS = 10_000;
const MAX_READERS = 20_000;
const MAX_USER_AGENT = 256;
const MAX_ADDRESS = 64;
const HASH_BYTES = 12;
/** How long a node that stops waits for the store and the database: a node that runs alone loses what they did not take by then. */
const CLOSE_MS = 5_000;

/** Counts since the store got the last ones. */
interface PendingCounts {
  views: Map<string, number>;
  /** By day, then by document. */
  readers: Map<string, Map<string, Set<string>>>;
  readerCount: number;
}

const noCounts = (): PendingCounts => ({ views: new Map(), readers: new Map(), readerCount: 0 });

export function createViewCounter(options: ViewCounterOptions): ViewCounter {
  const { store, counts, clock, log } = options;
  const { gatherMs = GATHER_MS, writeMs = WRITE_MS } = options;
  const { maxDocuments = MAX_DOCUMENTS, maxReaders = MAX_READERS } = options;
  let pending = noCounts();
  /** Days since 1970, and as text: needed for each view. */
  let today = { number: Number.NaN, text: '' };
  let sent = 0;
  /** Sent, and not known to have arrived: sent again unchanged. */
  let unconfirmed: { number: number; counts: Counts } | undefined;
  let gathering: Promise<void> = Promise.resolve();

  async function hashed({ views, readers }: PendingCounts): Promise<Counts> {
    const salts = new Map<string, string>();
    for (const day of readers.keys()) salts.set(day, await store.salt(day));
    const hash = (day: string, reader: string) =>
      createHash('sha256')
        .update(`${salts.get(day)}\n${reader}`)
        .digest()
        .subarray(0, HASH_BYTES)
        .toString('base64');
    return {
      views,
      readers: [...readers].flatMap(([day, documents]) =>
        [...documents].map(([documentId, readersOfDay]) => ({
          documentId,
          day,
          hashes: new Set([...readersOfDay].map((reader) => hash(day, reader))),
        })),
      ),
    };
  }

  async function deliver(): Promise<void> {
    if (unconfirmed === undefined) return;
    await store.add(unconfirmed.number, unconfirmed.counts);
    unconfirmed = undefined;
  }

  async function send(): Promise<void> {
    await deliver();
    if (pending.views.size === 0) return;
    const taken = pending;
    pending = noCounts();
    try {
      unconfirmed = { number: sent + 1, counts: await hashed(taken) };
      sent += 1;
    } catch (error) {
      // The store is away: views of the meantime are added, as far as there is room.
      for (const [documentId, n] of pending.views) addViews(taken, documentId, n);
      for (const [day, documents] of pending.readers) {
        for (const [documentId, readersOfDay] of documents) {
          for (const reader of readersOfDay) addReader(taken, documentId, day, reader);
        }
      }
      pending = taken;
      throw error;
    }
    await deliver();
  }

  function addViews({ views }: PendingCounts, documentId: string, n: number): boolean {
    const before = views.get(documentId);
    if (before === undefined && (views.size >= maxDocuments || !isDocumentId(documentId))) return false;
    views.set(documentId, (before ?? 0) + n);
    return true;
  }

  function addReader(to: PendingCounts, documentId: string, day: string, reader: string): void {
    const documents = to.readers.get(day) ?? new Map<string, Set<string>>();
    const readersOfDay = documents.get(documentId) ?? new Set<string>();
    if (readersOfDay.has(reader) || to.readerCount >= maxReaders) return;
    readersOfDay.add(reader);
    documents.set(documentId, readersOfDay);
    to.readers.set(day, documents);
    to.readerCount += 1;
  }

  /** The day in UTC, `2026-11-25`. */
  function day(): string {
    const now = clock.now();
    const number = Math.floor(now / DAY_MS);
    if (number !== today.number) today = { number, text: new Date(now).toISOString().slice(0, 10) };
    return today.text;
  }

  /** One at a time. */
  function gather(): Promise<void> {
    gathering = gathering.catch(() => {}).then(send);
    return gathering;
  }

  async function writeBatch(id: string): Promise<boolean> {
    try {
      const batch = await store.read(id);
      // COUNT4: the database first, and only then is it done.
      if (batch) await counts.write(id, batch);
      await store.done(id);
      return true;
    } catch (err) {
      // It stays in the store until a node finds it.
      log.warn({ err, batch: id }, 'could not write a batch of view counts');
      return false;
    }
  }

  async function write(): Promise<number> {
    const left = await store.abandoned();
    const cut = await store.cut();
    let written = 0;
    for (const id of new Set(cut === undefined ? left : [...left, cut])) if (await writeBatch(id)) written += 1;
    return written;
  }

  const gatherer = ticking(gatherMs, 'reader counts', log, () =>
    gather().catch((err) => log.debug({ err }, 'view counts are waiting')),
  ).unref();
  const writer = periodic(writeMs, 'reader counts', log, async () => {
    await write();
  });

  return {
    count(documentId, { address, userAgent }) {
      if (!addViews(pending, documentId, 1)) return;
      addReader(pending, documentId, day(), `${address.slice(0, MAX_ADDRESS)}\n${userAgent.slice(0, MAX_USER_AGENT)}`);
    },
    gather,
    write,
    async close() {
      clearInterval(gatherer);
      const rest = writer.stop().then(gather).then(write);
      await answerWithin(rest, CLOSE_MS).catch((err) => log.warn({ err }, 'view counts were lost'));
    },
  };
}
