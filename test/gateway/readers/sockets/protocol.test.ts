// The viewer protocol on a node alone, on both listeners: what is published reaches everybody who may read it, once and in
// order, and nobody else. Nodes hear of changes by notices alone, so that a test fails when a notice does.
import test from 'ava';
import { createWorld, LISTENERS } from '../../../support/node.ts';
import { NOTICES_ALONE } from '../../../support/notices.ts';
import { Article, connectViewer } from '../../../support/viewer.ts';

test.beforeEach((t) => t.timeout(60_000));

for (const LISTENER of LISTENERS) {
  test.serial(
    `${LISTENER} I7 readers without an account get each revision of a public document once and in order`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER }, NOTICES_ALONE);
      const article = await Article.make(node, await world.author());
      await article.publish('one');
      const [fresh, behind] = [await connectViewer(t, node.url), await connectViewer(t, node.url)];
      t.like(await fresh.watch(article.slug), { ok: true, revision: 1, live: false, draft: null });
      t.like(await fresh.next('revision'), { slug: article.slug, revision: 1, title: 'Cranes', html: '<p>one</p>' });
      t.like(await behind.watch(article.slug, 1), { ok: true, revision: 1 });
      for (const text of ['two', 'three', 'four']) await article.publish(text);
      for (const viewer of [fresh, behind]) {
        for (const revision of [2, 3, 4]) t.like(await viewer.next('revision'), { revision });
        await viewer.caughtUp();
        t.deepEqual(viewer.revisions(), []);
      }
    },
  );

  test.serial(
    `${LISTENER} I6 private and missing documents get the same answer, and a document that becomes private is withdrawn`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER }, NOTICES_ALONE);
      const ann = await world.author();
      const [open, hidden] = [await Article.make(node, ann), await Article.make(node, ann, 'private')];
      await open.publish('open');
      await hidden.publish('hidden');
      const viewer = await connectViewer(t, node.url);
      const nothing = await viewer.watch('no-such-name');
      t.like(nothing, { ok: false, error: { code: 'not_found' } });
      t.deepEqual(await viewer.watch(hidden.slug), nothing);
      t.deepEqual(await viewer.watch('Not a name!'), nothing);
      const stranger = await connectViewer(t, node.url, { author: await world.author() });
      t.deepEqual(await stranger.watch(hidden.slug), nothing);

      await viewer.watch(open.slug);
      await open.change({ visibility: 'private' });
      t.deepEqual(await viewer.next('gone'), { slug: open.slug });
      t.deepEqual(await viewer.watch(open.slug), nothing);
    },
  );

  test.serial(`${LISTENER} I6 a user whose grant is revoked loses the document, and others keep it`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER }, NOTICES_ALONE);
    const [ann, bob, eve] = [await world.author('ann'), await world.author('bob'), await world.author('eve')];
    const article = await Article.make(node, ann, 'private');
    await article.publish('for few');
    await article.grant(bob.handle, 'view');
    await article.grant(eve.handle, 'view');
    const [b, e] = [
      await connectViewer(t, node.url, { headers: { cookie: `stet=${bob.token}` } }),
      await connectViewer(t, node.url, { author: eve }),
    ];
    t.like(await b.watch(article.slug), { ok: true, revision: 1 });
    t.like(await b.next('revision'), { html: '<p>for few</p>' });
    t.like(await e.watch(article.slug, 1), { ok: true, revision: 1 });
    await article.revoke(eve.handle);
    t.deepEqual(await e.next('gone'), { slug: article.slug });
    await article.publish('for fewer');
    t.like(await b.next('revision'), { revision: 2, html: '<p>for fewer</p>' });
    await e.caughtUp();
    t.deepEqual(e.revisions(), []);
    t.like(await e.watch(article.slug), { ok: false, error: { code: 'not_found' } });
  });
}

test.serial('I6 a reader with a grant keeps a page that is no longer for everybody', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({}, NOTICES_ALONE);
  const [ann, bob] = [await world.author('ann'), await world.author('bob')];
  const article = await Article.make(node, ann);
  await article.publish('one');
  await article.grant(bob.handle, 'view');
  const [known, unknown] = [await connectViewer(t, node.url, { author: bob }), await connectViewer(t, node.url)];
  await known.watch(article.slug, 1);
  await unknown.watch(article.slug, 1);
  await article.change({ visibility: 'private' });
  await unknown.next('gone');
  await article.publish('two');
  t.like(await known.next('revision'), { revision: 2 });
  t.false(known.frames.some(({ event }) => event === 'gone'));
  await article.revoke(bob.handle);
  await known.next('gone');
});

test.serial('I6 the end of a session ends subscriptions to private documents, and no others', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({}, NOTICES_ALONE);
  const [ann, bob] = [await world.author('ann'), await world.author('bob')];
  const [open, hidden] = [await Article.make(node, ann), await Article.make(node, ann, 'private')];
  await open.publish('open');
  await hidden.publish('hidden');
  await hidden.grant(bob.handle, 'view');
  const viewer = await connectViewer(t, node.url, { author: bob });
  await viewer.watch(open.slug, 1);
  await viewer.watch(hidden.slug, 1);
  await node.call('DELETE', '/v1/sessions/current', bob);
  t.deepEqual(await viewer.next('gone'), { slug: hidden.slug });
  await open.publish('still open');
  t.like(await viewer.next('revision'), { slug: open.slug, revision: 2 });
});

