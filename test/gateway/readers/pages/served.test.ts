/** The page of a published document as it goes over the wire: complete, safe, cacheable, and silent on what is not open. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import test from 'ava';
import { parse } from 'parse5';
import { renderHtml } from '../../../../src/content/html/html.ts';
import { createSite } from '../../../../src/gateway/access/site.ts';
import { createReaderPages } from '../../../../src/gateway/readers/pages/reader-pages.ts';
import type { LiveContents } from '../../../../src/ports/live-contents.ts';
import type { FoundPage, PublishedPage } from '../../../../src/ports/revisions.ts';
import { createEntry, type SectionDates } from '../../../../src/published/entry.ts';
import { silentLog } from '../../../support/silent-log.ts';

const webDir = mkdtempSync(join(tmpdir(), 'stet-reading-'));
test.before(() => {
  mkdirSync(join(webDir, 'assets'));
  writeFileSync(
    join(webDir, 'manifest.json'),
    JSON.stringify({ reading: 'reading-A.css', icon: 'icon-B.svg', viewer: { en: 'viewer-C.js', ar: 'viewer-D.js' } }),
  );
});
test.after.always(() => rmSync(webDir, { recursive: true, force: true }));

const paragraph = (text: string) => ({ type: 'paragraph', content: [{ type: 'text', text }] });
const PAGE: PublishedPage = {
  documentId: 'id',
  slug: 'cranes',
  title: 'Cranes',
  summary: 'Where to see them.',
  body: { type: 'doc', content: [paragraph('They come in April.')] },
  revision: 2,
  author: 'ana',
  publishedAt: '2026-05-03T22:30:00.000Z',
  firstPublishedAt: '2026-04-01T08:00:00.000Z',
  updatedAt: '2026-05-03T22:30:00.000Z',
  visibility: 'public',
  live: false,
  seq: null,
  coverage: null,
  language: 'en',
};
const HOSTILE = `</script></title></style>"'><script>window.ran = 1</script><img src=x onerror="window.ran = 1">\u2028`;
const AWAY = new Error('away');

type Headers = Record<string, string>;
/** What was counted as read. */
const read: string[] = [];
interface Ask {
  path?: string;
  method?: string;
  headers?: Headers;
  secure?: boolean;
  sectionDates?: SectionDates;
  draft?: FoundPage['draft'];
  privateDraft?: LiveContents['read'];
  /** Milliseconds to wait, for who has asked too often. */
  waitMs?: number;
  /** What the database says from the second time on. */
  thenPage?: (FoundPage & PublishedPage) | undefined;
}

/** Reads from a world that holds one page, open to everybody or to `ben` alone. */
function ask(page: PublishedPage | Error | undefined, options: Ask = {}) {
  const { path, method, headers = {}, secure = false, sectionDates = [], draft = null } = options;
  const shown = (slug: string) => {
    if (page instanceof Error) throw page;
    return page !== undefined && slug === page.slug ? page : undefined;
  };
  let looked = 0;
  const reading = createReaderPages({
    webDir,
    publicPage: async (slug) => {
      const found = shown(slug);
      if (found?.visibility !== 'public') return undefined;
      const { body, visibility, ...document } = found;
      const content = { body, html: renderHtml(body), sectionDates };
      return createEntry(document, content, () => undefined);
    },
    async published(slug, viewer) {
      looked += 1;
      if (looked > 1 && 'thenPage' in options) return options.thenPage;
      const found = viewer === 'ben' ? shown(slug) : undefined;
      if (!found) return undefined;
      const { body: _, ...rest } = found;
      return { ...rest, draft };
    },
    privatePages: {
      async body() {
        const { body } = shown('cranes') ?? {};
        return JSON.stringify(body);
      },
      draft: options.privateDraft ?? (async () => undefined),
      clock: { now: () => 0 },
      maxBytes: 1_000_000,
      waitMs: 10_000,
    },
    async viewerOf(cookies) {
      const userId = /stet=(\w+)/.exec(cookies)?.[1];
      return userId === undefined ? undefined : { userId, sessionId: `of ${userId}` };
    },
    count: ({ sessionId }) => (sessionId === 'of ben' || sessionId === 'of eve' ? (options.waitMs ?? 0) : 0),
    countView: (documentId, { userAgent }) => read.push(`${documentId} ${userAgent}`),
    isUnavailable: (error) => error === AWAY,
    log: silentLog,
    site: createSite({ siteName: 'Field & Fen', siteLanguage: 'en-GB' }),
  });
  const request = new Request(`http://stet.example${path ?? '/d/cranes'}`, {
    method: method ?? 'GET',
    headers: { host: 'stet.example', ...headers },
  });
  return reading(request, { address: '192.0.2.1', secure });
}
const html = async (page: PublishedPage, options?: Ask) => (await ask(page, options)).text();
/** The parts of an answer that a client can see. */
const whole = async (response: Response) => ({
  status: response.status,
  headers: [...response.headers],
  body: await response.text(),
});
const dataOf = (page: string) =>
  JSON.parse(/<script type="application\/ld\+json">(.*?)<\/script>/s.exec(page)?.[1] ?? '');

