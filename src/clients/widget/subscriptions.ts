/**
 * Subscriptions to documents of one server, for all widgets of a page: over one socket, and where sockets do not work by
 * polling. Knows nothing of elements. Sets and sends no cookie, keeps nothing.
 *
 * I7: a revision is taken only if it is newer than the one at hand, however it came, or another document's, which has the
 * name now; the newest is the position from which a lost connection is caught up.
 */
import type { WidgetGone, WidgetRevision } from '../../../schemas/widget.ts';
import { type BackoffPolicy, backoffMs, jitter, varied } from '../../lib/backoff.ts';
import { isHidden, onVisibilityChange } from '../visibility.ts';

/** A published revision in full, as widgets get it. */
export interface WidgetPublication {
  /** UUID of the document: a name can pass to another one. */
  readonly id: string;
  /** From 1. */
  readonly revision: number;
  readonly title: string;
  readonly summary: string;
  /** Safe to insert as it stands: a fixed set of elements, no scripts, styles or handlers. */
  readonly html: string;
  /** Handle of who published it. */
  readonly author: string;
  /** RFC 3339. */
  readonly publishedAt: string;
  /** BCP 47. A node of the version before says none. */
  readonly language?: string;
}
/** Undefined: the document is not there, until a later call brings it. */
export type Listener = (publication: WidgetPublication | undefined) => void;

type Timer = ReturnType<typeof setTimeout> | undefined;

/** What is used of a page's window; in Node there is none. */
interface PageScope {
  addEventListener?(type: 'online', listener: () => void): void;
}

interface Subscription {
  readonly listeners: Set<Listener>;
  publication: WidgetPublication | undefined;
  /** The document is not there, and not asked for before this time; 0: it is, or that is unknown. */
  goneUntil: number;
}

export interface Subscriptions {
  /** Calls the listener with the current revision and each newer one, until the returned function is called. */
  subscribe(slug: string, listener: Listener): () => void;
}

/** Failures of the socket in a row after which it counts as blocked. */
const BLOCKED_AFTER = 3;
/** Close codes of a server that goes or has too much to do: sockets work, for its word came through. */
const COME_BACK = [1001, 4503];
const POLL_MS = 10_000;
/** A blocked socket is tried again, and a silent one checked, about so often; what is gone is asked for no sooner. */
const RARELY_MS = 60_000;
const HIDDEN_MS = 60_000;
const OPEN_WITHIN_MS = 6_000;
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
  const documents = new Map<string, Subscription>();
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

  /** @returns whether it was new */
  function deliver(slug: string, publication: WidgetPublication | undefined): boolean {
    const subscription = documents.get(slug);
    if (!subscription) return false;
    const { publication: before, goneUntil } = subscription;
    if (publication && before?.id === publication.id && publication.revision <= before.revision) return false;
    subscription.publication = publication;
    subscription.goneUntil = publication ? 0 : performance.now() + rarely();
    if (publication || !goneUntil) for (const listener of subscription.listeners) listener(publication);
    return true;
  }

  async function read(slug: string): Promise<void> {
    const answer = await fetch(`${base}/v1/public/${encodeURIComponent(slug)}`, {
      credentials: 'omit',
      cache: 'no-cache',
    });
    if (answer.ok) {
      const publication = (await answer.json()) as WidgetPublication;
      const { publication: before, goneUntil } = documents.get(slug) ?? {};
      const isNew = deliver(slug, publication);
      if (goneUntil) send('follow', [positionOf(slug, publication)]);
      // The socket should have brought it: it is dead without a close event.
      else if (before && isNew && isOpen()) socket?.close();
    } else if (answer.status === 403) deliver(slug, undefined);
  }

  /** Reads documents over HTTP: all that may be there, or those that nothing is known of. */
  function poll(all: boolean): void {
    for (const [slug, { publication, goneUntil }] of documents) {
      if (all ? goneUntil < performance.now() : !publication && !goneUntil) read(slug).catch(() => {});
    }
  }

  /** The one timer while there is a socket, or none works. */
  function tick(): void {
    clearTimeout(polling);
    if (!documents.size || asleep) return;
    if (isOpen()) failures = 0;
    const blocked = failures >= BLOCKED_AFTER;
    polling = setTimeout(
      () => {
        if (blocked || isOpen()) poll(true);
        if (blocked && Math.random() < POLL_MS / RARELY_MS) connect();
        tick();
      },
      spread(blocked ? POLL_MS : RARELY_MS * 3),
    );
  }

  function send(type: 'follow' | 'unfollow', list: readonly unknown[]): void {
    if (isOpen() && list.length) socket?.send(JSON.stringify({ type, documents: list }));
  }

  const positionOf = (slug: string, publication: WidgetPublication | undefined) => ({
    slug,
    since: publication?.revision ?? 0,
    id: publication?.id,
  });

  function connect(): void {
    clearTimeout(reopening);
    if (socket || asleep || !documents.size) return;
    const list = firstOnes().map(([slug, { publication }]) => positionOf(slug, publication));
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
        late.map(([slug, { publication }]) => positionOf(slug, publication)),
      );
    };
    opened.onmessage = ({ data }) => {
      failures = 0;
      since = 0;
      const message: WidgetRevision | WidgetGone | { type: 'error' } = JSON.parse(data);
      if (message.type === 'revision') deliver(message.document, message);
      if (message.type === 'gone') deliver(message.document, undefined);
    };
    opened.onclose = ({ code }) => {
      clearTimeout(slow);
      if (socket !== opened) return;
      if (code === GONE) for (const { slug } of list) deliver(slug, undefined);
      lost(performance.now() - since > LIVED_MS, code);
    };
  }

  function lost(worked: boolean, code: number): void {
    socket = undefined;
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

  function disconnect(): void {
    const open = socket;
    socket = undefined;
    open?.close();
    clearTimeout(polling);
    clearTimeout(reopening);
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
  (globalThis as PageScope).addEventListener?.('online', () => {
    if (socket || asleep) return;
    failures = 0;
    connect();
  });

  return {
    subscribe(slug, listener) {
      let subscription = documents.get(slug);
      if (subscription) {
        if (subscription.publication || subscription.goneUntil) listener(subscription.publication);
      } else {
        subscription = { listeners: new Set(), publication: undefined, goneUntil: 0 };
        documents.set(slug, subscription);
        if (documents.size === 1) tick();
        if (isOpen() && documents.size <= MAX_DOCUMENTS) send('follow', [positionOf(slug, undefined)]);
        else if (failures >= BLOCKED_AFTER || documents.size > MAX_DOCUMENTS) read(slug).catch(() => {});
        // The other elements of the page come in the same turn: they share the first message.
        else if (!socket && !failures) {
          clearTimeout(reopening);
          reopening = setTimeout(connect);
        }
      }
      subscription.listeners.add(listener);
      return () => {
        subscription.listeners.delete(listener);
        if (subscription.listeners.size || documents.get(slug) !== subscription) return;
        documents.delete(slug);
        send('unfollow', [slug]);
        if (!documents.size) disconnect();
      };
    },
  };
}