test.serial('I6 a page of another origin reads without a user, whatever cookie comes with it', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({}, NOTICES_ALONE);
  const ann = await world.author();
  const article = await Article.make(node, ann, 'private');
  await article.publish('hidden');
  const headers = { cookie: `stet=${ann.token}`, origin: 'https://evil.example' };
  t.like(await (await connectViewer(t, node.url, { headers })).watch(article.slug), { ok: false });
  const own = await connectViewer(t, node.url, { headers: { ...headers, origin: node.url } });
  t.like(await own.watch(article.slug), { ok: true });
  const wrong = await connectViewer(t, node.url, { auth: { token: 'wrong' } });
  t.is(wrong.refused?.code, 'unauthenticated');
});

test.serial('I7 a viewer that was away gets up to twenty missed revisions, and of more the last', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({}, NOTICES_ALONE);
  const ann = await world.author();
  for (const visibility of ['public', 'private'] as const) {
    const article = await Article.make(node, ann, visibility);
    for (let number = 1; number <= 22; number += 1) await article.publish(`text ${number}`);
    for (const [since, expected] of [
      [22, []],
      [20, [21, 22]],
      [2, Array.from({ length: 20 }, (_, index) => index + 3)],
      [1, [22]],
      [0, [22]],
    ] as const) {
      const viewer = await connectViewer(t, node.url, { author: ann });
      t.like(await viewer.watch(article.slug, since), { ok: true, revision: 22 }, `${visibility} ${since}`);
      t.deepEqual(viewer.revisions(), expected, `${visibility} ${since}`);
    }
  }
});

test.serial('a document that is published again after a withdrawal can be watched again', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({}, NOTICES_ALONE);
  const article = await Article.make(node, await world.author());
  await article.publish('one');
  const viewer = await connectViewer(t, node.url);
  await viewer.watch(article.slug, 1);
  await article.call('POST', '/unpublish');
  await viewer.next('gone');
  await article.publish('two');
  t.like(await viewer.watch(article.slug, 1), { ok: true, revision: 2 });
  t.like(await viewer.next('revision'), { revision: 2 });
});

test.serial('a viewer that stops watching gets nothing more', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({}, NOTICES_ALONE);
  const article = await Article.make(node, await world.author());
  await article.publish('one');
  const [left, stays] = [await connectViewer(t, node.url), await connectViewer(t, node.url)];
  await left.watch(article.slug, 1);
  await stays.watch(article.slug, 1);
  t.deepEqual(await left.request('unwatch', { slug: article.slug }), { ok: true } as never);
  await article.publish('two');
  await stays.next('revision');
  await left.caughtUp();
  t.deepEqual(left.revisions(), []);
});

test.serial('I9 pages, messages and sockets of a viewer are limited', async (t) => {
  const world = await createWorld(t);
  const env = { MAX_WATCHES_PER_SOCKET: '1', MAX_VIEWER_MESSAGES_PER_SECOND: '1', MAX_VIEWER_MESSAGE_BURST: '6' };
  const node = await world.node({ ...env, MAX_VIEWERS: '2' });
  const ann = await world.author();
  const [one, two] = [await Article.make(node, ann), await Article.make(node, ann)];
  await one.publish('one');
  await two.publish('two');
  const viewer = await connectViewer(t, node.url);
  t.like(await viewer.watch(one.slug), { ok: true });
  t.like(await viewer.watch(two.slug), { ok: false, error: { code: 'too_many_documents' } });
  t.like(await viewer.watch(one.slug), { ok: true }, 'the same again is no second one');
  t.like(await viewer.request('watch', { slug: one.slug, more: 1 }), { ok: false, error: { code: 'bad_request' } });
  t.like(await viewer.request('edit', {}), { ok: false, error: { code: 'bad_request' } });
  const second = await connectViewer(t, node.url);
  t.true(second.socket.connected);
  t.is((await connectViewer(t, node.url)).refused?.code, 'overloaded');
  for (let count = 0; count < 20; count += 1) viewer.socket.emit('watch', { slug: one.slug });
  t.like(await viewer.next('bye'), { code: 'rate_limited' });
  await viewer.gone();
  t.like(await second.watch(two.slug), { ok: true }, 'and nobody else notices');
});

test.serial('I10 malformed names and numbers are refused and affect no other viewer', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({}, NOTICES_ALONE);
  const viewer = await connectViewer(t, node.url);
  for (const body of [
    undefined,
    null,
    'x',
    { slug: '' },
    { slug: 'x'.repeat(101) },
    { slug: 'x', since: -1 },
    { slug: 'x', since: 0.5 },
    { slug: 'x', since: 2 ** 40 },
    { slug: ['x'] },
  ]) {
    t.like(await viewer.request('watch', body), { ok: false, error: { code: 'bad_request' } }, JSON.stringify(body));
  }
  for (const slug of ['__proto__', 'x\u0000', '%', '../..']) {
    t.like(await viewer.watch(slug), { ok: false, error: { code: 'not_found' } }, slug);
  }
});
