/**
 * Pages of private documents, made once for all who may read them. Knows no readers and no HTTP.
 *
 * - I6: the caller has checked for this request that the reader may read the document, and checks again if the page shows a later
 *   position of the draft than it had found. A page is made of what the check found: any change of that makes another page.
 * - I9: pages are bounded by bytes; all who ask at the same time share one read and one rendering. The draft of a live document is
 *   read at most once a second, less often when rendering takes long, and after a pause when it could not be read, which grows
 *   with each failure. Readers wait for it for a limited time: then they get what they had before, or the revision.
 */

import { titledAs } from '../../../content/model/titled-as.ts';
import type { Body } from '../../../content/model/types.ts';
import type { Clock } from '../../../lib/clock.ts';
import { withDeadline } from '../../../lib/deadline.ts';
import { FailurePauses } from '../../../lib/failure-pauses.ts';
import { Lru } from '../../../lib/lru.ts';
import { SingleFlight } from '../../../lib/single-flight.ts';
import type { LiveContents } from '../../../ports/live-contents.ts';
import type { FoundPage, PublishedPage } from '../../../ports/revisions.ts';
import { type CachedBytes, contentTag, createBytes } from '../../../published/cached-bytes.ts';

export interface PrivatePagesOptions {
  /** The body of a revision as JSON; undefined: it is gone. Rejects when the database cannot be read. */
  body(documentId: string, revision: number): Promise<string | undefined>;
  /** The draft of a live document that its readers may read. */
  draft: LiveContents['read'];
  /** HTML of a page. @param origin of the site, as the request names it */
  render(page: PublishedPage, origin: string | undefined): string;
  /** Milliseconds; never goes back. */
  clock: Clock;
  /** Of pages that are kept, with what they are kept under. */
  maxBytes: number;
  /** Milliseconds that readers wait for a draft. */
  waitMs: number;
}

export interface PrivatePage {
  readonly bytes: CachedBytes;
  /** For its entity tag. Of the visibility too: it is another one than that of the same page while it is public. */
  readonly tag: string;
  /** Position of the draft that it shows; null: it shows the revision. */
  readonly seq: number | null;
}

export interface PrivatePages {
  /** Undefined: the document is gone. Rejects when the database cannot be read. */
  pageOf(found: FoundPage, origin: string | undefined): Promise<PrivatePage | undefined>;
}

interface KeptPage extends PrivatePage {
  /** Until then it is shown even if the draft has moved. */
  readonly freshUntil: number;
}

const PAUSE_MS = 1_000;
/** The share of the node's time that rendering one draft may take. */
const SHARE = 0.03;
const UNREADABLE = { firstMs: PAUSE_MS, longestMs: 8_000 } as const;
const MAX_UNREADABLE = 1_000;
/** A page that is being made is waited for. */
const JOIN_MS = 60_000;
const BYTES_A_CHARACTER = 2;
const BYTES_A_PAGE = 1_024;

export function createPrivatePages(options: PrivatePagesOptions): PrivatePages {
  const { body: bodyOf, draft: readDraft, render, clock, maxBytes, waitMs } = options;
  const now = () => clock.now();
  const pages = new Lru<string, KeptPage>(maxBytes);
  const making = new SingleFlight<KeptPage | undefined>(now, JOIN_MS);
  const unreadable = new FailurePauses(MAX_UNREADABLE, UNREADABLE, now);

  function keep(key: string, page: PublishedPage, origin: string | undefined): KeptPage {
    const startedAt = now();
    let isKept = false;
    const bytes = createBytes(render(page, origin), (more) => {
      if (isKept) pages.grow(key, kept, more);
    });
    const endedAt = now();
    const kept: KeptPage = {
      bytes,
      tag: contentTag(`${page.visibility} ${bytes.tag}`),
      seq: page.seq,
      freshUntil: endedAt + Math.max(PAUSE_MS, (endedAt - startedAt) / SHARE),
    };
    pages.set(key, kept, bytes.plain.length + key.length * BYTES_A_CHARACTER + BYTES_A_PAGE);
    isKept = true;
    return kept;
  }

  async function revisionPage(
    found: Omit<FoundPage, 'draft'>,
    origin: string | undefined,
  ): Promise<KeptPage | undefined> {
    const key = JSON.stringify(['revision', found, origin]);
    const make = async () => {
      const text = await bodyOf(found.documentId, found.revision);
      return text === undefined ? undefined : keep(key, { ...found, body: JSON.parse(text) as Body }, origin);
    };
    return pages.get(key) ?? (await making.join(key, make));
  }

  /** Undefined: it cannot be read at the moment, and was not before. */
  async function draftPage(
    found: Omit<FoundPage, 'draft'>,
    draft: NonNullable<FoundPage['draft']>,
    origin: string | undefined,
  ): Promise<KeptPage | undefined> {
    const { documentId } = found;
    const key = JSON.stringify(['draft', found, origin]);
    const kept = pages.get(key);
    if (kept && ((kept.seq ?? 0) >= draft.seq || now() < kept.freshUntil)) return kept;
    if (unreadable.isPaused(documentId)) return kept;
    const make = async () => {
      const read = await readDraft(documentId, draft);
      if (!read) {
        unreadable.failed(documentId);
        return undefined;
      }
      unreadable.succeeded(documentId);
      const { seq, content } = read;
      const { updatedAt } = draft;
      return keep(key, { ...found, ...titledAs(content, found), body: content.body, seq, updatedAt }, origin);
    };
    return (await withDeadline(making.join(key, make), waitMs, () => undefined)) ?? kept;
  }

  return {
    async pageOf({ draft, ...found }, origin) {
      const present = draft && (await draftPage(found, draft, origin));
      return present ?? revisionPage(found, origin);
    },
  };
}
