/** Drafts whose text is in another part of the Yjs document than the one that is published, over HTTP. */
import anyTest, { type TestFn } from 'ava';
import * as Y from 'yjs';
import { readContent } from '../../src/content/yjs/draft.ts';
import { type ApiHarness, startApi } from '../support/api.ts';
import { migratedDatabase } from '../support/shared-services.ts';

const test = anyTest as TestFn<{ api: ApiHarness }>;

test.before(async (t) => {
  t.context = { api: await startApi({ databaseUrl: await migratedDatabase(), drafts: 'real' }) };
});
test.after.always((t) => t.context.api?.close());

type Fill = (doc: Y.Doc) => void;

function paragraph(fragment: Y.XmlFragment, words: string, name = 'paragraph'): void {
  const element = new Y.XmlElement(name);
  fragment.push([element]);
  element.push([new Y.XmlText(words)]);
}

/** As @lexical/yjs stores it: texts in texts, each run behind a map with its properties. */
function lexical(doc: Y.Doc, words: string, root = 'root'): void {
  const block = new Y.XmlText();
  doc.get(root, Y.XmlText).insertEmbed(0, block);
  const run = new Y.Map();
  run.set('__type', 'text');
  block.insertEmbed(0, run);
  block.insert(1, words);
}

async function draftOf(api: ApiHarness, fill: Fill) {
  const { token } = await api.author();
  const id = await api.document(token);
  const doc = new Y.Doc();
  fill(doc);
  const request = (method: string, path: string, call: object = {}) =>
    api.call(method, `/v1/documents/${id}${path}`, { token, ...call });
  const update = async () => {
    const answer = await request('POST', '/updates', { body: new Uint8Array(Y.encodeStateAsUpdate(doc)) });
    if (answer.status !== 200) throw new Error(await answer.text());
  };
  await update();
  return { id, doc, request, update };
}

const ELSEWHERE: [string, string, Fill][] = [
  ['Quill', 'quill', (doc) => doc.getText('quill').applyDelta([{ insert: 'words', attributes: { bold: true } }])],
  ['Quill with a picture alone', 'quill', (doc) => doc.getText('quill').insertEmbed(0, { image: 'https://a.example' })],
  ['Tiptap', 'default', (doc) => paragraph(doc.getXmlFragment('default'), 'words')],
  ['ProseMirror', 'prosemirror', (doc) => paragraph(doc.getXmlFragment('prosemirror'), 'words')],
  ['Lexical', 'root', (doc) => lexical(doc, 'words')],
  ['CodeMirror', 'codemirror', (doc) => doc.getText('codemirror').insert(0, 'words')],
  ['Monaco', 'monaco', (doc) => doc.getText('monaco').insert(0, 'words')],
  ['a text of the body’s name', 'body', (doc) => doc.getText('body').insert(0, 'words')],
  ['Lexical in a root of the body’s name', 'body', (doc) => lexical(doc, 'words', 'body')],
  ['elements that are not known', 'body', (doc) => paragraph(doc.getXmlFragment('body'), 'words', 'chart')],
  [
    'cells of a notebook',
    'cells',
    (doc) => {
      const cell = new Y.Map();
      doc.getArray('cells').push([cell]);
      cell.set('source', new Y.Text('words'));
    },
  ],
  [
    'Tiptap beside an empty paragraph of the body',
    'default',
    (doc) => {
      paragraph(doc.getXmlFragment('body'), ' ');
      paragraph(doc.getXmlFragment('default'), 'words');
    },
  ],
];

for (const [name, root, fill] of ELSEWHERE) {
  test(`PUB7 text elsewhere is refused by its place, not published as empty: ${name}`, async (t) => {
    const { doc, request, update } = await draftOf(t.context.api, fill);
    const refused = await request('POST', '/publish');
    t.is(refused.status, 422);
    const problem = (await refused.json()) as { code: string; detail: string };
    t.is(problem.code, 'text_elsewhere');
    t.true(problem.detail.startsWith(`The text is in "${root}". `), problem.detail);
    t.true(problem.detail.includes('Only the Y.XmlFragment "body" is published'), problem.detail);
    t.deepEqual(await (await request('GET', '/revisions')).json(), { revisions: [] });

    if (root === 'body') return;
    paragraph(doc.getXmlFragment('body'), 'in place');
    await update();
    t.is((await request('POST', '/publish')).status, 201);
    t.regex(JSON.stringify(await (await request('GET', '/revisions/1')).json()), /in place/);
  });
}

const BLANK: [string, Fill][] = [
  ['nothing at all', () => undefined],
  [
    'a text that was deleted, and a line break',
    (doc) => {
      doc.getText('quill').insert(0, 'words');
      doc.getText('quill').delete(0, 5);
      doc.getText('quill').insert(0, '\n');
    },
  ],
  ['an empty paragraph', (doc) => paragraph(doc.getXmlFragment('default'), '')],
  ['an empty Lexical text', (doc) => lexical(doc, '')],
  ['a title, and data that is no text', (doc) => doc.getMap('meta').set('title', 'Title')],
  ['a map of numbers and strings', (doc) => doc.getMap('votes').set('yes', ['a', 1])],
  ['a rule', (doc) => doc.getXmlFragment('body').push([new Y.XmlElement('horizontalRule')])],
];

for (const [name, fill] of BLANK) {
  test(`PUB7 what is empty everywhere is published as before: ${name}`, async (t) => {
    const { request } = await draftOf(t.context.api, (doc) => {
      doc.getMap('other').set('a', 1);
      fill(doc);
    });
    t.is((await request('POST', '/publish')).status, 201);
  });
}

test('PUB7 a large draft is looked through as well', async (t) => {
  const { request } = await draftOf(t.context.api, (doc) => doc.getText('monaco').insert(0, 'words '.repeat(10_000)));
  const refused = await request('POST', '/publish');
  t.like(await refused.json(), { code: 'text_elsewhere' });
});

test('PUB7 names of any length and kind fit into the answer, and three are enough', async (t) => {
  const { request } = await draftOf(t.context.api, (doc) => {
    for (let at = 0; at < 50; at += 1) doc.getText(`"${'\ud83d\u0000<b>'.repeat(100)}${at}`).insert(0, 'words');
  });
  const refused = await request('POST', '/publish');
  t.is(refused.status, 422);
  const { detail } = (await refused.json()) as { detail: string };
  t.true(detail.length < 1_000, detail);
});

test('PUB7 I6 a viewer may not publish, whatever the draft contains', async (t) => {
  const { api } = t.context;
  const { id, request } = await draftOf(api, (doc) => doc.getText('quill').insert(0, 'words'));
  const viewer = await api.author();
  await request('PUT', `/grants/${viewer.handle}`, { json: { level: 'view' } });
  const refused = await api.call('POST', `/v1/documents/${id}/publish`, { token: viewer.token });
  t.like(await refused.json(), { code: 'read_only' });
});

test('PUB7 reading decides for no root what type it is', (t) => {
  const sender = new Y.Doc();
  sender.getText('quill').insert(0, 'words');
  lexical(sender, 'words');
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(sender));
  t.deepEqual([...(readContent(doc).textElsewhere ?? [])].sort(), ['quill', 'root']);
  t.is(doc.share.get('quill')?.constructor, Y.AbstractType);
  t.is(doc.share.get('root')?.constructor, Y.AbstractType);
  t.is(doc.getText('quill').toString(), 'words');
});
