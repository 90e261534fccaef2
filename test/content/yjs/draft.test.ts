/** Drafts: content out of a Yjs document, whatever it holds, and into it by the smallest change. */
import { deepStrictEqual } from 'node:assert';
import { getSchema } from '@tiptap/core';
import { yXmlFragmentToProseMirrorRootNode } from '@tiptap/y-tiptap';
import test from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import { checkBody } from '../../../src/content/model/json.ts';
import { BODY, META, SCHEMA } from '../../../src/content/model/schema.ts';
import { SHAPES } from '../../../src/content/model/shape.ts';
import type { Body, DraftChange, Node } from '../../../src/content/model/types.ts';
import { readContent, writeContent } from '../../../src/content/yjs/draft.ts';
import { readRuns } from '../../../src/content/yjs/draft-text.ts';
import { bodies, body, bold, isValid, link, paragraph, text } from '../../support/bodies.ts';

/** As Tiptap shows it. It deletes what it cannot show: give it a copy. */
function shown(doc: Y.Doc): unknown {
  const node = yXmlFragmentToProseMirrorRootNode(copy(doc).getXmlFragment(BODY), SCHEMA);
  node.check();
  return JSON.parse(JSON.stringify(node.toJSON()));
}

function copy(doc: Y.Doc): Y.Doc {
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  return other;
}

function draftOf(value: Body): Y.Doc {
  const doc = new Y.Doc();
  writeContent(doc, { body: value });
  return doc;
}

/** The updates that a write makes. */
function updatesOf(doc: Y.Doc, change: DraftChange): Uint8Array[] {
  const updates: Uint8Array[] = [];
  const note = (update: Uint8Array) => updates.push(update);
  doc.on('update', note);
  writeContent(doc, change);
  doc.off('update', note);
  return updates;
}

/** Applies a write and what others do at the same time, and merges. */
function concurrently(doc: Y.Doc, change: DraftChange, others: (fragment: Y.XmlFragment) => void): Body {
  const author = copy(doc);
  others(author.getXmlFragment(BODY));
  writeContent(doc, change);
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(author));
  Y.applyUpdate(author, Y.encodeStateAsUpdate(doc));
  deepStrictEqual(readContent(author), readContent(doc));
  return readContent(doc).body;
}

const element = (fragment: Y.XmlFragment, index: number): Y.XmlElement => fragment.get(index) as Y.XmlElement;
const textIn = (fragment: Y.XmlFragment, index: number): Y.XmlText => element(fragment, index).get(0) as Y.XmlText;

