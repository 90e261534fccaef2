/**
 * What becomes of connections that say nothing or next to nothing, on real nodes with their default settings. How long it takes is
 * logged, not asserted: on uWebSockets.js the deadlines are its own.
 */
import { once } from 'node:events';
import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import { createWorld, LISTENERS, type TestAuthor, type TestNode } from '../../support/node.ts';

test.beforeEach((t) => t.timeout(300_000));

const DRIP_MS = 1_000;

/** What is said at once, and then byte by byte. */
interface Manner {
  readonly name: string;
  readonly first: (author: TestAuthor) => string;
  readonly drip: string;
}

const MANNERS: readonly Manner[] = [
  { name: 'nothing', first: () => '', drip: '' },
  { name: 'one request and then nothing', first: () => 'GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n', drip: '' },
  { name: 'a head that drips', first: () => 'GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ', drip: 'x' },
  {
    name: 'a body that drips',
    first: ({ token }) =>
      `POST /v1/documents HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nContent-Type: application/json\r\nContent-Length: 60000\r\n\r\n`,
    drip: ' ',
  },
];

async function cutAfterMs(t: ExecutionContext, { port }: TestNode, author: TestAuthor, { first, drip }: Manner) {
  const socket = connect({ port, host: '127.0.0.1' });
  socket.on('error', () => undefined);
  socket.resume();
  const closed = once(socket, 'close');
  const since = performance.now();
  socket.write(first(author));
  const dripping = setInterval(() => drip !== '' && socket.writable && socket.write(drip), DRIP_MS);
  t.teardown(() => {
    clearInterval(dripping);
    socket.destroy();
  });
  await closed;
  clearInterval(dripping);
  return performance.now() - since;
}

for (const LISTENER of LISTENERS) {
  test(`${LISTENER}: I9 a connection that says nothing, or drips, is cut`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER });
    const author = await world.author();
    const took = await Promise.all(
      MANNERS.map(
        async (manner) => `${manner.name}: ${((await cutAfterMs(t, node, author, manner)) / 1_000).toFixed(0)} s`,
      ),
    );
    for (const line of took) t.log(line);
    t.is(took.length, MANNERS.length);
  });
}
