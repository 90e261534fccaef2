/**
 * Follows documents of one server for all widgets of a page: over one socket, and where sockets do not work by asking now
 * and then. Knows nothing of elements. Sets and sends no cookie, keeps nothing.
 *
 * I7: a revision is taken only if it is newer than the one at hand, however it came, or another document's, which has the
 * name now; the newest is the position from which a lost connection is caught up.
 */
import type { WidgetGone, WidgetRevision } from '../../../schemas/widget.ts';

export type News = Omit<WidgetRevision, 'type'>;
/** Undefined: the document is not there, for nobody knows how long. */
export type Reader = (news: News | undefined) => void;

type Timer = ReturnType<typeof setTimeout> | undefined;

interface Followed {
  readonly readers: Set<Reader>;
  news: News | undefined;
  /** It is not there, and not asked for before this time; 0: it is, or nobody knows. */
  gone: number;
}

export interface Feed {
  /** Follows a document until the returned function is called. */
  follow(slug: string, reader: Reader): () => void;
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
/** Before a lost socket is opened again; it doubles. All that a dead node had come back spread over it. */
const FIRST_PAUSE_MS = 2_000;
const LONGEST_PAUSE_MS = 30_000;
/** More than that the server takes over one socket; a page that has more asks for the rest now and then. */
const MAX_DOCUMENTS = 50;

/** The close code when none of the documents is there. */
const GONE = 4403;

const spread = (ms: number): number => ms * (0.5 + Math.random());
const rarely = (): number => RARELY_MS * (1 + Math.random());

export function createFeed(base: string): Feed {
  const documents = new Map<string, Followed>();
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

  /** Whether it is news. */
  function tell(slug: string, news: News | undefined): boolean {
    const followed = documents.get(slug);
    if (!followed) return false;
    const { news: before, gone } = followed;
    if (news && before?.id === news.id && news.revision <= before.revision) return false;
    followed.news = news;
    followed.gone = news ? 0 : performance.now() + rarely();
    if (news || !gone) for (const reader of followed.readers) reader(news);
    return true;
  }

  async function ask(slug: string): Promise<void> {
    const answer = await fetch(`${base}/v1/public/${encodeURIComponent(slug)}`, {
      credentials: 'omit',
      cache: 'no-cache',
    });
    if (answer.ok) {
      const news: News = await answer.json();
      const { news: before, gone } = documents.get(slug) ?? {};
      const isNews = tell(slug, news);
      if (gone) say('follow', [wanted(slug, news)]);
      // The socket should have told us: it is dead, and nobody noticed.
      else if (before && isNews && isOpen()) socket?.close();
    } else if (answer.status === 403) tell(slug, undefined);
  }

  /** Asks for documents: all that may be there, or those that nothing is known of. */
  function poll(all: boolean): void {
    for (const [slug, { news, gone }] of documents) {
      if (all ? gone < performance.now() : !news && !gone) ask(slug).catch(() => {});
    }
  }

  /** The one timer of a feed that has a socket or has given up on it. */
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

  function say(type: 'follow' | 'unfollow', list: readonly unknown[]): void {
    if (isOpen() && list.length) socket?.send(JSON.stringify({ type, documents: list }));
  }

  const wanted = (slug: string, news: News | undefined) => ({ slug, since: news?.revision ?? 0, id: news?.id });

  function connect(): void {
    clearTimeout(reopening);
    if (socket || asleep || !documents.size) return;
    const list = firstOnes().map(([slug, { news }]) => wanted(slug, news));
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
      say(
        'follow',
        late.map(([slug, { news }]) => wanted(slug, news)),
      );
    };
    opened.onmessage = ({ data }) => {
      failures = 0;
      since = 0;
      const message: WidgetRevision | WidgetGone | { type: 'error' } = JSON.parse(data);
      if (message.type === 'revision') tell(message.document, message);
      if (message.type === 'gone') tell(message.document, undefined);
    };
    opened.onclose = ({ code }) => {
      clearTimeout(slow);
      if (socket !== opened) return;
      if (code === GONE) for (const { slug } of list) tell(slug, undefined);
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
    const pause = isGone ? rarely() : spread(Math.min(FIRST_PAUSE_MS * 2 ** losses, LONGEST_PAUSE_MS));
    losses += 1;
    reopening = setTimeout(connect, pause);
  }

  function disconnect(): void {
    const open = socket;
    socket = undefined;
    open?.close();
    clearTimeout(polling);
    clearTimeout(reopening);
  }

  function wake(): void {
    clearTimeout(sleeping);
    if (document.hidden) {
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
  wake();
  document.addEventListener('visibilitychange', wake);
  addEventListener('online', () => {
    if (socket || asleep) return;
    failures = 0;
    connect();
  });

  return {
    follow(slug, reader) {
      let followed = documents.get(slug);
      if (followed) {
        if (followed.news || followed.gone) reader(followed.news);
      } else {
        followed = { readers: new Set(), news: undefined, gone: 0 };
        documents.set(slug, followed);
        if (documents.size === 1) tick();
        if (isOpen() && documents.size <= MAX_DOCUMENTS) say('follow', [wanted(slug, undefined)]);
        else if (failures >= BLOCKED_AFTER || documents.size > MAX_DOCUMENTS) ask(slug).catch(() => {});
        // The other elements of the page come in the same turn: they share the first message.
        else if (!socket && !failures) {
          clearTimeout(reopening);
          reopening = setTimeout(connect);
        }
      }
      followed.readers.add(reader);
      return () => {
        followed.readers.delete(reader);
        if (followed.readers.size || documents.get(slug) !== followed) return;
        documents.delete(slug);
        say('unfollow', [slug]);
        if (!documents.size) disconnect();
      };
    },
  };
}
