/** Counting readers: nothing twice and nothing lost while nodes die, nothing personal, never in a reader's way. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';
import type { Redis } from 'ioredis';
import { createLocalCounts } from '../../src/cluster/local-counts.ts';
import { createRedisCounts } from '../../src/cluster/redis/counts.ts';
import type { CountStore, ViewCountStore } from '../../src/ports/counts.ts';
import { createViewCounter, type ViewCounter } from '../../src/published/view-counter.ts';
import { createViewCountStore } from '../../src/storage/postgres/public/counts.ts';
import { accountsOf } from '../support/accounts.ts';
import { redisClient } from '../support/redis.ts';
import { startRedis } from '../support/services.ts';
import { keyPrefix, sharedRedis } from '../support/shared-services.ts';
import { silentLog } from '../support/silent-log.ts';

const NEVER_MS = 2_147_483_647;
const CHILD = fileURLToPath(new URL('../support/counter-child.ts', import.meta.url));
const ana = { address: '192.0.2.1', userAgent: 'a' };
const ben = { address: '192.0.2.2', userAgent: 'a' };

interface NodeOptions {
  store?: (store: CountStore) => CountStore;
  counted?: (counted: ViewCountStore) => ViewCountStore;
  prefix?: string;
  batchMs?: number;
  maxDocuments?: number;
  maxReaders?: number;
}

/** A database, and nodes that count; without a store each is alone. */
async function countingOf(t: ExecutionContext, redis?: Redis, prefix = keyPrefix()) {
  const world = await accountsOf(t);
  const counted = createViewCountStore(world.orm);
  function node(options: NodeOptions = {}): ViewCounter {
    const newId = () => crypto.randomUUID();
    const store = redis
      ? createRedisCounts({
          store: redis,
          keyPrefix: options.prefix ?? prefix,
          nodeId: newId(),
          newId,
          newSalt: newId,
          batchMs: options.batchMs ?? 1,
          abandonedMs: 0,
        })
      : createLocalCounts({ newId, newSalt: newId, maxReaders: 1_000 });
    const { maxDocuments, maxReaders } = options;
    const counters = createViewCounter({
      store: options.store?.(store) ?? store,
      counts: options.counted?.(counted) ?? counted,
      clock: world.clock,
      log: silentLog,
      gatherMs: NEVER_MS,
      writeMs: NEVER_MS,
      ...(maxDocuments !== undefined && { maxDocuments }),
      ...(maxReaders !== undefined && { maxReaders }),
    });
    t.teardown(() => counters.close());
    return counters;
  }
  return { ...world, counted, node, prefix };
}

/** Everything that is waiting is written; as often as it takes until nothing is left. */
async function writeAll(counters: ViewCounter): Promise<void> {
  await counters.gather();
  while ((await counters.write()) > 0);
}

/** Fails before or after a step, once. */
function failing<T extends object>(step: keyof T, when: 'before' | 'after', onFailure: () => void) {
  let isLeft = true;
  const fail = (): never => {
    isLeft = false;
    onFailure();
    throw new Error(`cut off ${when}`);
  };
  return (part: T): T =>
    new Proxy(part, {
      get(target, name, receiver) {
        const member: unknown = Reflect.get(target, name, receiver);
        if (typeof member !== 'function' || name !== step) return member;
        return async (...args: unknown[]) => {
          if (isLeft && when === 'before') fail();
          const answer = await member.apply(target, args);
          if (isLeft) fail();
          return answer;
        };
      },
    });
}

for (const kind of ['redis', 'alone'] as const) {
  test(`COUNT4 views add up, and readers are distinguished by day: ${kind}`, async (t) => {
    const { counted, node, clock } = await countingOf(t, kind === 'redis' ? await redisClient(t) : undefined);
    const id = crypto.randomUUID();
    const other = crypto.randomUUID();
    clock.advance(Date.UTC(2026, 4, 1, 12) - clock.now());
    const counters = node();
    for (const reader of [ana, ben, ana, { ...ana, userAgent: 'b' }]) counters.count(id, reader);
    counters.count(other, ana);
    await writeAll(counters);
    counters.count(id, ana);
    await writeAll(counters);
    clock.advance(86_400_000);
    counters.count(id, ben);
    await writeAll(counters);
    t.deepEqual(await counted.views(id), {
      views: 6,
      readersByDay: [
        { day: '2026-05-02', readers: 1 },
        { day: '2026-05-01', readers: 3 },
      ],
    });
    t.deepEqual(await counted.views(other), { views: 1, readersByDay: [{ day: '2026-05-01', readers: 1 }] });
    t.deepEqual(await counted.views(crypto.randomUUID()), { views: 0, readersByDay: [] });
    t.is(await counters.write(), 0, 'nothing was read: nothing is written');
  });

  test(`COUNT4 cut off before or after any step, all is counted once: ${kind}`, async (t) => {
    const { counted, node } = await countingOf(t, kind === 'redis' ? await redisClient(t) : undefined);
    for (const step of ['salt', 'add', 'cut', 'abandoned', 'read', 'done', 'write'] as const) {
      for (const when of ['before', 'after'] as const) {
        const id = crypto.randomUUID();
        let failed = 0;
        const onFailure = () => {
          failed += 1;
        };
        const counters = node(
          step === 'write'
            ? { counted: failing<ViewCountStore>('write', when, onFailure) }
            : { store: failing<CountStore>(step, when, onFailure) },
        );
        for (const reader of [ana, ben, ana]) counters.count(id, reader);
        await counters.gather().catch(() => undefined);
        counters.count(id, ana);
        await counters.gather().catch(() => undefined);
        await counters.write().catch(() => undefined);
        await writeAll(counters);
        const { views, readersByDay } = await counted.views(id);
        t.deepEqual([failed, views, readersByDay[0]?.readers], [1, 4, 2], `${when} ${step}`);
      }
    }
  });
}

