// The set-up's decisions, and the services that tests use.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { type AddressInfo, connect, createServer as createTcpServer, type Socket } from 'node:net';
import { join } from 'node:path';
import test from 'ava';
import { oneAddress } from '../../src/cli/doctor/addresses.ts';
import { withoutSecret } from '../../src/cli/doctor/finding.ts';
import { examine } from '../../src/cli/doctor.ts';
import { parsePostmaster } from '../../src/embedded/lock-files.ts';
import { isPostgresOn, startOf } from '../../src/embedded/processes.ts';
import { freePort } from '../../src/embedded/server.ts';
import { folder, query, when } from '../support/helpers.ts';
import { removeLeftFolders, startNginx, startPostgres, startRedis } from '../support/services.ts';
import { findTool } from '../support/tools.ts';

// The set-up scripts are plain JavaScript without types: what is used of them is named here.
interface AptModule {
  archiveUris(listing: string, host: { id: string; codename: string }): string[];
  privateApt(work: string, sources: string): string[];
}
interface InstallModule {
  isInstalled(root: string, options: { dev: boolean }): boolean;
}
interface GlibcModule {
  atLeast(have: string, need: string): boolean;
}
const onDebian = when(['apt-get', 'dpkg-deb'].every((program) => spawnSync(program, ['--version']).status === 0));
const setupScript = (name: string): string => new URL(`../../scripts/setup/${name}`, import.meta.url).href;

test("the archive's address is the host's own main one, the known origin first", async (t) => {
  const { archiveUris } = (await import(setupScript('apt.mjs'))) as AptModule;
  const listing = [
    'mirror:/third-party/|bookworm|bookworm|main|Somebody',
    'mirror:/debian/|bookworm|bookworm|main|Debian',
    'mirror:/debian/|bookworm|bookworm|main|Debian',
    'mirror:/by-suite/|stable|bookworm|main|Debian',
    'mirror:/security/|bookworm-security|bookworm-security|main|Debian',
    'mirror:/contrib/|bookworm|bookworm|contrib|Debian',
  ].join('\n');
  const host = { id: 'debian', codename: 'bookworm' };
  t.deepEqual(archiveUris(listing, host), ['mirror:/debian/', 'mirror:/by-suite/', 'mirror:/third-party/']);
  t.deepEqual(archiveUris('', host), []);
  t.deepEqual(archiveUris('mirror:/debian/|bookworm|$(CODENAME)|main|$(ORIGIN)', host), ['mirror:/debian/']);
});

test('glibc versions are compared as numbers', async (t) => {
  const { atLeast } = (await import(setupScript('glibc.mjs'))) as GlibcModule;
  t.false(atLeast('2.36', '2.38'));
  t.false(atLeast('2.4', '2.38'));
  t.true(atLeast('2.38', '2.38'));
  t.true(atLeast('2.41', '2.38'));
  t.true(atLeast('3', '2.38'));
});

onDebian('what is not signed is not taken, whatever the system puts up with', async (t) => {
  const { privateApt } = (await import(setupScript('apt.mjs'))) as AptModule;
  const place = folder(t);
  // A package and an archive that lists it, without a signature.
  const root = join(place, 'package', 'DEBIAN');
  mkdirSync(root, { recursive: true });
  writeFileSync(
    join(root, 'control'),
    'Package: stet-unsigned\nVersion: 1\nArchitecture: all\nMaintainer: nobody <a@example.org>\nDescription: test\n',
  );
  const archive = join(place, 'archive', 'dists', 'any', 'main', 'binary-all');
  mkdirSync(archive, { recursive: true });
  const deb = join(place, 'archive', 'stet-unsigned.deb');
  spawnSync('dpkg-deb', ['--root-owner-group', '--build', join(place, 'package'), deb]);
  const bytes = readFileSync(deb);
  const lines = [
    readFileSync(join(root, 'control'), 'utf8').trim(),
    `Filename: stet-unsigned.deb\nSize: ${bytes.byteLength}\nSHA256: ${createHash('sha256').update(bytes).digest('hex')}\n`,
  ].join('\n');
  const { arch } = process;
  for (const name of ['binary-all', `binary-${arch === 'x64' ? 'amd64' : arch}`]) {
    mkdirSync(join(archive, '..', name), { recursive: true });
    writeFileSync(join(archive, '..', name, 'Packages'), lines);
  }
  // A system that takes anything.
  const lax = join(place, 'lax.conf');
  writeFileSync(
    lax,
    'Acquire::AllowInsecureRepositories "true";\nAPT::Get::AllowUnauthenticated "true";\nAPT::Sandbox::User "root";\n',
  );
  const download = (apt: readonly string[], name: string): boolean => {
    const cwd = join(place, name);
    mkdirSync(cwd);
    const env = { ...process.env, APT_CONFIG: lax };
    spawnSync('apt-get', [...apt, 'update'], { cwd, env });
    spawnSync('apt-get', [...apt, 'download', 'stet-unsigned'], { cwd, env });
    return readdirSync(cwd).some((file) => file.endsWith('.deb'));
  };
  const sources = `deb [target=Packages] file:${join(place, 'archive')} any main\n`;
  const strict = privateApt(join(place, 'strict'), sources);
  t.false(download(strict, 'downloads'));
  // The same configuration without its strictness takes it: it is the strictness that refused.
  const config = join(place, 'strict', 'apt.conf');
  const open = readFileSync(config, 'utf8').replaceAll(/^.*(Insecure|Weak|Unauthenticated).*$/gm, '');
  writeFileSync(config, open);
  t.true(download(strict, 'downloads-of-the-lax'));
});

