/** Reads on a real streaming replica: own writes are seen, and a replica that lags or dies is left out by itself. */

import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { Redis } from 'ioredis';
import { withoutSecret } from '../../../../src/cli/doctor/finding.ts';
import { examine } from '../../../../src/cli/doctor.ts';
import type { Orm } from '../../../../src/storage/postgres/orm.ts';
import { fromSortable, MAX_LSN, parseLsn, sortable } from '../../../../src/storage/postgres/replicas/lsn.ts';
import {
  createReplicaReads,
  type ReplicaReads,
  type ReplicaReadsOptions,
} from '../../../../src/storage/postgres/replicas/replica-reads.ts';
import { createWritePositions } from '../../../../src/storage/postgres/replicas/write-positions.ts';
import { until } from '../../../support/helpers.ts';
import { openOrm } from '../../../support/orm.ts';
import { startReplica, type TestReplica } from '../../../support/replica.ts';
import { startPostgres, startRedis } from '../../../support/services.ts';
import { silentLog } from '../../../support/silent-log.ts';

const WHERE = 'select pg_is_in_recovery() as replica';

async function isOnReplica(reads: ReplicaReads, credentialId?: string): Promise<boolean> {
  const { rows, from } = await reads.query<{ replica: boolean }>(credentialId, WHERE, []);
  if (rows[0]?.replica !== (from === 'replica')) throw new Error(`an answer of the other server than the ${from}`);
  return from === 'replica';
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
  t.context.orm = await openOrm(t.context.databaseUrl, 2);
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

function reads(t: ExecutionContext<Context>, options: Partial<ReplicaReadsOptions> = {}): ReplicaReads {
  const { databaseUrl, orm, replica } = t.context;
  const made = createReplicaReads({
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

async function sees(own: ReplicaReads, credentialId: string | undefined, note: string): Promise<boolean> {
  return (await own.query(credentialId, 'select text from notes where text = $1', [note])).rows.length > 0;
}

test.serial('READ1 positions of the log are compared as numbers', (t) => {
  t.true(parseLsn('1/0') > parseLsn('0/FFFFFFFF'));
  t.true(parseLsn('0/10') > parseLsn('0/9'));
  const texts = ['0/0', '0/9', '0/10', 'A/BC', '16/B374D848', 'FFFFFFFF/FFFFFFFE'].map((text) =>
    sortable(parseLsn(text)),
  );
  t.deepEqual(texts.toSorted(), texts, 'their texts sort as they do');
  t.is(fromSortable(sortable(parseLsn('16/B374D848'))), parseLsn('16/B374D848'));
  t.throws(() => parseLsn('here'));
  t.throws(() => fromSortable('16/B374D848'));
});

test.serial(
  'READ2 reads go to the replica; who wrote something it has not replayed is answered by the primary',
  async (t) => {
    const { orm, replica } = t.context;
    const own = reads(t);
    await until(() => isOnReplica(own));
    await replica.pauseReplay();
    await orm.query("insert into notes values ('two')", []);
    await own.recordWrite?.('anna');
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
    await here.recordWrite?.('anna');
    t.true(await sees(there, 'anna', 'three'), 'at once');
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
  // Reads are under way when it dies.
  const storm = Array.from({ length: 40 }, async (_, index) => {
    for (let round = 0; round < 5; round += 1) await own.query(undefined, 'select pg_sleep(0.01), $1::int', [index]);
  });
  await replica.kill9();
  await t.notThrowsAsync(Promise.all(storm));
  for (let round = 0; round < 20; round += 1) t.false(await sees(own, undefined, 'never'));
  await until(() => own.count() === 0);
  await replica.start();
  await until(() => isOnReplica(own));
});

test.serial(
  'READ5 a replica that hangs keeps no read waiting: those under way are answered by the primary',
  async (t) => {
    const { replica } = t.context;
    const own = reads(t, { statementTimeoutMs: 60_000 });
    await until(() => isOnReplica(own));
    replica.freeze();
    t.teardown(() => replica.thaw());
    const answers = await Promise.all(Array.from({ length: 6 }, () => isOnReplica(own)));
    t.deepEqual(new Set(answers), new Set([false]));
    t.is(own.count(), 0);
    replica.thaw();
    await until(() => isOnReplica(own));
  },
);

test.serial('READ4 a replica that is behind when the node starts is left out from the first read on', async (t) => {
  const { orm, replica } = t.context;
  await replica.pauseReplay();
  t.teardown(() => replica.resumeReplay());
  await orm.query("insert into notes values ('before the start')", []);
  const lines: string[] = [];
  const own = reads(t, { maxLagMs: 600_000, log: { ...silentLog, info: (_fields, line) => lines.push(String(line)) } });
  await until(() => lines.includes('replica is behind: not in use'));
  t.is(own.count(), 0);
  t.true(await sees(own, undefined, 'before the start'));
  await replica.resumeReplay();
  await until(() => isOnReplica(own));
});

test.serial('READ6 what is no replica of this primary is left out, and the log says why, once', async (t) => {
  const { databaseUrl, replica } = t.context;
  const other = await startPostgres();
  const strangers = await startReplica(other.url);
  stops.push(
    () => strangers.stop(),
    () => other.stop(),
  );
  const wrongPassword = new URL(replica.urlOf(databaseUrl));
  wrongPassword.password = 'wrong';
  const nobody = 'postgres://nobody@127.0.0.1:1/none';
  const cases: [url: string, why: RegExp][] = [
    [databaseUrl, /^it is not a replica$/],
    [strangers.urlOf(other.url), /^it belongs to another cluster$/],
    [wrongPassword.href, /password authentication failed/],
    [nobody, /ECONNREFUSED/],
  ];
  for (const [url, why] of cases) {
    const warnings: unknown[] = [];
    const log = { ...silentLog, warn: (fields: object) => warnings.push((fields as { error?: unknown }).error) };
    let looks = 0;
    const { orm } = t.context;
    const primary: Pick<Orm, 'query'> = {
      query(sql, values) {
        if (sql.includes('pg_current_wal_lsn')) looks += 1;
        return orm.query(sql, values);
      },
    };
    const own = reads(t, { primary, replicaUrls: [url], log });
    await until(() => looks > 5 && warnings.length > 0);
    t.regex(String(warnings[0]), why);
    t.is(warnings.length, 1, String(warnings));
    t.notRegex(String(warnings), /wrong/);
    t.is(own.count(), 0);
    t.false(await isOnReplica(own));
  }
});

test.serial('READ6 a replica that is promoted is no replica any more', async (t) => {
  const { databaseUrl, orm } = t.context;
  const postgres = new URL(databaseUrl);
  postgres.pathname = '/postgres';
  const second = await startReplica(postgres.href);
  stops.push(() => second.stop());
  const own = reads(t, { replicaUrls: [second.urlOf(databaseUrl)] });
  await until(() => isOnReplica(own));
  await second.promote();
  await orm.query("insert into notes values ('only at the primary')", []);
  for (let round = 0; round < 50; round += 1)
    t.true((await sees(own, undefined, 'only at the primary')) || own.count() > 0);
  await until(() => own.count() === 0);
  t.true(await sees(own, undefined, 'only at the primary'));
});

test.serial(
  'READ2 a primary that cannot say how far it is turns no write into an error; its reads go to the primary',
  async (t) => {
    const { orm } = t.context;
    let isMute = false;
    const primary: Pick<Orm, 'query'> = {
      query: (sql, values) =>
        isMute && sql.includes('pg_current_wal_lsn') ? Promise.reject(new Error('mute')) : orm.query(sql, values),
    };
    const own = reads(t, { primary });
    await until(() => isOnReplica(own));
    isMute = true;
    await own.recordWrite?.('anna');
    t.false(await isOnReplica(own, 'anna'));
    t.true(await isOnReplica(own, 'bert'));
  },
);

test.serial('READ3 a write that Redis did not get is sent when it is back, and the later of two stays', async (t) => {
  const kept = new Map<string, string>();
  let isAway = true;
  const store = {
    async get(key: string) {
      if (isAway) throw new Error('away');
      return kept.get(key) ?? null;
    },
    async eval(_script: string, _keys: number, key: string | number, text: string | number) {
      if (isAway) throw new Error('away');
      kept.set(String(key), String(text));
    },
  };
  const options = { store, keyPrefix: '', now: Date.now, rememberedMs: 60_000 };
  const [here, there] = [createWritePositions(options), createWritePositions(options)];
  await here.record('anna', 9n);
  await here.record('anna', 7n);
  t.is(await there.positionOf('anna'), MAX_LSN, 'nobody knows');
  isAway = false;
  t.is(await there.positionOf('anna'), 0n);
  await here.resend();
  t.is(await there.positionOf('anna'), 9n);
});

test.serial(
  'READ3 of two writes of a session at two nodes the later stays, in whatever order they are sent',
  async (t) => {
    const redis = await startRedis();
    t.teardown(() => redis.stop());
    const store = new Redis(redis.url);
    t.teardown(() => store.disconnect());
    const options = { store, keyPrefix: 'test:', now: Date.now, rememberedMs: 60_000 };
    const [here, there] = [createWritePositions(options), createWritePositions(options)];
    await here.record('anna', 0x10n);
    await there.record('anna', 0x9n);
    t.is(await there.positionOf('anna'), 0x10n);
    await there.record('anna', 0x1_0000_0000n);
    t.is(await here.positionOf('anna'), 0x1_0000_0000n);
  },
);

test.serial(
  'READ7 a read that the replica cannot do is done by the primary, and the replica stays in use',
  async (t) => {
    const own = reads(t, { statementTimeoutMs: 50 });
    await until(() => isOnReplica(own));
    const { from } = await own.query(undefined, 'select pg_sleep(0.2)', []);
    t.is(from, 'primary');
    t.true(await isOnReplica(own));
    await t.throwsAsync(() => own.query(undefined, 'select from nothing_there', []), { message: /nothing_there/ });
    t.true(await isOnReplica(own));
    const asked = await own.query<{ one: number }>(undefined, 'select 1 as one', [], (rows) => rows.length > 1);
    t.deepEqual(asked, { rows: [{ one: 1 }], from: 'primary' });
  },
);

test.serial('the doctor recognises a replica, and shows no password', async (t) => {
  const { databaseUrl, replica } = t.context;
  const replicasFinding = async (...urls: string[]) => {
    const env = { DATABASE_URL: databaseUrl, DATABASE_REPLICA_URLS: urls.join(',') };
    return (await examine(env)).find(({ name }) => name === 'replicas');
  };
  const own = replica.urlOf(databaseUrl);
  t.like(await replicasFinding(own), { verdict: 'ok', found: `${withoutSecret(own)}, 0 s behind` });
  t.is((await replicasFinding())?.verdict, 'ok');
  for (const [url, why] of [
    [databaseUrl, / is not a replica/],
    ['postgres://me:secret@127.0.0.1:1/stet', /ECONNREFUSED/],
  ] as const) {
    const finding = await replicasFinding(own, url);
    t.is(finding?.verdict, 'note');
    t.regex(String(finding?.found), why);
    t.notRegex(JSON.stringify(finding), /secret/);
  }
});
