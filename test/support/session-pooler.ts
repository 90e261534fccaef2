/**
 * A pooler between a client and PostgreSQL, as PgBouncer with `pool_mode=session` and no reset: when a client goes, its
 * session at the server is kept as it is and handed to the next one.
 */
import { connect, createServer, type Socket } from 'node:net';

export interface SessionPooler {
  readonly url: string;
  /** Sessions opened at the server so far. */
  opened(): number;
  close(): Promise<void>;
}

interface ServerSession {
  readonly socket: Socket;
  /** What the server said before it was first ready for a query, from its parameters on. */
  greeting: Buffer;
  client: Socket | undefined;
  isReady: boolean;
}

const AUTHENTICATION_OK = Buffer.from([0x52, 0, 0, 0, 8, 0, 0, 0, 0]);
const TERMINATE = 0x58;
const READY = 0x5a;
const AUTHENTICATION = 0x52;

export async function sessionPoolerTo(url: string): Promise<SessionPooler> {
  const target = new URL(url);
  const free: ServerSession[] = [];
  const sockets = new Set<Socket>();
  let opened = 0;

  function openSession(client: Socket, startup: Buffer): ServerSession {
    opened += 1;
    const socket = connect(Number(target.port), target.hostname);
    sockets.add(socket);
    const session: ServerSession = { socket, greeting: Buffer.alloc(0), client, isReady: false };
    socket.write(startup);
    socket.on('data', (chunk: Buffer) => {
      if (!session.isReady) noteGreeting(session, chunk);
      session.client?.write(chunk);
    });
    const end = (): void => {
      sockets.delete(socket);
      const at = free.indexOf(session);
      if (at >= 0) free.splice(at, 1);
      session.client?.destroy();
    };
    socket.on('close', end);
    socket.on('error', end);
    return session;
  }

  const server = createServer((client) => {
    sockets.add(client);
    let session: ServerSession | undefined;
    client.on('data', (chunk: Buffer) => {
      if (!session) {
        session = free.pop();
        if (session) {
          session.client = client;
          client.write(Buffer.concat([AUTHENTICATION_OK, session.greeting]));
        } else session = openSession(client, chunk);
        return;
      }
      // A goodbye is meant for the pooler.
      if (!(chunk.length === 5 && chunk[0] === TERMINATE)) session.socket.write(chunk);
    });
    const leave = (): void => {
      sockets.delete(client);
      if (!session || session.client !== client) return;
      session.client = undefined;
      if (session.isReady && !session.socket.destroyed) free.push(session);
    };
    client.on('close', leave);
    client.on('error', leave);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const own = new URL(url);
  own.port = String((server.address() as { port: number }).port);
  return {
    url: own.href,
    opened: () => opened,
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Keeps whole messages up to the first that says ready, without those of the authentication. */
function noteGreeting(session: ServerSession, chunk: Buffer): void {
  for (let at = 0; at + 5 <= chunk.length && !session.isReady; ) {
    const end = at + 1 + chunk.readUInt32BE(at + 1);
    if (chunk[at] !== AUTHENTICATION) session.greeting = Buffer.concat([session.greeting, chunk.subarray(at, end)]);
    if (chunk[at] === READY) session.isReady = true;
    at = end;
  }
}
