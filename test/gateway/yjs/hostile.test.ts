// Clients at /y that do what they must not: each pays for it alone (I9, I10).
import { randomBytes, randomUUID } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import * as encoding from 'lib0/encoding';
import * as Y from 'yjs';
import type { Peer } from '../../../src/gateway/access/peer.ts';
import { readPresence } from '../../../src/gateway/authors/awareness.ts';
import { createYjs, type Yjs, type YjsOptions } from '../../../src/gateway/yjs/endpoint.ts';
import { readFrame, updateFrame } from '../../../src/gateway/yjs/protocol.ts';
import { startBystander } from '../../support/bystander.ts';
import { connectClient, Desk } from '../../support/client.ts';
import { until } from '../../support/helpers.ts';
import { createWorld, LISTENERS } from '../../support/node.ts';
import { silentLog } from '../../support/silent-log.ts';
import { rawClient, stockClient, synced } from '../../support/yjs.ts';

test.beforeEach((t) => t.timeout(90_000));

const STEP_1 = Uint8Array.of(0, 0, 1, 0);

function caret(clientId: number): Uint8Array {
  const content = encoding.createEncoder();
  for (const number of [1, clientId, 1]) encoding.writeVarUint(content, number);
  encoding.writeVarString(content, '{}');
  const frame = encoding.createEncoder();
  encoding.writeVarUint(frame, 1);
  encoding.writeVarUint8Array(frame, encoding.toUint8Array(content));
  return encoding.toUint8Array(frame);
}

/** The endpoint with nothing behind it but what a test gives; it is asked for nothing else. */
function yjsWith(t: ExecutionContext, options: object): Yjs {
  const yjs = createYjs({
    site: { serves: () => true },
    rate: { take: () => true },
    tickets: { userOf: () => undefined },
    peerOf: (connection: Peer) => connection,
    allowedOrigins: [],
    limits: { maxUpdateBytes: 1_000 },
    log: silentLog,
    ...options,
  } as unknown as YjsOptions);
  t.teardown(() => yjs.close());
  return yjs;
}

/** A client of `yjs` on a socket that keeps how it was ended. */
function arriveAt(yjs: Yjs) {
  const ended: [code: number, reason: string][] = [];
  const decision = yjs.route.upgrade({
    url: `http://a/y/${randomUUID()}?token=any`,
    headers: new Headers(),
    protocols: [],
    info: { remoteAddress: '127.0.0.1', secure: false },
  });
  if (!decision.accept) throw new Error(decision.code);
  const fake = { data: decision.data, close: (...how: [number, string]) => ended.push(how) };
  const socket = fake as unknown as Parameters<typeof yjs.route.open>[0];
  yjs.route.open(socket);
  return { socket, ended };
}

test('I9 what a client sends while its credentials are looked up is bounded, and a client that leaves meanwhile is dropped', async (t) => {
  let answer: (identity: undefined) => void = () => undefined;
  const yjs = yjsWith(t, { authenticator: { byToken: () => new Promise((resolve) => (answer = resolve)) } });
  const arrive = () => arriveAt(yjs);
  const many = arrive();
  for (let index = 0; index < 64; index += 1) yjs.route.message(many.socket, STEP_1);
  t.deepEqual(many.ended, []);
  yjs.route.message(many.socket, STEP_1);
  yjs.route.message(many.socket, STEP_1);
  t.deepEqual(many.ended, [[4_529, 'rate_limited']]);
  const large = arrive();
  for (let index = 0; index < 2; index += 1) yjs.route.message(large.socket, new Uint8Array(4_000));
  t.deepEqual(large.ended, [[4_529, 'rate_limited']]);
  answer(undefined);
  const gone = arrive();
  yjs.route.close(gone.socket, 1_006, '');
  answer(undefined);
  const unknown = arrive();
  answer(undefined);
  await until(() => unknown.ended.length > 0);
  t.deepEqual(unknown.ended, [[4_401, 'unauthenticated']]);
  t.deepEqual(gone.ended, []);
  t.is(large.ended.length, 1);
});

test('I9 a client that a hanging database cannot identify is disconnected in time', async (t) => {
  const yjs = yjsWith(t, { authenticator: { byToken: () => new Promise(() => undefined) }, lookUpMs: 20 });
  const { socket, ended } = arriveAt(yjs);
  yjs.route.message(socket, STEP_1);
  await until(() => ended.length > 0);
  t.deepEqual(ended, [[4_503, 'unavailable']]);
  t.is(socket.data.early, undefined);
});

test('I10 an internal error during a handshake ends that client alone', async (t) => {
  const logged: string[] = [];
  const yjs = yjsWith(t, {
    authenticator: {
      byToken: async () => ({ userId: randomUUID(), sessionId: randomUUID(), handle: 'a', role: 'author' }),
    },
    clock: { now: () => 0 },
    userBudgets: {
      of() {
        throw new Error('a fault of ours');
      },
    },
    log: { ...silentLog, error: (_: object, message: string) => logged.push(message) },
  });
  const { ended } = arriveAt(yjs);
  await until(() => ended.length > 0);
  t.deepEqual(ended, [[1_011, 'internal error']]);
  t.deepEqual(logged, ['could not accept a Yjs client']);
});

test('I10 a malformed frame is recognised as such, and decoding never throws', (t) => {
  for (let run = 0; run < 5_000; run += 1) t.notThrows(() => readFrame(randomBytes(run % 40)));
  t.is(readFrame(Uint8Array.of(0, 0, 1)), undefined);
  t.is(readFrame(Uint8Array.of(0, 3, 0)), undefined);
  t.is(readFrame(Uint8Array.of(...STEP_1, 0)), undefined, 'trailing bytes');
  t.is(readFrame(Uint8Array.of(2, 0)), undefined, 'only the server denies');
});

