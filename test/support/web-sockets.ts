/** Raw WebSockets on a listener: a route that echoes and keeps what it saw, and a client that keeps what it received. */
import type { ExecutionContext } from 'ava';
import WebSocket from 'ws';
import type { RawSocket, UpgradeRequest, WebSocketRoute } from '../../src/gateway/listener/listener.ts';
import { until } from './listener-harness.ts';

/** What an echoing route saw. */
interface Seen {
  opened: RawSocket<string>[];
  messages: (Uint8Array | string)[];
  drained: RawSocket<string>[];
  closed: { socket: RawSocket<string>; code: number; reason: string }[];
  upgrades: UpgradeRequest[];
}

/** A route that accepts everybody, echoes, and keeps what it saw. */
export function echo(overrides: Partial<WebSocketRoute<string>> = {}): { route: WebSocketRoute<string>; seen: Seen } {
  const seen: Seen = { opened: [], messages: [], drained: [], closed: [], upgrades: [] };
  const route: WebSocketRoute<string> = {
    path: '/y/*',
    maxPayloadBytes: 100_000,
    idleTimeoutSeconds: 60,
    maxBackpressureBytes: 1_000_000,
    upgrade: (request) => {
      seen.upgrades.push(request);
      return { accept: true, data: new URL(request.url).pathname };
    },
    open: (socket) => seen.opened.push(socket),
    message: (socket, message) => {
      seen.messages.push(message);
      socket.send(message);
    },
    drain: (socket) => seen.drained.push(socket),
    close: (socket, code, reason) => seen.closed.push({ socket, code, reason }),
    ...overrides,
  };
  return { route, seen };
}

/** A `ws` client that keeps what it received. */
export class Client {
  readonly socket: WebSocket;
  readonly received: (Buffer | string)[] = [];
  closed: { code: number; reason: string } | undefined;
  refused: number | undefined;

  constructor(t: ExecutionContext, url: string, protocols: string[] = [], options: WebSocket.ClientOptions = {}) {
    this.socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
    this.socket.on('message', (data: Buffer, isBinary) => this.received.push(isBinary ? data : data.toString()));
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    this.socket.on('unexpected-response', (request, response) => {
      this.refused = response.statusCode;
      request.destroy();
    });
    this.socket.on('error', () => undefined);
    t.teardown(() => this.socket.terminate());
  }

  async open(): Promise<this> {
    await until(() => this.socket.readyState === WebSocket.OPEN);
    return this;
  }
}

export const ws = (port: number, path = '/y/1'): string => `ws://127.0.0.1:${port}${path}`;
