// `stet doctor`: what this machine and its settings offer, a line each, with `ok` or the mend.
// Reads only: starts nothing, changes nothing, prints no secret. Does not know how the server is composed.
// Exit code: 0 when Stet can run (notes are allowed), 1 when something must be mended first.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import os from 'node:os';
import { join, resolve } from 'node:path';
import { Redis } from 'ioredis';
import pg from 'pg';
import { findBinaries } from '../embedded/binaries.ts';
import { assertOpens } from '../embedded/data-version.ts';
import { readPostmaster } from '../embedded/lock-files.ts';
import { isAlive } from '../embedded/processes.ts';
import { DatabaseRefusal } from '../embedded/refusal.ts';
import { findRunningPostgres } from '../embedded/running.ts';
import { isListening, readConnections } from '../gateway/listener/system-connections.ts';
import { createNetworkSet, networkOf } from '../lib/addresses.ts';

/** `note`: runs, but could be better. `mend`: does not run so. */
export interface Finding {
  readonly verdict: 'ok' | 'note' | 'mend';
  readonly found: string;
  /** What to do about it; absent when ok. */
  readonly mend?: string;
}

type Check = (env: NodeJS.ProcessEnv) => Finding | Promise<Finding>;

const ROOT = resolve(import.meta.dirname, '..', '..');
const CONNECT_WITHIN_MS = 3_000;
const OPEN_FILES_WANTED = 8_192;
const MEMORY_WANTED_BYTES = 512 * 1024 * 1024;
const CLOCK_TOLERANCE_MS = 1_000;

const ok = (found: string): Finding => ({ verdict: 'ok', found });
const note = (found: string, mend: string): Finding => ({ verdict: 'note', found, mend });
const toMend = (found: string, mend: string): Finding => ({ verdict: 'mend', found, mend });
const reason = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));

/** A connection string without its password. */
export function withoutSecret(text: string): string {
  if (!URL.canParse(text)) return '(not an address)';
  const { protocol, host, pathname } = new URL(text);
  return `${protocol}//${host}${pathname}`;
}

function checkNode(): Finding {
  const [major = 0] = process.versions.node.split('.').map(Number);
  const found = `${process.versions.node} (${process.platform} ${process.arch})`;
  return major >= 24 ? ok(found) : toMend(found, 'run "npm start" once: it installs Node 24 beside the project');
}

function checkGlibc(): Finding {
  if (process.platform !== 'linux') return ok('not needed on this system');
  const host = /^glibc ([\d.]+)/.exec(
    spawnSync('getconf', ['GNU_LIBC_VERSION'], { encoding: 'utf8' }).stdout ?? '',
  )?.[1];
  if (host === undefined) return note('this Linux has none', 'use a distribution with glibc 2.38 or newer');
  if (existsSync(join(ROOT, 'node_modules', 'node', 'glibc'))) {
    return ok(`${host}, a newer one is kept beside the project's Node`);
  }
  const [major = 0, minor = 0] = host.split('.').map(Number);
  if (major > 2 || minor >= 38) return ok(host);
  return note(
    `${host}, uWebSockets.js needs 2.38`,
    'run "npm start" on a Debian or Ubuntu with network: it fetches one',
  );
}

async function checkListener(env: NodeJS.ProcessEnv): Promise<Finding> {
  const wanted = env.LISTENER ?? 'auto';
  if (wanted === 'node') return ok('node:http (LISTENER=node)');
  try {
    await import('uWebSockets.js');
    return ok('uWebSockets.js');
  } catch (error) {
    const why = reason(error).trim().split('\n').at(-1) ?? '';
    const mend = 'run "npm start" on a Debian or Ubuntu with network, or use a system with glibc 2.38 or newer';
    return wanted === 'uws' ? toMend(why, `${mend}, or set LISTENER=auto`) : note(`node:http, because: ${why}`, mend);
  }
}

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
const CRASH_MENDED = 180_005;
const CRASH_MEND =
  'use PostgreSQL 17, or 18.5 or newer: 18.0 to 18.4 may end all sessions when a locked row is checked again and ' +
  'partitions are read after it; no statement of Stet does that, others on that server may';

