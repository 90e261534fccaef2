// The author protocol on two nodes over a real Redis: what crosses between them, and what still holds when messages of
// Redis are lost or Redis itself is gone.
import test from 'ava';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import { readPresence } from '../../../src/gateway/authors/awareness.ts';
import { connectClient, Desk } from '../../support/client.ts';
import { createWorld, type World } from '../../support/node.ts';
import { deafTo, losing, NOTICES_ALONE } from '../../support/notices.ts';
import { startRedis } from '../../support/services.ts';
import { keyPrefix, sharedRedis } from '../../support/shared-services.ts';

test.beforeEach((t) => t.timeout(60_000));

/** Settings of a node in a cluster of its own. */
async function clustered(): Promise<Record<string, string>> {
  return { REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix() };
}

function caret(clientId: number, clock: number, state: object | null): Uint8Array {
  const encoder = encoding.createEncoder();
  for (const number of [1, clientId, clock]) encoding.writeVarUint(encoder, number);
  encoding.writeVarString(encoder, JSON.stringify(state));
  return encoding.toUint8Array(encoder);
}

async function twoAuthors(world: World) {
  const [ann, bob] = [await world.author('ann'), await world.author('bob')];
  const doc = await world.document(ann);
  await world.grant(doc, bob, 'edit');
  return { ann, bob, doc };
}

test.serial('I3 I7 edits of either node reach the other, at the same positions', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [await world.node({ ...env, LISTENER: 'uws' }), await world.node(env)];
  const { ann, bob, doc } = await twoAuthors(world);
  const a = new Desk(await connectClient(t, one.url, { author: ann }), doc);
  const b = new Desk(await connectClient(t, two.url, { author: bob }), doc);
  t.like(await a.open(), { ok: true, epoch: 1 });
  t.like(await b.open(), { ok: true, epoch: 1 }, 'the document stays with the node that has it');
  t.deepEqual(await b.send(b.type('from two')), { ok: true, n: 1, seq: 1 });
  Y.applyUpdate(a.ydoc, (await a.client.take('edits', ({ seq }) => seq === 1)).update);
  t.is(a.text, 'from two');
  t.deepEqual(await a.send(a.type(', from one')), { ok: true, n: 1, seq: 2 });
  Y.applyUpdate(b.ydoc, (await b.client.take('edits', ({ seq }) => seq === 2)).update);
  t.is(b.text, a.text);
});

test.serial(
  'I7 authors on every node are notified when more than the text of the document changes, and nobody else is',
  async (t) => {
    const world = await createWorld(t);
    const env = await clustered();
    const [one, two] = [await world.node(env), await world.node(env)];
    const { ann, bob, doc } = await twoAuthors(world);
    const a = new Desk(await connectClient(t, one.url, { author: ann }), doc);
    const b = new Desk(await connectClient(t, two.url, { author: bob }), doc);
    const stranger = await connectClient(t, two.url, { author: await world.author('eve') });
    await a.open();
    await b.open();
    t.is((await two.call('PATCH', `/v1/documents/${doc}`, ann, { visibility: 'public' })).status, 200);
    for (const { client } of [a, b]) t.deepEqual(await client.take('changed'), { doc });
    t.is((await one.call('POST', `/v1/documents/${doc}/publish`, bob)).status, 201);
    for (const { client } of [a, b]) t.deepEqual(await client.take('changed'), { doc });
    await stranger.caughtUp();
    t.deepEqual(stranger.frames, []);
  },
);

test.serial(
  'I4 presence crosses nodes under real names, a newcomer is shown it, and leaving takes it away',
  async (t) => {
    const world = await createWorld(t);
    const env = await clustered();
    const [one, two] = [await world.node(env), await world.node(env)];
    const { ann, bob, doc } = await twoAuthors(world);
    const a = new Desk(await connectClient(t, one.url, { author: ann }), doc, 71);
    await a.open();
    await a.client.request('awareness', { doc, update: caret(71, 1, { user: { name: bob.handle } }) });
    const b = new Desk(await connectClient(t, two.url, { author: bob }), doc, 72);
    await b.open();
    const shown = readPresence((await b.client.take('awareness')).update);
    t.like(shown, { clientId: 71, state: { user: { id: ann.userId, name: ann.handle } } });
    t.like(await b.client.request('awareness', { doc, update: caret(71, 5, null) }), {
      error: { code: 'awareness_malformed' },
    });
    await b.client.request('awareness', { doc, update: caret(72, 1, {}) });
    t.like(readPresence((await a.client.take('awareness')).update), {
      clientId: 72,
      state: { user: { name: bob.handle } },
    });
    a.client.socket.disconnect();
    t.like(readPresence((await b.client.take('awareness')).update), { clientId: 71, clock: 1, state: null });
  },
);

test.serial('I6 a grant or session that ends on one node ends on the other', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [await world.node(env, NOTICES_ALONE), await world.node(env, NOTICES_ALONE)];
  const { ann, bob, doc } = await twoAuthors(world);
  const b = new Desk(await connectClient(t, two.url, { author: bob }), doc);
  await b.open();
  t.is((await one.call('DELETE', `/v1/documents/${doc}/grants/${bob.handle}`, ann)).status, 204);
  t.deepEqual(await b.client.take('access'), { doc, role: null });
  t.like(await b.send(b.type('x')), { ok: false, error: { code: 'not_open' } });
  t.is((await one.call('DELETE', '/v1/sessions/current', bob)).status, 204);
  t.like(await b.client.take('bye'), { code: 'unauthenticated' });
  await b.client.gone();
  t.is((await connectClient(t, two.url, { author: bob })).refused?.code, 'unauthenticated');
});

