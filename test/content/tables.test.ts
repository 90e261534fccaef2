/** Tables in every form that a text has, and what comes in that is no good table. */
import test from 'ava';
import * as Y from 'yjs';
import { diffBodies } from '../../src/content/diff/diff.ts';
import { renderHtml } from '../../src/content/html/html.ts';
import { parseHtml } from '../../src/content/html/parse-html.ts';
import { renderMarkdown } from '../../src/content/markdown/markdown.ts';
import { parseMarkdown } from '../../src/content/markdown/parse-markdown.ts';
import { checkBody } from '../../src/content/model/json.ts';
import { MAX_TABLE_CELLS, MAX_TABLE_COLUMNS, MAX_TABLE_ROWS } from '../../src/content/model/limits.ts';
import { BODY } from '../../src/content/model/schema.ts';
import { renderText } from '../../src/content/model/text.ts';
import type { Body, Node, Parsed } from '../../src/content/model/types.ts';
import { readContent, writeContent } from '../../src/content/yjs/draft.ts';
import { body, bold, cell, header, isValid, paragraph, row, table, text, wordTable } from '../support/bodies.ts';

function ofParsed(parsed: Parsed): Body {
  if (!parsed.ok) throw new Error(parsed.detail);
  return parsed.body;
}
const fromHtml = (html: string): Body => ofParsed(parseHtml(html));
const fromMarkdown = (source: string): Body => ofParsed(parseMarkdown(source));
/** With plain cells alone. */
const plainTable = (...rows: string[][]): Node =>
  table(...rows.map((words) => row(...words.map((word) => cell(word === '' ? paragraph() : paragraph(word))))));

const RESULTS = wordTable([
  ['Party', 'Seats'],
  ['Greens', '12'],
  ['Liberals', ''],
]);

test('HTML1 a table has a head where its first row is one, and scrolls in an element that takes the focus', (t) => {
  t.is(
    renderHtml(body(RESULTS)),
    '<div class="table" tabindex="0"><table><thead><tr><th scope="col">Party</th><th scope="col">Seats</th></tr></thead>' +
      '<tbody><tr><td>Greens</td><td>12</td></tr><tr><td>Liberals</td><td></td></tr></tbody></table></div>',
  );
  const mixed = table(
    row(cell(paragraph('a'), paragraph('b'))),
    row(header({ type: 'bulletList', content: [{ type: 'listItem', content: [paragraph('c')] }] })),
  );
  t.is(
    renderHtml(body(mixed)),
    '<div class="table" tabindex="0"><table><tbody><tr><td><p>a</p><p>b</p></td></tr>' +
      '<tr><th scope="row"><ul><li>c</li></ul></th></tr></tbody></table></div>',
  );
});

test('HTML2 cells that span rows or columns become single ones, short rows are filled', (t) => {
  const cases: [string, Body][] = [
    [
      '<table><tr><td colspan="2">a</td><td rowspan="2">b</td></tr><tr><td>c</td><td>d</td></tr></table>',
      body(plainTable(['a', '', 'b'], ['c', 'd', ''])),
    ],
    [
      '<table><tr><td rowspan="3">a</td><td>b</td></tr><tr><td>c</td></tr></table>',
      body(plainTable(['a', 'b'], ['', 'c'])),
    ],
    [
      '<table><tr><td colspan="99">a</td></tr><tr><td>b</td><td>c</td></tr></table>',
      body(plainTable(['a', ''], ['b', 'c'])),
    ],
    ['<table><tr><td colspan="0" rowspan="x">a</td></tr></table>', body(plainTable(['a']))],
    ['<table><tr></tr><tr><td>a<td>b<tr><td>c</table>', body(plainTable(['a', 'b'], ['c', '']))],
    [
      '<table><thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody></table>',
      body(wordTable([['a'], ['b']])),
    ],
    [
      '<table><caption>About <b>it</b></caption><tr><td>a</td></tr></table>',
      body(paragraph('About ', text('it', bold)), plainTable(['a'])),
    ],
    ['<table></table><table><tr></tr></table>', body(paragraph())],
    ['<table><tr><td><br></td></tr></table>', body(plainTable(['']))],
  ];
  for (const [html, expected] of cases) t.deepEqual(fromHtml(html), expected, html);
});

