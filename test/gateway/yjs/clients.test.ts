// Stock y-websocket clients at /y: they edit the drafts that authors edit, under the same rights.
import test from 'ava';
import * as Y from 'yjs';
import { readFrame, step2Frame } from '../../../src/gateway/yjs/protocol.ts';
import { connectClient, Desk } from '../../support/client.ts';
import { until } from '../../support/helpers.ts';
import { createWorld, LISTENERS, type World } from '../../support/node.ts';
import { editor, reads, shows, type } from '../../support/sdk.ts';
import { wire } from '../../support/update-documents.ts';
import { rawClient, stockClient, synced } from '../../support/yjs.ts';

test.beforeEach((t) => t.timeout(90_000));

async function people(world: World) {
  const [ann, bob, eve] = [await world.author('ann'), await world.author('bob'), await world.author('eve')];
  const doc = await world.document(ann);
  await world.grant(doc, bob, 'edit');
  return { ann, bob, eve, doc };
}

/** The text that the journal amounts to. */
async function journaled(world: World, doc: string): Promise<string> {
  const rows = await world.orm.query<{ update: Uint8Array }>(
    'select update from draft_updates where document_id = $1 order by seq',
    [doc],
  );
  const ydoc = new Y.Doc();
  for (const { update } of rows) Y.applyUpdate(ydoc, update);
  return ydoc.getText('body').toString();
}

