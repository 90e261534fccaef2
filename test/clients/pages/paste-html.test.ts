/** Pasted HTML of each kind of program, in the editor without a browser: what its draft holds then, and what the author is told. */
import '../../support/dom.ts';
import test from 'ava';
import type { Mark, Node } from '../../../src/content/model/types.ts';
import { body, bold, cell, header, link, paragraph, row, table, text, wordTable } from '../../support/bodies.ts';
import { pasteTarget } from '../../support/clipboard.ts';
import { clipboardHtml } from '../../support/clipboard-files.ts';

const italic: Mark = { type: 'italic' };
const strike: Mark = { type: 'strike' };
const code: Mark = { type: 'code' };
const heading = (level: 2 | 3, words: string): Node => ({ type: 'heading', attrs: { level }, content: [text(words)] });
const item = (...content: Node[]): Node => ({ type: 'listItem', content });
const bullets = (...content: Node[]): Node => ({ type: 'bulletList', content });
const numbers = (start: number, type: string | null, ...content: Node[]): Node => ({
  type: 'orderedList',
  attrs: { start, type },
  content,
});
const quote = (...content: Node[]): Node => ({ type: 'blockquote', content });
const program = (words: string, language: string | null = null): Node => ({
  type: 'codeBlock',
  attrs: { language },
  content: [text(words)],
});
const warnings = link('https://example.org/warnings');

test('PASTE1 PASTE3 Word: headings, nested lists, quotes, code, links and tables; what is left out is said', async (t) => {
  const target = await pasteTarget(t);
  t.true(target.paste({ 'text/html': clipboardHtml('word'), 'text/plain': 'Storm report' }));
  t.deepEqual(
    target.stored(),
    body(
      heading(2, 'Storm report'),
      heading(2, 'What happened'),
      paragraph(
        'The storm hit the ',
        text('north', bold),
        ' coast at ',
        text('noon', italic),
        ', and ',
        text('was over', strike),
        ' went on. See ',
        text('the warnings', warnings),
        ' and my notes.',
      ),
      heading(2, 'In figures'),
      bullets(
        item(
          paragraph('Wind'),
          bullets(item(paragraph('gusts of ', text('170 km/h', bold)), bullets(item(paragraph('at the lighthouse'))))),
        ),
        item(paragraph('Rain')),
      ),
      heading(3, 'Steps'),
      numbers(
        3,
        null,
        item(paragraph('Close the port'), numbers(1, 'a', item(paragraph('the inner one')))),
        item(paragraph('Tell the ferries')),
      ),
      heading(3, 'Told by'),
      quote(paragraph('“I have never seen such waves.”'), paragraph('The harbourmaster')),
      paragraph('Read by ', text('gauge --all', code), ' there.'),
      table(
        row(cell(paragraph(text('Gauges', bold))), cell(paragraph())),
        row(cell(paragraph('Pier')), cell(paragraph('4.2 m'))),
      ),
    ),
  );
  t.deepEqual(target.said, [
    'Not pasted: 1 picture and 1 comment. 1 link has no web address and was pasted as text. 1 merged cell was split.',
  ]);
});

test('PASTE1 Word on the web: lists that are a list for each item', async (t) => {
  const target = await pasteTarget(t);
  target.paste({ 'text/html': clipboardHtml('word-online'), 'text/plain': 'Who is where' });
  t.deepEqual(
    target.stored(),
    body(
      heading(2, 'Who is where'),
      bullets(
        item(paragraph(text('Harbour', bold)), bullets(item(paragraph('two reporters')))),
        item(paragraph('Desk')),
      ),
    ),
  );
  t.deepEqual(target.said, [null], 'nothing is missing');
});

test('PASTE1 PASTE3 Google Docs: bold that is none, styles that are marks, lists beside their items', async (t) => {
  const target = await pasteTarget(t);
  target.paste({ 'text/html': clipboardHtml('google-docs'), 'text/plain': 'Storm report' });
  t.deepEqual(
    target.stored(),
    body(
      heading(2, 'Storm report'),
      paragraph(
        'The storm hit the ',
        text('north', bold),
        ' coast at ',
        text('noon', italic),
        ', ',
        text('was over', strike),
        '. See ',
        text('the warnings', warnings),
        '; run ',
        text('gauge --all', code),
      ),
      heading(3, 'In figures'),
      bullets(
        item(paragraph('Wind'), bullets(item(paragraph('gusts of ', text('170 km/h', bold))))),
        item(paragraph('Rain')),
      ),
      numbers(2, 'a', item(paragraph('Close the port'))),
      program('for (const gauge of gauges) {\n}'),
      table(row(cell(paragraph('Gauge')), cell(paragraph('Height'))), row(cell(paragraph('Pier')), cell(paragraph()))),
    ),
  );
  t.deepEqual(target.said, ['Not pasted: 1 picture.']);
});

