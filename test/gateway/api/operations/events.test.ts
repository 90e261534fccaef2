/**
 * A document's events for those without WebSockets, on real nodes: in order, without gap and repeat (I7), only for those
 * who may read it (I6), and bounded (I9).
 */
import { connect } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import * as Y from 'yjs';
import { readEvents } from '../../../../src/clients/http/events.ts';
import { createStetClient } from '../../../../src/clients/http/index.ts';
import { makeDocument, makeUsers, startCluster } from '../../../chaos/cluster.ts';
import { Operations } from '../../../chaos/operations.ts';
import { until } from '../../../support/helpers.ts';
import { metric, untilMetric } from '../../../support/metrics.ts';
import { createWorld, LISTENERS, type TestAuthor, type TestNode } from '../../../support/node.ts';
import { losing } from '../../../support/notices.ts';
import { startProxy } from '../../../support/proxy.ts';
import { keyPrefix, sharedRedis } from '../../../support/shared-services.ts';

test.beforeEach((t) => t.timeout(150_000));

type StreamEvent = { id: string; type: string; data: Record<string, unknown> };
interface Page {
  events: StreamEvent[];
  next: string;
}

async function clustered(): Promise<Record<string, string>> {
  return { REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix() };
}

const eventsPath = (doc: string, query = ''): string => `/v1/documents/${doc}/events${query}`;
const bearer = ({ token }: { token: string }) => ({ authorization: `Bearer ${token}` });

/** A stream, read as it comes. `marks`: positions that came without an event. */
async function listen(t: ExecutionContext, url: string, author: { token: string }, doc: string, lastEventId?: string) {
  const abort = new AbortController();
  t.teardown(() => abort.abort());
  const response = await fetch(url + eventsPath(doc), {
    headers: {
      ...bearer(author),
      accept: 'text/event-stream',
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
    },
    signal: abort.signal,
  });
  t.is(response.status, 200);
  t.is(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
  const events: StreamEvent[] = [];
  const marks: string[] = [];
  const state = { over: false };
  const gone = (async () => {
    for await (const { id = '', type, data } of readEvents(response)) {
      if (data === '') marks.push(id);
      else events.push({ id, type, data: JSON.parse(data) });
    }
  })()
    .catch(() => undefined)
    .then(() => {
      state.over = true;
    });
  await until(() => marks.length > 0 || state.over);
  return { events, marks, gone, state, stop: () => abort.abort(), types: () => events.map(({ type }) => type) };
}

async function page(node: TestNode, author: TestAuthor, doc: string, query: string): Promise<Page> {
  const response = await node.call('GET', eventsPath(doc, query), author);
  return (await response.json()) as Page;
}

/** Appends a paragraph; its position. */
async function write(node: TestNode, author: TestAuthor, doc: string, text: string): Promise<number> {
  const blocks = [{ type: 'paragraph', content: [{ type: 'text', text }] }];
  const response = await node.call('POST', `/v1/documents/${doc}/draft/blocks`, author, { blocks });
  return ((await response.json()) as { seq: number }).seq;
}

/** Streams and pages that are followed at a node. */
const FOLLOWERS = 'stet_followers';

/** The positions of the updates, and the text that they make. */
function replayed(events: readonly StreamEvent[]): { seqs: number[]; text: string } {
  const ydoc = new Y.Doc();
  const seqs: number[] = [];
  for (const { type, data } of events) {
    if (type !== 'update') continue;
    const { from, seq, update } = data as { from: number; seq: number; update: string };
    for (let at = from; at <= seq; at += 1) seqs.push(at);
    Y.applyUpdate(ydoc, Buffer.from(update, 'base64'));
  }
  return { seqs, text: ydoc.getXmlFragment('body').toString() };
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, index) => index + 1);

