/** The journal over synchronous standbys: what a standby does not confirm is not acknowledged, and nothing piles up. */
import test, { type ExecutionContext } from 'ava';
import { query, until } from '../../../support/helpers.ts';
import { journalBench, type RecordedLog } from '../../../support/journal.ts';
import { openLogs } from '../../../support/journal-faults.ts';
import { startReplica } from '../../../support/replica.ts';
import { startPostgres } from '../../../support/services.ts';

test.beforeEach((t) => t.timeout(120_000));

/** A PostgreSQL whose commits wait for a standby, which can be frozen. */
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
      if (how === 'cancel') t.is(journal.trouble(), 'no synchronous standby confirms writes');
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

test.serial('I2 while no standby answers nothing is refused, and the journal says why', async (t) => {
  const { postgres, bench, standby } = await withStandby(t);
  // Longer than the rows that a lost session locks are waited for.
  const journal = bench.journal({ statementTimeoutMs: 1_500 });
  const logs = await openLogs(bench, journal, 3);
  standby.freeze();
  for (const log of logs) {
    log.append('waits');
    await until(async () => (await waiting(postgres.url)).length > 0);
  }
  await until(() => journal.trouble() === 'no synchronous standby confirms writes');
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