test('DRAFT1 editor and server have one schema', async (t) => {
  // Not by a literal: the pages are checked with the types of browsers.
  const page = new URL('../../../src/clients/pages/edit/extensions.ts', import.meta.url).href;
  const { textExtensions } = await import(page);
  const editor = getSchema(textExtensions({ ydoc: new Y.Doc(), awareness: {} }, 'ann', {}, () => undefined));
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

/** Anything that Yjs can hold. */
const anything: fc.Arbitrary<() => unknown> = fc.oneof(
  fc
    .constantFrom<unknown>(
      null,
      true,
      1.5,
      2,
      3,
      -1,
      2 ** 60,
      5n,
      '',
      'x',
      '\u0000',
      '\ud800',
      [1, { a: 2 }],
      { type: 'doc' },
      JSON.parse('{"__proto__":{"x":1}}'),
    )
    .map((value) => () => value),
  fc.constant(() => new Uint8Array([0, 255])),
  fc.constant(() => new Y.Map([['a', 1]])),
  fc.constant(() => Y.Array.from(['a'])),
);
const NAMES = [...SHAPES.keys(), 'text', 'script', '__proto__', 'constructor', 'UNDEFINED', '', 'image'];
const FORMATS = [
  'bold',
  'italic',
  'code',
  'link',
  'strike',
  'bold--AbCd123=',
  'link--AbCd123=',
  'underline',
  '__proto__',
  'ychange',
];
const formats = fc.dictionary(
  fc.constantFrom(...FORMATS),
  fc.oneof(
    fc.constantFrom<unknown>(
      {},
      true,
      { href: 'https://example.org/' },
      { href: 'javascript:alert(1)' },
      { href: 7 },
      null,
      'x',
      [],
    ),
  ),
  { maxKeys: 3 },
);
const deltas = fc.array(
  fc.record({
    insert: fc.oneof(
      fc.string({ unit: 'binary', minLength: 1 }),
      fc.constantFrom('plain', '\u0000', '\ud800', '\n'),
      fc.constant({ image: 'x' }),
    ),
    attributes: formats,
  }),
  { maxLength: 4 },
);
const ATTRIBUTES = [
  'level',
  'start',
  'type',
  'language',
  'href',
  'colspan',
  'rowspan',
  'onclick',
  '__proto__',
  'ychange',
];

const { child } = fc.letrec<{ child: () => unknown }>((tie) => ({
  child: fc.oneof(
    { maxDepth: 5, withCrossShrink: true },
    deltas.map((delta) => () => {
      const value = new Y.XmlText();
      value.applyDelta(delta);
      return value;
    }),
    fc.constantFrom(
      () => new Y.Text('plain'),
      () => new Y.XmlHook('hook'),
      () => new Y.Map(),
      () => new Y.XmlFragment(),
    ),
    fc
      .tuple(
        fc.constantFrom(...NAMES),
        fc.array(fc.tuple(fc.constantFrom(...ATTRIBUTES), anything)),
        fc.array(tie('child'), { maxLength: 4 }),
      )
      .map(([name, attributes, children]) => () => {
        const value = new Y.XmlElement(name);
        for (const [key, make] of attributes) value.setAttribute(key, make() as string);
        value.insert(
          0,
          children.map((make) => make() as Y.XmlElement),
        );
        return value;
      }),
  ),
}));

/** A document that came over the wire, with this in its body. */
function received(children: readonly (() => unknown)[]): Y.Doc {
  const sender = new Y.Doc();
  sender.getXmlFragment(BODY).insert(
    0,
    children.map((make) => make() as Y.XmlElement),
  );
  return copy(sender);
}

function assertTolerant(doc: Y.Doc): Body {
  const before = Y.encodeStateAsUpdate(doc);
  const { body: read } = readContent(doc);
  deepStrictEqual(Y.encodeStateAsUpdate(doc), before);
  deepStrictEqual(checkBody(read), { ok: true, body: read });
  isValid(read);
  return read;
}

test('I10 whatever a document holds, it reads as a valid body and is not changed by that', (t) => {
  const property = fc.property(fc.array(child, { maxLength: 6 }), (children) => {
    assertTolerant(received(children));
  });
  t.notThrows(() => fc.assert(property, { numRuns: 2_000 }));
});

test('I10 a write mends whatever a document holds', (t) => {
  const property = fc.property(fc.array(child, { maxLength: 6 }), bodies(), (children, value) => {
    const doc = received(children);
    writeContent(doc, { body: value });
    deepStrictEqual(readContent(doc).body, value);
    deepStrictEqual(shown(doc), value);
    // What was read and is written back stays what it was.
    const same = received(children);
    const read = readContent(same).body;
    writeContent(same, { body: read });
    deepStrictEqual(readContent(same).body, read);
    deepStrictEqual(shown(same), read);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 500 }));
});

test('I10 a format that is named as something every object has is gone after a write, and the text is not', (t) => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const sender = new Y.Doc();
    const text = new Y.XmlText();
    const heading = new Y.XmlElement('heading');
    sender.getXmlFragment(BODY).insert(0, [heading]);
    heading.insert(0, [text]);
    const value = { href: 'javascript:alert(1)' };
    const named = (value: unknown) =>
      Object.fromEntries([
        ['bold', value],
        [name, value],
      ]);
    text.insert(0, 'a', named(value));
    text.insert(1, 'b', named(null));
    const doc = copy(sender);
    const read = readContent(doc).body;
    writeContent(doc, { body: read });
    t.deepEqual(readContent(doc).body, read, name);
    t.deepEqual(shown(doc), read, name);
  }
});

test('I10 values that are no nodes at the root of the body are skipped', (t) => {
  const sender = new Y.Doc();
  const root = sender.getArray(BODY);
  root.insert(0, [
    'a',
    1,
    null,
    { type: 'paragraph' },
    new Uint8Array(2),
    new Y.Map(),
    new Y.Text('kept'),
    new Y.Doc(),
  ]);
  const doc = copy(sender);
  t.deepEqual(assertTolerant(doc), body(paragraph('kept')));
  writeContent(doc, { body: body(paragraph('b')) });
  t.deepEqual(shown(doc), body(paragraph('b')));
});

