/** `stet start` where something is in its way: one line a reason, tried again, and no stack. Real processes. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import pg from 'pg';
import { createLocalCluster } from '../../src/cluster/local.ts';
import { freePort } from '../../src/embedded/server.ts';
import { createRealtime } from '../../src/gateway/authors/server.ts';
import { createOrm } from '../../src/storage/postgres/orm.ts';
import { folder, until } from '../support/helpers.ts';
import { LISTENERS } from '../support/node.ts';
import { ROOT, STET } from '../support/root.ts';
import { startPostgres } from '../support/services.ts';
import { freshDatabase } from '../support/shared-services.ts';
import { silentLog } from '../support/silent-log.ts';

/** A node of its own; what it prints is kept apart. */
function start(t: ExecutionContext, env: Record<string, string>, program = STET) {
  const { REDIS_URL: _redis, ...rest } = process.env;
  const child = spawn(process.execPath, [program, 'start'], {
    env: { ...rest, DATA_DIR: folder(t), LOG_LEVEL: 'warn', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk: Buffer) => (said.out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (said.err += chunk.toString()));
  const ended = once(child, 'close') as Promise<[number | null]>;
  t.teardown(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, said, code: async () => (await ended)[0], ready: () => until(() => /ready at/.test(said.out)) };
}

test.serial(
  'what a start prints is where the node answers: with PUBLIC_URL that address, and the port behind it',
  async (t) => {
    t.timeout(120_000);
    const publicUrl = 'https://stet.example';
    const node = start(t, { DATABASE_URL: await freshDatabase(), PORT: '0', PUBLIC_URL: publicUrl });
    await node.ready();
    const [, port] =
      /^Stet is ready at https:\/\/stet\.example \(listening on 127\.0\.0\.1, port (\d+)\)$/m.exec(node.said.out) ?? [];
    t.truthy(port, node.said.out);
    t.true(node.said.out.includes(`Sign in at ${publicUrl}/sign-in\n`));
    t.is((await fetch(`http://127.0.0.1:${port}/healthz`)).status, 200);
    t.false(node.said.out.includes('http://localhost'));
  },
);

for (const listener of LISTENERS) {
  test.serial(`a start on a used port is one line, and goes on when the port is free (${listener})`, async (t) => {
    t.timeout(120_000);
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const node = start(t, { DATABASE_URL: await freshDatabase(), PORT: String(port), LISTENER: listener });
    await until(() => node.said.err.includes('\n'));
    await new Promise((resolve) => other.close(resolve));
    await node.ready();
    t.is(
      node.said.err,
      `stet: could not listen on 127.0.0.1:${port}: it is in use, or not an address of this machine; change PORT or HOST; retrying\n`,
    );
    node.child.kill('SIGTERM');
    t.is(await node.code(), 0);
    t.deepEqual(
      node.said.out.split('\n').filter((line) => line.startsWith('{')),
      [],
      'stopping is nothing to warn of',
    );
  });
}

test.serial('a start without the built pages or SDK is one line, before there is a database', async (t) => {
  t.timeout(120_000);
  const project = folder(t);
  for (const name of ['bin', 'src', 'schemas', 'migrations', 'package.json']) {
    cpSync(join(ROOT, name), join(project, name), { recursive: true });
  }
  symlinkSync(join(ROOT, 'node_modules'), join(project, 'node_modules'));
  const web = join(project, '.stet', 'web');
  const manifest = join(web, 'manifest.json');
  const states: readonly [missing: string, make: () => void][] = [
    [`${manifest} is missing`, () => mkdirSync(web, { recursive: true })],
    [`${manifest} is incomplete`, () => writeFileSync(manifest, '{')],
    [`${join(web, 'assets')} is missing`, () => writeFileSync(manifest, '{}')],
    [`${join(project, 'dist', 'manifest.json')} is missing`, () => mkdirSync(join(web, 'assets'))],
  ];
  const url = await freshDatabase();
  for (const [index, [missing, make]] of states.entries()) {
    make();
    for (const database of index === 0 ? ['', url] : [url]) {
      const DATA_DIR = join(project, 'data');
      const node = start(t, { DATA_DIR, DATABASE_URL: database, PORT: '0' }, join(project, 'bin', 'stet.js'));
      t.is(await node.code(), 1);
      t.is(
        node.said.err,
        `stet: the pages or the SDK are not built (${missing}); run "npm start" or "npm run build"\n`,
      );
      t.is(node.said.out, '');
      t.false(existsSync(DATA_DIR));
    }
  }
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query("select 1 from pg_tables where schemaname = 'public'");
  await client.end();
  t.deepEqual(rows, []);
});

test.serial('a start while PostgreSQL is away is one line, and goes on when it is back', async (t) => {
  t.timeout(120_000);
  const postgres = await startPostgres();
  t.teardown(() => postgres.stop());
  const databaseUrl = await postgres.createDatabase();
  await postgres.kill9();
  const node = start(t, { DATABASE_URL: databaseUrl, PORT: '0' });
  await until(() => node.said.err.includes('\n'));
  await postgres.start();
  await node.ready();
  t.regex(node.said.err, /^(?:stet: a service is not available yet \([^\n]+\); retrying\n)+$/);
  t.regex(node.said.out, /Created the first account/);
});

test.serial(
  'a start that has waited long enough ends with one line, and one that is stopped ends at once',
  async (t) => {
    t.timeout(120_000);
    const away = { DATABASE_URL: `postgres://stet:x@127.0.0.1:${await freePort()}/stet`, PORT: '0' };
    const short = start(t, { ...away, START_WITHIN_MS: '0' });
    t.is(await short.code(), 1);
    t.regex(short.said.err, /^stet: a service is not available yet \(connect ECONNREFUSED [^\n]+\)\n$/);
    const patient = start(t, away);
    await until(() => patient.said.err.includes('retrying'));
    patient.child.kill('SIGTERM');
    t.is(await patient.code(), 0);
  },
);

test('sockets that were never attached to a listener can be closed: what kept the start is not masked', async (t) => {
  const cluster = createLocalCluster({ nodeId: 'a', log: silentLog });
  const options = { cluster, log: silentLog, limits: { maxFrameBytes: 1_024 }, admission: {} };
  await t.notThrowsAsync(createRealtime(options as unknown as Parameters<typeof createRealtime>[0]).close());
});

test.serial('closing the connection to the database warns of nothing', async (t) => {
  const warned: unknown[] = [];
  const log = {
    ...silentLog,
    warn: (...what: unknown[]) => warned.push(what),
    error: (...what: unknown[]) => warned.push(what),
  };
  const orm = await createOrm({ databaseUrl: await freshDatabase(), log: log as typeof silentLog, poolSize: 2 });
  await orm.query('select 1', []);
  await orm.close();
  t.deepEqual(warned, []);
});
