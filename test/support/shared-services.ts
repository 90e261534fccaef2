// One PostgreSQL and one Redis for all test files: the test runner starts them and passes their addresses by environment;
// a file run by hand starts its own. Files do not see each other: each has its own database and its own key prefix.
import { randomBytes } from 'node:crypto';
import { createDatabase, startPostgres, startRedis } from './services.ts';

/** Environment variables by which the test runner passes the addresses. */
export const SHARED = { database: 'STET_TEST_DATABASE_URL', redis: 'STET_TEST_REDIS_URL' } as const;

let postgres: Promise<string> | undefined;
let redis: Promise<string> | undefined;

async function adminUrl(): Promise<string> {
  return process.env[SHARED.database] ?? (await startPostgres()).url;
}

/** An empty database of its own in the shared PostgreSQL. */
export async function freshDatabase(): Promise<string> {
  postgres ??= adminUrl();
  return await createDatabase(await postgres);
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
