/** Tables in the editor, without a browser: what its commands make of a draft, alone and together. */
import '../../support/dom.ts';
import { Editor } from '@tiptap/core';
import { CellSelection } from '@tiptap/pm/tables';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import { collaboration } from '../../../src/clients/pages/edit/collaboration.ts';
import { TableEditing } from '../../../src/clients/pages/edit/tables/table-editing.ts';
import { CONTENT } from '../../../src/content/model/extensions.ts';
import { MAX_TABLE_COLUMNS } from '../../../src/content/model/limits.ts';
import { BODY } from '../../../src/content/model/schema.ts';
import type { Body, Node } from '../../../src/content/model/types.ts';
import { readContent, writeContent } from '../../../src/content/yjs/draft.ts';
import { body, cell, paragraph, row, table, wordTable } from '../../support/bodies.ts';
import { element } from '../../support/dom.ts';

interface Author {
  readonly doc: Y.Doc;
  readonly editor: Editor;
}

const copy = (doc: Y.Doc): Y.Doc => {
  const other = new Y.Doc();
  Y.applyUpdate(other, Y.encodeStateAsUpdate(doc));
  return other;
};

function authorOf(t: ExecutionContext, doc: Y.Doc): Author {
  const editor = new Editor({
    element: element() as never,
    injectCSS: false,
    extensions: [...CONTENT, TableEditing, collaboration(doc.getXmlFragment(BODY))],
  });
  t.teardown(() => editor.destroy());
  return { doc, editor };
}

function draftOf(value: Body): Y.Doc {
  const doc = new Y.Doc();
  writeContent(doc, { body: value });
  return doc;
}

const author = (t: ExecutionContext, ...blocks: Node[]): Author => authorOf(t, draftOf(body(...blocks)));

function exchange(...authors: Author[]): void {
  const updates = authors.map(({ doc }) => Y.encodeStateAsUpdate(doc));
  for (const { doc } of authors) for (const update of updates) Y.applyUpdate(doc, update);
}

const stored = ({ doc }: Author): Body => readContent(doc).body;

/** Places the caret before these words. */
function caretAt({ editor }: Author, words: string): void {
  let at = -1;
  editor.state.doc.descendants((node, pos) => {
    if (at < 0 && node.isText && node.text?.startsWith(words)) at = pos;
  });
  editor.commands.setTextSelection(at);
}

declare const window: { KeyboardEvent: new (type: string, init: object) => { defaultPrevented: boolean } };

const press = ({ editor }: Author, key: string, shiftKey = false): boolean => {
  const event = new window.KeyboardEvent('keydown', { key, shiftKey, bubbles: true, cancelable: true });
  editor.view.dom.dispatchEvent(event as never);
  return event.defaultPrevented;
};

const TWO = wordTable([
  ['a', 'b'],
  ['c', 'd'],
]);
const empty = paragraph();

test('a table takes the place of an empty paragraph, with a line to go on behind it', (t) => {
  const one = author(t, paragraph());
  t.true(one.editor.commands.insertTable());
  const blank = wordTable([
    ['', '', ''],
    ['', '', ''],
    ['', '', ''],
  ]);
  t.deepEqual(stored(one), body(blank, empty));
  one.editor.commands.insertContent('first');
  t.deepEqual(stored(one).content[0]?.content?.[0]?.content?.[0]?.content, [paragraph('first')]);
  t.false(one.editor.can().insertTable(), 'no table in a table');

  const two = author(t, paragraph('before'), paragraph('after'));
  caretAt(two, 'before');
  two.editor.commands.insertTable();
  t.deepEqual(stored(two), body(paragraph('before'), blank, paragraph('after')));
});

