// Viewers on two nodes over a real Redis: what one node publishes or takes back reaches those of the other, also when
// messages are lost, and how many read is counted over both.
import test from 'ava';
import type { Cluster } from '../src/ports/cluster.ts';
import { createWorld } from './support/node.ts';
import { keyPrefix, sharedRedis } from './support/shared-services.ts';
import { Article, connectViewer, liveText } from './support/viewer.ts';

test.beforeEach((t) => t.timeout(90_000));

async function clustered(): Promise<Record<string, string>> {
  return { REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix() };
}

test.serial('I6 I7 revisions, drafts, grants and what is taken back cross nodes', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [await world.node({ ...env, LISTENER: 'uws' }), await world.node(env)];
  const [ann, bob] = [await world.author('ann'), await world.author('bob')];
  const [open, hidden] = [await Article.make(one, ann), await Article.make(one, ann, 'private')];
  await open.publish('one');
  await hidden.publish('one');
  await hidden.grant(bob.handle, 'view');
  const viewers = [await connectViewer(t, one.url), await connectViewer(t, two.url)];
  for (const viewer of viewers) await viewer.watch(open.slug, 1);
  await open.publish('two');
  await open.publish('three');
  for (const viewer of viewers) {
    for (const revision of [2, 3]) t.like(await viewer.next('revision'), { revision });
  }

  await open.change({ live: true });
  await open.write('three', 'and more');
  for (const viewer of viewers) {
    await viewer.until(() => liveText(viewer, null).blocks.join() === '<p>three</p>,<p>and more</p>');
  }
  await open.write('three', 'and much more');
  for (const viewer of viewers) {
    await viewer.until(() => liveText(viewer, null).blocks.join() === '<p>three</p>,<p>and much more</p>');
  }

  const b = await connectViewer(t, two.url, { author: bob });
  t.like(await b.watch(hidden.slug, 1), { ok: true });
  await hidden.revoke(bob.handle);
  await b.next('gone');
  await open.change({ visibility: 'private' });
  for (const viewer of viewers) await viewer.next('gone');
  for (const viewer of viewers) {
    await viewer.caughtUp();
    t.deepEqual(viewer.revisions(), [], 'each once');
  }
});

test.serial('I7 what no message told is found all the same', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const deaf = (cluster: Cluster): Cluster => ({
    ...cluster,
    subscribe: (channel, handler, onPlaced) =>
      /^(document:|publications$)/.test(channel)
        ? cluster.subscribe(channel, () => undefined, onPlaced)
        : cluster.subscribe(channel, handler, onPlaced),
  });
  const [one, two] = [await world.node(env), await world.node(env, { cluster: deaf })];
  const article = await Article.make(one, await world.author());
  await article.publish('one');
  const viewer = await connectViewer(t, two.url);
  await viewer.watch(article.slug, 1);
  await article.publish('two');
  await article.publish('three');
  for (const revision of [2, 3]) t.like(await viewer.next('revision'), { revision });
  await article.call('POST', '/unpublish');
  await viewer.next('gone');
});

test.serial('readers are counted over all nodes, and those of a node that goes no more', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [await world.node(env), await world.node(env)];
  const article = await Article.make(one, await world.author());
  await article.publish('one');
  const viewer = await connectViewer(t, one.url);
  t.like(await viewer.watch(article.slug, 1), { ok: true, reading: 1 });
  const others = [await connectViewer(t, two.url), await connectViewer(t, two.url)];
  for (const other of others) await other.watch(article.slug, 1);
  await viewer.next('reading', ({ slug, count }) => slug === article.slug && count === 3);
  await others[0]?.next('reading', ({ count }) => count === 3);
  others[0]?.socket.disconnect();
  await viewer.next('reading', ({ count }) => count === 2);
  await two.close();
  await viewer.next('reading', ({ count }) => count === 1);
  t.pass();
});
