/** The cache of published pages: one read for many, never old, never private, bounded, with Redis and without. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import type { Redis } from 'ioredis';
import { createLocalCluster } from '../../src/cluster/local.ts';
import { renderHtml } from '../../src/content/html/html.ts';
import type { Logger } from '../../src/lib/logger.ts';
import { PUBLICATIONS, type PublicReads } from '../../src/ports/public-reads.ts';
import { createPublicCache, type PublicCacheLimits } from '../../src/published/cache.ts';
import type { PublicEntry } from '../../src/published/entry.ts';
import { createNotify } from '../../src/published/publication-notices.ts';
import { until } from '../support/helpers.ts';
import { publicationsOf, textOf, watchedReads } from '../support/public.ts';
import { redisClient } from '../support/redis.ts';
import { startRedis } from '../support/services.ts';
import { keyPrefix } from '../support/shared-services.ts';
import { silentLog } from '../support/silent-log.ts';

interface CacheOptions {
  store?: Redis;
  prefix?: string;
  limits?: Partial<PublicCacheLimits>;
  log?: Logger;
}

async function cacheOf(
  t: ExecutionContext,
  { store, prefix = keyPrefix(), limits = {}, log = silentLog }: CacheOptions = {},
) {
  const world = await publicationsOf(t);
  /** A node: its own cache and watch over the same database. */
  function node(reads: PublicReads = world.pool) {
    const cluster = createLocalCluster({ nodeId: crypto.randomUUID(), log: silentLog });
    const watched = watchedReads(reads);
    const sources: string[] = [];
    const cache = createPublicCache({
      reads: watched.reads,
      store,
      keyPrefix: prefix,
      cluster,
      render: renderHtml,
      clock: world.clock,
      log,
      metrics: { read: (source) => sources.push(source) },
      limits,
    });
    t.teardown(async () => {
      cache.close();
      await cluster.close();
    });
    return { ...watched, cache, cluster, sources };
  }
  return { ...world, ...node(), node };
}

/** Milliseconds since 1970, by Redis. */
async function redisTime(store: Redis): Promise<number> {
  const [seconds, microseconds] = (await store.time()).map(Number);
  return seconds! * 1_000 + Math.floor(microseconds! / 1_000);
}

const said = (entry: PublicEntry | undefined) => entry?.html;
const html = (text: string) => `<p>${text}</p>`;

test('CACHE4 a thousand concurrent readers cost one read', async (t) => {
  const { cache, shown, asked, hold } = await cacheOf(t);
  const id = await shown('page', 'text');
  const release = hold();
  const all = Array.from({ length: 1_000 }, () => cache.page('page'));
  release();
  const entries = await Promise.all(all);
  t.true(entries.every((entry) => entry === entries[0] && said(entry) === html('text')));
  t.deepEqual(asked, ['bySlug page', `revision ${id} 1`]);
  t.is(cache.peek('page'), entries[0]);
  t.is(asked.length, 2);
});

test('CACHE2 within 400 ms nothing is read again; after it the database is', async (t) => {
  const { cache, shown, publish, clock, asked } = await cacheOf(t);
  const id = await shown('page', 'one');
  const first = await cache.page('page');
  await publish(id, 'two');
  clock.advance(399);
  t.is(await cache.page('page'), first);
  await until(() => asked.length > 2);
  clock.advance(401);
  t.is(cache.peek('page'), undefined);
  t.is(said(await cache.page('page')), html('two'));
  t.is(cache.stats().documents, 1, 'the earlier revision is gone');
});

test('CACHE2 a document that is read all the time is refreshed ahead of time, so that no reader waits', async (t) => {
  const { cache, shown, publish, clock, asked, hold } = await cacheOf(t);
  const id = await shown('page', 'one');
  const first = await cache.page('page');
  await publish(id, 'two');
  clock.advance(199);
  t.is(cache.peek('page'), first);
  t.is(asked.length, 2);
  clock.advance(1);
  const release = hold();
  t.is(cache.peek('page'), first);
  t.is(cache.peek('page'), first);
  release();
  await until(() => said(cache.peek('page') ?? undefined) === html('two'));
  t.deepEqual(asked, ['bySlug page', `revision ${id} 1`, 'bySlug page', `revision ${id} 2`]);
});

