/** What every listener does for Socket.IO servers, with their own parser and with MessagePack. */
import { randomBytes } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import type { ExecutionContext, TestFn } from 'ava';
import { Server } from 'socket.io';
import { type Socket as ClientSocket, io as connect, type ManagerOptions, type SocketOptions } from 'socket.io-client';
import * as msgpack from 'socket.io-msgpack-parser';
import { deferred, type Kind, RawClient, type Started, start, until } from '../support/listener-harness.ts';
import { startSlowLine } from '../support/slow-line.ts';

/** Open for more headers. */
const HANDSHAKE =
  'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
  'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';

export const parsers = { default: undefined, msgpack } as const;
export type ParserName = keyof typeof parsers;

/** A Socket.IO server on a listener of its own. */
export async function startSocketIo(
  t: ExecutionContext,
  kind: Kind,
  parser: ParserName = 'default',
): Promise<Started & { io: Server }> {
  const chosen = parsers[parser];
  const io = new Server({
    transports: ['websocket'],
    serveClient: false,
    ...(chosen === undefined ? {} : { parser: chosen }),
  });
  const started = await start(t, kind, { setup: (listener) => listener.attachSocketIo(io) });
  t.teardown(() => io.close());
  return { ...started, io };
}

/** A connected client. */
export async function client(
  t: ExecutionContext,
  origin: string,
  parser: ParserName = 'default',
  options: Partial<ManagerOptions & SocketOptions> = {},
): Promise<ClientSocket> {
  const chosen = parsers[parser];
  const socket = connect(origin, {
    transports: ['websocket'],
    reconnection: false,
    forceNew: true,
    ...(chosen === undefined ? {} : { parser: chosen }),
    ...options,
  });
  t.teardown(() => {
    socket.disconnect();
  });
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('connect_error', reject);
  });
  return socket;
}

/** Everything a client receives under an event, in order. */
export function inbox<T>(socket: ClientSocket, event: string): T[] {
  const received: T[] = [];
  socket.on(event, (value: T) => received.push(value));
  return received;
}

