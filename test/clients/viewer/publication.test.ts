/** `watchPublication` outside of a page: what it calls back, when it ends, and how it comes back. */
import test, { type ExecutionContext } from 'ava';
import {
  type ErrorBody,
  type PublishedRevision,
  type WatchOptions,
  watchPublication,
} from '../../../src/clients/viewer/index.ts';
import { until } from '../../support/helpers.ts';
import { metric, untilMetric } from '../../support/metrics.ts';
import { createWorld } from '../../support/node.ts';
import { Article } from '../../support/viewer.ts';

test.beforeEach((t) => t.timeout(60_000));

interface Seen {
  readonly revisions: PublishedRevision[];
  readonly refusals: ErrorBody[];
  gone: number;
  readers: number;
  /** Resolves when the condition holds after one of the callbacks. */
  until(holds: () => boolean): Promise<void>;
  stop(): void;
}

function watch(t: ExecutionContext, options: WatchOptions): Seen {
  let changed = Promise.withResolvers<void>();
  const note = (): void => {
    changed.resolve();
    changed = Promise.withResolvers();
  };
  const seen: Seen = {
    revisions: [],
    refusals: [],
    gone: 0,
    readers: 0,
    async until(holds) {
      while (!holds()) await changed.promise;
    },
    stop: () => stop(),
  };
  const stop = watchPublication({
    ...options,
    onRevision(revision) {
      seen.revisions.push(revision);
      note();
      options.onRevision?.(revision);
    },
    onStatus({ readers }) {
      seen.readers = readers;
      note();
    },
    onRefused(error) {
      seen.refusals.push(error);
      note();
    },
    onGone() {
      seen.gone += 1;
      note();
    },
  });
  t.teardown(stop);
  return seen;
}

async function setting(t: ExecutionContext) {
  const world = await createWorld(t);
  const node = await world.node();
  const author = await world.author('ann');
  return { world, node, author, article: await Article.make(node, author) };
}
const numbers = ({ revisions }: Seen): number[] => revisions.map(({ revision }) => revision);

test('I7 what is at hand is not sent again, and each newer revision once', async (t) => {
  const { node, article } = await setting(t);
  await article.publish('One.');
  const origin = node.url;
  const fresh = watch(t, { origin, slug: article.slug });
  await fresh.until(() => fresh.revisions.length === 1);
  t.like(fresh.revisions[0], { slug: article.slug, id: article.id, revision: 1, html: '<p>One.</p>' });
  const informed = watch(t, { origin, slug: article.slug, known: { id: article.id, revision: 1 } });
  await informed.until(() => informed.readers > 0);
  await article.publish('Two.');
  await Promise.all([fresh, informed].map((seen) => seen.until(() => seen.revisions.at(-1)?.revision === 2)));
  t.deepEqual(numbers(fresh), [1, 2]);
  t.deepEqual(numbers(informed), [2]);
});

test('ONAIR8 a watch says when the connection is gone, since when, and when it has caught up again', async (t) => {
  const { world, node, article } = await setting(t);
  await article.publish('One.');
  const states: [isCurrent: boolean, at: number][] = [];
  const onConnection = (isCurrent: boolean, at: number) => states.push([isCurrent, at]);
  const seen = watch(t, { origin: node.url, slug: article.slug, onConnection });
  await until(() => states.length === 1);
  t.is(states[0]?.[0], true);
  t.is(seen.revisions.length, 1, 'it has all of it by then');
  const before = Date.now();
  await node.close();
  await until(() => states.length === 2);
  t.is(states[1]?.[0], false);
  t.true((states[1]?.[1] ?? 0) >= before, 'the server was there until then');
  await world.node({ PORT: String(node.port) });
  await until(() => states.length === 3);
  t.is(states[2]?.[0], true);
});

