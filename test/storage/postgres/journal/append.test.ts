/** The journal on PostgreSQL: the port's contract, and what is its own: group commits, batches, faults of one document. */
import { randomUUID } from 'node:crypto';
import anyTest, { type TestFn } from 'ava';
import pg from 'pg';
import type { PostgresJournal } from '../../../../src/storage/postgres/journal/index.ts';
import { journalContract } from '../../../contracts/journal.ts';
import { until } from '../../../support/helpers.ts';
import { type JournalBench, journalBench, openFor, RecordedLog } from '../../../support/journal.ts';
import { migratedDatabase } from '../../../support/shared-services.ts';

const test = anyTest as TestFn<{ bench: JournalBench; journal: PostgresJournal }>;

test.before(async (t) => {
  const bench = await journalBench(await migratedDatabase());
  t.context = { bench, journal: bench.journal() };
});
test.after.always((t) => t.context.bench?.close());

const texts = (rows: { update: Buffer }[]) => rows.map(({ update }) => update.toString());

journalContract(test, 'PostgreSQL', async ({ context: { bench } }) => ({
  author: bench.author,
  journal: () => bench.journal(),
  document: () => bench.document(),
  write: () => undefined,
}));

test('a document that does not exist is neither found nor claimed', async (t) => {
  const { journal } = t.context;
  t.is(await journal.head(randomUUID()), undefined);
  t.is(await journal.claim(randomUUID(), 0), undefined);
  t.deepEqual(await journal.updates(randomUUID(), 0, 10), []);
});

test('I2 a claim waits for an append in flight and sees its head', async (t) => {
  const { bench, journal } = t.context;
  const documentId = await bench.document();
  const { claim } = await openFor(bench, journal, documentId);
  const other = new pg.Client({ connectionString: bench.databaseUrl });
  await other.connect();
  // An append whose commit is on its way.
  await other.query('begin');
  await other.query('update draft_heads set head_seq = head_seq + 1 where document_id = $1 and epoch = $2', [
    documentId,
    claim.epoch,
  ]);
  const next = bench.journal().claim(documentId, claim.epoch);
  await until(
    async () =>
      (await bench.sql(`select 1 from pg_stat_activity where wait_event_type = 'Lock' and query ~ 'owner_node = '`))
        .length > 0,
  );
  await other.query('commit');
  await other.end();
  t.deepEqual(await next, { epoch: 2, headSeq: 1 });
});

test('many documents share commits', async (t) => {
  const { bench } = t.context;
  const batches: [entries: number, documents: number][] = [];
  const journal = bench.journal({ onBatch: (entries, documents) => batches.push([entries, documents]) });
  const logs = await Promise.all(
    Array.from({ length: 40 }, async () => (await openFor(bench, journal, await bench.document())).log),
  );
  for (let round = 1; round <= 5; round += 1) for (const log of logs) log.append(`${round}`);
  await Promise.all(logs.map((log) => log.through(5)));
  t.deepEqual(batches, [[200, 40]]);
  for (const log of logs) t.deepEqual(texts(await bench.logged(log.documentId)), ['1', '2', '3', '4', '5']);
});

test('I2 a batch with one fenced document commits the others', async (t) => {
  const { bench, journal } = t.context;
  const logs = await Promise.all(
    Array.from({ length: 5 }, async () => (await openFor(bench, journal, await bench.document())).log),
  );
  const [deposed, ...others] = logs as [RecordedLog, ...RecordedLog[]];
  await bench.journal().claim(deposed.documentId, 1);
  for (const log of logs) log.append('x');
  await until(() => logs.every(({ outcomes }) => outcomes.length > 0));
  t.deepEqual(deposed.outcomes, [{ kind: 'fenced' }]);
  for (const log of others) t.deepEqual(log.outcomes, [{ kind: 'committed', throughSeq: 1 }]);
  t.deepEqual(await bench.logged(deposed.documentId), []);
});

test('a document that was deleted is fenced', async (t) => {
  const { bench, journal } = t.context;
  const documentId = await bench.document();
  const { log } = await openFor(bench, journal, documentId);
  await bench.sql('delete from documents where id = $1', [documentId]);
  log.append('x');
  await until(() => !log.isOpen);
  t.deepEqual(log.outcomes, [{ kind: 'fenced' }]);
  await t.throwsAsync(journal.load(documentId), { message: /no draft/ });
});

test('I9 a batch holds no more than its limits, and nothing that waits is forgotten or overtaken', async (t) => {
  const { bench } = t.context;
  const batches: number[] = [];
  const journal = bench.journal({
    maxBatchEntries: 7,
    maxBatchBytes: 1_000,
    onBatch: (entries) => batches.push(entries),
  });
  const logs = await Promise.all(
    Array.from({ length: 4 }, async () => (await openFor(bench, journal, await bench.document())).log),
  );
  for (const log of logs) for (let index = 1; index <= 20; index += 1) log.append(`${index}`);
  const [big] = logs as [RecordedLog];
  for (let index = 21; index <= 25; index += 1) big.append('x'.repeat(900));
  await Promise.all(logs.map((log) => log.through(log.appended.size)));
  t.true(batches.every((entries) => entries <= 7));
  t.is(
    batches.reduce((sum, entries) => sum + entries, 0),
    85,
  );
  for (const log of logs) {
    t.deepEqual(texts(await bench.logged(log.documentId)), [...log.appended.values()]);
  }
});

