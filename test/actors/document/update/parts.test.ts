/** Large changes of content: the limits that they have, and the parts in which they are taken in. */
import { deepStrictEqual } from 'node:assert';
import test from 'ava';
import * as Y from 'yjs';
import { composedLimits, DEFAULT_SCAN_LIMITS } from '../../../../src/actors/document/update/limits.ts';
import { scanUpdate } from '../../../../src/actors/document/update/scan.ts';
import {
  type ComposedUpdate,
  type ComposeTask,
  compose,
  copyOf,
  isQuick,
} from '../../../../src/actors/document/writes/compose.ts';
import { checkBody } from '../../../../src/content/model/json.ts';
import { MAX_NODES } from '../../../../src/content/model/limits.ts';
import type { Body, Mark, Node } from '../../../../src/content/model/types.ts';
import { readContent } from '../../../../src/content/yjs/draft.ts';
import { body, bold, link, paragraph, text } from '../../../support/bodies.ts';
import { prose } from '../../../support/prose.ts';
import { dear } from '../../../support/update-documents.ts';

const MAX_DOCUMENT_BYTES = 16_777_216;
const limits = composedLimits(MAX_DOCUMENT_BYTES);

function made(task: Partial<ComposeTask>): ComposedUpdate {
  const composed = compose({ updates: [], change: {}, clientIds: [{ clientId: 2, clock: 0 }], limits, ...task });
  if (composed.kind !== 'made') throw new Error(JSON.stringify(composed));
  return composed;
}

/** The state of a draft that somebody else wrote. */
function stateOf(value: Body): Uint8Array {
  const { update } = made({ change: { body: value }, clientIds: [{ clientId: 1, clock: 0 }] });
  return Y.encodeStateAsUpdate(copyOf([update]));
}

const article = (seed: number, paragraphs: number): Body =>
  body(...Array.from({ length: paragraphs }, (_, index) => paragraph(prose(40, seed * 100_003 + index))));

const list = (...items: Node[]): Node => ({
  type: 'bulletList',
  content: items.map((item) => ({ type: 'listItem', content: [item] })),
});

const marked = (count: number): Body =>
  body(paragraph(...Array.from({ length: count }, (_, n) => (n % 2 === 0 ? text(`${n} `) : text(`${n} `, bold)))));

const CHANGES: [string, Body, Body][] = [
  ['thousands of paragraphs into nothing', body(paragraph()), article(1, 3_000)],
  ['thousands of paragraphs for others', article(1, 3_000), article(2, 2_500)],
  ['nothing for thousands of paragraphs', article(1, 3_000), body(paragraph())],
  ['a list for another one', body(list(...article(1, 900).content)), body(list(...article(2, 900).content))],
  ['no marks for thousands', marked(4_000), body(paragraph('plain'))],
  ['every second paragraph away', article(1, 3_000), body(...article(1, 3_000).content.filter((_, n) => n % 2 === 0))],
];

for (const [name, before, after] of CHANGES) {
  test(`I10 ${name}: the parts are the whole, and each is small`, (t) => {
    const state = stateOf(before);
    const { parts, update } = made({ updates: [state], change: { body: after } });
    t.true(parts.length > 1);
    const [whole, doc] = [copyOf([state]), copyOf([state])];
    // Somebody types meanwhile, at the start and at the end.
    const other = new Y.Doc();
    other.clientID = 3;
    Y.applyUpdate(other, state);
    const fragment = other.getXmlFragment('body');
    const had = Y.encodeStateVector(other);
    fragment.insert(fragment.length, [new Y.XmlElement('horizontalRule')]);
    fragment.insert(0, [new Y.XmlElement('horizontalRule')]);
    const typed = Y.encodeStateAsUpdate(other, had);
    for (const to of [whole, doc]) Y.applyUpdate(to, typed);
    Y.applyUpdate(whole, update);
    for (const part of parts) {
      const scan = scanUpdate(part, DEFAULT_SCAN_LIMITS);
      t.true(scan.ok && scan.structCount <= 1_000);
      const store = () => [...doc.store.clients.values()].reduce((sum, { length }) => sum + length, 0);
      const structs = store();
      Y.applyUpdate(doc, part);
      t.true(structs - store() <= 700, 'little is collected at a time');
    }
    t.is(doc.store.pendingStructs, null);
    t.is(doc.store.pendingDs, null);
    deepStrictEqual(readContent(doc), readContent(whole));
    deepStrictEqual(Y.encodeStateVector(doc), Y.encodeStateVector(whole));
    const missing = Y.encodeStateAsUpdate(doc, Y.encodeStateVector(whole));
    Y.applyUpdate(whole, missing);
    deepStrictEqual(readContent(whole), readContent(doc));
  });
}

