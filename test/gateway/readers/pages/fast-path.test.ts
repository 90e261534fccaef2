/** Published pages the fast path: the same answers, as fresh and as private as the full path's. */
import test from 'ava';
import { until } from '../../../support/helpers.ts';
import { createWorld, LISTENERS, type TestAuthor, type TestNode } from '../../../support/node.ts';
import { request } from '../../../support/raw-request.ts';
import { paragraphs } from '../../../support/viewer.ts';

const ENCODINGS = ['identity', 'gzip', 'br'] as const;
/** The full path names each request. */
const isFast = (response: Response): boolean => !response.headers.has('x-request-id');

async function publish(node: TestNode, author: TestAuthor, id: string, text: string): Promise<void> {
  await node.call('PUT', `/v1/documents/${id}/draft`, author, { body: paragraphs(text) });
  const published = await node.call('POST', `/v1/documents/${id}/publish`, author);
  if (published.status !== 201) throw new Error(await published.text());
}

async function article(node: TestNode, author: TestAuthor): Promise<{ id: string; slug: string }> {
  const made = await node.call('POST', '/v1/documents', author, { title: 'Cranes', visibility: 'public' });
  const document = (await made.json()) as { id: string; slug: string };
  await publish(node, author, document.id, `The first text. ${'word '.repeat(500)}`);
  return document;
}

for (const listener of LISTENERS) {
  test(`FAST1 the fast path answers as the full path did, in every coding (${listener})`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener });
    const { slug } = await article(node, await world.author());
    const seen = new Set<string>();
    for (const encoding of ENCODINGS) {
      const get = (headers = {}) =>
        fetch(`${node.url}/v1/public/${slug}`, { headers: { 'accept-encoding': encoding, ...headers } });
      const full = await get();
      t.false(isFast(full));
      let fast = await get();
      await until(async () => {
        fast = await get();
        return isFast(fast);
      });
      t.is(fast.status, 200);
      t.deepEqual(await fast.json(), await full.json());
      for (const [name, value] of full.headers) {
        if (/^(ratelimit|x-request-id|content-length|date|connection|keep-alive|transfer)/.test(name)) continue;
        t.is(fast.headers.get(name), value, `${encoding} ${name}`);
      }
      const etag = fast.headers.get('etag') ?? '';
      seen.add(etag);
      const again = await get({ 'if-none-match': etag });
      t.is(again.status, 304);
      t.is(await again.text(), '');
    }
    t.is(seen.size, ENCODINGS.length);
  });

  test(`FAST2 I6 a new revision, and a document that goes private, show within the second (${listener})`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener });
    const author = await world.author();
    const { id, slug } = await article(node, author);
    const page = async () => {
      const response = await fetch(`${node.url}/d/${slug}`);
      return { status: response.status, text: await response.text() };
    };
    for (let round = 0; round < 5; round += 1) t.true((await page()).text.includes('The first text.'));
    await publish(node, author, id, 'The second text.');
    await until(async () => (await page()).text.includes('The second text.'));
    for (let round = 0; round < 5; round += 1) await page();
    await node.call('PATCH', `/v1/documents/${id}`, author, { visibility: 'private' });
    await until(async () => (await page()).status === 404);
    t.is((await fetch(`${node.url}/v1/public/${slug}`)).status, 403);
    // Its author still reads it, the full path.
    const own = await fetch(`${node.url}/d/${slug}`, { headers: { cookie: `stet=${author.token}` } });
    t.true((await own.text()).includes('The second text.'));
  });

  test(`FAST3 I9 an address over its rate limit is refused on the fast path too (${listener})`, async (t) => {
    const world = await createWorld(t);
    const author = await world.author();
    const node = await world.node({ LISTENER: listener, API_REQUESTS_PER_ADDRESS_PER_MINUTE: '40' });
    const { slug } = await article(node, author);
    const statuses = new Set<number>();
    for (let round = 0; round < 60; round += 1) statuses.add((await fetch(`${node.url}/v1/public/${slug}`)).status);
    t.deepEqual([...statuses].sort(), [200, 429]);
  });

  test(`FAST4 I9 requests with ever new headers do not evict what browsers ask for (${listener})`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener });
    const { slug } = await article(node, await world.author());
    const get = (headers: Record<string, string>) => request(new URL(`/v1/public/${slug}`, node.url), { headers });
    for (let round = 0; round < 40; round += 1) {
      const odd = { host: `odd-${round}.example`, 'accept-encoding': `gzip;q=0.${round + 1}` };
      t.is((await get(odd)).status, 200);
    }
    await until(async () => {
      const { headers } = await get({ host: 'stet.example', 'accept-encoding': 'gzip, deflate, br, zstd' });
      t.is(headers['content-encoding'], 'br');
      return headers['x-request-id'] === undefined;
    });
  });
}
