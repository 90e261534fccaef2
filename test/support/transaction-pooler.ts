/**
 * A pooler between clients and PostgreSQL, as PgBouncer with `pool_mode=transaction`: a client has a session at the server only while
 * a transaction of its own is under way, the one that was used last first.
 */
import { connect, createServer, type Socket } from 'node:net';

interface ServerSession {
  readonly socket: Socket;
  client: PoolClient | undefined;
}

interface PoolClient {
  readonly socket: Socket;
  /** What it said that no session has taken. */
  waiting: Buffer[];
  session: ServerSession | undefined;
}

const AUTHENTICATION_OK = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
const AUTHENTICATION = 0x52;
const TERMINATE = 0x58;
const READY = 0x5a;
const IDLE = 0x49;

export async function transactionPoolerTo(url: string): Promise<{ readonly url: string; close(): Promise<void> }> {
  const target = new URL(url);
  const free: ServerSession[] = [];
  const clients: PoolClient[] = [];
  const sockets = new Set<Socket>();
  let greeting = Buffer.alloc(0);
  let isGreeted = false;

  /** Gives sessions that are free to clients that wait. */
  function serve(): void {
    for (const client of clients) {
      if (client.waiting.length === 0) continue;
      client.session ??= free.pop();
      if (!client.session) continue;
      client.session.client = client;
      for (const chunk of client.waiting.splice(0)) client.session.socket.write(chunk);
    }
  }

  /** The first client of a session signs in at the server itself. */
  function openSession(client: PoolClient): ServerSession {
    const socket = connect(Number(target.port), target.hostname);
    sockets.add(socket);
    const session: ServerSession = { socket, client };
    let rest = Buffer.alloc(0);
    socket.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      while (rest.length >= 5 && rest.length >= 1 + rest.readUInt32BE(1)) {
        const message = rest.subarray(0, 1 + rest.readUInt32BE(1));
        rest = rest.subarray(message.length);
        if (!isGreeted && message[0] !== AUTHENTICATION) greeting = Buffer.concat([greeting, message]);
        session.client?.socket.write(message);
        if (message[0] !== READY) continue;
        isGreeted = true;
        if (message[5] !== IDLE) continue;
        if (session.client) session.client.session = undefined;
        session.client = undefined;
        free.push(session);
      }
      serve();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
    return session;
  }

  const server = createServer((socket) => {
    sockets.add(socket);
    const client: PoolClient = { socket, waiting: [], session: undefined };
    let hasStarted = false;
    socket.on('data', (chunk: Buffer) => {
      // A goodbye is meant for the pooler.
      if (chunk.length === 5 && chunk[0] === TERMINATE) return;
      if (!hasStarted && isGreeted) socket.write(Buffer.concat([AUTHENTICATION_OK, greeting]));
      else {
        if (!hasStarted) client.session = openSession(client);
        client.waiting.push(chunk);
      }
      if (!hasStarted) clients.push(client);
      hasStarted = true;
      serve();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => {
      sockets.delete(socket);
      const at = clients.indexOf(client);
      if (at >= 0) clients.splice(at, 1);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = new URL(url);
  own.port = String((server.address() as { port: number }).port);
  return {
    url: own.href,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