/** Elements of a page, with their attributes, as a browser makes them of the bytes. */
function elements(source: string): { tag: string; attributes: Headers }[] {
  const found: { tag: string; attributes: Headers }[] = [];
  const visit = (node: object): void => {
    if ('tagName' in node && 'attrs' in node) {
      const attrs = node.attrs as { name: string; value: string }[];
      found.push({
        tag: String(node.tagName),
        attributes: Object.fromEntries(attrs.map(({ name, value }) => [name, value])),
      });
    }
    if ('childNodes' in node) for (const child of node.childNodes as object[]) visit(child);
  };
  visit(parse(source));
  return found;
}

test('a page has title, author and dates, for people and for machines', async (t) => {
  const page = await html(PAGE);
  t.true(page.includes('<h1 dir="auto">Cranes</h1>'));
  t.true(page.includes('<p dir="auto">They come in April.</p>'));
  t.true(page.includes('<time datetime="2026-04-01T08:00:00.000Z">1 April 2026</time>'));
  t.true(page.includes('updated <time datetime="2026-05-03T22:30:00.000Z">3 May 2026</time>'));
  t.true(page.includes('<meta name="description" content="Where to see them.">'));
  t.true(page.includes('<link rel="canonical" href="http://stet.example/d/cranes">'));
  t.true(page.includes('<meta property="og:title" content="Cranes">'));
  t.true(page.includes('<meta property="og:site_name" content="Field &amp; Fen">'));
  t.true(page.includes('<link rel="alternate" type="application/atom+xml" title="Field &amp; Fen" href="/feed.xml">'));
  t.deepEqual(dataOf(page), {
    '@context': 'https://schema.org',
    '@type': 'NewsArticle',
    headline: 'Cranes',
    description: 'Where to see them.',
    inLanguage: 'en',
    image: ['http://stet.example/cards/id/2.png'],
    author: { '@type': 'Person', name: 'ana' },
    datePublished: '2026-04-01T08:00:00.000Z',
    dateModified: '2026-05-03T22:30:00.000Z',
    publisher: { '@type': 'Organization', name: 'Field & Fen', url: 'http://stet.example/' },
    url: 'http://stet.example/d/cranes',
    mainEntityOfPage: 'http://stet.example/d/cranes',
  });
});

test('a page has a card for sites on which its address is shared, a private one without a picture', async (t) => {
  const contents = (source: string) =>
    Object.fromEntries(
      elements(source).flatMap(({ tag, attributes: { property, name, content } }) =>
        tag === 'meta' && /^(og|twitter):/.test(property ?? name ?? '') ? [[property ?? name, content]] : [],
      ),
    );
  t.deepEqual(contents(await html(PAGE)), {
    'og:type': 'article',
    'og:site_name': 'Field & Fen',
    'og:title': 'Cranes',
    'og:description': 'Where to see them.',
    'og:locale': 'en_US',
    'og:url': 'http://stet.example/d/cranes',
    'og:image': 'http://stet.example/cards/id/2.png',
    'og:image:type': 'image/png',
    'og:image:width': '1200',
    'og:image:height': '630',
    'og:image:alt': 'Cranes',
    'twitter:card': 'summary_large_image',
  });
  const hidden = contents(await html({ ...PAGE, visibility: 'private' }, { headers: { cookie: 'stet=ben' } }));
  t.is(hidden['og:image'], undefined);
  t.is(hidden['twitter:card'], 'summary');
});

