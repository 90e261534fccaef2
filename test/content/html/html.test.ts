/** HTML and JSON, out and in. What HTML must never hold is in content-xss.test.ts. */
import { deepStrictEqual } from 'node:assert';
import test from 'ava';
import fc from 'fast-check';
import { renderHtml } from '../../../src/content/html/html.ts';
import { parseHtml } from '../../../src/content/html/parse-html.ts';
import { checkBlocks, checkBody } from '../../../src/content/model/json.ts';
import { renderText } from '../../../src/content/model/text.ts';
import type { Body, Node } from '../../../src/content/model/types.ts';
import { bodies, body, bold, cell, isValid, link, paragraph, row, table, text } from '../../support/bodies.ts';

function read(html: string): Body {
  const parsed = parseHtml(html);
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.body;
}

const item = (...content: Node[]): Node => ({ type: 'listItem', content });
const bullets = (...content: Node[]): Node => ({ type: 'bulletList', content });
const heading = (level: number, words: string): Node => ({ type: 'heading', attrs: { level }, content: [text(words)] });

test('HTML1 what is rendered reads back as the same body', (t) => {
  const property = fc.property(bodies({ for: 'html' }), (value) => {
    deepStrictEqual(read(renderHtml(value)), value);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 500 }));
});

test('HTML1 each node and mark has its element', (t) => {
  const value = body(
    heading(2, 'A & B'),
    paragraph(
      'one ',
      text('two ', bold),
      text('three', bold, { type: 'italic' }),
      { type: 'hardBreak' },
      text('x', link('https://example.org/?a=1&b="2"')),
    ),
    bullets(item(paragraph('a'), bullets(item(paragraph('b')))), item(paragraph('c'), paragraph('d'))),
    { type: 'orderedList', attrs: { start: 3, type: 'a' }, content: [item(paragraph('e'))] },
    { type: 'blockquote', content: [paragraph('f')] },
    { type: 'codeBlock', attrs: { language: 'js' }, content: [text('a < b\n')] },
    { type: 'horizontalRule' },
  );
  t.is(
    renderHtml(value),
    [
      '<h2>A &amp; B</h2>',
      '<p>one <strong>two <em>three</em></strong><br><a href="https://example.org/?a=1&amp;b=&quot;2&quot;" rel="noopener nofollow ugc">x</a></p>',
      '<ul><li>a<ul><li>b</li></ul></li><li><p>c</p><p>d</p></li></ul>',
      '<ol start="3" type="a"><li>e</li></ol>',
      '<blockquote><p>f</p></blockquote>',
      '<pre><code class="language-js">a &lt; b\n\n</code></pre>',
      '<hr>',
    ].join('\n'),
  );
});

test('HTML2 HTML reads as a browser shows it', (t) => {
  const cases: [string, Body][] = [
    ['', body(paragraph())],
    ['  a\n\n b ', body(paragraph('a b'))],
    ['<div>a<div>b</div>c</div>', body(paragraph('a'), paragraph('b'), paragraph('c'))],
    [
      '<h1>a</h1><h2>b</h2><h3>c</h3><h6>d</h6>',
      body(heading(2, 'a'), heading(2, 'b'), heading(3, 'c'), heading(3, 'd')),
    ],
    ['<ul><li>a</li><ul><li>b</li></ul></ul>', body(bullets(item(paragraph('a'), bullets(item(paragraph('b'))))))],
    ['<li>a</li>', body(paragraph('a'))],
    ['<table><tr><td>a</td><td>b</td></tr></table>', body(table(row(cell(paragraph('a')), cell(paragraph('b')))))],
    ['<p>a<!-- b --><script>c</script><style>d</style><x-y>e</x-y></p>', body(paragraph('ae'))],
    ['<p>a <b> b</b><br> c<br></p>', body(paragraph('a ', text('b', bold), { type: 'hardBreak' }, 'c'))],
    [
      '<pre class="lang-ts">\na\n  b<br>c\n</pre>',
      body({ type: 'codeBlock', attrs: { language: 'ts' }, content: [text('a\n  b\nc')] }),
    ],
    ['<template>a</template><svg><text>b</text></svg>c<img alt="d">', body(paragraph('cd'))],
    ['<ul><li><h2>a</h2></li></ul>', body(bullets(item(paragraph(), heading(2, 'a'))))],
    ['<blockquote></blockquote><ul></ul>', body(paragraph())],
  ];
  for (const [html, expected] of cases) t.deepEqual(read(html), expected, html);
});

