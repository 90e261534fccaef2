// Addresses of published documents on a node: in any script, and the former ones, wherever a reader can come from.
import test from 'ava';
import { documentPath } from '../../../src/content/slug/address.ts';
import { until } from '../../support/helpers.ts';
import { createWorld, LISTENERS } from '../../support/node.ts';
import { request } from '../../support/raw-request.ts';
import { Article, connectViewer } from '../../support/viewer.ts';

test.beforeEach((t) => t.timeout(60_000));

for (const LISTENER of LISTENERS) {
  test.serial(
    `${LISTENER} ADDR4 a slug in any script is percent-encoded wherever a node writes its address`,
    async (t) => {
      const world = await createWorld(t);
      const [node, ann] = [await world.node({ LISTENER }), await world.author('ann')];
      for (const [title, slug] of [
        ['Größe zählt', 'größe-zählt'],
        ['東京タワーの夜', '東京タワーの夜'],
        ['عاصفة تضرب الساحل', 'عاصفة-تضرب-الساحل'],
      ] as const) {
        const made = await node.call('POST', '/v1/documents', ann, { title, visibility: 'public' });
        const { id, slug: given } = (await made.json()) as { id: string; slug: string };
        t.is(given, slug);
        t.is((await node.call('POST', `/v1/documents/${id}/publish`, ann)).status, 201);
        const path = documentPath(slug);
        t.regex(path, /^\/d\/[\w%-]+$/);
        const url = `${node.url}${path}`;
        const page = await request(new URL(url));
        t.is(page.status, 200);
        const html = page.body.toString();
        t.true(html.includes(`<link rel="canonical" href="${url}">`));
        t.true(html.includes(`<meta property="og:url" content="${url}">`));
        t.true(html.includes(`"url":"${url}"`));
        t.true(html.includes(`href="${node.url}/oembed?format=json&amp;url=${encodeURIComponent(url)}"`));
        // From the fast path as well, and with digits in lower case.
        for (let again = 0; again < 3; again += 1) {
          t.is((await request(new URL(url))).body.toString(), html);
          t.is((await request(new URL(url.toLowerCase()))).body.toString(), html);
        }
        const json = await fetch(`${node.url}/v1/public/${encodeURIComponent(slug)}`);
        t.like(await json.json(), { slug, id });
        const oembed = await fetch(`${node.url}/oembed?url=${encodeURIComponent(url)}`);
        const { html: snippet } = (await oembed.json()) as { html: string };
        t.true(snippet.includes(`src="${node.url}/embed/frame/${encodeURIComponent(slug)}"`), snippet);
        await until(async () => (await (await fetch(`${node.url}/feed.xml`)).text()).includes(`href="${url}"`));
        await until(async () => (await (await fetch(`${node.url}/sitemap.xml`)).text()).includes(`<loc>${url}</loc>`));
        // As some systems write it: letters and accents apart, and in upper case.
        const forms = [slug.normalize('NFD'), `${slug.slice(0, 1).toUpperCase()}${slug.slice(1)}`].filter(
          (form) => form !== slug,
        );
        for (const form of forms) {
          const moved = await request(new URL(`${node.url}/d/${encodeURIComponent(form)}?from=mail`));
          t.deepEqual([moved.status, moved.headers.location], [308, `${path}?from=mail`], form);
          const movedJson = await request(new URL(`${node.url}/v1/public/${encodeURIComponent(form)}`));
          t.deepEqual([movedJson.status, movedJson.headers.location], [308, `/v1/public/${encodeURIComponent(slug)}`]);
        }
      }
    },
  );

  test.serial(`${LISTENER} ADDR3 FAST2 a former address redirects in one step, whatever is read there`, async (t) => {
    const world = await createWorld(t);
    const [node, ann] = [await world.node({ LISTENER }), await world.author('ann')];
    const article = await Article.make(node, ann);
    await article.change({ slug: 'a' });
    await article.publish('They come in April.');
    const ask = (path: string) => request(new URL(path, node.url));
    const isAt = (path: string, status: number) => until(async () => (await ask(path)).status === status);
    for (let again = 0; again < 5; again += 1) t.is((await ask('/d/a')).status, 200);
    await article.change({ slug: 'b' });
    await article.change({ slug: 'größe' });
    await isAt(documentPath('größe'), 200);
    await isAt('/d/a', 308);
    for (const old of ['a', 'b']) {
      // More than once: the fast path must not answer with the page that it has.
      for (let again = 0; again < 3; again += 1) {
        await ask(documentPath('größe'));
        const page = await ask(`/d/${old}?utm=x`);
        t.is(page.status, 308);
        t.is(page.headers.location, '/d/gr%C3%B6%C3%9Fe?utm=x');
        t.is(page.headers['cache-control'], 'no-store');
        const json = await ask(`/v1/public/${old}`);
        t.deepEqual([json.status, json.headers.location], [308, '/v1/public/gr%C3%B6%C3%9Fe']);
        t.is(json.headers['cache-control'], 'no-store');
        t.is(json.headers['access-control-allow-origin'], '*');
      }
      t.like(await (await fetch(`${node.url}/v1/public/${old}/events?after=0`)).json(), { next: 1 });
      const oembed = await fetch(`${node.url}/oembed?url=${encodeURIComponent(`${node.url}/d/${old}`)}`);
      t.true(((await oembed.json()) as { html: string }).html.includes('/embed/frame/gr%C3%B6%C3%9Fe"'));
    }
    const head = await fetch(`${node.url}/d/a`, { method: 'HEAD', redirect: 'manual' });
    t.is(head.status, 308);

    // Another document is published there.
    const other = await Article.make(node, ann);
    await other.change({ slug: 'a' });
    t.is((await ask('/d/a')).status, 308, 'a draft takes no address');
    await other.publish('Another text.');
    await isAt('/d/a', 200);
    t.true((await ask('/d/a')).body.toString().includes('Another text.'));
    t.is((await ask('/d/b')).status, 308);
  });

  test.serial(
    `${LISTENER} ADDR3 I6 the former address of what is not public is a missing one, and leads on those who may read it`,
    async (t) => {
      const world = await createWorld(t);
      const [node, ann, ben] = [await world.node({ LISTENER }), await world.author('ann'), await world.author('ben')];
      const article = await Article.make(node, ann);
      await article.change({ slug: 'old-name' });
      await article.publish('A secret.');
      await article.change({ slug: 'new-name' });
      await article.change({ visibility: 'private' });
      const ask = (path: string, cookie?: string) =>
        request(new URL(path, node.url), { headers: cookie === undefined ? {} : { cookie: `stet=${cookie}` } });
      const seen = async (path: string, cookie?: string) => {
        const { status, headers, body } = await ask(path, cookie);
        const { date, 'x-request-id': id, 'ratelimit-remaining': left, 'ratelimit-reset': reset, ...others } = headers;
        t.truthy(date ?? id ?? left ?? reset ?? true);
        return { status, headers: others, body: body.toString() };
      };
      await until(async () => (await ask('/d/old-name')).status === 404);
      t.deepEqual(await seen('/d/old-name'), await seen('/d/never-there'));
      t.deepEqual(await seen('/d/old-name', ben.token), await seen('/d/never-there', ben.token));
      t.deepEqual(await seen('/v1/public/old-name'), await seen('/v1/public/never-there'));
      const oembed = (slug: string) => seen(`/oembed?url=${encodeURIComponent(`${node.url}/d/${slug}`)}`);
      t.deepEqual(await oembed('old-name'), await oembed('never-there'));
      await article.grant(ben.handle, 'view');
      const led = await ask('/d/old-name', ben.token);
      t.deepEqual([led.status, led.headers.location, led.headers['cache-control']], [308, '/d/new-name', 'no-store']);

      // What ben writes himself comes before the former address of another’s.
      const own = await Article.make(node, ben, 'private');
      await own.change({ slug: 'old-name' });
      await own.publish('Ben’s own.');
      await article.change({ visibility: 'public' });
      await until(async () => (await ask('/d/old-name')).status === 308);
      t.true((await ask('/d/old-name', ben.token)).body.toString().includes('Ben’s own.'));
      await article.call('POST', '/unpublish');
      await until(async () => (await ask('/d/old-name')).status === 404);
      t.deepEqual(await seen('/d/old-name'), await seen('/d/never-there'));
    },
  );
}

