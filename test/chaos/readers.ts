// Readers of what is published while all else goes on: over a viewer's socket, a widget's socket, an event stream and long
// polling. Whatever breaks, each comes back with the last revision that it has, and must see every one once, in order.
import { setTimeout as delay } from 'node:timers/promises';
import { io, type Socket } from 'socket.io-client';
import WebSocket from 'ws';
import { VIEWER_NAMESPACE, VIEWER_QUERY } from '../../schemas/viewer-namespace.ts';
import { readEvents } from '../../src/clients/http/events.ts';
import * as parser from '../../src/lib/msgpack/packet-parser.ts';
import type { Random } from './random.ts';

export const READER_KINDS = ['viewer', 'widget', 'stream', 'poll'] as const;
export type ReaderKind = (typeof READER_KINDS)[number];

export interface ReaderOptions {
  readonly kind: ReaderKind;
  readonly slug: string;
  /** The nodes. */
  readonly urls: readonly string[];
  readonly random: Random;
}

/** The revision that is there before anything breaks; readers have it from the start, and see what comes after. */
export const FIRST_REVISION = 1;
/** Pause before coming back, milliseconds. */
const BACK_MS = { min: 50, max: 400 } as const;
/** A node that says nothing at all for so long is left. Streams and sockets have signs of life of their own. */
const PATIENCE_MS = 4_000;
const POLL_SECONDS = 2;

export class Reader {
  readonly kind: ReaderKind;
  readonly slug: string;
  /** In the order in which they came. */
  readonly seen: number[] = [];
  readonly #options: ReaderOptions;
  readonly #over = new AbortController();
  #loop: Promise<void> | undefined;

  constructor(options: ReaderOptions) {
    this.#options = options;
    this.kind = options.kind;
    this.slug = options.slug;
  }

  get last(): number {
    return this.seen.at(-1) ?? FIRST_REVISION;
  }

  begin(): void {
    this.#loop = this.#read();
  }

  async close(): Promise<void> {
    this.#over.abort();
    await this.#loop;
  }

  describe(): string {
    return `${this.kind} of ${this.slug}: ${this.seen.join(' ')}`;
  }

  async #read(): Promise<void> {
    const { kind, random, urls } = this.#options;
    while (!this.#over.signal.aborted) {
      // One connection's life; then to any node.
      await this[kind](random.pick(urls)).catch(() => undefined);
      await delay(random.int(BACK_MS.min, BACK_MS.max));
    }
  }

  #saw(revision: number): void {
    this.seen.push(revision);
  }

  /** Resolves when the life is over, at the latest when reading is. */
  #until(end: (over: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#over.signal.addEventListener('abort', () => resolve(), { once: true });
      end(resolve);
    });
  }

  async viewer(url: string): Promise<void> {
    const socket: Socket = io(url + VIEWER_NAMESPACE, {
      transports: ['websocket'],
      parser,
      query: VIEWER_QUERY,
      reconnection: false,
      forceNew: true,
      timeout: PATIENCE_MS,
    });
    try {
      await this.#until((over) => {
        socket.on('revision', ({ revision }: { revision: number }) => this.#saw(revision));
        socket.on('connect', () => {
          const request = { slug: this.slug, since: this.last };
          socket.timeout(PATIENCE_MS).emit('watch', request, (error: unknown, answer?: { ok: boolean }) => {
            if (error !== null || answer?.ok !== true) over();
          });
        });
        for (const event of ['disconnect', 'connect_error', 'gone', 'leave', 'bye']) socket.on(event, over);
      });
    } finally {
      socket.disconnect();
    }
  }

  async widget(url: string): Promise<void> {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/w?documents=${this.slug}&since=${this.last}`, {
      handshakeTimeout: PATIENCE_MS,
    });
    let alive = Date.now();
    const watch = setInterval(() => {
      if (Date.now() - alive > PATIENCE_MS) socket.terminate();
      else if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, PATIENCE_MS / 4);
    try {
      await this.#until((over) => {
        socket.on('pong', () => {
          alive = Date.now();
        });
        socket.on('message', (data) => {
          alive = Date.now();
          const message = JSON.parse(String(data)) as { type: string; revision: number };
          if (message.type === 'revision') this.#saw(message.revision);
          else over();
        });
        socket.on('error', over);
        socket.on('close', over);
      });
    } finally {
      clearInterval(watch);
      socket.terminate();
    }
  }

  async stream(url: string): Promise<void> {
    const life = new AbortController();
    const response = await this.#ask(`${url}/v1/public/${this.slug}/events?after=${this.last}`, life, {
      accept: 'text/event-stream',
    });
    if (!response.ok) return;
    for await (const { type, data } of readEvents(response)) {
      if (type === 'revision') this.#saw((JSON.parse(data) as { revision: number }).revision);
      else break;
    }
    life.abort();
  }

  async poll(url: string): Promise<void> {
    const life = new AbortController();
    const path = `/v1/public/${this.slug}/events?after=${this.last}&wait=${POLL_SECONDS}`;
    const response = await this.#ask(`${url}${path}`, life, {});
    if (!response.ok) return;
    const { revisions } = (await response.json()) as { revisions: { revision: number }[] };
    for (const { revision } of revisions) this.#saw(revision);
  }

  /** Gives up on a node that does not begin to answer, and on everything when reading is over. */
  async #ask(url: string, life: AbortController, headers: Record<string, string>): Promise<Response> {
    const patience = setTimeout(() => life.abort(), PATIENCE_MS + POLL_SECONDS * 1_000);
    const signal = AbortSignal.any([this.#over.signal, life.signal]);
    try {
      return await fetch(url, { headers, signal });
    } finally {
      clearTimeout(patience);
    }
  }
}

/** What is wrong with what a reader saw, if the newest revision is `newest`; a sentence each. */
export function misread(seen: readonly number[], newest: number): string[] {
  const wrong: string[] = [];
  for (const [index, revision] of seen.entries()) {
    const expected = (seen[index - 1] ?? FIRST_REVISION) + 1;
    if (revision !== expected) wrong.push(`revision ${revision} came where ${expected} belonged`);
  }
  if ((seen.at(-1) ?? FIRST_REVISION) !== newest)
    wrong.push(`the last was ${seen.at(-1) ?? 'none'}, the newest is ${newest}`);
  return wrong;
}
