// `npm run cluster`: three nodes on this machine against one PostgreSQL and one Redis, behind nginx if it is there, to
// play with failover by hand. A node that ends is started again after a while; Ctrl-C ends everything in order.
// The data stays in .stet/cluster.
import type { ChildProcess } from 'node:child_process';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { startEmbeddedPostgres } from '../src/embedded/postgres.ts';
import { freePort } from '../src/embedded/server.ts';
import { endWithUs } from '../src/embedded/watcher.ts';
import { startNginx, startRedis } from '../test/support/services.ts';
import { silentLog } from '../test/support/silent-log.ts';
import { findTool } from '../test/support/tools.ts';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const dataDir = join(root, '.stet', 'cluster');
const NAMES = ['a', 'b', 'c'];
const FIRST_PORT = Number(process.env.PORT ?? 8080);
const BACK_AFTER_MS = 5_000;
const READY_WITHIN_MS = 60_000;
const STOP_WITHIN_MS = 20_000;

const ending = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => ending.abort());

/** The wanted port if nobody listens there, else any free one. */
async function portNear(wanted: number): Promise<number> {
  const taken = await new Promise<boolean>((resolve) => {
    const socket = connect(wanted, '127.0.0.1', () => resolve(true));
    socket.on('connect', () => socket.destroy());
    socket.on('error', () => resolve(false));
  });
  return taken ? await freePort() : wanted;
}

interface Node {
  readonly name: string;
  readonly url: string;
  readonly pid: number | undefined;
  stop(): Promise<void>;
}

/** Keeps one node running until the end; resolves when it is ready for the first time. */
async function keepNode(name: string, port: number, environment: Record<string, string>): Promise<Node> {
  const url = `http://localhost:${port}`;
  let child: ChildProcess | undefined;
  const launch = (): ChildProcess => {
    const env = {
      ...process.env,
      ...environment,
      NODE_ID: name,
      PORT: String(port),
      DATA_DIR: join(dataDir, name),
      RESTART: 'never',
    };
    // A group of its own: a Ctrl-C is for us, who then end the nodes before what they need.
    const started = spawn(process.execPath, [join(root, 'bin', 'stet.js'), 'start'], {
      env,
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    for (const stream of [started.stdout, started.stderr]) {
      createInterface({ input: stream }).on('line', (line) => console.log(`${name} | ${line}`));
    }
    if (started.pid !== undefined) started.once('exit', endWithUs(started.pid, 'TERM'));
    return started;
  };
  const keep = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      child = launch();
      const [code, signal] = await once(child, 'exit');
      if (ending.signal.aborted) return;
      console.log(`node ${name} exited (${signal ?? `exit code ${code}`}); restarting in ${BACK_AFTER_MS / 1000} s`);
      await delay(BACK_AFTER_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const kept = keep();
  await untilReady(url);
  return {
    name,
    url,
    get pid() {
      return child?.pid;
    },
    async stop() {
      child?.kill('SIGTERM');
      const late = setTimeout(() => child?.kill('SIGKILL'), STOP_WITHIN_MS);
      await kept;
      clearTimeout(late);
    },
  };
}

async function untilReady(url: string): Promise<void> {
  const deadline = Date.now() + READY_WITHIN_MS;
  while (!ending.signal.aborted) {
    const answer = await fetch(`${url}/readyz`).catch(() => undefined);
    if (answer?.ok) return;
    if (Date.now() > deadline) throw new Error(`${url} was not ready after ${READY_WITHIN_MS / 1000} s`);
    await delay(50);
  }
}

async function main(): Promise<void> {
  /** What was started, ended in the opposite order. */
  const stops: (() => Promise<void>)[] = [];
  try {
    const log = { ...silentLog, warn: (_: object, text: string) => console.log(text), child: () => silentLog };
    const postgres = await startEmbeddedPostgres({ dataDir, log });
    stops.push(() => postgres.close());
    const redis = await startRedis();
    stops.push(() => redis.stop());
    const nodes: Node[] = [];
    // One after the other: the first one migrates and makes the first author.
    for (const [index, name] of NAMES.entries()) {
      if (ending.signal.aborted) return;
      const port = await portNear(FIRST_PORT + 1 + index);
      const node = await keepNode(name, port, {
        DATABASE_URL: postgres.url,
        REDIS_URL: redis.url,
        TRUSTED_PROXIES: process.env.TRUSTED_PROXIES ?? '127.0.0.1',
      });
      stops.push(() => node.stop());
      nodes.push(node);
    }
    const proxy = findTool('nginx')
      ? await startNginx(
          nodes.map(({ url }) => new URL(url).host.replace('localhost', '127.0.0.1')),
          { port: await portNear(FIRST_PORT) },
        )
      : undefined;
    if (proxy) stops.push(() => proxy.stop());
    const lines = nodes.map(({ name, url, pid }) => `  node ${name}   ${url}   kill -9 ${pid}`);
    const front = proxy
      ? `  all      http://localhost:${proxy.port} (nginx)`
      : '  nginx is not installed: use the nodes directly';
    console.log(
      `\nThe cluster is ready.\n${[front, ...lines].join('\n')}\n  redis    ${redis.url}\nPress Ctrl-C to stop it.\n`,
    );
    if (!ending.signal.aborted) await once(ending.signal, 'abort');
  } finally {
    ending.abort();
    console.log('\nStopping the cluster …');
    for (const stop of stops.reverse()) await stop();
  }
}

await main();
