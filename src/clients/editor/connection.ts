/**
 * The client's one socket to the cluster: connects, rotates through the nodes it was given, comes back with jitter, and
 * moves when a node drains. Knows nothing of documents but that they listen for a new socket.
 */
import { io, type Socket } from 'socket.io-client';
import type { ErrorBody } from '../../../schemas/errors.ts';
import { backoffMs, jitter } from '../../lib/backoff.ts';
import * as parser from '../../lib/msgpack/packet-parser.ts';
import { guarded } from '../guard.ts';
import type { TicketSource } from './handshake-ticket.ts';
import { type Observable, Subject } from './observable.ts';
import type { ConnectionState } from './status.ts';

export interface ConnectionOptions {
  urls: readonly string[];
  token: string | undefined;
  tickets: Pick<TicketSource, 'ticket' | 'fetch'>;
  random: () => number;
  reconnectMinMs: number;
  reconnectMaxMs: number;
  connectTimeoutMs: number;
}

export interface ConnectionListener {
  /** A socket is up: open again what should be open. */
  connected(): void;
  disconnected(): void;
  message(event: string, body: unknown): void;
}

/** Between attempts while the server refuses this user: a sign-in elsewhere may change that. */
const REFUSED_RETRY_MS = 5_000;
/** Refusals that reconnecting does not end. */
const REFUSALS = new Set(['unauthenticated', 'bad_origin', 'forbidden']);
/** How far the patience with a silent node can grow, as a factor. */
const MAX_PATIENCE = 32;

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #listeners = new Set<ConnectionListener>();
  readonly #state = new Subject<ConnectionState>('connecting');
  readonly #refusal = new Subject<ErrorBody | undefined>(undefined);
  /** The socket in use, or on its way to be. */
  #socket: Socket | undefined;
  /** The socket that is to follow it, while the node behind it drains. */
  #successor: Socket | undefined;
  /** In an order of our own: the clients of a node that fails spread over all the others. */
  readonly #urls: readonly string[];
  #nextUrl = 0;
  #attempt = 0;
  #patience = 1;
  /** For each socket on its way: the end of the time that it may take. */
  readonly #deadlines = new Map<Socket, ReturnType<typeof setTimeout>>();
  #timer: ReturnType<typeof setTimeout> | undefined;
  #closed = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#urls = shuffled(options.urls, options.random);
    this.#connect();
  }

  get state(): Observable<ConnectionState> {
    return this.#state;
  }

  /** Why the server refuses this client; undefined while it does not. */
  get refusal(): Observable<ErrorBody | undefined> {
    return this.#refusal;
  }

  get isConnected(): boolean {
    return this.#socket?.connected === true;
  }

  addListener(listener: ConnectionListener): void {
    this.#listeners.add(listener);
    if (this.isConnected) listener.connected();
    else if (this.#state.get() === 'disconnected') listener.disconnected();
  }

  removeListener(listener: ConnectionListener): void {
    this.#listeners.delete(listener);
  }

  /** Sends and calls back with the answer; never calls back when the socket is lost first. */
  request(event: string, body: object, answered: (answer: unknown) => void): void {
    const socket = this.#socket;
    if (!socket?.connected) return;
    socket.emit(event, body, (answer: unknown) => {
      if (socket === this.#socket) guarded(() => answered(answer));
    });
  }

  /** Sends if a socket is up, and drops the message otherwise. */
  sendVolatile(event: string, body: object): void {
    if (this.isConnected) this.#socket?.volatile.emit(event, body);
  }

  /**
   * Factor on the time that answers may take. On a slow line a large document is still arriving when a hung node would
   * have been given up: each time that was wrong the next try gets twice the time.
   */
  get patience(): number {
    return this.#patience;
  }

  /** An answer came in time. */
  answered(): void {
    this.#patience = Math.max(this.#patience / 2, 1);
  }

  /** The node behind the socket seems to hang: go to another. */
  restart(): void {
    if (!this.#socket || this.#closed) return;
    this.#patience = Math.min(this.#patience * 2, MAX_PATIENCE);
    this.#failed(this.#socket, 0);
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const deadline of this.#deadlines.values()) clearTimeout(deadline);
    this.#deadlines.clear();
    for (const socket of [this.#socket, this.#successor]) socket?.disconnect();
    this.#socket = undefined;
    this.#successor = undefined;
    this.#state.set('disconnected');
  }

  #connect(): void {
    clearTimeout(this.#timer);
    if (this.#closed) return;
    const { token, tickets, connectTimeoutMs } = this.#options;
    const url = this.#urls[this.#nextUrl % this.#urls.length]!;
    this.#nextUrl += 1;
    const socket = io(url, {
      transports: ['websocket'],
      parser,
      forceNew: true,
      multiplex: false,
      reconnection: false,
      timeout: connectTimeoutMs,
      withCredentials: true,
      ...(token === undefined ? {} : { auth: { token } }),
      ...(tickets.ticket === undefined ? {} : { query: { ticket: tickets.ticket } }),
    });
    if (this.#socket?.connected) this.#successor = socket;
    else {
      this.#socket = socket;
    }
    // The handshake may be accepted and the session not be answered for: a hung node.
    this.#deadlines.set(
      socket,
      setTimeout(() => guarded(() => this.#failed(socket, 0)), connectTimeoutMs),
    );
    let returnInMs = 0;
    socket.on('connect', () => {
      this.#arrived(socket);
      clearTimeout(this.#timer);
      if (this.#closed) {
        socket.disconnect();
        return;
      }
      if (socket === this.#successor) {
        this.#successor = undefined;
        const drained = this.#socket;
        this.#socket = socket;
        drained?.disconnect();
      }
      this.#attempt = 0;
      this.#refusal.set(undefined);
      this.#state.set('connected');
      for (const listener of [...this.#listeners]) guarded(() => listener.connected());
    });
    socket.on('connect_error', (error: Error & { data?: ErrorBody }) => {
      const refused = error.data !== undefined && REFUSALS.has(error.data.code);
      if (refused) this.#refusal.set(error.data);
      // Not even a word of why: the node is away, or has more handshakes than it takes.
      if (error.data === undefined && !this.#closed) void tickets.fetch(url);
      this.#failed(socket, refused ? REFUSED_RETRY_MS : (error.data?.retryAfterMs ?? 0));
    });
    socket.on('disconnect', () => this.#failed(socket, returnInMs));
    socket.on('bye', (error: ErrorBody) => {
      // A client that is disconnected for anything but a drain would be disconnected again at once.
      if (error.code !== 'draining') returnInMs = REFUSED_RETRY_MS;
      if (socket === this.#socket && REFUSALS.has(error.code)) this.#refusal.set(error);
    });
    socket.on('drain', ({ reconnectInMs }: { reconnectInMs: number }) => {
      if (socket !== this.#socket) return;
      clearTimeout(this.#timer);
      this.#timer = setTimeout(() => guarded(() => this.#connect()), reconnectInMs);
    });
    socket.onAny((event: string, body: unknown) => {
      if (socket !== this.#socket) return;
      for (const listener of [...this.#listeners]) guarded(() => listener.message(event, body));
    });
  }

  /** An attempt or a connection ended; another follows unless it is under way. */
  #failed(socket: Socket, atLeastMs: number): void {
    const current = socket === this.#socket;
    if (!current && socket !== this.#successor) return;
    this.#lose(socket);
    if (this.#closed) return;
    if (current && this.#successor) {
      this.#socket = this.#successor;
      this.#successor = undefined;
      return;
    }
    const { reconnectMinMs, reconnectMaxMs, random } = this.#options;
    const longestMs = backoffMs(this.#attempt, { firstMs: reconnectMinMs, longestMs: reconnectMaxMs });
    const waitMs = Math.max(jitter(reconnectMinMs, Math.max(longestMs, reconnectMinMs), random), atLeastMs);
    this.#attempt += 1;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => guarded(() => this.#connect()), waitMs);
  }

  /** The socket is up, or given up. */
  #arrived(socket: Socket): void {
    clearTimeout(this.#deadlines.get(socket));
    this.#deadlines.delete(socket);
  }

  #lose(socket: Socket): void {
    this.#arrived(socket);
    socket.off();
    socket.offAny();
    socket.disconnect();
    if (socket === this.#successor) this.#successor = undefined;
    if (socket !== this.#socket) return;
    this.#socket = undefined;
    this.#state.set('disconnected');
    for (const listener of [...this.#listeners]) guarded(() => listener.disconnected());
  }
}

/** Fisher and Yates. */
function shuffled<T>(items: readonly T[], random: () => number): T[] {
  const mixed = [...items];
  for (let last = mixed.length - 1; last > 0; last -= 1) {
    const other = Math.floor(random() * (last + 1));
    [mixed[last], mixed[other]] = [mixed[other]!, mixed[last]!];
  }
  return mixed;
}
