/** Large texts: what a change of them costs, whatever stood there before. */
import { deepStrictEqual } from 'node:assert';
import test from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import { diffBodies } from '../../src/content/diff/diff.ts';
import { align } from '../../src/content/diff/sequence.ts';
import { alignWords, textChanges } from '../../src/content/diff/text-changes.ts';
import { words } from '../../src/content/diff/words.ts';
import { MAX_TEXT } from '../../src/content/model/limits.ts';
import type { Body } from '../../src/content/model/types.ts';
import { readContent, writeContent } from '../../src/content/yjs/draft.ts';
import { body, paragraph } from '../support/bodies.ts';
import { prose } from '../support/prose.ts';

/** The update that leads from one body to the other, and what it leads to. */
function change(before: Body, after: Body): { update: Uint8Array; structs: number; ranges: number; result: Body } {
  const doc = new Y.Doc();
  writeContent(doc, { body: before });
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  writeContent(doc, { body: after });
  const update = updates[0]!;
  const { structs, ds } = Y.decodeUpdate(update);
  const ranges = [...ds.clients.values()].reduce((sum, list) => sum + list.length, 0);
  return { update, structs: structs.length, ranges, result: readContent(doc).body };
}

const article = (seed: number, paragraphs: number, length: number): Body =>
  body(...Array.from({ length: paragraphs }, (_, index) => paragraph(prose(length, seed * 10_007 + index))));

for (const [paragraphs, length] of [
  [1, 250_000],
  [600, 430],
  [10_000, 60],
  [40, 24_000],
] as const) {
  test(`I9 ${paragraphs} paragraphs of ${length} characters are replaced by unrelated ones as a whole`, (t) => {
    const [before, after] = [article(1, paragraphs, length), article(2, paragraphs, length)];
    const { update, structs, ranges, result } = change(before, after);
    t.deepEqual(result, after);
    t.true(update.length < paragraphs * length * 1.1 + paragraphs * 60, `${update.length} bytes`);
    t.true(structs <= paragraphs * 3 + 10, `${structs} structs`);
    t.true(ranges <= paragraphs + 10, `${ranges} ranges`);
  });
}

test('I9 a text of the largest size takes the place of another one', (t) => {
  const [before, after] = [body(paragraph(prose(MAX_TEXT, 1))), body(paragraph(prose(MAX_TEXT, 2)))];
  const { update, structs, result } = change(before, after);
  t.deepEqual(result, after);
  t.true(structs < 10 && update.length < MAX_TEXT * 1.01, `${structs} structs, ${update.length} bytes`);
  const word = (letter: string) => body(paragraph(`${letter} `.repeat(MAX_TEXT / 2)));
  const repeated = change(word('a'), word('b'));
  t.true(repeated.structs < 10, `${repeated.structs} structs`);
});

test('DRAFT3 in a long text of one paragraph many small changes stay small', (t) => {
  const old = words(prose(200_000, 3));
  const fresh = old.map((word, index) => (index % 500 === 250 ? 'another' : word));
  const { update, result } = change(body(paragraph(old.join(''))), body(paragraph(fresh.join(''))));
  t.deepEqual(result, body(paragraph(fresh.join(''))));
  t.true(update.length < 20_000, `${update.length} bytes`);
});

test('DRAFT3 thousands of paragraphs, each with a changed word, keep their types', (t) => {
  const before = article(4, 5_000, 60);
  const doc = new Y.Doc();
  writeContent(doc, { body: before });
  const kept = new Set<unknown>(doc.getXmlFragment('body').toArray());
  const after = body(
    paragraph('A new one in front.'),
    ...before.content.map(({ content }) => paragraph(`${content![0]!.text} and`)),
  );
  writeContent(doc, { body: after });
  t.deepEqual(readContent(doc).body, after);
  const still = doc.getXmlFragment('body').toArray();
  t.is(still.filter((type) => kept.has(type)).length, 5_000);
});

test('a word that stands in both by chance is no reason to keep it', (t) => {
  const [before, after] = ['Cats sleep on the roof of our house', 'Trains cross the bridge of a river'];
  t.is(textChanges(before, after).length, 1);
  t.is(textChanges('one two three four five', '1 two three four 5').length, 2);
  t.is(diffBodies(body(paragraph(before)), body(paragraph(after)))[0]!.html.match(/<del>/g)?.length, 1);
});

test('what is aligned is equal and rises, whatever the sequences', (t) => {
  const keys = fc.array(fc.constantFrom('a', 'b', 'c', ' ', 'long word', 'e'), { maxLength: 120 });
  const property = fc.property(keys, keys, fc.constantFrom(1, 2, 5), (before, after, run) => {
    for (const pairs of [align(before, after, run), alignWords(before, after)]) {
      let last: readonly [number, number] = [-1, -1];
      for (const pair of pairs) {
        deepStrictEqual(before[pair[0]], after[pair[1]]);
        if (before[pair[0]] === undefined || pair[0] <= last[0] || pair[1] <= last[1]) throw new Error('not rising');
        last = pair;
      }
    }
    deepStrictEqual(align(before, before, run).length, before.length);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 1_000 }));
});

test('texts that are changed by what is found are the new ones', (t) => {
  const sentence = fc.array(fc.constantFrom('the', 'cat', 'sat', 'on', 'mat', '😀', 'é', ',', '本文'), {
    maxLength: 60,
  });
  const property = fc.property(sentence, sentence, (before, after) => {
    const [old, fresh] = [before.join(' '), after.join(' ')];
    let result = old;
    for (const { index, length, insert, at } of textChanges(old, fresh)) {
      deepStrictEqual(fresh.slice(at, at + insert.length), insert);
      result = result.slice(0, index) + insert + result.slice(index + length);
    }
    deepStrictEqual(result, fresh);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 1_000 }));
});