for (const listener of LISTENERS) {
  test.serial(`I7 ${listener}: a stream sends every event, each with its position`, async (t) => {
    const world = await createWorld(t);
    const env = await clustered();
    const [one, two] = [await world.node({ ...env, LISTENER: listener }), await world.node(env)];
    const [ann, bob] = [await world.author('ann'), await world.author('bob')];
    const doc = await world.document(ann);
    await world.grant(doc, bob, 'view');
    const first = await write(two, ann, doc, 'before');
    const stream = await listen(t, one.url, bob, doc);
    t.deepEqual(stream.marks, [`${first}.0`], 'its position comes before any event');
    const received = (type: string) => until(() => stream.types().includes(type));

    const second = await write(two, ann, doc, 'after');
    await received('update');
    await two.call('POST', `/v1/documents/${doc}/publish`, ann);
    await received('published');
    await two.call('POST', `/v1/documents/${doc}/unpublish`, ann);
    await received('unpublished');
    await two.call('PATCH', `/v1/documents/${doc}`, ann, { slug: `s-${doc}` });
    await received('changed');
    await two.call('PUT', `/v1/documents/${doc}/grants/${bob.handle}`, ann, { level: 'edit' });
    await received('access');
    await two.call('DELETE', `/v1/documents/${doc}`, ann);
    await stream.gone;
    t.deepEqual(
      stream.events.map(({ id, type }) => [id, type]),
      [
        [`${second}.0`, 'update'],
        [`${second}.1`, 'published'],
        [`${second}.1u`, 'unpublished'],
        [`${second}.1u`, 'changed'],
        [`${second}.1u`, 'access'],
        [`${second}.1u`, 'bye'],
      ],
    );
    t.like(stream.events[1]?.data, { revision: 1 });
    t.deepEqual(stream.events[4]?.data, { role: 'edit' });
    t.like(stream.events[5]?.data, { code: 'not_found' });
    t.true(replayed(stream.events).text === '' || stream.events[0]?.data.from === second);
  });
}

test.serial('I7 a stream that breaks goes on at another node, without gap and repeat', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [await world.node(env), await world.node({ ...env, LISTENER: 'uws' })];
  const ann = await world.author();
  const doc = await world.document(ann);
  const stream = await listen(t, one.url, ann, doc, '0.0');
  await write(one, ann, doc, 'a');
  await one.call('POST', `/v1/documents/${doc}/publish`, ann);
  await until(() => stream.types().includes('published'));
  stream.stop();
  await stream.gone;
  const last = stream.events.at(-1)?.id ?? '';

  await write(one, ann, doc, 'b');
  await one.call('POST', `/v1/documents/${doc}/publish`, ann);
  await write(one, ann, doc, 'c');
  await one.call('POST', `/v1/documents/${doc}/publish`, ann);
  await one.call('POST', `/v1/documents/${doc}/unpublish`, ann);
  const resumed = await listen(t, two.url, ann, doc, last);
  const head = await write(two, ann, doc, 'd');
  const all = () => [...stream.events, ...resumed.events];
  await until(() => resumed.types().includes('unpublished') && replayed(all()).seqs.at(-1) === head);
  const { seqs, text } = replayed(all());
  t.deepEqual(seqs, upTo(head));
  t.regex(text, /a.*b.*c.*d/);
  const publications = (from: readonly StreamEvent[]) => from.filter(({ type }) => /published$/.test(type));
  t.deepEqual(
    publications(resumed.events).map(({ type, data }) => [type, data.revision]),
    [
      ['published', 2],
      ['published', 3],
      ['unpublished', undefined],
    ],
  );
  const again = await listen(t, one.url, ann, doc, resumed.events.at(-1)?.id);
  await write(one, ann, doc, 'e');
  await until(() => again.events.length > 0);
  t.deepEqual(again.types(), ['update'], 'what was sent is not sent again, and neither is the withdrawal');
});

test.serial('I7 the typed client comes back by itself, also when it broke before the first event', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  await write(node, ann, doc, 'before');
  const proxy = await startProxy(t, node.port);
  const abort = new AbortController();
  t.teardown(() => abort.abort());
  // What the client has read; only then is there a break to come back from.
  let chunks = 0;
  const fetching: typeof fetch = async (...given) => {
    const response = await fetch(...given);
    const seen = new TransformStream<Uint8Array, Uint8Array>({
      transform(chunk, controller) {
        chunks += new TextDecoder().decode(chunk).split('id: ').length - 1;
        controller.enqueue(chunk);
      },
    });
    return new Response(response.body?.pipeThrough(seen) ?? null, response);
  };
  const client = createStetClient({ url: proxy.url, token: ann.token, fetch: fetching });
  const events: StreamEvent[] = [];
  const over = (async () => {
    for await (const event of client.events(doc, { signal: abort.signal, retryDelayMs: 5 }))
      events.push(event as StreamEvent);
  })();
  await until(() => chunks > 0);
  proxy.open(false);
  const missed = await write(node, ann, doc, 'missed');
  proxy.open(true);
  await until(() => events.length > 0);
  proxy.cut();
  const head = await write(node, ann, doc, 'then');
  await until(() => replayed(events).seqs.at(-1) === head);
  t.deepEqual(replayed(events).seqs, [missed, head]);
  abort.abort();
  await over;
});