test('LANG2 a page is in the language of its document, and what stands around a text in another is marked', async (t) => {
  const arabic = { ...PAGE, title: 'الكركي', language: 'ar-EG' };
  const source = await html(arabic);
  const [root] = elements(source).filter(({ tag }) => tag === 'html');
  t.is(root?.attributes.lang, 'ar-EG');
  t.is(dataOf(source).inLanguage, 'ar-EG');
  t.true(source.includes('<meta property="og:locale" content="ar_EG">'));
  const japanese = await html({ ...PAGE, language: 'ja' });
  t.true(japanese.includes('<meta property="og:locale" content="ja_JP">'));
  t.true(japanese.includes('<p class="byline" lang="en">'));
  t.false((await html(PAGE)).includes('<p class="byline" lang='));
});

test('LANG2 each block has a direction of its own, and code runs from left to right', async (t) => {
  const body = {
    type: 'doc' as const,
    content: [
      { type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text: 'a' }] },
      { type: 'bulletList', content: [{ type: 'listItem', content: [paragraph('b')] }] },
      { type: 'blockquote', content: [paragraph('c')] },
      { type: 'codeBlock', content: [{ type: 'text', text: 'd' }] },
      { type: 'horizontalRule' },
    ],
  };
  const source = await html({ ...PAGE, body });
  for (const block of [
    '<h2 dir="auto">a',
    '<ul dir="auto"><li>',
    '<blockquote dir="auto"><p>',
    '<pre tabindex="0" dir="ltr">',
    '<hr>',
  ]) {
    t.true(source.includes(block), block);
  }
});

test('a page without a summary is described by how its text begins', async (t) => {
  const body = { type: 'doc' as const, content: [paragraph('One two three. '.repeat(40))] };
  const description = String(dataOf(await html({ ...PAGE, summary: ' ', body })).description);
  t.true(description.startsWith('One two three. One'));
  t.true(description.endsWith('…'));
  t.true(description.length <= 161);
});

test('XSS3 hostile text stays text wherever a page shows it', async (t) => {
  const body = { type: 'doc' as const, content: [paragraph(HOSTILE)] };
  const source = await html({ ...PAGE, title: HOSTILE, summary: HOSTILE, author: HOSTILE, body });
  const found = elements(source);
  const scripts = found.filter(({ tag }) => tag === 'script');
  t.deepEqual(
    scripts.map(({ attributes }) => attributes),
    [{ type: 'application/ld+json' }, { type: 'module', src: '/assets/viewer-C.js' }],
  );
  t.false(found.some(({ tag }) => tag === 'img' || tag === 'style'));
  t.false(found.some(({ attributes }) => Object.keys(attributes).some((name) => name.startsWith('on'))));
  t.is(dataOf(source).headline, HOSTILE, 'and it is the same text');
});

test('XSS4 no script may run on a page but its own, and nothing of another host may load', async (t) => {
  const { headers } = await ask(PAGE);
  const policy = headers.get('content-security-policy') ?? '';
  t.true(policy.startsWith("default-src 'none'; style-src 'self';"));
  t.true(policy.endsWith("; script-src 'self'; connect-src 'self' ws://stet.example wss://stet.example"));
  t.false(/unsafe|https?:/.test(policy));
  t.is(headers.get('x-content-type-options'), 'nosniff');
  const nothing = (await ask(undefined)).headers.get('content-security-policy') ?? '';
  t.false(/script-src|connect-src/.test(nothing), 'a notice needs none');
});

test('a public page says where it is in other forms, a private one does not', async (t) => {
  const links = (source: string) =>
    elements(source).flatMap(({ tag, attributes: { rel, type, href } }) =>
      tag === 'link' && rel === 'alternate' ? `${type} ${href}` : [],
    );
  t.deepEqual(links(await html(PAGE)), [
    'application/atom+xml /feed.xml',
    'application/json+oembed http://stet.example/oembed?format=json&url=http%3A%2F%2Fstet.example%2Fd%2Fcranes',
  ]);
  const hidden = { ...PAGE, visibility: 'private' } as const;
  t.deepEqual(links(await html(hidden, { headers: { cookie: 'stet=ben' } })), []);
});

