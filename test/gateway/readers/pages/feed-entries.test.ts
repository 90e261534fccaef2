// What a feed renders anew, without a node: the test decides what is published.
import test from 'ava';
import { createSite } from '../../../../src/gateway/access/site.ts';
import { createFeeds } from '../../../../src/gateway/readers/pages/feeds.ts';
import type { PublicDocument } from '../../../../src/ports/public-reads.ts';
import { createEntry, type PublicEntry } from '../../../../src/published/entry.ts';
import { pageOf } from '../../../support/made-up-page.ts';
import { silentLog } from '../../../support/silent-log.ts';

/** An entry that counts how often its text is rendered, and how many bytes it keeps. */
function counted(slug: string, seq: number) {
  let renderings = 0;
  let kept = 0;
  const body = {
    type: 'doc' as const,
    get content() {
      renderings += 1;
      return [];
    },
  };
  const document: PublicDocument = { ...pageOf(slug, 1).document, slug, title: `${slug} ${seq}`, live: true, seq };
  const entry = createEntry(document, { body, html: '' }, (bytes) => {
    kept += bytes;
  });
  return { entry, renderings: () => renderings, kept: () => kept };
}

function feedOf(shown: Map<string, PublicEntry>) {
  const feeds = createFeeds({
    pages: {
      page: async (slug) => shown.get(slug),
      latest: async () => [...shown.values()].map(({ document }) => document),
    },
    siteFiles: async () => undefined,
    isUnavailable: () => false,
    log: silentLog,
    site: createSite(),
  });
  return async (host: string): Promise<string> => {
    const request = new Request(`http://${host}/feed.xml`, { headers: { host } });
    return (await feeds.fetch(request, { address: '', secure: false })).text();
  };
}

const titles = (xml: string) => [...xml.matchAll(/<entry[^>]*>\n.*\n<title>(.*)<\/title>/g)].map(([, title]) => title);

test('I9 a feed renders the text that changed, and no other', async (t) => {
  const [still, before, after] = [counted('still', 1), counted('live', 1), counted('live', 2)];
  const shown = new Map([
    ['still', still.entry],
    ['live', before.entry],
  ]);
  const fetch = feedOf(shown);
  t.deepEqual(titles(await fetch('stet.example')), ['still 1', 'live 1']);
  const first = [still, before].map(({ renderings }) => renderings());
  shown.set('live', after.entry);
  const xml = await fetch('stet.example');
  t.deepEqual(titles(xml), ['still 1', 'live 2']);
  t.true(xml.includes('href="http://stet.example/d/still"'));
  t.deepEqual(
    [still, before].map(({ renderings }) => renderings()),
    first,
  );
  t.true((await fetch('other.example')).includes('href="http://other.example/d/still"'), 'each host has its own');
  t.true(still.kept() > 0, 'what is kept of an entry counts as its own');
});