test('I10 large texts that replace each other are written under two client ids by turns', (t) => {
  const doc = new Y.Doc();
  const write = (change: ComposeTask['change']): number => {
    const clientIds = [7, 8, 9].map((clientId) => ({
      clientId,
      clock: Y.getState(doc.store, clientId),
      isSpare: clientId === 9,
    }));
    const { parts, writtenUnder } = made({ updates: [Y.encodeStateAsUpdate(doc)], change, clientIds: clientIds });
    for (const part of parts) Y.applyUpdate(doc, part);
    return writtenUnder.clientId;
  };
  t.is(write({ body: article(1, 1_500) }), 7);
  t.is(write({ append: article(9, 1).content }), 7, 'what deletes nothing');
  t.is(write({ body: article(2, 1_500) }), 8);
  t.is(write({ body: article(3, 1_500) }), 7);
  t.is(write({ body: article(4, 1_500) }), 8);
  t.is(write({ body: article(5, 3) }), 7);
  t.is(write({ body: article(6, 3) }), 7, 'small ones under one');
  t.is(doc.store.clients.size, 2);
});

test('a small change is one part, the update itself', (t) => {
  const { parts, update } = made({ updates: [stateOf(article(1, 3_000))], change: { title: 'A title' } });
  t.is(parts.length, 1);
  t.is(parts[0], update);
});

test('I9 the largest accepted content can be written, and removed again', (t) => {
  const every: Mark[] = [link('/a', 't'), bold, { type: 'italic' }, { type: 'strike' }];
  const largest: [string, Body][] = [
    // Each text begins and ends all the marks that its neighbours lack.
    ['marks', body(paragraph(...Array.from({ length: MAX_NODES - 2 }, (_, n) => text('x', ...(n % 2 ? every : [])))))],
    ['empty paragraphs', body(...Array.from({ length: MAX_NODES - 1 }, () => paragraph()))],
    ['short paragraphs', body(...Array.from({ length: (MAX_NODES - 2) / 2 }, (_, n) => paragraph(`${n}`)))],
    ['long text', body(paragraph('é'.repeat(1_000_000)))],
  ];
  for (const [name, value] of largest) {
    const checked = checkBody(value);
    if (!checked.ok) return t.fail(`${name}: ${checked.detail}`);
    const { parts, update, weight } = made({ change: { body: checked.body, title: 'T', summary: 'S' } });
    t.true(weight.structCount <= limits.maxStructs / 2, `${name}: ${weight.structCount} structs`);
    t.true(update.byteLength <= MAX_DOCUMENT_BYTES, `${name}: ${update.byteLength} bytes`);
    t.true(parts.length >= weight.structCount / 1_000);
    const gone = compose({
      updates: [update],
      change: { body: body(paragraph('x')) },
      clientIds: [{ clientId: 5, clock: 0 }],
      limits,
    });
    t.is(gone.kind, 'made', name);
  }
});

test('I9 beyond its limits a change is refused', (t) => {
  const task = { updates: [], change: { body: article(1, 100) }, clientIds: [{ clientId: 2, clock: 0 }] };
  t.like(compose({ ...task, limits: { ...limits, maxStructs: 100 } }), { kind: 'refused', code: 'update_limit' });
  t.like(compose({ ...task, limits: { ...limits, maxBytes: 1_000 } }), { kind: 'refused', code: 'update_too_large' });
  t.like(compose({ ...task, limits }), { kind: 'made' });
  t.like(compose({ ...task, change: {}, limits }), { kind: 'unchanged' });
});

test('I10 parts are tried on a copy, in time, and only after those before them', (t) => {
  const { parts, update } = made({ change: { body: article(1, 2_000) } });
  t.true(isQuick(parts, [], 10_000));
  // Many times the budget: the clock of a thread may tick in steps of some milliseconds.
  t.false(isQuick([dear(2_000)], [], 50));
  t.throws(() => isQuick([parts.at(-1)!], [], 10_000), { message: /pending/ });
  t.true(isQuick([update], [], 10_000));
});