test('I10 a body or meta of another kind of type reads as nothing', (t) => {
  const fill = [
    (doc: Y.Doc) => void doc.getMap(BODY).set('a', 1),
    (doc: Y.Doc) => doc.getText(META).insert(0, 'text'),
    (doc: Y.Doc) => doc.getXmlFragment(META).insert(0, [new Y.XmlElement('paragraph')]),
  ];
  for (const act of fill) {
    const sender = new Y.Doc();
    act(sender);
    const nothing = { title: null, summary: '', body: body(paragraph()) };
    const elsewhere = sender.share.get(META) instanceof Y.Text ? { textElsewhere: [META] } : {};
    t.deepEqual(readContent(copy(sender)), { ...nothing, ...elsewhere });
    t.deepEqual(readContent(sender), { ...nothing, ...elsewhere });
  }
});

test('I10 of thousands of formats at once, no run of a text carries more than 64', (t) => {
  const doc = new Y.Doc();
  const value = new Y.XmlText();
  doc.getXmlFragment(BODY).insert(0, [value]);
  doc.transact(() => {
    value.insert(0, 'x'.repeat(2_000));
    for (let index = 0; index < 2_000; index++)
      value.format(index, 2_000 - index, { [`bold--${10_000_000 + index}`]: {} });
  });
  let most = 0;
  const run = (_: string, formats: ReadonlyMap<string, unknown>) => {
    most = Math.max(most, formats.size);
  };
  t.false(readRuns(value, { follows: () => true, run }));
  t.is(most, 64);
  t.deepEqual(assertTolerant(doc), body(paragraph(text('x'.repeat(2_000), bold))));
  const next = body(paragraph('y'));
  writeContent(doc, { body: next });
  t.deepEqual(shown(doc), next);
});

/** Text at the bottom of blocks in blocks. */
function deepDraft(levels: number): Y.Doc {
  const doc = new Y.Doc();
  doc.transact(() => {
    let parent: Y.XmlFragment = doc.getXmlFragment(BODY);
    for (let level = 0; level < levels; level++) {
      const next = new Y.XmlElement(['blockquote', 'bulletList', 'listItem'][level % 3]!);
      parent.insert(0, [next]);
      parent = next;
    }
    parent.insert(0, [new Y.XmlText('deep')]);
  });
  return doc;
}

test('I10 a tree of twenty thousand levels is flattened', (t) => {
  t.regex(JSON.stringify(assertTolerant(deepDraft(20_000))), /deep/);
});

test('I10 a tree deeper than a body is written over', (t) => {
  const doc = deepDraft(1_000);
  const read = assertTolerant(doc);
  writeContent(doc, { body: read });
  t.deepEqual(shown(doc), read);
});

test('I10 links lead to the web, a mail, a call or within the site', (t) => {
  const kept = [
    'https://example.org',
    'http://a/b c',
    'mailto:a@b',
    'tel:+47',
    '/x',
    '/',
    '#',
    '#a',
    ' https://example.org ',
  ];
  const dropped = [
    'javascript:alert(1)',
    'JAVASCRIPT:x',
    'java\nscript:x',
    '\u0001javascript:x',
    'data:text/html,x',
    'vbscript:x',
    '//evil',
    '/\\evil',
    '/\t/evil',
    'https:evil',
    'http:\\\\evil',
    'https:///evil',
    'ftp://a',
    'x',
    '',
    'https://[',
    'file:///a',
    'blob:x',
    'mailto:',
    `/${'a'.repeat(3_000)}`,
    '/\ud800',
  ];
  const read = (href: string) => {
    const doc = new Y.Doc();
    const value = new Y.XmlText();
    value.applyDelta([
      { insert: 'a', attributes: { link: { href, target: '_self', rel: 'opener', class: 'x', title: 'a\nb' } } },
    ]);
    doc.getXmlFragment(BODY).insert(0, [value]);
    return readContent(doc).body;
  };
  for (const href of kept) t.deepEqual(read(href), body(paragraph(text('a', link(href.trim(), 'a b')))), href);
  for (const href of dropped) t.deepEqual(read(href), body(paragraph('a')), JSON.stringify(href));
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