test('packages are installed again when the lockfile asks for another version, and not before', async (t) => {
  const { isInstalled } = (await import(setupScript('install.mjs'))) as InstallModule;
  const root = mkdtempSync(join(folder(t), 'project-'));
  const write = (file: string, packages: object): void => writeFileSync(join(root, file), JSON.stringify({ packages }));
  mkdirSync(join(root, 'node_modules'));
  const wanted = {
    '': {},
    'node_modules/a': { version: '1.0.0' },
    'node_modules/b': { version: '1.0.0', dev: true },
    'node_modules/c': { version: '1.0.0', optional: true },
  };
  write('package-lock.json', wanted);
  t.false(isInstalled(root, { dev: false }), 'nothing was ever installed');
  write('node_modules/.package-lock.json', { 'node_modules/a': { version: '1.0.0' } });
  t.true(isInstalled(root, { dev: false }));
  t.false(isInstalled(root, { dev: true }));
  write('package-lock.json', { ...wanted, 'node_modules/a': { version: '1.0.1' } });
  t.false(isInstalled(root, { dev: false }));
});

test('the lockfile names every optional package, also those for other platforms', (t) => {
  const file = new URL('../../package-lock.json', import.meta.url);
  const { packages } = JSON.parse(readFileSync(file, 'utf8')) as {
    packages: Record<string, { optionalDependencies?: Record<string, string> }>;
  };
  const missing = Object.entries(packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).filter(
      (name) => !(`node_modules/${name}` in packages) && !(`${path}/node_modules/${name}` in packages),
    ),
  );
  t.deepEqual(missing, [], 'npm ci refuses such a lockfile');
});

test('temporary folders of processes that were killed are removed, and no others', (t) => {
  const parent = folder(t);
  const { pid: gone = 0 } = spawnSync('true');
  const server = (name: string, pid: number) => {
    mkdirSync(join(parent, name, 'data'), { recursive: true });
    writeFileSync(join(parent, name, 'data', 'postmaster.pid'), `${pid}\n/data\n1764000000\n5432\n`);
  };
  server(`stet-postgres-${gone}-Ab12Cd`, gone);
  server(`stet-postgres-${gone}-running`.slice(0, -1), process.pid);
  server(`stet-redis-${process.pid}-Ab12Cd`, gone);
  mkdirSync(join(parent, 'stet-postgres-old'));
  mkdirSync(join(parent, `other-${gone}-Ab12Cd`));
  removeLeftFolders(parent);
  t.deepEqual(
    readdirSync(parent).toSorted(),
    [
      `other-${gone}-Ab12Cd`,
      'stet-postgres-old',
      `stet-postgres-${gone}-runnin`,
      `stet-redis-${process.pid}-Ab12Cd`,
    ].toSorted(),
  );
});

test('the doctor names what cannot be reached, how to fix it, and no password', async (t) => {
  const env = { DATABASE_URL: 'postgres://me:secret@127.0.0.1:1/stet', REDIS_URL: 'redis://:secret@127.0.0.1:1' };
  const findings = await examine(env);
  const verdict = (name: string) => findings.find((finding) => finding.name === name)?.verdict;
  t.is(verdict('database'), 'fix');
  t.is(verdict('redis'), 'fix');
  t.is(verdict('node'), 'ok');
  t.false(JSON.stringify(findings).includes('secret'));
  t.true(findings.every((finding) => finding.verdict === 'ok' || finding.fix));
  t.is(withoutSecret('secret'), '(not a URL)');
});