test('rows and columns are added before and after, and deleted; the last one takes the table with it', (t) => {
  const one = author(t, TWO, paragraph('x'));
  // Made anew each time: a set of commands is for one change.
  const { editor } = one;
  const becomes = (...rows: string[][]) => t.deepEqual(stored(one), body(wordTable(rows), paragraph('x')));
  caretAt(one, 'd');
  editor.commands.addTableRow('before');
  becomes(['a', 'b'], ['', ''], ['c', 'd']);
  editor.commands.addTableRow('after');
  becomes(['a', 'b'], ['', ''], ['c', 'd'], ['', '']);
  editor.commands.addTableColumn('before');
  becomes(['a', '', 'b'], ['', '', ''], ['c', '', 'd'], ['', '', '']);
  editor.commands.addTableColumn('after');
  becomes(['a', '', 'b', ''], ['', '', '', ''], ['c', '', 'd', ''], ['', '', '', '']);
  editor.commands.deleteTableColumn();
  becomes(['a', '', ''], ['', '', ''], ['c', '', ''], ['', '', '']);
  editor.commands.deleteTableRow();
  becomes(['a', '', ''], ['', '', ''], ['', '', '']);
  editor.commands.deleteTableRow();
  editor.commands.deleteTableRow();
  becomes(['a', '', '']);
  editor.commands.deleteTableRow();
  t.deepEqual(stored(one), body(paragraph('x')));
});

test('a header row and a header column are switched on and off', (t) => {
  const one = author(t, TWO);
  caretAt(one, 'c');
  one.editor.commands.toggleTableHeader('row');
  t.deepEqual(
    stored(one),
    body(
      table(
        ...[
          ['a', 'b'],
          ['c', 'd'],
        ].map((words) => row(...words.map((word) => cell(paragraph(word))))),
      ),
    ),
  );
  one.editor.commands.toggleTableHeader('column');
  const types = () => stored(one).content[0]?.content?.map(({ content = [] }) => content.map(({ type }) => type));
  t.deepEqual(types(), [
    ['tableHeader', 'tableCell'],
    ['tableHeader', 'tableCell'],
  ]);
  one.editor.commands.toggleTableHeader('column');
  one.editor.commands.toggleTableHeader('row');
  t.deepEqual(stored(one), body(TWO));
});

test('Tab goes from cell to cell and adds a row behind the last one, Shift+Tab goes back', (t) => {
  const one = author(t, TWO, empty);
  caretAt(one, 'a');
  const type = (words: string) => one.editor.commands.insertContent(words);
  t.true(press(one, 'Tab'));
  type('B');
  press(one, 'Tab');
  press(one, 'Tab');
  type('D');
  press(one, 'Tab');
  type('e');
  t.true(press(one, 'Tab', true));
  type('!');
  t.deepEqual(
    stored(one),
    body(
      wordTable([
        ['a', 'B'],
        ['c', '!'],
        ['e', ''],
      ]),
      empty,
    ),
  );
});

test('a line is made above and below a table that has none', (t) => {
  const one = author(t, TWO);
  caretAt(one, 'b');
  one.editor.view.endOfTextblock = () => true;
  t.false(press(one, 'ArrowDown') && stored(one).content.length > 1, 'not from the first row');
  caretAt(one, 'c');
  press(one, 'ArrowDown');
  one.editor.commands.insertContent('below');
  caretAt(one, 'b');
  press(one, 'ArrowUp');
  one.editor.commands.insertContent('above');
  t.deepEqual(stored(one), body(paragraph('above'), TWO, paragraph('below')));
});

test('deleting selected cells empties them, deleting all of them deletes the table', (t) => {
  const one = author(t, TWO, paragraph('x'));
  const select = (first: number, last: number) => {
    const cells: number[] = [];
    one.editor.state.doc.descendants((node, pos) => {
      if (/^table(Cell|Header)$/.test(node.type.name)) cells.push(pos);
    });
    one.editor.view.dispatch(
      one.editor.state.tr.setSelection(CellSelection.create(one.editor.state.doc, cells[first]!, cells[last])),
    );
  };
  select(0, 1);
  press(one, 'Delete');
  t.deepEqual(
    stored(one),
    body(
      wordTable([
        ['', ''],
        ['c', 'd'],
      ]),
      paragraph('x'),
    ),
  );
  select(0, 3);
  press(one, 'Backspace');
  t.deepEqual(stored(one), body(paragraph('x')));
});