/** PostgreSQL 18.0 to 18.4 read freed memory (docs/decisions/2026-11-locks-before-partitions.md). */
export const mayCrash = (versionNumber: number): boolean => versionNumber >= 180_000 && versionNumber < CRASH_MENDED;

const SHARED_MEND =
  'set pool_mode=session for it, or name PostgreSQL itself in DATABASE_URL: roles, prepared statements and locks are kept in sessions';
/** Poolers that hand sessions out in turn give the same one a few times at most. */
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

async function checkDatabase(env: NodeJS.ProcessEnv): Promise<Finding> {
  const url = env.DATABASE_URL;
  if (!url) return checkEmbedded(env);
  const sql = `SELECT current_setting('server_version') AS version, current_setting('fsync') AS fsync,
    current_setting('server_version_num')::int AS number`;
  try {
    const row = await ask<{ version: string; fsync: string; number: number }>(url, sql);
    const found = `PostgreSQL ${row?.version ?? '?'} at ${withoutSecret(url)}`;
    if (await sharesSessions(url))
      return toMend(`${found}: a pooler shares sessions between transactions`, SHARED_MEND);
    if (row?.fsync === 'off') return toMend(`${found}, fsync is off`, 'switch fsync on: what was saved could be lost');
    return mayCrash(row?.number ?? 0) ? note(`${found}, which may crash`, CRASH_MEND) : ok(found);
  } catch (error) {
    const mend = 'start that PostgreSQL, correct DATABASE_URL, or unset it to use the embedded one';
    return toMend(`${withoutSecret(url)}: ${reason(error)}`, mend);
  }
}

const REFUSALS = `
  SELECT count(*) OVER () AS documents, document_id AS id, code, reason, since FROM draft_refusals ORDER BY since LIMIT 1`;