test('CACHE4 a thousand readers during a refresh wait for nothing, and cause no other read', async (t) => {
  let failures = 0;
  const debug = () => {
    failures += 1;
  };
  const log = { ...silentLog, debug };
  const { cache, shown, clock, asked, fail } = await cacheOf(t, { log });
  await shown('page', 'text');
  const first = await cache.page('page');
  clock.advance(200);
  fail(true);
  for (let n = 0; n < 1_000; n += 1) t.is(cache.peek('page'), first);
  await until(() => failures > 0);
  t.is(failures, 1, 'one of them asked, and one hears of it');
  t.is(asked.length, 3);
  fail(false);
  t.is(cache.peek('page'), first);
  await until(() => asked.length === 4);
});

test('CACHE2 what did not change is the same entry, with all that was made of it', async (t) => {
  const { cache, shown, change, clock, asked } = await cacheOf(t);
  const id = await shown('page', 'text');
  const first = await cache.page('page');
  clock.advance(1_000);
  t.is(await cache.page('page'), first);
  clock.advance(1_000);
  await change(id, { slug: 'renamed' });
  const renamed = await cache.page('renamed');
  t.like(renamed, { document: { slug: 'renamed' }, html: first?.html });
  t.not(renamed?.tag, first?.tag);
  t.is(await cache.page('page'), renamed, 'the former slug leads there');
  t.is(asked.filter((one) => one.startsWith('revision')).length, 1, 'the text was there');
  t.is(await cache.byId(id), renamed);
});

test('CACHE3 a reader after the notice of a publication gets it, and so do all later ones', async (t) => {
  const { cache, cluster, shown, publish, unpublish } = await cacheOf(t);
  const notify = createNotify(cluster);
  const id = await shown('page', 'one');
  t.is(said(await cache.page('page')), html('one'));
  await publish(id, 'two');
  notify(`document:${id}`, { kind: 'published', revision: 2 });
  await until(() => cache.peek('page') === undefined);
  t.is(said(await cache.page('page')), html('two'));
  await unpublish(id);
  notify(`document:${id}`, { kind: 'unpublished' });
  await until(() => cache.peek('page') === undefined);
  t.is(await cache.page('page'), undefined);
  t.is(cache.peek('page'), null);
  t.deepEqual(cache.stats(), { documents: 0, bytes: 0 });
  // What was not there is asked for again when anything gets a name.
  await publish(id, 'three');
  notify(`document:${id}`, { kind: 'published', revision: 3 });
  await until(() => cache.peek('page') === undefined);
  t.is(said(await cache.page('page')), html('three'));
});

test('CACHE3 a read that began before the notice of a change is not cached, nor waited for', async (t) => {
  const { cache, shown, publish, asked, answered, hold } = await cacheOf(t);
  const id = await shown('page', 'one');
  const release = hold();
  const early = cache.page('page');
  await until(() => answered.length === 1);
  // The database has said what was so; that is still on its way.
  await publish(id, 'two');
  cache.invalidate({ documentId: id, kind: 'published' });
  t.is(said(await cache.page('page')), html('two'));
  t.is(asked.filter((one) => one === 'bySlug page').length, 2);
  release();
  t.is(said(await early), html('one'), 'who asked before may get what was so then');
  t.is(said(cache.peek('page') ?? undefined), html('two'));
});

test('CACHE3 a name that was free when it was read is not cached as free after the notice of a publication', async (t) => {
  const { cache, shown, publish, answered, hold } = await cacheOf(t);
  const id = await shown('page');
  const release = hold();
  const early = cache.page('page');
  await until(() => answered.length === 1);
  await publish(id, 'one');
  cache.invalidate({ documentId: id, kind: 'published' });
  release();
  t.is(await early, undefined);
  t.is(cache.peek('page'), undefined);
  t.is(said(await cache.page('page')), html('one'));
});

