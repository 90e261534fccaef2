/**
 * Raw WebSocket routes on uWS: upgrades, limits, topics. It does not know HTTP requests or Socket.IO.
 * node-web-sockets.ts is its twin.
 *
 * U9 An upgrade comes while uWS reads the request, in its own native handler. Of one that comes later, within a cork, uWS
 *    (before July 2026) looks afterwards at a flag of the HTTP response, whose memory the upgrade gave back: what was allocated
 *    there meanwhile may end the new socket without a close frame (uNetworking/uWebSockets, pull request 1929).
 */
import type { HttpRequest, HttpResponse, TemplatedApp, us_socket_context_t, WebSocket } from 'uWebSockets.js';
import type { ErrorCode } from '../../../schemas/errors.ts';
import type { Logger } from '../../lib/logger.ts';
import { headersOf } from './lazy-request.ts';
import type { RawSocket, SendOutcome, UpgradeDecision, UpgradeRequest, WebSocketRoute } from './listener.ts';
import { LARGE_BYTES, type Message } from './outbox.ts';
import { type Fields, problem, reasonPhrase } from './problem.ts';
import { absoluteUrl, offeredProtocols } from './request-target.ts';
import { type Head, isHandshake, readHead, type UwsGate } from './uws-head.ts';
import { UwsPeer, type UwsTopics } from './uws-peer.ts';
import { checkRoute, guarded } from './web-socket-route.ts';

/**
 * uWS cuts a too large message without a close frame. Its own limit is larger by this, so that clients a
 * little over the real one get their 1009.
 */
const PAYLOAD_GRACE_BYTES = 65_536;
/** What uWS says of such a cut, whose code is 1006. */
const CUT_AS_TOO_BIG = 'Received too big message';
/** Keeps the topics of raw routes apart from Socket.IO's: an app has one space for both. */
const TOPIC_PREFIX = 'raw\x1f';

class UwsSocket<Data> implements RawSocket<Data> {
  readonly data: Data;
  readonly peer: UwsPeer;

  constructor(peer: UwsPeer, data: Data) {
    this.peer = peer;
    this.data = data;
  }

  send(message: Message): SendOutcome {
    return this.peer.send(message, typeof message !== 'string');
  }

  bufferedBytes(): number {
    return this.peer.bufferedBytes();
  }

  close(code: number, reason: string): void {
    this.peer.end(code, reason);
  }

  terminate(): void {
    this.peer.terminate();
  }

  subscribe(topic: string): void {
    this.peer.subscribe(TOPIC_PREFIX + topic);
  }

  unsubscribe(topic: string): void {
    this.peer.unsubscribe(TOPIC_PREFIX + topic);
  }
}

interface Upgraded<Data> {
  data: Data;
  raw?: UwsSocket<Data>;
}

export class UwsWebSockets {
  readonly #app: TemplatedApp;
  readonly #gate: UwsGate;
  readonly #log: Logger;
  readonly #topics: UwsTopics;
  readonly #open = new Set<{ readonly peer: UwsPeer }>();

  constructor(app: TemplatedApp, topics: UwsTopics, gate: UwsGate, log: Logger) {
    this.#app = app;
    this.#topics = topics;
    this.#gate = gate;
    this.#log = log;
  }

