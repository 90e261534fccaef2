// Viewers on two nodes over a real Redis: what one node publishes or withdraws reaches those of the other, also when
// messages are lost, and how many read is counted over both.
import test from 'ava';
import { createWorld } from '../../../support/node.ts';
import { deafTo, NOTICES, NOTICES_ALONE } from '../../../support/notices.ts';
import { keyPrefix, sharedRedis } from '../../../support/shared-services.ts';
import { Article, connectViewer, liveText } from '../../../support/viewer.ts';

test.beforeEach((t) => t.timeout(90_000));

async function clustered(): Promise<Record<string, string>> {
  return { REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix() };
}

test.serial('I6 I7 revisions, drafts, grants and withdrawals cross nodes', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [
    await world.node({ ...env, LISTENER: 'uws' }, NOTICES_ALONE),
    await world.node(env, NOTICES_ALONE),
  ];
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

test.serial('I7 a publication whose message is lost is found all the same', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [await world.node(env), await world.node(env, deafTo(NOTICES))];
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

test.serial(
  'I6 a reader whose grant is revoked without a message loses the document, and others keep it',
  async (t) => {
    const world = await createWorld(t);
    const env = await clustered();
    const [one, two] = [await world.node(env), await world.node(env, deafTo(NOTICES))];
    const [ann, bob, eve] = [await world.author('ann'), await world.author('bob'), await world.author('eve')];
    const article = await Article.make(one, ann, 'private');
    await article.publish('for few');
    await article.change({ live: true });
    for (const { handle } of [bob, eve]) await article.grant(handle, 'view');
    // Who may read on came first.
    const b = await connectViewer(t, two.url, { author: bob });
    const e = await connectViewer(t, two.url, { author: eve });
    for (const viewer of [b, e]) t.like(await viewer.watch(article.slug, 1), { ok: true, live: true });
    await article.revoke(eve.handle);
    t.deepEqual(await e.next('gone'), { slug: article.slug });
    await article.write('for fewer');
    await b.until(() => liveText(b, null).blocks.includes('<p>for fewer</p>'));
    await article.publish();
    t.like(await b.next('revision'), { revision: 2 });
    await e.caughtUp();
    t.false(JSON.stringify(e.frames).includes('for fewer'));
    t.false(b.frames.some(({ event }) => event === 'gone'));
    await article.revoke(bob.handle);
    t.deepEqual(await b.next('gone'), { slug: article.slug });
  },
);

test.serial('I6 a page that became private without a message is withdrawn, and its draft with it', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [await world.node(env), await world.node(env, deafTo(NOTICES))];
  const [ann, bob] = [await world.author('ann'), await world.author('bob')];
  const article = await Article.make(one, ann);
  await article.publish('one');
  await article.change({ live: true });
  await article.grant(bob.handle, 'view');
  const [known, unknown] = [await connectViewer(t, two.url, { author: bob }), await connectViewer(t, two.url)];
  for (const viewer of [known, unknown]) t.like(await viewer.watch(article.slug, 1), { ok: true, live: true });
  await article.change({ visibility: 'private' });
  t.deepEqual(await unknown.next('gone'), { slug: article.slug });
  await article.write('secret');
  await known.until(() => liveText(known, null).blocks.includes('<p>secret</p>'));
  await unknown.caughtUp();
  t.false(JSON.stringify(unknown.frames).includes('secret'));
  await article.change({ live: false });
  t.deepEqual(await known.next('settled'), { slug: article.slug });
});

test.serial('readers are counted over all nodes, without those of nodes that are gone', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [await world.node(env), await world.node(env)];
  const author = await world.author();
  const article = await Article.make(one, author);
  await article.publish('one');
  const viewer = await connectViewer(t, one.url);
  t.like(await viewer.watch(article.slug, 1), { ok: true, reading: 1 });
  const others = [await connectViewer(t, two.url), await connectViewer(t, two.url)];
  for (const other of others) await other.watch(article.slug, 1);
  await viewer.next('reading', ({ slug, count }) => slug === article.slug && count === 3);
  await others[0]?.next('reading', ({ count }) => count === 3);
  for (const node of [one, two]) {
    const stats = await (await node.call('GET', `/v1/documents/${article.id}/stats`, author)).json();
    t.like(stats, { readingNow: 3 }, 'authors see the same number');
  }
  others[0]?.socket.disconnect();
  await viewer.next('reading', ({ count }) => count === 2);
  await two.close();
  await viewer.next('reading', ({ count }) => count === 1);
  t.pass();
});
