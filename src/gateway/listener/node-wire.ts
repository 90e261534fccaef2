/** A connection of ws as an outbox writes to it. */
import { WebSocket } from 'ws';
import type { Wire } from './outbox.ts';

type Sent = (error?: Error | null) => void;
type Send = (data: unknown, options: { binary: boolean; fin?: boolean }, sent: Sent) => void;

/**
 * @param written after something was handed to the system
 * @param send of ws itself, where the socket's own was replaced
 */
export function wireOf(
  socket: WebSocket,
  maxBackpressureBytes: number,
  written: () => void,
  send = socket.send as Send,
): Wire {
  const done =
    (sent?: Sent): Sent =>
    (error) => {
      sent?.(error);
      written();
    };
  return {
    bufferedBytes: () => socket.bufferedAmount,
    send(message, isBinary, sent) {
      if (socket.readyState !== WebSocket.OPEN) return 'dropped';
      if (socket.bufferedAmount > maxBackpressureBytes) {
        socket.terminate(); // LISTENER3
        return 'dropped';
      }
      send.call(socket, message, { binary: isBinary }, done(sent));
      return socket.bufferedAmount === 0 ? 'sent' : 'buffered';
    },
    fragment(bytes, place, isBinary, sent) {
      if (socket.readyState !== WebSocket.OPEN) return;
      send.call(socket, bytes, { binary: isBinary, fin: place === 'last' }, done(sent));
    },
    terminate: () => socket.terminate(),
  };
}