const heading = (text: string, level = 2) => ({
  type: 'heading',
  attrs: { level },
  content: [{ type: 'text', text }],
});
const STARTED = '2026-05-03T20:00:00.000Z';
const LIVE: PublishedPage = {
  ...PAGE,
  live: true,
  seq: 40,
  coverage: { startedAt: STARTED, endedAt: null },
  body: {
    type: 'doc',
    content: [
      paragraph('What comes first.'),
      heading('They rest'),
      paragraph('Two hundred of them.'),
      heading('Where', 3),
      paragraph('In the fens.'),
      heading('They arrive'),
      paragraph('The first of the year.'),
    ],
  },
};

test('a live document says so, to people and to machines', async (t) => {
  const live = await html(LIVE);
  t.true(live.includes('<span class="live" role="status">Live</span>'));
  t.true((await html(PAGE)).includes('<span class="live" role="status" hidden>Live</span>'));
  t.regex(live, /<main [^>]*data-revision="2" data-seq="40">/);
  t.notRegex(await html(PAGE), /data-seq/);
});

test('ONAIR7 the JSON-LD of a live document has its sections as posts, in order, dated where that is known', async (t) => {
  const dates = ['2026-05-03T21:10:00.000Z', null];
  const author = { '@type': 'Person', name: 'ana' };
  const posts = [
    {
      '@type': 'BlogPosting',
      headline: 'They rest',
      datePublished: dates[0],
      author,
      articleBody: 'Two hundred of them. Where In the fens.',
    },
    { '@type': 'BlogPosting', headline: 'They arrive', author, articleBody: 'The first of the year.' },
  ];
  const data = dataOf(await html(LIVE, { sectionDates: dates }));
  t.like(data, { '@type': 'LiveBlogPosting', coverageStartTime: STARTED, dateModified: PAGE.updatedAt });
  t.deepEqual(data.liveBlogUpdate, posts);
  t.false('coverageEndTime' in data);

  const ended = {
    ...LIVE,
    live: false,
    seq: null,
    coverage: { startedAt: STARTED, endedAt: '2026-05-03T23:00:00.000Z' },
  };
  t.like(dataOf(await html(ended, { sectionDates: dates })), {
    '@type': 'LiveBlogPosting',
    coverageStartTime: STARTED,
    coverageEndTime: '2026-05-03T23:00:00.000Z',
    liveBlogUpdate: posts,
  });

  const unnoted = dataOf(await html({ ...LIVE, coverage: null }));
  t.is(unnoted['@type'], 'LiveBlogPosting');
  t.false('coverageStartTime' in unnoted || 'coverageEndTime' in unnoted, 'nobody noted when it went live');
  t.false('liveBlogUpdate' in dataOf(await html({ ...LIVE, body: PAGE.body })), 'a text without sections');
});

test('ONAIR7 of many sections the JSON-LD has those at the end where new ones are added, and the beginning of long ones', async (t) => {
  const numbers = [...Array(50).keys()];
  const body = {
    type: 'doc' as const,
    content: numbers.flatMap((number) => [heading(`Post ${number}`), paragraph('word '.repeat(1_000))]),
  };
  const minutes = numbers.map((number) => `2026-05-03T21:${String(number).padStart(2, '0')}:00.000Z`);
  const headlines = async (sectionDates: readonly string[]) => {
    const { liveBlogUpdate } = dataOf(await html({ ...LIVE, body }, { sectionDates })) as {
      liveBlogUpdate: { headline: string; articleBody: string }[];
    };
    t.true(liveBlogUpdate.every(({ articleBody }) => articleBody.length <= 1_001 && articleBody.endsWith('…')));
    return [liveBlogUpdate.length, liveBlogUpdate[0]?.headline];
  };
  t.deepEqual(await headlines(minutes), [30, 'Post 20']);
  t.deepEqual(await headlines(minutes.toReversed()), [30, 'Post 0']);
  t.deepEqual(await headlines([]), [30, 'Post 0']);
});

