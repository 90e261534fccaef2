/**
 * Socket.IO on the node:http listener. It does not know rooms or events.
 *
 * Engine.IO would take over the server's listeners and close it with the Socket.IO server; it gets an emitter of
 * its own instead, and upgrades are handed to it. Its write buffer has no bound: here it gets one (LISTENER3).
 */
import { EventEmitter } from 'node:events';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Server as SocketIoServer } from 'socket.io';
import type { WebSocket, WebSocketServer } from 'ws';
import { ERRORS, type ErrorCode } from '../../../schemas/errors.ts';
import { normalizeAddress } from '../../lib/addresses.ts';
import type { Logger } from '../../lib/logger.ts';
import { Rope, RopeFrame } from '../../lib/msgpack/rope.ts';
import { ENGINE_PING, followHeartbeats, type Heartbeats } from './heartbeats.ts';
import { type PoliciesOf, refuseBadHandshakes } from './node-web-sockets.ts';
import { wireOf } from './node-wire.ts';
import { LARGE_BYTES, Outbox, type OutboxOptions } from './outbox.ts';
import { rawProblem } from './problem.ts';

/** Where upgrade requests of one Socket.IO server go. */
export interface SocketIoUpgrades {
  /** With a slash at its end. */
  path: string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

/** What is used of an Engine.IO connection and does not stand in Socket.IO's public types. */
interface EngineConnection extends EventEmitter {
  remoteAddress: string;
  close(discard: boolean): void;
  transport: EventEmitter & { socket: WebSocket };
}
interface EngineRefusal {
  req: IncomingMessage;
  code: number;
  context?: { message?: string };
}
type Sent = (error?: Error | null) => void;
interface EnginePacket {
  data?: string | ArrayBufferView | ArrayBuffer;
}

/** Engine.IO's number for what its `allowRequest` refused. */
const ENGINE_FORBIDDEN = 4;

/** @param message of `allowRequest`: a code of the registry says which refusal it is */
export function engineRefusal(engineCode: number, message: string | undefined): ErrorCode {
  if (message !== undefined && Object.hasOwn(ERRORS, message)) return message as ErrorCode;
  return engineCode === ENGINE_FORBIDDEN ? 'forbidden' : 'bad_request';
}

class UpgradePort extends EventEmitter {
  /** Socket.IO closes "its" server when it closes; the listener's life is not its business. */
  close(done?: () => void): void {
    this.emit('close');
    done?.();
  }
}

export function attachToSocketIo(
  io: SocketIoServer,
  options: { maxBackpressureBytes: number; policies: PoliciesOf; log: Logger },
): SocketIoUpgrades {
  const { maxBackpressureBytes, policies, log } = options;
  const port = new UpgradePort();
  io.attach(port as unknown as HttpServer, { transports: ['websocket'], destroyUpgrade: false });
  const heartbeats: Heartbeats = new WeakMap();
  followHeartbeats(io.engine, heartbeats);
  /** What each socket had sent when its upgrade was asked for. */
  const sentBefore = new WeakMap<IncomingMessage, number>();
  // Engine.IO answers after this, where it finds that the socket still may be written.
  io.engine.on('connection_error', ({ req, code, context }: EngineRefusal) => {
    const { socket } = req;
    if (!socket.writable || socket.bytesWritten !== sentBefore.get(req)) return;
    socket.end(rawProblem(engineRefusal(code, context?.message), policies(req)));
  });
  refuseBadHandshakes((io.engine as unknown as { ws: WebSocketServer }).ws, policies);
  io.engine.on('connection', (connection: EngineConnection) => {
    connection.remoteAddress = normalizeAddress(connection.remoteAddress);
    boundBuffer(connection, maxBackpressureBytes);
    sendByOutbox(connection, { log, maxBackpressureBytes, onProgress: () => heartbeats.get(connection.transport)?.() });
  });
  return {
    path: `${io.path()}/`,
    upgrade: (request, socket, head) => {
      sentBefore.set(request, request.socket.bytesWritten);
      port.emit('upgrade', request, socket, head);
    },
  };
}

/**
 * LISTENER3: a packet that finds more than the limit waiting, in Engine.IO's buffer and in the socket's, ends the connection. Of
 * large ones the first counts nothing: its deadline is that of the outbox.
 */
function boundBuffer(connection: EngineConnection, maxBackpressureBytes: number): void {
  let waitingBytes = 0;
  let sendingBytes = 0;
  let hasLarge = false;
  let isSendingLarge = false;
  connection.on('packetCreate', (packet: EnginePacket) => {
    const isOver = waitingBytes + sendingBytes > maxBackpressureBytes;
    const bytes = packet.data === undefined ? 1 : byteLength(packet.data);
    if (bytes > LARGE_BYTES && !hasLarge && !isSendingLarge) hasLarge = true;
    else waitingBytes += bytes;
    if (!isOver) return;
    connection.transport.socket.terminate();
    connection.close(true);
  });
  connection.on('flush', () => {
    sendingBytes = waitingBytes;
    waitingBytes = 0;
    isSendingLarge = hasLarge;
    hasLarge = false;
  });
  connection.transport.on('drain', () => {
    sendingBytes = 0;
    isSendingLarge = false;
  });
}

/** Engine.IO writes to a method of the socket; it waits for its callback before it writes more. */
function sendByOutbox(connection: EngineConnection, options: Omit<OutboxOptions, 'onLarge'>): void {
  const { socket } = connection.transport;
  const send = socket.send as (data: unknown, options?: object | Sent, sent?: Sent) => void;
  const wire = wireOf(socket, Number.POSITIVE_INFINITY, () => outbox.pump(), send);
  const onLarge = (): void => send.call(socket, ENGINE_PING, { binary: false });
  const outbox = new Outbox(wire, { ...options, onLarge });
  socket.once('close', () => outbox.closed());
  const replacement = (data: Uint8Array | string, sent?: Sent): void => {
    const message = data instanceof RopeFrame ? data.rope : data;
    const bytes = typeof message === 'string' ? message.length : message.byteLength;
    // The fast path is that of ws itself.
    if (bytes <= LARGE_BYTES && !outbox.isQueueing && !(message instanceof Rope)) send.call(socket, message, sent);
    else outbox.send(message, typeof message !== 'string', sent);
  };
  socket.send = replacement as typeof socket.send;
}

function byteLength(data: string | ArrayBufferView | ArrayBuffer): number {
  if (data instanceof RopeFrame) return data.rope.byteLength;
  return typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength;
}