test('I9 a table grows to the limits and no further', (t) => {
  const wide = wordTable([Array.from({ length: MAX_TABLE_COLUMNS }, (_, index) => `c${index}`)]);
  const one = author(t, wide);
  caretAt(one, 'c5');
  t.false(one.editor.can().addTableColumn('after'));
  t.true(one.editor.can().addTableRow('after'));
  one.editor.commands.addTableColumn('after');
  t.deepEqual(stored(one), body(wide));
});

test('a text that begins with a table is opened with the caret in its first cell', (t) => {
  const one = author(t, TWO);
  one.editor.commands.insertContent('x');
  t.deepEqual(stored(one).content[0]?.content?.[0]?.content?.[0]?.content, [paragraph('xa')]);
});

test('two authors in different cells, rows and columns end with the same table', (t) => {
  const doc = draftOf(body(TWO, empty));
  const [ann, ben] = [authorOf(t, copy(doc)), authorOf(t, copy(doc))];
  caretAt(ann, 'a');
  ann.editor.commands.insertContent('from ann ');
  caretAt(ben, 'd');
  ben.editor.commands.insertContent('from ben ');
  exchange(ann, ben);
  t.deepEqual(
    stored(ann),
    body(
      wordTable([
        ['from ann a', 'b'],
        ['c', 'from ben d'],
      ]),
      empty,
    ),
  );

  caretAt(ann, 'from ann');
  ann.editor.commands.addTableColumn('after');
  caretAt(ben, 'from ben');
  ben.editor.commands.addTableRow('after');
  exchange(ann, ben);
  t.deepEqual(stored(ann), stored(ben));
  const merged = wordTable([
    ['from ann a', '', 'b'],
    ['c', '', 'from ben d'],
    ['', '', ''],
  ]);
  t.deepEqual(stored(ben), body(merged, empty), 'readers get a rectangular table');
  t.is(ann.doc.getXmlFragment(BODY).toString(), ben.doc.getXmlFragment(BODY).toString());
});

test('an uneven table is mended by whoever goes on in it, and by nobody who only has it open', (t) => {
  const doc = draftOf(body(TWO));
  const rows = doc.getXmlFragment(BODY).get(0) as Y.XmlElement;
  const [ann, ben] = [authorOf(t, copy(doc)), authorOf(t, copy(doc))];
  const updates: string[] = [];
  for (const [name, { doc: own }] of Object.entries({ ann, ben })) own.on('update', () => updates.push(name));
  (rows.get(1) as Y.XmlElement).delete(1, 1);
  const change = Y.encodeStateAsUpdate(doc);
  for (const { doc: own } of [ann, ben]) Y.applyUpdate(own, change);
  t.deepEqual(updates, ['ann', 'ben'], 'what came in, and nothing else');
  caretAt(ben, 'c');
  t.deepEqual(updates, ['ann', 'ben', 'ben']);
  exchange(ann, ben);
  caretAt(ann, 'a');
  const cells = (one: Author) =>
    (one.doc.getXmlFragment(BODY).get(0) as Y.XmlElement).toArray().map((part) => (part as Y.XmlElement).length);
  t.deepEqual(
    [cells(ann), cells(ben)],
    [
      [2, 2],
      [2, 2],
    ],
  );
});

test('I10 spans that a draft claims are not drawn, and not written by an author who opens it', (t) => {
  const doc = draftOf(body(TWO));
  const first = ((doc.getXmlFragment(BODY).get(0) as Y.XmlElement).get(0) as Y.XmlElement).get(0) as Y.XmlElement;
  first.setAttribute('colspan', 1e9 as unknown as string);
  first.setAttribute('rowspan', 'x');
  const one = authorOf(t, copy(doc));
  caretAt(one, 'd');
  t.true(one.editor.commands.addTableColumn('after'));
  t.notRegex(one.editor.getHTML(), /span/);
  t.is(one.editor.state.doc.firstChild?.firstChild?.childCount, 3);
});