export function socketIoContract(test: TestFn, kind: Kind): void {
  for (const parser of ['default', 'msgpack'] as const) {
    const title = (text: string): string => `${kind}: Socket.IO (${parser} parser): ${text}`;

    test(title('Socket.IO: a socket that was let in stays open, whatever its opening allocates'), async (t) => {
      const { origin, io } = await startSocketIo(t, kind);
      io.engine.on('connection', (connection: { transport: NodeJS.EventEmitter }) => {
        // U9: takes, whatever its size, what the HTTP response gave back to the allocator.
        connection.transport.prependListener('ready', () => {
          for (let bytes = 16; bytes <= 1_024; bytes += 8) Buffer.allocUnsafeSlow(bytes).fill(0x10);
        });
      });
      io.on('connection', (socket) => socket.on('echo', (word: string, reply: (word: string) => void) => reply(word)));
      for (let index = 0; index < 20; index += 1) {
        const socket = await client(t, origin);
        t.is(await socket.timeout(10_000).emitWithAck('echo', 'still here'), 'still here');
      }
    });

    test(title('events with binary are acknowledged with binary'), async (t) => {
      const { io, origin } = await startSocketIo(t, kind, parser);
      io.on('connection', (socket) => {
        socket.on('edit', (edit: { n: number; update: Uint8Array }, ack: (answer: object) => void) => {
          ack({ ok: true, n: edit.n, echo: Buffer.from(edit.update) });
        });
      });
      const socket = await client(t, origin, parser);
      const answer = await socket.emitWithAck('edit', { n: 7, update: new Uint8Array([1, 0, 255]) });
      t.is(answer.n, 7);
      t.deepEqual([...new Uint8Array(answer.echo)], [1, 0, 255]);
    });

    test(title('a room’s broadcasts reach its members, in order with direct messages'), async (t) => {
      const { io, origin } = await startSocketIo(t, kind, parser);
      const clients = await Promise.all([1, 2, 3, 4].map(() => client(t, origin, parser)));
      const inboxes = clients.map((each) => inbox<{ n: number; update: Uint8Array }>(each, 'edits'));
      const sockets = clients.map((each) => io.sockets.sockets.get(each.id!)!);
      for (const socket of sockets.slice(0, 3)) socket.join('doc');
      sockets[1]!.leave('doc');
      for (let n = 0; n < 100; n++) {
        const edits = { n, update: Buffer.alloc(n * 100, n) };
        if (n % 4 === 3) sockets[0]!.emit('edits', edits);
        else io.to('doc').emit('edits', edits);
      }
      for (const socket of sockets) socket.emit('edits', { n: -1, update: Buffer.alloc(0) });
      await until(() => inboxes.every((received) => received.at(-1)?.n === -1));
      const all = Array.from({ length: 100 }, (_, n) => n);
      t.deepEqual(
        inboxes[0]!.map(({ n }) => n),
        [...all, -1],
      );
      t.deepEqual(
        inboxes[1]!.map(({ n }) => n),
        [-1],
      );
      t.deepEqual(
        inboxes[2]!.map(({ n }) => n),
        [...all.filter((n) => n % 4 !== 3), -1],
      );
      t.deepEqual(
        inboxes[3]!.map(({ n }) => n),
        [-1],
      );
      t.true(inboxes[0]!.slice(0, -1).every(({ n, update }) => new Uint8Array(update).every((byte) => byte === n)));
    });

    test(title('broadcasts may exclude the sender, a room or several, and reach unions and everybody'), async (t) => {
      const { io, origin } = await startSocketIo(t, kind, parser);
      const clients = await Promise.all([0, 1, 2, 3].map(() => client(t, origin, parser)));
      const inboxes = clients.map((each) => inbox<string>(each, 'say'));
      const sockets = clients.map((each) => io.sockets.sockets.get(each.id!)!);
      for (const index of [0, 1, 2]) sockets[index]!.join('a');
      for (const index of [2, 3]) sockets[index]!.join('b');
      sockets[0]!.to('a').emit('say', 'a but 0');
      sockets[3]!.to('a').emit('say', 'a from outside');
      sockets[1]!.broadcast.emit('say', 'all but 1');
      io.to('a').except('b').emit('say', 'a but b');
      io.to('a').to('b').emit('say', 'a or b, once');
      io.to('a').except([sockets[0]!.id, sockets[1]!.id]).emit('say', 'only 2');
      io.to('a').except('nobody').emit('say', 'a, nobody excepted');
      io.emit('say', 'all');
      await until(() => inboxes.every((received) => received.at(-1) === 'all'));
      t.deepEqual(inboxes[0], ['a from outside', 'all but 1', 'a but b', 'a or b, once', 'a, nobody excepted', 'all']);
      t.deepEqual(inboxes[1], ['a but 0', 'a from outside', 'a but b', 'a or b, once', 'a, nobody excepted', 'all']);
      t.deepEqual(inboxes[2], [
        'a but 0',
        'a from outside',
        'all but 1',
        'a or b, once',
        'only 2',
        'a, nobody excepted',
        'all',
      ]);
      t.deepEqual(inboxes[3], ['all but 1', 'a or b, once', 'all']);
    });

    test(title('disconnect(true) ends the connection on both sides'), async (t) => {
      const { io, origin } = await startSocketIo(t, kind, parser);
      const gone = deferred<string>();
      io.on('connection', (socket) => socket.on('disconnect', (reason) => gone.resolve(reason)));
      const socket = await client(t, origin, parser);
      const left = deferred<string>();
      socket.on('disconnect', (reason) => left.resolve(reason));
      io.sockets.sockets.get(socket.id!)!.disconnect(true);
      t.is(await gone.promise, 'server namespace disconnect');
      t.true(['io server disconnect', 'transport close'].includes(await left.promise));
      t.is(io.engine.clientsCount, 0);
    });
  }

  const title = (text: string): string => `${kind}: Socket.IO: ${text}`;

  test(
    title('I6 a socket that leaves its namespace and stays connected gets nothing more from its rooms'),
    async (t) => {
      const { io, origin } = await startSocketIo(t, kind);
      const socket = await client(t, origin);
      const frames: string[] = [];
      const engine = socket.io.engine as unknown as {
        on(event: 'packet', call: (packet: { data?: string }) => void): void;
      };
      engine.on('packet', ({ data }) => frames.push(String(data)));
      io.of('/other').on('connection', () => undefined);
      const other = socket.io.socket('/other');
      await new Promise<void>((resolve) => other.once('connect', () => resolve()));
      const server = io.sockets.sockets.get(socket.id!)!;
      server.join('doc');
      io.to('doc').emit('say', 'before');
      await until(() => frames.some((frame) => frame.includes('before')));
      server.disconnect(false);
      io.to('doc').emit('say', 'after');
      io.emit('say', 'after');
      io.of('/other').emit('end', 'end');
      await until(() => frames.some((frame) => frame.includes('"end"')));
      t.false(frames.some((frame) => frame.includes('after')));
    },
  );

  test(title('namespaces keep their rooms apart'), async (t) => {
    const { io, origin } = await startSocketIo(t, kind);
    io.of('/x').on('connection', (socket) => socket.join('room'));
    io.of('/y').on('connection', (socket) => socket.join('room'));
    const x = await client(t, `${origin}/x`);
    const y = await client(t, `${origin}/y`);
    const [fromX, fromY] = [inbox<string>(x, 'say'), inbox<string>(y, 'say')];
    io.of('/x').to('room').emit('say', 'x');
    io.of('/y').to('room').emit('say', 'y');
    await until(() => fromX.length > 0 && fromY.length > 0);
    t.deepEqual([fromX, fromY], [['x'], ['y']]);
  });

  test(title('the handshake has headers, auth and a plain address'), async (t) => {
    const { io, origin } = await startSocketIo(t, kind);
    const socket = await client(t, origin, 'default', { auth: { token: 'T' }, extraHeaders: { 'x-probe': 'p' } });
    const { handshake } = io.sockets.sockets.get(socket.id!)!;
    t.is(handshake.address, '127.0.0.1');
    t.is(handshake.auth.token, 'T');
    t.is(handshake.headers['x-probe'], 'p');
  });

  test(title('a refused connection gives its reason; long polling is 400'), async (t) => {
    const { io, origin } = await startSocketIo(t, kind);
    io.use((_socket, next) => next(new Error('not you')));
    await t.throwsAsync(client(t, origin), { message: 'not you' });
    t.is((await fetch(`${origin}/socket.io/?EIO=4&transport=polling`)).status, 400);
  });

  test(title('the values of a handshake’s headers are one each, in the order they came'), async (t) => {
    const { io, port } = await startSocketIo(t, kind);
    const handshake = deferred<IncomingHttpHeaders>();
    io.engine.on('connection', ({ request }: { request: { headers: IncomingHttpHeaders } }) =>
      handshake.resolve(request.headers),
    );
    const raw = new RawClient(t, port).send(
      `${HANDSHAKE}X-Forwarded-For: 1.1.1.1\r\nCookie: a=1\r\nX-Forwarded-For: 2.2.2.2, 3.3.3.3\r\n` +
        'Cookie: b=2\r\nUser-Agent: one\r\nUser-Agent: two\r\n\r\n',
    );
    const headers = await handshake.promise;
    t.is(headers['x-forwarded-for'], '1.1.1.1, 2.2.2.2, 3.3.3.3');
    t.is(headers.cookie, 'a=1; b=2');
    t.is(headers['user-agent'], 'one');
    await raw.receives('101 Switching Protocols');
  });

  test(title('I10 a client that leaves while it is being admitted harms nothing'), async (t) => {
    const asked = deferred();
    const release = deferred();
    let calls = 0;
    const io = new Server({
      transports: ['websocket'],
      serveClient: false,
      allowRequest: (_request, callback) => {
        calls += 1;
        asked.resolve();
        release.promise.then(() => callback(null, calls > 1));
      },
    });
    const { port, origin } = await start(t, kind, { setup: (listener) => listener.attachSocketIo(io) });
    t.teardown(() => io.close());
    const raw = new RawClient(t, port).send(`${HANDSHAKE}\r\n`);
    await asked.promise;
    raw.socket.destroy();
    await raw.closes();
    await new Promise((resolve) => setTimeout(resolve, 50));
    calls = 2;
    release.resolve();
    const socket = await client(t, origin);
    t.true(socket.connected);
    await until(() => io.engine.clientsCount === 1);
  });

  test(title('I9 a client that does not read is ended, and the others get everything'), async (t) => {
    const { io, origin } = await startSocketIo(t, kind, 'msgpack');
    const slow = await client(t, origin, 'msgpack');
    const quick = await client(t, origin, 'msgpack');
    const received = inbox<Uint8Array>(quick, 'edits');
    let gone = false;
    const slowId = slow.id!;
    io.sockets.sockets.get(slowId)!.on('disconnect', () => {
      gone = true;
    });
    for (const socket of io.sockets.sockets.values()) socket.join('doc');
    const transport = slow.io.engine.transport as unknown as { ws: { pause(): void } };
    transport.ws.pause();
    let sent = 0;
    while (!gone && sent < 2_000) {
      io.to('doc').emit('edits', Buffer.alloc(50_000));
      sent += 1;
      await until(() => received.length === sent || !quick.connected);
    }
    t.true(gone);
    t.false(io.sockets.sockets.has(slowId));
    t.true(quick.connected);
  });

  test(title('I9 a large answer reaches a slow client whole, and broadcasts follow it in their order'), async (t) => {
    const { io, origin, port } = await startSocketIo(t, kind, 'msgpack');
    const large = randomBytes(20_000_000);
    io.on('connection', (socket) => {
      void socket.join('room');
      socket.on('large', (ack: (answer: Buffer) => void) => {
        ack(large);
        socket.to('room').emit('said', 'to the others');
        for (let index = 0; index < 5; index += 1) io.to('room').emit('said', index);
        socket.emit('said', 'the end');
      });
    });
    const line = await startSlowLine(t, port, 8_000_000);
    const slow = await client(t, line.url, 'msgpack');
    const other = await client(t, origin, 'msgpack');
    const [slowSaid, otherSaid] = [inbox<unknown>(slow, 'said'), inbox<unknown>(other, 'said')];
    let ended: string | undefined;
    slow.on('disconnect', (reason) => {
      ended = reason;
    });
    const answered = new Promise<Uint8Array>((resolve) => {
      slow.emit('large', (answer: Uint8Array) => {
        t.deepEqual(slowSaid, []);
        resolve(answer);
      });
    });
    await until(() => otherSaid.length === 6);
    io.to('room').emit('said', 'meanwhile');
    const answer = await answered;
    t.is(Buffer.compare(Buffer.from(answer), large), 0);
    await until(() => slowSaid.length === 7 || ended !== undefined);
    t.is(ended, undefined);
    t.deepEqual(slowSaid, [0, 1, 2, 3, 4, 'the end', 'meanwhile']);
    t.deepEqual(otherSaid, ['to the others', 0, 1, 2, 3, 4, 'meanwhile']);
    io.to('room').emit('said', 'as ever');
    await until(() => slowSaid.length === 8);
    const got: unknown[] = [];
    slow.on('large', (value: Uint8Array) => got.push(value.byteLength));
    other.on('large', (value: Uint8Array) => got.push(value.byteLength));
    io.to('room').emit('large', large.subarray(0, 3_000_000));
    await until(() => got.length === 2);
    t.deepEqual(got, [3_000_000, 3_000_000]);
  });

  test(title('drain: open sockets live on, and close ends them'), async (t) => {
    const { io, origin, listener } = await startSocketIo(t, kind);
    io.on('connection', (socket) => socket.on('ping?', (ack: (text: string) => void) => ack('pong')));
    const socket = await client(t, origin);
    listener.stopAccepting();
    t.is(await socket.emitWithAck('ping?'), 'pong');
    await t.throwsAsync(client(t, origin));
    const left = deferred();
    socket.on('disconnect', () => left.resolve());
    await listener.close(100);
    await left.promise;
    t.pass();
  });
}
