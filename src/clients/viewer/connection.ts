/**
 * A reader's connection for one page: comes back with jitter, moves when the node goes, and costs nothing while the page is
 * hidden. Knows nothing of what is shown: it says when to catch up, and hands on what comes.
 */
import { io, type Socket } from 'socket.io-client';
import type { ErrorBody } from '../../../schemas/errors.ts';
import { VIEWER_NAMESPACE, VIEWER_QUERY } from '../../../schemas/viewer-namespace.ts';
import * as parser from '../../lib/msgpack/packet-parser.ts';
import { pauseMs } from './pause.ts';

export interface ConnectionUser {
  /** A socket is up: catch up. */
  connected(): void;
  message(event: string, body: unknown): void;
}

export interface Connection {
  /** Sends; resolves with the answer, never when the socket is lost first. */
  request(event: string, body: object): Promise<unknown>;
  /** For good. */
  close(): void;
}

/** How long a page is hidden before it lets go. */
const HIDDEN_MS = 10_000;

export function connect(user: ConnectionUser): Connection {
  let socket: Socket | undefined;
  let attempt = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let hiding: ReturnType<typeof setTimeout> | undefined;
  let closed = false;

  function after(ms: number): void {
    clearTimeout(timer);
    timer = setTimeout(open, ms);
  }

  function open(): void {
    drop();
    const opening = io(VIEWER_NAMESPACE, {
      transports: ['websocket'],
      parser,
      query: VIEWER_QUERY,
      forceNew: true,
      reconnection: false,
    });
    socket = opening;
    const isOurs = () => socket === opening;
    opening.on('connect', () => {
      if (!isOurs()) return;
      attempt = 0;
      user.connected();
    });
    const lost = (askedMs = 0) => {
      if (!isOurs() || document.hidden) return;
      after(pauseMs(attempt, askedMs, Math.random));
      attempt += 1;
    };
    opening.on('connect_error', (error: Error & { data?: ErrorBody }) => lost(error.data?.retryAfterMs));
    opening.on('disconnect', () => lost());
    opening.onAny((event: string, body: unknown) => {
      if (!isOurs()) return;
      if (event === 'leave') after(Math.random() * (body as { withinMs: number }).withinMs);
      else user.message(event, body);
    });
  }

  function drop(): void {
    clearTimeout(timer);
    timer = undefined;
    const old = socket;
    socket = undefined;
    old?.disconnect();
  }

  function visibility(): void {
    clearTimeout(hiding);
    if (closed) return;
    if (document.hidden) hiding = setTimeout(drop, HIDDEN_MS);
    else if (!socket?.connected) {
      attempt = 0;
      open();
    }
  }

  document.addEventListener('visibilitychange', visibility);
  // A page that goes into the browser's cache may hold no socket; it is as hidden as can be.
  addEventListener('pagehide', drop);
  addEventListener('pageshow', ({ persisted }) => {
    // It also tells of a page's first show, for which a socket is on its way.
    if (persisted) visibility();
  });
  if (!document.hidden) open();

  return {
    request: (event, body) =>
      new Promise((resolve) => {
        const asked = socket;
        asked?.emit(event, body, (answer: unknown) => {
          if (asked === socket) resolve(answer);
        });
      }),
    close() {
      closed = true;
      clearTimeout(hiding);
      drop();
    },
  };
}
