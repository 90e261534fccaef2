/**
 * Socket.IO on the uWS listener. It does not know rooms (uws-rooms.ts does) or events.
 *
 * Socket.IO's `attachApp` is given a stand-in for the app, because as it comes it
 * - touches the native response after the client has gone, which throws and, being in a promise, ends the process;
 * - lets a slow client's messages vanish instead of ending the connection (LISTENER3, I7);
 * - patches the adapters of every Socket.IO server of the process, whichever listener they are on.
 */
import type {
  HttpRequest,
  HttpResponse,
  TemplatedApp,
  us_socket_context_t,
  WebSocket,
  WebSocketBehavior,
} from 'uWebSockets.js';
import type { Server as SocketIoServer } from 'socket.io';
import type { Logger } from '../../lib/logger.ts';
import { FAST_BYTES, FAST_PATH, type FastTransport } from './fast-path.ts';
import { ENGINE_PING, followHeartbeats, type Heartbeats } from './heartbeats.ts';
import { joinedHeaders } from './lazy-request.ts';
import { engineRefusal } from './node-socket-io.ts';
import type { Fields } from './problem.ts';
import { type Head, isHandshake, readHead, type UwsGate } from './uws-head.ts';
import { UwsPeer, type UwsTopics } from './uws-peer.ts';
import { UwsRooms } from './uws-rooms.ts';
import { refuse, refuseLater } from './uws-web-sockets.ts';

/** What Engine.IO hands to `upgrade` as the socket's data. */
interface EngineData {
  transport: FastTransport & { onClose(code?: number, reason?: string): void; socket?: unknown };
  peer?: UwsPeer;
}
type EngineBehavior = WebSocketBehavior<EngineData>;
type Upgrade = (response: HttpResponse, request: HttpRequest, context: us_socket_context_t) => void | Promise<void>;

/** Longer than any ping interval in use: Engine.IO has its own heartbeat, this is for sockets that it lost. */
const IDLE_TIMEOUT_SECONDS = 120;

export function attachToSocketIo(
  io: SocketIoServer,
  app: TemplatedApp,
  gate: UwsGate,
  options: { maxBackpressureBytes: number; topics: UwsTopics; log: Logger },
): void {
  const rooms = new UwsRooms(options.topics);
  const heartbeats: Heartbeats = new WeakMap();
  // Before attachApp: from here on its patch of all adapters has no effect.
  rooms.serve(io);
  const standIn = {
    // What is no upgrade (long polling, the client's files) is not served here.
    any: (path: string) => {
      app.any(path, (response, request) => {
        refuseLater(response, 'websocket_only', gate.policies(response, readHead(request)));
      });
      return standIn;
    },
    get: () => standIn,
    ws: (path: string, engine: EngineBehavior) => {
      app.ws<EngineData>(path, behavior(engine, rooms, gate, { ...options, heartbeats }));
      return standIn;
    },
  };
  io.attachApp(standIn, { transports: ['websocket'] });
  followHeartbeats(io.engine, heartbeats);
}

