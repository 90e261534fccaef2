// Work under a client id that the server has given to somebody else: it goes under another one, all of it, and once.
import { deepStrictEqual, ok } from 'node:assert/strict';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import { collides } from '../../../src/clients/editor/client-id-collision.ts';
import type { OpenDocument } from '../../../src/clients/editor/index.ts';
import { adjacentClientId, renameClient } from '../../../src/clients/editor/rename-client.ts';
import { connectClient, Desk } from '../../support/client.ts';
import { device } from '../../support/device.ts';
import { until } from '../../support/helpers.ts';
import { createWorld } from '../../support/node.ts';
import { startProxy } from '../../support/proxy.ts';
import { editor, shows, type } from '../../support/sdk.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const STEPS = fc.array(
  fc.record({
    who: fc.constantFrom('server', 'client', 'client', 'down'),
    what: fc.constantFrom('insert', 'insert', 'delete', 'map', 'nest', 'format'),
    at: fc.nat(60),
    size: fc.integer({ min: 1, max: 8 }),
  }),
  { maxLength: 60 },
);
type Step = { who: string; what: string; at: number; size: number };

function change(doc: Y.Doc, { what, at, size }: Step): void {
  const text = doc.getText('body');
  const from = Math.min(at, text.length);
  if (what === 'map') doc.getMap('meta').set(`key ${at % 5}`, size);
  else if (what === 'nest') doc.getXmlFragment('tree').insert(0, [new Y.XmlElement(`p${size}`)]);
  else if (what === 'format') text.format(from, Math.min(size, text.length - from), { bold: at % 2 === 0 || null });
  else if (what === 'insert') text.insert(from, String(size).repeat(size));
  else text.delete(from, Math.min(size, text.length - from));
}

const content = (doc: Y.Doc) => ({
  body: doc.getText('body').toDelta(),
  meta: doc.getMap('meta').toJSON(),
  tree: doc.getXmlFragment('tree').toString(),
});

test('I4 work that is renamed stands on the server where it stands here, whatever others wrote meanwhile', (t) => {
  t.log({ seed });
  t.notThrows(() =>
    fc.assert(
      fc.property(STEPS, STEPS, fc.double({ min: 0, max: 0.999, noNaN: true }), (before, after, random) => {
        const [server, client] = [new Y.Doc(), new Y.Doc()];
        const [low, high] = [new Y.Doc(), new Y.Doc()];
        [low.clientID, client.clientID, high.clientID] = [1_000, 2_000, 3_000];
        const run = (steps: readonly Step[]): void => {
          for (const [index, step] of steps.entries()) {
            if (step.who === 'down') Y.applyUpdate(client, Y.encodeStateAsUpdate(server));
            else if (step.who === 'client') change(client, step);
            else {
              // Others have ids on both sides of the client's.
              const other = index % 2 === 0 ? low : high;
              Y.applyUpdate(other, Y.encodeStateAsUpdate(server));
              change(other, step);
              Y.applyUpdate(server, Y.encodeStateAsUpdate(other));
            }
          }
        };
        run(before);
        const to = adjacentClientId(client, 2_000, () => random);
        ok(to !== 2_000 && !client.store.clients.has(to));
        const shown = content(client);
        renameClient(client, 2_000, to);
        client.clientID = to;
        deepStrictEqual(content(client), shown, 'nothing is seen of it here');
        // What the client goes on writing builds on it.
        run(after);
        Y.applyUpdate(client, Y.encodeStateAsUpdate(server));
        Y.applyUpdate(server, Y.encodeStateAsUpdate(client, Y.encodeStateVector(server)));
        ok(server.store.pendingStructs === null && server.store.pendingDs === null);
        ok(!server.store.clients.has(2_000));
        deepStrictEqual(content(server), content(client));
        const fresh = new Y.Doc();
        Y.applyUpdate(fresh, Y.encodeStateAsUpdate(server));
        deepStrictEqual(content(fresh), content(client));
      }),
      { seed, numRuns: 300 },
    ),
  );
});

