// Thousands of viewers and widgets who come back in the same moment: they come spread over time, and they never take what
// authors need.
import test from 'ava';
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
