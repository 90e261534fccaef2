/** The journal when PostgreSQL, or the way to it, fails at the worst moment: nothing twice, nothing lost, no gaps. */
import anyTest, { type TestFn } from 'ava';
import type { PostgresJournal } from '../../../../src/storage/postgres/journal/index.ts';
import { until } from '../../../support/helpers.ts';
import {
  type JournalBench,
  journalBench,
  openFor,
  type RecordedLog,
  type Wire,
  wireTo,
} from '../../../support/journal.ts';
import { startPostgres, type TestPostgres } from '../../../support/services.ts';

const test = anyTest as TestFn<{ postgres: TestPostgres; bench: JournalBench }>;

// A PostgreSQL of its own: it is stopped and killed.
test.before(async (t) => {
  const postgres = await startPostgres();
  t.context = { postgres, bench: await journalBench(await postgres.createDatabase()) };
});
test.after.always(async (t) => {
  await t.context.bench?.close();
  await t.context.postgres?.stop();
});

/** A small deterministic generator (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

async function openLogs(bench: JournalBench, journal: PostgresJournal, count: number): Promise<RecordedLog[]> {
  return await Promise.all(
    Array.from({ length: count }, async () => (await openFor(bench, journal, await bench.document())).log),
  );
}

/** What was appended is in the database once and in order, and everything in it was reported as committed. */
async function whole(bench: JournalBench, log: RecordedLog): Promise<string[]> {
  const wrong: string[] = [];
  const rows = await bench.logged(log.documentId);
  for (const [index, { seq, update }] of rows.entries()) {
    if (seq !== index + 1) wrong.push(`row ${index} has seq ${seq}`);
    if (update.toString() !== log.appended.get(seq)) wrong.push(`seq ${seq} holds ${update} instead`);
  }
  const { headSeq } = await bench.head(log.documentId);
  if (headSeq !== rows.length) wrong.push(`head ${headSeq} with ${rows.length} rows`);
  if (log.committed > rows.length) wrong.push(`${log.committed} reported as committed, ${rows.length} are there`);
  if (rows.length > log.appended.size) wrong.push('more than was appended');
  let last = 0;
  for (const outcome of log.outcomes) {
    if (outcome.kind !== 'committed') wrong.push(`ended as ${outcome.kind}`);
    else if (outcome.throughSeq <= last) wrong.push(`${outcome.throughSeq} reported after ${last}`);
    else last = outcome.throughSeq;
  }
  return wrong;
}

async function assertWhole(
  t: { deepEqual(a: unknown, b: unknown): unknown },
  bench: JournalBench,
  logs: RecordedLog[],
) {
  for (const log of logs) t.deepEqual(await whole(bench, log), []);
}

