/** How the SDK is made: the same bytes of the same source, wherever and whenever, and nothing made twice. */
import { cpSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { tarballOf } from '../../../scripts/build/tarball.mjs';
import { buildSdk } from '../../../scripts/build-sdk.mjs';
import { temporaryFolder } from '../../support/services.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const folder = temporaryFolder('sdk-build');
const outDir = join(folder.path, 'one');
const packaged = join(outDir, 'stet-sdk');

test.before(async (t) => {
  t.is(await buildSdk({ root, outDir }), 'built');
});
test.after.always(() => folder.remove());
test.beforeEach((t) => t.timeout(60_000));

interface Manifest {
  version: string;
  package: { file: string };
}
const read = <T>(...path: string[]): T => JSON.parse(readFileSync(join(...path), 'utf8')) as T;

test('SDK1 nothing is built when nothing changed', async (t) => {
  const before = statSync(join(outDir, 'manifest.json')).ino;
  t.is(await buildSdk({ root, outDir }), 'unchanged');
  t.is(statSync(join(outDir, 'manifest.json')).ino, before);
});

test('SDK1 two builds in different folders are the same, byte for byte', async (t) => {
  const other = join(folder.path, 'elsewhere', 'two');
  await buildSdk({ root, outDir: other });
  const { package: one } = read<Manifest>(outDir, 'manifest.json');
  t.deepEqual(readFileSync(join(other, one.file)), readFileSync(join(outDir, one.file)));
  t.deepEqual(readFileSync(join(other, 'manifest.json')), readFileSync(join(outDir, 'manifest.json')));
});

test('SDK1 a build that fails says why, keeps the last one and leaves nothing half made', async (t) => {
  const copy = join(folder.path, 'copy');
  for (const path of ['src/clients', 'src/content', 'src/lib', 'src/messages', 'schemas', 'scripts', 'LICENSE']) {
    cpSync(join(root, path), join(copy, path), { recursive: true });
  }
  for (const name of ['package.json', 'package-lock.json', 'tsconfig.json']) cpSync(join(root, name), join(copy, name));
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'));
  const built = join(copy, 'dist');
  await buildSdk({ root: copy });
  const before = readFileSync(join(built, 'manifest.json'));
  t.deepEqual(before, readFileSync(join(outDir, 'manifest.json')), 'another checkout makes the same');
  const entry = join(copy, 'src/clients/http/index.ts');
  const source = readFileSync(entry, 'utf8');
  writeFileSync(entry, `${source}\nexport const wrong: string = 1;\n`);
  await t.throwsAsync(buildSdk({ root: copy }), { message: /index\.ts.*error TS2322/s });
  writeFileSync(entry, `${source}\nexport const wrong = ;\n`);
  await t.throwsAsync(buildSdk({ root: copy }), { message: /Unexpected ";"/ });
  t.deepEqual(readFileSync(join(built, 'manifest.json')), before);
  t.deepEqual(
    readdirSync(copy).filter((name) => name.startsWith('dist')),
    ['dist'],
  );
});

test('SDK1 the package says what it is and needs, in ranges from the versions that the tests run with', (t) => {
  const ours = read<{ version: string; license: string; dependencies: Record<string, string> }>(root, 'package.json');
  const packed = read<{
    version: string;
    license: string;
    exports: object;
    dependencies: Record<string, string>;
    peerDependencies: Record<string, string>;
    private?: boolean;
  }>(packaged, 'package.json');
  t.is(packed.version, ours.version);
  t.is(packed.license, ours.license);
  t.is(packed.private, undefined, 'it can be published');
  t.deepEqual(Object.keys(packed.exports), ['./editor', './http', './viewer', './widget', './package.json']);
  t.deepEqual(Object.keys(packed.peerDependencies), ['yjs'], 'an application has one Yjs: its own');
  for (const [name, range] of Object.entries({ ...packed.dependencies, ...packed.peerDependencies })) {
    t.is(range, `^${ours.dependencies[name]}`, name);
  }
});

test('SDK1 declarations refer to nothing but the package itself and what it depends on, by names that resolve', (t) => {
  const { dependencies, peerDependencies } = read<Record<string, Record<string, string>>>(packaged, 'package.json');
  const types = join(packaged, 'types');
  const files = readdirSync(types, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.d.ts'));
  t.true(files.length > 10);
  for (const name of files) {
    const text = readFileSync(join(types, name), 'utf8');
    for (const [, target = ''] of text.matchAll(/(?:from|import\()\s*['"]([^'"]+)['"]/g)) {
      if (target.startsWith('.')) {
        const declared = join(types, name, '..', target).replace(/\.js$/, '.d.ts');
        t.true(target.endsWith('.js') && statSync(declared).isFile(), `${name}: ${target}`);
      } else {
        const owner = target.split('/')[0] ?? '';
        t.true(owner in { ...dependencies, ...peerDependencies }, `${name}: ${target}`);
      }
    }
  }
});

test('SDK1 nothing of this machine is in the package', (t) => {
  for (const entry of readdirSync(packaged, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const text = readFileSync(join(entry.parentPath, entry.name), 'utf8');
    t.false(text.includes(root) || text.includes(folder.path), entry.name);
  }
});

test('SDK1 a browser module is one file: a page that an older node served asks a newer one for no part of it', (t) => {
  for (const name of ['editor', 'http', 'viewer', 'widget']) {
    const text = readFileSync(join(outDir, 'browser', `${name}.js`), 'utf8');
    t.notRegex(text, /\bfrom\s*["']|\bimport\s*["'(]/, name);
  }
});

test('SDK1 a name that the tarball has no room for is refused, not cut', (t) => {
  const made = temporaryFolder('tarball');
  t.teardown(made.remove);
  writeFileSync(join(made.path, 'x'.repeat(90)), '');
  t.notThrows(() => tarballOf(made.path));
  writeFileSync(join(made.path, 'y'.repeat(100)), '');
  t.throws(() => tarballOf(made.path), { message: /too long/ });
});
