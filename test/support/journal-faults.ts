/** Journals in tests about faults of the database: a server and a database for each test file, and logs to append to. */
import anyTest, { type TestFn } from 'ava';
import type { PostgresJournal } from '../../src/storage/postgres/journal/index.ts';
import { query } from './helpers.ts';
import { type JournalBench, journalBench, openFor, type RecordedLog } from './journal.ts';
import { startPostgres, type TestPostgres } from './services.ts';

/** AVA's `test`, with a PostgreSQL server of its own for the file. */
export function testWithPostgres(): TestFn<{ postgres: TestPostgres; bench: JournalBench }> {
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
  return test;
}

/** Logs of new documents. */
export const openLogs = (bench: JournalBench, journal: PostgresJournal, count: number): Promise<RecordedLog[]> =>
  Promise.all(Array.from({ length: count }, async () => (await openFor(bench, journal, await bench.document())).log));

export const databaseOf = (url: string): string => new URL(url).pathname.slice(1);

/** Ends the journal's sessions of a database, at the server. */
export async function endJournalSessions(url: string, database: string): Promise<void> {
  await query(
    url,
    `select pg_terminate_backend(pid) from pg_stat_activity
      where application_name = 'stet journal' and datname = '${database}'`,
  );
}
