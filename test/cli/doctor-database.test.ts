/** What the doctor says of the database's address: whether what a session keeps is kept. */
import test from 'ava';
import pg from 'pg';
import { examine } from '../../src/cli/doctor.ts';
import { startPostgres } from '../support/services.ts';
import { sessionPoolerTo } from '../support/session-pooler.ts';
import { transactionPoolerTo } from '../support/transaction-pooler.ts';

const databaseOf = async (url: string) =>
  (await examine({ ...process.env, DATABASE_URL: url })).find(({ name }) => name === 'database');

test('the doctor finds a pooler that gives each transaction another session, and no fault with one that does not', async (t) => {
  const postgres = await startPostgres();
  t.teardown(() => postgres.stop());
  const [bySession, byTransaction] = [await sessionPoolerTo(postgres.url), await transactionPoolerTo(postgres.url)];
  t.teardown(() => Promise.all([bySession.close(), byTransaction.close()]));
  // One has been there: a session is open that others get.
  const before = new pg.Client({ connectionString: byTransaction.url });
  await before.connect();
  t.teardown(() => before.end());
  await before.query('select 1');
  t.like(await databaseOf(postgres.url), { verdict: 'ok' });
  t.like(await databaseOf(bySession.url), { verdict: 'ok' });
  const found = await databaseOf(byTransaction.url);
  t.is(found?.verdict, 'fix');
  t.regex(found?.found ?? '', /a pooler that shares sessions between transactions/);
  t.regex(found?.fix ?? '', /pool_mode=session/);
});
