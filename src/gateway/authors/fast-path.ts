/**
 * An author's events and their acknowledgements without Engine.IO and Socket.IO in between. Order is kept: both ways end in
 * the same native socket, and what Socket.IO puts off to the next tick is put off here as well.
 *
 * Not kept: Socket.IO's middleware and listeners of single events do not see these events; the node has none.
 */
import type { Socket } from 'socket.io';
import { ACK, decodePacket, EVENT, type Packet } from '../../lib/msgpack/packet-parser.ts';
import { Encoder } from '../../lib/msgpack/sharing-parser.ts';
import { FAST_PATH, type FastTransport } from '../listener/fast-path.ts';

const ROOT = '/';

/** What is used of an Engine.IO connection on uWebSockets.js and does not stand in its public types. */
interface EngineConnection {
  readonly readyState: string;
  readonly transport: FastTransport & { socket?: { send(message: Uint8Array, isBinary: boolean): unknown } };
  pingTimeoutTimer: NodeJS.Timeout | null;
  hasRefreshedPingTimeout: boolean;
}

export type OnEvent = (event: unknown, body: unknown, ack: ((answer: object) => void) | undefined) => void;

/** Lets the socket's events come this way, where its listener knows it. */
export function takeFastPath(socket: Socket, onEvent: OnEvent): void {
  const connection = socket.conn as unknown as EngineConnection;
  const encoder = new Encoder();
  const isOpen = (): boolean => socket.connected && connection.readyState === 'open';

  /** Once, as Socket.IO's own. */
  const ackOf = (id: number): ((answer: object) => void) => {
    let isSent = false;
    return (answer) => {
      if (isSent || !isOpen()) return;
      isSent = true;
      for (const frame of encoder.encode({ type: ACK, nsp: ROOT, data: [answer], id })) {
        connection.transport.socket?.send(frame, true);
      }
    };
  };

  connection.transport[FAST_PATH] = (bytes) => {
    if (!isOpen()) return false;
    let packet: Packet;
    try {
      packet = decodePacket(bytes);
    } catch {
      return false;
    }
    const { type, nsp, data, id } = packet;
    if (type !== EVENT || nsp !== ROOT || !Array.isArray(data)) return false;
    // As Engine.IO does: whatever comes is a sign of life, once for each ping.
    if (connection.pingTimeoutTimer !== null && !connection.hasRefreshedPingTimeout) {
      connection.pingTimeoutTimer.refresh();
      connection.hasRefreshedPingTimeout = true;
    }
    const ack = id === undefined ? undefined : ackOf(id);
    process.nextTick(onEvent, data[0], data[1], ack);
    return true;
  };
}
