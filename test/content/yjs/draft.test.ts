/** Drafts: content out of a Yjs document and into it by the smallest change, beside authors who type. */
import { deepStrictEqual } from 'node:assert';
import { getSchema } from '@tiptap/core';
import test from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import { checkBody } from '../../../src/content/model/json.ts';
import { BODY, META, SCHEMA } from '../../../src/content/model/schema.ts';
import { SHAPES } from '../../../src/content/model/shape.ts';
import type { Body, Node } from '../../../src/content/model/types.ts';
import { readContent, writeContent } from '../../../src/content/yjs/draft.ts';
import { bodies, body, bold, isValid, paragraph, text } from '../../support/bodies.ts';
import { concurrently, copy, draftOf, element, shown, textIn, updatesOf } from '../../support/draft-content.ts';

test('DRAFT1 editor and server have one schema', async (t) => {
  // Not by a literal: the pages are checked with the types of browsers.
  const page = new URL('../../../src/clients/pages/edit/extensions.ts', import.meta.url).href;
  const { textExtensions } = await import(page);
  const [toToolbar, say] = [() => undefined, () => undefined];
  const open = { ydoc: new Y.Doc(), awareness: {} };
  const editor = getSchema(textExtensions({ open, handle: 'ann', panels: {}, toToolbar, say }));
  const describe = ({ nodes, marks }: typeof SCHEMA) => ({
    nodes: Object.values(nodes).map(({ name, spec: { content, marks: own, group, inline, attrs, code } }) => ({
      name,
      content,
      own,
      group,
      inline,
      attrs,
      code,
    })),
    marks: Object.values(marks).map(({ name, spec: { excludes, inclusive, attrs } }) => ({
      name,
      excludes,
      inclusive,
      attrs,
    })),
  });
  t.deepEqual(describe(editor), describe(SCHEMA));
  t.deepEqual([...SHAPES.keys(), 'text'].sort(), Object.keys(SCHEMA.nodes).sort());
});

test('DRAFT2 what is written is read back, and shown by the editor, whatever was there before', (t) => {
  const property = fc.property(bodies(), bodies(), (before, after) => {
    const doc = draftOf(before);
    writeContent(doc, { body: after });
    deepStrictEqual(readContent(doc).body, after);
    deepStrictEqual(shown(doc), after);
    deepStrictEqual(updatesOf(doc, { body: after }), []);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 500 }));
});

test('DRAFT2 writes of several authors merge into one valid body', (t) => {
  const property = fc.property(bodies(), bodies(), bodies(), (before, mine, theirs) => {
    const doc = draftOf(before);
    const other = copy(doc);
    writeContent(doc, { body: mine });
    writeContent(other, { body: theirs });
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
    Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
    const merged = readContent(doc).body;
    deepStrictEqual(readContent(other).body, merged);
    return isValid(merged);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 300 }));
});

const thousand = (change = (index: number) => `Paragraph number ${index} has some words in it.`): Body =>
  body(...Array.from({ length: 1_000 }, (_, index) => paragraph(change(index))));

test('DRAFT3 one word in a thousand blocks is one small update that deletes that word alone', (t) => {
  const doc = draftOf(thousand());
  const updates = updatesOf(doc, {
    body: thousand((index) => `Paragraph number ${index} has ${index === 500 ? 'few' : 'some'} words in it.`),
  });
  t.is(updates.length, 1);
  t.true(updates[0]!.length < 100, `${updates[0]!.length} bytes`);
  const { ds } = Y.decodeUpdate(updates[0]!);
  const deleted = [...ds.clients.values()].flat().reduce((sum, { len }) => sum + len, 0);
  t.is(deleted, 'some'.length);
});

test('DRAFT3 blocks that come, go and move leave the others alone', (t) => {
  const doc = draftOf(thousand());
  const kept = doc.getXmlFragment(BODY).toArray();
  const next = thousand();
  const [moved] = next.content.splice(700, 1);
  next.content.splice(100, 1);
  next.content.splice(300, 0, paragraph('new'), moved!);
  const [update] = updatesOf(doc, { body: next });
  t.true(update!.length < 300, `${update!.length} bytes`);
  const now = new Set<unknown>(doc.getXmlFragment(BODY).toArray());
  t.is(kept.filter((type) => !now.has(type)).length, 2);
  t.deepEqual(readContent(doc).body, next);
});

test('DRAFT3 of two neighbours one goes: the other one, changed, keeps its type', (t) => {
  const doc = draftOf(body(paragraph('first one'), paragraph('second two'), paragraph('third three')));
  const last = doc.getXmlFragment(BODY).get(2);
  writeContent(doc, { body: body(paragraph('second 2'), paragraph('third 3')) });
  t.is(doc.getXmlFragment(BODY).get(1), last);
});

test('DRAFT4 what authors type meanwhile survives in other blocks and in the same one', (t) => {
  const doc = draftOf(body(paragraph('one two three four five'), paragraph('other')));
  const result = concurrently(doc, { body: body(paragraph('1 two three four 5'), paragraph('other')) }, (fragment) => {
    textIn(fragment, 0).insert('one two '.length, 'and a half ');
    textIn(fragment, 1).insert(5, ' words');
  });
  t.deepEqual(result, body(paragraph('1 two and a half three four 5'), paragraph('other words')));
});

