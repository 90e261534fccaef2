/**
 * The journal over a database that takes no writes for a while, or not those of one document: sessions that cannot write
 * are replaced, what waits is written as soon as it can be, and one document's trouble stays its own.
 */
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { JournalConnection } from '../../../../src/storage/postgres/journal/connection.ts';
import type { PostgresJournal } from '../../../../src/storage/postgres/journal/index.ts';
import { query, until } from '../../../support/helpers.ts';
import { type JournalBench, journalBench, openFor, type RecordedLog, wireTo } from '../../../support/journal.ts';
import { startReplica } from '../../../support/replica.ts';
import { startPostgres, type TestPostgres } from '../../../support/services.ts';
import { sessionPoolerTo } from '../../../support/session-pooler.ts';
import { silentLog } from '../../../support/silent-log.ts';

const test = anyTest as TestFn<{ postgres: TestPostgres; bench: JournalBench }>;

test.beforeEach((t) => t.timeout(120_000));
test.before(async (t) => {
  const postgres = await startPostgres();
  t.context = { postgres, bench: await journalBench(await postgres.createDatabase()) };
});
test.after.always(async (t) => {
  await t.context.bench?.close();
  await t.context.postgres?.stop();
});

const openLogs = (bench: JournalBench, journal: PostgresJournal, count: number): Promise<RecordedLog[]> =>
  Promise.all(Array.from({ length: count }, async () => (await openFor(bench, journal, await bench.document())).log));

const nameOf = (url: string): string => new URL(url).pathname.slice(1);

