/** Reads on a real streaming replica: own writes are seen, and a replica that lags or dies is left out by itself. */
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { Redis } from 'ioredis';
import { createOrm, type Orm } from '../src/storage/orm.ts';
import { parseLsn, writeLsn } from '../src/storage/replicas/lsn.ts';
import { createReads, type Reads, type ReadsOptions } from '../src/storage/replicas/reads.ts';
import { until } from './support/helpers.ts';
import { startReplica, type TestReplica } from './support/replica.ts';
import { startPostgres, startRedis } from './support/services.ts';
import { silentLog } from './support/silent-log.ts';

const WHERE = 'select pg_is_in_recovery() as replica';

async function isOnReplica(reads: Reads, holder?: string): Promise<boolean> {
  const [row] = await reads.query<{ replica: boolean }>(holder, WHERE, []);
  return row?.replica === true;
}

interface Context {
  databaseUrl: string;
  orm: Orm;
  replica: TestReplica;
}
const test = anyTest as TestFn<Context>;

// One primary and one replica, and one test at a time: each stops the replay of all.
test.before(async (t) => {
  const postgres = await startPostgres();
  t.context.databaseUrl = await postgres.createDatabase();
  t.context.orm = await createOrm({ databaseUrl: t.context.databaseUrl, log: silentLog, poolSize: 2 });
  await t.context.orm.query('create table notes (text text)', []);
  t.context.replica = await startReplica(postgres.url);
  stops.push(
    () => t.context.orm.close(),
    () => t.context.replica.stop(),
    () => postgres.stop(),
  );
});
test.after.always(async () => {
  for (const stop of stops) await stop();
});
const stops: (() => Promise<void>)[] = [];

function reads(t: ExecutionContext<Context>, options: Partial<ReadsOptions> = {}): Reads {
  const { databaseUrl, orm, replica } = t.context;
  const made = createReads({
    primary: orm,
    replicaUrls: [replica.urlOf(databaseUrl)],
    store: undefined,
    keyPrefix: 'test:',
    clock: { now: Date.now },
    log: silentLog,
    poolSize: 2,
    statementTimeoutMs: 5_000,
    maxLagMs: 60_000,
    probeMs: 50,
    ...options,
  });
  t.teardown(() => made.close());
  return made;
}

async function sees(own: Reads, holder: string | undefined, note: string): Promise<boolean> {
  return (await own.query(holder, 'select text from notes where text = $1', [note])).length > 0;
}

test.serial('READ1 positions of the log are compared as numbers', (t) => {
  t.true(parseLsn('1/0') > parseLsn('0/FFFFFFFF'));
  t.true(parseLsn('0/10') > parseLsn('0/9'));
  for (const text of ['0/0', 'A/BC', '16/B374D848', 'FFFFFFFF/FFFFFFFF']) t.is(writeLsn(parseLsn(text)), text);
  t.throws(() => parseLsn('here'));
});

test.serial(
  'READ2 reads go to the replica; who wrote something it has not replayed is answered by the primary',
  async (t) => {
    const { orm, replica } = t.context;
    const own = reads(t);
    await until(() => isOnReplica(own));
    await replica.pauseReplay();
    await orm.query("insert into notes values ('two')", []);
    await own.wrote('anna');
    t.true(await sees(own, 'anna', 'two'));
    t.false(await isOnReplica(own, 'anna'));
    t.false(await sees(own, 'bert', 'two'), 'others may be a moment behind');
    t.true(await isOnReplica(own, 'bert'));
    await replica.resumeReplay();
    await until(() => isOnReplica(own, 'anna'));
    t.true(await sees(own, 'anna', 'two'));
  },
);

test.serial(
  'READ3 a session reads its own writes at another node too; without Redis the primary answers',
  async (t) => {
    const { orm, replica } = t.context;
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    t.teardown(() => replica.resumeReplay());
    const client = () => {
      const made = new Redis(redis.url, { maxRetriesPerRequest: 0, enableOfflineQueue: false, lazyConnect: true });
      made.on('error', () => {});
      t.teardown(() => made.disconnect());
      return made.connect().then(() => made);
    };
    const [here, there] = [reads(t, { store: await client() }), reads(t, { store: await client() })];
    await until(async () => (await isOnReplica(here)) && (await isOnReplica(there)));
    await replica.pauseReplay();
    await orm.query("insert into notes values ('three')", []);
    await here.wrote('anna');
    await until(() => sees(there, 'anna', 'three'));
    t.false(await isOnReplica(there, 'anna'));
    t.true(await isOnReplica(there, 'bert'));
    await redis.kill();
    t.false(await isOnReplica(there, 'bert'), 'nobody knows what he wrote elsewhere');
  },
);

test.serial('READ4 a replica that falls behind is left out, and comes back', async (t) => {
  const { orm, replica } = t.context;
  const own = reads(t, { maxLagMs: 300 });
  await until(() => isOnReplica(own));
  await replica.pauseReplay();
  await orm.query("insert into notes values ('four')", []);
  await until(async () => !(await isOnReplica(own)));
  t.is(own.count(), 0);
  t.true(await sees(own, undefined, 'four'));
  await replica.resumeReplay();
  await until(() => isOnReplica(own));
});

test.serial('READ5 a replica that dies costs no read, and comes back', async (t) => {
  const { replica } = t.context;
  const own = reads(t);
  await until(() => isOnReplica(own));
  await replica.kill9();
  for (let round = 0; round < 20; round += 1) t.false(await sees(own, undefined, 'never'));
  await until(() => own.count() === 0);
  await replica.start();
  await until(() => isOnReplica(own));
});