test('ONAIR3 I6 those who may read a private live document get its draft, and the revision while that cannot be read', async (t) => {
  const hidden = { ...PAGE, visibility: 'private', live: true } as const;
  const draft = { seq: 7, updatedAt: '2026-05-04T08:00:00.000Z', ownerNode: 'a' };
  const asked: string[] = [];
  const privateDraft: LiveContents['read'] = async (documentId, { seq, ownerNode }) => {
    asked.push(`${documentId} ${seq} ${ownerNode}`);
    return {
      seq,
      content: { title: 'Storks', summary: '', body: { type: 'doc', content: [paragraph('Right now.')] } },
    };
  };
  const as = (name: string) => ({ draft, privateDraft, headers: { cookie: `stet=${name}` } });
  const page = await html(hidden, as('ben'));
  t.true(page.includes('<h1 dir="auto">Storks</h1>') && page.includes('Right now.') && page.includes('data-seq="7"'));
  t.is(dataOf(page).dateModified, draft.updatedAt);
  t.deepEqual(asked, ['id 7 a']);
  const stale = await html(hidden, { ...as('ben'), privateDraft: async () => undefined });
  t.true(stale.includes('They come in April.') && !stale.includes('data-seq'));
  t.is((await ask(hidden, as('eve'))).status, 404);
  t.is(asked.length, 1, 'nothing is read for others');
});

test('ONAIR3 I6 a draft that moved after the check of access is shown only to those who may read it still', async (t) => {
  const hidden = { ...PAGE, visibility: 'private', live: true } as const;
  const draft = { seq: 7, updatedAt: '2026-05-04T08:00:00.000Z', ownerNode: 'a' };
  const privateDraft: LiveContents['read'] = async () => ({
    seq: 8,
    content: { title: null, summary: '', body: { type: 'doc', content: [paragraph('Later.')] } },
  });
  const options = { draft, privateDraft, headers: { cookie: 'stet=ben' } };
  const revoked = await ask(hidden, { ...options, thenPage: undefined });
  t.is(revoked.status, 404);
  t.false((await revoked.text()).includes('Later.'));
  const still = await ask(hidden, { ...options, thenPage: { ...hidden, draft: { ...draft, seq: 8 } } });
  t.true((await still.text()).includes('Later.'));
  const ended = await ask(hidden, { ...options, thenPage: { ...hidden, live: false, draft: null } });
  t.true((await ended.text()).includes('They come in April.'));
  t.is((await ask(hidden, { ...options, thenPage: { ...hidden, slug: 'storks', draft } })).status, 308);
});

test('I9 who asks for private pages too often is refused, whatever is there, and readers of public ones are not', async (t) => {
  const hidden = { ...PAGE, visibility: 'private' } as const;
  const options = { waitMs: 12_300, headers: { cookie: 'stet=ben' } };
  const refused = await ask(hidden, options);
  t.is(refused.status, 429);
  t.is(refused.headers.get('retry-after'), '13');
  t.is(refused.headers.get('cache-control'), 'no-store');
  t.like(await refused.json(), { code: 'rate_limited', retryAfterMs: 12_300 });
  t.is((await ask(undefined, options)).status, 429, 'the response does not say what is there');
  t.is((await ask(PAGE, options)).status, 200);
});

test('readers of public documents are counted, and no others', async (t) => {
  const as = (name: string, headers: Headers = {}) => ({ headers: { 'user-agent': `counted ${name}`, ...headers } });
  const etag = (await ask(PAGE, as('a'))).headers.get('etag') ?? '';
  await ask(PAGE, as('b', { 'if-none-match': etag }));
  await ask(PAGE, { method: 'HEAD', ...as('head') });
  await ask(PAGE, as('prefetch', { 'sec-purpose': 'prefetch' }));
  await ask({ ...PAGE, visibility: 'private' }, as('ben', { cookie: 'stet=ben' }));
  await ask(undefined, as('nobody'));
  t.deepEqual(
    read.filter((one) => one.includes('counted')),
    ['id counted a', 'id counted b'],
  );
});

test('a hostile Host header is not repeated', async (t) => {
  const page = await html(PAGE, { headers: { host: 'evil.example/"><script>' } });
  t.true(page.includes('<link rel="canonical" href="/d/cranes">'));
  t.false(page.includes('evil'));
});

test('a reader who has the present page gets 304', async (t) => {
  const etag = (await ask(PAGE)).headers.get('etag') ?? '';
  const again = await ask(PAGE, { headers: { 'if-none-match': etag } });
  t.is(again.status, 304);
  t.is(await again.text(), '');
  t.is(again.headers.get('cache-control'), 'public, max-age=0, must-revalidate');
  t.is((await ask({ ...PAGE, revision: 3, summary: 'New.' }, { headers: { 'if-none-match': etag } })).status, 200);
});