/** Documents that PostgreSQL takes no changes of, as nodes noted them. */
async function checkRefusals(env: NodeJS.ProcessEnv): Promise<Finding> {
  const url = env.DATABASE_URL ?? findRunningPostgres(resolve(env.DATA_DIR ?? '.stet'));
  if (!url) return ok('unknown while the database does not run');
  const first = await ask<{ documents: string; id: string; code: string; reason: string; since: Date }>(
    url,
    REFUSALS,
  ).catch(() => null);
  // The database is another check's, and one without the table has served no node that writes to it.
  if (first === null) return ok('unknown while the database cannot be read');
  if (!first) return ok('every document');
  const { documents, id, code, reason, since } = first;
  return note(
    `PostgreSQL refuses the changes of ${documents === '1' ? 'a document' : `${documents} documents`}; ${id} since ${since.toISOString()}: ${code} ${reason}`,
    'remove what PostgreSQL names: a trigger, a constraint, a lock, damaged rows; the changes are kept by their authors and saved by themselves then',
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

async function checkReplicas(env: NodeJS.ProcessEnv): Promise<Finding> {
  const urls = (env.DATABASE_REPLICA_URLS ?? '').split(',').map((one) => one.trim());
  if (urls[0] === '') return ok('none: the primary answers everything');
  const primary = env.DATABASE_URL
    ? await ask<ReplicationState>(env.DATABASE_URL, REPLICATION_STATE).catch(() => undefined)
    : undefined;
  const found = await Promise.all(urls.map((url) => replica(url, primary?.system)));
  const text = found.map((one) => one.found).join('; ');
  const worst = found.find(({ verdict }) => verdict === 'note');
  return worst?.mend === undefined ? ok(text) : note(text, worst.mend);
}

/** @param system the primary's cluster, when it is known */
async function replica(url: string, system: string | undefined): Promise<Finding> {
  const name = withoutSecret(url);
  const useless = 'correct DATABASE_REPLICA_URLS: it is left out, and the primary answers';
  try {
    const state = await ask<ReplicationState>(url, REPLICATION_STATE);
    if (!state?.standby) return note(`${name}: no replica`, useless);
    if (system !== undefined && state.system !== system) return note(`${name}: of another cluster`, useless);
    return ok(`${name}, ${Math.max(Math.round(state.behind_s ?? 0), 0)} s behind`);
  } catch (error) {
    return note(
      `${name}: ${reason(error)}`,
      'start that replica, or correct DATABASE_REPLICA_URLS: the primary answers',
    );
  }
}

function checkEmbedded(env: NodeJS.ProcessEnv): Finding {
  const binaries = findBinaries();
  if (!binaries)
    return toMend(`no embedded PostgreSQL for ${process.platform} ${process.arch}`, 'set DATABASE_URL to a PostgreSQL');
  const folder = join(resolve(env.DATA_DIR ?? '.stet'), 'postgres');
  const name = `embedded PostgreSQL ${binaries.version}`;
  if (!existsSync(folder)) return ok(`${name}, created at the first start in ${folder}`);
  try {
    statSync(join(folder, 'PG_VERSION'));
    assertOpens(binaries, resolve(env.DATA_DIR ?? '.stet'), folder);
  } catch (error) {
    if (error instanceof DatabaseRefusal) return toMend(name, error.message);
    return toMend(`${name}, ${folder}: ${reason(error)}`, 'start as the user who owns that folder, or move it away');
  }
  const running = readPostmaster(folder);
  return ok(
    `${name}, data in ${folder}, ${running && isAlive(running.pid) ? `running on port ${running.port}` : 'not running'}`,
  );
}

async function checkRedis(env: NodeJS.ProcessEnv): Promise<Finding> {
  const url = env.REDIS_URL;
  if (!url) return ok('none: this node runs alone (set REDIS_URL for a cluster)');
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
    return toMend(
      `${withoutSecret(url)}: ${last || reason(error)}`,
      'start that Redis, correct REDIS_URL, or unset it to run alone',
    );
  } finally {
    redis.disconnect();
  }
}

async function checkPort(env: NodeJS.ProcessEnv): Promise<Finding> {
  const port = Number(env.PORT ?? 8080);
  if (!Number.isInteger(port) || port < 0 || port > 65_535)
    return toMend(`PORT=${env.PORT}`, 'set PORT to a number from 0 to 65535');
  if (port === 0) return ok('any free one');
  const taken = await new Promise<boolean>((settle) => {
    const socket = connect({ port, host: '127.0.0.1', timeout: CONNECT_WITHIN_MS }, () => settle(true));
    socket.on('error', () => settle(false));
    socket.on('timeout', () => settle(false));
    socket.on('connect', () => socket.destroy());
  });
  return taken
    ? note(`${port} is in use`, 'that may be Stet itself; otherwise set PORT to another')
    : ok(`${port} is free`);
}

/** Fewer connections say nothing about where clients come from. */
const CONNECTIONS_THAT_TELL = 50;
const NEARLY_ALL = 0.9;

/**
 * Where the connections to `port` come from. One address for nearly all is a proxy that is not listed, so that limits for one
 * address hold for everybody together; or one network with many people; or one client that takes what others need.
 */
export function oneAddress(
  connections: ReadonlyMap<string, number>,
  port: number,
  trustedProxies: readonly string[],
): Finding {
  let total = 0;
  let most: readonly [network: string, count: number] = ['', 0];
  for (const one of connections) {
    total += one[1];
    if (one[1] > most[1]) most = one;
  }
  const [network, count] = most;
  const found = `${total} connections to port ${port} from ${connections.size} addresses`;
  if (total < CONNECTIONS_THAT_TELL || count < total * NEARLY_ALL) return ok(found);
  const isListed =
    createNetworkSet(trustedProxies)(network.replace('/64', '')) ||
    trustedProxies.some((proxy) => networkOf(proxy.split('/')[0] ?? '') === network);
  if (isListed) return ok(`${found}, most of a listed proxy`);
  return note(
    `${count} of ${total} connections to port ${port} come from ${network}`,
    'a proxy there belongs into TRUSTED_PROXIES, else all its clients share the limits of one address; for many people ' +
      'behind one address raise MAX_CONNECTIONS_PER_ADDRESS and its like; else one client there can use up what all of them share',
  );
}

async function checkAddresses(env: NodeJS.ProcessEnv): Promise<Finding> {
  const port = Number(env.PORT ?? 8080);
  if (!(port > 0)) return ok('unknown while PORT names none');
  const connections = await readConnections(port).catch(() => undefined);
  if (!connections) return ok('unknown: this system does not list connections');
  // A container has a network of its own.
  if (!(await isListening(port))) {
    return ok(
      `unknown: nothing listens on port ${port} here; where the node runs, its container say, this can be seen`,
    );
  }
  const proxies = (env.TRUSTED_PROXIES ?? '').split(',').flatMap((one) => one.trim() || []);
  return oneAddress(connections, port, proxies);
}

function checkOpenFiles(): Finding {
  const text = spawnSync('/bin/sh', ['-c', 'ulimit -n'], { encoding: 'utf8' }).stdout?.trim() ?? '';
  const limit = text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text);
  if (limit >= OPEN_FILES_WANTED) return ok(text);
  return note(
    text,
    `raise it ("ulimit -n ${OPEN_FILES_WANTED}", LimitNOFILE= in systemd): each socket is an open file`,
  );
}

