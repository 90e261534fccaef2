/** Appends that fail: tried again while the fault may pass, and refused alone where one document cannot be written. */
import { until } from '../../../support/helpers.ts';
import type { JournalBench, RecordedLog } from '../../../support/journal.ts';
import { openLogs, testWithPostgres } from '../../../support/journal-faults.ts';

const test = testWithPostgres();

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
  test.serial(`I1 an append that fails once with ${code} is tried again, and its author gets no error`, async (t) => {
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
