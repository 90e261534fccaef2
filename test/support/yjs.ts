/** Stock y-websocket clients, and raw sockets that speak their protocol as a test says. Closed with the test. */
import type { ExecutionContext } from 'ava';
import WebSocket from 'ws';
import { WebsocketProvider } from 'y-websocket';
import * as Y from 'yjs';
import { until } from './helpers.ts';
import type { TestAuthor } from './node.ts';

export interface StockClient {
  readonly ydoc: Y.Doc;
  readonly provider: WebsocketProvider;
  readonly text: () => string;
  type(words: string): void;
  /** How the server ended it for good. */
  readonly closed: () => { code: number; reason: string } | undefined;
  /** Every close code that was seen. */
  readonly codes: number[];
  /** What connections failed of. */
  readonly faults: string[];
  /** Messages of the auth protocol. */
  readonly denied: () => number;
}

export function stockClient(
  t: ExecutionContext,
  url: string,
  author: TestAuthor | { token: string },
  documentId: string,
  options: { clientId?: number; ydoc?: Y.Doc } = {},
): StockClient {
  const ydoc = options.ydoc ?? new Y.Doc();
  if (options.clientId !== undefined) ydoc.clientID = options.clientId;
  const provider = new WebsocketProvider(`${url.replace('http', 'ws')}/y`, documentId, ydoc, {
    params: { token: author.token },
    WebSocketPolyfill: WebSocket as unknown as typeof globalThis.WebSocket,
    disableBc: true,
    maxBackoffTime: 200,
  });
  let closed: { code: number; reason: string } | undefined;
  let denied = 0;
  const codes: number[] = [];
  const faults: string[] = [];
  provider.on('closed', (event) => {
    closed = event;
  });
  provider.on('connection-close', (event) => {
    if (event) codes.push(event.code);
  });
  provider.on('connection-error', (event) => {
    faults.push('message' in event ? String(event.message) : event.type);
  });
  provider.messageHandlers[2] = () => {
    denied += 1;
  };
  t.teardown(() => {
    provider.destroy();
    ydoc.destroy();
  });
  // An editor that is bound to the document decides of which type the body is.
  const body = () => ydoc.getText('body');
  return {
    ydoc,
    provider,
    text: () => body().toString(),
    type: (words) => body().insert(body().length, words),
    closed: () => closed,
    codes,
    faults,
    denied: () => denied,
  };
}

export const synced = (client: StockClient): Promise<void> => until(() => client.provider.synced);

export interface RawClient {
  readonly socket: WebSocket;
  readonly frames: Uint8Array[];
  /** Resolves with the close code, and its reason or what went wrong. */
  readonly gone: Promise<{ code: number; reason: string }>;
  send(bytes: Uint8Array | string): void;
}

export async function rawClient(
  t: ExecutionContext,
  url: string,
  path: string,
  headers: Record<string, string> = {},
): Promise<RawClient> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}${path}`, { headers });
  const frames: Uint8Array[] = [];
  socket.on('message', (data: Buffer) => frames.push(new Uint8Array(data)));
  let fault = '';
  socket.on('error', ({ message }) => {
    fault = message;
  });
  const gone = new Promise<{ code: number; reason: string }>((resolve) =>
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() || fault })),
  );
  t.teardown(() => socket.terminate());
  await new Promise<void>((resolve) => {
    socket.once('open', () => resolve());
    socket.once('close', () => resolve());
  });
  return { socket, frames, gone, send: (bytes) => socket.send(bytes) };
}