test('a clash is never seen in work of one client, and always in that of two', (t) => {
  t.notThrows(() =>
    fc.assert(
      fc.property(STEPS, STEPS, STEPS, (before, after, others) => {
        const [client, server] = [new Y.Doc(), new Y.Doc()];
        client.clientID = 2_000;
        for (const step of before) change(client, step);
        Y.applyUpdate(server, Y.encodeStateAsUpdate(client));
        for (const step of after) change(client, step);
        ok(!collides(client, Y.encodeStateAsUpdate(server), 2_000));
        const other = new Y.Doc();
        other.clientID = 2_000;
        other.getText('body').insert(0, 'somebody else ');
        // What is deleted again says nothing of who wrote it.
        for (const step of others) if (step.what !== 'delete') change(other, step);
        const mine = new Y.Doc();
        mine.clientID = 2_000;
        mine.getText('body').insert(0, 'the author');
        ok(collides(mine, Y.encodeStateAsUpdate(other), 2_000));
      }),
      { seed, numRuns: 300 },
    ),
  );
});

const textOf = (document: OpenDocument): string => document.ydoc.getText('body').toString();

/** Ann writes before she was ever connected; Bob takes the client id that she writes under, and goes first. */
async function clash(t: ExecutionContext, { bobs, reload }: { bobs: string[]; reload: boolean }): Promise<void> {
  const world = await createWorld(t);
  const node = await world.node();
  const proxy = await startProxy(t, node.port);
  const [ann, bob] = [await world.author('ann'), await world.author('bob')];
  const doc = await world.document(ann);
  await world.grant(doc, bob, 'edit');
  proxy.open(false);
  const kept = device();
  let document = editor(t, proxy.url, ann).open(doc, { persistence: kept });
  await shows(document, 'offline');
  for (const word of 'Nothing of this may get lost. '.split('')) type(document, word);
  const taken = document.ydoc.clientID;
  const desk = new Desk(await connectClient(t, node.url, { author: bob }), doc, taken);
  await desk.open();
  for (const words of bobs) t.like(await desk.send(desk.type(words)), { ok: true });
  if (reload) {
    await document.close();
    document = editor(t, proxy.url, ann).open(doc, { persistence: kept });
    await shows(document, 'offline');
  }
  proxy.open(true);
  await shows(document, 'saved');
  type(document, 'And more.');
  await shows(document, 'saved');
  await until(() => {
    const text = desk.read();
    return text.includes('And more.') && text.includes('Nothing of this may get lost. ');
  });
  const expected = desk.text;
  t.is(expected.length, 'Nothing of this may get lost. And more.'.length + bobs.join('').length, 'each word once');
  for (const words of bobs) t.true(expected.includes(words));
  await until(() => textOf(document) === expected);
  t.not(document.ydoc.clientID, taken);
  // Loaded again it is the same, and nothing is sent.
  await document.close();
  const again = editor(t, node.url, ann).open(doc, { persistence: kept });
  const { seq } = (await shows(again, 'saved')) as { seq: number };
  t.is(textOf(again), expected);
  await again.close();
  const fresh = editor(t, node.url, ann).open(doc);
  t.like(await shows(fresh, 'saved'), { seq });
  t.is(textOf(fresh), expected);
}

for (const reload of [false, true]) {
  const when = reload ? 'by a page that was loaded again' : 'by the page that wrote it';
  for (const [how, bobs] of [
    ['wrote less under it', ['B.']],
    ['wrote more under it', ['Bob was here first, ', 'and he wrote rather more than Ann has written so far. ']],
  ] as const) {
    test.serial(`I4 offline work is saved whole and once though another editor ${how}, ${when}`, async (t) => {
      t.timeout(60_000);
      await clash(t, { bobs: [...bobs], reload });
    });
  }
}

