/** Texts with addresses of the site, for the hosts that requests name: made once for all of them, and right for each. */
import test from 'ava';
import { createSite } from '../../../../src/gateway/access/site.ts';
import { createByOrigin } from '../../../../src/gateway/readers/pages/by-origin.ts';
import { createFeeds } from '../../../../src/gateway/readers/pages/feeds.ts';
import { createSiteFiles } from '../../../../src/gateway/readers/pages/site-files.ts';
import { type CachedBytes, createBytes } from '../../../../src/published/cached-bytes.ts';
import type { PublicEntry } from '../../../../src/published/entry.ts';
import { cachedEntry, liveDocument } from '../../../support/live-documents.ts';
import { silentLog } from '../../../support/silent-log.ts';

const textOf = (bytes: CachedBytes | undefined): string => new TextDecoder().decode(bytes?.plain);
const bytesOf = (text: string): CachedBytes => createBytes(text, () => undefined);
const HOSTS = Array.from({ length: 100 }, (_, n) => `https://h${n}.example`);

test('each origin has its own text, which is kept as long as the text that it is made of', (t) => {
  const { standIn, bytesFor } = createByOrigin({ maxBytes: 1_000, newId: () => 'id' });
  const text = bytesOf(`${standIn}/a ${standIn}/b id.invalid`);
  const [one, two] = [bytesFor('https://one', 'x', text), bytesFor("https://$&$'", 'x', text)];
  t.is(textOf(one), 'https://one/a https://one/b id.invalid');
  t.is(textOf(two), "https://$&$'/a https://$&$'/b id.invalid");
  t.is(bytesFor('https://one', 'x', text), one);
  const next = bytesOf(`${standIn}/c`);
  t.is(textOf(bytesFor('https://one', 'x', next)), 'https://one/c');
  t.is(textOf(bytesFor('https://one', 'x', bytesOf('none'))), 'none', 'I6');
  t.is(textOf(bytesFor('https://one', 'y', next)), 'https://one/c');
});

test('I9 bytes for origins are bounded, and those that are used stay', async (t) => {
  const { bytesFor } = createByOrigin({ maxBytes: 3_000, newId: () => 'id' });
  const text = bytesOf('x'.repeat(1_000));
  const used = bytesFor('https://used', 'x', text);
  const once = bytesFor('https://once', 'x', text);
  for (const origin of HOSTS.slice(0, 10)) {
    bytesFor(origin, 'x', text);
    t.is(bytesFor('https://used', 'x', text), used);
  }
  t.not(bytesFor('https://once', 'x', text), once);
  const large = bytesFor('https://large', 'y', bytesOf('y'.repeat(2_999)));
  t.not(bytesFor('https://used', 'x', text), used);
  await large.encoded('gzip');
});

test('I9 I10 a hundred hosts cost one reading of each sitemap, and each gets its addresses', async (t) => {
  const kept = new Map<string, Promise<CachedBytes>>();
  let read = 0;
  const files = createSiteFiles({
    reads: {
      async addresses() {
        read += 1;
        return [liveDocument()];
      },
      async divisions() {
        read += 1;
        return [];
      },
      async firstPublishedWithin() {
        read += 1;
        return [liveDocument()];
      },
    },
    lists: {
      kept(key, make) {
        const list = kept.get(key) ?? make().then(bytesOf);
        kept.set(key, list);
        return list;
      },
    },
    site: createSite(),
  });
  for (const host of HOSTS) {
    for (const path of ['/sitemap.xml', '/sitemap-1.xml', '/news-sitemap.xml']) {
      const xml = textOf((await files(path, host))?.bytes);
      t.deepEqual(
        [...xml.matchAll(/<loc>(.*?)<\/loc>/g)].map(([, loc]) => loc),
        [`${host}/d/cranes`],
      );
      t.false(xml.includes('.invalid'));
    }
    t.true(textOf((await files('/robots.txt', host))?.bytes).includes(`Sitemap: ${host}/sitemap.xml`));
  }
  t.is(read, 4, 'divisions, addresses twice, news');
});

test('I9 I10 a hundred hosts cost one rendering of the feed, and each gets its addresses', async (t) => {
  let rendered = 0;
  const entry = cachedEntry({ live: false });
  const watched: PublicEntry = {
    ...entry,
    cached: (key, make) =>
      entry.cached(key, (of) => {
        rendered += 1;
        return make(of);
      }),
  };
  const feeds = createFeeds({
    pages: { page: async () => watched, latest: async () => [entry.document] },
    siteFiles: async () => undefined,
    isUnavailable: () => false,
    log: silentLog,
    site: createSite(),
  });
  rendered = 0;
  for (const host of HOSTS) {
    const request = new Request(`${host}/feed.xml`, { headers: { host: new URL(host).host } });
    const xml = await (await feeds.fetch(request, { address: '::1', secure: true } as never)).text();
    t.true(xml.includes(`<link rel="alternate" type="text/html" href="${host}/d/cranes"/>`), xml);
    t.true(xml.includes(`<id>${host}/feed.xml</id>`));
    t.false(xml.includes('.invalid'));
  }
  t.is(rendered, 1);
});