test('ONAIR6 who shows a draft that is not shown any more gets the revision, though its number is known', async (t) => {
  const { node, article } = await setting(t);
  await article.publish('One.');
  const drafts: unknown[] = [];
  const seen = watch(t, {
    origin: node.url,
    slug: article.slug,
    known: { id: article.id, revision: 1, seq: 1 },
    onLive: (draft) => drafts.push(draft),
  });
  await seen.until(() => seen.revisions.length === 1);
  t.like(seen.revisions[0], { revision: 1, html: '<p>One.</p>' });
  t.deepEqual(drafts, [null]);
  await article.change({ live: true });
  const live = watch(t, {
    origin: node.url,
    slug: article.slug,
    known: { id: article.id, revision: 1, seq: 1 },
    onLive: (draft) => drafts.push(draft),
  });
  await until(() => drafts.length === 2);
  t.like(drafts[1], { blocks: ['<p>One.</p>'] });
  t.deepEqual(numbers(live), []);
});

test('I6 what is withdrawn is gone once, and the watch has ended', async (t) => {
  const { node, article } = await setting(t);
  await article.publish('One.');
  const seen = watch(t, { origin: node.url, slug: article.slug });
  await seen.until(() => seen.revisions.length === 1);
  await article.call('POST', '/unpublish');
  await seen.until(() => seen.gone === 1);
  await article.publish('Two.');
  const other = watch(t, { origin: node.url, slug: article.slug });
  await other.until(() => other.revisions.length === 1);
  t.deepEqual([numbers(seen), seen.gone], [[1], 1]);
});

test('I6 a private document is there for who has a token, and gone for others', async (t) => {
  const { node, author, article } = await setting(t);
  await article.publish('One.');
  await article.change({ visibility: 'private' });
  const mine = watch(t, { origin: node.url, slug: article.slug, token: author.token });
  const theirs = watch(t, { origin: node.url, slug: article.slug });
  await Promise.all([mine.until(() => mine.revisions.length === 1), theirs.until(() => theirs.gone === 1)]);
  t.deepEqual(numbers(theirs), []);
});

test('a token that is not valid is refused with the reason, and tried again later', async (t) => {
  const { node, article } = await setting(t);
  await article.publish('One.');
  const seen = watch(t, { origin: node.url, slug: article.slug, token: 'nonsense' });
  await seen.until(() => seen.refusals.length > 0);
  t.is(seen.refusals[0]?.code, 'unauthenticated');
  t.is(seen.gone, 0, 'that says nothing of the document');
});

test('a signal ends a watch, and one that has aborted begins none', async (t) => {
  const { node, article } = await setting(t);
  await article.publish('One.');
  const ending = new AbortController();
  const seen = watch(t, { origin: node.url, slug: article.slug, signal: ending.signal });
  await seen.until(() => seen.revisions.length === 1);
  t.is(await metric(node, 'stet_viewers'), 1);
  ending.abort();
  await untilMetric(node, 'stet_viewers', 0);
  const none = watch(t, { origin: node.url, slug: article.slug, signal: ending.signal });
  const other = watch(t, { origin: node.url, slug: article.slug });
  await other.until(() => other.revisions.length === 1);
  t.is(await metric(node, 'stet_viewers'), 1);
  t.deepEqual(numbers(none), []);
});

test('a callback that throws ends neither the process nor the watch', async (t) => {
  const { node, article } = await setting(t);
  await article.publish('One.');
  const warned: Error[] = [];
  const onWarning = (warning: Error) => warned.push(warning);
  process.on('warning', onWarning);
  t.teardown(() => process.off('warning', onWarning));
  const seen = watch(t, {
    origin: node.url,
    slug: article.slug,
    onRevision: () => {
      throw new Error('of the application');
    },
  });
  await seen.until(() => seen.revisions.length === 1);
  await article.publish('Two.');
  await seen.until(() => seen.revisions.length === 2);
  t.true(warned.some(({ message }) => message === 'of the application'));
});

test('I6 I7 a name that passes to another document brings that one, whatever its number', async (t) => {
  const { node, author, article } = await setting(t);
  await article.publish('One.');
  await article.publish('Two.');
  const other = await Article.make(node, author);
  const seen = watch(t, { origin: node.url, slug: article.slug, known: { id: other.id, revision: 7 } });
  await seen.until(() => seen.revisions.length === 1);
  t.like(seen.revisions[0], { id: article.id, revision: 2 });
});

test('outside of a page an origin is needed', (t) => {
  t.throws(() => watchPublication({ slug: 'cranes' }), { instanceOf: TypeError, message: /origin/ });
  t.throws(() => watchPublication({ slug: 'cranes', origin: 'nonsense' }), { instanceOf: TypeError });
});