test('I10 a pasted table whose rows lack cells keeps what it has, in a table and outside', (t) => {
  for (const place of ['a', 'x']) {
    const ann = author(t, TWO, paragraph('x'));
    caretAt(ann, place);
    const paste = (html: string) => ann.editor.view.pasteHTML(html, new window.KeyboardEvent('paste', {}) as never);
    paste('<table><tbody><tr></tr><tr></tr></tbody></table>');
    t.deepEqual(stored(ann), body(TWO, paragraph('x')));
    paste('<table><tbody><tr></tr><tr><td>new</td><td>row</td></tr><tr></tr></tbody></table>');
    const cells = (...words: string[]) => row(...words.map((word) => cell(paragraph(word))));
    const pasted = table(cells('new', 'row'), cells('c', 'd'));
    if (place === 'a') t.deepEqual(stored(ann), body(pasted, paragraph('x')));
    else t.regex(JSON.stringify(stored(ann)), /"new".*"row"/);
  }
});

for (const ids of [
  [1, 2],
  [2, 1],
]) {
  test(`I1 what others write in a row that an author deletes is shown, wherever the caret was (${ids})`, (t) => {
    const doc = draftOf(body(paragraph('start'), TWO, empty));
    const [ann, ben] = [authorOf(t, copy(doc)), authorOf(t, copy(doc))];
    for (const [index, one] of [ann, ben].entries()) one.doc.clientID = ids[index]!;
    const select = ({ editor }: Author, at: number) =>
      editor.commands.setTextSelection(Math.min(at, editor.state.doc.content.size - 1));
    select(ann, 8);
    ann.editor.commands.deleteTableRow();
    select(ann, 18);
    ann.editor.commands.insertContent('w9');
    select(ben, 48);
    ben.editor.commands.insertContent('w24');
    select(ann, 0);
    ann.editor.commands.insertContent('w0');
    exchange(ann, ben);
    t.deepEqual(ann.editor.getJSON(), ben.editor.getJSON());
    t.deepEqual(stored(ann), stored(ben));
    for (const words of ['w9', 'w24', 'w0']) t.true(JSON.stringify(ben.editor.getJSON()).includes(words), words);
    ben.editor.commands.insertContent('!');
    exchange(ann, ben);
    for (const words of ['w9', 'w24', 'w0', '!']) t.true(JSON.stringify(stored(ann)).includes(words), words);
  });
}

test('whatever two authors do at once, both have the same table, and it is a good one', (t) => {
  const step = fc.tuple(
    fc.integer({ min: 0, max: 1 }),
    fc.constantFrom(
      'type',
      'rowBefore',
      'rowAfter',
      'columnBefore',
      'columnAfter',
      'deleteRow',
      'deleteColumn',
      'header',
      'tab',
      'insert',
      'exchange',
    ),
    fc.integer({ min: 0, max: 30 }),
  );
  const property = fc.property(fc.array(step, { minLength: 1, maxLength: 25 }), (steps) => {
    const doc = draftOf(body(paragraph('start'), TWO, empty));
    const authors = [authorOf(t, copy(doc)), authorOf(t, copy(doc))] as const;
    for (const [who, what, at] of steps) {
      const one = authors[who]!;
      const { editor } = one;
      editor.commands.setTextSelection(Math.min(at * 2, editor.state.doc.content.size - 1));
      switch (what) {
        case 'type':
          editor.commands.insertContent(`w${at}`);
          break;
        case 'rowBefore':
        case 'rowAfter':
          editor.commands.addTableRow(what === 'rowBefore' ? 'before' : 'after');
          break;
        case 'columnBefore':
        case 'columnAfter':
          editor.commands.addTableColumn(what === 'columnBefore' ? 'before' : 'after');
          break;
        case 'deleteRow':
          editor.commands.deleteTableRow();
          break;
        case 'deleteColumn':
          editor.commands.deleteTableColumn();
          break;
        case 'header':
          editor.commands.toggleTableHeader(at % 2 === 0 ? 'row' : 'column');
          break;
        case 'tab':
          press(one, 'Tab', at % 2 === 0);
          break;
        case 'insert':
          editor.commands.insertTable();
          break;
        default:
          exchange(...authors);
      }
    }
    exchange(...authors);
    exchange(...authors);
    const [ann, ben] = authors;
    for (const { editor } of authors) editor.state.doc.check();
    t.deepEqual(ann.editor.getJSON(), ben.editor.getJSON());
    t.deepEqual(stored(ann), stored(ben));
    for (const { editor } of authors) editor.destroy();
  });
  fc.assert(property, { numRuns: 60 });
});
