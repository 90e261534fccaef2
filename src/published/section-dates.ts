/**
 * When the sections of documents that are or were live were begun: the time at which the journal logged the heading, if readers
 * saw the draft at that time. Of what was written before, or while the draft was not shown, no date is known: none is made up.
 *
 * I9: a journal is read from when the document went live, so many updates at most, and from then on only what is new, when a
 * heading changed; dates of so many documents are kept.
 */
import { sectionsOf } from '../content/model/sections.ts';
import type { Body } from '../content/model/types.ts';
import { Lru } from '../lib/lru.ts';
import { SingleFlight } from '../lib/single-flight.ts';
import type { LiveContents } from '../ports/live-contents.ts';
import type { LivePeriod, PublicDocument, PublicDrafts, PublicUpdate } from '../ports/public-reads.ts';
import type { SectionDates } from './entry.ts';

export interface SectionDaterPorts {
  drafts: Pick<PublicDrafts, 'updates' | 'livePeriods'>;
  contents: Pick<LiveContents, 'sectionStarts'>;
  /** Milliseconds; never goes back. */
  now(): number;
}

export interface SectionDater {
  /**
   * For each section of the body, in order. Rejects when the database cannot be read; no dates are known then, until they are
   * looked for again.
   * @param seq position of the draft at which the body was read
   */
  of(document: PublicDocument, seq: number, body: Body): Promise<SectionDates>;
}

interface Dated {
  /** The headings that the dates are of. */
  readonly key: string;
  readonly seq: number;
  readonly dates: SectionDates;
  /** When the headings were logged, by their items; null: before the log that was read. */
  readonly logged: ReadonlyMap<string, number | null>;
  /** The log was read from when the document first went live. */
  readonly isWhole: boolean;
  /** They could not be found out, and are looked for again at this time. */
  readonly lookAgainAt: number;
}

const MAX_DOCUMENTS = 500;
/** Of a journal, from the newest back. */
const MAX_UPDATES = 50_000;
const MAX_BYTES = 32 * 1_048_576;
const PAGE = 5_000;
/** Headings of a document whose times are kept. */
const MAX_HEADINGS = 2_000;
const LOOK_AGAIN_MS = 30_000;
/** A search that is running is waited for, however long it takes. */
const JOIN_MS = 60_000;

const unknownOf = (count: number): SectionDates => Array.from({ length: count }, () => null);
const iso = (ms: number): string => new Date(ms).toISOString();

export function createSectionDater({ drafts, contents, now }: SectionDaterPorts): SectionDater {
  const known = new Lru<string, Dated>(MAX_DOCUMENTS);
  const searches = new SingleFlight<SectionDates>(now, JOIN_MS);
  /** Documents of which the last search failed, and when it is made again: each may read much (I9). */
  const failed = new Lru<string, number>(MAX_DOCUMENTS);

  /** The updates after one position up to another. */
  async function logOf(documentId: string, from: number, upTo: number): Promise<{ log: PublicUpdate[]; read: number }> {
    const log: PublicUpdate[] = [];
    let [read, bytes] = [from, 0];
    while (read < upTo && bytes < MAX_BYTES) {
      const page = await drafts.updates(documentId, read, Math.min(PAGE, upTo - read));
      if (page.length === 0) break;
      for (const logged of page) {
        log.push(logged);
        bytes += logged.update.byteLength;
        read = logged.seq;
      }
    }
    return { log, read };
  }

  async function find(document: PublicDocument, seq: number, count: number, key: string): Promise<SectionDates> {
    const { documentId } = document;
    const periods = await drafts.livePeriods(documentId);
    const [first] = periods;
    const unknown = unknownOf(count);
    if (!first || document.coverage === null) return unknown;
    const before = known.get(documentId);
    const continues = before && before.seq <= seq ? before : undefined;
    const from = continues?.seq ?? Math.max(first.startedSeq, seq - MAX_UPDATES);
    const { log, read } = await logOf(documentId, from, seq);
    const starts = await contents.sectionStarts(documentId, seq, log);
    if (starts?.length !== count) {
      if (continues) known.set(documentId, { ...continues, key, dates: unknown, lookAgainAt: now() + LOOK_AGAIN_MS });
      else known.set(documentId, nothingKnown(key, from, unknown, first));
      return unknown;
    }
    const isWhole = (continues?.isWhole ?? from <= first.startedSeq) && read >= seq;
    const found = starts.map(({ id, at }) => [id, at ?? continues?.logged.get(id) ?? null] as const);
    const dates = found.map(([, at]) => dateOf(at, document, periods, isWhole));
    const earlier = continues && continues.logged.size < MAX_HEADINGS ? continues.logged : [];
    const lookAgainAt = Number.POSITIVE_INFINITY;
    known.set(documentId, { key, seq, dates, isWhole, lookAgainAt, logged: new Map([...earlier, ...found]) });
    return dates;
  }

  /** As `find`; a failure is remembered. */
  async function search(...wanted: Parameters<typeof find>): Promise<SectionDates> {
    const [{ documentId }] = wanted;
    try {
      const dates = await find(...wanted);
      failed.delete(documentId);
      return dates;
    } catch (err) {
      failed.set(documentId, now() + LOOK_AGAIN_MS);
      throw err;
    }
  }

  const nothingKnown = (key: string, seq: number, dates: SectionDates, { startedSeq }: LivePeriod): Dated => ({
    key,
    seq,
    dates,
    logged: new Map(),
    isWhole: seq <= startedSeq,
    lookAgainAt: now() + LOOK_AGAIN_MS,
  });

  return {
    async of(document, seq, body) {
      const sections = sectionsOf(body);
      if (sections.length === 0) return [];
      const { documentId, coverage } = document;
      const key = JSON.stringify([coverage?.startedAt, ...sections.map(({ heading }) => heading)]);
      const present = known.get(documentId);
      if (present?.key === key && now() < present.lookAgainAt) return present.dates;
      if (now() < (failed.peek(documentId) ?? Number.NEGATIVE_INFINITY)) return unknownOf(sections.length);
      return searches.join(`${documentId} ${key}`, () => search(document, seq, sections.length, key));
    },
  };
}

/** @param at when the heading was logged; null: before the log that was read, which begins when readers first saw the draft */
function dateOf(
  at: number | null,
  { coverage, firstPublishedAt }: PublicDocument,
  periods: readonly LivePeriod[],
  isWhole: boolean,
): string | null {
  if (coverage === null) return null;
  // What stood there when the document was first shown at all was shown then.
  if (at === null) return isWhole && coverage.startedAt === firstPublishedAt ? coverage.startedAt : null;
  const wasShown = periods.some(({ startedAt, endedAt }) => startedAt <= at && (endedAt === null || at <= endedAt));
  return wasShown ? iso(Math.max(at, Date.parse(coverage.startedAt))) : null;
}