/** Two windows of Ann's on one device, offline: the second has loaded what the first wrote. Bob has taken its client id. */
async function twoWindows(t: ExecutionContext, kept = device()) {
  t.timeout(60_000);
  const world = await createWorld(t);
  const node = await world.node();
  const proxies = [await startProxy(t, node.port), await startProxy(t, node.port)] as const;
  const [ann, bob] = [await world.author('ann'), await world.author('bob')];
  const doc = await world.document(ann);
  await world.grant(doc, bob, 'edit');
  const open = (url: string) => editor(t, url, ann).open(doc, { persistence: kept });
  for (const proxy of proxies) proxy.open(false);
  const one = open(proxies[0].url);
  await shows(one, 'offline');
  type(one, 'from the first window. ');
  const take = async (clientId: number) => {
    const desk = new Desk(await connectClient(t, node.url, { author: bob }), doc, clientId);
    await desk.open();
    t.like(await desk.send(desk.type('B.')), { ok: true });
  };
  await take(one.ydoc.clientID);
  const openTwo = async () => {
    const two = open(proxies[1].url);
    await shows(two, 'offline');
    return two;
  };
  return { one, openTwo, take, proxies, open: () => open(node.url) };
}

const times = (document: OpenDocument, words: string): number => textOf(document).split(words).length - 1;

test.serial(
  'I4 offline work that two windows have is saved once though both must give it another client id',
  async (t) => {
    const { one, openTwo, proxies, open } = await twoWindows(t);
    const two = await openTwo();
    for (const proxy of proxies) proxy.open(true);
    await shows(one, 'saved');
    await shows(two, 'saved');
    const fresh = open();
    await shows(fresh, 'saved');
    t.is(times(fresh, 'from the first window. '), 1);
    t.is(times(fresh, 'B.'), 1);
  },
);

test.serial('I4 giving work another client id leaves what another window has written on the device', async (t) => {
  const { one, openTwo, proxies, open } = await twoWindows(t);
  const two = await openTwo();
  type(two, 'from the second window. ');
  proxies[0].open(true);
  await shows(one, 'saved');
  await two.close();
  const again = open();
  await shows(again, 'saved');
  for (const words of ['from the first window. ', 'from the second window. ', 'B.'])
    t.is(times(again, words), 1, words);
});

test.serial('I4 a window that loads while another one gives the work another client id saves it, once', async (t) => {
  const [reached, released] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  const kept = device(() => {
    reached.resolve();
    return released.promise;
  });
  const { one, openTwo, proxies, open } = await twoWindows(t, kept);
  proxies[0].open(true);
  await reached.promise;
  const two = await openTwo();
  released.resolve();
  await shows(one, 'saved');
  type(two, 'from the second window. ');
  proxies[1].open(true);
  await shows(two, 'saved');
  const fresh = open();
  await shows(fresh, 'saved');
  for (const words of ['from the first window. ', 'from the second window. ', 'B.'])
    t.is(times(fresh, words), 1, words);
});

test.serial('I4 what a window knows of its work is left on the device by another one that is saved', async (t) => {
  const { one, openTwo, take, proxies, open } = await twoWindows(t);
  const two = await openTwo();
  type(two, 'from the second window. ');
  await take(two.ydoc.clientID);
  proxies[0].open(true);
  await shows(one, 'saved');
  // Opening again it learns that the server has all that it had.
  proxies[0].open(false);
  await shows(one, 'offline');
  proxies[0].open(true);
  await shows(one, 'saved');
  await two.close();
  const again = open();
  await shows(again, 'saved');
  for (const words of ['from the first window. ', 'from the second window. ']) t.is(times(again, words), 1, words);
});

test.serial('I4 offline work is saved though somebody who may only view opened under its client id', async (t) => {
  t.timeout(60_000);
  const world = await createWorld(t);
  const node = await world.node();
  const proxy = await startProxy(t, node.port);
  const [ann, eve] = [await world.author('ann'), await world.author('eve')];
  const doc = await world.document(ann);
  await world.grant(doc, eve, 'view');
  const document = editor(t, proxy.url, ann).open(doc);
  await shows(document, 'saved');
  proxy.open(false);
  await shows(document, 'offline');
  type(document, 'written on a train');
  const desk = new Desk(await connectClient(t, node.url, { author: eve }), doc, document.ydoc.clientID);
  await desk.open();
  proxy.open(true);
  await shows(document, 'saved');
  const fresh = editor(t, node.url, ann).open(doc);
  await shows(fresh, 'saved');
  t.is(textOf(fresh), 'written on a train');
});