for (const listener of LISTENERS) {
  test.serial(
    `${listener}: I4 a late answer with what others wrote meanwhile is taken as it is, and its sender is no forger`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: listener });
      const { ann, bob, doc } = await people(world);
      const desk = new Desk(await connectClient(t, node.url, { author: ann }), doc, 4_711);
      await desk.open();
      t.like(await desk.send(desk.type('by Ann')), { ok: true });
      const client = await rawClient(t, node.url, `/y/${doc}?token=${bob.token}`);
      /** State vectors that the server asked from. */
      const asked = () =>
        client.frames.map(readFrame).flatMap((read) => (read?.kind === 'step1' ? [read.stateVector] : []));
      client.send(Uint8Array.of(0, 0, 1, 0));
      await until(() => asked().length === 1);
      t.like(await desk.send(desk.type(', and more')), { ok: true });
      const mine = new Y.Doc();
      Y.applyUpdate(mine, Y.encodeStateAsUpdate(desk.ydoc));
      mine.getText('body').insert(0, 'by Bob, ');
      client.send(step2Frame(Y.encodeStateAsUpdate(mine, asked()[0])).toBytes());
      await until(async () => (await journaled(world, doc)) === 'by Bob, by Ann, and more');
      t.is(asked().length, 1);
      t.is(client.socket.readyState, client.socket.OPEN);
    },
  );

  test.serial(`${listener}: I9 seventy thousand separate deletions lock no stock client out`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener });
    const { ann, bob, doc } = await people(world);
    const desk = new Desk(await connectClient(t, node.url, { author: ann }), doc);
    await desk.open();
    t.like(await desk.send(desk.type('xy'.repeat(70_000))), { ok: true });
    const client = desk.ydoc.clientID;
    for (let from = 0; from < 70_000; from += 14_000) {
      const deletions = wire((to) => {
        to.u(0, 1, client, 14_000);
        for (let at = from; at < from + 14_000; at += 1) to.u(2 * at, 1);
      });
      t.like(await desk.send(deletions), { ok: true });
      Y.applyUpdate(desk.ydoc, deletions);
    }
    t.is(desk.text.length, 70_000);

    // What the server lacks, as a stock author works it out: with every deletion that there ever was.
    const opened = await desk.open();
    desk.type('by Ann');
    if (!opened.ok) return t.fail(opened.error.code);
    t.like(await desk.send(Y.encodeStateAsUpdate(desk.ydoc, opened.stateVector)), { ok: true });
    const ydoc = new Y.Doc();
    Y.applyUpdate(ydoc, Y.encodeStateAsUpdate(desk.ydoc));
    ydoc.getText('body').insert(0, 'typed offline by Bob ');
    const stock = stockClient(t, node.url, bob, doc, { ydoc });
    await synced(stock);
    await until(async () => (await journaled(world, doc)) === stock.text());
    t.true(stock.text().startsWith('typed offline by Bob yyyy') && stock.text().endsWith('by Ann'));
    t.deepEqual(stock.codes, []);
  });

  test.serial(
    `${listener}: I9 a step 2 of twice an update is taken, known deletions included, and a larger one ends its client for good`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: listener, MAX_UPDATE_BYTES: '65536' });
      const { ann, bob, doc } = await people(world);
      const desk = new Desk(await connectClient(t, node.url, { author: ann }), doc);
      await desk.open();
      t.like(await desk.send(desk.type('xy'.repeat(20_000))), { ok: true });
      const client = desk.ydoc.clientID;
      for (let from = 0; from < 20_000; from += 10_000) {
        const deletions = wire((to) => {
          to.u(0, 1, client, 10_000);
          for (let at = from; at < from + 10_000; at += 1) to.u(2 * at, 1);
        });
        t.like(await desk.send(deletions), { ok: true });
        Y.applyUpdate(desk.ydoc, deletions);
      }
      /** A copy with as much typed offline as makes its step 2 so large. */
      const offline = (bytes: number): Y.Doc => {
        const ydoc = new Y.Doc();
        Y.applyUpdate(ydoc, Y.encodeStateAsUpdate(desk.ydoc));
        const known = Y.encodeStateVector(desk.ydoc);
        const size = () => Y.encodeStateAsUpdate(ydoc, known).byteLength;
        const words = (length: number) => ydoc.getText('offline').insert(0, 'z'.repeat(length));
        words(Math.max(bytes - size() - 1_000, 1_000));
        ydoc.getText('offline').insert(ydoc.getText('offline').length, 'z'.repeat(bytes - size()));
        return ydoc;
      };
      const limit = 2 * 65_536;
      const [largest, larger] = [offline(limit), offline(limit + 1)];
      const sizeOf = (ydoc: Y.Doc) => Y.encodeStateAsUpdate(ydoc, Y.encodeStateVector(desk.ydoc)).byteLength;
      t.deepEqual([sizeOf(largest), sizeOf(larger)], [limit, limit + 1]);
      const stock = stockClient(t, node.url, bob, doc, { ydoc: largest });
      const there = async () => {
        const answer = await node.call('GET', `/v1/documents/${doc}/draft?format=yjs`, ann);
        const ydoc = new Y.Doc();
        Y.applyUpdate(ydoc, new Uint8Array(await answer.arrayBuffer()));
        return ydoc.getText('offline').toString();
      };
      await until(async () => (await there()) === largest.getText('offline').toString());
      t.deepEqual(stock.codes, []);
      stock.provider.disconnect();

      // One byte over it, over what a frame may hold, and so far over that uWebSockets.js cuts it off.
      for (const ydoc of [larger, offline(limit + 30_000), offline(limit + 400_000)]) {
        const refused = stockClient(t, node.url, bob, doc, { ydoc });
        await until(() => refused.closed() !== undefined);
        t.deepEqual(refused.closed(), { code: 4413, reason: 'update_too_large' });
        t.true(refused.codes.length <= 2, `${refused.codes}`);
        t.true(refused.ydoc.getText('offline').toString().endsWith('z'), 'the work is in the client');
      }
      t.is(await there(), largest.getText('offline').toString());
      // What is small enough may come back.
      await synced(stockClient(t, node.url, bob, doc, { ydoc: new Y.Doc(), clientId: larger.clientID }));
    },
  );

  test.serial(`${listener}: I1 I3 two stock clients and an author converge, and the journal has it all`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener });
    const { ann, bob, doc } = await people(world);
    const one = stockClient(t, node.url, ann, doc);
    const two = stockClient(t, node.url, bob, doc);
    const author = editor(t, node.url, ann).open(doc);
    await Promise.all([synced(one), synced(two), shows(author, 'saved')]);
    one.type('one ');
    two.type('two ');
    type(author, 'three ');
    const whole = (text: string): boolean => ['one ', 'two ', 'three '].every((word) => text.includes(word));
    await Promise.all([until(() => whole(one.text())), until(() => whole(two.text())), reads(author, whole)]);
    await until(async () => whole(await journaled(world, doc)));
    t.is(one.text(), two.text());
    t.is(author.ydoc.getText('body').toString(), one.text());
    t.is(await journaled(world, doc), one.text());
    t.deepEqual([...one.codes, ...two.codes], []);
  });

  test.serial(
    `${listener}: what a stock client typed offline comes along, and what it missed is brought`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: listener });
      const { ann, bob, doc } = await people(world);
      const one = stockClient(t, node.url, ann, doc);
      await synced(one);
      one.type('before ');
      await until(async () => (await journaled(world, doc)) === 'before ');
      const ydoc = new Y.Doc();
      ydoc.getText('body').insert(0, 'offline ');
      const two = stockClient(t, node.url, bob, doc, { ydoc });
      await until(() => one.text().includes('offline ') && two.text().includes('before '));
      t.is(one.text(), two.text());
      one.provider.disconnect();
      two.type('meanwhile ');
      one.ydoc.getText('body').delete(0, 1);
      one.provider.connect();
      await until(() => one.text().includes('meanwhile ') && one.text() === two.text());
      await until(async () => (await journaled(world, doc)) === one.text());
      t.pass();
    },
  );

  test.serial(`${listener}: I4 carets are shared with authors of either kind under real names`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener });
    const { ann, bob, doc } = await people(world);
    const author = editor(t, node.url, ann).open(doc);
    await shows(author, 'saved');
    author.awareness.setLocalState({ user: { name: 'me' } });
    const one = stockClient(t, node.url, bob, doc);
    one.provider.awareness.setLocalState({ user: { name: ann.handle, color: '#ff0000' } });
    const nameOf = (states: Map<number, { user?: { name?: string } }>, id: number) => states.get(id)?.user?.name;
    const authorId = author.ydoc.clientID;
    await until(() => nameOf(one.provider.awareness.getStates(), authorId) === ann.handle);
    await until(() => nameOf(author.awareness.getStates(), one.ydoc.clientID) === bob.handle);
    const two = stockClient(t, node.url, ann, doc);
    await until(() => nameOf(two.provider.awareness.getStates(), one.ydoc.clientID) === bob.handle);
    await until(() => nameOf(two.provider.awareness.getStates(), authorId) === ann.handle);
    one.provider.disconnect();
    await until(() => !two.provider.awareness.getStates().has(one.ydoc.clientID));
    await until(() => !author.awareness.getStates().has(one.ydoc.clientID));
    t.deepEqual(two.codes, [], 'passing on what it hears of others is no offence');
  });

  test.serial(
    `${listener}: I6 a client with view access goes on reading, is refused its edits, and can edit once it may`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: listener });
      const { ann, eve, doc } = await people(world);
      await world.grant(doc, eve, 'view');
      const one = stockClient(t, node.url, ann, doc);
      const looking = stockClient(t, node.url, eve, doc);
      await Promise.all([synced(one), synced(looking)]);
      looking.type('mine ');
      await until(() => looking.denied() > 0);
      one.type('yours ');
      await until(() => looking.text().includes('yours '));
      t.is(await journaled(world, doc), 'yours ');
      t.deepEqual(looking.codes, []);
      await node.call('PUT', `/v1/documents/${doc}/grants/${eve.handle}`, ann, { level: 'edit' });
      await until(() => one.text().includes('mine '));
      await node.call('DELETE', `/v1/documents/${doc}/grants/${eve.handle}`, ann);
      await until(() => looking.closed() !== undefined);
      t.deepEqual(looking.closed(), { code: 4404, reason: 'not_found' });
    },
  );

  test.serial(
    `${listener}: I6 the end of a session closes the socket for good; strangers find out nothing`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: listener });
      const { ann, bob, eve, doc } = await people(world);
      const one = stockClient(t, node.url, bob, doc);
      await synced(one);
      await node.call('DELETE', '/v1/sessions/current', bob);
      await until(() => one.closed() !== undefined);
      t.deepEqual(one.closed(), { code: 4401, reason: 'unauthenticated' });
      const ends: [string, Record<string, string>, number][] = [
        [`/y/${doc}?token=${'x'.repeat(43)}`, {}, 4401],
        [`/y/${doc}`, {}, 4401],
        [`/y/${doc}?token=${eve.token}`, {}, 4404],
        [`/y/nothing?token=${ann.token}`, {}, 4404],
        // Refused before it is a WebSocket.
        [`/y/${doc}`, { cookie: `stet=${ann.token}`, origin: 'https://elsewhere.example' }, 1006],
      ];
      for (const [path, headers, code] of ends) {
        t.is((await (await rawClient(t, node.url, path, headers)).gone).code, code, path);
      }
      const own = await rawClient(t, node.url, `/y/${doc}`, { cookie: `stet=${ann.token}`, origin: node.url });
      own.send(Uint8Array.of(0, 0, 1, 0));
      await until(() => own.frames.length >= 2);
      t.deepEqual([...(own.frames[0] ?? [])].slice(0, 2), [0, 1], 'step 2 answers step 1');
    },
  );
}
