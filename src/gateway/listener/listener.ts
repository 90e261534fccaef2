/**
 * The front door's contract: HTTP as fetch handlers, Socket.IO, and raw WebSocket routes on one port.
 * Two implementations (uws-listener, node-listener) pass one contract suite, test/contracts/listener.ts.
 * It does not know what is served, who may ask, or where the process stands in its life.
 *
 * LISTENER1 No request reaches a handler before its head was checked; no byte is buffered beyond a named limit (I9).
 * LISTENER2 A handler's failure is its own request's 500, without details; a client's failure is its own (I10).
 * LISTENER3 A socket that does not read is ended, never buffered without bound (I9). One large message may take its time as long
 *    as the client goes on reading it.
 * LISTENER4 Order on one socket is the order of send and publish calls (I7).
 */
import type { Server as SocketIoServer } from 'socket.io';
import type { ErrorCode } from '../../../schemas/errors.ts';
import type { Logger } from '../../lib/logger.ts';
import type { Rope } from '../../lib/msgpack/rope.ts';
import type { AddressQuota } from '../access/address-quota.ts';
import type { ForwardedHeader, Peer } from '../access/peer.ts';
import type { SignedInNetworks } from '../access/signed-in-networks.ts';
import type { HttpFastPath } from './http-fast-path.ts';
import type { Fields } from './problem.ts';
import type { UnreadBytes } from './unread-bytes.ts';

/** Where a request came from, as this listener saw it; proxies' headers are judged elsewhere. */
export interface RequestInfo {
  /** Text form; an IPv4 address mapped into IPv6 is written as IPv4. */
  remoteAddress: string;
  /** TLS ended at this listener. */
  secure: boolean;
}

/** What a handler gets besides the request. */
export interface FetchInfo extends RequestInfo {
  /**
   * From now on this request counts by its user, who has a bound elsewhere: its address gets its share of the requests in
   * progress and of the connections back (I9). For answers that stay open as sockets do.
   */
  countsByUser(): void;
}

/**
 * Answers one request. A throw or rejection is logged and answered with 500; `request.signal` aborts when the
 * client goes away. The head of a streamed response may wait for the body's first chunk: an event stream that
 * starts silent should begin with a comment line. `new Request(request)` does not work: use `request.clone()`.
 */
export type FetchHandler = (request: Request, info: FetchInfo) => Response | Promise<Response>;

/** The head of a request that wants to become a WebSocket. */
export interface UpgradeRequest {
  /** Absolute, as for fetch handlers, with http or https as its scheme. */
  url: string;
  headers: Headers;
  /** Subprotocols that the client offers, in its order. */
  protocols: readonly string[];
  info: RequestInfo;
}

/** Accept with the socket's data, or refuse with a problem document of that code. */
export type UpgradeDecision<Data> =
  | { accept: true; data: Data; protocol?: string }
  | { accept: false; code: ErrorCode };

/** What became of one message: on its way, queued behind others, or not sent because the socket is ended. */
export type SendOutcome = 'sent' | 'buffered' | 'dropped';

/** One WebSocket of a route. Every method may be called after the close; it then does nothing. */
export interface RawSocket<Data> {
  readonly data: Data;
  /**
   * `dropped` means closed, or over `maxBackpressureBytes`: then the socket is also terminated (LISTENER3). A large message is one
   * unit, in fragments: it may be larger than that, and what follows waits until it has left.
   */
  send(message: Uint8Array | string | Rope): SendOutcome;
  /** Bytes that wait for the client to read. */
  bufferedBytes(): number;
  close(code: number, reason: string): void;
  /** Ends the connection without a close frame; `close` of the route sees 1006. */
  terminate(): void;
  subscribe(topic: string): void;
  unsubscribe(topic: string): void;
}

/** One raw WebSocket endpoint. Its callbacks must not throw: a throw is logged and ends that socket with 1011. */
export interface WebSocketRoute<Data> {
  /** Exact (`/y`), or a prefix with `/*` at its end. */
  path: string;
  /**
   * A larger message ends the socket, and `close` is called with 1009. The client sees 1009 as well, or, if the message is
   * far larger, maybe no close frame (1006).
   */
  maxPayloadBytes: number;
  /** 8 to 960; a client that neither sends nor answers pings for so long is ended. */
  idleTimeoutSeconds: number;
  /** A send or publish that finds more than this waiting ends the socket. */
  maxBackpressureBytes: number;
  /**
   * Decides at once (U9): what takes time comes after `open`, and what was found ends the socket with a code. A throw is
   * logged and answered with 500.
   */
  upgrade(request: UpgradeRequest): UpgradeDecision<Data>;
  open(socket: RawSocket<Data>): void;
  message(socket: RawSocket<Data>, message: Uint8Array | string): void;
  /** After a `buffered` send: everything of this socket has been handed to the system. */
  drain?(socket: RawSocket<Data>): void;
  /** Called once a socket that was opened. The socket is dead already. */
  close(socket: RawSocket<Data>, code: number, reason: string): void;
}

