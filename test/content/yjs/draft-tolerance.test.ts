/** Drafts that hold anything that Yjs can hold: they read as valid content, and a write mends them. */
import { deepStrictEqual } from 'node:assert';
import test from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import { checkBody } from '../../../src/content/model/json.ts';
import { BODY, META } from '../../../src/content/model/schema.ts';
import { SHAPES } from '../../../src/content/model/shape.ts';
import type { Body } from '../../../src/content/model/types.ts';
import { readContent, writeContent } from '../../../src/content/yjs/draft.ts';
import { readRuns } from '../../../src/content/yjs/draft-text.ts';
import { bodies, body, bold, isValid, link, paragraph, text } from '../../support/bodies.ts';
import { copy, shown } from '../../support/draft-content.ts';

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