test('HTML2 any HTML reads as a valid body', (t) => {
  const tags = [
    'p',
    'div',
    'ul',
    'ol',
    'li',
    'blockquote',
    'pre',
    'h2',
    'b',
    'code',
    'a href=/x',
    'table',
    'tr',
    'td colspan=2',
    'th rowspan=3',
    'caption',
    'thead',
    'br',
    'hr',
    'svg',
    'x-y',
  ];
  const part = fc.oneof(
    fc.constantFrom(...tags).map((tag) => `<${tag}>`),
    fc.constantFrom(...tags).map((tag) => `</${tag.split(' ')[0]}>`),
    fc.constantFrom(' ', '\n', 'a', '&nbsp;', '&#0;', '\ud800'),
  );
  const property = fc.property(fc.array(part, { maxLength: 40 }), (parts) => {
    const value = read(parts.join(''));
    deepStrictEqual(checkBody(value), { ok: true, body: value });
    return isValid(value);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 1_000 }));
});

test('I10 deep nesting is refused or flattened, and overflows no stack', (t) => {
  t.deepEqual(parseHtml('<div>'.repeat(100_000)), { ok: false, detail: 'The HTML nests more than 512 elements.' });
  t.true(isValid(read(`${'<blockquote>'.repeat(400)}a`)));
  t.true(isValid(read(`${'<ul><li>'.repeat(200)}a`)));
  let value: unknown = paragraph('a');
  for (let depth = 0; depth < 100_000; depth++) value = { type: 'blockquote', content: [value] };
  const parsed = checkBody({ type: 'doc', content: [value] });
  t.regex(parsed.ok ? '' : parsed.detail, /is nested deeper than 50 levels$/);
});

test('I9 HTML that is too long is refused', (t) => {
  t.deepEqual(parseHtml('a'.repeat(2_000_001)), { ok: false, detail: 'The HTML is longer than 2000000 characters.' });
  t.deepEqual(parseHtml('a'.repeat(1_000_001)), { ok: false, detail: 'The text is longer than 1000000 characters.' });
  t.deepEqual(parseHtml('<p>'.repeat(50_001)), { ok: false, detail: 'The text has more than 50000 nodes.' });
});

test('JSON1 a body as the editor writes it passes as it is', (t) => {
  const property = fc.property(bodies(), (value) => {
    deepStrictEqual(checkBody(JSON.parse(JSON.stringify(value))), { ok: true, body: value });
    return isValid(value);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 500 }));
});

test('JSON1 what was left out is filled in, and neighbours of equal marks are one text', (t) => {
  const given = {
    type: 'doc',
    content: [
      {
        type: 'paragraph',
        attrs: {},
        content: [
          { type: 'text', text: 'a', marks: [{ type: 'italic' }, { type: 'link', attrs: { href: '/x' } }] },
          { type: 'text', text: '' },
          {
            type: 'text',
            text: 'b\r\n',
            marks: [{ type: 'link', attrs: { href: '/x', target: null } }, { type: 'italic' }],
          },
          { type: 'hardBreak', marks: [{ type: 'bold' }] },
        ],
      },
      { type: 'orderedList', content: [{ type: 'listItem', content: [{ type: 'paragraph', content: [] }] }] },
    ],
  };
  t.deepEqual(checkBody(given), {
    ok: true,
    body: body(paragraph(text('ab\n', link('/x'), { type: 'italic' }), { type: 'hardBreak' }), {
      type: 'orderedList',
      attrs: { start: 1, type: null },
      content: [item(paragraph())],
    }),
  });
  t.deepEqual(checkBody({ type: 'doc', content: [] }), { ok: true, body: body(paragraph()) });
});