test('HTML2 a table that only places what it holds is none', (t) => {
  const inner = '<table><tr><td>a</td><td>b</td></tr></table>';
  t.deepEqual(
    fromHtml(`<table><tr><td>x</td><td>${inner}</td></tr></table>`),
    body(paragraph('x'), plainTable(['a', 'b'])),
  );
  t.deepEqual(
    fromHtml('<table role="presentation"><tr><td>a</td><td>b</td></tr></table>'),
    body(paragraph('a'), paragraph('b')),
  );
});

test('MD1 a table has the lines of GitHub, an empty head where it has none', (t) => {
  const lines = '| Party | Seats |\n| --- | --- |\n| Greens | 12 |\n| Liberals |  |\n';
  t.is(renderMarkdown(body(RESULTS)), lines);
  t.deepEqual(fromMarkdown(lines), body(RESULTS));
  const headless = body(plainTable(['a|b', 'c'], ['d', 'e']));
  t.is(renderMarkdown(headless), '|  |  |\n| --- | --- |\n| a&#124;b | c |\n| d | e |\n');
  t.deepEqual(fromMarkdown(renderMarkdown(headless)), headless);
  const code = body(table(row(header(paragraph(text('a\\|b|', { type: 'code' }))))));
  t.deepEqual(fromMarkdown(renderMarkdown(code)), code);
});

test('MD1 of what Markdown has no cells for, the words stay', (t) => {
  const list: Node = { type: 'bulletList', content: [{ type: 'listItem', content: [paragraph('b')] }] };
  const code: Node = { type: 'codeBlock', attrs: { language: null }, content: [text('c\nd')] };
  const value = body(
    table(row(header(paragraph('a', { type: 'hardBreak' }, 'a'), list), cell(code, { type: 'horizontalRule' }))),
  );
  t.is(renderMarkdown(value), '|  |  |\n| --- | --- |\n| a a b | `c d` |\n');
});

test('MD1 a text that looks like a table stays a text', (t) => {
  for (const second of ['|---|---|', '---|---', ':--|--:', ':-:|---']) {
    const value = body(paragraph('a|b', { type: 'hardBreak' }, second));
    t.deepEqual(fromMarkdown(renderMarkdown(value)), value, second);
  }
});

test('MD2 rows of any length fill the columns of the head', (t) => {
  t.deepEqual(
    fromMarkdown('a | b\n:-|-:\n**c** | d | e\nf\n\ng'),
    body(
      table(
        row(header(paragraph('a')), header(paragraph('b'))),
        row(cell(paragraph(text('c', bold))), cell(paragraph('d'))),
        row(cell(paragraph('f')), cell(paragraph())),
      ),
      paragraph('g'),
    ),
  );
});

test('TEXT1 a row of a table is a line, with tabs between the cells', (t) => {
  const value = body(
    paragraph('a'),
    wordTable([
      ['b', ''],
      ['', 'c\nd'],
    ]),
    { type: 'blockquote', content: [RESULTS] },
  );
  t.is(renderText(value), 'a\n\nb\n\tc d\n\n> Party\tSeats\n> Greens\t12\n> Liberals');
});

test('JSON1 what tables of other editors say of every cell is taken, and left out', (t) => {
  const attrs = { colspan: 1, rowspan: 1, colwidth: null };
  const given = body(
    table(row({ ...cell(paragraph('a')), attrs }, { ...header(paragraph()), attrs: { align: null } })),
  );
  t.deepEqual(checkBody(given), { ok: true, body: body(table(row(cell(paragraph('a')), header(paragraph())))) });
});

test('JSON2 a table that is none is refused by its place', (t) => {
  const at = 'body.content[0]';
  const many = (rows: number, columns: number): Node =>
    table(...Array.from({ length: rows }, () => row(...Array.from({ length: columns }, () => cell(paragraph())))));
  const cases: [Node, string][] = [
    [table(), `${at}.content: table must contain tableRow`],
    [table(row()), `${at}.content[0].content: tableRow must contain a cell`],
    [table(row(cell())), `${at}.content[0].content[0].content: tableCell must contain paragraph`],
    [table(cell(paragraph())), `${at}.content[0]: tableCell is not allowed here`],
    [row(cell(paragraph())), `${at}: tableRow is not allowed here`],
    [
      table(row(cell(paragraph()), cell(paragraph())), row(cell(paragraph()))),
      `${at}.content[1].content: has 1 cells, but the first row has 2`,
    ],
    [
      table(row(cell({ type: 'blockquote', content: [RESULTS] }))),
      `${at}.content[0].content[0].content[0].content[0]: a table cannot contain a table`,
    ],
    [
      table(row({ ...cell(paragraph()), attrs: { colspan: 2 } })),
      `${at}.content[0].content[0].attrs.colspan: is not an allowed value`,
    ],
    [
      table(row({ ...cell(paragraph()), attrs: { style: 'x' } })),
      `${at}.content[0].content[0].attrs: "style" is not a known field`,
    ],
    [many(MAX_TABLE_ROWS + 1, 1), `${at}: A table has more than 1000 rows.`],
    [many(1, MAX_TABLE_COLUMNS + 1), `${at}: A table has more than 100 columns.`],
    [many(1_000, 11), `${at}: A table has more than ${MAX_TABLE_CELLS} cells.`],
  ];
  for (const [value, detail] of cases) t.deepEqual(checkBody(body(value)), { ok: false, detail }, detail);
  t.true(checkBody(body(many(1_000, 10))).ok);
  t.true(checkBody(body(RESULTS, RESULTS)).ok);
});

