/** `stet user add` and `stet migrate` beside a running node, as its first words suggest. Real processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import test from 'ava';
import { STET } from '../support/root.ts';
import { temporaryFolder } from '../support/services.ts';

function stet(args: readonly string[], dataDir: string) {
  const { DATABASE_URL: _database, REDIS_URL: _redis, ...env } = process.env;
  return spawn(process.execPath, [STET, ...args], {
    env: { ...env, DATA_DIR: dataDir, PORT: '0', LOG_LEVEL: 'error' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
}

/** Runs a command to its end. */
async function run(args: readonly string[], dataDir: string, input = ''): Promise<{ code: number; output: string }> {
  const child = stet(args, dataDir);
  child.stdin.end(input);
  const ended = once(child, 'exit') as Promise<[number]>;
  const output = await text(child.stdout);
  return { code: (await ended)[0], output };
}

test('an account is added while the node runs, and can sign in', async (t) => {
  const folder = temporaryFolder('cli');
  const node = stet(['start'], folder.path);
  const ended = once(node, 'exit') as Promise<[number]>;
  t.teardown(async () => {
    node.kill('SIGKILL');
    await ended;
    folder.remove();
  });
  const url = await new Promise<string>((resolve) => {
    createInterface({ input: node.stdout }).on('line', (line) => {
      const found = /ready at (\S+)/.exec(line)?.[1];
      if (found) resolve(found);
    });
  });

  const added = await run(
    ['user', 'add', 'mara', '--role', 'author', '--password-stdin'],
    folder.path,
    'a good password\n',
  );
  t.deepEqual(added, { code: 0, output: 'Created the author mara.\n' });
  const signedIn = await fetch(`${url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ handle: 'mara', password: 'a good password' }),
  });
  t.is(signedIn.status, 201);
  t.deepEqual(await run(['migrate'], folder.path), { code: 0, output: 'The schema is up to date.\n' });
  node.kill('SIGINT');
  t.is((await ended)[0], 0);
});
