// Under which names a node answers, what its answers say to browsers, and what its public door does not show.
import { once } from 'node:events';
import { createServer } from 'node:net';
import test from 'ava';
import { WebSocket } from 'ws';
import { connectClient } from '../support/client.ts';
import { createWorld, LISTENERS, type TestNode } from '../support/node.ts';
import { request } from '../support/raw-request.ts';

test.beforeEach((t) => t.timeout(60_000));

const PUBLIC_URL = 'https://stet.example';
/** A proxy on this machine that ends TLS. */
const PROXY = { TRUSTED_PROXIES: '127.0.0.1' };

async function get(node: TestNode, path: string, headers: Record<string, string>) {
  const answer = await request(new URL(node.url), { path, headers });
  return { ...answer, body: answer.body.toString() };
}

/** The status that a WebSocket handshake is refused with; 101: it was not. */
async function handshake(node: TestNode, path: string, host: string): Promise<number> {
  const socket = new WebSocket(`ws://127.0.0.1:${node.port}${path}`, { headers: { host } });
  socket.on('error', () => undefined);
  const [answer] = await Promise.race([
    once(socket, 'unexpected-response').then(([, response]) => [response.statusCode as number]),
    once(socket, 'open').then(() => [101]),
  ]);
  socket.terminate();
  return answer as number;
}