  route<Data>(unguarded: WebSocketRoute<Data>): void {
    checkRoute(unguarded);
    const route = guarded(unguarded, this.#log);
    const rawOf = (socket: WebSocket<Upgraded<Data>>): UwsSocket<Data> => socket.getUserData().raw!;
    this.#app.ws<Upgraded<Data>>(route.path, {
      maxPayloadLength: route.maxPayloadBytes + PAYLOAD_GRACE_BYTES,
      idleTimeout: route.idleTimeoutSeconds,
      maxBackpressure: route.maxBackpressureBytes,
      closeOnBackpressureLimit: true,
      sendPingsAutomatically: true,
      upgrade: (response, request, context) => this.#upgrade(route, response, request, context),
      open: (socket) => {
        const upgraded = socket.getUserData();
        const { maxBackpressureBytes } = route;
        const onDrained = (): void => route.drain?.(raw);
        const peer = new UwsPeer(socket as WebSocket<unknown>, this.#topics, {
          log: this.#log,
          maxBackpressureBytes,
          onDrained,
        });
        const raw = new UwsSocket(peer, upgraded.data);
        upgraded.raw = raw;
        this.#open.add(raw);
        route.open(raw);
      },
      message: (socket, message, isBinary) => {
        const raw = rawOf(socket);
        if (message.byteLength > route.maxPayloadBytes) raw.close(1009, 'message too big');
        else route.message(raw, isBinary ? new Uint8Array(message.slice(0)) : Buffer.from(message).toString());
      },
      drain: (socket) => {
        const raw = rawOf(socket);
        raw.peer.drained();
        if (raw.bufferedBytes() === 0) route.drain?.(raw);
      },
      close: (socket, code, message) => {
        const raw = rawOf(socket);
        raw.peer.closed();
        this.#open.delete(raw);
        this.#gate.connections.closed();
        const reason = Buffer.from(message).toString();
        route.close(raw, code === 1006 && reason === CUT_AS_TOO_BIG ? 1009 : code, reason);
      },
    });
  }

  publish(topic: string, message: Uint8Array | string): void {
    const isBinary = typeof message !== 'string';
    const name = TOPIC_PREFIX + topic;
    if (message.length <= LARGE_BYTES) {
      this.#topics.publish(name, message, isBinary);
      return;
    }
    // As one unit to each, whose bytes all of them share.
    const bytes = isBinary ? message : Buffer.from(message);
    for (const { peer } of [...this.#open]) if (peer.isSubscribed(name)) peer.send(bytes, isBinary);
  }

  /** Every socket gets 1001. */
  close(): void {
    for (const { peer } of [...this.#open]) peer.end(1001, 'going away');
  }

  #upgrade<Data>(
    route: WebSocketRoute<Data>,
    response: HttpResponse,
    request: HttpRequest,
    context: us_socket_context_t,
  ): void {
    const head = readHead(request);
    const key = request.getHeader('sec-websocket-key');
    const extensions = request.getHeader('sec-websocket-extensions');
    const offered = request.getHeader('sec-websocket-protocol');
    const info = { remoteAddress: this.#gate.connections.addressOf(response), secure: this.#gate.secure };
    const url = absoluteUrl(this.#gate.secure, head.host, head.target);
    const protocols = offeredProtocols(offered);
    const asked = url === null ? null : { url, headers: headersOf(head.rawHeaders), protocols, info };
    const decision = this.#decide(route, head, asked);
    // U9
    if (decision.accept) response.upgrade({ data: decision.data }, key, decision.protocol ?? '', extensions, context);
    else refuseLater(response, decision.code, this.#gate.policies(response, head));
  }

  #decide<Data>(route: WebSocketRoute<Data>, head: Head, asked: UpgradeRequest | null): UpgradeDecision<Data> {
    if (!isHandshake(head) || asked === null) return { accept: false, code: 'bad_request' };
    if (this.#gate.draining()) return { accept: false, code: 'draining' };
    return route.upgrade(asked);
  }
}

/** Answers an upgrade request with a problem document; call it corked. */
export function refuse(response: HttpResponse, code: ErrorCode, policies: Fields): void {
  const { status, headers, body } = problem(code, policies);
  response.writeStatus(`${status} ${reasonPhrase(status)}`);
  for (const [name, value] of headers) response.writeHeader(name, value);
  response.end(body, true);
}

/** The same from within the native handler, for what may be no upgrade at all. U8: once uWS has read on. */
export function refuseLater(response: HttpResponse, code: ErrorCode, policies: Fields): void {
  let live = true;
  response.onAborted(() => {
    live = false;
  });
  setTimeout(() => live && response.cork(() => refuse(response, code, policies)), 0);
}
