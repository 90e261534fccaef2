/** Differences for people to read: in order, complete, and no slower on what differs everywhere. */
import { strictEqual } from 'node:assert';
import test from 'ava';
import fc from 'fast-check';
import { type DiffBlock, diffBodies } from '../../../src/content/diff/diff.ts';
import { renderBlock } from '../../../src/content/html/html.ts';
import type { Body, Node } from '../../../src/content/model/types.ts';
import { bodies, body, bold, paragraph, text } from '../../support/bodies.ts';

const item = (words: string): Node => ({ type: 'listItem', content: [paragraph(words)] });
const list = (...words: string[]): Node => ({ type: 'bulletList', content: words.map(item) });

/** The words of one side: what the other side's marks hold is left out. */
function side(blocks: readonly DiffBlock[], without: 'ins' | 'del'): string {
  const gone = without === 'ins' ? 'added' : 'removed';
  return blocks
    .filter(({ kind }) => kind !== gone)
    .map(({ html }) => html.replace(new RegExp(`<${without}>.*?</${without}>`, 'gs'), ''))
    .join('')
    .replace(/<[^>]*>/g, '');
}

const wordsOf = (value: Body): string =>
  value.content
    .map(renderBlock)
    .join('')
    .replace(/<[^>]*>/g, '');

test('DIFF1 both texts can be read out of their difference', (t) => {
  const property = fc.property(bodies(), bodies(), (before, after) => {
    const blocks = diffBodies(before, after);
    strictEqual(side(blocks, 'ins').replaceAll('\n', ''), wordsOf(before).replaceAll('\n', ''));
    strictEqual(side(blocks, 'del').replaceAll('\n', ''), wordsOf(after).replaceAll('\n', ''));
  });
  t.notThrows(() => fc.assert(property, { numRuns: 300 }));
});

test('DIFF1 a text and itself are the same, block by block', (t) => {
  const property = fc.property(bodies(), (value) => {
    const same = value.content.map((block) => JSON.stringify({ kind: 'same', html: renderBlock(block) }));
    strictEqual(
      diffBodies(value, value)
        .map((block) => JSON.stringify(block))
        .join(),
      same.join(),
    );
  });
  t.notThrows(() => fc.assert(property, { numRuns: 200 }));
});

test('DIFF2 blocks come in reading order, what went before what came', (t) => {
  const before = body(paragraph('one'), list('a'), paragraph('three'));
  const after = body(paragraph('one'), { type: 'horizontalRule' }, paragraph('three'), paragraph('four'));
  t.deepEqual(diffBodies(before, after), [
    { kind: 'same', html: '<p>one</p>' },
    { kind: 'removed', html: '<ul><li>a</li></ul>' },
    { kind: 'added', html: '<hr>' },
    { kind: 'same', html: '<p>three</p>' },
    { kind: 'added', html: '<p>four</p>' },
  ]);
});

test('DIFF2 inside a block, words are marked, with their marks', (t) => {
  const before = body(paragraph('The quick fox & me ', text('jumps', bold)), list('a', 'b', 'c'));
  const after = body(paragraph('The slow fox & me jumps'), list('a', 'c', 'd e'));
  t.deepEqual(diffBodies(before, after), [
    {
      kind: 'changed',
      html: '<p>The <del>quick</del><ins>slow</ins> fox &amp; me <del><strong>jumps</strong></del><ins>jumps</ins></p>',
    },
    { kind: 'changed', html: '<ul><li>a</li><li><del>b</del></li><li>c</li><li><ins>d e</ins></li></ul>' },
  ]);
});

test('DIFF2 words that changed one after the other are one change', (t) => {
  t.deepEqual(diffBodies(body(paragraph('say one two now')), body(paragraph('say three four now'))), [
    { kind: 'changed', html: '<p>say <del>one two</del><ins>three four</ins> now</p>' },
  ]);
});

test('I9 texts that differ everywhere are compared coarsely, and completely', (t) => {
  const words = (mark: string) => Array.from({ length: 20_000 }, (_, index) => `${mark}${index}`).join(' ');
  const blocks = (mark: string) => Array.from({ length: 3_000 }, (_, index) => paragraph(`${mark} ${index} ${mark}`));
  const [before, after] = [body(paragraph(words('a')), ...blocks('a')), body(paragraph(words('b')), ...blocks('b'))];
  const result = diffBodies(before, after);
  t.is(side(result, 'ins'), wordsOf(before));
  t.is(side(result, 'del'), wordsOf(after));
});
