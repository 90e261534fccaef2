// One PostgreSQL and one Redis for all test files (shared-browser.ts: one Chromium): the test runner starts them and passes their
// addresses by environment; a file run by hand starts its own. Files do not see each other: each has its own database and its own key prefix.

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { migrate } from '../../src/storage/postgres/migrate.ts';
import { openOrm } from './orm.ts';
import { createDatabase, startPostgres, startRedis } from './services.ts';
import { SHARED } from './shared-addresses.ts';
import { silentLog } from './silent-log.ts';

/** A database with the present schema and nothing in it, that others are copies of: a fifth of the time of migrating each. */
const TEMPLATE = 'stet_template';
/** Whoever has this lock of the server's first database may make the template. */
const TEMPLATE_LOCK = 7_331;

let postgres: Promise<string> | undefined;
let template: Promise<void> | undefined;
let redis: Promise<string> | undefined;

async function adminUrl(): Promise<string> {
  return process.env[SHARED.database] ?? (await startPostgres()).url;
}

/** An empty database of its own in the shared PostgreSQL, without a schema. */
export async function freshDatabase(): Promise<string> {
  postgres ??= adminUrl();
  return await createDatabase(await postgres);
}

/** A database of its own in the shared PostgreSQL, with the present schema and no rows of users. */
export async function migratedDatabase(): Promise<string> {
  postgres ??= adminUrl();
  const url = await postgres;
  template ??= ensureTemplate(url);
  await template;
  return await createDatabase(url, TEMPLATE);
}

/** Gives an empty database the present schema. */
export async function migrateDatabase(databaseUrl: string): Promise<void> {
  const orm = await openOrm(databaseUrl, 2);
  await migrate(orm, silentLog);
  await orm.close();
}

/** Makes the template unless it is there, as it is for all but the first test file that asks. */
async function ensureTemplate(url: string): Promise<void> {
  const admin = new pg.Client({ connectionString: url });
  await admin.connect();
  try {
    await admin.query('select pg_advisory_lock($1)', [TEMPLATE_LOCK]);
    const { rowCount } = await admin.query('select from pg_database where datname = $1', [TEMPLATE]);
    if (rowCount !== 0) return;
    const made = await createDatabase(url);
    await migrateDatabase(made);
    // Under its name once it is whole: whoever ends before that leaves none.
    await admin.query(`alter database ${new URL(made).pathname.slice(1)} rename to ${TEMPLATE}`);
  } finally {
    await admin.end();
  }
}

/** The shared Redis. Others use it too: take a `keyPrefix`, and start your own to flush or kill it. */
export async function sharedRedis(): Promise<string> {
  redis ??= Promise.resolve(process.env[SHARED.redis] ?? startRedis().then((own) => own.url));
  return await redis;
}

/** A prefix for keys and channels that no other test uses. */
export function keyPrefix(): string {
  return `test-${randomBytes(6).toString('hex')}:`;
}
