// The embedded database through crashes of either side: what was committed stays, what an earlier run left behind does no harm.
import { spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { serverAccount } from '../../src/embedded/account.ts';
import { readPostmaster } from '../../src/embedded/lock-files.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { isAlive, isPostgresOn, startOf } from '../../src/embedded/processes.ts';
import { folder, query, until, when } from '../support/helpers.ts';
import { silentLog } from '../support/silent-log.ts';

const onLinux = when(process.platform === 'linux');
const asRoot = when(process.platform === 'linux' && process.getuid?.() === 0);

/** Starts the embedded database in a process of its own, which has committed a row when this returns. */
async function startChild(t: ExecutionContext, dataDir: string, value: string) {
  const program = join(import.meta.dirname, '..', 'support', 'embedded-child.ts');
  const child = spawn(process.execPath, [program, dataDir, value], { stdio: ['ignore', 'pipe', 'inherit'] });
  let postmaster: number | undefined;
  t.teardown(async () => {
    child.kill('SIGKILL');
    // It follows its server; only then is its folder at rest and can be deleted.
    await until(() => postmaster === undefined || !isAlive(postmaster));
  });
  for await (const line of createInterface({ input: child.stdout })) {
    const started = JSON.parse(line) as { url: string; pid: number };
    postmaster = started.pid;
    return { child, ...started };
  }
  throw new Error('the child ended without starting the database');
}

test.serial('I1 what was committed is there after the server and then the database were killed', async (t) => {
  const dataDir = folder(t);
  const { child, pid } = await startChild(t, dataDir, 'committed');
  process.kill(pid, 'SIGKILL');
  child.kill('SIGKILL');
  await until(() => !isAlive(pid));
  const database = await startEmbeddedPostgres({ dataDir, log: silentLog });
  t.teardown(() => database.close());
  t.deepEqual(await query(database.url, 'SELECT value FROM kept'), [{ value: 'committed' }]);
});

test.serial('the database ends with a killed server, and the next start finds the data', async (t) => {
  const dataDir = folder(t);
  const { child, pid } = await startChild(t, dataDir, 'one');
  child.kill('SIGKILL');
  await until(() => !isAlive(pid));
  const again = await startChild(t, dataDir, 'two');
  again.child.kill('SIGKILL');
  // This start may meet the earlier database while it still shuts down.
  const database = await startEmbeddedPostgres({ dataDir, log: silentLog });
  t.deepEqual(await query(database.url, 'SELECT value FROM kept'), [{ value: 'one' }, { value: 'two' }]);
  const { pid: last } = database;
  await database.close();
  t.false(isAlive(last));
});

onLinux('a database that outlived its server and its watcher is replaced', async (t) => {
  const dataDir = folder(t);
  const { child, pid } = await startChild(t, dataDir, 'kept');
  const children = readFileSync(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8').trim().split(' ').map(Number);
  for (const watcher of children.filter((one) => one !== pid)) process.kill(watcher, 'SIGKILL');
  child.kill('SIGKILL');
  await until(() => startOf(child.pid ?? 0) === '');
  t.true(isAlive(pid));
  const database = await startEmbeddedPostgres({ dataDir, log: silentLog });
  t.teardown(() => database.close());
  t.false(isPostgresOn(pid, join(dataDir, 'postgres')));
  t.deepEqual(await query(database.url, 'SELECT value FROM kept'), [{ value: 'kept' }]);
});

test.serial('a lock file that names a living stranger does not keep the database from starting', async (t) => {
  const dataDir = folder(t);
  const dataFolder = join(dataDir, 'postgres');
  const first = await startEmbeddedPostgres({ dataDir, log: silentLog });
  const lock = readFileSync(join(dataFolder, 'postmaster.pid'), 'utf8');
  await first.close();
  // PostgreSQL takes a living process of its own user for another server.
  const stranger = spawn('sleep', ['600'], { ...serverAccount(dataFolder), stdio: 'ignore' });
  t.teardown(() => stranger.kill('SIGKILL'));
  writeFileSync(join(dataFolder, 'postmaster.pid'), lock.replace(/^\d+/, String(stranger.pid)), { mode: 0o644 });
  const second = await startEmbeddedPostgres({ dataDir, log: silentLog });
  t.teardown(() => second.close());
  t.is(readPostmaster(dataFolder)?.pid, second.pid);
  t.true(isAlive(stranger.pid ?? 0));
});

test.serial('a second server on the same data directory is refused, and the first goes on', async (t) => {
  const dataDir = folder(t);
  const { url, child } = await startChild(t, dataDir, 'mine');
  await t.throwsAsync(startEmbeddedPostgres({ dataDir, log: silentLog }), {
    message: new RegExp(`another Stet \\(process ${child.pid}\\) is using`),
  });
  t.deepEqual(await query(url, 'SELECT value FROM kept'), [{ value: 'mine' }]);
});

test.serial('a database that dies alone comes back on the same address', async (t) => {
  const database = await startEmbeddedPostgres({ dataDir: folder(t), log: silentLog });
  t.teardown(() => database.close());
  const { pid } = database;
  await query(database.url, 'CREATE TABLE kept (value text)');
  process.kill(pid, 'SIGKILL');
  await until(() => database.pid !== pid);
  t.deepEqual(await query(database.url, 'SELECT value FROM kept'), []);
});

onLinux('a Ctrl-C on the terminal does not reach the database', async (t) => {
  const database = await startEmbeddedPostgres({ dataDir: folder(t), log: silentLog });
  t.teardown(() => database.close());
  const stat = readFileSync(`/proc/${database.pid}/stat`, 'utf8');
  const group = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[2];
  t.is(Number(group), database.pid, 'it leads a process group of its own');
});

asRoot(
  'root hands the database to an account without rights, also below a folder that account cannot enter',
  async (t) => {
    const closed = mkdtempSync(join(tmpdir(), 'stet-closed-'));
    chmodSync(closed, 0o700);
    t.teardown(() => rmSync(closed, { recursive: true, force: true }));
    const dataDir = join(closed, 'data');
    const database = await startEmbeddedPostgres({ dataDir, log: silentLog });
    t.teardown(async () => {
      await database.close();
      rmSync(readlinkSync(join(dataDir, 'postgres')), { recursive: true, force: true });
    });
    t.not(statSync(`/proc/${database.pid}`).uid, 0);
    const data = statSync(join(dataDir, 'postgres'));
    t.is(data.mode & 0o777, 0o700);
    t.is(statSync(join(dataDir, 'postgres', 'stet.password')).mode & 0o777, 0o600);
  },
);
