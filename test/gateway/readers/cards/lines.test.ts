/** A text in lines: broken where its language breaks it, cut where there is no room. A character is one wide here. */
import test from 'ava';
import { oneLine, type Setting, setInLines } from '../../../../src/gateway/readers/cards/lines.ts';

const measure = (text: string) => [...text].length;
const set = (text: string, width: number, lines = 9, language = 'en') =>
  setInLines(text, [{ size: 1, lines }], width, measure, language).lines;

test('lines break at spaces and behind hyphens, and words stay with their punctuation', (t) => {
  t.deepEqual(set('He said "hello there", and left.', 10), ['He said', '"hello', 'there",', 'and left.']);
  t.deepEqual(set('state-of-the-art at 12.30', 9), ['state-of-', 'the-art', 'at 12.30']);
  t.deepEqual(set('', 10), []);
  t.deepEqual(set('  ', 10), []);
});

test('Japanese breaks between words, with neither small kana nor punctuation at the start of a line', (t) => {
  const lines = set('「数千世帯が停電」と、救急当局がっかり。', 5, 9, 'ja');
  t.is(lines.join(''), '「数千世帯が停電」と、救急当局がっかり。');
  t.true(lines.length > 3);
  for (const line of lines) {
    t.true(measure(line) <= 5, line);
    t.notRegex(line, /^[」、。っ]|「$/u);
  }
});

test('I10 a word that is wider than a line is broken, by characters as readers see them', (t) => {
  t.deepEqual(set('abcdefghij', 4), ['abcd', 'efgh', 'ij']);
  t.deepEqual(set('e\u0301'.repeat(3), 4), ['e\u0301e\u0301', 'e\u0301']);
  t.is(set(`e${'\u0301'.repeat(50)}`, 4).join('').length, 51, 'one character that never fits ends it');
});

test('a text is as large as there is room for, and cut in the smallest size alone', (t) => {
  const settings: [Setting, ...Setting[]] = [
    { size: 2, lines: 1 },
    { size: 1, lines: 2 },
  ];
  const at = (text: string) => setInLines(text, settings, 10, measure, 'en');
  t.deepEqual(at('abcde'), { size: 2, lines: ['abcde'] });
  t.deepEqual(at('abc defg hij'), { size: 1, lines: ['abc defg', 'hij'] });
  t.deepEqual(at('abc defg hij klmnopq rstu'), { size: 1, lines: ['abc defg', 'hij klmno…'] });
  t.is(oneLine('abcdef', 6, measure, 'en'), 'abcdef');
  t.is(oneLine('abcdefg', 6, measure, 'en'), 'abcde…');
});