test.serial('I7 the owner is killed: a stream elsewhere goes on without gap, one of its own resumes', async (t) => {
  const options = { nodes: 2, authors: 0, mixed: 0, seconds: 10, seed: 1, listener: 'auto', faults: [] } as const;
  const none = { mutant: undefined, perturb: false, logs: undefined };
  const cluster = await startCluster({ ...options, ...none, faults: [] }, new Operations(() => undefined));
  t.teardown(() => cluster.stop());
  const [ann, bob] = await makeUsers(cluster, ['ann', 'bob']);
  const [owner, other] = cluster.nodes;
  if (!ann || !bob || !owner || !other) throw new Error('a cluster of two');
  const doc = await makeDocument(cluster, ann, [], bob);
  const append = async (url: string, text: string): Promise<number> => {
    const response = await fetch(`${url}/v1/documents/${doc}/draft/blocks`, {
      method: 'POST',
      headers: { ...bearer(ann), 'content-type': 'application/json' },
      body: JSON.stringify({ blocks: [{ type: 'paragraph', content: [{ type: 'text', text }] }] }),
    });
    return ((await response.json()) as { seq?: number }).seq ?? 0;
  };
  await append(owner.url, 'a');
  const dying = await listen(t, owner.url, ann, doc, '0.0');
  const staying = await listen(t, other.url, ann, doc, '0.0');
  const seen = await append(owner.url, 'b');
  const at = (events: readonly StreamEvent[]) => events.filter(({ type }) => type === 'update').at(-1)?.data.seq;
  await until(() => at(dying.events) === seen && at(staying.events) === seen);
  await owner.kill();
  await dying.gone;
  let head = 0;
  await until(async () => {
    head = await append(other.url, 'c');
    return head > 0;
  });
  const resumed = await listen(t, other.url, ann, doc, dying.events.at(-1)?.id);
  await until(() => at(staying.events) === head && at(resumed.events) === head);
  t.deepEqual(replayed(staying.events).seqs, upTo(head));
  t.deepEqual(replayed([...dying.events, ...resumed.events]).seqs, upTo(head));
  t.false(staying.state.over, 'it noticed nothing');
});

test.serial(
  'I7 a page has what is there, the next one what follows, and waiting ends with the first event',
  async (t) => {
    const world = await createWorld(t);
    const node = await world.node();
    const ann = await world.author();
    const doc = await world.document(ann);
    t.deepEqual(await page(node, ann, doc, ''), { events: [], next: '0.0' });
    let head = 0;
    for (const text of ['a', 'b', 'c']) head = await write(node, ann, doc, text);
    const all = await page(node, ann, doc, '?after=0.0');
    t.deepEqual(replayed(all.events).seqs, upTo(head));
    t.is(all.next, `${head}.0`);
    t.deepEqual(await page(node, ann, doc, `?after=${all.next}&wait=1`), { events: [], next: all.next });
    const waiting = page(node, ann, doc, `?after=${all.next}&wait=60`);
    const next = await write(node, ann, doc, 'd');
    const then = await waiting;
    t.deepEqual(replayed(then.events).seqs, [next]);
    t.is(then.next, `${next}.0`);
  },
);

test.serial('I7 I9 more than a page holds comes in pages, each beginning where the last one ended', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  let head = 0;
  for (const letter of 'abcdef') head = await write(node, ann, doc, letter.repeat(400_000));
  const pages: Page[] = [];
  for (let after = '0.0'; replayed(pages.flatMap(({ events }) => events)).seqs.at(-1) !== head; ) {
    const got = await page(node, ann, doc, `?after=${after}`);
    t.true(JSON.stringify(got.events.slice(0, -1)).length <= 1_048_576, 'the event that fills a page is its last');
    pages.push(got);
    after = got.next;
  }
  t.true(pages.length > 1);
  t.deepEqual(replayed(pages.flatMap(({ events }) => events)).seqs, upTo(head));
});

test.serial('I6 a user who loses access loses the stream with the reason, and so does a revoked token', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [await world.node(env), await world.node(env)];
  const [ann, bob] = [await world.author('ann'), await world.author('bob')];
  const doc = await world.document(ann);
  await world.grant(doc, bob, 'view');
  const made = await one.call('POST', '/v1/tokens', bob, { name: 'Reader', scopes: ['documents:read'] });
  const { id, token } = (await made.json()) as { id: string; token: string };
  const [byToken, bySession] = [await listen(t, two.url, { token }, doc), await listen(t, two.url, bob, doc)];
  const paged = page(two, bob, doc, '?wait=60');

  await one.call('DELETE', `/v1/tokens/${id}`, bob);
  await byToken.gone;
  t.like(byToken.events, [{ type: 'bye', data: { code: 'unauthenticated' } }]);
  t.false(bySession.state.over);
  const revokedAt = Date.now();
  await one.call('DELETE', `/v1/documents/${doc}/grants/${bob.handle}`, ann);
  await bySession.gone;
  t.like(bySession.events, [{ type: 'bye', data: { code: 'not_found' } }]);
  t.log(`${Date.now() - revokedAt} ms after the revocation was asked for`);
  await write(one, ann, doc, 'secret');
  t.like((await paged).events, [{ type: 'bye' }]);
  t.deepEqual(replayed(bySession.events).seqs, []);
});

