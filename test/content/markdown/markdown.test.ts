/** Markdown out and in: what goes out comes back the same, and what is read is valid. */
import { deepStrictEqual } from 'node:assert';
import test from 'ava';
import fc from 'fast-check';
import { parseMarkdown, renderMarkdown } from '../../../src/content/markdown/markdown.ts';
import type { Body } from '../../../src/content/model/types.ts';
import { bodies, body, bold, isValid, link, paragraph, text } from '../../support/bodies.ts';

function read(markdown: string): Body {
  const parsed = parseMarkdown(markdown);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.body;
}

test('MD1 what is rendered reads back as the same body', (t) => {
  const property = fc.property(bodies({ for: 'markdown' }), (value) => {
    deepStrictEqual(read(renderMarkdown(value)), value);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 1_000 }));
});

test('MD1 a line end within the text of a heading stays one', (t) => {
  for (const words of ['a\nb', ' \n ', '#\n#']) {
    const value = body({ type: 'heading', attrs: { level: 2 }, content: [text(words)] });
    t.deepEqual(read(renderMarkdown(value)), value, words);
  }
});

test('MD1 what looks like Markdown in a text stays a text', (t) => {
  for (const words of [
    '# no heading',
    '1. no item',
    '- none',
    '> none',
    '*not* _so_ ~~at~~ `all`',
    '[a](b) ![c](d)',
    '&amp; &#42;',
    '<b>x</b>',
    '---',
    '===',
    '~~~',
    '\\*',
    ' edge ',
  ]) {
    const value = body(paragraph(words));
    t.deepEqual(read(renderMarkdown(value)), value, words);
  }
});

test('MD1 marks begin and end in the middle of words and beside punctuation', (t) => {
  const italic = { type: 'italic' };
  const runs = [
    [text('un'), text('believ', italic), text('able')],
    [text('a'), text('“b”', bold), text('c')],
    [text('(x)', bold), text('y')],
    [text('a', bold, italic), text('b', italic), text('c', bold)],
    [text(' a ', bold), text('b')],
    [text('!'), text('a', link('https://example.org/a_(b)'))],
  ];
  for (const run of runs) {
    const value = body(paragraph(...run));
    t.deepEqual(read(renderMarkdown(value)), value, renderMarkdown(value));
  }
});

test('MD1 what Markdown cannot say is left out, and nothing else', (t) => {
  const br = { type: 'hardBreak' };
  const before = body(paragraph(), paragraph('a', br), {
    type: 'heading',
    attrs: { level: 2 },
    content: [text('b'), br, text('c')],
  });
  t.deepEqual(
    read(renderMarkdown(before)),
    body(paragraph('a'), { type: 'heading', attrs: { level: 2 }, content: [text('b c')] }),
  );
});

test('MD2 whatever is written in Markdown reads as a valid body', (t) => {
  const signs = [
    '# ',
    '- ',
    '> ',
    '1. ',
    '\n',
    '\n\n',
    '    ',
    '```',
    '`',
    '**',
    '_',
    '~~',
    '[',
    '](',
    ')',
    '<b>',
    '![',
    '---',
    '\\',
    '|',
    '\t',
  ];
  const source = fc.array(fc.oneof(fc.constantFrom(...signs), fc.string({ unit: 'binary', maxLength: 5 })));
  const property = fc.property(source, (parts) => isValid(read(parts.join(''))));
  t.notThrows(() => fc.assert(property, { numRuns: 1_000 }));
});

test('MD2 headings have two levels, HTML is text, an image is its description, a bad link its text', (t) => {
  t.deepEqual(
    read('# a\n\n##### b\n\n<i>c</i> ![d](e.png) [f](javascript:alert(1))'),
    body(
      { type: 'heading', attrs: { level: 2 }, content: [text('a')] },
      { type: 'heading', attrs: { level: 3 }, content: [text('b')] },
      paragraph('<i>c</i> d f'),
    ),
  );
});

test('I9 Markdown that is too long or nests too deep is refused', (t) => {
  t.deepEqual(parseMarkdown('a'.repeat(2_000_001)), {
    ok: false,
    detail: 'The Markdown is longer than 2000000 characters.',
  });
  t.deepEqual(parseMarkdown('a'.repeat(1_000_001)), {
    ok: false,
    detail: 'The text is longer than 1000000 characters.',
  });
  t.deepEqual(parseMarkdown('- a\n'.repeat(20_000)), { ok: false, detail: 'The text has more than 50000 nodes.' });
  t.deepEqual(parseMarkdown('!['.repeat(50_001)), { ok: false, detail: 'The Markdown has more than 50000 brackets.' });
  t.deepEqual(parseMarkdown(`${'>'.repeat(1_000)} a`), {
    ok: false,
    detail: 'The Markdown nests more than 100 blocks.',
  });
});

test('I10 what is nested as deep as Markdown may goes as deep as a body may', (t) => {
  t.true(isValid(read(`${'>'.repeat(97)} a`)));
});
