/**
 * The drafts of live documents as pages, feeds and the API show them: one text for all of a node's readers. It is read while somebody
 * asks, once a second at most and less often when that takes long, and made again only if readers see a difference.
 *
 * - I6: a text is shown only if the database said afterwards, in the name of readers without a session, that they may see it.
 * - I3: what is shown is committed.
 * - I9: texts are bounded by bytes; all who ask at the same time share one read, and those who ask often do not wait for it. The
 *   others wait for a limited time. A draft that cannot be read is tried again after a pause, which grows with each failure.
 */
import { titledAs } from '../content/model/titled-as.ts';
import type { Body, DraftContent } from '../content/model/types.ts';
import type { Clock } from '../lib/clock.ts';
import { withDeadline } from '../lib/deadline.ts';
import { FailurePauses } from '../lib/failure-pauses.ts';
import type { Logger } from '../lib/logger.ts';
import { Lru } from '../lib/lru.ts';
import { SingleFlight } from '../lib/single-flight.ts';
import type { LiveContents } from '../ports/live-contents.ts';
import type { PublicDocument, PublicDrafts } from '../ports/public-reads.ts';
import { createEntry, isSameDocument, type PublicEntry, type SectionDates } from './entry.ts';
import type { SectionDater } from './section-dates.ts';

export interface LiveTextsOptions {
  drafts: Pick<PublicDrafts, 'draft'>;
  contents: Pick<LiveContents, 'read'>;
  dates: SectionDater;
  /** HTML of a body, safe by construction. */
  render(body: Body): string;
  /** Milliseconds; never goes back. */
  clock: Clock;
  log: Logger;
  maxBytes: number;
  /** Milliseconds that readers wait for a text. */
  waitMs: number;
}

/** `ended`: the database says that the document is not live, or not public, any more. */
export type LiveEntry = PublicEntry | 'ended';

export interface LiveTexts {
  /**
   * The draft of a document that the cache shows as live; the one before while it cannot be read, or takes long. Undefined: it was
   * not read before. Rejects when the database cannot be read.
   */
  entryOf(shown: PublicEntry): Promise<LiveEntry | undefined>;
  /** The same without waiting; undefined: it has to be read. */
  peek(shown: PublicEntry): PublicEntry | undefined;
  /** Nothing that was read so far is shown. */
  forget(documentId: string): void;
}

/** What a text was made from. */
interface TextSource {
  /** As the cache shows it. */
  document: PublicDocument;
  content: DraftContent;
  seq: number;
  /** When it was read, or was found to be the present one. */
  at: number;
  /** Milliseconds from then to the next read. */
  pauseMs: number;
}

interface KeptText extends TextSource {
  readonly entry: PublicEntry;
}

const PAUSE_MS = 1_000;
/** From the time at which it is read again, a text is shown for so long while that goes on. */
const STALE_MS = 1_000;
/** The share of the node's time that rendering one text may take. */
const SHARE = 0.03;
/** Dates that are not known after this time are left out until the next read: readers wait for the text. */
const DATES_MS = 1_000;
/** Before a draft that could not be read is tried again, from the end of the attempt. */
const UNREADABLE = { firstMs: PAUSE_MS, longestMs: 8_000 } as const;
const MAX_UNREADABLE = 1_000;
const BYTES_A_CHARACTER = 2;
/** Text, body and HTML. */
const FORMS = 3;
const BYTES_A_TEXT = 1_024;