test.serial(
  'I6 a grant or session whose end was not announced by a message is found to have ended, and no other',
  async (t) => {
    const world = await createWorld(t);
    const env = await clustered();
    const [one, two] = [await world.node(env), await world.node(env, deafTo(/^user:/))];
    const { ann, bob, doc } = await twoAuthors(world);
    const a = new Desk(await connectClient(t, two.url, { author: ann }), doc);
    const b = new Desk(await connectClient(t, two.url, { author: bob }), doc);
    const again = new Desk(await connectClient(t, two.url, { author: bob }), doc);
    for (const desk of [a, b, again]) await desk.open();
    await one.call('PUT', `/v1/documents/${doc}/grants/${bob.handle}`, ann, { level: 'view' });
    for (const { client } of [b, again]) t.deepEqual(await client.take('access'), { doc, role: 'view' });
    await one.call('DELETE', `/v1/documents/${doc}/grants/${bob.handle}`, ann);
    for (const { client } of [b, again]) t.deepEqual(await client.take('access'), { doc, role: null });
    await one.call('DELETE', '/v1/sessions/current', bob);
    for (const { client } of [b, again]) t.like(await client.take('bye'), { code: 'unauthenticated' });
    t.is((await connectClient(t, two.url, { author: bob })).refused?.code, 'unauthenticated');
    t.like(await a.send(a.type('x')), { ok: true });
    t.false(a.client.frames.some(({ event }) => event === 'access'));
  },
);

test.serial('I6 with Redis gone, what ended is found in the database, and a view-only socket stays one', async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const world = await createWorld(t);
  const env = { REDIS_URL: redis.url, REDIS_PREFIX: keyPrefix() };
  const [one, two] = [await world.node(env), await world.node(env)];
  const { ann, bob, doc } = await twoAuthors(world);
  const b = new Desk(await connectClient(t, two.url, { author: bob }), doc);
  const looking = new Desk(await connectClient(t, two.url, { author: ann }), doc);
  await b.open();
  await looking.open('view');
  await redis.kill();
  await one.call('DELETE', `/v1/documents/${doc}/grants/${bob.handle}`, ann);
  t.deepEqual(await b.client.take('access'), { doc, role: null });
  await one.call('DELETE', '/v1/sessions/current', bob);
  t.like(await b.client.take('bye'), { code: 'unauthenticated' });
  await looking.client.caughtUp();
  t.false(looking.client.frames.some(({ event }) => event === 'access'));
  t.like(await looking.send(looking.type('x')), { ok: false, error: { code: 'read_only' } });
});

test.serial('I7 the last message, lost between nodes, is noticed by its head, and reopening brings it', async (t) => {
  const world = await createWorld(t);
  const env = { ...(await clustered()), SYNC_MS: '50' };
  let isLosing = false;
  const lossy = losing(({ topic }) => isLosing && topic === 'document.edits');
  const [one, two] = [await world.node(env, lossy), await world.node(env)];
  const { ann, bob, doc } = await twoAuthors(world);
  const a = new Desk(await connectClient(t, one.url, { author: ann }), doc);
  const b = new Desk(await connectClient(t, two.url, { author: bob }), doc);
  await a.open();
  await b.open();
  isLosing = true;
  t.like(await a.send(a.type('lost on the way')), { ok: true, seq: 1 });
  t.deepEqual(await b.client.take('head', ({ seq }) => seq === 1), { doc, epoch: 1, seq: 1 });
  t.is(b.read(), '');
  t.like(await b.open(), { ok: true, seq: 1 });
  t.is(b.text, 'lost on the way');
});

test.serial('an edit over HTTP reaches the node that owns the document', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [await world.node(env), await world.node(env)];
  const { ann, bob, doc } = await twoAuthors(world);
  const a = new Desk(await connectClient(t, one.url, { author: ann }), doc);
  await a.open();
  const typed = new Y.Doc();
  typed.getText('body').insert(0, 'by HTTP');
  const post = (url: string, body: Uint8Array, token: string) =>
    fetch(`${url}/v1/documents/${doc}/updates`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/octet-stream' },
      body: body as Uint8Array<ArrayBuffer>,
    });
  const answer = await post(two.url, Y.encodeStateAsUpdate(typed), bob.token);
  t.is(answer.status, 200);
  t.deepEqual(await answer.json(), { seq: 1 });
  Y.applyUpdate(a.ydoc, (await a.client.take('edits')).update);
  t.is(a.text, 'by HTTP');
  const known = await post(two.url, Y.encodeStateAsUpdate(typed), ann.token);
  t.deepEqual(await known.json(), { seq: 1 }, "what is there already is nobody's forgery");
  typed.getText('body').insert(0, 'more ');
  const forged = await post(two.url, Y.encodeStateAsUpdate(typed), ann.token);
  t.is(forged.status, 403, 'the client id is bound to another user by now');
});
