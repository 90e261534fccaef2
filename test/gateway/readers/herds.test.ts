// Thousands of viewers and widgets who come back in the same moment: they come spread over time, and they never take what
// authors need.
import test from 'ava';
import { VIEWER_NAMESPACE, VIEWER_QUERY } from '../../../schemas/viewer-namespace.ts';
import { reconnectDelayMs } from '../../../src/clients/viewer/reconnect-delay.ts';
import { spreadOver } from '../../../src/lib/spread-over.ts';
import { readersSpreadMs, writersSpreadMs } from '../../../src/node/settings.ts';
import { connectClient } from '../../support/client.ts';
import { createWorld, LISTENERS } from '../../support/node.ts';
import { Article, connectViewer } from '../../support/viewer.ts';
import { WidgetSocket } from '../../support/widget.ts';

test.beforeEach((t) => t.timeout(60_000));

for (const LISTENER of LISTENERS) {
  test.serial(`${LISTENER} I9 viewers use up only the handshakes of viewers, and authors can connect`, async (t) => {
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

  test.serial(`${LISTENER} I9 a handshake counts for the kind that it names, and serves no other`, async (t) => {
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
  });
}

test.serial('a node that drains gives its readers time to reconnect, even when nobody writes there', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const article = await Article.make(node, await world.author());
  await article.publish('one');
  const viewers = await Promise.all(Array.from({ length: 3 }, () => connectViewer(t, node.url)));
  const widget = new WidgetSocket(t, `${node.url.replace('http', 'ws')}/w?documents=${article.slug}`);
  await widget.revisions(1);
  const closed = node.close();
  for (const viewer of viewers) {
    t.deepEqual(await viewer.next('leave'), { withinMs: readersSpreadMs(3, { drainMs: 2_000 }) });
    t.like(await viewer.next('bye'), { code: 'draining' });
  }
  t.deepEqual(await widget.closed, { code: 1001, reason: 'draining' });
  await closed;
});

test('the time to come back grows with their number, and leaves half of the drain', (t) => {
  const drain = { drainMs: 10_001 };
  t.is(readersSpreadMs(0, drain), 0);
  t.true(readersSpreadMs(1, drain) > 0);
  // What one other node takes by its default, if it is the only one.
  t.true(1_000 / readersSpreadMs(1, drain) < 500);
  t.true(writersSpreadMs(100, drain) > readersSpreadMs(100, drain), 'a writer costs more');
  for (const spreadMs of [readersSpreadMs, writersSpreadMs]) t.is(spreadMs(5_000, drain), 5_000);
});

test('viewers of a node that dies come back spread over seconds from the first attempt on, and wait longer after each', (t) => {
  const spreads = [0, 1, 2, 3, 20, 2_000].map(
    (attempt) => reconnectDelayMs(attempt, 0, () => 1) - reconnectDelayMs(attempt, 0, () => 0),
  );
  const [first = 0, second = 0, , , late, last] = spreads;
  t.true(first >= 1_000);
  t.true(second > first);
  t.is(late, last);
  t.true(reconnectDelayMs(0, 0, () => 0) > 0);
  t.is(
    reconnectDelayMs(0, 60_000, () => 0),
    60_000,
    'no sooner than the server asked',
  );
  t.true(reconnectDelayMs(0, 60_000, () => 1) >= 61_000, 'and those whom it asked at once not at once');
});

test('what is spread over time is done in slices, each once and in order', async (t) => {
  const run = async (count: number, spreadMs: number) => {
    const sizes: number[] = [0];
    const done: number[] = [];
    let paused = 0;
    await spreadOver(
      Array.from({ length: count }, (_, index) => index),
      spreadMs,
      (item) => {
        done.push(item);
        sizes.push((sizes.pop() ?? 0) + 1);
      },
      async (ms) => {
        paused += ms;
        sizes.push(0);
      },
    );
    t.deepEqual(done, [...Array(count).keys()]);
    return { most: Math.max(...sizes), paused };
  };
  const many = await run(5_000, 5_000);
  t.true(many.most <= 50);
  t.true(many.paused > 4_500 && many.paused <= 5_000);
  t.deepEqual(await run(10, 0), { most: 10, paused: 0 });
  const few = await run(3, 1_000);
  t.is(few.most, 1);
  t.true(few.paused <= 1_000);
  t.deepEqual(await run(0, 1_000), { most: 0, paused: 0 });
});
