// A live document as its viewers see it: the committed draft, block by block, on both listeners, and nothing of a draft
// that is not to be seen.
import test from 'ava';
import { splicesBetween } from '../../../../src/gateway/readers/sockets/splices.ts';
import type { Logger } from '../../../../src/lib/logger.ts';
import { until } from '../../../support/helpers.ts';
import { metricSum } from '../../../support/metrics.ts';
import { createWorld, LISTENERS, type TestNode } from '../../../support/node.ts';
import { NOTICES_ALONE } from '../../../support/notices.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { Article, connectViewer, liveText } from '../../../support/viewer.ts';

test.beforeEach((t) => t.timeout(60_000));

const actors = (node: TestNode): Promise<number> => metricSum(node, 'stet_document_actors');

for (const LISTENER of LISTENERS) {
  test.serial(`${LISTENER} I3 I7 viewers have the draft as it was committed, whenever they came`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER }, NOTICES_ALONE);
    const article = await Article.make(node, await world.author());
    await article.publish('published');
    await article.change({ live: true });
    const early = await connectViewer(t, node.url);
    const first = await early.watch(article.slug, 1);
    t.true(first.ok && first.live);
    const shows = (blocks: string[]) => () =>
      JSON.stringify(liveText(early, first.ok ? first.draft : null).blocks) === JSON.stringify(blocks);
    await early.until(shows(['<p>published</p>']));
    await article.write('one', 'two', 'three');
    await early.until(shows(['<p>one</p>', '<p>two</p>', '<p>three</p>']));
    await article.write('one', '2', 'three');
    await early.until(shows(['<p>one</p>', '<p>2</p>', '<p>three</p>']));
    const { splices } = early.frames.findLast(({ event }) => event === 'live')?.body ?? {};
    t.deepEqual(splices, [{ at: 1, remove: 1, blocks: ['<p>2</p>'] }], 'the blocks that changed, and no others');

    const late = await connectViewer(t, node.url);
    const answer = await late.watch(article.slug, 1);
    t.deepEqual(answer.ok && answer.draft, liveText(early, null));
    await article.write('one', '2', 'three', 'four');
    await late.until(() => liveText(late, answer.ok ? answer.draft : null).blocks.length === 4);
    await early.until(() => liveText(early, null).blocks.length === 4);
    t.deepEqual(liveText(early, null), liveText(late, answer.ok ? answer.draft : null));
    t.deepEqual(early.revisions(), [], 'nothing was published');

    await article.change({ live: false });
    for (const viewer of [early, late]) t.deepEqual(await viewer.next('settled'), { slug: article.slug });
    t.like(await early.watch(article.slug), { ok: true, live: false, draft: null });
    t.like(await early.next('revision'), { revision: 1, html: '<p>published</p>' });
  });
}

test.serial('I6 drafts are shown of live documents alone, and only to readers with access', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({}, NOTICES_ALONE);
  const [ann, bob] = [await world.author('ann'), await world.author('bob')];
  const [still, hidden] = [await Article.make(node, ann), await Article.make(node, ann, 'private')];
  await still.publish('published');
  await still.write('secret');
  await hidden.publish('published');
  await hidden.change({ live: true });
  await hidden.write('secret');
  await hidden.grant(bob.handle, 'view');
  const anonymous = await connectViewer(t, node.url);
  t.like(await anonymous.watch(still.slug), { ok: true, live: false, draft: null });
  t.like(await anonymous.watch(hidden.slug), { ok: false });
  const b = await connectViewer(t, node.url, { author: bob });
  const answer = await b.watch(hidden.slug, 1);
  t.like(answer, { ok: true, live: true });
  await b.until(() => liveText(b, answer.ok ? answer.draft : null).blocks.includes('<p>secret</p>'));
  await hidden.revoke(bob.handle);
  await b.next('gone');
  await hidden.write('more secret');
  await still.publish('shown');
  await anonymous.next('revision', ({ html }) => html === '<p>shown</p>');
  await b.caughtUp();
  t.false(JSON.stringify([...anonymous.frames, ...b.frames]).includes('more secret'));
  t.false(JSON.stringify(anonymous.frames).includes('secret'));
});

test.serial(
  'I6 a document that becomes private is withdrawn at once, even when the rest of the change fails',
  async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ MAX_DOCUMENT_BYTES: '4096' }, NOTICES_ALONE);
    const article = await Article.make(node, await world.author());
    await article.publish('x'.repeat(3_500));
    const viewer = await connectViewer(t, node.url);
    await viewer.watch(article.slug, 1);
    const change = { visibility: 'private', summary: 'y'.repeat(1_000) };
    await t.throwsAsync(article.change(change), { message: /document_too_large/ });
    t.deepEqual(await viewer.next('gone'), { slug: article.slug });
  },
);

