/**
 * The journal over a database that takes no writes for a while: read-only, away, full, a standby, or behind a pooler. Sessions
 * that cannot write are replaced, and what waits is written as soon as it can be.
 */
import { JournalConnection } from '../../../../src/storage/postgres/journal/connection.ts';
import { isUnavailable } from '../../../../src/storage/postgres/unavailable.ts';
import { query, until } from '../../../support/helpers.ts';
import { journalBench, openFor, type RecordedLog, wireTo } from '../../../support/journal.ts';
import { databaseOf, endJournalSessions, openLogs, testWithPostgres } from '../../../support/journal-faults.ts';
import { startReplica } from '../../../support/replica.ts';
import { startPostgres } from '../../../support/services.ts';
import { sessionPoolerTo } from '../../../support/session-pooler.ts';
import { silentLog } from '../../../support/silent-log.ts';

const test = testWithPostgres();

test.serial('I1 a database that was read-only takes writes again by itself, on a new session', async (t) => {
  const { bench, postgres } = t.context;
  const journal = bench.journal();
  const [log] = (await openLogs(bench, journal, 1)) as [RecordedLog];
  log.append('before');
  await log.through(1);
  const database = databaseOf(bench.databaseUrl);
  await query(postgres.url, `alter database ${database} set default_transaction_read_only = on`);
  await endJournalSessions(postgres.url, database);
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
  const database = databaseOf(bench.databaseUrl);
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
  await until(() => journal.trouble() === 'the role of this node has no permission to write (42501)');
  await query(bench.databaseUrl, 'grant insert on draft_updates to writer');
  await Promise.all(logs.map((log) => log.through(2)));
  t.is(journal.trouble(), undefined);
  t.true(logs.every((log) => log.isOpen));

  await query(postgres.url, 'alter role writer connection limit 0');
  await endJournalSessions(postgres.url, database);
  await until(() => journal.trouble() === 'the database has too many connections (53300)');
  for (const log of logs) log.append('after');
  await query(postgres.url, 'alter role writer connection limit -1');
  await Promise.all(logs.map((log) => log.through(3)));
  t.true(logs.every((log) => log.isOpen));
  await journal.close(1_000);
});

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
  const database = databaseOf(bench.databaseUrl);
  await query(postgres.url, `alter database ${database} set default_transaction_read_only = on`);
  const journal = bench.journal({ databaseUrl: pooler.url });
  await until(() => journal.trouble() === 'the database is read-only');
  await query(postgres.url, `alter database ${database} reset default_transaction_read_only`);
  // A claim may still meet a session from before, which is then replaced: it is tried again, as a node does.
  let opened: Awaited<ReturnType<typeof openFor>> | undefined;
  await until(async () => {
    opened = await openFor(bench, journal, await bench.document()).catch((error: unknown) => {
      if (!isUnavailable(error)) throw error;
      return undefined;
    });
    return opened !== undefined;
  });
  const { log } = opened!;
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
  await endJournalSessions(bench.databaseUrl, databaseOf(bench.databaseUrl));
  log.append('b');
  await log.through(2);
  t.is(log.committed, 2);
  t.is(journal.trouble(), undefined);
});
