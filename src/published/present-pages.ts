/**
 * Public documents as readers see them now: the draft of a live document (`live-texts.ts`), the current revision of all others
 * (`cache.ts`). What the pages, feeds, cards and the API show comes from here; sockets follow drafts themselves.
 *
 * I6: whether a document is public and live, the cache says anew for each read. What cannot be read of a draft is never an error:
 * readers see the revision.
 *
 * I9: nobody waits long for the dates of sections: they may take reading a long journal. The page is shown without them meanwhile,
 * and with them once they are found.
 */
import { withDeadline } from '../lib/deadline.ts';
import type { Logger } from '../lib/logger.ts';
import type { Cluster } from '../ports/cluster.ts';
import { PUBLICATIONS, type PublicDrafts } from '../ports/public-reads.ts';
import { isPublicationNotice, type PublicCache } from './cache.ts';
import { createEntry, type PublicEntry, type SectionDates } from './entry.ts';
import type { LiveEntry, LiveTexts } from './live-texts.ts';
import type { SectionDater } from './section-dates.ts';

export interface PresentPagesOptions {
  cache: Pick<PublicCache, 'page' | 'byId' | 'peek' | 'latest' | 'invalidate'>;
  texts: LiveTexts;
  drafts: Pick<PublicDrafts, 'draft'>;
  dates: SectionDater;
  cluster: Pick<Cluster, 'subscribe'>;
  /** Milliseconds; never goes back. */
  now(): number;
  log: Logger;
  /** Milliseconds after which a page is shown without dates that are not found yet. */
  waitMs: number;
}

/** What is shown of a document that was live. */
interface Dated {
  readonly entry: PublicEntry;
  /** Dates are looked for again at this time: they could not be found, or none is known. */
  readonly lookAgainAt: number;
}

export interface PresentPages extends Pick<PublicCache, 'page' | 'byId' | 'peek' | 'latest'> {
  close(): void;
}

/** A document may end and go live once more while it is read: rarely twice. */
const TRIES = 3;
const LOOK_AGAIN_MS = 30_000;

export function createPresentPages(options: PresentPagesOptions): PresentPages {
  const { cache, texts, drafts, dates, cluster, now, log, waitMs } = options;
  /** Both by the entry of the revision: gone with it. */
  const dated = new WeakMap<PublicEntry, Dated>();
  const dating = new WeakMap<PublicEntry, Promise<PublicEntry>>();

  const leave = cluster.subscribe(PUBLICATIONS, (notice) => {
    if (isPublicationNotice(notice)) texts.forget(notice.documentId);
  });

  /** Of the sections of the revision. Undefined: they could not be found out. */
  async function datesOf({ document, body }: PublicEntry): Promise<SectionDates | undefined> {
    try {
      const draft = await drafts.draft(document.documentId);
      // It was published once more, or went live, since the cache read it.
      if (!draft || draft.live || draft.revision !== document.revision) return undefined;
      return await dates.of(document, draft.seq, body);
    } catch (err) {
      log.warn({ documentId: document.documentId, err }, 'could not find when sections were begun');
      return undefined;
    }
  }

  /** Puts what it finds into `dated`, and never rejects. The text is that of the revision: only the dates are more. */
  async function search(shown: PublicEntry, before: PublicEntry): Promise<PublicEntry> {
    const found = await datesOf(shown);
    const isKnown = found?.some((date) => date !== null) ?? false;
    const isMore = found !== undefined && found.length > 0 && (isKnown || before === shown);
    const { document, body, html } = shown;
    const entry = isMore ? createEntry(document, { body, html, sectionDates: found }, shown.grow) : before;
    const isFinal = isKnown || found?.length === 0;
    dated.set(shown, { entry, lookAgainAt: isFinal ? Number.POSITIVE_INFINITY : now() + LOOK_AGAIN_MS });
    return entry;
  }

  function datedEntry(shown: PublicEntry): PublicEntry | Promise<PublicEntry> {
    const present = dated.get(shown);
    if (present && now() < present.lookAgainAt) return present.entry;
    // Readers have waited once.
    if (present) return searchMeanwhile(shown, present.entry);
    const running = dating.get(shown);
    if (running) return running;
    const searching = search(shown, shown);
    const inTime = withDeadline(searching, waitMs, () => {
      dated.set(shown, untilFound(shown));
      return shown;
    }).finally(() => dating.delete(shown));
    dating.set(shown, inTime);
    return inTime;
  }

  function searchMeanwhile(shown: PublicEntry, entry: PublicEntry): PublicEntry {
    dated.set(shown, untilFound(entry));
    void search(shown, entry);
    return entry;
  }

  async function present(find: () => Promise<PublicEntry | undefined>): Promise<PublicEntry | undefined> {
    let shown: PublicEntry | undefined;
    for (let attempt = 0; attempt < TRIES; attempt += 1) {
      shown = await find();
      if (!shown || !wasLive(shown)) return shown;
      if (!shown.document.live) return await datedEntry(shown);
      const entry = await liveEntry(shown);
      if (entry !== 'ended') return entry ?? shown;
      const { documentId, slug } = shown.document;
      cache.invalidate({ documentId, kind: 'changed', slug });
    }
    return shown;
  }

  /** As `LiveTexts.entryOf`, and never rejects. */
  async function liveEntry(shown: PublicEntry): Promise<LiveEntry | undefined> {
    try {
      return await texts.entryOf(shown);
    } catch (err) {
      log.warn({ documentId: shown.document.documentId, err }, 'could not read a live document');
      return undefined;
    }
  }

  return {
    page: (slug) => present(() => cache.page(slug)),
    byId: (documentId) => present(() => cache.byId(documentId)),
    peek(slug) {
      const shown = cache.peek(slug);
      if (!shown || !wasLive(shown)) return shown;
      if (shown.document.live) return texts.peek(shown);
      const present = dated.get(shown);
      return present && now() < present.lookAgainAt ? present.entry : undefined;
    },
    latest: cache.latest,
    close: leave,
  };
}

/** The search that is running puts what it finds in its place. */
const untilFound = (entry: PublicEntry): Dated => ({ entry, lookAgainAt: Number.POSITIVE_INFINITY });

const wasLive = ({ document }: PublicEntry): boolean => document.live || document.coverage !== null;
