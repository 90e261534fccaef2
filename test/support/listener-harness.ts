/** Starts listeners for the contract suite, and speaks to them below HTTP clients' good manners. */
import http from 'node:http';
import https from 'node:https';
import net from 'node:net';
import type { ExecutionContext } from 'ava';
import { createListener } from '../../src/gateway/listener/create-listener.ts';
import type { HttpFastPath } from '../../src/gateway/listener/http-fast-path.ts';
import type { FetchHandler, Listener, ListenerLimits, ListenerOptions } from '../../src/gateway/listener/listener.ts';
import { UnreadBytes, type UnreadLimits } from '../../src/gateway/listener/unread-bytes.ts';
import type { Logger } from '../../src/lib/logger.ts';

export type Kind = 'uws' | 'node';

export const limits: ListenerLimits = {
  maxBodyBytes: 1_000_000,
  maxBufferedBodyBytes: 100_000,
  maxHeaderBytes: 8_192,
  headersTimeoutMs: 60_000,
  keepAliveTimeoutMs: 5_000,
  requestTimeoutMs: 60_000,
  maxConnections: 1_000,
  maxConnectionsPerAddress: 1_000,
  unreadTimeoutMs: 5_000,
  socketIoMaxBackpressureBytes: 1_000_000,
};

export const unreadLimits: UnreadLimits = {
  maxUnreadBytes: 400_000_000,
  maxUnreadBytesPerAddress: 400_000_000,
  maxUnreadBytesPerConnection: 400_000_000,
};

export interface LogLine {
  level: string;
  fields: object;
  message: string;
}

/** A logger that keeps its lines. */
export function memoryLog(): Logger & { lines: LogLine[] } {
  const lines: LogLine[] = [];
  const at = (level: string) => (fields: object, message: string) => {
    lines.push({ level, fields, message });
  };
  const log = { lines, debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error'), child: () => log };
  return log;
}

export interface Started {
  listener: Listener;
  port: number;
  origin: string;
  log: { lines: LogLine[] };
  unread: UnreadBytes;
}

interface StartOptions {
  clientOf?: ListenerOptions['clientOf'];
  securityHeadersOf?: ListenerOptions['securityHeadersOf'];
  requests?: ListenerOptions['requests'];
  isProxy?: (address: string) => boolean;
  tls?: { keyFile: string; certFile: string };
  host?: string;
  fetch?: FetchHandler;
  fastPath?: HttpFastPath;
  limits?: Partial<ListenerLimits>;
  unreadLimits?: Partial<UnreadLimits>;
  setup?: (listener: Listener) => void;
}

/** A listener on a free port, closed at the test's end. */
export async function start(t: ExecutionContext, kind: Kind, options: StartOptions = {}): Promise<Started> {
  const log = memoryLog();
  const fetch = options.fetch ?? (() => new Response('hello'));
  const { tls, fastPath, clientOf, securityHeadersOf, requests, isProxy } = options;
  const unread = new UnreadBytes({ ...unreadLimits, ...options.unreadLimits });
  const listener = await createListener(kind, {
    fetch,
    unread,
    limits: { ...limits, ...options.limits },
    log,
    ...(tls && { tls }),
    ...(fastPath && { fastPath }),
    ...(clientOf && { clientOf }),
    ...(securityHeadersOf && { securityHeadersOf }),
    ...(requests && { requests }),
    ...(isProxy && { isProxy }),
  });
  options.setup?.(listener);
  const { port } = await listener.listen({ host: options.host ?? '127.0.0.1', port: 0 });
  t.teardown(() => listener.close(0));
  return { listener, port, origin: `http://127.0.0.1:${port}`, log, unread };
}

/** Resolves when the condition holds; the test's own timeout is the limit. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

/** A promise and its handle. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  return Promise.withResolvers<T>();
}

/** One TCP connection, byte by byte. */
export class RawClient {
  readonly socket: net.Socket;
  received = '';
  closed = false;

  constructor(t: ExecutionContext, port: number, options: { allowHalfOpen?: boolean } = {}) {
    this.socket = net.connect({ port, host: '127.0.0.1', ...options });
    this.socket.on('data', (chunk: Buffer) => {
      this.received += chunk.toString('latin1');
    });
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      this.closed = true;
    });
    t.teardown(() => {
      this.socket.destroy();
    });
  }

  send(text: string | Uint8Array): this {
    this.socket.write(text);
    return this;
  }

  async receives(text: string): Promise<void> {
    await until(() => this.received.includes(text) || this.closed);
    if (!this.received.includes(text)) throw new Error(`closed before ${JSON.stringify(text)}: ${this.received}`);
  }

  async closes(): Promise<void> {
    await until(() => this.closed);
  }
}

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: string;
  /** Which TCP connection carried it. */
  localPort: number;
}

/** One request through an agent, so that its connection can be seen. */
export function ask(origin: string, agent: http.Agent, options: http.RequestOptions = {}, body = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const { request: send } = origin.startsWith('https:') ? https : http;
    const request = send(origin, { agent, ...options }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, localPort });
      });
      response.on('error', reject);
    });
    let localPort = 0;
    request.on('socket', (socket) => {
      const note = (): void => {
        localPort = socket.localPort ?? 0;
      };
      if (socket.connecting) socket.once('connect', note);
      else note();
    });
    request.on('error', reject);
    request.end(body);
  });
}

/** A stream that makes a chunk only when it is asked for one, and counts. */
export function countedStream(
  chunks: number,
  chunkBytes: number,
): { stream: ReadableStream<Uint8Array>; made: () => number; cancelled: () => boolean } {
  let made = 0;
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        if (made === chunks) return controller.close();
        made += 1;
        controller.enqueue(new Uint8Array(chunkBytes).fill(made));
      },
      cancel() {
        cancelled = true;
      },
    },
    { highWaterMark: 0 },
  );
  return { stream, made: () => made, cancelled: () => cancelled };
}

/** Resolves when a figure has stopped changing. */
export async function settled(figure: () => number): Promise<void> {
  let same = 0;
  for (let before = figure(); same < 4; before = figure()) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    same = figure() === before ? same + 1 : 0;
  }
}