test('I6 a cache that revalidates a public page does not get 304 once the page is private', async (t) => {
  const etag = (await ask(PAGE)).headers.get('etag') ?? '';
  const headers = { 'if-none-match': etag, cookie: 'stet=ben' };
  const now = await ask({ ...PAGE, visibility: 'private' }, { headers });
  t.is(now.status, 200);
  t.is(now.headers.get('cache-control'), 'private, no-store');
});

test('I6 without access a private page looks like one that never existed', async (t) => {
  const hidden = { ...PAGE, visibility: 'private' } as const;
  const nothing = await whole(await ask(undefined));
  t.is(nothing.status, 404);
  t.deepEqual(await whole(await ask(hidden)), nothing);
  // A session changes where the notice leads, and nothing else.
  const eve = { headers: { cookie: 'stet=eve', 'if-none-match': '*' } };
  const nothingForEve = await whole(await ask(undefined, eve));
  t.deepEqual(await whole(await ask(hidden, eve)), nothingForEve);
  t.is(
    nothingForEve.body.replace(/<div class="actions">.*<\/div>/, ''),
    nothing.body.replace(/<div class="actions">.*<\/div>/, ''),
  );
  t.deepEqual(await whole(await ask(undefined, { path: '/d/Not%20a%20name' })), nothing);
  t.deepEqual(await whole(await ask(PAGE, { path: '/d/cranes/' })), nothing);
  t.is((await ask(hidden, { headers: { cookie: 'stet=ben' } })).status, 200);
});

test('MISSING1 where there is nothing, strangers are led to the home page and to the sign-in page', async (t) => {
  const { body: strange } = await whole(await ask(undefined));
  t.true(strange.includes('<a class="button primary" href="/">Home page</a>'));
  t.true(strange.includes('<a class="button" href="/sign-in">Sign in</a>'));
  t.false(strange.includes('Your documents'));
  const { body: own } = await whole(await ask(undefined, { headers: { cookie: 'stet=eve' } }));
  t.true(own.includes('<a class="button primary" href="/">Your documents</a>'));
  t.false(own.includes('Sign in'));
  const { body: away } = await whole(await ask(AWAY));
  t.false(away.includes('<a '), 'elsewhere it is no better');
});

test('I6 a cookie counts only under the name of its kind of connection', async (t) => {
  const hidden = { ...PAGE, visibility: 'private' } as const;
  t.is((await ask(hidden, { headers: { cookie: 'stet=ben' }, secure: true })).status, 404);
  t.is((await ask(hidden, { headers: { cookie: '__Host-stet=ben' }, secure: true })).status, 200);
  t.is((await ask(hidden, { headers: { cookie: '__Host-stet=ben' } })).status, 404);
});

test('a page is compressed in a coding that its reader accepts', async (t) => {
  const body = { type: 'doc' as const, content: Array.from({ length: 50 }, () => paragraph('Again and again.')) };
  const long = { ...PAGE, body };
  const plain = await ask(long);
  const source = await plain.text();
  const brotli = await ask(long, { headers: { 'accept-encoding': 'gzip, br' } });
  t.is(brotli.headers.get('content-encoding'), 'br');
  t.is(brotliDecompressSync(await brotli.bytes()).toString(), source);
  const gzip = await ask(long, { headers: { 'accept-encoding': 'gzip' } });
  t.is(gunzipSync(await gzip.bytes()).toString(), source);
  t.is(new Set([plain, brotli, gzip].map(({ headers }) => headers.get('etag'))).size, 3);
});

test('HEAD has the headers of GET, and no body', async (t) => {
  for (const page of [PAGE, undefined]) {
    const get = await whole(await ask(page));
    t.deepEqual(await whole(await ask(page, { method: 'HEAD' })), { ...get, body: '' });
  }
});

test('pages accept GET and HEAD only', async (t) => {
  const refused = await ask(PAGE, { method: 'POST' });
  t.is(refused.status, 405);
  t.is(refused.headers.get('allow'), 'GET, HEAD');
});

test('with the database away the reader is asked to retry; a fault of ours reveals nothing', async (t) => {
  const away = await ask(AWAY);
  t.is(away.status, 503);
  t.is(away.headers.get('retry-after'), '5');
  const broken = await ask(new Error('secret'));
  t.is(broken.status, 500);
  t.false((await broken.text()).includes('secret'));
});
