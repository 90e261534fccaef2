// Checks of the services that a node uses: PostgreSQL, its replicas, the embedded database, Redis.
import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { findBinaries } from '../../embedded/binaries.ts';
import { assertOpens } from '../../embedded/data-version.ts';
import { readPostmaster } from '../../embedded/lock-files.ts';
import { isAlive } from '../../embedded/processes.ts';
import { DatabaseRefusal } from '../../embedded/refusal.ts';
import { findRunningPostgres } from '../../embedded/running.ts';
import { CONNECT_WITHIN_MS, type Finding, note, ok, problem, reason, withoutSecret } from './finding.ts';

const CLOCK_TOLERANCE_MS = 1_000;

/** One row of one query on a connection of its own. */
async function ask<Row extends pg.QueryResultRow>(url: string, sql: string): Promise<Row | undefined> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: CONNECT_WITHIN_MS });
  // A connection lost between two steps is reported by the step.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return (await client.query<Row>(sql)).rows[0];
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** The first release of 18 that is not known to crash; as `server_version_num` has it. */
const CRASH_FIXED_IN = 180_005;
const CRASH_FIX =
  'use PostgreSQL 17, or 18.5 or newer: 18.0 to 18.4 can crash when a statement rechecks a locked row and then reads ' +
  'partitions; Stet has no such statement, but other programs on this server may';

/** PostgreSQL 18.0 to 18.4 read freed memory (docs/decisions/2026-11-locks-before-partitions.md). */
export const mayCrash = (versionNumber: number): boolean => versionNumber >= 180_000 && versionNumber < CRASH_FIXED_IN;

const SHARED_FIX =
  'set pool_mode=session, or connect DATABASE_URL to PostgreSQL directly: Stet keeps roles, prepared statements and locks in sessions';
/** Poolers that assign sessions in turn give the same one a few times at most. */
const SHARED_TRIES = 5;

/**
 * Whether a pooler gives each transaction any session that is free: one that is used by a connection is then used by another
 * while both are open, or the first gets a new one while the other keeps it in a transaction.
 */
