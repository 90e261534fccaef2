/**
 * A reader's connection to one server: comes back with jitter, moves when the node goes, and costs nothing while the page is
 * hidden. Knows nothing of what is shown: it calls back when to catch up, and with what comes.
 */
import { io, type Socket } from 'socket.io-client';
import type { ErrorBody } from '../../../schemas/errors.ts';
import { VIEWER_NAMESPACE, VIEWER_QUERY } from '../../../schemas/viewer-namespace.ts';
import * as parser from '../../lib/msgpack/packet-parser.ts';
import { isHidden, onVisibilityChange } from '../visibility.ts';
import { reconnectDelayMs } from './reconnect-delay.ts';

export interface ConnectionOptions {
  /** `https://host[:port]`; empty: the page's own. */
  readonly origin: string;
  readonly token: string | undefined;
  /** A socket is up: catch up. */
  connected(): void;
  message(event: string, body: unknown): void;
  /** The server did not let the socket in; another attempt follows. */
  refused(error: ErrorBody): void;
}

export interface Connection {
  /** Sends; resolves with the answer, never when the socket is lost first. */
  request(event: string, body: object): Promise<unknown>;
  /** For good. */
  close(): void;
}

/** How long a page is hidden before it closes its socket. */
const HIDDEN_MS = 10_000;

/** What is used of a page's window; in Node there is none. */
interface PageScope {
  addEventListener?(type: 'pagehide', listener: () => void, options: { signal: AbortSignal }): void;
  addEventListener?(
    type: 'pageshow',
    listener: (event: { persisted: boolean }) => void,
    options: { signal: AbortSignal },
  ): void;
}

export function connect({ origin, token, connected, message, refused }: ConnectionOptions): Connection {
  const closing = new AbortController();
  const { signal } = closing;
  let socket: Socket | undefined;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;

  function openIn(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(open, ms);
  }

  function open(): void {
    drop();
    const opening = io(`${origin}${VIEWER_NAMESPACE}`, {
      transports: ['websocket'],
      parser,
      query: VIEWER_QUERY,
      forceNew: true,
      reconnection: false,
      ...(token !== undefined && { auth: { token } }),
    });
    socket = opening;
    const isCurrent = () => socket === opening;
    opening.on('connect', () => {
      if (!isCurrent()) return;
      attempt = 0;
      connected();
    });
    const lost = (atLeastMs = 0) => {
      if (!isCurrent() || isHidden()) return;
      openIn(reconnectDelayMs(attempt, atLeastMs, Math.random));
      attempt += 1;
    };
    opening.on('connect_error', ({ data }: Error & { data?: ErrorBody }) => {
      lost(data?.retryAfterMs);
      if (data && isCurrent()) refused(data);
    });
    opening.on('disconnect', () => lost());
    opening.onAny((event: string, body: unknown) => {
      if (!isCurrent()) return;
      if (event === 'leave') openIn(Math.random() * (body as { withinMs: number }).withinMs);
      else message(event, body);
    });
  }

  function drop(): void {
    clearTimeout(timer);
    timer = undefined;
    const old = socket;
    socket = undefined;
    old?.disconnect();
  }

  function visibilityChanged(): void {
    clearTimeout(hiding);
    if (isHidden()) hiding = setTimeout(drop, HIDDEN_MS);
    else if (!socket?.connected) {
      attempt = 0;
      open();
    }
  }

  const page = globalThis as PageScope;
  onVisibilityChange(visibilityChanged, signal);
  // A page that goes into the browser's cache may have no socket; it counts as hidden.
  page.addEventListener?.('pagehide', drop, { signal });
  page.addEventListener?.(
    'pageshow',
    ({ persisted }) => {
      // It also comes with a page's first show, for which a socket is on its way.
      if (persisted) visibilityChanged();
    },
    { signal },
  );
  if (!isHidden()) open();

  return {
    request: (event, body) =>
      new Promise((resolve) => {
        const used = socket;
        used?.emit(event, body, (answer: unknown) => {
          if (used === socket) resolve(answer);
        });
      }),
    close() {
      closing.abort();
      clearTimeout(hiding);
      drop();
    },
  };
}
