/**
 * A client of the author protocol that cannot miss a frame: everything that arrives is kept, from before the connection
 * is up, until a test takes it. It sends what a test asks for and repairs nothing: no reconnecting, no recovery.
 */
import { randomInt } from 'node:crypto';
import type { ExecutionContext } from 'ava';
import { io, type Socket } from 'socket.io-client';
import * as Y from 'yjs';
import type { ErrorBody } from '../../schemas/errors.ts';
import type { Edited, EVENTS, Opened } from '../../schemas/realtime.ts';
import * as parser from '../../src/lib/msgpack/packet-parser.ts';
import type { TestAuthor } from './node.ts';

type ServerEvent = Extract<keyof typeof EVENTS, string>;

export interface Frame {
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: a test looks into whatever arrived
  readonly body: any;
}

export interface ClientOptions {
  author?: TestAuthor;
  /** Instead of the author's token. */
  auth?: Record<string, unknown>;
  headers?: Record<string, string>;
  /** Of the handshake's address. */
  query?: Readonly<Record<string, string>>;
  /** Left out: the project's own parser. */
  parser?: unknown;
}

export type Answer<T> = (T & { ok: true }) | { ok: false; error: ErrorBody };

export class Client {
  readonly socket: Socket;
  /** Arrived and not taken yet, in order. */
  readonly frames: Frame[] = [];
  /** Why the connection ended; undefined while it has not. */
  ended: string | undefined;
  refused: ErrorBody | undefined;
  #changed: (() => void)[] = [];

  constructor(t: ExecutionContext, url: string, options: ClientOptions) {
    this.socket = io(url, {
      transports: ['websocket'],
      parser: options.parser ?? parser,
      forceNew: true,
      multiplex: false,
      reconnection: false,
      auth: options.auth ?? (options.author ? { token: options.author.token } : {}),
      ...(options.query ? { query: options.query } : {}),
      ...(options.headers ? { extraHeaders: options.headers } : {}),
    });
    this.socket.onAny((event: string, body: unknown) => {
      this.frames.push({ event, body });
      this.#wake();
    });
    this.socket.on('connect', () => this.#wake());
    this.socket.on('connect_error', (error: Error & { data?: ErrorBody }) => {
      this.refused = error.data;
      this.ended ??= error.message;
      this.#wake();
    });
    this.socket.on('disconnect', (reason) => {
      this.ended ??= reason;
      this.#wake();
    });
    t.teardown(() => {
      this.socket.disconnect();
    });
  }

  #wake(): void {
    const waiting = this.#changed;
    this.#changed = [];
    for (const resolve of waiting) resolve();
  }

  /** Resolves when the condition holds; looks again whenever something arrived or the connection changed. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  /** Sends and gives the answer; the test's own timeout is the limit. */
  request<T>(event: string, body: unknown): Promise<Answer<T>> {
    return new Promise((resolve) => this.socket.emit(event, body, resolve));
  }

  /** Takes the first frame of this event that matches, waiting for it if need be. */
  async take(event: ServerEvent, matches: (body: Frame['body']) => boolean = () => true): Promise<Frame['body']> {
    const find = (): number => this.frames.findIndex((frame) => frame.event === event && matches(frame.body));
    await this.until(() => find() >= 0 || this.ended !== undefined);
    const index = find();
    if (index < 0) throw new Error(`the connection ended (${this.ended}) before ${event}`);
    return this.frames.splice(index, 1)[0]?.body;
  }

  /** Resolves with the reason when the connection is over. */
  async gone(): Promise<string> {
    await this.until(() => this.ended !== undefined);
    return this.ended ?? '';
  }

  /** Everything that the server had sent when this was called has arrived once it resolves. */
  async caughtUp(): Promise<void> {
    await this.request('ping', {});
  }
}

/** Connects; resolves when the server has let the client in or has refused it. */
export async function connectClient(t: ExecutionContext, url: string, options: ClientOptions): Promise<Client> {
  const client = new Client(t, url, options);
  await client.until(() => client.socket.connected || client.ended !== undefined);
  return client;
}

/** A document as a raw client holds it: one Y.Doc, and the numbering of its edits. */
export class Desk {
  readonly client: Client;
  readonly doc: string;
  readonly ydoc = new Y.Doc();
  #n = 0;

  constructor(client: Client, doc: string, clientId = randomInt(1, 0xffff_ffff)) {
    this.client = client;
    this.doc = doc;
    this.ydoc.clientID = clientId;
  }

  get text(): string {
    return this.ydoc.getText('body').toString();
  }

  async open(mode: 'edit' | 'view' = 'edit'): Promise<Answer<Opened>> {
    const answer = await this.client.request<Opened>('open', {
      doc: this.doc,
      clientID: this.ydoc.clientID,
      stateVector: Y.encodeStateVector(this.ydoc),
      mode,
    });
    if (answer.ok) Y.applyUpdate(this.ydoc, answer.update);
    return answer;
  }

  /** The update of typing `text` at the end. */
  type(text: string): Uint8Array {
    const before = Y.encodeStateVector(this.ydoc);
    const body = this.ydoc.getText('body');
    body.insert(body.length, text);
    return Y.encodeStateAsUpdate(this.ydoc, before);
  }

  send(update: Uint8Array): Promise<Answer<Edited>> {
    this.#n += 1;
    return this.client.request<Edited>('edit', { doc: this.doc, n: this.#n, update });
  }

  /** Applies every `edits` that has arrived. */
  read(): string {
    for (const { event, body } of this.client.frames) {
      if (event === 'edits' && body.doc === this.doc) Y.applyUpdate(this.ydoc, body.update);
    }
    return this.text;
  }
}
