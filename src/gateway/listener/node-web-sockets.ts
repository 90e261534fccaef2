/**
 * Raw WebSocket routes on node:http, with ws: upgrades, limits, pings, topics.
 * It does not know HTTP requests or Socket.IO. uws-web-sockets.ts is its twin.
 */
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, WebSocket, WebSocketServer } from 'ws';
import type { Logger } from '../../lib/logger.ts';
import { ticking } from '../../lib/timers.ts';
import { headersOf } from './lazy-request.ts';
import type { RawSocket, RequestInfo, SendOutcome, UpgradeDecision, WebSocketRoute } from './listener.ts';
import { wireOf } from './node-wire.ts';
import { type Message, Outbox } from './outbox.ts';
import { type Fields, rawProblem } from './problem.ts';
import { offeredProtocols, pathMatches } from './request-target.ts';
import { checkRoute, guarded } from './web-socket-route.ts';

class NodeSocket<Data> implements RawSocket<Data> {
  readonly data: Data;
  readonly topics = new Set<string>();
  heardAtMs: number;
  readonly #socket: WebSocket;
  readonly #route: WebSocketRoute<Data>;
  readonly #hub: Topics;
  readonly #outbox: Outbox;
  #buffered = false;

  constructor(socket: WebSocket, data: Data, route: WebSocketRoute<Data>, hub: Topics, log: Logger) {
    this.#socket = socket;
    this.data = data;
    this.#route = route;
    this.#hub = hub;
    this.heardAtMs = performance.now();
    const { maxBackpressureBytes } = route;
    this.#outbox = new Outbox(
      wireOf(socket, maxBackpressureBytes, () => this.#written()),
      {
        log,
        maxBackpressureBytes,
        onProgress: () => {
          this.heardAtMs = performance.now();
        },
      },
    );
  }

  send(message: Message): SendOutcome {
    const outcome = this.#outbox.send(message);
    if (outcome === 'buffered') this.#buffered = true;
    return outcome;
  }

  bufferedBytes(): number {
    return this.#outbox.bufferedBytes;
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  subscribe(topic: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#hub.add(topic, this);
  }

  unsubscribe(topic: string): void {
    this.#hub.remove(topic, this);
  }

  ping(): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.ping();
  }

  closed(): void {
    this.#outbox.closed();
  }

  #written(): void {
    this.#outbox.pump();
    if (!this.#buffered || this.bufferedBytes() > 0 || this.#socket.readyState !== WebSocket.OPEN) return;
    this.#buffered = false;
    this.#route.drain?.(this);
  }
}

class Topics {
  readonly #members = new Map<string, Set<NodeSocket<never>>>();

  add<Data>(topic: string, socket: NodeSocket<Data>): void {
    const members = this.#members.get(topic) ?? new Set();
    members.add(socket as unknown as NodeSocket<never>);
    this.#members.set(topic, members);
    socket.topics.add(topic);
  }

  remove<Data>(topic: string, socket: NodeSocket<Data>): void {
    const members = this.#members.get(topic);
    if (members?.delete(socket as unknown as NodeSocket<never>) && members.size === 0) this.#members.delete(topic);
    socket.topics.delete(topic);
  }

  removeAll<Data>(socket: NodeSocket<Data>): void {
    for (const topic of [...socket.topics]) this.remove(topic, socket);
  }

  publish(topic: string, message: Uint8Array | string): void {
    for (const socket of this.#members.get(topic) ?? []) socket.send(message);
  }
}

/** What an answer to a request says to browsers. */
export type PoliciesOf = (request: IncomingMessage) => Fields;

/** In place of an answer of ws's own. RFC 6455, section 4.4: it names the version that would do. */
export function refuseBadHandshakes(server: WebSocketServer, policies: PoliciesOf): void {
  server.on('wsClientError', (_error, socket, request) => {
    socket.once('finish', () => socket.destroy());
    socket.end(rawProblem('bad_request', [...policies(request), ['sec-websocket-version', '13']]));
  });
}

interface Mount {
  path: string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, url: string, info: RequestInfo): void;
  close(): void;
}

