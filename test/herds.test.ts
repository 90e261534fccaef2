// Thousands of viewers and widgets who come back in the same moment: they come spread over time, and they never take what
// authors need.
import test from 'ava';
import { pauseMs } from '../src/clients/viewer/pause.ts';
import { VIEWER_NAMESPACE, VIEWER_QUERY } from '../src/protocol/viewer-namespace.ts';
import { connectClient } from './support/client.ts';
import { createWorld, LISTENERS } from './support/node.ts';
import { connectViewer } from './support/viewer.ts';

test.beforeEach((t) => t.timeout(60_000));

for (const LISTENER of LISTENERS) {
  test.serial(`${LISTENER} I9 viewers use up the handshakes of viewers, and authors come in`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER, MAX_HANDSHAKES_PER_SECOND: '2' });
    const author = await world.author();
    let isRefused = false;
    while (!isRefused) {
      const crowd = await Promise.all(Array.from({ length: 20 }, () => connectViewer(t, node.url)));
      isRefused = crowd.some(({ socket }) => !socket.connected);
    }
    for (const options of [{ author }, { author }]) {
      t.true((await connectClient(t, node.url, options)).socket.connected);
    }
  });

  test.serial(
    `${LISTENER} I9 a handshake counts for what it says it is for, and is good for nothing else`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER });
      const author = await world.author();
      const refused = [
        await connectViewer(t, node.url, { query: {} }),
        await connectViewer(t, node.url, { query: { for: 'author' }, author }),
        await connectClient(t, node.url, { query: VIEWER_QUERY, author }),
      ];
      t.deepEqual(
        refused.map((client) => client.refused?.code),
        ['bad_request', 'bad_request', 'bad_request'],
      );
      t.true((await connectClient(t, node.url, { author })).socket.connected);
      t.true((await connectClient(t, node.url + VIEWER_NAMESPACE, { query: VIEWER_QUERY })).socket.connected);
    },
  );
}

test('viewers of a node that dies come back spread over seconds from the first attempt on, and wait longer after each', (t) => {
  const spreads = [0, 1, 2, 3, 20, 2_000].map((attempt) => pauseMs(attempt, 0, () => 1) - pauseMs(attempt, 0, () => 0));
  const [first = 0, second = 0, , , late, last] = spreads;
  t.true(first >= 1_000);
  t.true(second > first);
  t.is(late, last);
  t.true(pauseMs(0, 0, () => 0) > 0);
  t.is(
    pauseMs(0, 60_000, () => 0),
    60_000,
    'no sooner than the server asked',
  );
  t.true(pauseMs(0, 60_000, () => 1) >= 61_000, 'and those whom it asked at once not at once');
});