test('PASTE1 PASTE3 a web page: four levels of headings, nested lists, code with its language, quotes and a table', async (t) => {
  const target = await pasteTarget(t);
  target.paste({ 'text/html': clipboardHtml('web-page'), 'text/plain': 'How to read a gauge' });
  t.deepEqual(
    target.stored(),
    body(
      heading(2, 'How to read a gauge'),
      paragraph(
        'Every port has ',
        text('one', bold),
        '. A gauge ',
        text('floats', italic),
        '; see ',
        text('the manual', link('https://example.org/gauges?a=1&b=2')),
        ', ',
        text('gauge -v', code),
        ' and 🌊.',
      ),
      heading(2, 'Steps'),
      numbers(1, null, item(paragraph('Look'), bullets(item(paragraph('twice')))), item(paragraph('Note it'))),
      heading(3, 'In code'),
      program('const height = a < b;\nlog(height);', 'js'),
      heading(3, 'What others say'),
      quote(paragraph('It floats.'), paragraph('Mostly.')),
      paragraph('The pier in March'),
      paragraph('Heights'),
      table(
        row(header(paragraph('Port')), header(paragraph('Tide')), header(paragraph())),
        row(header(paragraph()), header(paragraph('High')), header(paragraph('Low'))),
        row(cell(paragraph('North')), cell(paragraph('4.2 m')), cell(paragraph(text('0.3 m', bold)))),
      ),
      paragraph('First line', { type: 'hardBreak' }, 'second line'),
      paragraph('Last words'),
    ),
  );
  t.deepEqual(target.said, ['Not pasted: 1 picture and 1 embed. 2 merged cells were split.']);
});

test('PASTE1 a spreadsheet: its cells are a table, and a single one is text', async (t) => {
  const target = await pasteTarget(t);
  target.paste({ 'text/html': clipboardHtml('spreadsheet'), 'text/plain': 'Port\tHeight\nNorth\t4.2' });
  const [port, height] = ['Port', 'Height'].map((words) => cell(paragraph(text(words, bold))));
  const sheet = table(row(port!, height!), row(cell(paragraph('North')), cell(paragraph('4.2'))));
  t.deepEqual(target.stored().content[0], sheet);

  const single = await pasteTarget(t, { content: body(paragraph('At ')) });
  single.paste({ 'text/html': '<table><tr><td>North</td></tr></table>', 'text/plain': 'North' });
  t.deepEqual(single.stored(), body(paragraph('At North')));
});

test('PASTE1 a code editor: a block with its language, one line as code in the text', async (t) => {
  const lines = 'export function height() {\n\n  return a < b;\n}';
  const unnamed = await pasteTarget(t);
  unnamed.paste({ 'text/html': clipboardHtml('vscode'), 'text/plain': lines });
  t.deepEqual(unnamed.stored().content[0], program(lines));

  const named = await pasteTarget(t, { content: body(paragraph('As in')) });
  const vscode = JSON.stringify({ version: 1, isFromEmptySelection: false, mode: 'typescript' });
  named.paste({ 'text/html': clipboardHtml('vscode'), 'text/plain': lines, 'vscode-editor-data': vscode });
  t.deepEqual(named.stored().content.slice(0, 2), [paragraph('As in'), program(lines, 'typescript')]);

  const inline = await pasteTarget(t, { content: body(paragraph('Call ')) });
  inline.paste({ 'text/html': '<div></div>', 'text/plain': 'height<T>()', 'vscode-editor-data': vscode });
  t.deepEqual(inline.stored(), body(paragraph('Call ', text('height<T>()', code))));

  const hostile = await pasteTarget(t);
  hostile.paste({ 'text/plain': 'words', 'vscode-editor-data': '{"mode":' });
  t.deepEqual(hostile.stored(), body(paragraph('words')), 'what is no JSON is no language');
});

test('PASTE1 a manuscript in Courier is no code', async (t) => {
  const target = await pasteTarget(t);
  const line = (words: string) =>
    `<p class=MsoNormal><span style='font-family:"Courier New"'>${words}<o:p></o:p></span></p>`;
  target.paste({
    'text/html': `<html xmlns:o="urn:schemas-microsoft-com:office:office">${line('INT. HARBOUR')}${line('Rain.')}`,
  });
  t.deepEqual(target.stored(), body(paragraph('INT. HARBOUR'), paragraph('Rain.')));
});

test('PASTE1 a table in a layout, and one beyond the limits, are the blocks of their cells', async (t) => {
  const layout = await pasteTarget(t);
  layout.paste({
    'text/html': '<table><tr><td><h2>News</h2></td><td><table><tr><td>a</td><td>b</td></tr></table></td></tr></table>',
  });
  t.deepEqual(layout.stored().content.slice(0, 2), [
    heading(2, 'News'),
    table(row(cell(paragraph('a')), cell(paragraph('b')))),
  ]);
  t.deepEqual(layout.said, [null]);

  const large = await pasteTarget(t);
  const cells = Array.from({ length: 101 }, (_, index) => `<td>c${index}</td>`).join('');
  large.paste({ 'text/html': `<table><tr>${cells}</tr></table>` });
  t.is(large.stored().content.length, 101);
  t.deepEqual(large.stored().content[100], paragraph('c100'));
  t.deepEqual(large.said, ['1 table was too large and was pasted as text.']);
});

