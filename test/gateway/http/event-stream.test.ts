/** Event streams whose clients do not read. No server is needed for these. */
import test from 'ava';
import { createEventStream, type EventStream, encodeEvent } from '../../../src/gateway/http/event-stream.ts';
import { UnreadBytes } from '../../../src/gateway/listener/unread-bytes.ts';
import { silentLog } from '../../support/silent-log.ts';

const MEBIBYTE = 1_048_576;

function world(maxUnreadBytesPerAddress = 1_024 * MEBIBYTE) {
  const unread = new UnreadBytes({
    maxUnreadBytes: 1_024 * MEBIBYTE,
    maxUnreadBytesPerAddress,
    maxUnreadBytesPerConnection: 64 * MEBIBYTE,
  });
  const closed: string[] = [];
  const stream = (client: string, name = client): EventStream =>
    createEventStream({
      maxBufferedBytes: 8 * MEBIBYTE,
      heartbeatMs: 60_000,
      unread,
      client,
      log: silentLog,
      onClose: () => closed.push(name),
    });
  return { unread, closed, stream };
}

const event = (id: number, bytes: number) => encodeEvent({ id: String(id), type: 'revision', data: 'x'.repeat(bytes) });

async function textOf(stream: EventStream): Promise<string> {
  return await new Response(stream.body).text();
}

test('I9 an event that goes to many clients is buffered once for all that do not read', (t) => {
  const { unread, stream } = world();
  const streams = Array.from({ length: 2_000 }, (_, index) => stream(`192.0.2.${index % 200}`));
  const before = unread.bytes;
  const sent = event(1, MEBIBYTE);
  for (const one of streams) one.send(sent);
  t.is(unread.bytes - before, sent.byteLength);
  for (const one of streams) one.end();
});

test('I9 streams of an address that leave too much unread are cut, the one first that has waited longest', async (t) => {
  const { unread, closed, stream } = world(2.5 * MEBIBYTE);
  const honest = stream('192.0.2.1');
  honest.send(event(0, MEBIBYTE));
  const greedy = ['first', 'second', 'third'].map((name) => stream('192.0.2.2', name));
  for (const [index, one] of greedy.entries()) one.send(event(index, MEBIBYTE));
  await new Promise((resolve) => setImmediate(resolve));
  t.deepEqual(closed, ['first']);
  await t.throwsAsync(textOf(greedy[0]!), { name: 'AbortError' });
  for (const one of [honest, ...greedy.slice(1)]) one.end();
  t.true((await textOf(honest)).includes('x'.repeat(MEBIBYTE)));
  for (const one of greedy.slice(1)) await textOf(one);
  t.is(unread.bytes, 0);
});

test('I7 what was sent before the end goes out, in order, and counts no more', async (t) => {
  const { unread, closed, stream } = world();
  const one = stream('192.0.2.1');
  for (let id = 1; id <= 3; id += 1) one.send(event(id, 10));
  one.end();
  one.send(event(4, 10));
  t.deepEqual(closed, ['192.0.2.1']);
  t.deepEqual(
    [...(await textOf(one)).matchAll(/^id: (\d+)$/gm)].map(([, id]) => id),
    ['1', '2', '3'],
  );
  t.is(unread.bytes, 0);
});

test('I9 a client that goes away leaves nothing counted', async (t) => {
  const { unread, closed, stream } = world();
  const one = stream('192.0.2.1');
  one.send(event(1, MEBIBYTE));
  const reader = one.body.getReader();
  await reader.read();
  await reader.cancel();
  t.deepEqual(closed, ['192.0.2.1']);
  t.is(unread.bytes, 0);
});