test('I9 HTML and Markdown with a table that is too large are refused', (t) => {
  const cells = (count: number) => `<tr>${'<td>a'.repeat(count)}</tr>`;
  t.deepEqual(parseHtml(`<table>${cells(101)}</table>`), { ok: false, detail: 'A table has more than 100 columns.' });
  t.deepEqual(parseHtml(`<table>${cells(1).repeat(1_001)}</table>`), {
    ok: false,
    detail: 'A table has more than 1000 rows.',
  });
  t.deepEqual(parseMarkdown(`|a|\n|-|\n${'|b|\n'.repeat(1_000)}`), {
    ok: false,
    detail: 'A table has more than 1000 rows.',
  });
  const wide = `<table><tr>${'<td>'.repeat(100)}</tr>${'<tr><td></tr>'.repeat(99)}</table>`;
  t.deepEqual(parseHtml(wide.repeat(4)), { ok: false, detail: 'The text has more than 50000 nodes.' });
});

test('DIFF2 a changed cell is marked within the cell, rows and columns that came or went in all of their cells', (t) => {
  const htmlOf = (before: Node, after: Node) => {
    const [only, ...rest] = diffBodies(body(before), body(after));
    t.deepEqual(rest, []);
    return only!.html.replace(/<\/?(?:div|table|thead|tbody)[^>]*>/g, '').replace(/ scope="\w+"/g, '');
  };
  t.is(
    htmlOf(
      RESULTS,
      wordTable([
        ['Party', 'Seats'],
        ['Greens', '13'],
        ['Liberals', ''],
      ]),
    ),
    '<tr><th>Party</th><th>Seats</th></tr><tr><td>Greens</td><td><del>12</del><ins>13</ins></td></tr><tr><td>Liberals</td><td></td></tr>',
  );
  t.is(
    htmlOf(
      RESULTS,
      wordTable([
        ['Party', 'Seats'],
        ['Liberals', ''],
        ['Others', '1'],
      ]),
    ),
    '<tr><th>Party</th><th>Seats</th></tr><tr><td><del>Greens</del></td><td><del>12</del></td></tr>' +
      '<tr><td>Liberals</td><td></td></tr><tr><td><ins>Others</ins></td><td><ins>1</ins></td></tr>',
  );
  t.is(
    htmlOf(
      RESULTS,
      wordTable([
        ['Party', 'Votes', 'Seats'],
        ['Greens', '9', '12'],
        ['Liberals', '', '4'],
      ]),
    ),
    '<tr><th>Party</th><th><ins>Votes</ins></th><th>Seats</th></tr><tr><td>Greens</td><td><ins>9</ins></td><td>12</td></tr>' +
      '<tr><td>Liberals</td><td></td><td><ins>4</ins></td></tr>',
  );
  t.is(htmlOf(wordTable([['a', 'b']]), plainTable(['a', 'b'])), '<tr><td>a</td><td>b</td></tr>');
});

test('DIFF1 a difference of two tables is a table, with a cell for every column of both', (t) => {
  const before = wordTable([
    ['a', 'b', 'c'],
    ['1', '2', '3'],
    ['only', 'here', 'before'],
  ]);
  const after = wordTable([
    ['a', 'c'],
    ['1', '3'],
    ['now', 'this'],
  ]);
  const [only] = diffBodies(body(before), body(after));
  const rows = [...only!.html.matchAll(/<tr>(.*?)<\/tr>/g)].map(([, cells = '']) => cells.match(/<t[hd]/g)?.length);
  t.true(
    rows.every((length) => length === 3),
    only!.html,
  );
});