test('I9 the doctor warns when nearly all connections come from one address that is no listed proxy', async (t) => {
  const server = createTcpServer((socket) => socket.on('error', () => undefined));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const sockets: Socket[] = [];
  t.teardown(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const comeFrom = async (localAddress: string, count: number) => {
    for (let index = 0; index < count; index += 1) {
      const socket = connect({ port, host: '127.0.0.1', localAddress });
      sockets.push(socket);
      await once(socket, 'connect');
    }
  };
  const look = async (env: NodeJS.ProcessEnv = {}) =>
    (await examine({ PORT: String(port), ...env })).find(({ name }) => name === 'addresses');

  const free = await freePort();
  const elsewhere = (await examine({ PORT: String(free) })).find(({ name }) => name === 'addresses');
  t.regex(elsewhere?.found ?? '', new RegExp(`^not checked: no node listens on port ${free} here`));

  // The doctor's own look at the port may count as well.
  await comeFrom('127.0.0.2', 45);
  t.is((await look())?.verdict, 'ok', 'too few connections to judge');
  await comeFrom('127.0.0.2', 15);
  await comeFrom('127.0.0.3', 4);
  const warned = await look();
  t.is(warned?.verdict, 'note');
  t.regex(warned?.found ?? '', new RegExp(`^60 of 6[45] connections to port ${port} come from 127.0.0.2$`));
  t.regex(warned?.fix ?? '', /TRUSTED_PROXIES.*MAX_CONNECTIONS_PER_ADDRESS/);
  for (const TRUSTED_PROXIES of ['10.0.0.1, 127.0.0.2', '127.0.0.0/29']) {
    t.is((await look({ TRUSTED_PROXIES }))?.verdict, 'ok', TRUSTED_PROXIES);
  }
  await comeFrom('127.0.0.4', 4);
  t.is((await look())?.verdict, 'ok', 'from several');

  const ofV6 = new Map([['2001:db8:0:1::/64', 60]]);
  t.is(oneAddress(ofV6, port, []).verdict, 'note');
  t.is(oneAddress(ofV6, port, ['2001:db8:0:1::5']).verdict, 'ok');
});

test("PostgreSQL's lock file is read as it is written in each phase", (t) => {
  t.deepEqual(parsePostmaster('12\n/data\n1\n5433\n/data\n127.0.0.1\n 1 2\nready   \n'), {
    pid: 12,
    port: 5433,
    status: 'ready',
  });
  t.deepEqual(parsePostmaster('12\n/data\n1\n5433\n'), { pid: 12, port: 5433, status: '' });
  t.is(parsePostmaster(''), undefined);
});

test('a process is known by more than its number', (t) => {
  t.not(startOf(process.pid), '');
  t.is(startOf(2 ** 30), '');
  t.false(isPostgresOn(process.pid, process.cwd()));
});

test.serial(
  'I1 the PostgreSQL for tests keeps commits and its port through kill -9 and an immediate stop',
  async (t) => {
    const postgres = await startPostgres();
    t.teardown(() => postgres.stop());
    const url = await postgres.createDatabase();
    t.not(url, await postgres.createDatabase());
    await query(url, 'CREATE TABLE kept AS SELECT 1 AS value');
    for (const end of [postgres.kill9, postgres.stopImmediate]) {
      await end();
      await t.throwsAsync(query(url, 'SELECT 1'));
      await postgres.start();
      t.deepEqual(await query(url, 'SELECT value FROM kept'), [{ value: 1 }]);
    }
  },
);

test.serial('the Redis for tests can be flushed, killed and brought back on its port', async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  await redis.flushAll();
  const { pid } = redis;
  await redis.kill();
  await t.throwsAsync(redis.flushAll());
  await redis.restart();
  t.not(redis.pid, pid);
  await t.notThrowsAsync(redis.flushAll());
});

const withNginx = when(findTool('nginx') !== undefined);
withNginx('a node that answers 503 is no dead node: the nginx asks it again at once', async (t) => {
  const nodes = await Promise.all(
    [1, 2].map(async () => {
      const node = createServer((request, response) => {
        response.statusCode = request.url === '/busy' ? 503 : 200;
        response.end();
      });
      t.teardown(() => node.close());
      await new Promise<void>((resolve) => node.listen(0, '127.0.0.1', resolve));
      return `127.0.0.1:${(node.address() as AddressInfo).port}`;
    }),
  );
  const nginx = await startNginx([...nodes, '127.0.0.1:1']);
  t.teardown(() => nginx.stop());
  for (let round = 0; round < 3; round += 1) {
    // 502 when the node that is gone was asked last.
    t.regex(String((await fetch(`${nginx.url}/busy`)).status), /^50[23]$/);
    // An EventSource that is answered with anything else is closed for good.
    t.is((await fetch(`${nginx.url}/ok`)).status, 200);
  }
});

withNginx('the nginx for tests answers for nodes that are gone', async (t) => {
  const nginx = await startNginx(['127.0.0.1:1']);
  t.teardown(() => nginx.stop());
  t.is((await fetch(nginx.url)).status, 502);
});
