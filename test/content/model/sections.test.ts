/** Sections of a text: which headings begin them, and what belongs to each. */
import test from 'ava';
import { headingsOf, sectionsOf } from '../../../src/content/model/sections.ts';
import { renderText } from '../../../src/content/model/text.ts';
import type { Block, Body } from '../../../src/content/model/types.ts';

const text = (words: string) => (words === '' ? {} : { content: [{ type: 'text', text: words }] });
const paragraph = (words: string): Block => ({ type: 'paragraph', ...text(words) });
const heading = (level: number, words: string): Block => ({ type: 'heading', attrs: { level }, ...text(words) });
const bodyOf = (...content: Block[]): Body => ({ type: 'doc', content });
const readOf = (body: Body) => sectionsOf(body).map((one) => [one.heading, renderText(one.body)]);

test('ONAIR7 headings of the highest level begin sections, and what stands before the first belongs to none', (t) => {
  const body = bodyOf(
    paragraph('before'),
    heading(2, 'One'),
    paragraph('a'),
    heading(3, 'Below'),
    paragraph('b'),
    heading(2, 'Two'),
  );
  t.deepEqual(readOf(body), [
    ['One', 'a\n\nBelow\n\nb'],
    ['Two', ''],
  ]);
  t.deepEqual(
    sectionsOf(body).map(({ at }) => at),
    [1, 5],
  );
  t.deepEqual(headingsOf(body), [1, 3, 5]);
});

test('ONAIR7 without a heading of the second level those of the third begin sections', (t) => {
  t.deepEqual(readOf(bodyOf(heading(3, 'One'), paragraph('a'), heading(3, 'Two'))), [
    ['One', 'a'],
    ['Two', ''],
  ]);
});

test('ONAIR7 a heading without text begins nothing, and a heading is one line', (t) => {
  const broken: Block = {
    type: 'heading',
    attrs: { level: 2 },
    content: [{ type: 'text', text: ' Over ' }, { type: 'hardBreak' }, { type: 'text', text: 'two lines' }],
  };
  t.deepEqual(readOf(bodyOf(heading(2, ' '), paragraph('a'), broken, heading(2, ''), paragraph('b'))), [
    ['Over two lines', '\n\nb'],
  ]);
});

test('a text without headings has no sections, and a heading inside of a quote is none of the text', (t) => {
  t.deepEqual(sectionsOf(bodyOf()), []);
  t.deepEqual(sectionsOf(bodyOf(paragraph('a'), { type: 'blockquote', content: [heading(2, 'Quoted')] })), []);
});
