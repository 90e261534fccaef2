// Hostile senders on a socket, beside an honest author: each gets an error code or is disconnected with a reason, and the honest
// author's edits are all acknowledged (I9, I10).
import { createHash, randomBytes } from 'node:crypto';
import test from 'ava';
import fc from 'fast-check';
import WebSocket from 'ws';
import * as Y from 'yjs';
import { ERRORS } from '../../../schemas/errors.ts';
import { parseMessage } from '../../../src/gateway/authors/parse-message.ts';
import { encode } from '../../../src/lib/msgpack/msgpack.ts';
import { startBystander } from '../../support/bystander.ts';
import { connectClient, Desk } from '../../support/client.ts';
import { until } from '../../support/helpers.ts';
import { metric } from '../../support/metrics.ts';
import { createWorld, LISTENERS } from '../../support/node.ts';

test.beforeEach((t) => t.timeout(90_000));

const seed = Number(process.env.STET_TEST_SEED ?? Date.now() % 1_000_000);

/** A v1 update of one insertion under a client id. */
function typed(clientId: number, text: string): Uint8Array {
  const doc = new Y.Doc();
  doc.clientID = clientId;
  doc.getText('body').insert(0, text);
  return Y.encodeStateAsUpdate(doc);
}

/** A WebSocket below Socket.IO; what arrives is kept. */
async function rawSocket(port: number) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/socket.io/?EIO=4&transport=websocket`);
  const received: (string | Buffer)[] = [];
  const state = { closed: false, refused: false };
  socket.on('message', (data: Buffer, isBinary) => received.push(isBinary ? data : data.toString()));
  socket.on('close', () => {
    state.closed = true;
  });
  socket.on('error', () => undefined);
  socket.on('unexpected-response', () => {
    state.refused = true;
    socket.terminate();
  });
  await until(() => received.length > 0 || state.closed || state.refused);
  return { socket, received, state };
}

test('I10 the gate lets nothing through that is not in the schemas, and never throws', (t) => {
  t.log(`seed ${seed}`);
  const events = fc.oneof(
    fc.constantFrom('open', 'edit', 'awareness', 'close', 'ping', '__proto__', 'constructor'),
    fc.string(),
  );
  const known = new Map([
    ['open', ['clientID', 'doc', 'mode', 'stateVector']],
    ['edit', ['doc', 'n', 'update']],
    ['awareness', ['doc', 'update']],
    ['close', ['doc']],
    ['ping', []],
  ]);
  const nearly = fc.record(
    {
      doc: fc.oneof(fc.uuid(), fc.anything()),
      n: fc.oneof(fc.nat(), fc.anything()),
      update: fc.oneof(fc.uint8Array(), fc.anything()),
      clientID: fc.oneof(fc.nat(), fc.anything()),
      stateVector: fc.oneof(fc.uint8Array(), fc.anything()),
      mode: fc.oneof(fc.constantFrom('edit', 'view'), fc.anything()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(events, fc.oneof(nearly, fc.anything({ withNullPrototype: true })), (event, body) => {
      const message = parseMessage(event, body);
      if (!message) return;
      const keys = Object.keys('body' in message ? message.body : {}).sort();
      if (JSON.stringify(keys) !== JSON.stringify(known.get(event))) throw new Error('a field too many or too few');
    }),
    { seed, numRuns: 3_000 },
  );
  t.is(parseMessage('ping', JSON.parse('{"__proto__": {"a": 1}}')), undefined);
});

for (const kind of LISTENERS) {
  test.serial(
    `${kind}: I10 malformed, v2, forged and oversized updates each get their code and change nothing`,
    async (t) => {
      t.log(`seed ${seed}`);
      const world = await createWorld(t);
      const node = await world.node({
        LISTENER: kind,
        MAX_UPDATE_BYTES: '4096',
        MAX_MESSAGES_PER_SECOND: '100000',
        MAX_MESSAGE_BURST: '100000',
      });
      const bystander = await startBystander(t, world, node);
      const [ann, eve] = [await world.author('ann'), await world.author('eve')];
      const doc = await world.document(ann);
      await world.grant(doc, eve, 'edit');
      const victim = new Desk(await connectClient(t, node.url, { author: ann }), doc, 1_000);
      const attacker = new Desk(await connectClient(t, node.url, { author: eve }), doc, 2_000);
      await victim.open();
      await attacker.open();
      t.like(await victim.send(victim.type('mine')), { ok: true, seq: 1 });

      const v2 = new Y.Doc();
      v2.getText('body').insert(0, 'second encoding');
      const cases: [string, Uint8Array, string[]][] = [
        ['v2', Y.encodeStateAsUpdateV2(v2), ['update_malformed']],
        [
          'v2 bomb',
          Uint8Array.from([0, 0, 0, 0, 0, 0, 6, 255, 255, 255, 255, 7, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]),
          ['update_malformed'],
        ],
        ['empty', new Uint8Array(0), ['update_malformed']],
        ['forged', typed(1_000, 'mine, too'), ['client_forged']],
        ['forged later', Y.encodeStateAsUpdate(continued(victim.ydoc)), ['client_forged']],
        ['too large', typed(3_000, 'x'.repeat(5_000)), ['update_too_large']],
        ['gap', gap(), ['update_unknown_base']],
      ];
      for (const [name, update, codes] of cases) {
        const answer = await attacker.send(update);
        t.false(answer.ok, name);
        if (!answer.ok) t.true(codes.includes(answer.error.code), `${name}: ${answer.error.code}`);
      }
      const whole = typed(4_000, 'cut short');
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.uint8Array({ maxLength: 64 }),
            fc.nat(whole.byteLength - 1).map((length) => whole.subarray(0, length)),
            fc.tuple(fc.nat(whole.byteLength - 1), fc.integer({ min: 1, max: 255 })).map(([at, change]) => {
              const bent = Uint8Array.from(whole);
              bent[at] = (bent[at] ?? 0) ^ change;
              return bent;
            }),
          ),
          async (update) => {
            const answer = await attacker.send(update);
            if (!answer.ok && !Object.hasOwn(ERRORS, answer.error.code)) throw new Error(answer.error.code);
          },
        ),
        { seed, numRuns: 300 },
      );
      // What got in was a valid update of the attacker's own: the text still loads, and the victim's work stands.
      const fresh = new Desk(await connectClient(t, node.url, { author: ann }), doc);
      t.like(await fresh.open(), { ok: true });
      t.true(fresh.text.includes('mine'));
      t.false(fresh.text.includes('too'));
      const owners = await world.orm.query(
        'select client_id::int from draft_clients where document_id = $1 and user_id = $2',
        [doc, ann.userId],
      );
      t.deepEqual(owners, [{ client_id: 1_000 }]);
      t.like(await victim.send(victim.type('!')), { ok: true });
      await bystander.finish(t);
    },
  );

  test.serial(`${kind}: I9 a document over its limit takes no more, and still takes deletions`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: kind, MAX_DOCUMENT_BYTES: '8192' });
    const ann = await world.author();
    const doc = await world.document(ann);
    const desk = new Desk(await connectClient(t, node.url, { author: ann }), doc);
    await desk.open();
    t.like(await desk.send(desk.type('x'.repeat(7_000))), { ok: true });
    const before = Y.encodeStateVector(desk.ydoc);
    const copy = new Y.Doc();
    Y.applyUpdate(copy, Y.encodeStateAsUpdate(desk.ydoc));
    copy.getText('body').insert(0, 'y'.repeat(2_000));
    t.like(await desk.send(Y.encodeStateAsUpdate(copy, before)), { ok: false, error: { code: 'document_too_large' } });
    desk.ydoc.getText('body').delete(0, 6_000);
    t.like(await desk.send(Y.encodeStateAsUpdate(desk.ydoc, before)), { ok: true });
    t.like(await desk.send(desk.type('y'.repeat(2_000))), { ok: true });
  });

  test.serial(
    `${kind}: I9 ten thousand messages at once are refused, and their sender is disconnected with a reason`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: kind });
      const bystander = await startBystander(t, world, node);
      const flooder = await connectClient(t, node.url, { author: await world.author('eve') });
      const codes = new Set<string>();
      let refused = 0;
      for (let index = 0; index < 10_000; index += 1) {
        flooder.socket.emit('ping', {}, (answer: { ok: boolean; error?: { code: string } }) => {
          if (answer.ok) return;
          refused += 1;
          codes.add(answer.error?.code ?? '');
        });
      }
      t.like(await flooder.take('bye'), { code: 'rate_limited' });
      t.is(await flooder.gone(), 'io server disconnect');
      t.deepEqual([...codes], ['rate_limited']);
      t.true(refused >= 200 && refused < 1_000, `${refused} refused`);
      await bystander.finish(t);
    },
  );

  test.serial(`${kind}: I9 a thousand opens are limited in number and rate, and leave nothing behind`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: kind, MAX_DOCUMENTS_PER_SOCKET: '20', MAX_MESSAGE_BURST: '2000' });
    const bystander = await startBystander(t, world, node);
    const eve = await world.author('eve');
    const client = await connectClient(t, node.url, { author: eve });
    const documents: string[] = [];
    for (let index = 0; index < 25; index += 1) documents.push(await world.document(eve));
    const codes = new Map<string, number>();
    await Promise.all(
      Array.from({ length: 1_000 }, async (_, index) => {
        const answer = await new Desk(client, documents[index % 25] ?? '').open();
        const code = answer.ok ? 'ok' : answer.error.code;
        codes.set(code, (codes.get(code) ?? 0) + 1);
      }),
    );
    t.true((codes.get('rate_limited') ?? 0) > 800, JSON.stringify([...codes]));
    t.true((codes.get('too_many_documents') ?? 0) > 0, JSON.stringify([...codes]));
    for (const code of codes.keys())
      t.true(['ok', 'reopen', 'rate_limited', 'too_many_documents'].includes(code), code);
    for (const doc of documents) await client.request('close', { doc });
    t.like(await client.request('close', { doc: documents[0] }), { ok: true });
    await bystander.finish(t);
  });

  test.serial(
    `${kind}: I10 unknown events, odd bodies and missing acknowledgements are refused one by one`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: kind });
      const bystander = await startBystander(t, world, node);
      const ann = await world.author();
      const doc = await world.document(ann);
      const client = await connectClient(t, node.url, { author: ann });
      const update = new Uint8Array([0, 0]);
      const bodies: [string, unknown][] = [
        ['publish', {}],
        ['edits', { doc, epoch: 1, seq: 1, from: 1, update }],
        ['constructor', {}],
        ['toString', {}],
        ['edit', undefined],
        ['edit', null],
        ['edit', []],
        ['edit', { doc, n: 1, update: 'AAA=' }],
        ['edit', { doc, n: 1, update: [0, 0] }],
        ['edit', { doc, n: -1, update }],
        ['edit', { doc, n: 1.5, update }],
        ['edit', { doc: doc.toUpperCase(), n: 1, update }],
        ['edit', { doc, n: 1, update, constructor: { prototype: {} } }],
        ['edit', { doc, n: 1, update, seq: 7 }],
        ['open', { doc, clientID: 2 ** 32, stateVector: update, mode: 'edit' }],
        ['open', { doc, clientID: 1, stateVector: update, mode: 'own' }],
        ['awareness', { doc, update: {} }],
        ['ping', { doc }],
      ];
      for (const [event, body] of bodies) {
        t.like(
          await client.request(event, body),
          { ok: false, error: { code: 'bad_request' } },
          `${event} ${JSON.stringify(body)}`,
        );
      }
      t.like(
        await client.request('open', { doc, clientID: 1, stateVector: new Uint8Array([255, 255]), mode: 'edit' }),
        {
          ok: false,
          error: { code: 'bad_request' },
        },
      );
      for (const [event, body] of bodies) client.socket.emit(event, body);
      t.deepEqual(await client.request('ping', {}), { ok: true });
      t.is(({} as { polluted?: unknown }).polluted, undefined);
      await bystander.finish(t);
    },
  );

  test.serial(
    `${kind}: I10 broken frames, text frames, deep nesting and foreign packets end their own connection`,
    async (t) => {
      t.log(`seed ${seed}`);
      const world = await createWorld(t);
      const node = await world.node({
        LISTENER: kind,
        MAX_HANDSHAKES_PER_ADDRESS_PER_SECOND: '10000',
        MAX_HANDSHAKES_PER_SECOND: '10000',
      });
      const bystander = await startBystander(t, world, node);
      const ann = await world.author();
      const deep = Buffer.alloc(2_000, 0x91);
      const polluted = Buffer.concat([Buffer.from([0x81, 0xa9]), Buffer.from('__proto__'), Buffer.from([0x80])]);
      const frames: (string | Uint8Array)[] = [
        '40{"token":"x"}',
        '42["ping",{}]',
        'junk',
        Buffer.from([0xc1]),
        Buffer.from([0xdf, 255, 255, 255, 255]),
        Buffer.from([0xc6, 255, 255, 255, 255, 0]),
        deep,
        polluted,
        encode({ type: 9, nsp: '/' }),
        encode({ type: 0, nsp: '/', data: [1] }),
        encode({ type: 4, nsp: '/', data: 'no' }),
        encode('text'),
      ];
      for (const before of [false, true]) {
        for (const frame of frames) {
          const { socket, received, state } = await rawSocket(node.port);
          if (before) {
            socket.send(encode({ type: 0, nsp: '/', data: { token: ann.token } }));
            await until(() => received.length > 1);
          }
          socket.send(frame);
          await until(() => state.closed);
        }
      }
      const early = await rawSocket(node.port);
      early.socket.send(encode({ type: 2, nsp: '/', data: ['ping', {}] }));
      await until(() => early.state.closed);
      t.is(early.received.length, 1, 'who has not come in is not answered');
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 100 }), async (bytes) => {
          const { socket } = await rawSocket(node.port);
          socket.send(bytes);
          socket.terminate();
        }),
        { seed, numRuns: 50 },
      );
      await bystander.finish(t);
    },
  );

  test.serial(
    `${kind}: I9 a connection authenticates once; repeating it ends the connection, and costs one look-up`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: kind });
      const bystander = await startBystander(t, world, node);
      const { socket, received, state } = await rawSocket(node.port);
      for (let index = 0; index < 1_000; index += 1) {
        const token = createHash('sha256').update(`${index}`).digest('base64url');
        socket.send(encode({ type: 0, nsp: '/', data: { token } }));
      }
      await until(() => state.closed);
      t.true(received.length <= 2, `${received.length - 1} answers`);
      await bystander.finish(t);
    },
  );

  test.serial(
    `${kind}: I9 connections that never authenticate are dropped, and too many handshakes are refused`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: kind, MAX_HANDSHAKES_PER_ADDRESS_PER_SECOND: '30' });
      const bystander = await startBystander(t, world, node);
      const crowd = await Promise.all(Array.from({ length: 100 }, () => rawSocket(node.port)));
      const silent = crowd.filter(({ state }) => !state.refused && !state.closed);
      t.true(
        crowd.some(({ state }) => state.refused),
        'the rate is limited',
      );
      t.true(silent.length >= 10);
      await until(() => silent.every(({ state }) => state.closed));
      await bystander.finish(t);
      const late = await connectClient(t, node.url, { author: await world.author() });
      t.true(late.socket.connected);
    },
  );

  test.serial(`${kind}: I9 a reader that stops reading is dropped, and the writer and others go on`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({
      LISTENER: kind,
      MAX_BACKPRESSURE_BYTES: '65536',
      MAX_MESSAGES_PER_SECOND: '10000',
      MAX_MESSAGE_BURST: '10000',
      MAX_DOCUMENT_BYTES: String(256 * 1_048_576),
    });
    const bystander = await startBystander(t, world, node);
    const ann = await world.author();
    const doc = await world.document(ann);
    const writer = new Desk(await connectClient(t, node.url, { author: ann }), doc);
    const reader = new Desk(await connectClient(t, node.url, { author: ann }), doc);
    await writer.open();
    await reader.open();
    const sockets = () => metric(node, 'stet_sockets');
    t.is(await sockets(), 3);
    const engine = reader.client.socket.io.engine as unknown as { transport: { ws: { _socket: { pause(): void } } } };
    engine.transport.ws._socket.pause();
    const noise = randomBytes(300_000).toString('hex');
    let sent = 0;
    while ((await sockets()) === 3) {
      t.like(await writer.send(writer.type(noise)), { ok: true });
      sent += 1;
      t.true(sent < 100, 'it was never dropped');
      writer.ydoc.getText('body').delete(0, writer.ydoc.getText('body').length);
      t.like(await writer.send(Y.encodeStateAsUpdate(writer.ydoc, Y.encodeStateVector(writer.ydoc))), { ok: true });
    }
    t.like(await writer.send(writer.type('still here')), { ok: true });
    await bystander.finish(t);
  });
}

/** A copy of a document with more typed under the same client id. */
function continued(doc: Y.Doc): Y.Doc {
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(doc));
  copy.clientID = doc.clientID;
  copy.getText('body').insert(0, 'too ');
  return copy;
}

/** An update that builds on what nobody has. */
function gap(): Uint8Array {
  const doc = new Y.Doc();
  doc.getText('body').insert(0, 'unknown ');
  const before = Y.encodeStateVector(doc);
  doc.getText('body').insert(8, 'base');
  return Y.encodeStateAsUpdate(doc, before);
}
