/** `/` for strangers: what is public, newest first, by page; for authors it is their own list, and no cache mixes the two. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { createHome } from '../../../../src/gateway/readers/pages/home.ts';
import { type HomeSite, renderHome } from '../../../../src/gateway/readers/pages/home-page.ts';
import type { PublicDocument } from '../../../../src/ports/public-reads.ts';
import { type CachedBytes, createBytes } from '../../../../src/published/cached-bytes.ts';
import { until } from '../../../support/helpers.ts';
import { createWorld, LISTENERS, type TestNode } from '../../../support/node.ts';
import { request } from '../../../support/raw-request.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { Article } from '../../../support/viewer.ts';

test.beforeEach((t) => t.timeout(60_000));

const webDir = mkdtempSync(join(tmpdir(), 'stet-home-'));
test.before(() => {
  mkdirSync(join(webDir, 'assets'));
  writeFileSync(join(webDir, 'manifest.json'), JSON.stringify({ reading: 'reading-A.css', icon: 'icon-B.svg' }));
});
test.after.always(() => rmSync(webDir, { recursive: true, force: true }));

const SITE: HomeSite = { name: 'Field & Fen', description: 'Birds of the north', language: 'en-GB' };
const documentOf = (number: number): PublicDocument => ({
  documentId: `id-${number}`,
  slug: `number-${number}`,
  revision: 1,
  title: `Number ${number}`,
  summary: '',
  author: 'ana',
  publishedAt: '2026-05-03T22:30:00.000Z',
  firstPublishedAt: '2026-05-03T08:00:00.000Z',
  updatedAt: '2026-05-03T22:30:00.000Z',
  seq: null,
  coverage: null,
  live: false,
  language: 'en',
});
const AWAY = new Error('away');

/** A home page of so many documents, two on a page. */
function homeOf(count: number | Error, site: HomeSite = SITE) {
  const kept = new Map<string, CachedBytes>();
  const asked: [limit: number, offset: number | undefined][] = [];
  const home = createHome({
    webDir,
    perPage: 2,
    site,
    reads: {
      async latest(limit, offset) {
        if (count instanceof Error) throw count;
        asked.push([limit, offset]);
        return Array.from({ length: count }, (_, index) => documentOf(count - index)).slice(
          offset,
          (offset ?? 0) + limit,
        );
      },
    },
    lists: {
      async kept(key, make) {
        const bytes = kept.get(key) ?? createBytes(await make(), () => undefined);
        kept.set(key, bytes);
        return bytes;
      },
      peek: (key) => kept.get(key),
    },
    isUnavailable: (error) => error === AWAY,
    log: silentLog,
  });
  const get = async (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    home.fetch(new Request(`http://stet.example${path}`, { method, headers }));
  return { home, kept, asked, get, html: async (path: string) => (await get(path)).text() };
}
const stories = (html: string): string[] =>
  [...html.matchAll(/<h2[^>]*><a[^>]*>(.*?)<\/a>/g)].map(([, title = '']) => title);
const pages = (html: string): string[] =>
  [...html.matchAll(/<a class="button" rel="(\w+)" href="([^"]*)"/g)].map(([, rel, href]) => `${rel} ${href}`);

test('HOME1 strangers see the name of the site and what is public, newest first', async (t) => {
  const html = await homeOf(1).html('/');
  t.true(html.includes('<html lang="en" dir="ltr">'));
  t.true(html.includes('<h1 lang="en-GB" dir="auto">Field &amp; Fen</h1>'));
  t.true(html.includes('<title>Field &amp; Fen</title>'));
  t.true(html.includes('<p class="tagline" lang="en-GB" dir="auto">Birds of the north</p>'));
  t.true(html.includes('<a class="button" href="/sign-in">Sign in</a>'));
  t.true(html.includes('<a href="/feed.xml">Feed</a>'));
  t.true(html.includes('<link rel="alternate" type="application/atom+xml" title="Field &amp; Fen" href="/feed.xml">'));
  t.true(html.includes('<link rel="canonical" href="/">'));
  t.true(html.includes('<a href="/d/number-1">Number 1</a>'));
  t.true(html.includes('By <span class="author">ana</span>'));
  t.true(html.includes('<time datetime="2026-05-03T08:00:00.000Z">3 May 2026</time>'));
  t.notRegex(html, /<script|<style|\son\w+=|\sstyle=/, 'it needs no script');
  t.deepEqual(stories(await homeOf(2).html('/')), ['Number 2', 'Number 1']);
});

test('HOME1 a site without public documents says so', async (t) => {
  const html = await homeOf(0).html('/');
  t.true(html.includes('<p class="empty">Nothing has been published yet.</p>'));
  t.deepEqual([...stories(html), ...pages(html)], []);
});

test('HOME1 I9 a long list comes in pages, of which there are so many at most', async (t) => {
  const { html, get, asked } = homeOf(5);
  t.deepEqual(stories(await html('/')), ['Number 5', 'Number 4']);
  t.deepEqual(pages(await html('/')), ['next /?page=2']);
  const second = await html('/?page=2&from=mail');
  t.deepEqual(stories(second), ['Number 3', 'Number 2']);
  t.deepEqual(pages(second), ['prev /', 'next /?page=3']);
  t.true(second.includes('<title>Field &amp; Fen – page 2</title>'));
  t.true(second.includes('<link rel="canonical" href="/?page=2">'));
  const third = await html('/?page=3');
  t.deepEqual(stories(third), ['Number 1']);
  t.deepEqual(pages(third), ['prev /?page=2']);
  for (const page of ['4', '0', '-1', '01', '51', '999', 'x', '', '2e1']) {
    const answer = await get(`/?page=${page}`);
    t.is(answer.status, 404, page);
    t.is(answer.headers.get('cache-control'), 'no-store');
  }
  t.deepEqual(asked, [
    [3, 0],
    [3, 2],
    [3, 4],
    [3, 6],
  ]);
  t.deepEqual(pages(await homeOf(200).html('/?page=50')), ['prev /?page=49'], 'what is older is in the sitemap');
});

test('XSS3 HOME1 texts of documents and of the site stay text', (t) => {
  const hostile = `</title><script>window.ran = 1</script>"'><img src=x onerror="window.ran = 1">`;
  const document = { ...documentOf(1), title: hostile, summary: hostile, author: hostile };
  const site = { name: hostile, description: hostile, language: 'en' };
  const html = renderHome({ documents: [document], page: 1, hasOlder: false }, site, { style: 'a.css', icon: 'b.svg' });
  t.notRegex(html, /<script|<img/);
  t.is(html.split('&lt;img src=x onerror=&quot;').length - 1, 11, 'and all of it is there');
});

test('LANG2 HOME1 each text is in its own language, and what stands around them in that of the site', (t) => {
  const arabic = { ...documentOf(1), title: 'الكركي', language: 'ar' };
  const german = { name: 'Feld', description: '', language: 'de-AT' };
  const assets = { style: 'a.css', icon: 'b.svg' };
  const html = renderHome({ documents: [arabic], page: 1, hasOlder: true }, german, assets);
  t.true(html.includes('<html lang="de" dir="ltr">'));
  t.true(html.includes('<li lang="ar">\n<h2 dir="auto">'));
  t.true(html.includes('<p class="by" lang="de">Von '));
  t.true(html.includes('>Anmelden</a>') && html.includes('>Ältere</a>'));
  const japanese = { ...german, language: 'ja' };
  t.true(
    renderHome({ documents: [], page: 1, hasOlder: false }, japanese, assets).includes('<html lang="en" dir="ltr">'),
  );
});

test('HOME1 a live document is marked, and one without a title is called so', (t) => {
  const live = { ...documentOf(1), live: true, title: ' ', summary: 'About it.' };
  const html = renderHome({ documents: [live], page: 1, hasOlder: false }, SITE, { style: 'a.css', icon: 'b.svg' });
  t.true(html.includes('<span class="badge live">Live</span>'));
  t.true(html.includes('>Untitled</a>'));
  t.true(html.includes('<p class="about" dir="auto">About it.</p>'));
});

test('HOME2 it is for strangers alone, of GET and HEAD, at its own address', (t) => {
  const { home } = homeOf(1);
  const serves = (path: string, headers: Record<string, string> = {}, method = 'GET') => {
    const url = `http://stet.example${path}`;
    return home.serves(new Request(url, { method, headers }), new URL(url).pathname);
  };
  t.true(serves('/'));
  t.true(serves('/?page=2', { cookie: 'other=1; stet=' }, 'HEAD'));
  t.false(serves('/', { cookie: 'stet=token' }));
  t.false(serves('/', { cookie: 'a=b; __Host-stet=token' }));
  t.false(serves('/', {}, 'POST'));
  t.false(serves('/d/'));
});

test('HOME2 it may be cached, varies by the cookie, and is not sent twice', async (t) => {
  const { get } = homeOf(2);
  const first = await get('/');
  t.is(first.headers.get('cache-control'), 'public, max-age=0, must-revalidate');
  t.is(first.headers.get('vary'), 'accept-encoding, cookie');
  t.true(first.headers.get('content-security-policy')?.includes("default-src 'none'"));
  t.false(first.headers.get('content-security-policy')?.includes('script-src'));
  const etag = first.headers.get('etag') ?? '';
  t.is((await get('/', { 'if-none-match': etag })).status, 304);
  const head = await get('/', {}, 'HEAD');
  t.is(await head.text(), '');
  t.is(head.headers.get('etag'), etag);
  const packed = await get('/', { 'accept-encoding': 'br' });
  t.is(brotliDecompressSync(await packed.bytes()).toString(), await first.text());
});

test('FAST1 the first page is what the fast path may send, while it is kept', async (t) => {
  const { home, kept, get } = homeOf(2);
  t.is(home.peek(), undefined);
  const etag = (await get('/')).headers.get('etag') ?? '';
  const subject = home.peek();
  t.truthy(subject);
  t.is(home.peek(), subject, 'the same as long as the page is');
  t.is(subject?.tagged(etag.slice(1, -1)), kept.get('home 1'));
  t.is(subject?.tagged('other'), undefined);
  kept.clear();
  t.is(home.peek(), undefined);
});

test('HOME1 with the database away the reader is asked to retry; a fault of ours reveals nothing', async (t) => {
  const away = await homeOf(AWAY).get('/');
  t.is(away.status, 503);
  t.is(away.headers.get('retry-after'), '5');
  const broken = await homeOf(new Error('secret')).get('/');
  t.is(broken.status, 500);
  t.false((await broken.text()).includes('secret'));
});

const ask = async (node: TestNode, headers: Record<string, string> = {}) => {
  const { status, headers: got, body } = await request(new URL('/', node.url), { headers });
  return { status, headers: got, html: body.toString() };
};

/** A node with two public documents and a private one, and their author. */
async function place(t: ExecutionContext, LISTENER: string) {
  const world = await createWorld(t);
  const node = await world.node({ LISTENER, SITE_NAME: 'Field & Fen' });
  const ann = await world.author('ann');
  const [first, second, hidden] = [
    await Article.make(node, ann),
    await Article.make(node, ann),
    await Article.make(node, ann, 'private'),
  ];
  for (const [article, title] of [
    [first, 'First'],
    [second, 'Second'],
    [hidden, 'Secret'],
  ] as const) {
    await article.call('PUT', '/draft', { title });
    await article.publish(`text of ${title}`);
  }
  return { node, ann, first, second, hidden };
}

for (const LISTENER of LISTENERS) {
  test.serial(
    `${LISTENER} HOME1 I6 a node lists what is public to strangers, and nothing private, within a second`,
    async (t) => {
      const { node, ann, first, hidden } = await place(t, LISTENER);
      await until(async () => stories((await ask(node)).html).length === 2);
      t.deepEqual(stories((await ask(node)).html), ['Second', 'First']);
      await first.publish('again');
      await until(async () => stories((await ask(node)).html)[0] === 'First');
      await first.change({ visibility: 'private' });
      await until(async () => stories((await ask(node)).html).length === 1);
      await hidden.change({ visibility: 'public' });
      await until(async () => stories((await ask(node)).html).includes('Secret'));
      t.false(
        (await ask(node, { cookie: `stet=${ann.token}` })).html.includes('Secret'),
        'authors get their list, by script',
      );
    },
  );

  test.serial(`${LISTENER} HOME2 FAST1 authors and strangers each get their page, on the fast path too`, async (t) => {
    const { node, ann } = await place(t, LISTENER);
    const cookie = `stet=${ann.token}`;
    await until(async () => stories((await ask(node)).html).length === 2);
    // The full path made it now; after it was recorded, the fast path sends it.
    const full = await ask(node, { 'accept-encoding': 'br' });
    for (let round = 0; round < 20; round += 1) {
      const stranger = await ask(node, { 'accept-encoding': 'br' });
      t.is(stranger.headers.etag, full.headers.etag);
      t.is(stranger.headers.vary, 'accept-encoding, cookie');
      t.is(stranger.headers['cache-control'], 'public, max-age=0, must-revalidate');
      t.is(stranger.headers['content-security-policy'], full.headers['content-security-policy']);
      const author = await ask(node, { cookie, 'if-none-match': String(full.headers.etag) });
      t.is(author.status, 200);
      t.true(author.html.includes('<div id="app"'));
      t.is(author.headers['cache-control'], 'private, no-cache');
    }
    const again = await ask(node, { 'accept-encoding': 'br', 'if-none-match': String(full.headers.etag) });
    t.is(again.status, 304);
  });
}