test('JSON2 what the schema does not know is refused by its place', (t) => {
  const inBody = (...content: unknown[]) => ({ type: 'doc', content });
  const marked = (mark: unknown) =>
    inBody({ type: 'paragraph', content: [{ type: 'text', text: 'a', marks: [mark] }] });
  const at = 'body.content[0].content[0]';
  const cases: [unknown, string][] = [
    [null, 'body: must be an object'],
    [[], 'body: must be an object'],
    [{ type: 'paragraph' }, 'body.type: must be doc'],
    [inBody({ type: 'image' }), 'body.content[0].type: "image" is not a known node'],
    [inBody({ type: '__proto__' }), 'body.content[0].type: "__proto__" is not a known node'],
    [inBody({ type: 'constructor' }), 'body.content[0].type: "constructor" is not a known node'],
    [inBody({ type: 7 }), 'body.content[0].type: must be a string'],
    [inBody({ type: 'text', text: 'a' }), 'body.content[0]: text is not allowed here'],
    [inBody({ type: 'doc', content: [paragraph()] }), 'body.content[0]: doc is not allowed here'],
    [inBody({ type: 'bulletList' }), 'body.content[0].content: bulletList must contain listItem'],
    [inBody(bullets(item(heading(2, 'a')))), `${at}.content[0]: heading is not allowed here`],
    [inBody({ type: 'paragraph', onclick: 'x' }), 'body.content[0]: "onclick" is not a known field'],
    [inBody(JSON.parse('{"type":"paragraph","__proto__":{}}')), 'body.content[0]: "__proto__" is not a known field'],
    [inBody({ type: 'paragraph', attrs: { style: 'x' } }), 'body.content[0].attrs: "style" is not a known field'],
    [inBody({ type: 'paragraph', marks: [{ type: 'bold' }] }), 'body.content[0].marks: is allowed on text only'],
    [inBody({ type: 'heading', attrs: { level: 1 } }), 'body.content[0].attrs.level: is not an allowed value'],
    [inBody({ type: 'heading' }), 'body.content[0].attrs.level: is not an allowed value'],
    [inBody({ type: 'heading', attrs: { level: '2' } }), 'body.content[0].attrs.level: is not an allowed value'],
    [
      inBody({ type: 'codeBlock', attrs: { language: 'a"b' } }),
      'body.content[0].attrs.language: is not an allowed value',
    ],
    [inBody({ type: 'codeBlock', content: [text('a', bold)] }), `${at}.marks: is not allowed in code`],
    [inBody({ type: 'orderedList', attrs: { start: -1 } }), 'body.content[0].attrs.start: is not an allowed value'],
    [inBody({ type: 'paragraph', content: 'a' }), 'body.content[0].content: must be an array'],
    [inBody(paragraph(text('a\u0000'))), `${at}.text: contains a control character or a lone surrogate`],
    [inBody(paragraph(text('\ud800'))), `${at}.text: contains a control character or a lone surrogate`],
    [inBody({ type: 'paragraph', content: [{ type: 'text' }] }), `${at}.text: must be a string`],
    [marked({ type: 'underline' }), `${at}.marks[0].type: "underline" is not a known mark`],
    [marked({ type: 'bold', attrs: { class: 'x' } }), `${at}.marks[0].attrs: "class" is not a known field`],
    [
      marked({ type: 'link' }),
      `${at}.marks[0].attrs.href: must be an http, https, mailto or tel URL, or begin with / or #`,
    ],
    [
      marked({ type: 'link', attrs: { href: '/x', target: '_top' } }),
      `${at}.marks[0].attrs.target: is not an allowed value`,
    ],
    [
      marked({ type: 'link', attrs: { href: '/x', onclick: 'x' } }),
      `${at}.marks[0].attrs: "onclick" is not a known field`,
    ],
    [inBody(paragraph(text('a', bold, bold))), `${at}.marks: has bold twice`],
    [inBody(paragraph(text('a', bold, { type: 'code' }))), `${at}.marks: code cannot be combined with other marks`],
  ];
  for (const [value, detail] of cases) t.deepEqual(checkBody(value), { ok: false, detail }, detail);
});

test('JSON2 any JSON value is either refused or a valid body', (t) => {
  const key = fc.constantFrom('type', 'content', 'attrs', 'marks', 'text', 'level', 'href');
  const { node } = fc.letrec((tie) => ({
    node: fc.oneof(
      { maxDepth: 4 },
      fc.jsonValue(),
      fc.record(
        {
          type: fc.constantFrom('doc', 'paragraph', 'heading', 'text', 'bulletList', 'listItem', 'link'),
          text: tie('node'),
          content: fc.array(tie('node')),
          attrs: fc.dictionary(key, fc.jsonValue()),
          marks: fc.array(tie('node')),
        },
        { requiredKeys: ['type'] },
      ),
    ),
  }));
  const property = fc.property(node, (value) => {
    const parsed = checkBody(value);
    return parsed.ok ? isValid(parsed.body) : /^body/.test(parsed.detail);
  });
  t.notThrows(() => fc.assert(property, { numRuns: 1_000 }));
});

test('I9 JSON that is too large is refused', (t) => {
  const many = Array.from({ length: 50_001 }, () => ({ type: 'horizontalRule' }));
  t.deepEqual(checkBlocks(many), { ok: false, detail: 'blocks[50000]: has more than 50000 nodes' });
  const long = [paragraph('a'.repeat(600_000)), paragraph('a'.repeat(600_000))];
  t.deepEqual(checkBlocks(long), {
    ok: false,
    detail: 'blocks[1].content[0]: has more than 1000000 characters of text',
  });
  t.deepEqual(checkBlocks([]), { ok: false, detail: 'blocks: doc must contain paragraph' });
  t.deepEqual(checkBlocks([paragraph('a')]), { ok: true, blocks: [paragraph('a')] });
});

test('TEXT1 plain text keeps lines, lists and quotes apart', (t) => {
  const value = body(
    heading(2, 'Title'),
    paragraph('a', { type: 'hardBreak' }, 'b'),
    bullets(
      item(paragraph('c'), {
        type: 'orderedList',
        attrs: { start: 9, type: null },
        content: [item(paragraph('d')), item(paragraph('e'))],
      }),
    ),
    { type: 'blockquote', content: [paragraph('f'), paragraph('g')] },
  );
  t.is(renderText(value), 'Title\n\na\nb\n\n- c\n  9. d\n  10. e\n\n> f\n>\n> g');
});
