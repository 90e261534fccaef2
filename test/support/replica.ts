/** A streaming replica of a test's PostgreSQL: a base backup taken over SQL, then the primary's log. */
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { type Account, serverAccount } from '../../src/embedded/account.ts';
import { findBinaries } from '../../src/embedded/binaries.ts';
import { placeBinaries } from '../../src/embedded/placement.ts';
import { freePort, type Server, startServer } from '../../src/embedded/server.ts';
import { giveTo } from './ownership.ts';
import { temporaryFolder } from './services.ts';

export interface TestReplica {
  /** The same database as at the primary. */
  urlOf(primaryUrl: string): string;
  /** Replay stands still, the replica answers. */
  pauseReplay(): Promise<void>;
  resumeReplay(): Promise<void>;
  hasReplayed(lsn: string): Promise<boolean>;
  /** From now on it is a primary, with a history of its own. */
  promote(): Promise<void>;
  /** All its processes stand still; connections stay open. */
  freeze(): void;
  thaw(): void;
  kill9(): Promise<void>;
  /** After `kill9`, on the same port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Files of a running server that a copy must not have. */
const LEFT_OUT = new Set(['postmaster.pid', 'postmaster.opts', 'pg_wal', 'pg_replslot', 'pg_stat_tmp']);

export async function startReplica(primaryUrl: string): Promise<TestReplica> {
  const found = findBinaries();
  if (!found) throw new Error(`no PostgreSQL binaries for ${process.platform} ${process.arch}`);
  const folder = temporaryFolder('replica');
  const dataFolder = join(folder.path, 'data');
  const account: Account = serverAccount(dataFolder);
  const binaries = placeBinaries(found, account);
  await copyFrom(primaryUrl, dataFolder);
  giveTo(account, dataFolder);
  const port = await freePort();
  const launch = (): Promise<Server> =>
    startServer({ binaries, dataFolder, logFile: join(folder.path, 'postgres.log'), port, account });
  let server = await launch();
  const urlOf = (url: string): string => {
    const own = new URL(url);
    own.port = String(port);
    return own.href;
  };
  async function ask(sql: string): Promise<unknown> {
    const client = new pg.Client({ connectionString: urlOf(primaryUrl) });
    await client.connect();
    const { rows } = await client.query<{ answer: unknown }>(sql).finally(() => client.end());
    return rows[0]?.answer;
  }
  return {
    urlOf,
    async pauseReplay() {
      await ask('select pg_wal_replay_pause()');
      while ((await ask('select pg_get_wal_replay_pause_state() as answer')) !== 'paused') await delay(5);
    },
    async resumeReplay() {
      await ask('select pg_wal_replay_resume()');
    },
    hasReplayed: async (lsn) => (await ask(`select pg_last_wal_replay_lsn() >= '${lsn}' as answer`)) === true,
    async promote() {
      await ask('select pg_promote(true, 30)');
    },
    freeze: () => signalAll(server.pid, 'SIGSTOP'),
    thaw: () => signalAll(server.pid, 'SIGCONT'),
    kill9: () => server.stop('kill'),
    async start() {
      server = await launch();
    },
    async stop() {
      await server.stop('immediate');
      folder.remove();
    },
  };
}

/** A postmaster and its children: Linux. */
function signalAll(postmaster: number, signal: NodeJS.Signals): void {
  const children = readFileSync(`/proc/${postmaster}/task/${postmaster}/children`, 'utf8').trim().split(' ');
  for (const pid of [postmaster, ...children.filter(Boolean).map(Number)]) process.kill(pid, signal);
}

/** PostgreSQL manual, 25.3.3: a base backup through the low-level API. */
async function copyFrom(primaryUrl: string, dataFolder: string): Promise<void> {
  const client = new pg.Client({ connectionString: primaryUrl });
  await client.connect();
  try {
    const { rows } = await client.query<{ source: string }>("select current_setting('data_directory') as source");
    const source = rows[0]?.source ?? '';
    await client.query("select pg_backup_start('replica', true)");
    mkdirSync(dataFolder, { mode: 0o700 });
    for (const name of readdirSync(source)) {
      if (!LEFT_OUT.has(name) && !name.startsWith('.s.'))
        cpSync(join(source, name), join(dataFolder, name), { recursive: true });
    }
    for (const name of ['pg_wal', 'pg_replslot', 'pg_stat_tmp']) mkdirSync(join(dataFolder, name), { mode: 0o700 });
    const stopped = await client.query<{ labelfile: string }>('select labelfile from pg_backup_stop(false)');
    writeFileSync(join(dataFolder, 'backup_label'), stopped.rows[0]?.labelfile ?? '');
  } finally {
    await client.end();
  }
  const { hostname, password, port, username } = new URL(primaryUrl);
  const conninfo = `host=${hostname} port=${port} user=${username} password=${password}`;
  writeFileSync(join(dataFolder, 'postgresql.auto.conf'), `primary_conninfo = '${conninfo}'\nhot_standby = on\n`);
  writeFileSync(join(dataFolder, 'standby.signal'), '');
  rmSync(join(dataFolder, 'recovery.signal'), { force: true });
}