export class NodeWebSockets {
  readonly #log: Logger;
  readonly #topics = new Topics();
  readonly #mounts: Mount[] = [];
  readonly #policies: PoliciesOf;

  constructor(log: Logger, policies: PoliciesOf) {
    this.#log = log;
    this.#policies = policies;
  }

  route<Data>(route: WebSocketRoute<Data>): void {
    checkRoute(route);
    this.#mounts.push(mount(guarded(route, this.#log), this.#topics, this.#log, this.#policies));
  }

  publish(topic: string, message: Uint8Array | string): void {
    this.#topics.publish(topic, message);
  }

  /** Whether the target's path is one of a route's. */
  serves(target: string): boolean {
    return this.#find(target) !== undefined;
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, url: string, info: RequestInfo): void {
    this.#find(request.url ?? '')?.upgrade(request, socket, head, url, info);
  }

  /** Every socket gets 1001; the listener cuts those that do not answer. */
  close(): void {
    for (const { close } of this.#mounts) close();
  }

  #find(target: string): Mount | undefined {
    const query = target.indexOf('?');
    const path = query === -1 ? target : target.slice(0, query);
    return this.#mounts.find((each) => pathMatches(each.path, path));
  }
}

const TOO_BIG = 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH';

function mount<Data>(route: WebSocketRoute<Data>, topics: Topics, log: Logger, policies: PoliciesOf): Mount {
  const sockets = new Set<NodeSocket<Data>>();
  let chosen: string | undefined;
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: route.maxPayloadBytes,
    perMessageDeflate: false,
    // Called within handleUpgrade below, synchronously.
    handleProtocols: () => chosen ?? false,
  });

  refuseBadHandshakes(server, policies);

  const adopt = (socket: WebSocket, data: Data): void => {
    const raw = new NodeSocket(socket, data, route, topics, log);
    sockets.add(raw);
    socket.on('message', (message: RawData, isBinary: boolean) => {
      raw.heardAtMs = performance.now();
      const bytes = asBytes(message);
      route.message(raw, isBinary ? bytes : bytes.toString());
    });
    socket.on('ping', () => {
      raw.heardAtMs = performance.now();
    });
    socket.on('pong', () => {
      raw.heardAtMs = performance.now();
    });
    // What went wrong is in the close code (1002, 1007, 1009) that ws sends.
    let isTooBig = false;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      isTooBig ||= error.code === TOO_BIG;
    });
    socket.on('close', (code, reason) => {
      sockets.delete(raw);
      raw.closed();
      topics.removeAll(raw);
      // The other side's close frame is not read after an error: ws says 1006.
      route.close(raw, isTooBig ? 1009 : code, reason.toString());
    });
    route.open(raw);
  };

  const idleMs = route.idleTimeoutSeconds * 1000;
  const sweep = ticking(idleMs / 4, 'idle sockets', log, () => {
    const nowMs = performance.now();
    for (const socket of sockets) {
      if (nowMs - socket.heardAtMs > idleMs) socket.terminate();
      else if (nowMs - socket.heardAtMs > idleMs / 2) socket.ping();
    }
  });
  sweep.unref();

  return {
    path: route.path,
    upgrade(request, socket, head, url, info) {
      const headers = headersOf(request.rawHeaders);
      const protocols = offeredProtocols(headers.get('sec-websocket-protocol') ?? '');
      const accept = (decision: UpgradeDecision<Data>): void => {
        if (socket.destroyed || !socket.writable) return;
        if (!decision.accept) {
          socket.once('finish', () => socket.destroy());
          socket.end(rawProblem(decision.code, policies(request)));
          return;
        }
        chosen = decision.protocol;
        server.handleUpgrade(request, socket, head, (webSocket) => adopt(webSocket, decision.data));
      };
      accept(route.upgrade({ url, headers, protocols, info }));
    },
    close() {
      clearInterval(sweep);
      for (const socket of sockets) socket.close(1001, 'going away');
    },
  };
}

function asBytes(message: RawData): Buffer {
  if (Buffer.isBuffer(message)) return message;
  return Array.isArray(message) ? Buffer.concat(message) : Buffer.from(message);
}