function checkMemory(): Finding {
  const constrained = process.constrainedMemory();
  const bytes = constrained > 0 ? Math.min(constrained, os.totalmem()) : os.totalmem();
  const found = `${Math.round(bytes / 1024 / 1024)} MiB`;
  return bytes >= MEMORY_WANTED_BYTES ? ok(found) : note(found, 'give it 512 MiB or more');
}

function checkCores(): Finding {
  const cores = os.availableParallelism();
  return cores >= 2 ? ok(String(cores)) : note('1', 'a second core keeps the database from waiting for the server');
}

/** The system clock against the database's: what is shown and audited carries times of both. */
async function checkClock(env: NodeJS.ProcessEnv): Promise<Finding> {
  const now = new Date().toISOString();
  if (!env.DATABASE_URL) return ok(now);
  try {
    const before = Date.now();
    const row = await ask<{ ms: string }>(
      env.DATABASE_URL,
      'SELECT extract(epoch FROM clock_timestamp()) * 1000 AS ms',
    );
    const apartMs = Math.round(Number(row?.ms ?? 0) - (before + Date.now()) / 2);
    const found = `${Math.abs(apartMs)} ms apart from the database's`;
    return Math.abs(apartMs) <= CLOCK_TOLERANCE_MS ? ok(found) : note(found, 'synchronise both clocks (NTP)');
  } catch {
    return note(now, 'not compared: the database cannot be reached');
  }
}

function checkPages(): Finding {
  const folder = join(ROOT, '.stet', 'web');
  return existsSync(folder) ? ok(folder) : note('not built', 'run "npm start" once: it bundles the pages');
}

function checkVersion(): Finding {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  return ok(version);
}

const CHECKS: readonly (readonly [name: string, check: Check])[] = [
  ['stet', checkVersion],
  ['node', checkNode],
  ['glibc', checkGlibc],
  ['listener', checkListener],
  ['database', checkDatabase],
  ['replicas', checkReplicas],
  ['saving', checkRefusals],
  ['redis', checkRedis],
  ['port', checkPort],
  ['addresses', checkAddresses],
  ['open files', checkOpenFiles],
  ['memory', checkMemory],
  ['cores', checkCores],
  ['clock', checkClock],
  ['pages', checkPages],
];

/** Runs every check; one that throws is itself a finding. */
export async function examine(env: NodeJS.ProcessEnv): Promise<readonly (Finding & { readonly name: string })[]> {
  const findings = CHECKS.map(async ([name, check]) => {
    try {
      return { name, ...(await check(env)) };
    } catch (error) {
      return { name, ...toMend(reason(error), 'this check itself failed') };
    }
  });
  return await Promise.all(findings);
}

/** Prints what was found and returns the exit code. */
export async function doctor(env: NodeJS.ProcessEnv): Promise<number> {
  const findings = await examine(env);
  const lines = findings.flatMap(({ name, verdict, found, mend }) => {
    const first = `${verdict.padEnd(5)} ${name.padEnd(11)} ${found}`;
    return mend === undefined ? [first] : [first, `${' '.repeat(18)}-> ${mend}`];
  });
  process.stdout.write(`${lines.join('\n')}\n`);
  return findings.some(({ verdict }) => verdict === 'mend') ? 1 : 0;
}
