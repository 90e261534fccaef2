// The author protocol over a socket, on both listeners: what each message does, who may come in, and who may do what.
import test from 'ava';
import * as encoding from 'lib0/encoding';
import * as msgpackParser from 'socket.io-msgpack-parser';
import * as Y from 'yjs';
import { readPresence } from '../../../src/gateway/authors/awareness.ts';
import { type Client, connectClient, Desk } from '../../support/client.ts';
import { createWorld, LISTENERS } from '../../support/node.ts';

/** A y-protocols awareness update of one client. */
function presence(clientId: number, clock: number, state: object | null): Uint8Array {
  const encoder = encoding.createEncoder();
  encoding.writeVarUint(encoder, 1);
  encoding.writeVarUint(encoder, clientId);
  encoding.writeVarUint(encoder, clock);
  encoding.writeVarString(encoder, JSON.stringify(state));
  return encoding.toUint8Array(encoder);
}

for (const kind of LISTENERS) {
  test.serial(
    `${kind}: I1 an edit is acknowledged with its place in the journal, and a co-author gets it`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: kind });
      t.is(node.listener, kind);
      const [ann, bob] = [await world.author('ann'), await world.author('bob')];
      const doc = await world.document(ann);
      await world.grant(doc, bob, 'edit');
      const a = new Desk(await connectClient(t, node.url, { author: ann }), doc);
      const b = new Desk(await connectClient(t, node.url, { author: bob }), doc);
      const opened = await a.open();
      t.like(opened, { ok: true, epoch: 1, seq: 0, role: 'own' });
      t.like(await b.open(), { ok: true, epoch: 1, seq: 0, role: 'edit' });

      t.deepEqual(await a.send(a.type('Hello')), { ok: true, n: 1, seq: 1 });
      const edits = await b.client.take('edits');
      t.like(edits, { doc, epoch: 1, seq: 1, from: 1 });
      Y.applyUpdate(b.ydoc, edits.update);
      t.is(b.text, 'Hello');
      t.deepEqual(await world.orm.query('select seq::int from draft_updates where document_id = $1', [doc]), [
        { seq: 1 },
      ]);

      // What was known already takes no place.
      t.deepEqual(await a.send(Y.encodeStateAsUpdate(a.ydoc)), { ok: true, n: 2, seq: 1, unchanged: true });
      t.deepEqual(await a.client.request('ping', {}), { ok: true });
      t.deepEqual(await b.client.request('close', { doc }), { ok: true });
      t.like(await b.send(b.type('!')), { ok: false, error: { code: 'not_open' } });
      await a.send(a.type(' again'));
      await b.client.caughtUp();
      t.deepEqual(b.client.frames, []);
    },
  );

  test.serial(
    `${kind}: I7 edits are acknowledged in the order in which they were sent, and positions have no gaps`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: kind });
      const ann = await world.author();
      const doc = await world.document(ann);
      const writer = new Desk(await connectClient(t, node.url, { author: ann }), doc);
      const reader = new Desk(await connectClient(t, node.url, { author: ann }), doc);
      await writer.open();
      await reader.open('view');
      const order: number[] = [];
      const sent = Array.from({ length: 100 }, (_, index) =>
        writer.send(writer.type(`${index} `)).then((answer) => {
          order.push(answer.ok ? answer.n : -1);
          return answer.ok ? answer.seq : -1;
        }),
      );
      const places = await Promise.all(sent);
      t.deepEqual(
        order,
        Array.from({ length: 100 }, (_, index) => index + 1),
      );
      t.deepEqual(
        places,
        Array.from({ length: 100 }, (_, index) => index + 1),
      );
      await reader.client.caughtUp();
      let next = 1;
      for (const { event, body } of reader.client.frames) {
        t.is(event, 'edits');
        t.is(body.from, next);
        next = body.seq + 1;
      }
      t.is(next, 101);
      t.is(reader.read(), writer.text);
    },
  );

  test.serial(`${kind}: a client that opened a document to view it, or may only view it, cannot edit it`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: kind });
    const [ann, bob] = [await world.author(), await world.author()];
    const doc = await world.document(ann);
    await world.grant(doc, bob, 'view');
    const looking = new Desk(await connectClient(t, node.url, { author: ann }), doc);
    t.like(await looking.open('view'), { ok: true, role: 'view' });
    t.like(await looking.send(looking.type('x')), { ok: false, error: { code: 'read_only' } });
    const guest = new Desk(await connectClient(t, node.url, { author: bob }), doc);
    t.like(await guest.open('edit'), { ok: true, role: 'view' });
    t.like(await guest.send(guest.type('x')), { ok: false, error: { code: 'read_only' } });
    t.deepEqual(await world.orm.query('select 1 from draft_updates where document_id = $1', [doc]), []);
  });

  test.serial(`${kind}: I6 a private document and a missing one are refused alike`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: kind });
    const [ann, eve] = [await world.author(), await world.author()];
    const secret = await world.document(ann);
    const client = await connectClient(t, node.url, { author: eve });
    const ofSecret = await new Desk(client, secret).open();
    const ofNothing = await new Desk(client, '00000000-0000-4000-8000-000000000000').open();
    t.like(ofSecret, { ok: false, error: { code: 'not_found' } });
    t.deepEqual(ofSecret, ofNothing);
    t.like(await new Desk(client, secret).send(new Uint8Array([0, 0])), { ok: false, error: { code: 'not_open' } });
  });

  test.serial(
    `${kind}: a session is proved by bearer token or cookie, and a page of a foreign origin is refused`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: kind, ALLOWED_ORIGINS: 'https://write.example' });
      const ann = await world.author();
      const cookie = `stet=${ann.token}`;
      const admitted = async (options: ConstructorParameters<typeof Client>[2]): Promise<unknown> => {
        const client = await connectClient(t, node.url, options);
        return client.socket.connected || client.refused?.code;
      };
      t.true(await admitted({ author: ann }));
      t.true(await admitted({ headers: { cookie } }));
      t.true(await admitted({ headers: { cookie, origin: node.url } }));
      t.true(await admitted({ headers: { cookie, origin: 'https://write.example' } }));
      t.is(await admitted({ headers: { cookie, origin: 'https://evil.example' } }), 'bad_origin');
      t.is(await admitted({ headers: { cookie, origin: 'null' } }), 'bad_origin');
      t.is(await admitted({ headers: { cookie, origin: node.url.replace('http:', 'foo:') } }), 'bad_origin');
      t.is(await admitted({}), 'unauthenticated');
      t.is(await admitted({ auth: { token: 'x'.repeat(43) } }), 'unauthenticated');
      t.is(await admitted({ auth: { token: { toString: 1 } } }), 'unauthenticated');
      // A wrong token is refused although the cookie is good.
      t.is(await admitted({ headers: { cookie }, auth: { token: 'wrong' } }), 'unauthenticated');
    },
  );

  test.serial(`${kind}: I6 a session that was revoked or has expired loses its socket with a goodbye`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: kind });
    const ann = await world.author();
    const other = await world.session(ann);
    const short = await world.author('short', 1_500);
    const client = await connectClient(t, node.url, { author: ann });
    const kept = await connectClient(t, node.url, { author: other });
    const expiring = await connectClient(t, node.url, { author: short });
    t.true(expiring.socket.connected);
    t.is((await node.call('DELETE', '/v1/sessions/current', ann)).status, 204);
    t.like(await client.take('bye'), { code: 'unauthenticated' });
    t.is(await client.gone(), 'io server disconnect');
    t.is((await connectClient(t, node.url, { author: ann })).refused?.code, 'unauthenticated');
    t.like(await expiring.take('bye'), { code: 'unauthenticated' });
    await expiring.gone();
    t.deepEqual(await kept.request('ping', {}), { ok: true });
  });

  test.serial(
    `${kind}: I6 a grant taken away closes the document on open sockets, and a lowered one makes it read-only`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: kind });
      const [ann, bob] = [await world.author('ann'), await world.author('bob')];
      const doc = await world.document(ann);
      const put = (level: string) => node.call('PUT', `/v1/documents/${doc}/grants/${bob.handle}`, ann, { level });
      await put('edit');
      const a = new Desk(await connectClient(t, node.url, { author: ann }), doc);
      const b = new Desk(await connectClient(t, node.url, { author: bob }), doc);
      const looking = new Desk(await connectClient(t, node.url, { author: bob }), doc);
      await a.open();
      await b.open();
      await looking.open('view');
      t.like(await b.send(b.type('mine')), { ok: true });

      await put('view');
      t.deepEqual(await b.client.take('access'), { doc, role: 'view' });
      t.like(await b.send(b.type('!')), { ok: false, error: { code: 'read_only' } });
      await put('edit');
      t.deepEqual(await b.client.take('access'), { doc, role: 'edit' });
      await looking.client.caughtUp();
      t.false(
        looking.client.frames.some(({ event }) => event === 'access'),
        'who opened it to view it stays read-only',
      );
      t.like(await looking.send(looking.type('x')), { ok: false, error: { code: 'read_only' } });

      await node.call('DELETE', `/v1/documents/${doc}/grants/${bob.handle}`, ann);
      t.deepEqual(await b.client.take('access'), { doc, role: null });
      b.client.frames.length = 0;
      await a.send(a.type(' secret'));
      await b.client.caughtUp();
      t.deepEqual(b.client.frames, []);
      t.like(await b.send(b.type('?')), { ok: false, error: { code: 'not_open' } });
      t.like(await b.open(), { ok: false, error: { code: 'not_found' } });
    },
  );

  test.serial(
    `${kind}: I4 a caret carries its author's real name, only its own client may move it, and it leaves with the author`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: kind });
      const [ann, bob] = [await world.author('ann'), await world.author('bob')];
      const doc = await world.document(ann);
      await world.grant(doc, bob, 'view');
      const a = new Desk(await connectClient(t, node.url, { author: ann }), doc, 11);
      const b = new Desk(await connectClient(t, node.url, { author: bob }), doc, 22);
      await a.open();
      await b.open();
      const claimed = { user: { name: ann.handle, id: ann.userId, color: '#abcdef' }, place: { at: 3 } };
      const sendCaret = (client: Client, update: Uint8Array) => client.request('awareness', { doc, update });
      t.deepEqual(await sendCaret(b.client, presence(22, 1, claimed)), { ok: true });
      const seen = readPresence((await a.client.take('awareness')).update);
      t.deepEqual(seen, {
        clientId: 22,
        clock: 1,
        state: { user: { color: '#abcdef', id: bob.userId, handle: bob.handle, name: bob.handle }, place: { at: 3 } },
      });
      for (const update of [presence(11, 9, null), presence(23, 1, {}), new Uint8Array([1, 2]), presence(22, 2, [1])]) {
        t.like(await sendCaret(b.client, update), { ok: false, error: { code: 'awareness_malformed' } });
      }
      t.like(await sendCaret(b.client, presence(22, 3, { big: 'x'.repeat(9_000) })), { ok: false });

      // A newcomer is shown who is here; a caret leaves when its author closes the document.
      const late = new Desk(await connectClient(t, node.url, { author: ann }), doc);
      await late.open();
      t.is(readPresence((await late.client.take('awareness')).update)?.clientId, 22);
      await b.client.request('close', { doc });
      t.like(readPresence((await a.client.take('awareness')).update), { clientId: 22, state: null });
      t.like(await sendCaret(b.client, presence(22, 4, {})), { ok: false, error: { code: 'not_open' } });
    },
  );

  test.serial(`${kind}: I4 a client id in use belongs to its user even before its first edit`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: kind });
    const [ann, eve] = [await world.author('ann'), await world.author('eve')];
    const doc = await world.document(ann);
    await world.grant(doc, eve, 'edit');
    const victim = new Desk(await connectClient(t, node.url, { author: ann }), doc, 1_000);
    const attacker = new Desk(await connectClient(t, node.url, { author: eve }), doc, 2_000);
    const posing = new Desk(attacker.client, doc, 1_000);
    await victim.open();
    for (const mode of ['edit', 'view'] as const) {
      t.like(await posing.open(mode), { ok: false, error: { code: 'client_forged' } });
    }
    t.like(await attacker.open(), { ok: true });
    t.like(await attacker.send(posing.type('stolen')), { ok: false, error: { code: 'client_forged' } });
    const again = new Desk(await connectClient(t, node.url, { author: ann }), doc, 1_000);
    t.like(await again.open(), { ok: true }, 'its own user comes back under it');
    await victim.client.request('close', { doc });
    t.like(await posing.open(), { ok: false, error: { code: 'client_forged' } });
    t.like(await again.send(again.type('mine')), { ok: true });
  });

  test.serial(
    `${kind}: a stock Socket.IO client with socket.io-msgpack-parser opens, sends edits and receives edits`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: kind });
      const ann = await world.author();
      const doc = await world.document(ann);
      const stock = new Desk(await connectClient(t, node.url, { author: ann, parser: msgpackParser }), doc);
      const ours = new Desk(await connectClient(t, node.url, { author: ann }), doc);
      t.like(await stock.open(), { ok: true, role: 'own' });
      t.like(await ours.open(), { ok: true });
      t.like(await stock.send(stock.type('from stock')), { ok: true, n: 1, seq: 1 });
      await ours.client.take('edits').then(({ update }) => Y.applyUpdate(ours.ydoc, update));
      t.is(ours.text, 'from stock');
      await ours.send(ours.type(', and back'));
      await stock.client.take('edits').then(({ update }) => Y.applyUpdate(stock.ydoc, update));
      t.is(stock.text, 'from stock, and back');
    },
  );

  test.serial(`${kind}: I9 a document larger than what may wait for a slow reader is opened whole`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: kind, MAX_BACKPRESSURE_BYTES: '65536' });
    const ann = await world.author();
    const doc = await world.document(ann);
    const writer = new Desk(await connectClient(t, node.url, { author: ann }), doc);
    await writer.open();
    t.like(await writer.send(writer.type('x'.repeat(900_000))), { ok: true });
    const reader = new Desk(await connectClient(t, node.url, { author: ann }), doc);
    t.like(await reader.open(), { ok: true });
    t.is(reader.text.length, 900_000);
  });
}