test.serial(
  'I6 while could not read public documents, readers without a grant get nothing of a draft, and others go on',
  async (t) => {
    let failures = 0;
    const log: Logger = {
      ...silentLog,
      warn: (_fields, message) => {
        if (message === 'could not recheck access to open documents') failures += 1;
      },
    };
    const world = await createWorld(t, { log });
    const node = await world.node({}, { recheckMs: 100 });
    const [ann, bob] = [await world.author('ann'), await world.author('bob')];
    const article = await Article.make(node, ann, 'private');
    await article.publish('published');
    await article.change({ live: true });
    await article.grant(bob.handle, 'view');
    const b = await connectViewer(t, node.url, { author: bob });
    t.like(await b.watch(article.slug, 1), { ok: true, live: true });
    await article.change({ visibility: 'public' });
    const stranger = await connectViewer(t, node.url);
    const answer = await stranger.watch(article.slug, 1);
    t.like(answer, { ok: true, live: true });
    await stranger.until(() => liveText(stranger, answer.ok ? answer.draft : null).blocks.length > 0);

    await world.orm.query('revoke select on public_documents, public_revisions from stet_public', []);
    await article.change({ visibility: 'private' });
    // A page counts as confirmed for as long as two looks at what changed take.
    await until(() => failures >= 4);
    await article.write('secret');
    await b.until(() => liveText(b, null).blocks.includes('<p>secret</p>'));
    await stranger.caughtUp();
    t.false(JSON.stringify(stranger.frames).includes('secret'));
    await article.change({ visibility: 'public' });
    await world.orm.query('grant select on public_documents, public_revisions to stet_public', []);
    await stranger.until(() => liveText(stranger, null).blocks.includes('<p>secret</p>'));
  },
);

test.serial('hostile text in a live draft stays text', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({}, NOTICES_ALONE);
  const article = await Article.make(node, await world.author());
  await article.publish('x');
  await article.change({ live: true });
  await article.write('<img src=x onerror=alert(1)>');
  const viewer = await connectViewer(t, node.url);
  const answer = await viewer.watch(article.slug, 1);
  await viewer.until(() => liveText(viewer, answer.ok ? answer.draft : null).blocks.length > 0);
  t.deepEqual(liveText(viewer, answer.ok ? answer.draft : null).blocks, ['<p>&lt;img src=x onerror=alert(1)&gt;</p>']);
});

test.serial('a draft without viewers is not kept open for them', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({ IDLE_MS: '50' });
  const article = await Article.make(node, await world.author());
  await article.publish('x');
  await article.change({ live: true });
  const put = async () => {
    await until(async () => (await actors(node)) === 0);
  };
  await put();
  const viewer = await connectViewer(t, node.url);
  const answer = await viewer.watch(article.slug, 1);
  await viewer.until(() => liveText(viewer, answer.ok ? answer.draft : null).blocks.length > 0);
  t.is(await actors(node), 1);
  await viewer.request('unwatch', { slug: article.slug });
  await put();
  t.pass();
});

test.serial('I9 fast writing is sent in few messages', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({}, NOTICES_ALONE);
  const article = await Article.make(node, await world.author());
  await article.publish('x');
  await article.change({ live: true });
  const viewer = await connectViewer(t, node.url);
  await viewer.watch(article.slug, 1);
  const append = (text: string) =>
    article.call('POST', '/draft/blocks', { blocks: [{ type: 'paragraph', content: [{ type: 'text', text }] }] });
  await Promise.all(Array.from({ length: 60 }, (_, index) => append(`word ${index}`)));
  await viewer.until(() => liveText(viewer, null).blocks.length === 61);
  const sent = viewer.frames.filter(({ event }) => event === 'live').length;
  t.true(sent < 30, `${sent} messages for 60 edits`);
});

test('splices lead from one text to the other, whatever they are', (t) => {
  const apply = (before: string[], after: string[]) => {
    const blocks = [...before];
    for (const { at, remove, blocks: fresh } of splicesBetween(before, after)) blocks.splice(at, remove, ...fresh);
    return blocks;
  };
  const texts = [
    [],
    ['a'],
    ['a', 'b', 'c'],
    ['b', 'x', 'c'],
    ['c', 'b', 'a'],
    ['a', 'a', 'a'],
    ['x', 'a', 'b', 'c', 'y'],
  ];
  for (const before of texts) for (const after of texts) t.deepEqual(apply(before, after), after);
  t.deepEqual(splicesBetween(['a', 'b'], ['a', 'b']), []);
});
