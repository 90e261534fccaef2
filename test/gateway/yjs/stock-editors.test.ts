/** Editors of others with their own Yjs bindings on a draft: what arrives, under which name, and what is published of it. */
import test from 'ava';
import * as Y from 'yjs';
import { until } from '../../support/helpers.ts';
import { createWorld } from '../../support/node.ts';
import { type OpenEditor, STOCK_EDITORS } from '../../support/stock-editors.ts';
import { stockClient, synced } from '../../support/yjs.ts';

test.beforeEach((t) => t.timeout(90_000));

interface Row {
  readonly name: string;
  readonly open: OpenEditor;
  /** The root type that it has if nobody says anything. */
  readonly root: string;
  /** What becomes of a draft that is written in the root `body`. */
  readonly inBody: 'published' | 'refused';
}

const IN_PLACE = { type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'in place' }] }] };

/** The table of PROTOCOL. */
const ROWS: Row[] = [
  { name: 'Tiptap', open: STOCK_EDITORS.tiptap, root: 'default', inBody: 'published' },
  { name: 'ProseMirror', open: STOCK_EDITORS.proseMirror, root: 'prosemirror', inBody: 'published' },
  { name: 'Quill', open: STOCK_EDITORS.quill, root: 'quill', inBody: 'refused' },
  { name: 'CodeMirror', open: STOCK_EDITORS.codeMirror, root: 'codemirror', inBody: 'refused' },
  { name: 'Monaco', open: STOCK_EDITORS.monaco, root: 'monaco', inBody: 'refused' },
  { name: 'Lexical', open: STOCK_EDITORS.lexical, root: 'root', inBody: 'refused' },
];

for (const { name, open, root, inBody } of ROWS) {
  for (const bound of [undefined, 'body']) {
    const isPublished = bound === 'body' && inBody === 'published';
    const title = `${name} with the root ${bound ?? root}: words and carets arrive under true names, and publishing is ${
      isPublished ? 'done' : 'refused with its reason'
    }`;
    test.serial(`I4 PUB7 ${title}`, async (t) => {
      const world = await createWorld(t);
      const node = await world.node();
      const [ann, bob] = [await world.author('ann'), await world.author('bob')];
      const doc = await world.document(ann);
      await world.grant(doc, bob, 'edit');
      const [one, two] = [stockClient(t, node.url, ann, doc), stockClient(t, node.url, bob, doc)];
      await Promise.all([synced(one), synced(two)]);
      const mine = open(one.provider, { name: ann.handle, color: '#1b4d3e' }, bound);
      const forged = open(two.provider, { name: 'The Queen', color: '#7a1f5c' }, bound);
      t.teardown(() => {
        mine.close();
        forged.close();
      });

      mine.type('by Ann');
      await until(() => forged.text().includes('by Ann'));
      forged.type('by Bob, ');
      await until(() => mine.text().includes('by Bob, by Ann'));
      await until(() => mine.carets() === 1);
      t.deepEqual(mine.names(), [bob.handle]);
      const state = one.provider.awareness.getStates().get(two.ydoc.clientID);
      t.false(JSON.stringify(state).includes('The Queen'), JSON.stringify(state));

      const answer = await node.call('POST', `/v1/documents/${doc}/publish`, ann);
      const said = (await answer.json()) as { code?: string; detail?: string };
      if (isPublished) {
        t.is(answer.status, 201, JSON.stringify(said));
        const revision = await node.call('GET', `/v1/documents/${doc}/revisions/1`, ann);
        t.regex(await revision.text(), /by Bob, by Ann/);
      } else {
        t.is(answer.status, 422, JSON.stringify(said));
        t.is(said.code, 'text_elsewhere');
        t.true(said.detail?.startsWith(`The text is in "${bound ?? root}". `), said.detail);
        const revisions = await node.call('GET', `/v1/documents/${doc}/revisions`, ann);
        t.deepEqual(await revisions.json(), { revisions: [] });
      }
      t.deepEqual([...one.codes, ...two.codes], []);
    });
  }
}

test.serial('PUB7 a plain Y.XmlFragment of the name body is published, with the title of the map meta', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author('ann');
  const doc = await world.document(ann);
  const { ydoc } = stockClient(t, node.url, ann, doc);
  const paragraph = new Y.XmlElement('paragraph');
  ydoc.getXmlFragment('body').push([paragraph]);
  paragraph.push([new Y.XmlText('in place')]);
  ydoc.getMap('meta').set('title', 'A title');
  const draft = () => node.call('GET', `/v1/documents/${doc}/draft`, ann);
  await until(async () => /A title/.test(await (await draft()).text()));
  t.is((await node.call('POST', `/v1/documents/${doc}/publish`, ann)).status, 201);
  const revision = await node.call('GET', `/v1/documents/${doc}/revisions/1`, ann);
  const said = await revision.text();
  t.regex(said, /in place/);
  t.regex(said, /A title/);
});

test.serial('PUB7 a body that an editor of plain text wrote can be read, and written over HTTP', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author('ann');
  const doc = await world.document(ann);
  const client = stockClient(t, node.url, ann, doc);
  await synced(client);
  const code = STOCK_EDITORS.codeMirror(client.provider, { name: 'ann', color: '#1b4d3e' }, 'body');
  t.teardown(() => code.close());
  code.type('plain words');
  const call = (method: string, path: string, json?: unknown) =>
    node.call(method, `/v1/documents/${doc}${path}`, ann, json);
  await until(async () => (await call('POST', '/publish')).status === 422);
  t.deepEqual(client.codes, []);
  // It would break on elements in its root.
  code.close();
  client.provider.disconnect();
  t.is((await call('GET', '/draft')).status, 200);
  t.is((await call('PUT', '/draft', { title: 'A title', body: IN_PLACE })).status, 200);
  t.is((await call('POST', '/publish')).status, 201);
  t.regex(await (await call('GET', '/revisions/1')).text(), /in place/);
});

test.serial(
  'I10 a subdocument ends a stock client for good, with the reason, and stays out of the draft',
  async (t) => {
    const world = await createWorld(t);
    const node = await world.node();
    const ann = await world.author('ann');
    const doc = await world.document(ann);
    const client = stockClient(t, node.url, ann, doc);
    await synced(client);
    client.ydoc.getMap('pages').set('first', new Y.Doc());
    await until(() => client.closed() !== undefined);
    t.deepEqual(client.closed(), { code: 4400, reason: 'update_unsupported' });
    const other = stockClient(t, node.url, ann, doc);
    await synced(other);
    t.is(other.ydoc.getMap('pages').size, 0);
  },
);