for (const listener of LISTENERS) {
  test.serial(`${listener}: I10 hundreds of malformed frames end their senders, and nobody else notices`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener, MAX_HANDSHAKES_PER_ADDRESS_PER_SECOND: '1000' });
    const honest = await startBystander(t, world, node);
    const eve = await world.author('eve');
    const doc = await world.document(eve);
    const peer = stockClient(t, node.url, eve, doc);
    await synced(peer);
    const path = `/y/${doc}?token=${eve.token}`;
    const frames: (Uint8Array | string)[] = ['text', Uint8Array.of(), Uint8Array.of(9), Uint8Array.of(0, 0, 200)];
    while (frames.length < 300) {
      const frame = new Uint8Array(randomBytes(1 + (frames.length % 60)));
      frame[0] = frames.length % 4;
      frames.push(frame);
    }
    for (let at = 0; at < frames.length; at += 20) {
      await Promise.all(
        frames.slice(at, at + 20).map(async (frame) => {
          const client = await rawClient(t, node.url, path);
          client.send(STEP_1);
          await until(() => client.frames.length >= 2);
          client.send(Uint8Array.of(0, 1, 2, 0, 0));
          client.send(frame);
          client.send('and the end');
          const { code, reason } = await client.gone;
          t.true(code >= 4_400 && code < 4_500, `${code} ${reason}`);
        }),
      );
    }
    peer.type('unharmed');
    await until(
      async () => (await world.orm.query('select 1 from draft_updates where document_id = $1', [doc])).length === 1,
    );
    t.deepEqual(peer.codes, [], peer.faults.join());
    await honest.finish(t);
  });

  test.serial(`${listener}: I4 nobody writes or speaks under the client id of somebody else`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener });
    const [ann, eve] = [await world.author('ann'), await world.author('eve')];
    const doc = await world.document(ann);
    await world.grant(doc, eve, 'edit');
    const desk = new Desk(await connectClient(t, node.url, { author: ann }), doc, 4_711);
    await desk.open();
    t.like(await desk.send(desk.type('by Ann')), { ok: true });
    const writing = stockClient(t, node.url, eve, doc);
    await synced(writing);
    const forged = await rawClient(t, node.url, `/y/${doc}?token=${eve.token}`);
    forged.send(STEP_1);
    await until(() => forged.frames.length >= 2);
    forged.send(Uint8Array.of(0, 1, 2, 0, 0));
    const before = Y.encodeStateVector(desk.ydoc);
    desk.ydoc.getText('body').insert(0, 'x');
    forged.send(updateFrame(Y.encodeStateAsUpdate(desk.ydoc, before)));
    t.deepEqual(await forged.gone, { code: 4403, reason: 'client_forged' });
    const speaking = await rawClient(t, node.url, `/y/${doc}?token=${eve.token}`);
    speaking.send(STEP_1);
    speaking.send(caret(4_711));
    t.deepEqual(await speaking.gone, { code: 4403, reason: 'client_forged' });
    t.false(
      desk.client.frames.some(
        ({ event, body }) => event === 'awareness' && readPresence(body.update)?.clientId === 4_711,
      ),
    );
    t.is(writing.text(), 'by Ann');
  });

  test.serial(`${listener}: I9 an update over the limit ends its sender for good`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener, MAX_UPDATE_BYTES: '4096' });
    const ann = await world.author();
    const doc = await world.document(ann);
    const [one, other] = [stockClient(t, node.url, ann, doc), stockClient(t, node.url, ann, doc)];
    await Promise.all([synced(one), synced(other)]);
    one.type('x'.repeat(5_000));
    await until(() => one.closed() !== undefined);
    t.deepEqual(one.closed(), { code: 4413, reason: 'update_too_large' });
    other.type('small');
    await until(
      async () => (await world.orm.query('select 1 from draft_updates where document_id = $1', [doc])).length === 1,
    );
    t.deepEqual(other.codes, []);
  });

  test.serial(
    `${listener}: I9 a client that types faster than allowed loses nothing; one that floods is disconnected`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: listener, MAX_MESSAGES_PER_SECOND: '20', MAX_MESSAGE_BURST: '20' });
      const ann = await world.author();
      const doc = await world.document(ann);
      const [one, other] = [stockClient(t, node.url, ann, doc), stockClient(t, node.url, ann, doc)];
      await Promise.all([synced(one), synced(other)]);
      for (let word = 0; word < 30; word += 1) one.type(`${word} `);
      await until(() => other.text() === one.text());
      t.deepEqual(one.codes, [], one.faults.join());
      const flooding = await rawClient(t, node.url, `/y/${doc}?token=${ann.token}`);
      for (let sent = 0; sent < 200; sent += 1) flooding.send(Uint8Array.of(3));
      t.deepEqual(await flooding.gone, { code: 4529, reason: 'rate_limited' });
    },
  );
}

test('I9 a user has so many sockets, of whatever kind', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({ MAX_SOCKETS_PER_USER: '2' });
  const ann = await world.author();
  const doc = await world.document(ann);
  await synced(stockClient(t, node.url, ann, doc));
  await connectClient(t, node.url, { author: ann });
  const third = await rawClient(t, node.url, `/y/${doc}?token=${ann.token}`);
  t.deepEqual(await third.gone, { code: 4529, reason: 'too_many_sockets' });
});
