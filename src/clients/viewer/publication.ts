/**
 * Follows one published document over a `Connection`: each new revision, and a live document's draft as it is written. Knows
 * nothing of pages.
 *
 * I7: the position is the revision's number, and of a draft its `seq`: a reader that finds a gap requests the whole
 * again. I6: what may not be read any more is `gone`, and nothing follows.
 */
import type { ErrorBody } from '../../../schemas/errors.ts';
import type { Live, LiveText, Reading, ViewedRevision, Watched } from '../../../schemas/viewer.ts';
import { fullJitter, jitter } from '../../lib/backoff.ts';
import { guarded } from '../guard.ts';
import { type Connection, connect } from './connection.ts';

/** A published revision in full. */
export interface PublishedRevision {
  /** The document's name in addresses: `/d/{slug}`. */
  readonly slug: string;
  /** UUID of the document: a name can pass to another one. */
  readonly id: string;
  /** From 1. */
  readonly revision: number;
  readonly title: string;
  readonly summary: string;
  /** Safe to insert as it stands: a fixed set of elements, no scripts, styles or handlers. */
  readonly html: string;
  /** RFC 3339. */
  readonly publishedAt: string;
  /** BCP 47. */
  readonly language: string;
}

/** A draft that is shown to readers as it is written. */
export interface LiveDraft {
  /** Position of the journal that it shows. */
  readonly seq: number;
  readonly title: string;
  readonly summary: string;
  /** The text, one safe HTML element each. A block that did not change is the same string as before. */
  readonly blocks: readonly string[];
}

export interface PublicationStatus {
  /** The draft is shown as it is written: `onLive` brings it. */
  readonly live: boolean;
  /** How many readers follow the document now, over all nodes. */
  readonly readers: number;
}

export interface WatchOptions {
  /** `https://host[:port]` of any node. Left out in a page: the page's own origin. */
  origin?: string;
  /** Name of the document in addresses. */
  slug: string;
  /**
   * The revision that the caller has: only newer ones come. With `seq`, it shows the draft at that position instead: if that is not
   * shown any more, the revision comes. Left out: the current revision comes first.
   */
  known?: { readonly id: string; readonly revision: number; readonly seq?: number };
  /** Of a user who may read a document that is not public. Left out: public documents, or the session cookie of a page. */
  token?: string;
  /**
   * A revision that is newer, or one of another document (`id`) that has the name now. When a draft is no longer shown live,
   * the current revision comes again.
   */
  onRevision?(revision: PublishedRevision): void;
  /** The draft of a live document in full, after each change, at most about four a second. Null: it is no longer shown. */
  onLive?(draft: LiveDraft | null): void;
  onStatus?(status: PublicationStatus): void;
  /**
   * Whether what the caller has is up to date: false from the loss of the connection until it has caught up, and while a page is
   * hidden for long.
   * @param currentAt when it was last up to date, milliseconds since 1970
   */
  onConnection?(isCurrent: boolean, currentAt: number): void;
  /** Private, unpublished, deleted or never there: the server does not say which. The watch has ended. */
  onGone?(): void;
  /** The server refuses at the moment, `bad_origin` or `overloaded` for example. It is tried again until the watch ends. */
  onRefused?(error: ErrorBody): void;
  /** Ends the watch when it aborts. */
  signal?: AbortSignal;
}

type Answer = Watched | { readonly ok: false; readonly error: ErrorBody };

/** Before a refused request is repeated when the server named no time, milliseconds. */
const RETRY_MS = 2_000;
/** When a live draft settles all of its readers send a request: spread over so many milliseconds. */
const SETTLE_MS = 1_000;

/**
 * Follows a published document until it is gone, the signal aborts or the returned function is called. Comes back by itself
 * after every loss, with jitter, and misses no state: what was published meanwhile comes then, the newest alone. A hidden
 * page closes its socket after ten seconds and catches up when it is shown.
 * @throws {TypeError} without an `origin` outside of a page
 */
