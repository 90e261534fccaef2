// Real PostgreSQL, Redis and nginx for tests, chaos runs and benchmarks: each in a temporary folder, on a free loopback
// port that it keeps over restarts. They can be made to fail on demand, and end with this process, however it ends.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { serverAccount } from '../../src/embedded/account.ts';
import { type Binaries, findBinaries } from '../../src/embedded/binaries.ts';
import { createCluster, DATABASE_USER, databasePassword } from '../../src/embedded/initdb.ts';
import { readPostmaster } from '../../src/embedded/lock-files.ts';
import { placeBinaries } from '../../src/embedded/placement.ts';
import { isAlive } from '../../src/embedded/processes.ts';
import type { Server } from '../../src/embedded/server.ts';
import { freePort, startServer } from '../../src/embedded/server.ts';
import { endWithUs } from '../../src/embedded/watcher.ts';
import { findTool } from './tools.ts';

/** Its maker is in the name of a temporary folder: what a process left that was killed, the next one removes. */
const MADE_BY = /^stet-[a-z]+-(\d+)-\w{6}$/;

/** Deletes the folders below `parent` whose maker is gone, save for one in which a server still runs. */
export function removeLeftFolders(parent: string): void {
  for (const name of readdirSync(parent)) {
    const maker = Number(MADE_BY.exec(name)?.[1]);
    if (!Number.isInteger(maker) || isAlive(maker)) continue;
    const path = join(parent, name);
    const postmaster = readPostmaster(join(path, 'data'))?.pid;
    if (postmaster !== undefined && isAlive(postmaster)) continue;
    try {
      rmSync(path, { recursive: true, force: true });
    } catch {
      // Somebody else's.
    }
  }
}

let hasLooked = false;

/** A folder that other accounts can pass through; deleted when this process ends at the latest. */
export function temporaryFolder(name: string): { path: string; remove(): void } {
  if (!hasLooked) removeLeftFolders(tmpdir());
  hasLooked = true;
  const path = realpathSync(mkdtempSync(join(tmpdir(), `stet-${name}-${process.pid}-`)));
  chmodSync(path, 0o755);
  const remove = (): void => {
    process.off('exit', remove);
    rmSync(path, { recursive: true, force: true });
  };
  process.on('exit', remove);
  return { path, remove };
}

export interface TestPostgres {
  /** Of the `postgres` database, as superuser. */
  readonly url: string;
  readonly port: number;
  /** The postmaster's; changes with every start. */
  readonly pid: number;
  /** Makes an empty database of its own and returns its URL. */
  createDatabase(): Promise<string>;
  /** Stops as in a crash: no checkpoint, sessions cut off. */
  stopImmediate(): Promise<void>;
  kill9(): Promise<void>;
  /** Lines of its log about server processes that ended by themselves, with a segmentation fault for instance. */
  crashes(): string[];
  /** Starts again after `stopImmediate` or `kill9`, on the same port; ready when it resolves. */
  start(): Promise<void>;
  /** Stops for good and deletes the data. */
  stop(): Promise<void>;
}

/** Any byte that makes no address of what is freed (glibc's MALLOC_PERTURB_). */
const PERTURB = '165';
/** SIGKILL and SIGQUIT are how tests end processes. */
const CRASH = /was terminated by signal (?!3\b|9\b)\d+/;

/**
 * A PostgreSQL of its own, as durable as in earnest (`fsync` on).
 * @param options.dir keeps the data there instead of in a temporary folder
 * @param options.binaries another version than the one that comes along
 * @param options.perturb overwrites memory that the server frees, so that using it afterwards shows
 */
export async function startPostgres(
  options: { readonly dir?: string; readonly binaries?: Binaries; readonly perturb?: boolean } = {},
): Promise<TestPostgres> {
  const found = options.binaries ?? findBinaries();
  if (!found) throw new Error(`no PostgreSQL binaries for ${process.platform} ${process.arch}`);
  const temporary = options.dir === undefined ? temporaryFolder('postgres') : undefined;
  const home = temporary?.path ?? realpathSync(options.dir ?? '.');
  const dataFolder = join(home, 'data');
  const account = serverAccount(dataFolder);
  const binaries = placeBinaries(found, account);
  await createCluster({ binaries, dataFolder, account });
  const port = await freePort();
  const password = databasePassword(dataFolder);
  const logFile = join(home, 'postgres.log');
  const env = options.perturb ? { MALLOC_PERTURB_: PERTURB } : {};
  const launch = (): Promise<Server> => startServer({ binaries, dataFolder, logFile, port, account, env });
  let server = await launch();
  const url = `postgres://${DATABASE_USER}:${password}@127.0.0.1:${port}/postgres`;
  return {
    url,
    port,
    get pid() {
      return server.pid;
    },
    createDatabase: () => createDatabase(url),
    stopImmediate: () => server.stop('immediate'),
    kill9: () => server.stop('kill'),
    crashes: () =>
      readFileSync(logFile, 'utf8')
        .split('\n')
        .filter((line) => CRASH.test(line)),
    async start() {
      server = await launch();
    },
    async stop() {
      await server.stop('immediate');
      temporary?.remove();
    },
  };
}

/** Makes a database beside the one of `adminUrl`, empty or a copy of another, and returns its URL. */
export async function createDatabase(adminUrl: string, template?: string): Promise<string> {
  const name = `test_${randomBytes(8).toString('hex')}`;
  const client = new pg.Client({ connectionString: adminUrl });
  await client.connect();
  try {
    // Each page of the copy goes through the log: compressing all of them takes half of the time.
    await client.query('SET wal_compression = off');
    await client.query(`CREATE DATABASE ${name}${template === undefined ? '' : ` TEMPLATE ${template}`}`);
  } finally {
    await client.end();
  }
  const url = new URL(adminUrl);
  url.pathname = `/${name}`;
  return url.href;
}