test('CACHE1 I6 a text that became private while it was read is not cached', async (t) => {
  const { cache, shown, change, answered, hold } = await cacheOf(t);
  const id = await shown('page', 'secret now');
  const release = hold('revision');
  const early = cache.page('page');
  await until(() => answered.length === 2);
  await change(id, { visibility: 'private' });
  cache.invalidate({ documentId: id, kind: 'changed' });
  release();
  t.is(said(await early), html('secret now'), 'who asked before may get what was so then');
  t.is(await cache.page('page'), undefined);
  t.deepEqual(cache.stats(), { documents: 0, bytes: 0 });
});

test('CACHE1 I6 a document that is found to be no longer public is dropped, without a notice too', async (t) => {
  const { cache, shown, change, clock } = await cacheOf(t);
  const id = await shown('page', 'text');
  t.truthy(await cache.page('page'));
  await change(id, { visibility: 'private' });
  clock.advance(400);
  t.is(await cache.page('page'), undefined);
  t.deepEqual(cache.stats(), { documents: 0, bytes: 0 });
});

test('CACHE4 errors reach the readers that waited, and are not cached', async (t) => {
  const { cache, shown, fail, clock } = await cacheOf(t);
  await shown('page', 'text');
  fail(true);
  const outcomes = await Promise.allSettled([cache.page('page'), cache.page('page'), cache.byId(crypto.randomUUID())]);
  t.deepEqual(
    outcomes.map(({ status }) => status),
    ['rejected', 'rejected', 'rejected'],
  );
  fail(false);
  t.is(said(await cache.page('page')), html('text'));
  // Nor is what is old shown in their place.
  clock.advance(400);
  fail(true);
  await t.throwsAsync(cache.page('page'));
});

test('a revision that a later one replaced is not read again', async (t) => {
  const { cache, shown, change, publish, hold, answered, asked } = await cacheOf(t);
  const id = await shown('page', 'in private', 'private');
  await change(id, { visibility: 'public' });
  const release = hold();
  const all = Array.from({ length: 50 }, () => cache.page('page'));
  await until(() => answered.length === 1);
  await publish(id, 'to all');
  release();
  for (const entry of await Promise.all(all)) t.is(said(entry), html('to all'));
  t.true(asked.length < 10, `${asked.length} questions`);
});

test('CACHE5 texts are bounded by bytes, with all that was made of them', async (t) => {
  const maxBytes = 60_000;
  const { cache, shown } = await cacheOf(t, { limits: { maxBytes } });
  for (let n = 0; n < 12; n += 1) {
    await shown(`page-${n}`, 'x'.repeat(2_000));
    const entry = await cache.page(`page-${n}`);
    t.truthy(entry);
    t.true(cache.stats().bytes <= maxBytes);
  }
  const { documents } = cache.stats();
  t.true(documents > 1 && documents < 12);
  const last = await cache.page('page-11');
  last?.cached('large', () => 'y'.repeat(50_000));
  t.true(cache.stats().bytes <= maxBytes);
  t.true(cache.stats().documents < documents);
  // Larger than the whole cache: shown, and not cached.
  await shown('huge', 'z'.repeat(20_000));
  t.is(said(await cache.page('huge')), html('z'.repeat(20_000)));
  t.true(cache.stats().bytes <= maxBytes);
});

test('CACHE5 unknown names are bounded by number, and an invalid name is not read', async (t) => {
  const { cache, asked } = await cacheOf(t, { limits: { maxNames: 10 } });
  for (let n = 0; n < 30; n += 1) t.is(await cache.page(`none-${n}`), undefined);
  t.is(asked.length, 30);
  t.is(cache.peek('none-29'), null);
  t.is(cache.peek('none-0'), undefined);
  for (const name of ['', 'UPPER', 'a b', '../../etc', 'x'.repeat(200)]) {
    t.is(await cache.page(name), undefined);
    t.is(cache.peek(name), null);
    t.is(await cache.byId(name), undefined);
  }
  t.is(asked.length, 30);
});

