/** `stet start` as a real process: what becomes of a node that fails, and of one that is killed. */
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import test, { type ExecutionContext } from 'ava';
import { freePort } from '../../src/embedded/server.ts';
import { until, when } from '../support/helpers.ts';
import { createWorld } from '../support/node.ts';
import { STET } from '../support/root.ts';
import { editor, shows, type, when as whenShown } from '../support/sdk.ts';

const FAIL_ON_SIGNAL = new URL('../support/fail-on-signal.ts', import.meta.url).href;

interface Started {
  readonly child: ChildProcess;
  readonly url: string;
  readonly lines: string[];
  readonly ended: Promise<[number | null, NodeJS.Signals | null]>;
  /** Process id of the node that runs at present. */
  node(): number | undefined;
}

/** Starts the command, and waits until the node serves. */
async function start(t: ExecutionContext, databaseUrl: string, env: Record<string, string> = {}): Promise<Started> {
  const port = await freePort();
  const { REDIS_URL: _redis, ...inherited } = process.env;
  const child = spawn(process.execPath, ['--import', FAIL_ON_SIGNAL, STET, 'start'], {
    env: { ...inherited, DATABASE_URL: databaseUrl, PORT: String(port), DRAIN_MS: '2000', LISTENER: 'node', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (line) => lines.push(line));
  }
  const ended = once(child, 'exit') as Started['ended'];
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  await until(() => lines.some((line) => line.startsWith('Stet is ready')));
  return { child, url: `http://127.0.0.1:${port}`, lines, ended, node: () => childrenOf(child.pid)[0] };
}

const childrenOf = (pid: number | undefined): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number);

const isThere = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

const ready = (started: Started) =>
  until(async () => (await fetch(`${started.url}/readyz`).catch(() => undefined))?.status === 200);
const readies = ({ lines }: Started): number => lines.filter((line) => line.startsWith('Stet is ready')).length;

when(process.platform === 'linux')(
  'I1 a node with an uncaught error says which, ends in order, is started again, and authors write on',
  async (t) => {
    const world = await createWorld(t);
    const started = await start(t, world.databaseUrl);
    const ann = await world.author('ann');
    const document = editor(t, started.url, ann).open(await world.document(ann));
    await shows(document, 'saved');
    type(document, 'before');
    await whenShown(document.status, (status) => status.kind === 'saved' && status.seq === 1);
    const failed = started.node();
    t.not(failed, undefined);
    if (failed !== undefined) process.kill(failed, 'SIGUSR2');
    type(document, ' meanwhile');
    await until(() => readies(started) === 2);
    await ready(started);
    type(document, ' after');
    await whenShown(document.status, (status) => status.kind === 'saved' && status.seq > 1);
    t.is(document.ydoc.getText('body').toString(), 'before meanwhile after');
    const log = started.lines.join('\n');
    t.regex(log, /uncaught error: the node shuts down/);
    t.regex(log, /made to fail/);
    t.regex(log, /fail-on-signal/, 'the stack is in the log');
    t.regex(log, /"msg":"stopped"/, 'it was drained');
    t.regex(log, /the node exited with exit code 1; restarting in 0.5 s/);
    started.child.kill('SIGTERM');
    t.deepEqual(await started.ended, [0, null]);
  },
);

when(process.platform === 'linux')('I1 a node that is killed is started again, later each time', async (t) => {
  const world = await createWorld(t);
  const started = await start(t, world.databaseUrl);
  for (const [times, seconds] of [
    [1, '0.5'],
    [2, '1'],
  ] as const) {
    const killed = started.node();
    if (killed !== undefined) process.kill(killed, 'SIGKILL');
    await until(() => readies(started) === times + 1);
    t.true(started.lines.includes(`stet: the node exited by SIGKILL; restarting in ${seconds} s`));
    t.not(started.node(), killed);
    await ready(started);
  }
  started.child.kill('SIGINT');
  t.deepEqual(await started.ended, [0, null]);
});

when(process.platform === 'linux')('a node whose supervisor is killed drains and ends', async (t) => {
  const world = await createWorld(t);
  const started = await start(t, world.databaseUrl);
  const node = started.node();
  started.child.kill('SIGKILL');
  await started.ended;
  await until(() => node === undefined || !isThere(node));
  t.true(started.lines.some((line) => line.includes('Lost the supervisor')));
});

test('RESTART=never leaves a failed node to whoever started it: one process, exit code 1', async (t) => {
  const world = await createWorld(t);
  const started = await start(t, world.databaseUrl, { RESTART: 'never' });
  if (process.platform === 'linux') t.deepEqual(childrenOf(started.child.pid), []);
  started.child.kill('SIGUSR2');
  t.deepEqual(await started.ended, [1, null]);
  t.regex(started.lines.join('\n'), /made to fail/);
});

test('a node that never served is not started again', async (t) => {
  const child = spawn(process.execPath, [STET, 'start'], {
    env: { PATH: process.env.PATH, PORT: 'eighty' },
    stdio: 'ignore',
  });
  t.deepEqual(await once(child, 'exit'), [2, null]);
});
