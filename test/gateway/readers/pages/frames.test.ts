/** A document in a frame on another site, as it goes over the wire: public alone, without a cookie, and complete without a script. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import { renderHtml } from '../../../../src/content/html/html.ts';
import { createSite } from '../../../../src/gateway/access/site.ts';
import { createFrames } from '../../../../src/gateway/readers/pages/frames.ts';
import type { PublicDocument } from '../../../../src/ports/public-reads.ts';
import { createEntry } from '../../../../src/published/entry.ts';
import { until } from '../../../support/helpers.ts';
import { createWorld, LISTENERS } from '../../../support/node.ts';
import { request } from '../../../support/raw-request.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { Article } from '../../../support/viewer.ts';

test.beforeEach((t) => t.timeout(60_000));

const webDir = mkdtempSync(join(tmpdir(), 'stet-frames-'));
test.before(() => {
  mkdirSync(join(webDir, 'assets'));
  const frame = { en: 'frame-C.js', de: 'frame-D.js' };
  writeFileSync(
    join(webDir, 'manifest.json'),
    JSON.stringify({ frameStyle: 'frame-A.css', icon: 'icon-B.svg', frame }),
  );
});
test.after.always(() => rmSync(webDir, { recursive: true, force: true }));

const DOCUMENT: PublicDocument = {
  documentId: 'id',
  slug: 'größe',
  revision: 2,
  title: 'Cranes',
  summary: 'Where to see them.',
  author: 'ana',
  publishedAt: '2026-05-03T22:30:00.000Z',
  firstPublishedAt: '2026-04-01T08:00:00.000Z',
  updatedAt: '2026-05-03T22:30:00.000Z',
  seq: null,
  coverage: null,
  live: false,
  language: 'en',
};
const AWAY = new Error('away');
const HOSTILE = `</script></title>"'><script>window.ran = 1</script><img src=x onerror="window.ran = 1">`;
const PATH = `/embed/frame/${encodeURIComponent(DOCUMENT.slug)}`;

type Headers = Record<string, string>;

/** Reads from a world that shows one document under its slug and under `cranes`, a former one. */
function framesOf(document: PublicDocument | Error | undefined = DOCUMENT, text = 'They come in April.') {
  const body = { type: 'doc' as const, content: [{ type: 'paragraph', content: [{ type: 'text', text }] }] };
  const entry =
    document && !(document instanceof Error)
      ? createEntry(document, { body, html: renderHtml(body) }, () => undefined)
      : undefined;
  const frames = createFrames({
    webDir,
    async publicPage(slug) {
      if (document instanceof Error) throw document;
      return slug === document?.slug || slug === 'cranes' ? entry : undefined;
    },
    isUnavailable: (error) => error === AWAY,
    log: silentLog,
    site: createSite({ siteName: 'Field & Fen' }),
  });
  const get = (path = PATH, headers: Headers = {}, method = 'GET') =>
    frames(new Request(`http://stet.example${path}`, { method, headers: { host: 'stet.example', ...headers } }), {
      secure: false,
    });
  return { get, html: async (path?: string, headers?: Headers) => (await get(path, headers)).text() };
}

test('EMBED2 a frame has the article, where it is from, and links that leave the frame', async (t) => {
  const html = await framesOf().html();
  t.true(html.includes('<h1 dir="auto">Cranes</h1>'));
  t.true(html.includes('<p dir="auto">They come in April.</p>'));
  t.true(html.includes('<p class="summary" dir="auto">Where to see them.</p>'));
  t.true(html.includes('<time datetime="2026-04-01T08:00:00.000Z">1 April 2026</time>'));
  t.true(html.includes(`<a href="/d/${encodeURIComponent(DOCUMENT.slug)}" rel="noopener">Field &amp; Fen</a>`));
  t.true(html.includes('<base target="_blank">'));
  t.true(html.includes('<meta name="robots" content="noindex">'));
  t.true(html.includes(`<link rel="canonical" href="http://stet.example/d/${encodeURIComponent(DOCUMENT.slug)}">`));
  t.true(html.includes('<main class="reading" data-slug="größe" data-id="id" data-revision="2">'));
  t.true(html.includes('<script type="module" src="/assets/frame-C.js"></script>'));
});

test('EMBED2 every site may frame it, it runs its own script alone, and sets no cookie', async (t) => {
  for (const path of [PATH, '/embed/frame/nothing']) {
    const { headers } = await framesOf().get(path);
    const policy = headers.get('content-security-policy') ?? '';
    t.true(policy.includes('frame-ancestors *'), path);
    t.true(policy.startsWith("default-src 'none'; style-src 'self'; img-src 'self';"), path);
    t.true(policy.endsWith("script-src 'self'; connect-src 'self' ws://stet.example wss://stet.example"), path);
    t.is(headers.get('x-frame-options'), null);
    t.is(headers.get('cross-origin-resource-policy'), 'cross-origin');
    t.is(headers.get('cross-origin-embedder-policy'), 'require-corp');
    t.is(headers.get('set-cookie'), null);
  }
});

test('EMBED2 it is cached, and is not sent twice', async (t) => {
  const { get } = framesOf();
  const first = await get();
  t.is(first.headers.get('cache-control'), 'public, max-age=0, must-revalidate');
  t.is(first.headers.get('vary'), 'accept-encoding');
  const etag = first.headers.get('etag') ?? '';
  t.is((await get(PATH, { 'if-none-match': etag })).status, 304);
  t.not((await get(`${PATH}?theme=dark`)).headers.get('etag'), etag);
  const head = await get(PATH, {}, 'HEAD');
  t.is(await head.text(), '');
  t.is(head.headers.get('etag'), etag);
  const refused = await get(PATH, {}, 'POST');
  t.is(refused.status, 405);
  t.is(refused.headers.get('allow'), 'GET, HEAD');
});