test('PASTE1 blocks stay blocks beside the words at the cursor, a line joins them, and items join their list', async (t) => {
  const html = '<h2>Storm</h2><p>It hit.</p><ul><li>Wind</li><li>Rain</li></ul>';
  const end = await pasteTarget(t, { content: body(paragraph('before')) });
  end.paste({ 'text/html': html });
  const rain = bullets(item(paragraph('Wind')), item(paragraph('Rain')));
  t.deepEqual(end.stored().content.slice(0, 4), [paragraph('before'), heading(2, 'Storm'), paragraph('It hit.'), rain]);

  const middle = await pasteTarget(t, { content: body(paragraph('one two')) });
  middle.editor.commands.setTextSelection(5);
  middle.paste({ 'text/html': html });
  t.deepEqual(
    middle.stored(),
    body(paragraph('one '), heading(2, 'Storm'), paragraph('It hit.'), rain, paragraph('two')),
  );

  const line = await pasteTarget(t, { content: body(paragraph('The ')) });
  line.paste({ 'text/html': '<h2>storm</h2>' });
  t.deepEqual(line.stored(), body(paragraph('The storm')));

  const list = await pasteTarget(t, { content: body(bullets(item(paragraph('Snow')), item(paragraph()))) });
  list.paste({ 'text/html': '<ul><li>Wind</li><li>Rain</li></ul>' });
  t.deepEqual(list.stored(), body(bullets(item(paragraph('Snow')), ...(rain.content ?? []))));
});

test('PASTE1 a copy from this editor comes back as it was, empty paragraphs too', async (t) => {
  const target = await pasteTarget(t);
  const words = wordTable([
    ['a', 'b'],
    ['c', ''],
  ]);
  target.paste({
    'text/html': '<h3 data-pm-slice="0 0 []">Kept</h3><p></p><p>as it was</p>',
    'text/plain': '# Kept\n\nas it was',
  });
  t.deepEqual(target.stored().content.slice(0, 3), [heading(3, 'Kept'), paragraph(), paragraph('as it was')]);
  t.deepEqual(target.said, []);

  const foreign = await pasteTarget(t);
  foreign.paste({
    'text/html': `<h1 data-pm-slice="1 1 []">Of another editor</h1><table><tr><th>a</th><th>b</th></tr><tr><td>c</td><td></td></tr></table>`,
  });
  t.deepEqual(foreign.stored().content.slice(0, 2), [heading(2, 'Of another editor'), words]);
});

test('PASTE1 boxes to tick are signs before the words of their items', async (t) => {
  const target = await pasteTarget(t);
  t.true(
    target.paste({
      'text/html': `<ul class="contains-task-list">
        <li><input type="checkbox" checked disabled> Close the <b>port</b></li>
        <li><label><input type="checkbox">Tell the ferries</label></li></ul>
        <ul><li role="checkbox" aria-checked="true"><img src="data:," aria-roledescription="checkbox"><p>Light the lamp</p></li>
        <li role="checkbox" aria-checked="false"><img src="data:," aria-roledescription="checkbox"><p></p></li><li>None</li></ul>`,
      'text/plain': '',
    }),
  );
  const signs = JSON.stringify(target.stored()).match(/"[☑☐]?[^"]*(?:port|ferries|lamp|None|Close)[^"]*"/gu);
  t.deepEqual(signs, ['"☑ Close the "', '"port"', '"☐ Tell the ferries"', '"☑ Light the lamp"', '"None"']);
});

test('PASTE1 PASTE3 superscripts and subscripts keep what they mean, or are said to be lost', async (t) => {
  const target = await pasteTarget(t);
  const html = `<p>10<sup>−6</sup> m<span style="vertical-align: super">2</span> of CO<sub>2</sub> on 1<sup>st</sup> May, a<sup>x+1</sup></p>`;
  t.true(target.paste({ 'text/html': html, 'text/plain': '' }));
  t.deepEqual(target.stored(), body(paragraph('10⁻⁶ m² of CO₂ on 1st May, ax+1')));
  t.deepEqual(target.said, ['1 superscript or subscript was pasted as plain text.']);
});

test('PASTE3 a picture alone is not pasted, and does not replace what is selected', async (t) => {
  const target = await pasteTarget(t, { content: body(paragraph('selected')) });
  target.editor.commands.selectAll();
  t.true(
    target.paste({ 'text/html': '<meta charset=\'utf-8\'><img src="https://example.org/pier.jpg" alt="The pier">' }),
  );
  t.deepEqual(target.stored(), body(paragraph('selected')));
  t.deepEqual(target.said, ['Not pasted: 1 picture.']);
});

test('PASTE3 a link within the page that was copied is text, and one to nowhere on the web is said to be', async (t) => {
  const target = await pasteTarget(t);
  target.paste({
    'text/html':
      '<p><a href="#part">part</a>, <a href="/here">here</a>, <a href="javascript:alert(1)">there</a>, <a href="mailto:a@example.org">mail</a></p>',
  });
  t.deepEqual(target.stored(), body(paragraph('part, here, there, ', text('mail', link('mailto:a@example.org')))));
  t.deepEqual(target.said, ['2 links have no web address and were pasted as text.']);
});
