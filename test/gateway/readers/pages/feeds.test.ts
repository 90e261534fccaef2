// The Atom feed and oEmbed of a node: what is published to everybody, with a tag to ask by, and nothing else.
import { gunzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { renderEntry } from '../../../../src/gateway/readers/pages/atom.ts';
import { oembedOf } from '../../../../src/gateway/readers/pages/oembed.ts';
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

  test.serial(
    `${LISTENER} I6 EMBED3 oEmbed describes public documents as frames, and answers others as missing`,
    async (t) => {
      const { node, ann } = await place(t, LISTENER);
      const [open, hidden] = [await Article.make(node, ann), await Article.make(node, ann, 'private')];
      await open.publish('open');
      await hidden.publish('hidden');
      const oembed = (url: string, more = '') => ask(node, `/oembed?url=${encodeURIComponent(url)}${more}`);
      const answer = await oembed(`${node.url}/d/${open.slug}`, '&format=json&maxwidth=300');
      t.is(answer.status, 200);
      t.is(answer.headers['access-control-allow-origin'], '*');
      const embed = JSON.parse(answer.body.toString());
      t.like(embed, {
        version: '1.0',
        type: 'rich',
        title: 'Cranes',
        author_name: ann.handle,
        width: 300,
        height: 480,
      });
      t.is(embed.provider_name, 'Field & Fen');
      t.true(
        embed.html.startsWith(
          `<iframe src="${node.url}/embed/frame/${open.slug}" width="300" height="480" title="Cranes"`,
        ),
      );
      t.false(embed.html.includes('<script'), 'for sites that forbid them');
      t.is((await ask(node, new URL(/src="([^"]*)"/.exec(embed.html)?.[1] ?? '').pathname)).status, 200);
      const framed = await oembed(`${node.url}/embed/frame/${open.slug}`);
      t.is(JSON.parse(framed.body.toString()).title, 'Cranes', 'the address of the frame is one of the document too');
      const whole = JSON.parse((await oembed(`${node.url}/d/${open.slug}`)).body.toString());
      t.like(whole, { width: 640, height: 480, thumbnail_width: 1200, thumbnail_height: 630 });
      t.is(whole.thumbnail_url, `${node.url}/cards/${open.id}/1.png`);
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
    },
  );
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
  const text = '\u0007\u000b\t\n';
  const body = {
    type: 'doc' as const,
    content: [{ type: 'paragraph' as const, content: [{ type: 'text' as const, text }] }],
  };
  const xml = renderEntry(document, body, 'http://stet.example');
  t.true(xml.includes('<title>ab\ufffd</title>'));
  t.true(xml.includes('<content type="html">&lt;p dir=&quot;auto&quot;&gt;\t\n&lt;/p&gt;</content>'));
});

test('EMBED3 a frame is no larger than the consumer has room for, and a picture that is too large is left out', (t) => {
  const document = {
    documentId: 'id',
    slug: 'größe',
    revision: 1,
    title: '"><script>',
    summary: '',
    author: 'ann',
    publishedAt: '2026-01-01T00:00:00.000Z',
    firstPublishedAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    seq: null,
    coverage: null,
    live: false,
    language: 'en',
  };
  const embed = (query: string) =>
    oembedOf(document, { origin: 'https://stet.example', name: 'Stet' }, new URLSearchParams(query)) as {
      width: number;
      height: number;
      html: string;
      thumbnail_url?: string;
    };
  const size = (query: string) => {
    const { width, height, html, thumbnail_url } = embed(query);
    t.true(html.includes(` width="${width}" height="${height}" `), query);
    return [width, height, thumbnail_url !== undefined];
  };
  t.deepEqual(size(''), [640, 480, true]);
  t.deepEqual(size('maxwidth=2000&maxheight=2000'), [640, 480, true]);
  t.deepEqual(size('maxwidth=1199'), [640, 480, false]);
  t.deepEqual(size('maxheight=300'), [640, 300, false]);
  t.deepEqual(size('maxwidth=50&maxheight=20'), [50, 20, false]);
  for (const odd of ['0', '-5', '1e3', 'x', '', '999999']) t.deepEqual(size(`maxwidth=${odd}`), [640, 480, true], odd);
  const { html } = embed('');
  t.true(html.includes(`src="https://stet.example/embed/frame/${encodeURIComponent('größe')}"`));
  t.true(html.includes('title="&quot;&gt;&lt;script&gt;"'));
});
