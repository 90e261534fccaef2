/**
 * Engine.IO's heartbeat beside large messages. Its ping waits behind them as everything does, and both ends would take a
 * slow line for a dead one: so a ping goes out right before, and what the client reads counts as a sign of life.
 */
import type { Server as SocketIoServer } from 'socket.io';

/** A ping of Engine.IO, as its clients read it. They answer it and wait anew. */
export const ENGINE_PING = '2';

/** By transport: puts off the end of a connection that owes an answer to a ping. */
export type Heartbeats = WeakMap<object, () => void>;

/** What is used of an Engine.IO connection and does not stand in its public types. */
interface EngineConnection {
  transport: object;
  pingTimeoutTimer: NodeJS.Timeout | null;
}

export function followHeartbeats(engine: SocketIoServer['engine'], heartbeats: Heartbeats): void {
  engine.on('connection', (connection: EngineConnection) => {
    heartbeats.set(connection.transport, () => connection.pingTimeoutTimer?.refresh());
  });
}