test('an entry makes each body once, plain and compressed, and keeps few', async (t) => {
  const { cache, shown } = await cacheOf(t);
  const id = await shown('page', 'text '.repeat(500));
  const entry = await cache.page('page');
  if (!entry) throw new Error('nothing is shown');
  const { json } = entry;
  t.is(entry.json, json);
  const plain = Buffer.from(json.plain).toString();
  t.like(JSON.parse(plain), { id, slug: 'page', revision: 1, title: 'The title', html: entry.html, live: false });
  const [br, again, gzip] = await Promise.all([json.encoded('br'), json.encoded('br'), json.encoded('gzip')]);
  t.is(br, again);
  t.is(json.encoded('br'), br, 'at once');
  t.is(brotliDecompressSync(br).toString(), plain);
  t.is(gunzipSync(gzip).toString(), plain);
  t.true(cache.stats().bytes > plain.length + br.length + gzip.length);
  let made = 0;
  const make = () => {
    made += 1;
    return `page ${made}`;
  };
  t.is(entry.cached('page', make), entry.cached('page', make));
  t.is(made, 1);
  for (let n = 0; n < 100; n += 1) entry.cached(`host-${n}`, make);
  entry.cached('page', make);
  t.is(made, 102, 'made again: it had to go');
});

test('revisions after one come in order, a few at a time, and one read serves concurrent readers', async (t) => {
  const { cache, shown, publish, asked } = await cacheOf(t, { limits: { maxRevisions: 3 } });
  const id = await shown('page', 'one');
  for (const text of ['two', 'three', 'four', 'five']) await publish(id, text);
  const numbers = async (after: number, limit: number) =>
    (await cache.revisionsAfter(id, after, limit)).map(({ revision }) => revision);
  t.deepEqual(await Promise.all([numbers(1, 50), numbers(1, 50)]), [
    [2, 3, 4],
    [2, 3, 4],
  ]);
  t.is(asked.length, 1);
  t.deepEqual(await numbers(4, 2), [5]);
  t.deepEqual(await cache.revisionsAfter(id, 5, 2), []);
  t.deepEqual(await cache.revisionsAfter(id, 4, 1), [
    { ...(await cache.revisionsAfter(id, 4, 1))[0]!, body: textOf('five').body },
  ]);
});

test('CACHE2 the latest documents are read once, and again after any publication', async (t) => {
  const { cache, shown, asked } = await cacheOf(t);
  await shown('first', 'text');
  const slugs = async () => (await cache.latest(10)).map(({ slug }) => slug);
  t.deepEqual(await Promise.all([slugs(), slugs(), slugs()]), [['first'], ['first'], ['first']]);
  t.deepEqual(await slugs(), ['first']);
  t.is(asked.length, 1);
  const id = await shown('second', 'text');
  cache.invalidate({ documentId: id, kind: 'published' });
  t.deepEqual((await slugs()).toSorted(), ['first', 'second']);
});

test('a malformed notice is ignored', async (t) => {
  const { cache, cluster, shown, asked } = await cacheOf(t);
  await shown('page', 'text');
  await cache.page('page');
  for (const notice of [null, 1, 'x', {}, { documentId: 7 }, { documentId: 'x', slug: 7 }])
    cluster.publish(PUBLICATIONS, notice);
  t.is(await cache.page('none'), undefined);
  cluster.publish(PUBLICATIONS, { documentId: crypto.randomUUID(), kind: 'published' });
  await until(() => cache.peek('none') === undefined);
  t.truthy(cache.peek('page'));
  t.is(asked.length, 3);
});

