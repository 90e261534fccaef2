// More work than a node takes at once, of whatever kind: the SDK sends it in pieces, and says saved when all of it is.
import { randomInt } from 'node:crypto';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import type { OpenDocument } from '../../../src/clients/editor/index.ts';
import { device } from '../../support/device.ts';
import { until } from '../../support/helpers.ts';
import { createWorld, type TestAuthor, type TestNode } from '../../support/node.ts';
import { startProxy } from '../../support/proxy.ts';
import { editor, shows, type, when } from '../../support/sdk.ts';

test.beforeEach((t) => t.timeout(120_000));

const letters = (count: number): string =>
  'The quick brown fox jumps over the lazy dog. '.repeat(count / 45 + 1).slice(0, count);

/** What the server has of the text. */
async function stored(t: ExecutionContext, node: TestNode, author: TestAuthor, doc: string): Promise<Y.Doc> {
  const client = editor(t, node.url, author);
  const document = client.open(doc, { mode: 'view' });
  await document.synced;
  await client.close();
  const copy = new Y.Doc();
  Y.applyUpdate(copy, Y.encodeStateAsUpdate(document.ydoc));
  return copy;
}

const isRefused = (document: OpenDocument) => document.status.get().kind === 'refused';

test.serial('I1 1.2 MB typed offline in small inserts is saved, also by a page that was loaded again', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const proxy = await startProxy(t, node.port);
  const ann = await world.author();
  for (const reloaded of [false, true]) {
    const doc = await world.document(ann);
    const kept = device();
    const document = editor(t, proxy.url, ann).open(doc, { persistence: kept });
    await shows(document, 'saved');
    proxy.open(false);
    await shows(document, 'offline');
    const text = document.ydoc.getText('body');
    // Now and then in the middle of what stands there: then Yjs does not join it to one string.
    for (let at = 0; at < 2_400; at += 1) text.insert(at % 3 === 0 ? text.length >> 1 : text.length, letters(500));
    const written = text.toString();
    t.is(written.length, 1_200_000);
    let last = document;
    if (reloaded) {
      await document.close();
      last = editor(t, proxy.url, ann).open(doc, { persistence: kept });
    }
    proxy.open(true);
    const seen: string[] = [];
    last.status.subscribe(({ kind }) => seen.push(kind));
    await shows(last, 'saved');
    t.false(seen.includes('refused'));
    t.is((await stored(t, node, ann, doc)).getText('body').toString(), written);
    t.is(last.ydoc.getText('body').toString(), written);
  }
});

test.serial('I1 pastes that are legal one by one are saved, however many wait at once', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const document = editor(t, node.url, ann).open(doc);
  await shows(document, 'saved');
  for (let paste = 0; paste < 4; paste += 1) type(document, `${paste}${letters(400_000)}`);
  await shows(document, 'saved');
  type(document, 'typed afterwards');
  await shows(document, 'saved');
  t.is((await stored(t, node, ann, doc)).getText('body').toString(), document.ydoc.getText('body').toString());
});

test.serial('I1 one paste of 2 MB is saved', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const document = editor(t, node.url, ann).open(doc);
  await shows(document, 'saved');
  const body = document.ydoc.getXmlFragment('body');
  document.ydoc.transact(() => {
    for (let at = 0; at < 4; at += 1) {
      const paragraph = new Y.XmlElement('paragraph');
      body.insert(at, [paragraph]);
      paragraph.insert(0, [new Y.XmlText(letters(500_000 + at))]);
    }
  });
  await shows(document, 'saved');
  t.is((await stored(t, node, ann, doc)).getXmlFragment('body').toString(), body.toString());
});

test.serial('I1 a value that cannot be cut is named, all else is saved, and shrinking it mends it', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({ MAX_UPDATE_BYTES: '65536' });
  const ann = await world.author();
  const doc = await world.document(ann);
  const client = editor(t, node.url, ann);
  const states: string[] = [];
  client.connection.subscribe((state) => states.push(state));
  const document = client.open(doc);
  await shows(document, 'saved');
  type(document, 'before, ');
  document.ydoc.getMap('meta').set('cover', letters(100_000));
  type(document, 'after, ');
  const status = await when(document.status, ({ kind }) => kind === 'refused');
  t.like(status, { error: { code: 'update_too_large' }, part: { root: 'meta', path: ['cover'] } });
  await until(async () => (await stored(t, node, ann, doc)).getText('body').toString().startsWith('before, '));
  // What is written from now on is under another client id: it does not wait for the part that is refused.
  const id = document.ydoc.clientID;
  for (const word of ['much ', 'later']) {
    document.ydoc.getText('notes').insert(document.ydoc.getText('notes').length, word);
    await until(async () => (await stored(t, node, ann, doc)).getText('notes').toString().endsWith(word));
    t.true(isRefused(document), 'the part is still not saved');
  }
  t.is(document.ydoc.clientID, id, 'one other id is enough');
  document.ydoc.getMap('meta').set('cover', 'small');
  await shows(document, 'saved');
  const server = await stored(t, node, ann, doc);
  t.deepEqual(server.getMap('meta').toJSON(), { cover: 'small' });
  t.is(server.getText('body').toString(), 'before, after, ');
  t.deepEqual(states, ['connected'], 'the connection was never lost');
});

