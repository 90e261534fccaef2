/** How the app is served: policy, caching, compression, and the way of a visitor without a session. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliCompressSync, brotliDecompressSync, gzipSync } from 'node:zlib';
import test from 'ava';
import { createPages } from '../../../src/gateway/app/pages.ts';

const SCRIPT = 'export const page = "list";\n'.repeat(20);
const page = { script: 'list-AAAA.js', style: 'list-BBBB.css', preload: ['chunk-CCCC.js'] };
const webDir = mkdtempSync(join(tmpdir(), 'stet-pages-'));

test.before(() => {
  const assets = join(webDir, 'assets');
  mkdirSync(assets);
  const pages = Object.fromEntries(
    ['list', 'sign-in', 'edit', 'history'].map((name) => [
      name,
      { en: page, ...(name === 'sign-in' && { ar: { ...page, script: 'sign-in-ar.js' } }) },
    ]),
  );
  writeFileSync(
    join(webDir, 'manifest.json'),
    JSON.stringify({
      key: 'k',
      icon: 'icon-DDDD.svg',
      worker: 'offline-worker-EEEE.js',
      reading: 'reading-FFFF.css',
      pages,
    }),
  );
  writeFileSync(join(assets, 'list-AAAA.js'), SCRIPT);
  writeFileSync(join(assets, 'list-AAAA.js.br'), brotliCompressSync(SCRIPT));
  writeFileSync(join(assets, 'list-AAAA.js.gz'), gzipSync(SCRIPT));
  writeFileSync(join(assets, 'offline-worker-EEEE.js'), '0');
});
test.after.always(() => rmSync(webDir, { recursive: true, force: true }));

type Headers = Record<string, string>;
const SESSION = { cookie: 'stet=token' };
const get = async (path: string, headers: Headers = {}) =>
  createPages({ webDir }).fetch(new Request(`http://stet.example${path}`, { headers }));

test('I6 a visitor without a session is led to the sign-in page and back', async (t) => {
  const edit = await get('/edit/4c0e');
  t.is(edit.status, 302);
  t.is(edit.headers.get('location'), '/sign-in?next=%2Fedit%2F4c0e');
  t.is(edit.headers.get('cache-control'), 'private, no-store');
  const history = await get('/edit/4c0e/history?at=7&show=now');
  t.is(history.headers.get('location'), '/sign-in?next=%2Fedit%2F4c0e%2Fhistory%3Fat%3D7%26show%3Dnow');
  t.is((await get('/edit/4c0e', { cookie: 'other=1; stet=' })).status, 302, 'a cookie that was cleared is none');
  t.is((await get('/sign-in')).status, 200);
});

test('the former address of the history leads to it', async (t) => {
  const revisions = await get('/edit/4c0e/revisions', SESSION);
  t.is(revisions.status, 308);
  t.is(revisions.headers.get('location'), '/edit/4c0e/history');
  t.is((await get('/edit/%2F%2Fevil.example/revisions')).headers.get('location'), '/edit/%2F%2Fevil.example/history');
});

test('with a session cookie of either name the pages open', async (t) => {
  for (const cookie of ['stet=token', 'a=b; __Host-stet=token']) {
    const response = await get('/edit/4c0e', { cookie });
    t.is(response.status, 200);
    t.is(response.headers.get('content-type'), 'text/html; charset=utf-8');
  }
});

test('no page may run inline code, be framed, or talk to another host', async (t) => {
  for (const path of ['/', '/sign-in', '/edit/4c0e', '/edit/4c0e/history']) {
    const { headers } = await get(path, { ...SESSION, host: 'stet.example:8080' });
    const policy = headers.get('content-security-policy') ?? '';
    t.false(policy.includes('unsafe'), path);
    t.true(policy.includes("default-src 'none'; script-src 'self';"), path);
    t.true(policy.includes("connect-src 'self' ws://stet.example:8080 wss://stet.example:8080;"), path);
    t.true(policy.includes("frame-ancestors 'none'"), path);
    t.is(headers.get('x-content-type-options'), 'nosniff');
    t.is(headers.get('referrer-policy'), 'same-origin');
  }
  const html = await (await get('/', SESSION)).text();
  t.notRegex(html, /<script(?![^>]* src=)|<style|\son\w+=|\sstyle=/);
});

test('a hostile Host header adds nothing to the policy', async (t) => {
  const { headers } = await get('/sign-in', { host: "evil; script-src 'unsafe-inline'" });
  t.true(headers.get('content-security-policy')?.includes("connect-src 'self';"));
});

test('assets are kept for good, in the encoding that the browser likes best', async (t) => {
  const brotli = await get('/assets/list-AAAA.js', { 'accept-encoding': 'gzip, br' });
  t.is(brotli.headers.get('content-encoding'), 'br');
  t.is(brotli.headers.get('cache-control'), 'public, max-age=31536000, immutable');
  t.is(brotli.headers.get('vary'), 'accept-encoding');
  t.is(brotliDecompressSync(await brotli.bytes()).toString(), SCRIPT);

  const gzip = await get('/assets/list-AAAA.js', { 'accept-encoding': 'br;q=0, gzip;q=0.5' });
  t.is(gzip.headers.get('content-encoding'), 'gzip');
  const plain = await get('/assets/list-AAAA.js', { 'accept-encoding': 'identity' });
  t.is(plain.headers.get('content-encoding'), null);
  t.is(await plain.text(), SCRIPT);
  t.is(new Set([brotli, gzip, plain].map(({ headers }) => headers.get('etag'))).size, 3);
});

test('what the browser has is not sent again', async (t) => {
  const first = await get('/', SESSION);
  const etag = first.headers.get('etag') ?? '';
  const again = await get('/', { ...SESSION, 'if-none-match': `"other", W/${etag}` });
  t.is(again.status, 304);
  t.is(await again.text(), '');
  t.is(again.headers.get('etag'), etag);
});

test('only what was built is an asset', async (t) => {
  for (const path of ['/assets/manifest.json', '/assets/..%2Fmanifest.json', '/assets/list-AAAA.js.br', '/assets/']) {
    t.is((await get(path)).status, 404, path);
  }
});

test('MSG3 a page says in which language it is, and is the one that the browser prefers', async (t) => {
  const signIn = async (language: string) => (await get('/sign-in', { 'accept-language': language })).text();
  t.true((await signIn('ar,en;q=0.5')).includes('<html lang="ar" dir="rtl">'));
  t.true((await signIn('ar')).includes('src="/assets/sign-in-ar.js"'));
  t.true((await signIn('en')).includes('<html lang="en" dir="ltr">'));
  t.true((await signIn('de')).includes('<html lang="en" dir="ltr">'), 'it was not built in German');
  const { headers } = await get('/sign-in');
  t.is(headers.get('vary'), 'accept-encoding, accept-language');
  t.true(
    (await (await get('/', { ...SESSION, 'accept-language': 'ar' })).text()).includes('<html lang="en" dir="ltr">'),
  );
});

test('HOME2 pages that strangers get others of at the same address vary by the cookie, and are private', async (t) => {
  for (const path of ['/', '/edit/4c0e', '/edit/4c0e/history']) {
    const { headers } = await get(path, SESSION);
    t.is(headers.get('vary'), 'accept-encoding, accept-language, cookie', path);
    t.is(headers.get('cache-control'), 'private, no-cache', path);
  }
});

const links = (html: string) => [...html.matchAll(/<a [^>]*href="([^"]*)"/g)].map(([, href]) => href);

test('MISSING1 an unknown address has a page of its own, which leads strangers and authors on', async (t) => {
  const response = await get('/nothing/here');
  t.is(response.status, 404);
  t.is(response.headers.get('cache-control'), 'no-store');
  t.true(response.headers.get('content-security-policy')?.includes("frame-ancestors 'none'"));
  const html = await response.text();
  t.regex(html, /<title>Page not found/);
  t.deepEqual(links(html), ['/', '/sign-in']);
  t.false(html.includes('Your documents'));
  t.notRegex(html, /<script|<style|\son\w+=|\sstyle=/);
  const own = await (await get('/nothing/here', SESSION)).text();
  t.deepEqual(links(own), ['/']);
  t.true(own.includes('>Your documents</a>'));
  const german = await (await get('/nothing/here', { 'accept-language': 'de' })).text();
  t.true(german.includes('>Startseite</a>') && german.includes('>Anmelden</a>'));
});

test('the service worker is revalidated on every load', async (t) => {
  const { status, headers } = await get('/offline-worker.js');
  t.is(status, 200);
  t.is(headers.get('cache-control'), 'public, no-cache');
  // It is the worker's own policy: without `connect-src` it could fetch nothing.
  t.is(headers.get('content-security-policy'), "default-src 'none'; connect-src 'self'");
});

test('a server without a built app says so', (t) => {
  t.throws(() => createPages({ webDir: join(webDir, 'nowhere') }), { message: /not built/ });
});
