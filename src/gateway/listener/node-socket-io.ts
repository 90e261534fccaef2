/**
 * Socket.IO on the node:http listener. It does not know rooms or events.
 *
 * Engine.IO would take over the server's listeners and close it with the Socket.IO server; it gets an emitter of
 * its own instead, and upgrades are handed to it. Its write buffer has no bound: here it gets one (L3).
 */
import { EventEmitter } from 'node:events';
import type { Server as HttpServer, IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Server as SocketIoServer } from 'socket.io';
import { normalizeAddress } from './request-target.ts';

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
  transport: { socket?: { terminate(): void } };
}
interface EnginePacket {
  data?: string | ArrayBufferView | ArrayBuffer;
}

class UpgradePort extends EventEmitter {
  /** Socket.IO closes "its" server when it closes; the listener's life is not its business. */
  close(done?: () => void): void {
    this.emit('close');
    done?.();
  }
}

export function attachToSocketIo(io: SocketIoServer, maxBackpressureBytes: number): SocketIoUpgrades {
  const port = new UpgradePort();
  io.attach(port as unknown as HttpServer, { transports: ['websocket'], destroyUpgrade: false });
  io.engine.on('connection', (connection: EngineConnection) => {
    connection.remoteAddress = normalizeAddress(connection.remoteAddress);
    boundBuffer(connection, maxBackpressureBytes);
  });
  return {
    path: `${io.path()}/`,
    upgrade: (request, socket, head) => port.emit('upgrade', request, socket, head),
  };
}

/** L3: a packet that finds more than the limit waiting, in Engine.IO's buffer and in the socket's, ends the connection. */
function boundBuffer(connection: EngineConnection, maxBackpressureBytes: number): void {
  let waitingBytes = 0;
  let sendingBytes = 0;
  connection.on('packetCreate', (packet: EnginePacket) => {
    const isOver = waitingBytes + sendingBytes > maxBackpressureBytes;
    waitingBytes += packet.data === undefined ? 1 : byteLength(packet.data);
    if (!isOver) return;
    connection.transport.socket?.terminate();
    connection.close(true);
  });
  connection.on('flush', () => {
    sendingBytes = waitingBytes;
    waitingBytes = 0;
  });
  const transport = connection.transport as EngineConnection['transport'] & EventEmitter;
  transport.on('drain', () => {
    sendingBytes = 0;
  });
}

function byteLength(data: string | ArrayBufferView | ArrayBuffer): number {
  return typeof data === 'string' ? Buffer.byteLength(data) : data.byteLength;
}