test('EMBED2 the page around it chooses the colours', async (t) => {
  const { html } = framesOf();
  t.true((await html(`${PATH}?theme=dark`)).includes('<html lang="en" dir="ltr" data-theme="dark">'));
  t.true((await html(`${PATH}?theme=light`)).includes('<meta name="color-scheme" content="light">'));
  for (const path of [PATH, `${PATH}?theme="><script>`]) {
    const page = await html(path);
    t.true(page.includes('<html lang="en" dir="ltr">'));
    t.true(page.includes('<meta name="color-scheme" content="light dark">'));
  }
});

test('EMBED1 a missing document leaves a sentence in the language of the reader, or nothing', async (t) => {
  const { html, get } = framesOf();
  const missing = await html('/embed/frame/nothing');
  t.true(
    missing.includes(
      '<main class="reading" data-slug="nothing"><h1 class="missing">This content is not available.</h1></main>',
    ),
  );
  t.true(
    (await html('/embed/frame/nothing', { 'accept-language': 'de' })).includes('Dieser Inhalt ist nicht verfügbar.'),
  );
  t.true(
    (await html('/embed/frame/nothing?missing=hide')).includes('<main class="reading" data-slug="nothing"></main>'),
  );
  const answer = await get('/embed/frame/nothing');
  t.is(answer.status, 404);
  t.is(answer.headers.get('cache-control'), 'no-store');
  for (const path of ['/embed/frame/', '/embed/frame/a/b', '/embed/frame/%ff', '/embed/frame/%22%3E%3Cscript%3E']) {
    const { status, body } = await get(path).then(async (one) => ({ status: one.status, body: await one.text() }));
    t.is(status, 404, path);
    t.true(body.includes('<main class="reading"><h1'), path);
  }
});

test('ADDR3 ADDR4 a former address, and another form of one, lead to the present one', async (t) => {
  const { get } = framesOf();
  for (const path of ['/embed/frame/cranes', `/embed/frame/${encodeURIComponent('GRÖßE')}`]) {
    const moved = await get(`${path}?theme=dark`);
    t.is(moved.status, 308, path);
    t.is(moved.headers.get('location'), `${PATH}?theme=dark`);
    t.is(moved.headers.get('cache-control'), 'no-store');
  }
});

test('I6 EMBED2 cookies are not looked at: the same for everybody', async (t) => {
  const { get } = framesOf();
  const whole = async (one: Response) => ({ status: one.status, headers: [...one.headers], body: await one.text() });
  for (const path of [PATH, '/embed/frame/nothing']) {
    const stranger = await whole(await get(path));
    t.deepEqual(await whole(await get(path, { cookie: 'stet=token; __Host-stet=token' })), stranger, path);
  }
});

test('XSS3 EMBED2 hostile text stays text', async (t) => {
  const hostile = { ...DOCUMENT, title: HOSTILE, summary: HOSTILE, author: HOSTILE };
  const html = await framesOf(hostile, HOSTILE).html();
  t.is(html.split('<script').length - 1, 1, 'its own');
  t.notRegex(html, /<img/);
});

test('LANG2 EMBED2 a frame is in the language of its document, and has the script of that language', async (t) => {
  const german = await framesOf({ ...DOCUMENT, language: 'de-AT' }).html();
  t.true(german.includes('<html lang="de-AT" dir="ltr">'));
  t.true(german.includes('src="/assets/frame-D.js"'));
  const arabic = await framesOf({ ...DOCUMENT, language: 'ar' }).html();
  t.true(arabic.includes('<html lang="ar" dir="rtl">'));
  t.true(arabic.includes('src="/assets/frame-C.js"'), 'there is none in Arabic here');
});

test('EMBED2 with the database away a frame says so, and can still be framed', async (t) => {
  const away = await framesOf(AWAY).get();
  t.is(away.status, 503);
  t.is(away.headers.get('retry-after'), '5');
  t.true(away.headers.get('content-security-policy')?.includes('frame-ancestors *'));
  t.is(away.headers.get('x-frame-options'), null);
  const broken = await framesOf(new Error('secret')).get();
  t.is(broken.status, 500);
  t.false((await broken.text()).includes('secret'));
});

for (const LISTENER of LISTENERS) {
  test.serial(
    `${LISTENER} I6 EMBED2 a frame shows a new revision within a second, and loses what goes private`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER });
      const ann = await world.author('ann');
      const [open, hidden] = [await Article.make(node, ann), await Article.make(node, ann, 'private')];
      await open.publish('first');
      await hidden.publish('secret');
      const cookie = `stet=${ann.token}`;
      const read = async (slug: string) => {
        const { status, body } = await request(new URL(`/embed/frame/${slug}`, node.url), { headers: { cookie } });
        return { status, html: body.toString() };
      };
      await until(async () => (await read(open.slug)).html.includes('<p dir="auto">first</p>'));
      t.is((await read(hidden.slug)).status, 404, 'its own author too');
      // The second answer is recorded, the next ones come from the fast path.
      for (let round = 0; round < 5; round += 1) t.is((await read(open.slug)).status, 200);
      await open.publish('second');
      await until(async () => (await read(open.slug)).html.includes('<p dir="auto">second</p>'));
      await open.change({ visibility: 'private' });
      await until(async () => (await read(open.slug)).status === 404);
      t.false((await read(open.slug)).html.includes('second'));
    },
  );
}