/** I9: what one listener takes from strangers. Where uWebSockets.js has its own fixed figure, it is named. */
export interface ListenerLimits {
  /** The largest request body; over it 413. */
  maxBodyBytes: number;
  /** The largest body that `text`, `json`, `bytes` and `arrayBuffer` will gather; over it 413. */
  maxBufferedBodyBytes: number;
  /** Request line and headers; over it 431. On uWS the process's first listener sets it for all. */
  maxHeaderBytes: number;
  /** The time for a complete head; then 408 or a cut. uWS: always about 30 s (measured), with a plain cut. */
  headersTimeoutMs: number;
  /** How long a connection may idle between requests. uWS: always about 30 s. */
  keepAliveTimeoutMs: number;
  /** The time for a complete body; then 408. uWS also cuts bodies that stay very slow for 30 s. */
  requestTimeoutMs: number;
  /**
   * Connections of all kinds. One more is closed at once; on node:http it takes the place of the one that has been idle
   * longest, if there is one.
   */
  maxConnections: number;
  /**
   * Of those, besides what is signed in: more are for networks from which somebody signed in lately (`signedIn`), and for
   * proxies; where sockets of strangers (`strangers`) take them all, also for half as many others as are left. Left out, it
   * is as many. On node:http whoever is idle makes room instead.
   */
  maxStrangerConnections?: number;
  /** Of one address that is not a proxy's, besides sockets that are signed in; one more is closed at once. */
  maxConnectionsPerAddress: number;
  /** How long an answer may wait without its client reading any of it; then a cut. uWS: always about 30 s. */
  unreadTimeoutMs: number;
  /** Bytes that may wait on one Socket.IO connection; over it the connection is ended (LISTENER3). */
  socketIoMaxBackpressureBytes: number;
}

export interface ListenerOptions {
  fetch: FetchHandler;
  /** Asked first for a GET without a query, while connections are kept. */
  fastPath?: HttpFastPath;
  /**
   * Whose account a request goes on, where that is not the connection's address: a proxy's connections carry many
   * clients, and a network has many addresses.
   */
  clientOf?(address: string, header: ForwardedHeader): string;
  /**
   * What the listener's own answers say to browsers besides, as those of the site do. Of a request that could not be read it
   * knows no header.
   */
  securityHeadersOf?(connection: Peer, header: (name: string) => string | null): Fields;
  /** Where answers are counted that wait for their clients to read. */
  unread: UnreadBytes;
  /** Requests in progress, by `clientOf`; what has no share gets 429. Answers of the fast path are not counted. */
  requests?: AddressQuota;
  /** A connection of a proxy carries many clients: its address is not bounded. */
  isProxy?(address: string): boolean;
  /** Sockets and streams of an address that are signed in: they count by user, not against their address's share of connections. */
  signedIn?: SignedInNetworks;
  /** Sockets that are not signed in. */
  strangers?(): number;
  limits: ListenerLimits;
  log: Logger;
  /** Serve TLS with these PEM files; without it, plain HTTP. */
  tls?: { keyFile: string; certFile: string };
}

export interface Listener {
  readonly kind: 'uws' | 'node';
  /** Serves WebSocket connections of this server on its path. Before `listen`; long polling is refused. */
  attachSocketIo(io: SocketIoServer): void;
  /** Before `listen`. Throws RangeError on settings that one of the listeners could not keep. */
  route<Data>(route: WebSocketRoute<Data>): void;
  /** To every subscriber of the topic on raw routes of this listener; topics are apart from Socket.IO's rooms. */
  publish(topic: string, message: Uint8Array | string): void;
  /** Port 0 takes a free one. Rejects if the address is in use. */
  listen(address: { host: string; port: number }): Promise<{ port: number }>;
  /** No new connections or upgrades; open connections live, and their next response says `Connection: close`. */
  stopAccepting(): void;
  /** Requests in flight may end within the deadline; then sockets get 1001 and all connections are cut. */
  close(deadlineMs: number): Promise<void>;
}
