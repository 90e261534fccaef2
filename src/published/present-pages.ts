/**
 * Public documents as readers see them now: the draft of a live document (`live-texts.ts`), the current revision of all others
 * (`cache.ts`). What the pages, feeds, cards and the API show comes from here; sockets follow drafts themselves.
 *
 * I6: whether a document is public and live, the cache says anew for each read. What cannot be read of a draft is never an error:
 * readers see the revision.
 */
import type { Logger } from '../lib/logger.ts';
import type { Cluster } from '../ports/cluster.ts';
import { PUBLICATIONS, type PublicDrafts } from '../ports/public-reads.ts';
import { isPublicationNotice, type PublicCache } from './cache.ts';
import { createEntry, type PublicEntry } from './entry.ts';
import type { LiveEntry, LiveTexts } from './live-texts.ts';
import type { SectionDater } from './section-dates.ts';

export interface PresentPagesOptions {
  cache: Pick<PublicCache, 'page' | 'byId' | 'peek' | 'latest' | 'invalidate'>;
  texts: LiveTexts;
  drafts: Pick<PublicDrafts, 'draft'>;
  dates: SectionDater;
  cluster: Pick<Cluster, 'subscribe'>;
  log: Logger;
}

export interface PresentPages extends Pick<PublicCache, 'page' | 'byId' | 'peek' | 'latest'> {
  close(): void;
}

/** A document may end and go live once more while it is read: rarely twice. */
const TRIES = 3;

export function createPresentPages(options: PresentPagesOptions): PresentPages {
  const { cache, texts, drafts, dates, cluster, log } = options;
  /** By the entry of the revision: gone with it. */
  const dated = new WeakMap<PublicEntry, PublicEntry>();
  const dating = new WeakMap<PublicEntry, Promise<PublicEntry>>();

  const leave = cluster.subscribe(PUBLICATIONS, (notice) => {
    if (isPublicationNotice(notice)) texts.forget(notice.documentId);
  });

  /** Its text is that of the revision: only the dates are more. */
  async function withDates(shown: PublicEntry): Promise<PublicEntry> {
    const { document, body, html } = shown;
    try {
      const draft = await drafts.draft(document.documentId);
      // It was published once more, or went live, since the cache read it.
      if (!draft || draft.live || draft.revision !== document.revision) return shown;
      const sectionDates = await dates.of(document, draft.seq, body);
      const content = { body, html, sectionDates };
      const entry = sectionDates.length === 0 ? shown : createEntry(document, content, shown.grow);
      dated.set(shown, entry);
      return entry;
    } catch (err) {
      log.warn({ documentId: document.documentId, err }, 'could not find when sections were begun');
      return shown;
    }
  }

  function datedEntry(shown: PublicEntry): PublicEntry | Promise<PublicEntry> {
    const known = dated.get(shown) ?? dating.get(shown);
    if (known) return known;
    const making = withDates(shown).finally(() => dating.delete(shown));
    dating.set(shown, making);
    return making;
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
      return shown.document.live ? texts.peek(shown) : dated.get(shown);
    },
    latest: cache.latest,
    close: leave,
  };
}

const wasLive = ({ document }: PublicEntry): boolean => document.live || document.coverage !== null;
