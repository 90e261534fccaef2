/** What a node serves below `/sdk/`: for every origin, in few bytes, twice to nobody, and nothing but the SDK. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import test from 'ava';
import { createSdkFiles } from '../../../src/gateway/sdk/files.ts';
import { SDK_DIR } from '../../../src/node/settings.ts';
import { buildApp } from '../../support/browser.ts';
import { createWorld, LISTENERS } from '../../support/node.ts';
import { type RawAnswer, request } from '../../support/raw-request.ts';
import { temporaryFolder } from '../../support/services.ts';

interface Index {
  name: string;
  version: string;
  package: { file: string; integrity: string };
  modules: Record<string, { file: string; integrity: string }>;
}

test.before(buildApp);
test.beforeEach((t) => t.timeout(60_000));

const { version } = JSON.parse(readFileSync(new URL('../../../package.json', import.meta.url), 'utf8')) as Index;
const TARBALL = `/sdk/stet-sdk-${version}.tgz`;
const MODULES = ['editor', 'http', 'viewer', 'widget'].map((name) => `/sdk/${name}.js`);
const integrityOf = (algorithm: string, content: Buffer): string =>
  `${algorithm}-${createHash(algorithm).update(content).digest('base64')}`;

for (const kind of LISTENERS) {
  test(`${kind}: SDK4 modules and package are there for every origin, with the hashes of the index`, async (t) => {
    const node = await (await createWorld(t)).node({ LISTENER: kind });
    const get = (path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<RawAnswer> =>
      request(new URL(node.url), { path, headers, method });
    const listed = await get('/sdk/index.json', { origin: 'https://elsewhere.example' });
    t.like(listed.headers, { 'content-type': 'application/json', 'cache-control': 'public, no-cache' });
    const index = JSON.parse(listed.body.toString()) as Index;
    t.deepEqual(Object.keys(index).sort(), ['modules', 'name', 'package', 'version']);
    t.deepEqual([index.name, index.version], ['stet-sdk', version]);
    t.is(`/sdk/${index.package.file}`, TARBALL);
    t.deepEqual(
      Object.values(index.modules).map(({ file }) => `/sdk/${file}`),
      MODULES,
    );
    for (const path of [...MODULES, TARBALL]) {
      const answer = await get(path, { origin: 'https://elsewhere.example' });
      t.is(answer.status, 200, path);
      t.like(answer.headers, {
        'access-control-allow-origin': '*',
        'cross-origin-resource-policy': 'cross-origin',
        'x-content-type-options': 'nosniff',
      });
      t.is(answer.headers['set-cookie'], undefined);
      const isPackage = path === TARBALL;
      t.is(answer.headers['content-type'], isPackage ? 'application/gzip' : 'text/javascript; charset=utf-8', path);
      t.regex(answer.headers['cache-control'] ?? '', isPackage ? /^public, no-cache$/ : /^public, max-age=300,/, path);
      const named = isPackage ? index.package : Object.values(index.modules).find(({ file }) => path.endsWith(file));
      t.is(named?.integrity, integrityOf(isPackage ? 'sha512' : 'sha384', answer.body), path);
    }
  });

  test(`${kind}: SDK4 a module is compressed, has no body for HEAD, and is answered with 304 to a client that has it`, async (t) => {
    const node = await (await createWorld(t)).node({ LISTENER: kind });
    const get = (headers: Record<string, string> = {}, method = 'GET', path = '/sdk/editor.js'): Promise<RawAnswer> =>
      request(new URL(node.url), { path, headers, method });
    const plain = await get();
    t.is(plain.headers['content-encoding'], undefined);
    const brotli = await get({ 'accept-encoding': 'gzip, br' });
    t.is(brotli.headers['content-encoding'], 'br');
    t.deepEqual(brotliDecompressSync(brotli.body), plain.body);
    t.true(brotli.body.length < plain.body.length / 2);
    const gzip = await get({ 'accept-encoding': 'gzip' });
    t.deepEqual(gunzipSync(gzip.body), plain.body);
    for (const { headers } of [plain, brotli, gzip]) t.is(headers.vary, 'accept-encoding');
    t.is(new Set([plain, brotli, gzip].map(({ headers }) => headers.etag)).size, 3, 'one tag an encoding');

    const head = await get({ 'accept-encoding': 'br' }, 'HEAD');
    t.is(head.status, 200);
    t.is(head.body.length, 0);
    t.is(head.headers.etag, brotli.headers.etag);
    t.is(head.headers['content-type'], brotli.headers['content-type']);

    const again = await get({ 'accept-encoding': 'br', 'if-none-match': `"x", W/${brotli.headers.etag}` });
    t.is(again.status, 304);
    t.is(again.body.length, 0);
    t.like(again.headers, { etag: brotli.headers.etag, 'access-control-allow-origin': '*', vary: 'accept-encoding' });
    t.is((await get({ 'accept-encoding': 'br', 'if-none-match': '"x"' })).status, 200);

    const packed = await get({ 'accept-encoding': 'gzip, br' }, 'GET', TARBALL);
    t.is(packed.headers['content-encoding'], undefined, 'what is packed already is not packed again');
    t.is((await get({ 'if-none-match': String(packed.headers.etag) }, 'GET', TARBALL)).status, 304);
  });

  test(`${kind}: SDK4 any other path below /sdk/ is answered 404 as a problem`, async (t) => {
    const node = await (await createWorld(t)).node({ LISTENER: kind });
    const get = (path: string, method = 'GET'): Promise<RawAnswer> => request(new URL(node.url), { path, method });
    for (const name of [
      '',
      'nothing.js',
      'editor.js.br',
      'editor.js/',
      'EDITOR.js',
      'browser/editor.js',
      'manifest.json',
      'stet-sdk/package.json',
      'stet-sdk-0.0.0.tgz',
      'constructor',
      '__proto__',
      '..%2fpackage.json',
      '%2e%2e%2fpackage.json',
      '..%5cpackage.json',
      'editor.js%00',
      '%2fetc%2fpasswd',
    ]) {
      const answer = await get(`/sdk/${name}`);
      t.is(answer.status, 404, name);
      t.is(answer.headers['content-type'], 'application/problem+json', name);
      t.is(answer.headers['access-control-allow-origin'], '*', name);
      t.like(JSON.parse(answer.body.toString()), { status: 404, code: 'not_found' }, name);
    }
    for (const path of ['/sdk/../package.json', '/sdk/browser/../../package.json', '/sdk/%2e%2e/package.json']) {
      const answer = await get(path);
      t.not(answer.status, 200, path);
      t.notRegex(answer.body.toString(), /"dependencies"/, path);
    }
    for (const method of ['POST', 'PUT', 'DELETE', 'OPTIONS']) {
      const answer = await get('/sdk/editor.js', method);
      t.is(answer.status, 405, method);
      t.is(answer.headers.allow, 'GET, HEAD');
      t.like(JSON.parse(answer.body.toString()), { code: 'method_not_allowed' });
    }
  });
}

test('SDK4 a node whose SDK is not built says so, and which command builds it', (t) => {
  const folder = temporaryFolder('no-sdk');
  t.teardown(folder.remove);
  t.throws(() => createSdkFiles(folder.path), { message: /not built.*npm run build/ });
  t.notThrows(() => createSdkFiles(SDK_DIR));
});
