// The embedded database: a real PostgreSQL under the data directory, for installations without one of their own. Made at the first start,
// brought back after any crash, restarted when it dies, stopped in order.
//   binaries.ts   where the programs are            placement.ts  where the files go
//   account.ts    which user runs it                initdb.ts     the first start
//   lock-files.ts, processes.ts  what earlier runs left behind    server.ts  one server process
//   data-version.ts  which PostgreSQL opens the data              move.ts    over to this one, from an earlier one
// Does not know: who uses it. Invariants: one Stet a data directory; the port stays the same while it runs.
import { existsSync, mkdirSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type BackoffPolicy, backoffMs } from '../lib/backoff.ts';
import type { Logger } from '../lib/logger.ts';
import { serverAccount } from './account.ts';
import { type Binaries, findBinaries } from './binaries.ts';
import { assertOpens } from './data-version.ts';
import { createCluster, DATABASE_USER, databasePassword } from './initdb.ts';
import { claimDataDir } from './lock-files.ts';
import { finishMove, placeBinaries, placeData } from './placement.ts';
import { DatabaseRefusal } from './refusal.ts';
import type { Server, ServerOptions } from './server.ts';
import { freePort, startServer } from './server.ts';

export interface EmbeddedPostgres {
  /** Connection string of the `stet` database, as its owner. Holds the password. */
  readonly url: string;
  readonly port: number;
  /** The postmaster's; changes when it had to be restarted. */
  readonly pid: number;
  /** Stops the server in order and waits for it; the data directory is free then. May be called again. */
  close(): Promise<void>;
}

/** How many ports are tried when another process takes the free one first. */
const PORT_ATTEMPTS = 3;
const RESTART: BackoffPolicy = { firstMs: 100, longestMs: 5_000 };

/**
 * Starts the database of a data directory and keeps it running until `close`.
 * @throws Error with one clear sentence: no binaries for this platform, the directory is in use, PostgreSQL's own refusal
 */
export async function startEmbeddedPostgres(options: {
  readonly dataDir: string;
  readonly log: Logger;
  /** Loopback port; any free one if absent. */
  readonly port?: number;
}): Promise<EmbeddedPostgres> {
  const dataDir = resolve(options.dataDir);
  const prepared = await prepare(dataDir, options.log);
  try {
    const first = await startOnFreePort(prepared.server, options.port);
    const password = databasePassword(prepared.server.dataFolder);
    const url = `postgres://${DATABASE_USER}:${password}@127.0.0.1:${first.port}/${DATABASE_USER}`;
    try {
      await ensureDatabase(url);
    } catch (error) {
      await first.server.stop('fast');
      throw error;
    }
    options.log.info({ port: first.port, pid: first.server.pid, dataDir }, 'embedded PostgreSQL is ready');
    const { server, release } = prepared;
    return supervise({ ...first, url, log: options.log, options: { ...server, port: first.port }, release });
  } catch (error) {
    prepared.release();
    throw error;
  }
}

interface Prepared {
  readonly server: Omit<ServerOptions, 'port'>;
  readonly release: () => void;
}

async function prepare(dataDir: string, log: Logger): Promise<Prepared> {
  const found = ownBinaries();
  const account = serverAccount(join(dataDir, 'postgres'));
  const release = await claimFor(dataDir);
  try {
    finishMove(dataDir);
    const dataFolder = placeData(dataDir, account);
    assertOpens(found, dataDir, dataFolder);
    const binaries = placeBinaries(found, account);
    if (!existsSync(join(dataFolder, 'PG_VERSION'))) {
      log.info({ dataFolder }, 'creating the embedded PostgreSQL (first start)');
      await createCluster({ binaries, dataFolder, account });
    }
    const logFile = join(dataDir, 'postgres.log');
    return { server: { binaries, dataFolder: realpathSync(dataFolder), logFile, account }, release };
  } catch (error) {
    release();
    throw error;
  }
}

/** The binaries that this Stet runs. */
export function ownBinaries(): Binaries {
  const found = findBinaries();
  if (found) return found;
  throw new DatabaseRefusal(
    `the embedded PostgreSQL is not available for ${process.platform} ${process.arch}; set DATABASE_URL to a PostgreSQL server`,
  );
}

async function claimFor(dataDir: string): Promise<() => void> {
  mkdirSync(dataDir, { recursive: true });
  return await claimDataDir(dataDir);
}

async function startOnFreePort(options: Omit<ServerOptions, 'port'>, wanted: number | undefined) {
  for (let attempt = 1; ; attempt++) {
    const port = wanted ?? (await freePort());
    try {
      return { port, server: await startServer({ ...options, port }) };
    } catch (error) {
      if (wanted !== undefined || attempt === PORT_ATTEMPTS) throw error;
    }
  }
}

/** initdb makes `postgres` only; Stet's own database is made by the first start that finds it missing. */
export async function ensureDatabase(url: string): Promise<void> {
  const admin = new URL(url);
  admin.pathname = '/postgres';
  const client = new pg.Client({ connectionString: admin.href });
  await client.connect();
  try {
    const found = await client.query('SELECT 1 FROM pg_database WHERE datname = $1', [DATABASE_USER]);
    if (found.rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE_USER}`);
  } finally {
    await client.end();
  }
}

function supervise(running: {
  readonly server: Server;
  readonly port: number;
  readonly url: string;
  readonly options: ServerOptions;
  readonly log: Logger;
  readonly release: () => void;
}): EmbeddedPostgres {
  const { log, options } = running;
  const ending = new AbortController();
  let server = running.server;
  const keepRunning = async (): Promise<void> => {
    for (;;) {
      await server.exited;
      for (let attempt = 0; !ending.signal.aborted; attempt += 1) {
        const waitMs = backoffMs(attempt, RESTART);
        log.warn({ port: options.port, waitMs }, 'embedded PostgreSQL stopped unexpectedly; restarting it');
        await delay(waitMs, undefined, { signal: ending.signal, ref: false }).catch(() => undefined);
        if (ending.signal.aborted) return;
        try {
          server = await startServer(options);
          log.info({ port: options.port, pid: server.pid }, 'embedded PostgreSQL is running again');
          break;
        } catch (error) {
          log.error({ err: error, logFile: options.logFile }, 'could not start the embedded PostgreSQL');
        }
      }
      if (ending.signal.aborted) return;
    }
  };
  const kept = keepRunning();
  const end = async (): Promise<void> => {
    ending.abort();
    await server.stop('fast');
    await kept;
    // A restart may have been running: its server ends as well.
    await server.stop('fast');
    running.release();
    log.info({ port: running.port }, 'embedded PostgreSQL stopped');
  };
  let ended: Promise<void> | undefined;
  return {
    url: running.url,
    port: running.port,
    get pid() {
      return server.pid;
    },
    close() {
      ended ??= end();
      return ended;
    },
  };
}
