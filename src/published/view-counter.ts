/**
 * Counts page views and unique readers, and never keeps a reader waiting: what is counted is put together in process for a
 * moment, gathered by a store for all nodes, and written to the database in batches. Knows neither Redis nor SQL.
 *
 * - COUNT4 each batch is written once, also when nodes die between any two steps: it waits in the store until the database has
 *   it, and the database knows which it has.
 * - COUNT5 nothing of a person is stored: of address and browser only a hash with a secret that lives for a day is sent on,
 *   and only to tell the number of different ones.
 * - COUNT6 bounded (I9): what is too much within a moment is not counted.
 */
import { createHash } from 'node:crypto';
import type { Clock } from '../lib/clock.ts';
import { withDeadline } from '../lib/deadline.ts';
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
  /** Somebody read a public document. Returns at once, and never throws. */
  count(documentId: string, reader: PageReader): void;
  /** Sends on what this node counted. Timers do it; rejects when the store is away. */
  gather(): Promise<void>;
  /** Writes what all nodes counted, if nobody did lately, and what others left behind. Returns how many batches. */
  write(): Promise<number>;
  /** Sends on what is left; it is written by others, or when the next node starts. */
  close(): Promise<void>;
}

export interface ViewCounterOptions {
  store: CountStore;
  counted: ViewCountStore;
  clock: Clock;
  log: Logger;
  gatherMs?: number;
  writeMs?: number;
  /** Views that are not sent on yet: documents, and different readers of them. */
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
/** A node that stops waits so long for a store that does not answer. */
const CLOSE_MS = 1_000;

/** What was read since the last time, as it came. */
interface Heap {
  views: Map<string, number>;
  /** By day, then by document. */
  readers: Map<string, Map<string, Set<string>>>;
  people: number;
}

const emptyHeap = (): Heap => ({ views: new Map(), readers: new Map(), people: 0 });

export function createViewCounter(options: ViewCounterOptions): ViewCounter {
  const { store, counted, clock, log } = options;
  const { gatherMs = GATHER_MS, writeMs = WRITE_MS } = options;
  const { maxDocuments = MAX_DOCUMENTS, maxReaders = MAX_READERS } = options;
  let heap = emptyHeap();
  /** By number since 1970, and as it is written: asked for with each page. */
  let today = { number: Number.NaN, text: '' };
  let sent = 0;
  /** Sent, and not known to have arrived: sent again as it is. */
  let underWay: { number: number; counts: Counts } | undefined;
  let gathering: Promise<void> = Promise.resolve();

  async function hashed({ views, readers }: Heap): Promise<Counts> {
    const salts = new Map<string, string>();
    for (const day of readers.keys()) salts.set(day, await store.salt(day));
    const hash = (day: string, person: string) =>
      createHash('sha256')
        .update(`${salts.get(day)}\n${person}`)
        .digest()
        .subarray(0, HASH_BYTES)
        .toString('base64');
    return {
      views,
      readers: [...readers].flatMap(([day, documents]) =>
        [...documents].map(([documentId, people]) => ({
          documentId,
          day,
          hashes: new Set([...people].map((person) => hash(day, person))),
        })),
      ),
    };
  }

  async function deliver(): Promise<void> {
    if (underWay === undefined) return;
    await store.add(underWay.number, underWay.counts);
    underWay = undefined;
  }

  async function send(): Promise<void> {
    await deliver();
    if (heap.views.size === 0) return;
    const taken = heap;
    heap = emptyHeap();
    try {
      underWay = { number: sent + 1, counts: await hashed(taken) };
      sent += 1;
    } catch (error) {
      // The store is away: what was read meanwhile goes on top, as far as there is room.
      for (const [documentId, n] of heap.views) addViews(taken, documentId, n);
      for (const [day, documents] of heap.readers) {
        for (const [documentId, people] of documents) {
          for (const person of people) addPerson(taken, documentId, day, person);
        }
      }
      heap = taken;
      throw error;
    }
    await deliver();
  }

  function addViews({ views }: Heap, documentId: string, n: number): boolean {
    const before = views.get(documentId);
    if (before === undefined && (views.size >= maxDocuments || !isDocumentId(documentId))) return false;
    views.set(documentId, (before ?? 0) + n);
    return true;
  }

  function addPerson(to: Heap, documentId: string, day: string, person: string): void {
    const documents = to.readers.get(day) ?? new Map<string, Set<string>>();
    const people = documents.get(documentId) ?? new Set<string>();
    if (people.has(person) || to.people >= maxReaders) return;
    people.add(person);
    documents.set(documentId, people);
    to.readers.set(day, documents);
    to.people += 1;
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
      if (batch) await counted.write(id, batch);
      await store.done(id);
      return true;
    } catch (err) {
      // It waits until somebody finds it.
      log.warn({ err, batch: id }, 'a batch of counts was not written');
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

  const gatherer = ticking(gatherMs, 'counts of readers', log, () =>
    gather().catch((err) => log.debug({ err }, 'counts of readers wait')),
  ).unref();
  const writer = periodic(writeMs, 'counts of readers', log, async () => {
    await write();
  });

  return {
    count(documentId, { address, userAgent }) {
      if (!addViews(heap, documentId, 1)) return;
      addPerson(heap, documentId, day(), `${address.slice(0, MAX_ADDRESS)}\n${userAgent.slice(0, MAX_USER_AGENT)}`);
    },
    gather,
    write,
    async close() {
      clearInterval(gatherer);
      const rest = writer.stop().then(gather).then(write);
      await withDeadline(rest, CLOSE_MS, () => undefined).catch((err) =>
        log.warn({ err }, 'counts of readers were lost'),
      );
    },
  };
}
