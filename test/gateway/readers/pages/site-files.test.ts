/** What search engines read of a site as a whole: where it is, what it has, and what is new. */
import test, { type ExecutionContext } from 'ava';
import { createSite } from '../../../../src/gateway/access/site.ts';
import { createSiteFiles } from '../../../../src/gateway/readers/pages/site-files.ts';
import { renderNewsSitemap } from '../../../../src/gateway/readers/pages/sitemap.ts';
import type { PublicDocument } from '../../../../src/ports/public-reads.ts';
import { createBytes } from '../../../../src/published/cached-bytes.ts';
import { createWorld, type TestNode } from '../../../support/node.ts';
import { publicationsOf } from '../../../support/public.ts';
import { request } from '../../../support/raw-request.ts';
import { Article } from '../../../support/viewer.ts';

test.beforeEach((t) => t.timeout(60_000));

const ORIGIN = 'https://stet.example';
const locations = (xml: string): string[] => [...xml.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, loc = '']) => loc);

/** The files over a database, with few addresses in each. */
async function filesOf(t: ExecutionContext, perSitemap: number) {
  const world = await publicationsOf(t);
  const files = createSiteFiles({
    reads: world.pool,
    lists: { kept: async (_, make) => createBytes(await make(), () => undefined) },
    site: createSite({ siteName: 'Field & Fen' }),
    limits: { perSitemap, perRead: 2 },
  });
  const read = async (pathname: string) => {
    const file = await files(pathname, ORIGIN);
    return file && new TextDecoder().decode(file.bytes.plain);
  };
  return { ...world, read };
}

test('a sitemap has the address of each public document and when it was published', async (t) => {
  const { read, shown, clock } = await filesOf(t, 5);
  t.deepEqual(locations((await read('/sitemap.xml')) ?? ''), []);
  for (const slug of ['a', 'b', 'c', 'd', 'e']) await shown(slug, 'text');
  await shown('private', 'secret', 'private');
  const sitemap = (await read('/sitemap.xml')) ?? '';
  t.deepEqual(
    locations(sitemap).toSorted(),
    ['a', 'b', 'c', 'd', 'e'].map((slug) => `${ORIGIN}/d/${slug}`),
  );
  t.true(sitemap.includes(`<lastmod>${new Date(clock.now()).toISOString()}</lastmod>`));
  t.true(sitemap.includes('<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'));
});

test('I9 a list that is too long for one sitemap has an index of several', async (t) => {
  const { read, shown } = await filesOf(t, 5);
  const slugs = Array.from({ length: 11 }, (_, index) => `number-${index}`);
  for (const slug of slugs) await shown(slug, 'text');
  const index = (await read('/sitemap.xml')) ?? '';
  t.true(index.includes('<sitemapindex '));
  const parts = locations(index);
  t.deepEqual(
    parts,
    [1, 2, 3].map((part) => `${ORIGIN}/sitemap-${part}.xml`),
  );
  const found: string[][] = [];
  for (const part of parts) found.push(locations((await read(new URL(part).pathname)) ?? ''));
  t.deepEqual(
    found.map(({ length }) => length),
    [5, 5, 1],
  );
  t.deepEqual(found.flat().toSorted(), slugs.map((slug) => `${ORIGIN}/d/${slug}`).toSorted());
  t.is(await read('/sitemap-4.xml'), undefined);
});

test('a news sitemap names the publication, its language, and the title of each', (t) => {
  const document: PublicDocument = {
    documentId: 'id',
    slug: 'cranes',
    revision: 1,
    title: 'Cranes & </news:title>\u0000',
    summary: '',
    author: 'ann',
    publishedAt: '2026-01-02T00:00:00.000Z',
    firstPublishedAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-02T00:00:00.000Z',
    live: false,
    seq: null,
    coverage: null,
    language: 'en',
  };
  const render = (language: string) =>
    renderNewsSitemap([document], { origin: ORIGIN, name: 'Field & Fen', language }).replace(/\n/g, '');
  const xml = render('pt-BR');
  t.true(xml.includes('<news:name>Field &amp; Fen</news:name><news:language>pt</news:language>'));
  t.true(xml.includes('<news:publication_date>2026-01-01T00:00:00.000Z</news:publication_date>'));
  t.true(xml.includes('<news:title>Cranes &amp; &lt;/news:title&gt;</news:title>'));
  t.deepEqual(locations(xml), [`${ORIGIN}/d/cranes`]);
  t.true(render('zh-TW').includes('<news:language>zh-tw<'));
  t.true(render('zh').includes('<news:language>zh-cn<'));
});

test.serial('I6 a node’s sitemaps have what is public, and lose what no longer is', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({ SITE_NAME: 'Field & Fen' });
  const ann = await world.author('ann');
  const ask = (at: TestNode, path: string, headers: Record<string, string> = {}) =>
    request(new URL(path, at.url), { headers });
  const listed = async (path: string) => locations((await ask(node, path)).body.toString());

  const robots = await ask(node, '/robots.txt');
  t.is(robots.headers['content-type'], 'text/plain; charset=utf-8');
  t.true(robots.body.toString().includes('\nDisallow: /edit/\n'));
  t.true(robots.body.toString().includes(`\nSitemap: ${node.url}/sitemap.xml\n`));

  const [open, hidden] = [await Article.make(node, ann), await Article.make(node, ann, 'private')];
  await open.publish('open');
  await hidden.publish('secret');
  for (const path of ['/sitemap.xml', '/news-sitemap.xml']) {
    while ((await listed(path)).length === 0);
    t.deepEqual(await listed(path), [`${node.url}/d/${open.slug}`], path);
  }
  const sitemap = await ask(node, '/sitemap.xml');
  t.is(sitemap.headers['content-type'], 'application/xml; charset=utf-8');
  const { etag } = sitemap.headers;
  t.is((await ask(node, '/sitemap.xml', { 'if-none-match': String(etag) })).status, 304);
  t.is((await ask(node, '/sitemap-2.xml')).status, 404);
  await open.change({ visibility: 'private' });
  for (const path of ['/sitemap.xml', '/sitemap-1.xml', '/news-sitemap.xml']) while ((await listed(path)).length > 0);
  t.is((await ask(node, '/sitemap.xml', { 'if-none-match': String(etag) })).status, 200);
});