test.serial('I1 I2 the writing session is killed again and again under load', async (t) => {
  const { bench } = t.context;
  const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
  t.log({ seed });
  const random = randomFrom(seed);
  const journal = bench.journal();
  const logs = await openLogs(bench, journal, 8);
  let kills = 0;
  for (let round = 0; round < 120; round += 1) {
    for (const log of logs) {
      const count = Math.floor(random() * 4);
      for (let index = 0; index < count; index += 1) log.append(`${round}.${index}`);
    }
    if (random() < 0.2) {
      const killed = await bench.sql(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where application_name = 'stet journal' and datname = current_database()`,
      );
      kills += killed.length;
    } else if (random() < 0.5) await new Promise(setImmediate);
  }
  await Promise.all(logs.map((log) => log.through(log.appended.size)));
  t.true(kills > 0);
  await assertWhole(t, bench, logs);
});

for (const [moment, cut] of [
  ['before the request arrives', (wire: Wire) => wire.cutAtNextRequest()],
  ['after the commit and before its answer arrives', (wire: Wire) => wire.cutAtNextAnswer()],
] as const) {
  test.serial(`I1 I2 the connection is cut ${moment}`, async (t) => {
    const { bench } = t.context;
    const wire = await wireTo(bench.databaseUrl);
    t.teardown(wire.close);
    const journal = bench.journal({ databaseUrl: wire.url });
    const logs = await openLogs(bench, journal, 3);
    for (const log of logs) log.append('before');
    await Promise.all(logs.map((log) => log.through(1)));
    for (let round = 1; round <= 8; round += 1) {
      cut(wire);
      for (const log of logs) log.append(`during ${round}`);
      await until(() => wire.cuts() === round);
      for (const log of logs) log.append(`after ${round}`);
      await Promise.all(logs.map((log) => log.through(log.appended.size)));
    }
    await assertWhole(t, bench, logs);
    await journal.close(1_000);
  });
}

test.serial(
  'I2 a commit without an answer whose document was taken meanwhile is not reported as committed',
  async (t) => {
    const { bench } = t.context;
    const wire = await wireTo(bench.databaseUrl);
    t.teardown(wire.close);
    const journal = bench.journal({ databaseUrl: wire.url, statementTimeoutMs: 300 });
    const [taken, kept] = (await openLogs(bench, journal, 2)) as [RecordedLog, RecordedLog];
    for (const log of [taken, kept]) log.append('a');
    await Promise.all([taken.through(1), kept.through(1)]);
    wire.hold();
    for (const log of [taken, kept]) log.append('b');
    await until(() => !journal.connected());
    t.deepEqual(await bench.journal().claim(taken.documentId, 1), { epoch: 2, headSeq: 1 });
    wire.flow();
    await until(() => !taken.isOpen && kept.committed === 2);
    t.deepEqual(taken.outcomes.at(-1), { kind: 'fenced' });
    t.is((await bench.logged(taken.documentId)).length, 1);
    await assertWhole(t, bench, [kept]);
    await journal.close(1_000);
  },
);

test.serial(
  'I1 a database that hangs settles nothing; after the statement timeout the outcome is looked up',
  async (t) => {
    const { bench, postgres } = t.context;
    const journal = bench.journal({ statementTimeoutMs: 300 });
    const [log] = (await openLogs(bench, journal, 1)) as [RecordedLog];
    log.append('a');
    await log.through(1);
    const [backend] = await bench.sql(
      `select pid from pg_stat_activity where application_name = 'stet journal' and datname = current_database()
     order by backend_start desc limit 1`,
    );
    const stopped = [postgres.pid, Number(backend?.pid)];
    for (const pid of stopped) process.kill(pid, 'SIGSTOP');
    try {
      log.append('b');
      log.append('c');
      await until(() => !journal.connected());
      t.is(log.committed, 1);
    } finally {
      for (const pid of stopped) process.kill(pid, 'SIGCONT');
    }
    await log.through(3);
    await assertWhole(t, bench, [log]);
    await journal.close(1_000);
  },
);

test.serial('I1 PostgreSQL crashes and comes back: nothing settles meanwhile, and it goes on by itself', async (t) => {
  const { bench, postgres } = t.context;
  const journal = bench.journal();
  const logs = await openLogs(bench, journal, 3);
  for (const log of logs) log.append('before');
  await Promise.all(logs.map((log) => log.through(1)));
  await postgres.stopImmediate();
  await until(() => !journal.connected());
  const counts = logs.map(({ outcomes }) => outcomes.length);
  for (const log of logs) for (let index = 0; index < 50; index += 1) log.append(`during ${index}`);
  await t.throwsAsync(journal.head(logs[0]?.documentId ?? ''));
  t.deepEqual(
    logs.map(({ outcomes }) => outcomes.length),
    counts,
  );
  await postgres.start();
  await Promise.all(logs.map((log) => log.through(51)));
  await assertWhole(t, bench, logs);
  await journal.close(1_000);
});

test.serial('closing while the database is away ends what waits as closed, by the deadline', async (t) => {
  const { bench } = t.context;
  const wire = await wireTo(bench.databaseUrl);
  t.teardown(wire.close);
  const journal = bench.journal({ databaseUrl: wire.url });
  const [flying, waiting] = (await openLogs(bench, journal, 2)) as [RecordedLog, RecordedLog];
  flying.append('a');
  await flying.through(1);
  wire.hold();
  flying.append('in flight');
  await until(() => flying.appended.size === 2);
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  waiting.append('queued');
  await journal.close(50);
  await until(() => !flying.isOpen && !waiting.isOpen);
  t.deepEqual(flying.outcomes, [{ kind: 'committed', throughSeq: 1 }, { kind: 'closed' }]);
  t.deepEqual(waiting.outcomes, [{ kind: 'closed' }]);
  t.false(journal.connected());
});
