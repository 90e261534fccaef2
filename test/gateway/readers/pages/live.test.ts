/** Live documents over HTTP: pages, JSON-LD, feed, API and oEmbed show the draft as it is, on every node, whoever owns it. */
import test from 'ava';
import { until } from '../../../support/helpers.ts';
import { createWorld, LISTENERS, type TestAuthor, type TestNode } from '../../../support/node.ts';
import { keyPrefix, sharedRedis } from '../../../support/shared-services.ts';
import { Article, paragraphs } from '../../../support/viewer.ts';

test.beforeEach((t) => t.timeout(90_000));

const heading = (text: string) => ({ type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text }] });
interface PublicJson {
  title: string;
  html: string;
  seq: number | null;
  revision: number;
  updatedAt: string;
  publishedAt: string;
  coverage: { startedAt: string; endedAt: string | null } | null;
}

/** Everything that readers without a session can get of an article. */
function readersAt(node: Pick<TestNode, 'url'>, { slug }: Article) {
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${node.url}${path}`, { headers });
  const text = async (path: string) => (await get(path)).text();
  return {
    get,
    page: () => text(`/d/${slug}`),
    feed: () => text('/feed.xml'),
    json: async () => (await (await get(`/v1/public/${slug}`)).json()) as PublicJson,
    embed: () => text(`/oembed?url=${encodeURIComponent(`${node.url}/d/${slug}`)}`),
    data: async () => {
      const [, json = '{}'] =
        /<script type="application\/ld\+json">(.*?)<\/script>/s.exec(await text(`/d/${slug}`)) ?? [];
      return JSON.parse(json) as Record<string, unknown> & { liveBlogUpdate?: Record<string, unknown>[] };
    },
    /** Waits until all of it has these words. */
    async show(words: string): Promise<void> {
      await until(async () => (await this.page()).includes(words));
      await until(async () => (await this.json()).html.includes(words));
      await until(async () => (await this.feed()).includes(words));
    },
  };
}

async function onAir(node: TestNode, author: TestAuthor, words = 'the revision'): Promise<Article> {
  const article = await Article.make(node, author);
  await article.publish(words);
  await article.change({ live: true });
  return article;
}

for (const LISTENER of LISTENERS) {
  test.serial(
    `${LISTENER} ONAIR3 pages, feed, API and oEmbed show the draft of a live document, and in the end the revision`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER });
      const article = await onAir(node, await world.author());
      const reader = readersAt(node, article);
      await article.call('PUT', '/draft', { title: 'Right now', body: paragraphs('written live') });
      await reader.show('written live');
      const page = await reader.page();
      t.true(page.includes('<h1 dir="auto">Right now</h1>') && page.includes('<title>Right now</title>'));
      t.regex(page, /<main [^>]*data-revision="1" data-seq="\d+">/);
      t.true(page.includes('<meta property="og:title" content="Right now">'));
      t.false(page.includes('the revision'));
      t.true((await reader.feed()).includes('<title>Right now</title>'));
      t.true((await reader.embed()).includes('"title":"Right now"'));
      const json = await reader.json();
      t.like(json, { title: 'Right now', revision: 1, html: '<p>written live</p>' });
      t.is(typeof json.seq, 'number');
      t.true(json.updatedAt > json.publishedAt);
      t.is(json.coverage?.endedAt, null);

      await article.change({ live: false });
      await reader.show('the revision');
      const ended = await reader.json();
      t.like(ended, { title: 'Cranes', html: '<p>the revision</p>', seq: null, updatedAt: ended.publishedAt });
      t.regex(String(ended.coverage?.endedAt), /^\d{4}-/);
      t.notRegex(await reader.page(), /data-seq|written live/);
    },
  );

  test.serial(`${LISTENER} ONAIR4 what did not change is not sent again, and each text has its own tag`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER });
    const article = await onAir(node, await world.author());
    const reader = readersAt(node, article);
    for (const path of [`/d/${article.slug}`, `/v1/public/${article.slug}`, '/feed.xml']) {
      await article.write(`of ${path}`);
      await reader.show(`of ${path}`);
      const first = await reader.get(path);
      const etag = first.headers.get('etag') ?? '';
      t.is((await reader.get(path, { 'if-none-match': etag })).status, 304, path);
      await article.write(`more of ${path}`);
      await reader.show(`more of ${path}`);
      const next = await reader.get(path, { 'if-none-match': etag });
      t.is(next.status, 200, path);
      t.not(next.headers.get('etag'), etag);
      t.true((await next.text()).includes('more of'));
    }
  });
}

test.serial(
  'ONAIR3 I6 a live document that goes private is gone, and what is written then is shown nowhere',
  async (t) => {
    const world = await createWorld(t);
    const node = await world.node();
    const [ann, ben] = [await world.author('ann'), await world.author('ben')];
    const article = await onAir(node, ann);
    const reader = readersAt(node, article);
    await article.write('for all');
    await reader.show('for all');
    await article.grant(ben.handle, 'view');
    await article.change({ visibility: 'private' });
    await article.write('secret');
    await until(async () => (await reader.get(`/d/${article.slug}`)).status === 404);
    for (const path of [`/d/${article.slug}`, `/v1/public/${article.slug}`, '/feed.xml', '/sitemap.xml']) {
      t.notRegex(await (await reader.get(path)).text(), /secret|for all/, path);
    }
    const asBen = await (await reader.get(`/d/${article.slug}`, { cookie: `stet=${ben.token}` })).text();
    t.true(asBen.includes('secret') && asBen.includes('data-seq'), 'who may read it reads it as it is');
  },
);

test.serial(
  'ONAIR7 the sections of a live document are posts with the times at which they were begun, also after its end',
  async (t) => {
    const world = await createWorld(t);
    const node = await world.node();
    const article = await Article.make(node, await world.author());
    const put = (...content: object[]) => article.call('PUT', '/draft', { body: { type: 'doc', content } });
    await put(heading('Before'));
    await article.call('POST', '/publish');
    const before = Date.now();
    await article.change({ live: true });
    const reader = readersAt(node, article);
    await put(heading('Later'), ...paragraphs('in the fens').content, heading('Before'));
    await until(async () => (await reader.data()).liveBlogUpdate?.[0]?.datePublished !== undefined);
    const data = await reader.data();
    t.is(data['@type'], 'LiveBlogPosting');
    t.is(data.coverageEndTime, undefined);
    const [later, earlier] = data.liveBlogUpdate ?? [];
    t.like(later, { headline: 'Later', articleBody: 'in the fens' });
    const at = Date.parse(String(later?.datePublished));
    // The database's clock and this one are those of one machine.
    t.true(at >= before - 1_000 && at <= Date.now() + 1_000);
    t.true(Date.parse(String(data.coverageStartTime)) <= at);
    t.is(earlier?.headline, 'Before');
    t.false('datePublished' in (earlier ?? {}), 'it was there before the document went live');

    await article.publish();
    await article.change({ live: false });
    await until(async () => (await reader.data()).coverageEndTime !== undefined);
    await until(async () => (await reader.data()).liveBlogUpdate?.[0]?.datePublished === later?.datePublished);
    t.deepEqual((await reader.data()).liveBlogUpdate, [later, earlier]);
    await put(heading('After the end'), heading('Later'), ...paragraphs('in the fens').content, heading('Before'));
    await article.call('POST', '/publish');
    await until(async () => (await reader.data()).liveBlogUpdate?.[0]?.headline === 'After the end');
    const [added, kept] = (await reader.data()).liveBlogUpdate ?? [];
    t.false('datePublished' in (added ?? {}), 'readers saw it with the revision');
    t.is(kept?.datePublished, later?.datePublished);
  },
);

test.serial('ONAIR5 reading a live document that no node owns writes nothing', async (t) => {
  const world = await createWorld(t);
  const first = await world.node();
  const article = await onAir(first, await world.author());
  await article.write('written before the node stopped');
  await first.close();
  const node = await world.node();
  const head = async () => {
    const [row] = await world.orm.query<{ epoch: string; owner_node: string | null }>(
      'select epoch, owner_node from draft_heads where document_id = $1',
      [article.id],
    );
    return row;
  };
  const before = await head();
  await readersAt(node, article).show('written before the node stopped');
  t.deepEqual(await head(), before, 'it is claimed by nobody');
  t.is(before?.owner_node, null);
});

test.serial('ONAIR3 ONAIR5 every node shows the draft, and the others still do when its owner is gone', async (t) => {
  const world = await createWorld(t);
  const env = { REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix() };
  const [one, two] = [await world.node(env), await world.node(env)];
  const article = await onAir(one, await world.author());
  const [here, there] = [readersAt(one, article), readersAt(two, article)];
  await article.write('on both nodes');
  for (const reader of [here, there]) await reader.show('on both nodes');
  await article.write('the last words');
  const [{ owner_node: owner } = { owner_node: null }] = await world.orm.query<{ owner_node: string | null }>(
    'select owner_node from draft_heads where document_id = $1',
    [article.id],
  );
  t.is(owner, one.nodeId, 'the other node reads it from there');
  await one.close();
  // As a node leaves it that is killed: the directory names it still.
  await world.orm.query(`update draft_heads set owner_node = $2 where document_id = $1`, [article.id, owner]);
  const statuses = new Set<number>();
  await until(async () => {
    const response = await there.get(`/d/${article.slug}`);
    statuses.add(response.status);
    return (await response.text()).includes('the last words');
  });
  t.deepEqual([...statuses], [200]);
  await there.show('the last words');
  await readersAt(await world.node(env), article).show('the last words');
});