for (const kind of LISTENERS) {
  test(`${kind}: I6 with PUBLIC_URL other hosts are misdirected at every door, and health is asked under any name`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: kind, PUBLIC_URL, ALLOWED_HOSTS: '127.0.0.1' });
    for (const path of [
      '/',
      '/v1/documents',
      '/d/cranes',
      '/feed.xml',
      '/widget.js',
      '/v1/public/cranes',
      '/nothing',
    ]) {
      const { status, body } = await get(node, path, { host: 'evil.example' });
      t.is(status, 421, path);
      t.true(body.includes('"misdirected"'), path);
    }
    for (const host of ['evil.example', 'stet.example']) {
      t.is((await get(node, '/healthz', { host })).body, 'ok\n');
      t.is((await get(node, '/readyz', { host })).body, 'ready\n');
    }
    t.is((await get(node, '/sign-in', { host: 'stet.example' })).status, 200);
    t.is(await handshake(node, '/w?documents=cranes', 'evil.example'), 421);
    t.is(await handshake(node, '/w?documents=cranes', 'stet.example'), 101);
    t.is(await handshake(node, '/y/4c0e0000-0000-4000-8000-000000000000', 'evil.example'), 421);
    const engine = '/socket.io/?EIO=4&transport=websocket';
    t.is(await handshake(node, engine, 'evil.example'), 421);
    t.is(await handshake(node, engine, 'stet.example'), 101);
    const ann = await world.author();
    t.is((await connectClient(t, node.url, { author: ann })).refused, undefined, 'of ALLOWED_HOSTS');
  });

  test(`${kind}: addresses on pages, in feeds and in snippets are those of PUBLIC_URL`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: kind, PUBLIC_URL, ALLOWED_HOSTS: '127.0.0.1,other.example' });
    const ann = await world.author();
    const made = await node.call('POST', '/v1/documents', ann, { title: 'C', slug: `c-${kind}`, visibility: 'public' });
    const { id, slug } = (await made.json()) as { id: string; slug: string };
    t.is((await node.call('POST', `/v1/documents/${id}/publish`, ann)).status, 201);
    const host = 'other.example';
    const page = await get(node, `/d/${slug}`, { host });
    t.true(page.body.includes(`<link rel="canonical" href="${PUBLIC_URL}/d/${slug}">`));
    const feed = await get(node, '/feed.xml', { host });
    t.true(feed.body.includes(`${PUBLIC_URL}/d/${slug}`));
    const oembed = await get(node, `/oembed?url=${encodeURIComponent(`${PUBLIC_URL}/d/${slug}`)}`, { host });
    t.true(oembed.body.includes(`${PUBLIC_URL}/embed/frame/${encodeURIComponent(slug)}`));
    for (const { body } of [page, feed, oembed]) t.false(body.includes(host));
    for (const path of ['/embed', '/sign-in']) {
      t.true((await get(node, path, { host })).body.includes(`name="stet-origin" content="${PUBLIC_URL}"`), path);
    }
  });

  test(`${kind}: every answer over TLS bears HSTS, and none is without a content policy`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: kind, ...PROXY });
    const ann = await world.author();
    const made = await node.call('POST', '/v1/documents', ann, { title: 'H', slug: `h-${kind}`, visibility: 'public' });
    const { id, slug } = (await made.json()) as { id: string; slug: string };
    await node.call('POST', `/v1/documents/${id}/publish`, ann);
    const tls = { host: 'stet.example', 'x-forwarded-proto': 'https' };
    const page = await get(node, `/d/${slug}`, tls);
    const etag = String(page.headers.etag);
    const answers = [
      page,
      await get(node, `/d/${slug}`, tls), // the fast path
      await get(node, `/d/${slug}`, { ...tls, 'if-none-match': etag }),
      ...(await Promise.all(
        [
          '/',
          '/sign-in',
          '/d/nothing',
          '/feed.xml',
          '/oembed',
          '/widget.js',
          '/embed',
          `/embed/frame/${slug}`,
          '/embed/frame/nothing',
          '/offline-worker.js',
          '/nothing',
          '/healthz',
          '/readyz',
          '/v1/docs',
          '/v1/nothing',
          `/v1/public/${slug}`,
          // The listener's own answers.
          '/socket.io/?EIO=4&transport=polling',
        ].map((path) => get(node, path, tls)),
      )),
      await get(node, '/v1/documents', { ...tls, 'content-length': '99999999999' }),
    ];
    for (const { headers } of answers) {
      t.is(headers['strict-transport-security'], 'max-age=31536000');
      t.regex(String(headers['content-security-policy']), /^default-src 'none'/);
      t.is(headers['x-content-type-options'], 'nosniff');
    }
    const hsts = async (headers: Record<string, string>) =>
      (await get(node, '/', headers)).headers['strict-transport-security'];
    t.is(await hsts({ ...tls, host: 'localhost' }), undefined);
    t.is(await hsts({ host: 'stet.example' }), undefined);
  });

  test(`${kind}: EMBED2 other sites can frame the page that is made for it, and no other`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: kind });
    const ann = await world.author();
    const made = await node.call('POST', '/v1/documents', ann, { title: 'F', slug: `f-${kind}`, visibility: 'public' });
    const { id, slug } = (await made.json()) as { id: string; slug: string };
    await node.call('POST', `/v1/documents/${id}/publish`, ann);
    const cookie = `stet=${ann.token}`;
    const framed = await Promise.all(
      [`/embed/frame/${slug}`, `/embed/frame/${slug}?theme=dark`, '/embed/frame/nothing'].map((path) =>
        get(node, path, { host: 'stet.example' }),
      ),
    );
    for (const { headers } of framed) {
      t.true(String(headers['content-security-policy']).includes('frame-ancestors *'));
      t.is(headers['x-frame-options'], undefined);
      t.is(headers['set-cookie'], undefined);
    }
    const paths = ['/', '/sign-in', `/d/${slug}`, '/d/nothing', '/nothing', '/embed', '/embed/frame', '/v1/docs'];
    for (const path of [...paths, `/edit/${id}`, `/edit/${id}/history`, '/feed.xml', '/oembed', '/?page=2']) {
      for (const headers of [{ host: 'stet.example' }, { host: 'stet.example', cookie }]) {
        const answer = await get(node, path, headers);
        if (answer.status === 302) continue;
        t.true(String(answer.headers['content-security-policy']).includes("frame-ancestors 'none'"), path);
      }
    }
  });

  test(`${kind}: no way through the public door leads to the metrics`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: kind });
    for (const path of ['/metrics', '/x/../metrics', '/%6detrics', '//metrics', '/x/%2e%2e/metrics', '/METRICS']) {
      const { status, body } = await get(node, path, { host: 'stet.example' });
      t.is(status, 404, path);
      t.false(body.includes('stet_sockets'), path);
    }
    t.true((await (await node.ops('/metrics')).text()).includes('stet_sockets 0'));
    t.is(await (await node.ops('/readyz')).text(), 'ready\n');
    t.is(await (await node.ops('/healthz')).text(), 'ok\n');
  });
}

test('an operators’ port that is taken is replaced by a free one', async (t) => {
  const other = createServer().listen(0, '127.0.0.1');
  t.teardown(() => other.close());
  await once(other, 'listening');
  const { port } = other.address() as { port: number };
  const world = await createWorld(t);
  const node = await world.node({ OPS_PORT: String(port) });
  t.not(node.opsPort, port);
  t.is((await node.ops('/metrics')).status, 200);
});