export interface TestRedis {
  readonly url: string;
  readonly port: number;
  readonly pid: number;
  flushAll(): Promise<void>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  /** Ends it if it runs and starts an empty one on the same port; ready when it resolves. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** A Redis without persistence. */
export async function startRedis(options: { readonly port?: number } = {}): Promise<TestRedis> {
  const program = findTool('redis');
  if (!program)
    throw new Error('redis-server is not installed: install it (for example "apt-get install redis-server")');
  const folder = temporaryFolder('redis');
  const port = options.port ?? (await freePort());
  const flags = [
    '--port',
    String(port),
    '--bind',
    '127.0.0.1',
    '--save',
    '',
    '--appendonly',
    'no',
    '--databases',
    '64',
  ];
  const launch = (): Promise<Service> =>
    startService(program, [...flags, '--dir', folder.path], async () => (await askRedis(port, 'PING')) === '+PONG');
  let service = await launch();
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    get pid() {
      return service.pid;
    },
    async flushAll() {
      const answer = await askRedis(port, 'FLUSHALL');
      if (answer !== '+OK') throw new Error(`FLUSHALL answered ${answer}`);
    },
    kill: () => service.end('SIGKILL'),
    async restart() {
      await service.end('SIGKILL');
      service = await launch();
    },
    async stop() {
      await service.end('SIGTERM');
      folder.remove();
    },
  };
}

/** Sends one command without arguments; the first line of the answer, or an empty string when nobody answers. */
function askRedis(port: number, command: string): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${command}\r\n`));
    let answer = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      answer += chunk;
      if (answer.includes('\r\n')) socket.destroy();
    });
    socket.on('error', () => undefined);
    socket.on('close', () => resolve(answer.split('\r\n')[0] ?? ''));
  });
}

export interface TestNginx {
  readonly url: string;
  readonly port: number;
  stop(): Promise<void>;
}

/**
 * An nginx before some nodes: round-robin, WebSockets passed on, a dead node's requests tried on the next.
 * @param upstreams `host:port` each
 */
export async function startNginx(
  upstreams: readonly string[],
  options: { readonly port?: number } = {},
): Promise<TestNginx> {
  const program = findTool('nginx');
  if (!program) throw new Error('nginx is not installed: install it (for example "apt-get install nginx-light")');
  const folder = temporaryFolder('nginx');
  const port = options.port ?? (await freePort());
  const kinds = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  const temps = kinds.map((kind) => `${kind}_temp_path ${join(folder.path, kind)};`).join(' ');
  // No node is ever left out for its answers (`max_fails=0`): one that says 503 to a request is well, and a killed one refuses the
  // connection at once. Else some such answers within a second leave no node, and streams of all are answered 502.
  const servers = upstreams.map((upstream) => `server ${upstream} max_fails=0;`).join(' ');
  const text = `
    ${process.getuid?.() === 0 ? 'user root;' : ''}
    daemon off; worker_processes 1; pid ${join(folder.path, 'nginx.pid')}; error_log stderr warn;
    events { worker_connections 4096; }
    http {
      access_log off; ${temps}
      map $http_upgrade $connection_upgrade { default upgrade; '' ''; }
      upstream nodes { ${servers} }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://nodes; proxy_http_version 1.1; proxy_set_header Host $http_host;
          proxy_set_header Upgrade $http_upgrade; proxy_set_header Connection $connection_upgrade;
          proxy_set_header X-Forwarded-For $remote_addr; proxy_set_header X-Forwarded-Proto $scheme;
          proxy_connect_timeout 1s; proxy_read_timeout 1h; proxy_next_upstream error timeout http_502 http_503;
        }
      }
    }`;
  mkdirSync(folder.path, { recursive: true });
  const config = join(folder.path, 'nginx.conf');
  writeFileSync(config, text);
  const service = await startService(program, ['-p', folder.path, '-c', config], () => accepts(port));
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    async stop() {
      await service.end('SIGTERM');
      folder.remove();
    },
  };
}

export function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.on('error', () => resolve(false));
  });
}

interface Service {
  readonly pid: number;
  end(signal: NodeJS.Signals): Promise<void>;
}

const READY_WITHIN_MS = 15_000;

/** Starts a program and waits until `isReady` says so. Throws with what it printed when it ends before. */
export async function startService(
  program: string,
  args: readonly string[],
  isReady: () => Promise<boolean>,
): Promise<Service> {
  const child: ChildProcess = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
  let said = '';
  const listen = (chunk: Buffer): void => {
    said = (said + chunk.toString()).slice(-4_000);
  };
  child.stdout?.on('data', listen);
  child.stderr?.on('data', listen);
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const hasEnded = (): boolean => child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
  const deadline = Date.now() + READY_WITHIN_MS;
  while (hasEnded() || !(await isReady())) {
    if (hasEnded() || Date.now() > deadline) {
      child.kill('SIGKILL');
      throw new Error(`${program} did not start: ${said.trim()}`);
    }
    await delay(10);
  }
  const pid = child.pid ?? 0;
  void exited.then(endWithUs(pid, 'TERM'));
  child.unref();
  for (const stream of [child.stdout, child.stderr] as unknown[]) {
    if (stream && typeof stream === 'object' && 'unref' in stream && typeof stream.unref === 'function') stream.unref();
  }
  return {
    pid,
    async end(signal) {
      child.ref();
      // A stopped process (SIGSTOP) takes no other signal than these two.
      if (!hasEnded()) child.kill(signal);
      if (!hasEnded()) child.kill('SIGCONT');
      await exited;
    },
  };
}
