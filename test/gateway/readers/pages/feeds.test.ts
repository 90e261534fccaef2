// The Atom feed and oEmbed of a node: what is published to everybody, with a tag to ask by, and nothing else.
import { gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { renderAtom } from '../../../../src/gateway/readers/pages/atom.ts';
import { createWorld, LISTENERS, type TestNode } from '../../../support/node.ts';
import { request } from '../../../support/raw-request.ts';
import { Article } from '../../../support/viewer.ts';

test.beforeEach((t) => t.timeout(60_000));

async function place(t: ExecutionContext, LISTENER: string) {
  const world = await createWorld(t);
  const node = await world.node({ LISTENER, SITE_NAME: 'Field & Fen', SITE_DESCRIPTION: 'Birds of the north' });
  const ann = await world.author('ann');
  return { world, node, ann };
}
const ask = (node: TestNode, path: string, headers: Record<string, string> = {}) =>
  request(new URL(path, node.url), { headers });
const titles = (xml: string) => [...xml.matchAll(/<entry[^>]*>\n.*\n<title>(.*)<\/title>/g)].map(([, title]) => title);

for (const LISTENER of LISTENERS) {
  test.serial(`${LISTENER} I6 the feed holds what is public, newest first, and nothing private`, async (t) => {
    const { node, ann } = await place(t, LISTENER);
    t.deepEqual(titles((await ask(node, '/feed.xml')).body.toString()), []);
    const [first, second, hidden] = [
      await Article.make(node, ann),
      await Article.make(node, ann),
      await Article.make(node, ann, 'private'),
    ];
    await first.call('PUT', '/draft', { title: 'First & <foremost>', summary: 'Summary' });
    await first.publish('text of the first');
    await second.call('PUT', '/draft', { title: 'Second' });
    await second.publish('text of the second');
    await hidden.publish('secret');
    let feed = await ask(node, '/feed.xml', { cookie: `stet=${ann.token}` });
    while (titles(feed.body.toString()).length < 2) feed = await ask(node, '/feed.xml');
    const xml = feed.body.toString();
    t.is(feed.headers['content-type'], 'application/atom+xml; charset=utf-8');
    t.true(xml.includes('<title>Field &amp; Fen</title>\n<subtitle>Birds of the north</subtitle>'));
    t.true(xml.includes(`<link rel="alternate" type="text/html" href="${node.url}/"/>`));
    t.deepEqual(titles(xml), ['Second', 'First &amp; &lt;foremost&gt;']);
    t.true(xml.includes('<summary>Summary</summary>'));
    t.true(xml.includes('<entry xml:lang="en">'));
    t.true(xml.includes('<content type="html">&lt;p dir=&quot;auto&quot;&gt;text of the first&lt;/p&gt;</content>'));
    t.true(xml.includes(`<link rel="alternate" type="text/html" href="${node.url}/d/${first.slug}"/>`));
    t.true(xml.includes(`<id>urn:uuid:${first.id}</id>`));
    t.false(xml.includes('secret'));

    const etag = String(feed.headers.etag);
    t.is((await ask(node, '/feed.xml', { 'if-none-match': etag })).status, 304);
    const packed = await ask(node, '/feed.xml', { 'accept-encoding': 'gzip' });
    t.is(gunzipSync(packed.body).toString(), xml);
    await second.change({ visibility: 'private' });
    while (titles((await ask(node, '/feed.xml')).body.toString()).length > 1);
    t.is((await ask(node, '/feed.xml', { 'if-none-match': etag })).status, 200);
  });

  test.serial(`${LISTENER} I6 oEmbed describes public documents, and answers others as missing`, async (t) => {
    const { node, ann } = await place(t, LISTENER);
    const [open, hidden] = [await Article.make(node, ann), await Article.make(node, ann, 'private')];
    await open.publish('open');
    await hidden.publish('hidden');
    const oembed = (url: string, more = '') => ask(node, `/oembed?url=${encodeURIComponent(url)}${more}`);
    const answer = await oembed(`${node.url}/d/${open.slug}`, '&format=json&maxwidth=300');
    t.is(answer.status, 200);
    t.is(answer.headers['access-control-allow-origin'], '*');
    const embed = JSON.parse(answer.body.toString());
    t.like(embed, { version: '1.0', type: 'rich', title: 'Cranes', author_name: ann.handle, width: 300, height: 480 });
    t.is(embed.provider_name, 'Field & Fen');
    t.is(embed.thumbnail_url, `${node.url}/cards/${open.id}/1.png`);
    t.true(embed.html.includes('<a lang="en" '));
    t.true(embed.html.includes(`<stet-widget document="${open.slug}">`));
    t.true(embed.html.includes(`src="${node.url}/widget.js"`));
    const etag = String(answer.headers.etag);
    const path = `/oembed?url=${encodeURIComponent(`${node.url}/d/${open.slug}`)}&format=json&maxwidth=300`;
    t.is((await ask(node, path, { 'if-none-match': etag })).status, 304);

    const nothing = await oembed(`${node.url}/d/no-such-name`);
    t.is(nothing.status, 404);
    for (const url of [`${node.url}/d/${hidden.slug}`, `https://evil.example/d/${open.slug}`, 'x', `${node.url}/`]) {
      const refused = await oembed(url);
      t.is(refused.status, 404, url);
      t.deepEqual(refused.body, nothing.body, url);
    }
    t.is((await oembed(`${node.url}/d/${open.slug}`, '&format=xml')).status, 501);
    t.is((await node.call('POST', '/oembed')).status, 405);
  });
}

test.serial('a malformed Host header appears in no link', async (t) => {
  const { node } = await place(t, 'node');
  for (const host of ['evil"><script>', 'a b']) {
    const { status } = await ask(node, '/feed.xml', { host });
    t.is(status, 400, host);
  }
});

test('characters for which XML has no form are left out of a feed', (t) => {
  const document = {
    documentId: 'id',
    slug: 'cranes',
    revision: 1,
    title: 'a\u0000b\ud800\uffff',
    summary: '',
    author: 'ann',
    publishedAt: '2026-01-01T00:00:00.000Z',
    firstPublishedAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    live: false,
    seq: null,
    coverage: null,
    language: 'en',
  };
  const xml = renderAtom(
    [
      {
        document,
        body: { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: '\u0007\u000b\t\n' }] }] },
      },
    ],
    {
      origin: 'http://stet.example',
      name: 'Stet',
      description: '',
      language: 'en',
    },
  );
  t.true(xml.includes('<title>ab\ufffd</title>'));
  t.true(xml.includes('<content type="html">&lt;p dir=&quot;auto&quot;&gt;\t\n&lt;/p&gt;</content>'));
});