/** Ends the writing sessions of a database. */
const CUT = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'stet journal'
  and datname = `;

test.serial('I1 a database that was read-only takes writes again by itself, on a new session', async (t) => {
  const { bench, postgres } = t.context;
  const journal = bench.journal();
  const [log] = (await openLogs(bench, journal, 1)) as [RecordedLog];
  log.append('before');
  await log.through(1);
  const database = nameOf(bench.databaseUrl);
  await query(postgres.url, `alter database ${database} set default_transaction_read_only = on`);
  await query(postgres.url, `${CUT}'${database}'`);
  await until(() => journal.trouble() === 'the database is read-only');
  log.append('during');
  await query(postgres.url, `alter database ${database} reset default_transaction_read_only`);
  await log.through(2);
  t.is(journal.trouble(), undefined);
  t.deepEqual(log.outcomes, [
    { kind: 'committed', throughSeq: 1 },
    { kind: 'committed', throughSeq: 2 },
  ]);
  await journal.close(1_000);
});

test.serial('I1 a session that becomes read-only while nobody writes is noticed, and comes back', async (t) => {
  const { bench, postgres } = t.context;
  const journal = bench.journal();
  await until(() => journal.connected());
  try {
    await query(postgres.url, 'alter system set default_transaction_read_only = on');
    await query(postgres.url, 'select pg_reload_conf()');
    await until(() => journal.trouble() === 'the database is read-only');
  } finally {
    await writable(postgres.url, 'alter system reset default_transaction_read_only');
    await query(postgres.url, 'select pg_reload_conf()');
  }
  await until(() => journal.trouble() === undefined && journal.connected());
  t.pass();
  await journal.close(1_000);
});

/** One statement on a session that writes whatever the default is. */
async function writable(url: string, sql: string): Promise<void> {
  const own = new URL(url);
  own.searchParams.set('options', '-c default_transaction_read_only=off');
  await query(own.href, sql);
}

test.serial('I1 a database that came back is used again while nobody writes', async (t) => {
  const { bench, postgres } = t.context;
  const journal = bench.journal();
  await until(() => journal.connected());
  await postgres.stopImmediate();
  await until(() => journal.trouble() !== undefined);
  t.false(journal.connected());
  await postgres.start();
  await until(() => journal.connected());
  t.is(journal.trouble(), undefined);
  await journal.close(1_000);
});

test.serial('I9 nodes that lose the database at the same moment come back at moments of their own', async (t) => {
  const { bench, postgres } = t.context;
  const attempts = (at: number) => {
    const drawn: number[] = [];
    const journal = bench.journal({
      random: () => {
        drawn.push(at);
        return at;
      },
    });
    return { journal, drawn };
  };
  const early = attempts(0);
  const late = attempts(1);
  await until(() => early.journal.connected() && late.journal.connected());
  await postgres.stopImmediate();
  await until(() => early.drawn.length >= 8);
  // Half of each pause is drawn: who draws low asks about twice as often.
  t.true(late.drawn.length < early.drawn.length);
  await postgres.start();
  await until(() => early.journal.connected() && late.journal.connected());
  await Promise.all([early, late].map(({ journal }) => journal.close(1_000)));
});

test.serial('I1 a role that may not write for a while loses nothing, and nothing is refused', async (t) => {
  const { bench, postgres } = t.context;
  const database = nameOf(bench.databaseUrl);
  await query(bench.databaseUrl, `create role writer login password 'pw'`);
  await query(bench.databaseUrl, 'grant select, insert, update, delete on all tables in schema public to writer');
  const url = new URL(bench.databaseUrl);
  url.username = 'writer';
  url.password = 'pw';
  const journal = bench.journal({ databaseUrl: url.href });
  const logs = await openLogs(bench, journal, 3);
  for (const log of logs) log.append('before');
  await Promise.all(logs.map((log) => log.through(1)));
  await query(bench.databaseUrl, 'revoke insert on draft_updates from writer');
  for (const log of logs) log.append('during');
  await until(() => journal.trouble() === 'the role of this node may not write (42501)');
  await query(bench.databaseUrl, 'grant insert on draft_updates to writer');
  await Promise.all(logs.map((log) => log.through(2)));
  t.is(journal.trouble(), undefined);
  t.true(logs.every((log) => log.isOpen));

  await query(postgres.url, 'alter role writer connection limit 0');
  await query(postgres.url, `${CUT}'${database}'`);
  await until(() => journal.trouble() === 'the database has too many connections (53300)');
  for (const log of logs) log.append('after');
  await query(postgres.url, 'alter role writer connection limit -1');
  await Promise.all(logs.map((log) => log.through(3)));
  t.true(logs.every((log) => log.isOpen));
  await journal.close(1_000);
});

/** Makes appends fail with a code: those to one document, or all; returns the way back. */
async function failing(bench: JournalBench, code: string, documentId?: string): Promise<() => Promise<void>> {
  const condition = documentId === undefined ? '' : `when (new.document_id = '${documentId}')`;
  await bench.sql(`create or replace function fail() returns trigger language plpgsql as
    $$ begin raise exception 'made to fail' using errcode = '${code}'; end $$`);
  await bench.sql(
    `create trigger fails before insert on draft_updates for each row ${condition} execute function fail()`,
  );
  return async () => {
    await bench.sql('drop trigger fails on draft_updates');
  };
}

for (const [code, words] of [
  ['53100', 'the disk of the database is full (53100)'],
  ['53200', 'the database is out of memory (53200)'],
  ['58030', 'the database has a system error (58030)'],
] as const) {
  test.serial(
    `I1 while every append fails with ${code} everything waits, and is written when it is over`,
    async (t) => {
      const { bench } = t.context;
      const journal = bench.journal();
      const logs = await openLogs(bench, journal, 4);
      const mend = await failing(bench, code);
      for (const log of logs) log.append('a');
      await until(() => journal.trouble() === words);
      await mend();
      await Promise.all(logs.map((log) => log.through(1)));
      t.true(logs.every((log) => log.isOpen && log.committed === 1));
      t.is(journal.trouble(), undefined);
      await journal.close(1_000);
    },
  );
}

for (const code of ['40001', '40P01', '57014']) {
  test.serial(`I1 an append that fails once with ${code} is tried again, and nobody is told`, async (t) => {
    const { bench } = t.context;
    const journal = bench.journal();
    const logs = await openLogs(bench, journal, 3);
    await bench.sql('create sequence fails_once');
    await bench.sql(`create or replace function fail_once() returns trigger language plpgsql as
      $$ begin if nextval('fails_once') = 1 then raise exception 'made to fail' using errcode = '${code}'; end if;
      return new; end $$`);
    await bench.sql('create trigger fails before insert on draft_updates for each row execute function fail_once()');
    t.teardown(() => bench.sql('drop trigger fails on draft_updates; drop sequence fails_once'));
    for (const log of logs) log.append('a');
    await Promise.all(logs.map((log) => log.through(1)));
    t.true(logs.every((log) => log.isOpen));
    t.is(journal.trouble(), undefined);
    await journal.close(1_000);
  });
}

// Data that no statement takes; resources, rights and cancellation as one document alone has them; a trigger's own error.
for (const code of ['23514', '22003', '54000', 'P0001', 'XX001', '57014', '55P03', '53100', '42501']) {
  test.serial(
    `I2 an append that always fails with ${code} is refused alone, and the others of its batch are written`,
    async (t) => {
      const { bench } = t.context;
      const journal = bench.journal();
      const logs = await openLogs(bench, journal, 7);
      const [bad, ...good] = logs as [RecordedLog, ...RecordedLog[]];
      const mend = await failing(bench, code, bad.documentId);
      for (const log of logs) log.append('a');
      await Promise.all(good.map((log) => log.through(1)));
      await until(() => !bad.isOpen);
      t.like(bad.outcomes, [{ kind: 'refused', error: { code } }]);
      t.true(good.every((log) => log.isOpen && log.committed === 1));
      t.is(journal.trouble(), undefined);
      t.deepEqual(await bench.head(bad.documentId), {
        epoch: 1,
        headSeq: 0,
        ownerNode: await owner(bench, bad),
        snapshotSeq: 0,
      });
      await mend();
      await journal.close(1_000);
    },
  );
}

const owner = async (bench: JournalBench, { documentId }: RecordedLog) => (await bench.head(documentId)).ownerNode;

test.serial('I1 an append that fails once more when it is tried alone is not refused for that', async (t) => {
  const { bench } = t.context;
  const journal = bench.journal();
  const [bad, good] = (await openLogs(bench, journal, 2)) as [RecordedLog, RecordedLog];
  // The first that is written of a batch with the other one fails for the other one: what is counted here is tried alone.
  await bench.sql('create sequence alone');
  await bench.sql(`create or replace function fail() returns trigger language plpgsql as
    $$ begin if new.document_id = '${bad.documentId}' or nextval('alone') = 1 then
      raise exception 'made to fail' using errcode = '40001'; end if; return new; end $$`);
  await bench.sql('create trigger fails before insert on draft_updates for each row execute function fail()');
  t.teardown(() => bench.sql('drop trigger if exists fails on draft_updates; drop sequence alone'));
  bad.append('a');
  good.append('a');
  await good.through(1);
  await until(() => !bad.isOpen);
  t.like(bad.outcomes, [{ kind: 'refused', error: { code: '40001' } }]);
  t.deepEqual(good.outcomes, [{ kind: 'committed', throughSeq: 1 }]);
  const [{ calls }] = (await bench.sql('select last_value::int as calls from alone')) as [{ calls: number }];
  t.true(calls >= 2, 'it was made to fail');
  await journal.close(1_000);
});

test.serial('I1 a row that another session locks holds up its own document alone', async (t) => {
  const { bench } = t.context;
  const journal = bench.journal();
  const logs = await openLogs(bench, journal, 5);
  const [locked, ...others] = logs as [RecordedLog, ...RecordedLog[]];
  const lock = await lockedHead(bench, locked.documentId);
  for (const log of logs) log.append('a');
  await Promise.all(others.map((log) => log.through(1)));
  t.is(locked.committed, 0);
  t.is(journal.trouble(), undefined);
  await lock();
  await journal.close(1_000);
});

async function lockedHead(bench: JournalBench, documentId: string): Promise<() => Promise<void>> {
  const { default: pg } = await import('pg');
  const client = new pg.Client({ connectionString: bench.databaseUrl });
  await client.connect();
  await client.query('begin');
  await client.query('select from draft_heads where document_id = $1 for update', [documentId]);
  return async () => {
    await client.query('rollback');
    await client.end();
  };
}

test.serial('I1 a session that has a prepared statement of somebody else is replaced', async (t) => {
  const { bench } = t.context;
  const pooler = await sessionPoolerTo(bench.databaseUrl);
  t.teardown(pooler.close);
  const connect = () => {
    const connection = new JournalConnection({
      url: pooler.url,
      timeoutMs: 5_000,
      random: Math.random,
      log: silentLog,
    });
    t.teardown(() => connection.close());
    return connection;
  };
  const first = connect();
  await first.ready();
  await first.query('counted', 'select 1 as one', []);
  await first.close();
  const next = connect();
  await next.ready();
  t.is(pooler.opened(), 1);
  await t.throwsAsync(next.query('counted', 'select 1 as one', []), { code: '42P05' });
  t.false(next.connected);
  // By itself, and not to the session that it comes from.
  await until(() => next.connected);
  t.deepEqual((await next.query('counted', 'select 1 as one', [])).rows, [{ one: 1 }]);
});

test.serial('I1 a pooler in between does not hand a read-only session out again and again', async (t) => {
  const { bench, postgres } = t.context;
  const pooler = await sessionPoolerTo(bench.databaseUrl);
  t.teardown(pooler.close);
  const database = nameOf(bench.databaseUrl);
  await query(postgres.url, `alter database ${database} set default_transaction_read_only = on`);
  const journal = bench.journal({ databaseUrl: pooler.url });
  await until(() => journal.trouble() === 'the database is read-only');
  await query(postgres.url, `alter database ${database} reset default_transaction_read_only`);
  await until(() => journal.connected());
  const { log } = await openFor(bench, journal, await bench.document());
  log.append('a');
  await log.through(1);
  t.deepEqual(log.outcomes, [{ kind: 'committed', throughSeq: 1 }]);
  await journal.close(0);
});

test.serial('I1 a standby behind the address is waited for, and used once it is promoted', async (t) => {
  const { bench, postgres } = t.context;
  const replica = await startReplica(postgres.url);
  t.teardown(() => replica.stop());
  const journal = bench.journal({ databaseUrl: replica.urlOf(bench.databaseUrl) });
  await until(() => journal.trouble() === 'the database is a standby');
  t.false(journal.connected());
  await replica.promote();
  await until(() => journal.connected());
  t.is(journal.trouble(), undefined);
  await journal.close(0);
});

test.serial('I1 a server that was demoted behind the address is left for the one that writes', async (t) => {
  const { bench, postgres } = t.context;
  const replica = await startReplica(postgres.url);
  t.teardown(() => replica.stop());
  const wire = await wireTo(bench.databaseUrl);
  t.teardown(wire.close);
  const journal = bench.journal({ databaseUrl: wire.url });
  const [log] = (await openLogs(bench, journal, 1)) as [RecordedLog];
  log.append('a');
  await log.through(1);
  wire.turnTo(replica.urlOf(bench.databaseUrl));
  await until(() => journal.trouble() === 'the database is a standby');
  log.append('b');
  wire.turnTo(bench.databaseUrl);
  await log.through(2);
  t.deepEqual(log.outcomes, [
    { kind: 'committed', throughSeq: 1 },
    { kind: 'committed', throughSeq: 2 },
  ]);
  await journal.close(0);
});

/** Another PostgreSQL, whose commits wait for a standby; what stands still with it is waited for in vain. */
async function withStandby(t: ExecutionContext) {
  const postgres = await startPostgres();
  t.teardown(() => postgres.stop());
  const bench = await journalBench(await postgres.createDatabase());
  t.teardown(() => bench.close());
  const standby = await startReplica(postgres.url);
  t.teardown(async () => {
    standby.thaw();
    await standby.stop();
  });
  await until(async () => (await query(postgres.url, 'select 1 from pg_stat_replication')).length > 0);
  await query(postgres.url, "alter system set synchronous_standby_names = '*'");
  await query(postgres.url, 'select pg_reload_conf()');
  await until(
    async () => (await query(postgres.url, "select 1 from pg_stat_replication where sync_state = 'sync'")).length > 0,
  );
  /** Breaks off the wait of whoever waits for the standby, as an operator does. */
  const breakOff = async (how: 'cancel' | 'terminate', name = 'stet journal') => {
    await until(
      async () =>
        (
          await query(
            postgres.url,
            `select pg_${how}_backend(pid) from pg_stat_activity where wait_event = 'SyncRep' and application_name = '${name}'`,
          )
        ).length > 0,
    );
  };
  return { postgres, bench, standby, breakOff };
}

for (const how of ['cancel', 'terminate'] as const) {
  test.serial(
    `I1 a commit that stopped waiting for its standby (${how}) is not acknowledged before that has it`,
    async (t) => {
      const { bench, standby, breakOff } = await withStandby(t);
      const journal = bench.journal({ statementTimeoutMs: 60_000 });
      const [log] = (await openLogs(bench, journal, 1)) as [RecordedLog];
      log.append('before');
      await log.through(1);
      standby.freeze();
      log.append('alone');
      await breakOff(how);
      await until(async () => (await bench.head(log.documentId)).headSeq === 2);
      // Reading it back waits for the standby as well, however often that is broken off.
      for (const again of [how, 'cancel'] as const) {
        await Promise.race([breakOff(again), log.through(2)]);
        t.is(log.committed, 1);
      }
      await until(() => journal.trouble() !== undefined);
      if (how === 'cancel') t.is(journal.trouble(), 'no synchronous standby confirms what is written');
      standby.thaw();
      await log.through(2);
      t.deepEqual(log.outcomes, [
        { kind: 'committed', throughSeq: 1 },
        { kind: 'committed', throughSeq: 2 },
      ]);
      await until(() => journal.trouble() === undefined);
      const [replicated] = (await query(
        standby.urlOf(bench.databaseUrl),
        'select count(*)::int as updates from draft_updates',
      )) as { updates: number }[];
      t.is(replicated?.updates, 2);
      log.append('after');
      await log.through(3);
    },
  );
}

test.serial('I1 a claim that stopped waiting for its standby is none', async (t) => {
  const { bench, standby, breakOff } = await withStandby(t);
  const journal = bench.journal({ statementTimeoutMs: 60_000 });
  const documentId = await bench.document();
  standby.freeze();
  const claimed = t.throwsAsync(journal.claim(documentId, 0), { name: 'NotReplicated' });
  await breakOff('cancel', 'stet directory');
  await claimed;
  standby.thaw();
  t.like(await journal.claim(documentId, 1), { epoch: 2, headSeq: 0 });
});

test.serial('I1 barriers that nobody waits for any more are ended at the server', async (t) => {
  const { postgres, bench, standby, breakOff } = await withStandby(t);
  const journal = bench.journal({ statementTimeoutMs: 500 });
  const [log] = (await openLogs(bench, journal, 1)) as [RecordedLog];
  standby.freeze();
  log.append('alone');
  await breakOff('cancel');
  await until(async () => (await bench.head(log.documentId)).headSeq === 1);
  const seen = new Set<unknown>();
  let most = 0;
  await until(async () => {
    const waiting = await query(
      postgres.url,
      "select pid from pg_stat_activity where wait_event = 'SyncRep' and query like '%pg_logical_emit_message%'",
    );
    for (const { pid } of waiting as { pid: number }[]) seen.add(pid);
    most = Math.max(most, waiting.length);
    return seen.size >= 6;
  });
  // The one that waits, the one before, until the next begins, and one that is ending.
  t.true(most <= 3, `${most} at once`);
  t.is(log.committed, 0);
  standby.thaw();
  await log.through(1);
  t.deepEqual(log.outcomes, [{ kind: 'committed', throughSeq: 1 }]);
});

test.serial('I2 while no standby answers nothing is refused, and it is said why', async (t) => {
  const { postgres, bench, standby } = await withStandby(t);
  // Longer than the rows that a lost session locks are waited for.
  const journal = bench.journal({ statementTimeoutMs: 1_500 });
  const logs = await openLogs(bench, journal, 3);
  standby.freeze();
  for (const log of logs) {
    log.append('waits');
    await until(async () => (await waiting(postgres.url)).length > 0);
  }
  await until(() => journal.trouble() === 'no synchronous standby confirms what is written');
  const seen = new Set<number>();
  let most = 0;
  await until(async () => {
    const pids = await waiting(postgres.url);
    for (const pid of pids) seen.add(pid);
    most = Math.max(most, pids.length);
    return seen.size >= 8;
  });
  t.true(most <= 4, `${most} sessions at once`);
  t.deepEqual(
    logs.flatMap(({ outcomes }) => outcomes),
    [],
  );
  standby.thaw();
  await Promise.all(logs.map((log) => log.through(1)));
  for (const { outcomes } of logs) t.deepEqual(outcomes, [{ kind: 'committed', throughSeq: 1 }]);
});

/** Sessions of the journal that wait for a standby. */
async function waiting(url: string): Promise<number[]> {
  const rows = await query(
    url,
    "select pid from pg_stat_activity where wait_event = 'SyncRep' and application_name = 'stet journal'",
  );
  return (rows as { pid: number }[]).map(({ pid }) => pid);
}

test.serial('a claim that gets no answer leaves no session behind that others would wait for', async (t) => {
  const { bench, standby } = await withStandby(t);
  const journal = bench.journal({ statementTimeoutMs: 1_000 });
  const documents = await Promise.all(Array.from({ length: 4 }, () => bench.document()));
  await until(() => journal.connected());
  standby.freeze();
  const claims = await Promise.allSettled(documents.map((documentId) => journal.claim(documentId, 0)));
  t.true(claims.every(({ status }) => status === 'rejected'));
  for (const documentId of documents) t.like(await journal.head(documentId), { epoch: 0, headSeq: 0 });
  standby.thaw();
});

test.serial('I1 a database whose numbers of transactions run out takes writes as long as it can', async (t) => {
  const postgres = await startPostgres();
  t.teardown(() => postgres.stop());
  const bench = await journalBench(await postgres.createDatabase());
  t.teardown(() => bench.close());
  await query(postgres.url, "alter system set autovacuum_naptime = '2000000s'");
  await query(postgres.url, 'select pg_reload_conf()');
  // 20 million before the end, of a database that nobody vacuums.
  await query(postgres.url, 'create database forgotten');
  const old = `((pg_current_xact_id()::text::bigint + 4294967296 - 2147483648 + 20000000) % 4294967296)::text::xid`;
  await query(
    postgres.url,
    `set allow_system_table_mods = on; update pg_database set datfrozenxid = ${old} where datname = 'forgotten'`,
  );
  await query(postgres.url, 'vacuum (freeze)');
  const [warned] = await bench.sql('select pg_current_xact_id()');
  t.truthy(warned);
  const journal = bench.journal();
  const [log] = (await openLogs(bench, journal, 1)) as [RecordedLog];
  log.append('a');
  await log.through(1);
  await query(
    bench.databaseUrl,
    "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'stet journal'",
  );
  log.append('b');
  await log.through(2);
  t.is(log.committed, 2);
  t.is(journal.trouble(), undefined);
});