test.serial('I10 a subdocument is refused by its place, and what stands around it is saved', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const document = editor(t, node.url, ann).open(doc);
  await shows(document, 'saved');
  const list = document.ydoc.getArray<unknown>('list');
  document.ydoc.transact(() => {
    for (let at = 0; at < 20; at += 1) list.push([new Y.Map([['at', at]])]);
    list.push([new Y.Doc()]);
  });
  document.ydoc.getText('body').insert(0, 'and a text');
  const status = await when(document.status, ({ kind }) => kind === 'refused');
  t.like(status, { error: { code: 'update_unsupported' }, part: { root: 'list', path: [20] } });
  list.delete(20, 1);
  await shows(document, 'saved');
  const server = await stored(t, node, ann, doc);
  t.is(server.getArray('list').length, 20);
  t.is(server.getText('body').toString(), 'and a text');
});

test.serial(
  'I9 a text that replaces another in a full document is saved: what is deleted makes room first',
  async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ MAX_DOCUMENT_BYTES: '400000', MAX_UPDATE_BYTES: '65536' });
    const ann = await world.author();
    const doc = await world.document(ann);
    const document = editor(t, node.url, ann).open(doc);
    await shows(document, 'saved');
    const text = document.ydoc.getText('body');
    text.insert(0, letters(390_000));
    await shows(document, 'saved');
    document.ydoc.transact(() => {
      text.delete(0, text.length);
      text.insert(0, `New. ${letters(380_000)}`);
    });
    await shows(document, 'saved');
    t.is((await stored(t, node, ann, doc)).getText('body').toString(), text.toString());
    // Beyond the document's own limit nothing helps, and nothing is lost here.
    text.insert(0, letters(60_000));
    t.like(await when(document.status, ({ kind }) => kind === 'refused'), { error: { code: 'document_too_large' } });
    text.delete(0, 60_000);
    await shows(document, 'saved');
    t.is((await stored(t, node, ann, doc)).getText('body').toString(), text.toString());
  },
);

test.serial('I9 many pieces go out as fast as the node lets them, on one connection that is opened once', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({
    MAX_UPDATE_BYTES: '65536',
    MAX_MESSAGES_PER_SECOND: '20',
    MAX_MESSAGE_BURST: '5',
    MAX_OPENS_PER_SECOND: '1',
    MAX_OPEN_BURST: '2',
  });
  const ann = await world.author();
  const doc = await world.document(ann);
  const client = editor(t, node.url, ann);
  const states: string[] = [];
  client.connection.subscribe((state) => states.push(state));
  const document = client.open(doc);
  await shows(document, 'saved');
  type(document, letters(1_500_000));
  await shows(document, 'saved');
  t.deepEqual(states, ['connected']);
  t.is((await stored(t, node, ann, doc)).getText('body').length, 1_500_000);
});