export function createLiveTexts(options: LiveTextsOptions): LiveTexts {
  const { drafts, contents, dates, render, clock, log, maxBytes, waitMs } = options;
  const texts = new Lru<string, KeptText>(maxBytes);
  /** Documents whose draft could not be read. */
  const unreadable = new FailurePauses(MAX_UNREADABLE, UNREADABLE, () => clock.now());
  const reads = new SingleFlight<LiveEntry | undefined>(() => clock.now(), PAUSE_MS + STALE_MS);

  function keep(entry: PublicEntry, source: TextSource): void {
    const { documentId } = entry.document;
    const present = texts.peek(documentId);
    // The same entry has grown by what was made of it.
    if (present?.entry === entry) Object.assign(present, source);
    else texts.set(documentId, { ...source, entry }, entry.html.length * BYTES_A_CHARACTER * FORMS + BYTES_A_TEXT);
  }

  async function datesOf(document: PublicDocument, seq: number, body: Body): Promise<SectionDates> {
    try {
      return await withDeadline(dates.of(document, seq, body), DATES_MS, () => []);
    } catch (err) {
      log.warn({ documentId: document.documentId, err }, 'could not find when sections were begun');
      return [];
    }
  }

  /** @param before what readers have; it stays if they would see no difference */
  async function make(
    document: PublicDocument,
    content: DraftContent,
    position: { seq: number; updatedAt: string },
    before: KeptText | undefined,
  ): Promise<{ entry: PublicEntry; tookMs: number }> {
    const sectionDates = await datesOf(document, position.seq, content.body);
    const startedAt = clock.now();
    const html = before?.content === content ? before.entry.html : render(content.body);
    const tookMs = clock.now() - startedAt;
    const { seq, updatedAt } = isSameText(before, content, html) ? before.entry.document : position;
    const shown: PublicDocument = { ...document, ...titledAs(content, document), seq, updatedAt };
    if (before && isSameDocument(before.entry.document, shown) && areSame(before.entry.sectionDates, sectionDates)) {
      return { entry: before.entry, tookMs };
    }
    const entry: PublicEntry = createEntry(shown, { body: content.body, html, sectionDates }, (bytes) => {
      const kept = texts.peek(document.documentId);
      if (kept?.entry === entry) texts.grow(document.documentId, kept, bytes);
    });
    return { entry, tookMs };
  }

  async function read({ document }: PublicEntry, isInvalidated: () => boolean): Promise<LiveEntry | undefined> {
    const { documentId } = document;
    const startedAt = clock.now();
    const position = await drafts.draft(documentId);
    if (!position?.live) return 'ended';
    const before = texts.peek(documentId);
    let { content, seq } = before ?? {};
    let { updatedAt } = position;
    let failureMs = 0;
    if (seq === undefined || seq < position.seq) {
      const found = await contents.read(documentId, position);
      if (found && found.seq > position.seq) {
        // I6: it may have become private before this was written.
        const after = await drafts.draft(documentId);
        if (!after?.live) return 'ended';
        ({ updatedAt } = after);
      }
      if (found) {
        ({ content, seq } = found);
        unreadable.succeeded(documentId);
      } else failureMs = unreadable.failed(documentId);
    }
    if (content === undefined || seq === undefined) return undefined;
    const endedAt = clock.now();
    const { entry, tookMs } = await make(document, content, { seq, updatedAt }, before);
    // As in the cache: what was read before a change is not shown after it.
    if (!isInvalidated()) {
      const at = failureMs > 0 ? endedAt : startedAt;
      keep(entry, { document, content, seq, at, pauseMs: Math.max(PAUSE_MS, tookMs / SHARE, failureMs) });
    }
    return entry;
  }

  const readOnce = (shown: PublicEntry): Promise<LiveEntry | undefined> =>
    // By all of the document: under its present slug it is not shown as under the former one.
    reads.join(shown.tag, ({ invalidated }) => read(shown, () => invalidated.has(shown.document.documentId)));

  function peek(shown: PublicEntry): PublicEntry | undefined {
    const { document } = shown;
    const kept = texts.get(document.documentId);
    if (!kept || !isSameDocument(kept.document, document)) return undefined;
    const ageMs = clock.now() - kept.at;
    if (ageMs < 0 || ageMs >= kept.pauseMs + STALE_MS) return undefined;
    if (ageMs >= kept.pauseMs && !reads.isRunning(shown.tag)) {
      readOnce(shown).catch((err) => log.debug({ err }, 'could not prefetch a live document'));
    }
    return kept.entry;
  }

  /** What readers had before, however old it is: it was shown already. */
  function earlierText({ document }: PublicEntry): PublicEntry | undefined {
    const kept = texts.get(document.documentId);
    return kept && isSameDocument(kept.document, document) ? kept.entry : undefined;
  }

  return {
    async entryOf(shown) {
      const present = peek(shown);
      if (present) return present;
      if (unreadable.isPaused(shown.document.documentId)) return earlierText(shown);
      return withDeadline(readOnce(shown), waitMs, () => earlierText(shown));
    },
    peek,
    forget(documentId) {
      reads.invalidate([documentId]);
      texts.delete(documentId);
    },
  };
}

const areSame = (a: SectionDates, b: SectionDates): boolean =>
  a.length === b.length && a.every((date, index) => date === b[index]);

function isSameText(before: KeptText | undefined, content: DraftContent, html: string): before is KeptText {
  const isTitledTheSame = before?.content.title === content.title && before.content.summary === content.summary;
  return isTitledTheSame && before.entry.html === html;
}
