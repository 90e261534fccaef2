/** Events of authors past Engine.IO and Socket.IO: the same answers, in the same order, on either listener. */
import test, { type ExecutionContext } from 'ava';
import { Server } from 'socket.io';
import { type OnEvent, takeFastPath } from '../../../src/gateway/authors/fast-path.ts';
import * as parser from '../../../src/lib/msgpack/packet-parser.ts';
import { client } from '../../contracts/listener-socket-io.ts';
import { start, until } from '../../support/listener-harness.ts';

interface Seen {
  event: unknown;
  body: unknown;
}

/** A server whose sockets take the fast path; `ordinary` are the events that came through Socket.IO. */
async function started(t: ExecutionContext, kind: 'uws' | 'node', answer: (ack: Parameters<OnEvent>[2]) => void) {
  const io = new Server({ transports: ['websocket'], serveClient: false, parser });
  const { origin } = await start(t, kind, { setup: (listener) => listener.attachSocketIo(io) });
  t.teardown(() => io.close());
  const seen: Seen[] = [];
  const ordinary: unknown[] = [];
  io.on('connection', (socket) => {
    socket.onAny((event, body, ack) => {
      ordinary.push(event);
      seen.push({ event, body });
      answer(ack);
    });
    takeFastPath(socket, (event, body, ack) => {
      seen.push({ event, body });
      answer(ack);
    });
  });
  return { io, seen, ordinary, socket: await client(t, origin, 'default', { parser }) };
}

for (const kind of ['uws', 'node'] as const) {
  test(`an event is answered on the fast path and on the full path [${kind}]`, async (t) => {
    const { ordinary, seen, socket } = await started(t, kind, (ack) => ack?.({ ok: true, seq: 3 }));
    const body = { doc: 'd', update: new Uint8Array([1, 2, 3]) };
    t.deepEqual(await socket.emitWithAck('edit', body), { ok: true, seq: 3 });
    socket.emit('edit', body);
    await until(() => seen.length === 2);
    const [first, second] = seen as { event: string; body: typeof body }[];
    t.deepEqual([first?.event, second?.event], ['edit', 'edit']);
    t.deepEqual([first?.body.doc, ...(first?.body.update ?? [])], ['d', 1, 2, 3]);
    t.is(ordinary.length, kind === 'uws' ? 0 : 2, 'past Socket.IO where the listener can');
  });

  test(`I7 short and long events keep their order, and so do answers and messages [${kind}]`, async (t) => {
    const { io, seen, socket } = await started(t, kind, (ack) => {
      io.emit('news', 1);
      ack?.({ ok: true });
      io.emit('news', 2);
    });
    const heard: unknown[] = [];
    socket.on('news', (n) => heard.push(n));
    const long = new Uint8Array(100_000);
    const events = ['a', 'b', 'c', 'd', 'e'];
    for (const [index, event] of events.entries()) {
      socket.emit(event, index % 2 === 0 ? {} : { long }, () => heard.push(event));
    }
    await until(() => heard.length === 15);
    t.deepEqual(
      seen.map(({ event }) => event),
      events,
    );
    t.deepEqual(
      heard,
      events.flatMap((event) => [1, event, 2]),
    );
  });

  test(`I9 what is malformed or unknown ends as it does in Socket.IO [${kind}]`, async (t) => {
    const { seen, socket } = await started(t, kind, (ack) => ack?.({ ok: true }));
    let isClosed = false;
    socket.on('disconnect', () => {
      isClosed = true;
    });
    // 0xc1 is not used in MessagePack.
    socket.io.engine.write(Buffer.from([0xc1]) as unknown as string);
    await until(() => isClosed);
    t.deepEqual(seen, []);
  });
}

test('an event is acknowledged once, and not on a socket that is gone', async (t) => {
  const acks: NonNullable<Parameters<OnEvent>[2]>[] = [];
  const { io, socket } = await started(t, 'uws', (ack) => {
    if (ack) acks.push(ack);
  });
  const answers: unknown[] = [];
  socket.emit('edit', {}, (answer: unknown) => answers.push(answer));
  socket.emit('edit', {}, (answer: unknown) => answers.push(answer));
  await until(() => acks.length === 2);
  acks[0]?.({ ok: true, seq: 1 });
  acks[0]?.({ ok: true, seq: 2 });
  await until(() => answers.length === 1);
  t.deepEqual(answers, [{ ok: true, seq: 1 }]);
  socket.disconnect();
  await until(() => io.sockets.sockets.size === 0);
  t.notThrows(() => acks[1]?.({ ok: true, seq: 3 }));
});