const EDITS = fc.array(
  fc.oneof(
    {
      weight: 5,
      arbitrary: fc.record({
        kind: fc.constant('type' as const),
        at: fc.nat(),
        size: fc.integer({ min: 1, max: 600 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('paste' as const),
        at: fc.nat(),
        size: fc.integer({ min: 10_000, max: 300_000 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('erase' as const),
        at: fc.nat(),
        size: fc.integer({ min: 1, max: 60_000 }),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('blocks' as const),
        at: fc.nat(),
        size: fc.integer({ min: 1, max: 1_500 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('list' as const),
        at: fc.nat(),
        size: fc.integer({ min: 1, max: 30_000 }),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('bold' as const),
        at: fc.nat(),
        size: fc.integer({ min: 1, max: 500 }),
      }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('undo' as const), at: fc.nat(), size: fc.constant(1) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('cut line' as const), at: fc.nat(), size: fc.constant(1) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), at: fc.nat(), size: fc.constant(1) }) },
  ),
  { minLength: 1, maxLength: 25 },
);

test.serial('I1 any sequence of edits ends saved, whatever the limits of an update', async (t) => {
  const world = await createWorld(t);
  const ann = await world.author();
  const nodes: { node: TestNode; cut(): void; url: string }[] = [];
  for (const [bytes, structs] of [
    [65_536, 65_536],
    [65_536, 16],
    [200_000, 500],
    [1_048_576, 65_536],
  ]) {
    const node = await world.node({
      MAX_UPDATE_BYTES: String(bytes),
      MAX_UPDATE_STRUCTS: String(structs),
      MAX_MESSAGES_PER_SECOND: '10000',
      MAX_MESSAGE_BURST: '10000',
      MAX_OPENS_PER_SECOND: '1000',
    });
    const proxy = await startProxy(t, node.port);
    nodes.push({ node, url: proxy.url, cut: () => proxy.cut() });
  }
  const seed = Number(process.env.STET_TEST_SEED ?? randomInt(2 ** 31));
  t.log(`seed ${seed}`);
  await fc.assert(
    fc.asyncProperty(fc.nat(nodes.length - 1), EDITS, async (which, edits) => {
      const { node, url, cut } = nodes[which]!;
      const doc = await world.document(ann);
      const client = editor(t, url, ann);
      const document = client.open(doc);
      const { ydoc } = document;
      const [text, blocks, list] = [ydoc.getText('body'), ydoc.getXmlFragment('blocks'), ydoc.getArray('list')];
      const undo = new Y.UndoManager([text, blocks, list], { captureTimeout: 0 });
      for (const { kind, at, size } of edits) {
        const place = text.length === 0 ? 0 : at % text.length;
        if (kind === 'type' || kind === 'paste') text.insert(place, letters(size));
        else if (kind === 'erase') text.delete(place, Math.min(size, text.length - place));
        else if (kind === 'bold')
          text.format(place, Math.min(size, text.length - place), { bold: at % 2 === 0 || null });
        else if (kind === 'list')
          list.insert(
            0,
            Array.from({ length: size }, (_, index) => index),
          );
        else if (kind === 'undo') undo.undo();
        else if (kind === 'cut line') cut();
        else if (kind === 'wait') await when(document.status, (status) => status.kind === 'saved');
        else
          ydoc.transact(() => {
            for (let index = 0; index < size; index += 1) blocks.insert(0, [new Y.XmlElement('p')]);
          });
      }
      const status = await when(document.status, ({ kind }) => kind === 'saved' || kind === 'refused');
      if (status.kind !== 'saved') throw new Error(JSON.stringify(status));
      const server = await stored(t, node, ann, doc);
      await client.close();
      for (const read of [
        (one: Y.Doc) => JSON.stringify(one.getText('body').toDelta()),
        (one: Y.Doc) => one.getXmlFragment('blocks').toString(),
        (one: Y.Doc) => JSON.stringify(one.getArray('list').toJSON()),
      ]) {
        if (read(server) !== read(ydoc)) throw new Error('the server has another text');
      }
    }),
    { numRuns: 25, seed },
  );
  t.pass();
});

test.serial('I9 70,000 separate deletions are saved, and are not sent again by a page that has them', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const kept = device();
  const document = editor(t, node.url, ann).open(doc, { persistence: kept });
  await shows(document, 'saved');
  const [last, all] = [document.ydoc.getMap('last'), document.ydoc.getMap('all')];
  // Each value of the one key is deleted by the next, and what stands between them is not.
  document.ydoc.transact(() => {
    for (let at = 0; at < 70_000; at += 1) {
      last.set('number', at);
      all.set(String(at), true);
    }
  });
  const saved = await shows(document, 'saved');
  t.true(Y.snapshot(document.ydoc).ds.clients.get(document.ydoc.clientID)!.length > 69_000);
  await document.close();
  for (let load = 0; load < 2; load += 1) {
    const again = editor(t, node.url, ann).open(doc, { persistence: kept });
    t.like(await shows(again, 'saved'), { seq: saved.kind === 'saved' ? saved.seq : 0 }, 'nothing was sent');
    await again.close();
  }
  const server = await stored(t, node, ann, doc);
  t.deepEqual(server.getMap('last').toJSON(), { number: 69_999 });
  t.is(server.getMap('all').size, 70_000);
});