async function sharesSessions(url: string): Promise<boolean> {
  const options = {
    connectionString: url,
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
    query_timeout: CONNECT_WITHIN_MS,
  };
  const [one, other] = [new pg.Client(options), new pg.Client(options)];
  const sessionOf = async (client: pg.Client): Promise<number | undefined> =>
    (await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
  // A connection lost between two steps is reported by the step.
  for (const client of [one, other]) client.on('error', () => undefined);
  try {
    await one.connect();
    await other.connect();
    const first = await sessionOf(one);
    await other.query('BEGIN');
    if ((await sessionOf(other)) === first) return true;
    for (let at = 0; at < SHARED_TRIES; at += 1) if ((await sessionOf(one)) !== first) return true;
    return false;
  } finally {
    await Promise.all([one, other].map((client) => client.end().catch(() => undefined)));
  }
}

export async function checkDatabase(env: NodeJS.ProcessEnv): Promise<Finding> {
  const url = env.DATABASE_URL;
  if (!url) return checkEmbedded(env);
  const sql = `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
    current_setting('server_version_num')::int AS number`;
  try {
    const row = await ask<{ version: string; fsync: string; number: number }>(url, sql);
    const found = `PostgreSQL ${row?.version ?? '?'} at ${withoutSecret(url)}`;
    if (await sharesSessions(url))
      return problem(`${found}, through a pooler that shares sessions between transactions`, SHARED_FIX);
    if (row?.fsync === 'off') return problem(`${found}, with fsync off`, 'turn fsync on: a crash can lose saved work');
    return mayCrash(row?.number ?? 0) ? note(`${found}, which can crash`, CRASH_FIX) : ok(found);
  } catch (error) {
    const fix = 'start PostgreSQL, correct DATABASE_URL, or unset it to use the embedded database';
    return problem(`${withoutSecret(url)}: ${reason(error)}`, fix);
  }
}

const REFUSALS = `
  SELECT count(*) OVER () AS documents, document_id AS id, code, reason, since FROM draft_refusals ORDER BY since LIMIT 1`;

/** Documents whose changes PostgreSQL rejects, as nodes recorded them. */
export async function checkRefusals(env: NodeJS.ProcessEnv): Promise<Finding> {
  const url = env.DATABASE_URL ?? findRunningPostgres(resolve(env.DATA_DIR ?? '.stet'));
  if (!url) return ok('not checked: the database is not running');
  const first = await ask<{ documents: string; id: string; code: string; reason: string; since: Date }>(
    url,
    REFUSALS,
  ).catch(() => null);
  // Another check reports the database; one without this table has served no node that writes to it.
  if (first === null) return ok('not checked: the database cannot be read');
  if (!first) return ok('the database accepts all changes');
  const { documents, id, code, reason, since } = first;
  return note(
    `PostgreSQL rejects the changes of ${documents === '1' ? 'a document' : `${documents} documents`}: ${id} since ${since.toISOString()}, ${code} ${reason}`,
    'remove the cause, such as a trigger, a constraint, a lock or damaged rows; editors keep the changes and save them afterwards',
  );
}

const REPLICATION_STATE = `
  SELECT pg_is_in_recovery() AS standby, (SELECT system_identifier::text FROM pg_control_system()) AS system,
    CASE WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0
      ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp())::float8 END AS behind_s`;
interface ReplicationState {
  standby: boolean;
  system: string;
  behind_s: number | null;
}

export async function checkReplicas(env: NodeJS.ProcessEnv): Promise<Finding> {
  const urls = (env.DATABASE_REPLICA_URLS ?? '').split(',').map((one) => one.trim());
  if (urls[0] === '') return ok('none, the primary serves all reads');
  const primary = env.DATABASE_URL
    ? await ask<ReplicationState>(env.DATABASE_URL, REPLICATION_STATE).catch(() => undefined)
    : undefined;
  const found = await Promise.all(urls.map((url) => replica(url, primary?.system)));
  const text = found.map((one) => one.found).join('; ');
  const worst = found.find(({ verdict }) => verdict === 'note');
  return worst?.fix === undefined ? ok(text) : note(text, worst.fix);
}

/** @param system the primary's cluster, when it is known */
async function replica(url: string, system: string | undefined): Promise<Finding> {
  const name = withoutSecret(url);
  const useless = 'correct DATABASE_REPLICA_URLS; until then the primary serves the reads';
  try {
    const state = await ask<ReplicationState>(url, REPLICATION_STATE);
    if (!state?.standby) return note(`${name} is not a replica`, useless);
    if (system !== undefined && state.system !== system) return note(`${name} belongs to another cluster`, useless);
    return ok(`${name}, ${Math.max(Math.round(state.behind_s ?? 0), 0)} s behind`);
  } catch (error) {
    return note(
      `${name}: ${reason(error)}`,
      'start the replica, or correct DATABASE_REPLICA_URLS; until then the primary serves the reads',
    );
  }
}

function checkEmbedded(env: NodeJS.ProcessEnv): Finding {
  const binaries = findBinaries();
  if (!binaries)
    return problem(
      `no embedded PostgreSQL for ${process.platform} ${process.arch}`,
      'set DATABASE_URL to a PostgreSQL server',
    );
  const folder = join(resolve(env.DATA_DIR ?? '.stet'), 'postgres');
  const name = `embedded PostgreSQL ${binaries.version}`;
  if (!existsSync(folder)) return ok(`${name}, will be created in ${folder}`);
  try {
    statSync(join(folder, 'PG_VERSION'));
    assertOpens(binaries, resolve(env.DATA_DIR ?? '.stet'), folder);
  } catch (error) {
    if (error instanceof DatabaseRefusal) return problem(name, error.message);
    return problem(
      `${name}, ${folder}: ${reason(error)}`,
      'run Stet as the user who owns the folder, or move the folder away',
    );
  }
  const running = readPostmaster(folder);
  return ok(
    `${name}, data in ${folder}, ${running && isAlive(running.pid) ? `running on port ${running.port}` : 'not running'}`,
  );
}

export async function checkRedis(env: NodeJS.ProcessEnv): Promise<Finding> {
  const url = env.REDIS_URL;
  if (!url) return ok('none, single node (set REDIS_URL for a cluster)');
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_WITHIN_MS,
    maxRetriesPerRequest: 0,
    retryStrategy: () => null,
  });
  let last = '';
  redis.on('error', (error: Error) => {
    last = reason(error);
  });
  try {
    await redis.connect();
    const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? '?';
    return ok(`Redis ${version} at ${withoutSecret(url)}`);
  } catch (error) {
    return problem(
      `${withoutSecret(url)}: ${last || reason(error)}`,
      'start Redis, correct REDIS_URL, or unset it to run a single node',
    );
  } finally {
    redis.disconnect();
  }
}

/** The system clock against the database's: pages and audit events carry times of both. */
export async function checkClock(env: NodeJS.ProcessEnv): Promise<Finding> {
  const now = new Date().toISOString();
  if (!env.DATABASE_URL) return ok(now);
  try {
    const before = Date.now();
    const row = await ask<{ ms: string }>(
      env.DATABASE_URL,
      'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms',
    );
    const apartMs = Math.round(Number(row?.ms ?? 0) - (before + Date.now()) / 2);
    const found = `${Math.abs(apartMs)} ms difference to the database`;
    return Math.abs(apartMs) <= CLOCK_TOLERANCE_MS ? ok(found) : note(found, 'synchronize both clocks with NTP');
  } catch {
    return note(now, 'start the database to compare its clock');
  }
}
