/**
 * Subscriptions to documents of one server, for all widgets of a page: over one socket, and where sockets do not work by
 * polling. Knows nothing of elements. Sets and sends no cookie, keeps nothing.
 *
 * I7: a revision is taken only if it is newer than the one at hand, however it came, or another document's, which has the
 * name now; the newest is the position from which a lost connection is caught up. What is shown of a document, `ShownDocument` knows.
 */
import type { WidgetGone, WidgetLive, WidgetRevision, WidgetSettled } from '../../../schemas/widget.ts';
import { type BackoffPolicy, backoffMs, jitter, varied } from '../../lib/backoff.ts';
import { isHidden, onVisibilityChange } from '../visibility.ts';
import type { WidgetPublication } from './publication.ts';
import { isDraft, type Listener, ShownDocument } from './shown-document.ts';

type Timer = ReturnType<typeof setTimeout> | undefined;

/** What is used of a page's window; in Node there is none. */
interface PageScope {
  addEventListener?(type: 'online' | 'offline', listener: () => void): void;
}

export interface Subscriptions {
  /**
   * Calls the listener with the current revision and each newer one, and with each change of the draft of a live document, until the
   * returned function is called.
   */
  subscribe(slug: string, listener: Listener): () => void;
}

/** Failures of the socket in a row after which it counts as blocked. */
const BLOCKED_AFTER = 3;
/** Close codes of a server that goes or has too much to do: sockets work, for its word came through. */
const COME_BACK = [1001, 4503];
const POLL_MS = 10_000;
/** A blocked socket is tried again, and a silent one checked, about so often; what is gone is asked for no sooner. */
const RARELY_MS = 60_000;
/** So often while a live document is shown: a reader sees soon that its connection is gone. */
const LIVE_CHECK_MS = 30_000;
const HIDDEN_MS = 60_000;
/** When a live document settles, widgets that need its revision read it, spread over as much time again, milliseconds. */
const SETTLE_MS = 1_000;
const OPEN_WITHIN_MS = 6_000;
const READ_WITHIN_MS = 10_000;
/** A socket that was open for so long worked, even if it brought nothing. */
const LIVED_MS = 5_000;
/** Before a lost socket is opened again. All sockets of a dead node come back spread over it. */
const BACKOFF: BackoffPolicy = { firstMs: 2_000, longestMs: 30_000 };
/** More than that the server takes over one socket; a page that has more asks for the rest now and then. */
const MAX_DOCUMENTS = 50;

/** The close code when none of the documents is there. */
const GONE = 4403;

const spread = (ms: number): number => varied(ms, 0.5, Math.random);
const rarely = (): number => jitter(RARELY_MS, 2 * RARELY_MS, Math.random);