test.serial('ADDR3 I7 readers stay when an address changes, and find the document by its former one', async (t) => {
  const world = await createWorld(t);
  const [node, ann] = [await world.node(), await world.author('ann')];
  const article = await Article.make(node, ann);
  await article.change({ slug: 'a' });
  await article.publish('one');
  const early = await connectViewer(t, node.url);
  t.like(await early.watch('a'), { ok: true, revision: 1 });
  await early.next('revision');
  await article.change({ slug: 'b' });
  await until(async () => (await fetch(`${node.url}/d/b`)).status === 200);
  const late = await connectViewer(t, node.url);
  t.like(await late.watch('a'), { ok: true, revision: 1 });
  t.like(await late.next('revision'), { slug: 'a', id: article.id, revision: 1 });
  await article.publish('two');
  for (const viewer of [early, late]) t.like(await viewer.next('revision'), { slug: 'a', id: article.id, revision: 2 });
  const both = await connectViewer(t, node.url);
  await both.watch('b');
  t.like(await both.next('revision'), { slug: 'b', revision: 2 });

  // Another document is published there: it is the one that the name shows now.
  const other = await Article.make(node, ann);
  await other.change({ slug: 'a' });
  await other.publish('another');
  for (const viewer of [early, late]) t.like(await viewer.next('revision'), { slug: 'a', id: other.id, revision: 1 });
  await other.change({ visibility: 'private' });
  // Its own former address leads to the first one again.
  for (const viewer of [early, late]) t.like(await viewer.next('revision'), { slug: 'a', id: article.id, revision: 2 });
  await article.change({ visibility: 'private' });
  for (const viewer of [early, late]) t.deepEqual(await viewer.next('gone'), { slug: 'a' });
});
