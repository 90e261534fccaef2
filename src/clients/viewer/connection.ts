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
  /**
   * There is no socket any more, or none could be opened; another attempt follows once the page is visible. Not called when the
   * client moves to another node.
   * @param heardAt when the server was last heard, milliseconds since 1970
   */
  lost(heardAt: number): void;
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
  addEventListener?(
    type: 'pagehide' | 'online' | 'offline',
    listener: () => void,
    options: { signal: AbortSignal },
  ): void;
  addEventListener?(
    type: 'pageshow',
    listener: (event: { persisted: boolean }) => void,
    options: { signal: AbortSignal },
  ): void;
}

export function connect(options: ConnectionOptions): Connection {
  const { origin, token, connected, message, refused } = options;
  const closing = new AbortController();
  const { signal } = closing;
  let socket: Socket | undefined;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;
  let heardAt = Date.now();

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
    const heard = () => {
      heardAt = Date.now();
    };
    opening.io.on('ping', heard);
    opening.on('connect', () => {
      if (!isCurrent()) return;
      heard();
      attempt = 0;
      connected();
    });
    const lost = (atLeastMs = 0) => {
      if (!isCurrent()) return;
      options.lost(heardAt);
      if (isHidden()) return;
      openIn(reconnectDelayMs(attempt, atLeastMs, Math.random));
      attempt += 1;
    };
    opening.on('connect_error', ({ data }: Error & { data?: ErrorBody }) => {
      lost(data?.retryAfterMs);
      if (data && isCurrent()) refused(data);
    });
    opening.on('disconnect', (reason) => {
      // A socket that is closed worked until then; of one that died in silence only what was heard is known.
      if (isCurrent() && reason !== 'ping timeout') heard();
      lost();
    });
    opening.onAny((event: string, body: unknown) => {
      if (!isCurrent()) return;
      heard();
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

  /** Closes the socket on purpose: what is shown is not kept up to date. */
  function pause(): void {
    if (!socket) return;
    if (socket.connected) heardAt = Date.now();
    drop();
    options.lost(heardAt);
  }

  /** The browser says that there is no network: the socket need not notice for a minute. */
  function networkLost(): void {
    pause();
    if (!isHidden()) openIn(reconnectDelayMs(0, 0, Math.random));
  }

  function networkFound(): void {
    if (isHidden() || socket?.connected) return;
    attempt = 0;
    open();
  }

  function visibilityChanged(): void {
    clearTimeout(hiding);
    if (isHidden()) hiding = setTimeout(pause, HIDDEN_MS);
    else if (!socket?.connected) {
      attempt = 0;
      open();
    }
  }

  const page = globalThis as PageScope;
  onVisibilityChange(visibilityChanged, signal);
  // A page that goes into the browser's cache may have no socket; it counts as hidden.
  page.addEventListener?.('pagehide', pause, { signal });
  page.addEventListener?.('offline', networkLost, { signal });
  page.addEventListener?.('online', networkFound, { signal });
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