function copy(doc: Y.Doc): Y.Doc {
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  return other;
}

const draftOf = (value: Body): Y.Doc => {
  const doc = new Y.Doc();
  writeContent(doc, { body: value });
  return doc;
};

const childAt = (parent: unknown, ...[index, ...rest]: number[]): unknown =>
  index === undefined ? parent : childAt((parent as Y.XmlFragment).get(index), ...rest);

test('DRAFT3 one word of one cell is one small update', (t) => {
  const rows = (word: string) =>
    wordTable([['n', 'word'], ...Array.from({ length: 200 }, (_, n) => [`${n}`, n === 99 ? word : 'same'])]);
  const doc = draftOf(body(rows('this')));
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  writeContent(doc, { body: body(rows('that')) });
  t.is(updates.length, 1);
  t.true(updates[0]!.length < 100, `${updates[0]!.length} bytes`);
  t.deepEqual(readContent(doc).body, body(rows('that')));
});

test('DRAFT4 what others type in a cell survives a new row, a new column and a changed neighbour', (t) => {
  const doc = draftOf(body(RESULTS));
  const author = copy(doc);
  (childAt(author.getXmlFragment(BODY), 0, 1, 0, 0, 0) as Y.XmlText).insert(6, ' and Reds');
  writeContent(doc, {
    body: body(
      wordTable([
        ['Party', 'Votes', 'Seats'],
        ['Greens', '7', '13'],
        ['Liberals', '', ''],
        ['x', 'y', 'z'],
      ]),
    ),
  });
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(author));
  t.deepEqual(
    readContent(doc).body,
    body(
      wordTable([
        ['Party', 'Votes', 'Seats'],
        ['Greens and Reds', '7', '13'],
        ['Liberals', '', ''],
        ['x', 'y', 'z'],
      ]),
    ),
  );
});

test('DRAFT2 a row and a column that two authors add at once leave a rectangular table', (t) => {
  const doc = draftOf(body(RESULTS));
  const other = copy(doc);
  writeContent(doc, {
    body: body(
      wordTable([
        ['Party', 'Seats'],
        ['Greens', '12'],
        ['Liberals', ''],
        ['Reds', '3'],
      ]),
    ),
  });
  writeContent(other, {
    body: body(
      wordTable([
        ['Party', 'Seats', 'Votes'],
        ['Greens', '12', '9'],
        ['Liberals', '', '5'],
      ]),
    ),
  });
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(other));
  t.deepEqual(
    readContent(doc).body,
    body(
      wordTable([
        ['Party', 'Seats', 'Votes'],
        ['Greens', '12', '9'],
        ['Liberals', '', '5'],
        ['Reds', '3', ''],
      ]),
    ),
  );
});

test('I10 a draft whose tables ask for more cells than it has bytes reads as its words', (t) => {
  const doc = new Y.Doc();
  const element = (name: string, ...children: (Y.XmlElement | Y.XmlText)[]): Y.XmlElement => {
    const made = new Y.XmlElement(name);
    made.insert(0, children);
    return made;
  };
  const rows = (count: number, columns: number) =>
    Array.from({ length: count }, () =>
      element('tableRow', ...Array.from({ length: columns }, () => element('tableCell'))),
    );
  const spanning = element('tableCell', element('paragraph', new Y.XmlText('word')));
  spanning.setAttribute('colspan', 100 as unknown as string);
  spanning.setAttribute('rowspan', 1_000 as unknown as string);
  doc
    .getXmlFragment(BODY)
    .insert(0, [
      element('table', ...rows(1, 5_000), ...rows(5_000, 1)),
      ...Array.from({ length: 50 }, () => element('table', ...rows(1, 100), ...rows(99, 1))),
      element('table', element('tableRow', spanning), ...rows(999, 1)),
      element('table', element('tableRow', element('table', element('tableRow', element('tableCell'))))),
    ]);
  const { body: read } = readContent(copy(doc));
  isValid(read);
  t.true(checkBodyWithout(read));
  t.true(JSON.stringify(read).length < 5_000_000);
  t.true(renderText(read).includes('word'));
});

/** Whether each block is a good one; all of them together are more than the limits allow. */
const checkBodyWithout = ({ content }: Body): boolean => content.every((block) => checkBody(body(block)).ok);