test('CACHE2 nodes share through Redis, which forgets after half a second by its own clock', async (t) => {
  const store = await redisClient(t);
  const prefix = keyPrefix();
  const sets: string[][] = [];
  const watcher = await store.duplicate({ lazyConnect: true }).monitor();
  t.teardown(() => watcher.disconnect());
  watcher.on('monitor', (_time: string, [command, key, ...rest]: string[]) => {
    if (command?.toLowerCase() === 'set' && key?.startsWith(prefix)) sets.push([key, ...rest]);
  });
  const { cache, shown, sources, clock, node } = await cacheOf(t, { store, prefix });
  const id = await shown('page', 'text');
  const [documentKey, revisionKey] = [`${prefix}public:document:slug:page`, `${prefix}public:revision:${id}`];
  const lastSet = (wanted: string) => sets.findLast(([key]) => key === wanted);
  const begun = await redisTime(store);
  // Where Redis was late it is left alone for a while: a busy machine asks again.
  await until(async () => {
    clock.advance(2_000);
    await cache.page('page');
    await store.ping();
    return lastSet(documentKey) !== undefined && lastSet(revisionKey) !== undefined;
  });
  const ended = await redisTime(store);
  const first = await cache.page('page');
  for (const [key, ms] of [
    [documentKey, 500],
    [revisionKey, 60_000],
  ] as const) {
    const [, text = '', option = '', until = ''] = lastSet(key) ?? [];
    t.is(option.toUpperCase(), 'PXAT');
    t.true(Number(until) >= begun + ms && Number(until) <= ended + ms, until);
    // Kept for as long as the rest of this test takes.
    await store.set(key, text);
  }
  let other = node();
  await until(async () => {
    other = node();
    t.is(said(await other.cache.page('page')), said(first));
    return other.sources.includes('redis');
  });
  t.deepEqual([sources[0], other.sources], ['database', ['redis']]);
  t.is(other.asked.length, 0);
});

test('CACHE3 an invalidation on one node holds for what others are reading into Redis', async (t) => {
  const store = await redisClient(t);
  const prefix = keyPrefix();
  const { cache, shown, publish, answered, hold, node } = await cacheOf(t, { store, prefix });
  const id = await shown('page', 'one');
  const release = hold();
  const early = cache.page('page');
  await until(() => answered.length === 1);
  await publish(id, 'two');
  const other = node();
  other.cache.invalidate({ documentId: id, kind: 'published' });
  release();
  // The message did not reach the first node: it may hold what it read, the others do not get that from it.
  t.is(said(await early), html('one'));
  await store.ping();
  t.is(await store.exists(`${prefix}public:document:slug:page`), 0);
  t.is(said(await other.cache.page('page')), html('two'));
});

test('I6 what is made private goes from Redis as well', async (t) => {
  const store = await redisClient(t);
  const prefix = keyPrefix();
  const { cache, shown, change, clock } = await cacheOf(t, { store, prefix });
  const id = await shown('page', 'text');
  const keys = [`${prefix}public:document:slug:page`, `${prefix}public:revision:${id}`];
  // Kept for a second from before the database was asked, or not at all if Redis was late: a busy machine asks again.
  await until(async () => {
    clock.advance(2_000);
    await cache.page('page');
    return (await store.exists(...keys)) === 2;
  });
  await change(id, { visibility: 'private' });
  cache.invalidate({ documentId: id, kind: 'changed' });
  t.is(await cache.page('page'), undefined);
  t.is(await store.exists(...keys), 0);
});

test('without an answer of Redis the database is read, once for concurrent readers', async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const store = await redisClient(t, redis.url);
  const { cache, shown, asked, clock, publish } = await cacheOf(t, { store });
  const id = await shown('page', 'one');
  // Hung: it takes what is sent and says nothing.
  process.kill(redis.pid, 'SIGSTOP');
  const entries = await Promise.all(Array.from({ length: 100 }, () => cache.page('page')));
  t.true(entries.every((entry) => said(entry) === html('one')));
  t.is(asked.length, 2);
  process.kill(redis.pid, 'SIGCONT');
  await redis.kill();
  await publish(id, 'two');
  clock.advance(2_000);
  t.is(said(await cache.page('page')), html('two'));
  cache.invalidate({ documentId: id, kind: 'published' });
  t.is(said(await cache.page('page')), html('two'));
});
