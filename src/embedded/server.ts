// One PostgreSQL server process: start it, know when it is ready, stop it in the given mode.
// The server has a process group of its own, so that a Ctrl-C reaches Stet alone, which stops it after its own flush;
// and a watcher, so that it does not outlive a Stet that was killed.
// Does not know: where the data comes from, and when to restart.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { closeSync, openSync, renameSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { withDeadline } from '../lib/deadline.ts';
import type { Account } from './account.ts';
import { disarmStaleLock, readPostmaster } from './lock-files.ts';
import { isPostgresOn } from './processes.ts';
import { endWithUs } from './watcher.ts';

export interface ServerOptions {
  readonly binaries: string;
  /** Absolute, without links. */
  readonly dataFolder: string;
  readonly logFile: string;
  readonly port: number;
  readonly account: Account;
  /** Environment variables of the server besides its own. */
  readonly env?: Readonly<Record<string, string>>;
}

/** `fast`: end sessions, checkpoint. `immediate`: as in a crash. `kill`: SIGKILL of the postmaster. */
export type StopMode = 'fast' | 'immediate' | 'kill';

export interface Server {
  readonly pid: number;
  /** Settles when the process is gone, for whatever reason. */
  readonly exited: Promise<void>;
  stop(mode: StopMode): Promise<void>;
}

const POLL_MS = 15;
/** Long, for crash recovery may replay much. */
const READY_WITHIN_MS = 120_000;
/** After this a stop becomes the next harsher one. */
const STOP_WITHIN_MS = 15_000;
const LOG_ROTATE_BYTES = 16 * 1024 * 1024;
/** The system's limit for a socket's path is 104 to 108 bytes; `/.s.PGSQL.65535` takes 15. */
const SOCKET_FOLDER_MAX = 88;

const SIGNALS = { fast: 'SIGINT', immediate: 'SIGQUIT', kill: 'SIGKILL' } as const;

/** A port on loopback that was free a moment ago. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() =>
        address && typeof address === 'object' ? resolve(address.port) : reject(new Error('no port')),
      );
    });
  });
}

function settings(options: ServerOptions): Record<string, string> {
  return {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: Buffer.byteLength(options.dataFolder) <= SOCKET_FOLDER_MAX ? options.dataFolder : '',
    // I1: what COMMIT answered is on the disk.
    fsync: 'on',
    synchronous_commit: 'on',
    full_page_writes: 'on',
    wal_compression: 'on',
    shared_buffers: '128MB',
    max_connections: '200',
    password_encryption: 'scram-sha-256',
    logging_collector: 'off',
    log_line_prefix: '%m [%p] ',
  };
}

/**
 * Starts a server and waits until it accepts connections.
 * @throws Error when it ended before (the log file says why)
 */
export async function startServer(options: ServerOptions): Promise<Server> {
  await endLeftover(options.dataFolder);
  disarmStaleLock(options.dataFolder, process.pid);
  const log = openLog(options.logFile);
  const flags = Object.entries(settings(options)).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn(
    join(options.binaries, 'bin', 'postgres'),
    ['-D', options.dataFolder, '-p', String(options.port), ...flags],
    {
      ...options.account,
      cwd: '/',
      env: { ...options.env, LC_ALL: 'C', PATH: '/usr/bin:/bin' },
      stdio: ['ignore', log, log],
      detached: true,
    },
  );
  closeSync(log);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const pid = child.pid;
  if (pid === undefined) throw new Error(`could not start ${options.binaries}/bin/postgres`);
  await untilReady(options, child, pid);
  const callOff = endWithUs(pid, 'INT', options.account);
  void exited.then(callOff);
  // Neither keeps the process alive: whoever started the server decides how long it lives.
  child.unref();
  return { pid, exited, stop: (mode) => stop(child, exited, mode) };
}

/**
 * A server whose Stet was killed may still run: it is stopped in order, and what comes after it starts clean.
 *
 * @param dataFolder an absolute path without links
 */
export async function endLeftover(dataFolder: string): Promise<void> {
  const left = readPostmaster(dataFolder);
  if (!left || !isPostgresOn(left.pid, dataFolder)) return;
  const modes = ['fast', 'immediate', 'kill'] as const;
  for (const mode of modes) {
    const deadline = performance.now() + STOP_WITHIN_MS;
    try {
      process.kill(left.pid, SIGNALS[mode]);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    }
    while (performance.now() < deadline) {
      if (!isPostgresOn(left.pid, dataFolder)) return;
      await delay(POLL_MS);
    }
  }
  throw new Error(`PostgreSQL from an earlier run (process ${left.pid}) does not stop`);
}

async function untilReady(options: ServerOptions, child: ChildProcess, pid: number): Promise<void> {
  const deadline = performance.now() + READY_WITHIN_MS;
  while (child.exitCode === null && child.signalCode === null) {
    const found = readPostmaster(options.dataFolder);
    if (found?.pid === pid && found.status === 'ready') return;
    if (performance.now() > deadline) {
      child.kill('SIGQUIT');
      throw new Error(`PostgreSQL was not ready after ${READY_WITHIN_MS / 1000} s; see ${options.logFile}`);
    }
    await delay(POLL_MS);
  }
  throw new Error(`PostgreSQL exited while starting (exit code ${child.exitCode}); see ${options.logFile}`);
}

async function stop(child: ChildProcess, exited: Promise<void>, mode: StopMode): Promise<void> {
  const harsher: readonly StopMode[] =
    mode === 'fast' ? ['fast', 'immediate', 'kill'] : mode === 'immediate' ? ['immediate', 'kill'] : ['kill'];
  child.ref();
  for (const step of harsher) {
    if (child.exitCode !== null || child.signalCode !== null) break;
    child.kill(SIGNALS[step]);
    const hasEnded = exited.then(() => true);
    if (await withDeadline(hasEnded, STOP_WITHIN_MS, () => false)) break;
  }
  await exited;
}

function openLog(file: string): number {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size > LOG_ROTATE_BYTES) renameSync(file, `${file}.old`);
  return openSync(file, 'a', 0o600);
}