test('COUNT4 a node that is killed after any step loses nothing that others do not write once', async (t) => {
  const redis = await redisClient(t);
  const { counted, node, databaseUrl } = await countingOf(t, redis);
  await Promise.all(
    ['add', 'cut', 'read', 'write', 'done'].map(async (step) => {
      const id = crypto.randomUUID();
      const prefix = keyPrefix();
      const child = spawn(process.execPath, [CHILD], {
        env: {
          ...process.env,
          DATABASE_URL: databaseUrl,
          REDIS_URL: await sharedRedis(),
          PREFIX: prefix,
          DOCUMENT: id,
          DIE_AFTER: step,
        },
        stdio: ['ignore', 'inherit', 'inherit'],
      });
      t.deepEqual(await once(child, 'close'), [null, 'SIGKILL'], step);
      const another = node({ prefix });
      another.count(id, ana);
      await writeAll(another);
      t.is((await counted.views(id)).views, 4, step);
      const left = await redis.keys(`${prefix}counts:*`);
      t.deepEqual(
        left.filter((key) => /batch|open|gathered/.test(key)),
        [],
        step,
      );
    }),
  );
});

test('COUNT4 nodes that write at the same time write each batch once', async (t) => {
  const { counted, node } = await countingOf(t, await redisClient(t));
  const ids = Array.from({ length: 5 }, () => crypto.randomUUID());
  const nodes = Array.from({ length: 4 }, () => node());
  for (let round = 0; round < 10; round += 1) {
    for (const counters of nodes) for (const id of ids) counters.count(id, ana);
    await Promise.all(nodes.map((counters) => counters.gather()));
    // Every batch counts as abandoned at once: they all go for the same ones.
    await Promise.all(nodes.map((counters) => counters.write()));
  }
  for (const counters of nodes) await writeAll(counters);
  for (const id of ids) t.like(await counted.views(id), { views: 40 });
});

test('COUNT4 a batch is cut at intervals, whichever node calls', async (t) => {
  const { node, counted } = await countingOf(t, await redisClient(t));
  const [one, two] = [node({ batchMs: 60_000 }), node({ batchMs: 60_000 })];
  const id = crypto.randomUUID();
  one.count(id, ana);
  await one.gather();
  t.is(await one.write(), 1);
  two.count(id, ana);
  await two.gather();
  t.is((await one.write()) + (await two.write()), 0);
  t.like(await counted.views(id), { views: 1 });
});

test('COUNT4 what a node counted while Redis was away is counted when it is back', async (t) => {
  const own = await startRedis();
  t.teardown(() => own.stop());
  const redis = await redisClient(t, own.url);
  const { node, counted } = await countingOf(t, redis);
  const counters = node();
  const id = crypto.randomUUID();
  counters.count(id, ana);
  await own.kill();
  for (let n = 0; n < 3; n += 1) {
    counters.count(id, ana);
    await t.throwsAsync(counters.gather());
  }
  const ready = new Promise((resolve) => redis.once('ready', resolve));
  await own.restart();
  await ready;
  await writeAll(counters);
  t.like(await counted.views(id), { views: 4 });
});

test('COUNT5 nothing that identifies a reader is stored', async (t) => {
  const redis = await redisClient(t);
  const { node, prefix, sql } = await countingOf(t, redis);
  const counters = node();
  counters.count(crypto.randomUUID(), { address: '203.0.113.77', userAgent: 'Peculiar/1.0' });
  await counters.gather();
  const keys = await redis.keys(`${prefix}*`);
  t.true(keys.length >= 3);
  for (const key of keys) {
    const value = String(await redis.dump(key).catch(() => ''));
    t.false(/203\.0|Peculiar/.test(key + value), key);
    // COUNT3: only what is written soon stays until then.
    if (!key.endsWith(':gathered')) t.true((await redis.ttl(key)) > 0, key);
  }
  await counters.write();
  for (const table of ['document_views', 'document_readers', 'counted_batches']) {
    t.false(JSON.stringify(await sql(`select * from ${table}`)).includes('203.0'), table);
  }
});

test('COUNT6 views beyond the limit of a moment, and of unknown names, are not counted', async (t) => {
  const { node, counted, sql } = await countingOf(t);
  const counters = node({ maxDocuments: 3, maxReaders: 2 });
  const ids = Array.from({ length: 5 }, () => crypto.randomUUID());
  for (const id of ids) counters.count(id, ana);
  counters.count("x' or true --", ana);
  counters.count('', ana);
  await writeAll(counters);
  t.is((await sql('select from document_views')).length, 3);
  t.is((await sql('select from document_readers')).length, 2);
  counters.count(ids[4] ?? '', { address: 'x'.repeat(100_000), userAgent: 'y'.repeat(100_000) });
  await writeAll(counters);
  t.like(await counted.views(ids[4] ?? ''), { views: 1 });
});

test('COUNT3 ids of batches are forgotten when no store can hold them any more', async (t) => {
  const { node, counted, sql } = await countingOf(t);
  const counters = node();
  counters.count(crypto.randomUUID(), ana);
  await writeAll(counters);
  t.is(await counted.purge(), 0);
  await sql("update counted_batches set counted_at = now() - interval '31 days'");
  t.is(await counted.purge(), 1);
});

test('a node that stops sends on what it counted', async (t) => {
  const { node, counted } = await countingOf(t);
  const counters = node();
  const id = crypto.randomUUID();
  counters.count(id, ana);
  await counters.close();
  t.like(await counted.views(id), { views: 1 });
});
