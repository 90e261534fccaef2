/** What both listeners do with a WebSocket route before they mount it. It does not know sockets. */
import type { Logger } from '../../lib/logger.ts';
import type { RawSocket, WebSocketRoute } from './listener.ts';

/** Throws RangeError on settings that uWebSockets.js would abort the process for, whichever listener runs. */
export function checkRoute<Data>(route: WebSocketRoute<Data>): void {
  const { path, idleTimeoutSeconds, maxPayloadBytes, maxBackpressureBytes } = route;
  if (!/^\/[^*:]*(?:\/\*)?$/.test(path)) throw new RangeError(`not a route: ${path}`);
  if (!(idleTimeoutSeconds >= 8 && idleTimeoutSeconds <= 960)) {
    throw new RangeError('idleTimeoutSeconds must be from 8 to 960');
  }
  if (!(maxPayloadBytes > 0) || !(maxBackpressureBytes > 0)) {
    throw new RangeError('maxPayloadBytes and maxBackpressureBytes must be positive');
  }
}

/** The same route, whose callbacks never throw: a throw is logged and ends the socket with 1011 (LISTENER2), or the handshake with 500. */
export function guarded<Data>(route: WebSocketRoute<Data>, log: Logger): WebSocketRoute<Data> {
  const guard = (socket: RawSocket<Data>, call: () => void): void => {
    try {
      call();
    } catch (error) {
      log.error({ err: error, route: route.path }, 'WebSocket handler failed');
      socket.close(1011, 'internal error');
    }
  };
  return {
    ...route,
    upgrade(request) {
      try {
        return route.upgrade(request);
      } catch (error) {
        log.error({ err: error, route: route.path }, 'WebSocket upgrade handler failed');
        return { accept: false, code: 'internal' };
      }
    },
    open: (socket) => guard(socket, () => route.open(socket)),
    message: (socket, message) => guard(socket, () => route.message(socket, message)),
    drain: (socket) => guard(socket, () => route.drain?.(socket)),
    close: (socket, code, reason) => guard(socket, () => route.close(socket, code, reason)),
  };
}