test('a poison entry ends its own document only', async (t) => {
  const { bench, journal } = t.context;
  const logs = await Promise.all(
    Array.from({ length: 4 }, async () => (await openFor(bench, journal, await bench.document())).log),
  );
  const [poisoned, ...others] = logs as [RecordedLog, ...RecordedLog[]];
  poisoned.append('x', { author: { userId: 'nobody', sessionId: 'none' } });
  for (const log of others) log.append('x');
  await until(() => logs.every(({ outcomes }) => outcomes.length > 0));
  t.like(poisoned.outcomes, [{ kind: 'refused', error: { code: '22P02' } }]);
  for (const log of others) t.deepEqual(log.outcomes, [{ kind: 'committed', throughSeq: 1 }]);
  others[0]?.append('y');
  await others[0]?.through(2);
  t.is(others[0]?.committed, 2, 'the writer goes on');
});

test('the two newest snapshots stay, and the journal stays whole', async (t) => {
  const { bench, journal } = t.context;
  const documentId = await bench.document();
  const { log } = await openFor(bench, journal, documentId);
  for (const text of ['a', 'bb', 'ccc', 'dddd']) log.append(text);
  await log.through(4);
  for (const seq of [1, 2, 3]) {
    t.true(await journal.saveSnapshot({ documentId, epoch: 1, seq, state: Buffer.from(`state ${seq}`) }));
  }
  const kept = await bench.sql('select seq from draft_snapshots where document_id = $1 order by seq', [documentId]);
  t.deepEqual(
    kept.map(({ seq }) => Number(seq)),
    [2, 3],
  );
  t.is((await bench.logged(documentId)).length, 4);
});

test('I7 a hole in the journal is refused loudly', async (t) => {
  const { bench, journal } = t.context;
  for (const missing of [1, 2, 3]) {
    const documentId = await bench.document();
    const { log } = await openFor(bench, journal, documentId);
    for (const text of ['a', 'b', 'c']) log.append(text);
    await log.through(3);
    await bench.sql('delete from draft_updates where document_id = $1 and seq = $2', [documentId, missing]);
    await t.throwsAsync(journal.load(documentId), { message: /has 2 updates after 0, not 3/ });
  }
});

test('closing the journal writes what is queued and ends every log', async (t) => {
  const { bench } = t.context;
  const journal = bench.journal();
  const { log } = await openFor(bench, journal, await bench.document());
  log.append('in time');
  await journal.close(10_000);
  t.deepEqual(log.outcomes, [{ kind: 'committed', throughSeq: 1 }]);
  t.deepEqual(texts(await bench.logged(log.documentId)), ['in time']);
  t.false(journal.connected());
  log.append('too late');
  await until(() => !log.isOpen);
  t.deepEqual(log.outcomes.at(-1), { kind: 'closed' });
  t.is((await bench.logged(log.documentId)).length, 1);
});

test('a journal has one writing session, however many wait for it, and leaves none behind', async (t) => {
  const bench = await journalBench(await migratedDatabase());
  t.teardown(bench.close);
  const sessions = async () =>
    await bench.sql(
      `select 1 from pg_stat_activity where application_name = 'stet journal' and datname = current_database()`,
    );
  const documentId = await bench.document();
  await bench.sql('update draft_heads set epoch = 1 where document_id = $1', [documentId]);
  const journal = bench.journal();
  // Appended while the first session is still being made.
  const log = new RecordedLog(journal, documentId, { epoch: 1, headSeq: 0 }, bench.author);
  log.append('x');
  await log.through(1);
  await until(async () => (await sessions()).length === 1);
  await journal.close(1_000);
  await until(async () => (await sessions()).length === 0);
  const hasty = bench.journal();
  await hasty.close(0);
  await until(async () => (await sessions()).length === 0);
  t.pass();
});

test('I9 no statement of the journal reads a whole table, however small it was when the statement was planned', async (t) => {
  const bench = await journalBench(await migratedDatabase());
  t.teardown(bench.close);
  const scans = async () => {
    // A session hands its counts over when it ends.
    await until(async () => {
      const [open] = await bench.sql(
        `select from pg_stat_activity where application_name like 'stet%' and datname = current_database()`,
      );
      return open === undefined;
    });
    const rows = await bench.sql(
      `select relname as name, seq_scan::int as whole, coalesce(idx_scan, 0)::int as keyed from pg_stat_user_tables
        where relname like 'draft%' order by relname`,
    );
    return new Map(rows.map(({ name, whole, keyed }) => [name, { whole: Number(whole), keyed: Number(keyed) }]));
  };
  const before = await scans();
  const journal = bench.journal();
  for (let n = 0; n < 3; n += 1) {
    const { log } = await openFor(bench, journal, await bench.document());
    log.append('one', { newClients: [n + 1] });
    await log.through(1);
    log.append('two');
    await log.through(2);
  }
  await journal.close(1_000);
  const after = await scans();
  t.true(Number(after.get('draft_heads')?.keyed) > Number(before.get('draft_heads')?.keyed));
  const whole = (of: typeof after) => [...of].map(([name, counts]) => [name, counts.whole]);
  t.deepEqual(whole(after), whole(before));
});