test.serial('I6 a user without access and a token without the scope get no events', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const [ann, eve] = [await world.author('ann'), await world.author('eve')];
  const doc = await world.document(ann);
  const made = await node.call('POST', '/v1/tokens', ann, { name: 'Writer', scopes: ['documents:write'] });
  const { token } = (await made.json()) as { token: string };
  for (const accept of ['text/event-stream', 'application/json']) {
    const ask = (headers: Record<string, string>, path = eventsPath(doc), method = 'GET') =>
      fetch(node.url + path, { method, headers: { accept, ...headers } });
    t.is((await ask({})).status, 401);
    t.is((await ask(bearer({ token }))).status, 403);
    const [hidden, missing] = [
      await ask(bearer(eve)),
      await ask(bearer(eve), eventsPath('00000000-0000-4000-8000-000000000000')),
    ];
    t.deepEqual([hidden.status, await hidden.text()], [404, await missing.text()]);
    t.is((await ask({ ...bearer(ann), 'last-event-id': 'x' })).status, 400);
    t.is((await ask(bearer(ann), eventsPath(doc, '?after=1'))).status, 400);
    const head = await ask(bearer(ann), eventsPath(doc, '?wait=60'), 'HEAD');
    t.is(head.status, 200);
    t.is(await head.text(), '');
  }
  t.is(await metric(node, FOLLOWERS), 0, 'none of these is followed');
});

test.serial('I9 a client that does not read is disconnected, and gets every event when it resumes', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const nodes = await Promise.all(LISTENERS.map((listener) => world.node({ ...env, LISTENER: listener })));
  const [first] = nodes;
  if (!first) return t.fail();
  const ann = await world.author();
  const doc = await world.document(ann);
  let head = 0;
  // More than the buffers of sockets take.
  for (const letter of 'abcdefghijklmn') head = await write(first, ann, doc, letter.repeat(1_000_000));
  await Promise.all(
    nodes.map(async (node) => {
      const socket = connect(node.port, '127.0.0.1');
      t.teardown(() => socket.destroy());
      socket.on('error', () => undefined);
      socket.pause();
      socket.write(
        `GET ${eventsPath(doc)} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${ann.token}\r\n` +
          'accept: text/event-stream\r\nlast-event-id: 0.0\r\n\r\n',
      );
      await untilMetric(node, FOLLOWERS, 1);
      await untilMetric(node, FOLLOWERS, 0);
      const resumed = await listen(t, node.url, ann, doc, '0.0');
      await until(() => resumed.events.at(-1)?.data.seq === head);
      t.deepEqual(replayed(resumed.events).seqs, upTo(head));
    }),
  );
});

test.serial('I7 a lost notice and a lost update are noticed', async (t) => {
  const world = await createWorld(t);
  const env = { ...(await clustered()), SYNC_MS: '50' };
  let isLosing = false;
  const lossy = losing(({ to, topic }) => isLosing && (topic === 'document.edits' || to.startsWith('document:')));
  const [one, two] = [await world.node(env, lossy), await world.node(env)];
  const ann = await world.author();
  const doc = await world.document(ann);
  await write(one, ann, doc, 'replayed');
  const stream = await listen(t, two.url, ann, doc);
  isLosing = true;
  await write(one, ann, doc, 'lost');
  await one.call('POST', `/v1/documents/${doc}/publish`, ann);
  await until(() => stream.events.length === 2);
  t.deepEqual(stream.types(), ['update', 'published']);
});

test.serial('a node that drains says bye on streams and pages, and the stream goes on elsewhere', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [await world.node(env), await world.node(env)];
  const ann = await world.author();
  const doc = await world.document(ann);
  await write(one, ann, doc, 'a');
  const stream = await listen(t, one.url, ann, doc);
  const waiting = page(one, ann, doc, '?wait=60');
  // The page follows once its request was admitted.
  await untilMetric(one, FOLLOWERS, 2);
  await one.close();
  await stream.gone;
  t.like(stream.events.at(-1), { type: 'bye', data: { code: 'draining' } });
  t.like((await waiting).events.at(-1), { type: 'bye', data: { code: 'draining' } });
  const head = await write(two, ann, doc, 'b');
  const resumed = await listen(t, two.url, ann, doc, stream.events.at(-1)?.id);
  await until(() => resumed.events.length > 0);
  t.deepEqual(replayed(resumed.events).seqs, [head]);
});