function behavior(
  engine: EngineBehavior,
  rooms: UwsRooms,
  gate: UwsGate,
  options: {
    maxBackpressureBytes: number;
    topics: UwsTopics;
    heartbeats: Heartbeats;
    log: Logger;
  },
): EngineBehavior {
  const { maxBackpressureBytes, topics, heartbeats, log } = options;
  const peerOf = (socket: WebSocket<EngineData>): UwsPeer | undefined => socket.getUserData().peer;
  return {
    ...(engine.maxPayloadLength === undefined ? {} : { maxPayloadLength: engine.maxPayloadLength }),
    idleTimeout: IDLE_TIMEOUT_SECONDS,
    maxBackpressure: maxBackpressureBytes,
    closeOnBackpressureLimit: true,
    upgrade: (response, request, context) => {
      const head = readHead(request);
      const policies = gate.policies(response, head);
      if (gate.draining()) {
        refuseLater(response, 'draining', policies);
        return;
      }
      if (!isHandshake(head)) {
        refuseLater(response, 'bad_request', policies);
        return;
      }
      const failed = (error: unknown): void => log.error({ err: error }, 'socket.io upgrade failed');
      try {
        // Engine.IO's handler is not async, but what it starts is: its rejections come through the stand-in's methods.
        (engine.upgrade as Upgrade)(
          safeResponse(response, gate.connections.addressOf(response), policies),
          engineRequest(request, head),
          context,
        )?.catch(failed);
      } catch (error) {
        failed(error);
      }
    },
    open: (socket) => {
      const data = socket.getUserData();
      const peer = new UwsPeer(socket as WebSocket<unknown>, topics, {
        log,
        maxBackpressureBytes,
        onLarge: () => socket.send(ENGINE_PING, false),
        onProgress: () => heartbeats.get(data.transport)?.(),
      });
      data.peer = peer;
      rooms.opened(peer);
      engine.open?.(socket);
      data.transport.socket = peer;
    },
    drain: (socket) => peerOf(socket)?.drained(),
    message: (socket, message, isBinary) => {
      const isShort = isBinary && message.byteLength <= FAST_BYTES;
      const fast = isShort ? socket.getUserData().transport[FAST_PATH] : undefined;
      // Copied: the message is uWebSockets.js's memory.
      if (fast?.(new Uint8Array(message.slice(0)))) return;
      engine.message?.(socket, message, isBinary);
    },
    close: (socket, code, message) => {
      const peer = peerOf(socket);
      if (peer) rooms.closed(peer);
      peer?.closed();
      gate.connections.closed();
      engine.close?.(socket, code, message);
    },
  };
}

/**
 * The parts of a request that Engine.IO's upgrade uses, with the values of each header as one, as node:http gives them: it
 * would take the last, and of `X-Forwarded-For` that is what the nearest proxy wrote alone. Nothing of it is native (U3).
 */
function engineRequest(request: HttpRequest, head: Head): HttpRequest {
  const query = request.getQuery();
  const url = request.getUrl();
  const headers = joinedHeaders(head.rawHeaders);
  const plain = {
    getMethod: () => head.method,
    getUrl: () => url,
    getQuery: () => query,
    getHeader: (name: string) => headers.get(name) ?? '',
    forEach: (each: (name: string, value: string) => void) => {
      for (const [name, value] of headers) each(name, value);
    },
  };
  return plain as unknown as HttpRequest;
}

/**
 * The parts of a response that Engine.IO's upgrade uses. After an abort they do nothing, and a transport that was to
 * be upgraded hears that it is closed. Nothing is written before the end, and then corked.
 */
function safeResponse(response: HttpResponse, address: string, policies: Fields): HttpResponse {
  const remoteAddress = Buffer.from(address);
  const aborted: (() => void)[] = [];
  const headers: [string, string][] = [];
  let status = '200 OK';
  let live = true;
  response.onAborted(() => {
    live = false;
    for (const call of aborted) call();
  });
  const finish = (last: () => void): void => {
    if (!live) return;
    live = false;
    response.cork(() => {
      last();
    });
  };
  const safe = {
    getRemoteAddressAsText: () => remoteAddress,
    onAborted: (call: () => void) => {
      aborted.push(call);
      return safe;
    },
    cork: (call: () => void) => {
      call();
      return safe;
    },
    writeStatus: (text: string) => {
      status = text;
      return safe;
    },
    writeHeader: (name: string, value: string) => {
      headers.push([name, value]);
      return safe;
    },
    // What ends it is a refusal.
    end: (body: string) => {
      const { code, message } = JSON.parse(body) as { code: number; message: string };
      finish(() => refuse(response, engineRefusal(code, message), policies));
      return safe;
    },
    close: () => {
      if (live) response.close();
      live = false;
      return safe;
    },
    upgrade: (data: EngineData, key: string, protocol: string, extensions: string, context: us_socket_context_t) => {
      if (!live) data.transport.onClose(1006, 'aborted');
      else {
        // U9: all that came before was a matter of microtasks, and uWS reads the request still.
        finish(() => {
          response.writeStatus(status);
          for (const [name, value] of headers) response.writeHeader(name, value);
          response.upgrade(data, key, protocol, extensions, context);
        });
      }
    },
  };
  return safe as unknown as HttpResponse;
}