export function createSubscriptions(base: string): Subscriptions {
  const documents = new Map<string, ShownDocument>();
  let socket: WebSocket | undefined;
  let failures = 0;
  /** The same, whatever the reason. */
  let losses = 0;
  let asleep = false;
  let reopening: Timer;
  let polling: Timer;
  let sleeping: Timer;

  const isOpen = () => socket?.readyState === 1;
  const firstOnes = () => [...documents.entries()].slice(0, MAX_DOCUMENTS);

  const gone = (slug: string) => documents.get(slug)?.gone(performance.now() + rarely());

  async function read(slug: string): Promise<void> {
    const answer = await fetch(`${base}/v1/public/${encodeURIComponent(slug)}`, {
      credentials: 'omit',
      cache: 'no-cache',
      signal: AbortSignal.timeout(READ_WITHIN_MS),
    });
    if (answer.ok) {
      const publication = (await answer.json()) as WidgetPublication;
      const document = documents.get(slug);
      if (!document) return;
      const { shown: before, goneUntil } = document;
      const isMissing = document.read(publication);
      if (goneUntil) send('follow', [document.position(slug)]);
      // The socket should have brought it: it is dead without a close event.
      else if (before && isMissing && isOpen()) giveUp();
    } else if (answer.status === 403) gone(slug);
  }

  const readOrLose = (slug: string) => read(slug).catch(() => documents.get(slug)?.lost());

  /** Reads documents over HTTP: all that may be there, or those that nothing is known of. */
  function poll(all: boolean): void {
    for (const [slug, { shown, goneUntil }] of documents) {
      if (all ? goneUntil < performance.now() : !shown && !goneUntil) void readOrLose(slug);
    }
  }

  /** The one timer while there is a socket, or none works. */
  function tick(): void {
    clearTimeout(polling);
    if (!documents.size || asleep) return;
    if (isOpen()) failures = 0;
    const blocked = failures >= BLOCKED_AFTER;
    const showsLive = [...documents.values()].some(({ shown }) => isDraft(shown));
    polling = setTimeout(
      () => {
        if (blocked || isOpen()) poll(true);
        if (blocked && Math.random() < POLL_MS / RARELY_MS) connect();
        tick();
      },
      spread(blocked ? POLL_MS : showsLive ? LIVE_CHECK_MS : RARELY_MS * 3),
    );
  }

  function send(type: 'follow' | 'unfollow', list: readonly unknown[]): void {
    if (isOpen() && list.length) socket?.send(JSON.stringify({ type, documents: list }));
  }

  /** All of a document, whatever the server takes this widget to have. */
  function followAgain(slug: string): void {
    send('unfollow', [slug]);
    send('follow', [{ slug, since: 0 }]);
  }

  function take(message: WidgetRevision | WidgetLive | WidgetSettled | WidgetGone): void {
    const { document: slug } = message;
    const document = documents.get(slug);
    if (!document) return;
    if (message.type === 'revision') document.revision(message);
    if (message.type === 'live') {
      const wasLive = isDraft(document.shown);
      if (!document.change(message)) followAgain(slug);
      if (!wasLive) tick();
    }
    if (message.type === 'settled' && !document.settle()) {
      setTimeout(() => readOrLose(slug), SETTLE_MS * (1 + Math.random()));
    }
    if (message.type === 'gone') gone(slug);
  }

  function connect(): void {
    clearTimeout(reopening);
    if (socket || asleep || !documents.size) return;
    const list = firstOnes().map(([slug, document]) => document.position(slug));
    const address = `${base.replace(/^http/, 'ws')}/w?documents=${list.map(({ slug }) => encodeURIComponent(slug))}&since=${list.map(({ since, id }) => (id ? `${since}.${id}` : 0))}`;
    let opened: WebSocket;
    try {
      opened = new WebSocket(address);
    } catch {
      lost(false, 0);
      return;
    }
    socket = opened;
    const slow = setTimeout(() => opened.close(), OPEN_WITHIN_MS);
    let since = Infinity;
    opened.onopen = () => {
      clearTimeout(slow);
      since = performance.now();
      // What was added while it was being opened.
      const late = firstOnes().filter(([slug]) => !list.some((one) => one.slug === slug));
      send(
        'follow',
        late.map(([slug, document]) => document.position(slug)),
      );
    };
    opened.onmessage = ({ data }) => {
      failures = 0;
      since = 0;
      take(JSON.parse(data));
    };
    opened.onclose = ({ code }) => {
      clearTimeout(slow);
      if (socket !== opened) return;
      if (code === GONE) for (const { slug } of list) gone(slug);
      lost(performance.now() - since > LIVED_MS, code);
    };
  }

  function lost(worked: boolean, code: number): void {
    socket = undefined;
    for (const document of documents.values()) document.lost();
    if (worked) losses = 0;
    const isGone = code === GONE;
    failures = worked || isGone || COME_BACK.includes(code) ? 0 : failures + 1;
    if (!worked) poll(false);
    tick();
    clearTimeout(reopening);
    if (failures >= BLOCKED_AFTER) return;
    const delayMs = isGone ? rarely() : spread(backoffMs(losses, BACKOFF));
    losses += 1;
    reopening = setTimeout(connect, delayMs);
  }

  /** Of a socket that need not notice for a long time that it is dead. */
  function giveUp(): void {
    const open = socket;
    if (!open) return;
    lost(true, 0);
    open.close();
  }

  function disconnect(): void {
    const open = socket;
    socket = undefined;
    open?.close();
    clearTimeout(polling);
    clearTimeout(reopening);
    for (const document of documents.values()) document.lost();
  }

  function visibilityChanged(): void {
    clearTimeout(sleeping);
    if (isHidden()) {
      sleeping = setTimeout(() => {
        asleep = true;
        disconnect();
      }, HIDDEN_MS);
      return;
    }
    if (!asleep) return;
    asleep = false;
    if (failures >= BLOCKED_AFTER) poll(true);
    connect();
    tick();
  }
  visibilityChanged();
  onVisibilityChange(visibilityChanged);
  const page = globalThis as PageScope;
  page.addEventListener?.('online', () => {
    if (socket || asleep) return;
    failures = 0;
    connect();
  });
  page.addEventListener?.('offline', giveUp);

  return {
    subscribe(slug, listener) {
      const present = documents.get(slug);
      const document = present ?? new ShownDocument();
      if (!present) {
        documents.set(slug, document);
        if (documents.size === 1) tick();
        if (isOpen() && documents.size <= MAX_DOCUMENTS) send('follow', [document.position(slug)]);
        else if (failures >= BLOCKED_AFTER || documents.size > MAX_DOCUMENTS) void readOrLose(slug);
        // The other elements of the page come in the same turn: they share the first message.
        else if (!socket && !failures) {
          clearTimeout(reopening);
          reopening = setTimeout(connect);
        }
      }
      document.add(listener);
      return () => {
        if (document.remove(listener) || documents.get(slug) !== document) return;
        documents.delete(slug);
        send('unfollow', [slug]);
        if (!documents.size) disconnect();
      };
    },
  };
}