test('DRAFT4 typing survives a change of marks, in a list, and in a paragraph that becomes empty', (t) => {
  const list = (...words: Node[][]): Node => ({
    type: 'bulletList',
    content: words.map((content) => ({ type: 'listItem', content: [paragraph(...content)] })),
  });
  const doc = draftOf(body(list([text('alpha')], [text('beta gamma')]), paragraph('gone')));
  const change = { body: body(list([text('alpha')], [text('beta '), text('gamma', bold)]), paragraph()) };
  const result = concurrently(doc, change, (fragment) => {
    const items = element(fragment, 0);
    textIn(element(items, 0), 0).insert(5, '!');
    textIn(element(items, 1), 0).insert(4, 's');
    textIn(fragment, 1).insert(4, ' not');
  });
  t.deepEqual(result, body(list([text('alpha!')], [text('betas '), text('gamma', bold)]), paragraph(' not')));
});

test('DRAFT4 half of a surrogate pair is never cut off', (t) => {
  for (const [before, after] of [
    ['a😀b', 'a😁b'],
    ['😀', '😁😀'],
    ['😀😀', '😀'],
    ['x\u{1F600}', 'x\u{10600}'],
  ] as const) {
    const doc = draftOf(body(paragraph(before)));
    writeContent(doc, { body: body(paragraph(after)) });
    t.deepEqual(readContent(copy(doc)).body, body(paragraph(after)));
  }
});

test('DRAFT5 blocks go behind the last one, and take the place of an empty text', (t) => {
  const doc = new Y.Doc();
  writeContent(doc, { append: [paragraph('a')] });
  t.deepEqual(readContent(doc).body, body(paragraph('a')));
  writeContent(doc, { append: [paragraph('b'), paragraph('c')] });
  t.deepEqual(readContent(doc).body, body(paragraph('a'), paragraph('b'), paragraph('c')));
  const empty = draftOf(body(paragraph()));
  writeContent(empty, { append: [paragraph('a')] });
  t.deepEqual(readContent(empty).body, body(paragraph('a')));
  writeContent(empty, { body: body(paragraph('x')), append: [paragraph('y')] });
  t.deepEqual(readContent(empty).body, body(paragraph('x'), paragraph('y')));
});

test('DRAFT6 title and summary are written when they differ, in the same update as the text', (t) => {
  const doc = new Y.Doc();
  const change = { title: 'A title', summary: 'A summary', body: body(paragraph('a')) };
  t.is(updatesOf(doc, change).length, 1);
  t.deepEqual(readContent(doc), { title: 'A title', summary: 'A summary', body: body(paragraph('a')) });
  t.is(updatesOf(doc, change).length, 0);
  writeContent(doc, { summary: '' });
  t.deepEqual(readContent(doc), { title: 'A title', summary: '', body: body(paragraph('a')) });
});

test('DRAFT6 a title is one line of 300 characters, a summary has 1,000, neither has controls', (t) => {
  const doc = new Y.Doc();
  t.deepEqual(readContent(doc), { title: null, summary: '', body: body(paragraph()) });
  const meta = doc.getMap(META);
  meta.set('title', `a\u0000\n b\u2028c${'x'.repeat(1_000_000)}`);
  meta.set('summary', `${'y'.repeat(999)}😀\u0000`);
  const { title, summary } = readContent(doc);
  t.is(title, `a b c${'x'.repeat(295)}`);
  t.is(summary, 'y'.repeat(999));
  for (const value of [7, null, true, [], {}, new Uint8Array(3), 5n]) {
    meta.set('title', value);
    meta.set('summary', value);
    const content = readContent(doc);
    t.is(content.title, null);
    t.is(content.summary, '');
  }
});

test('DRAFT3 a text of ten thousand runs changes in one pass, and only where it differs', (t) => {
  const runs = Array.from({ length: 10_000 }, (_, index) =>
    index % 2 === 0 ? text(`${index} `) : text(`${index} `, bold),
  );
  const doc = draftOf(body(paragraph(...runs)));
  const next = body(paragraph(...runs.map((node, index) => (index === 9_000 ? text('x ') : node))));
  const [update] = updatesOf(doc, { body: next });
  t.true(update!.length < 100, `${update!.length} bytes`);
  t.deepEqual(readContent(doc).body, next);
  t.deepEqual(shown(doc), next);
});

test('DRAFT2 what differs by defaults alone is not written', (t) => {
  const item = { type: 'listItem', content: [paragraph('a')] };
  const given = body(
    { type: 'orderedList', content: [item] },
    { type: 'codeBlock', content: [text('x')] },
    paragraph(text('b', { type: 'link', attrs: { href: 'https://example.org/' } })),
  );
  const checked = checkBody(given);
  if (!checked.ok) return t.fail(checked.detail);
  const doc = draftOf(checked.body);
  for (const attrs of [{}, { start: 1 }, { start: 1, type: null }, { start: null }]) {
    const again = checkBody(body({ type: 'orderedList', attrs, content: [item] }, ...given.content.slice(1)));
    if (!again.ok) return t.fail(again.detail);
    t.deepEqual(updatesOf(doc, { body: again.body }), [], JSON.stringify(attrs));
  }
  t.is(updatesOf(doc, { body: body({ ...checked.body.content[0]!, attrs: { start: 2, type: null } }) }).length, 1);
  // Others leave defaults out.
  const other = new Y.Doc();
  const list = new Y.XmlElement('orderedList');
  const listItem = new Y.XmlElement('listItem');
  const inner = new Y.XmlElement('paragraph');
  const linked = new Y.XmlText();
  linked.applyDelta([{ insert: 'a', attributes: { link: { href: 'https://example.org/' } } }]);
  other.getXmlFragment(BODY).insert(0, [list]);
  list.insert(0, [listItem]);
  listItem.insert(0, [inner]);
  inner.insert(0, [linked]);
  t.deepEqual(updatesOf(other, { body: readContent(other).body }), []);
  t.deepEqual(shown(other), readContent(other).body);
});