export function watchPublication(options: WatchOptions): () => void {
  const { slug, signal } = options;
  const origin = originOf(options.origin);
  let id = options.known?.id;
  let revision = options.known?.revision ?? 0;
  let status: PublicationStatus | undefined;
  /** The draft that is shown; null: the revision is. */
  let draft: LiveText | null = null;
  /** The caller shows a draft that came from elsewhere. */
  let isDraftShown = options.known?.seq !== undefined;
  /** The published text has to come whole, though its number is known. */
  let needsWhole = false;
  let retrying: ReturnType<typeof setTimeout> | undefined;
  let isClosed = false;
  /** Undefined: nobody knows yet. */
  let isLost: boolean | undefined;
  let connection: Connection | undefined;

  function close(): void {
    isClosed = true;
    clearTimeout(retrying);
    connection?.close();
    signal?.removeEventListener('abort', close);
  }

  function setStatus(change: Partial<PublicationStatus>): void {
    const next = { live: false, readers: 0, ...status, ...change };
    if (next.live === status?.live && next.readers === status.readers) return;
    status = next;
    guarded(() => options.onStatus?.(next));
  }

  function watchIn(ms: number): void {
    clearTimeout(retrying);
    if (!isClosed) retrying = setTimeout(() => void watch(), ms);
  }

  async function watch(): Promise<void> {
    clearTimeout(retrying);
    const position = { slug, since: needsWhole ? 0 : revision, ...(id !== undefined && { id }) };
    const answer = (await connection?.request('watch', position)) as Answer;
    if (isClosed) return;
    if (!answer.ok) {
      if (answer.error.code === 'not_found') gone();
      else {
        lost(Date.now());
        const leastMs = answer.error.retryAfterMs ?? RETRY_MS;
        watchIn(jitter(leastMs, 2 * leastMs, Math.random));
        guarded(() => options.onRefused?.(answer.error));
      }
      return;
    }
    setStatus({ live: answer.live, readers: answer.reading });
    if (answer.draft) showDraft(answer.draft);
    else if (!answer.live && (draft || isDraftShown)) settle();
    if (isLost !== false) guarded(() => options.onConnection?.(true, Date.now()));
    isLost = false;
  }

  function lost(currentAt: number): void {
    if (isClosed || isLost) return;
    isLost = true;
    guarded(() => options.onConnection?.(false, currentAt));
  }

  function message(event: string, body: unknown): void {
    if (isClosed || (body as { slug?: unknown } | undefined)?.slug !== slug) return;
    if (event === 'revision') showRevision(body as ViewedRevision);
    else if (event === 'live') showChange(body as Live);
    else if (event === 'reading') setStatus({ readers: (body as Reading).count });
    else if (event === 'settled') settle();
    else if (event === 'gone') gone();
  }

  function showRevision(next: ViewedRevision): void {
    const isOther = id !== undefined && next.id !== id;
    // I7: a known revision is not shown again, unless it was requested.
    if (!isOther && (next.revision < revision || (next.revision === revision && !needsWhole))) return;
    id = next.id;
    revision = next.revision;
    if (isOther) endDraft();
    if (!draft) needsWhole = false;
    guarded(() => options.onRevision?.(next));
  }

  function showDraft(next: LiveText): void {
    draft = next;
    isDraftShown = false;
    setStatus({ live: true });
    guarded(() => options.onLive?.(next));
  }

  function showChange({ seq, base, title, summary, splices }: Live): void {
    if (draft && base !== null && seq <= draft.seq) return;
    const before = base === null ? { seq: 0, title: '', summary: '', blocks: [] } : draft;
    if (before === null || (base !== null && before.seq !== base)) {
      void watch();
      return;
    }
    const blocks = [...before.blocks];
    for (const { at, remove, blocks: fresh } of splices) blocks.splice(at, remove, ...fresh);
    showDraft({ seq, title: title ?? before.title, summary: summary ?? before.summary, blocks });
  }

  function endDraft(): void {
    if (!draft && !isDraftShown) return;
    draft = null;
    isDraftShown = false;
    guarded(() => options.onLive?.(null));
  }

  function settle(): void {
    endDraft();
    needsWhole = true;
    setStatus({ live: false });
    watchIn(fullJitter(SETTLE_MS, Math.random));
  }

  function gone(): void {
    close();
    guarded(() => options.onGone?.());
  }

  if (signal?.aborted) return close;
  signal?.addEventListener('abort', close);
  connection = connect({
    origin,
    token: options.token,
    connected: () => void watch(),
    lost,
    message,
    refused: (error) => guarded(() => options.onRefused?.(error)),
  });
  return close;
}

function originOf(origin: string | undefined): string {
  if (origin !== undefined) return new URL(origin).origin;
  const { location } = globalThis as { location?: { origin: string } };
  if (!location) throw new TypeError('watchPublication requires an origin outside of a browser');
  return location.origin;
}
