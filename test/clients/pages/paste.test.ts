/** Pasting in the editor without a browser: which text is Markdown, converters that come late or not, undo, files, hostile input. */
import '../../support/dom.ts';
import test from 'ava';
import fc from 'fast-check';
import { isFilesOnly } from '../../../src/clients/pages/edit/paste/files.ts';
import { convertHtml } from '../../../src/clients/pages/edit/paste/html/convert-html.ts';
import { loud, quiet } from '../../../src/clients/pages/edit/paste/html/quiet.ts';
import { KitLoader, type KitSources } from '../../../src/clients/pages/edit/paste/kit-loader.ts';
import { looksLikeMarkdown } from '../../../src/clients/pages/edit/paste/markdown-signs.ts';
import { isOwn, sourceOf } from '../../../src/clients/pages/edit/paste/source.ts';
import { parseMarkdown } from '../../../src/content/markdown/parse-markdown.ts';
import { linkHref } from '../../../src/content/model/link.ts';
import { tableExcess } from '../../../src/content/model/tables.ts';
import { body, bold, isValid, paragraph, text } from '../../support/bodies.ts';
import { loadedKit, pasteTarget } from '../../support/clipboard.ts';
import { clipboardHtml } from '../../support/clipboard-files.ts';
import { until } from '../../support/helpers.ts';
import { XSS_VECTORS } from '../../support/xss-vectors.ts';

const RULES = { fits: (rows: number, columns: number) => tableExcess(rows, columns) === null, hrefOf: linkHref };
const MARKDOWN = `# Storm report

The **north** coast, ~~was over~~ \`gauge\`; see [the warnings](https://example.org/warnings).

## In figures

- Wind
  - gusts of *170 km/h*
- Rain

3. Close the port
4. Tell the ferries

> It floats.

\`\`\`js
a < b;
\`\`\`

| Gauge | Height |
|-------|-------:|
| Pier  | 4.2 m  |
`;

test('PASTE2 Markdown is pasted as the API reads it', async (t) => {
  const parsed = parseMarkdown(MARKDOWN);
  if (!parsed.ok) throw new Error(parsed.detail);
  const target = await pasteTarget(t);
  t.true(target.paste({ 'text/plain': MARKDOWN.replaceAll('\n', '\r\n') }));
  t.deepEqual(target.stored(), parsed.body);
  t.deepEqual(target.said, [null]);

  const picture = await pasteTarget(t);
  picture.paste({ 'text/plain': '## Pier\n\n![The pier](https://example.org/pier.jpg)\n' });
  t.deepEqual(picture.said, ['Not pasted: 1 picture.']);
});

test('PASTE2 Markdown from a code editor is Markdown, however the editor colours it', async (t) => {
  const vscode = await pasteTarget(t);
  const coloured = clipboardHtml('vscode');
  vscode.paste({ 'text/html': coloured, 'text/plain': '**bold**', 'vscode-editor-data': '{"mode":"markdown"}' });
  t.deepEqual(vscode.stored(), body(paragraph(text('bold', bold))));
  const elsewhere = await pasteTarget(t);
  elsewhere.paste({ 'text/html': coloured, 'text/plain': '**bold**' });
  t.deepEqual(elsewhere.stored(), body(paragraph(text('bold', bold))));
  const plain = await pasteTarget(t);
  plain.paste({ 'text/html': coloured, 'text/plain': 'a word', 'vscode-editor-data': '{"mode":"markdown"}' });
  t.deepEqual(plain.stored(), body(paragraph('a word')));
});

test('PASTE2 other texts stay as they are, and all do that are pasted as plain text or into code', async (t) => {
  const words = 'snake_case, 2 * 3 * 4\n- and one hyphen\n[sic] (see there)';
  const target = await pasteTarget(t);
  target.paste({ 'text/plain': words });
  t.deepEqual(target.stored(), body(...words.split('\n').map((line) => paragraph(line))));

  const asked = await pasteTarget(t);
  asked.paste(
    { 'text/html': '<p><b>bold</b></p>', 'text/plain': '**bold**', 'vscode-editor-data': '{"mode":"css"}' },
    true,
  );
  t.deepEqual(asked.stored(), body(paragraph('**bold**')));

  const inCode = { type: 'codeBlock', attrs: { language: null }, content: [text('a')] };
  const code = await pasteTarget(t, { content: body(inCode) });
  code.paste({ 'text/html': '<p><b>bold</b></p>', 'text/plain': '**bold**' });
  t.deepEqual(code.stored(), body({ ...inCode, content: [text('a**bold**')] }));
});

test('PASTE2 Markdown is known by its signs', (t) => {
  const markdown = [
    '# Title\n\nwords',
    'words\n\n## Part\n\nwords',
    '```\ncode\n```',
    '- a\n- b',
    '1. a\n2. b',
    '* a\n  * b',
    '> a\n> b',
    'a | b\n--- | ---\n1 | 2',
    'see [this](https://example.org)',
    'so **very** bold',
    'call `height()`',
  ];
  const plain = [
    'words',
    '- said one',
    '1. May 2026',
    '#hashtag and # alone',
    '# a comment\nnpm start\n# another\nnpm stop',
    'f(x)[0](y)',
    'a ** b ** c',
    '-----\nIn reply\n-----',
    'C:\\Users\\ana',
    'x'.repeat(1_000_001),
  ];
  for (const one of markdown) t.true(looksLikeMarkdown(one), one);
  for (const one of plain) t.false(looksLikeMarkdown(one), one.slice(0, 100));
});

test('PASTE2 code of web pages that looks like Markdown is code', (t) => {
  const kind = (html: string, words: string) => sourceOf({ html, text: words, vscode: '' }).kind;
  const words = '## build\n\nnpm run build';
  t.is(kind('<pre><code>## build\n\nnpm run build</code></pre>', words), 'html');
  t.is(kind('<pre style="color: red" class="hljs">## build</pre>', words), 'html');
  t.is(kind('<div style="white-space: pre-wrap">## build</div>', words), 'html');
  t.is(kind('<pre style="white-space: pre">## build</pre><p>more</p>', words), 'html');
  const idea =
    '<html><head><meta charset="UTF-8"></head><body><pre style="background-color:#2b2b2b"><span style="color:#ffc66d">## build</span></pre></body></html>';
  t.is(kind(idea, words), 'markdown');
  t.is(kind(idea, 'let x;'), 'html');
});

/** A loader whose chunks come when the test says so. */
function heldLoader() {
  const loads: { resolve: () => void; reject: () => void }[] = [];
  const held = async () => {
    await new Promise<void>((resolve, reject) =>
      loads.push({ resolve, reject: () => reject(new Error('no network')) }),
    );
  };
  const loaded = loadedKit();
  const sources: KitSources = {
    async kit() {
      await held();
      return (await loaded).kit!;
    },
    async markdown() {
      await held();
      return (await loaded).markdown!;
    },
  };
  const settle = (how: 'resolve' | 'reject') => {
    for (const load of loads.splice(0)) load[how]();
  };
  return { loader: new KitLoader(sources), settle };
}

test('PASTE4 pastes that wait for their converters go in one after the other, once these are there', async (t) => {
  const { loader, settle } = heldLoader();
  const target = await pasteTarget(t, { content: body(paragraph('words ')), loader });
  t.true(
    target.paste({
      'text/html': '<b style="font-weight:normal"><span style="font-weight:700">one</span></b>',
      'text/plain': 'one',
    }),
  );
  t.true(target.paste({ 'text/plain': '`two`' }));
  t.deepEqual(target.stored(), body(paragraph('words ')));
  t.is(target.said.at(-1), 'Pasting…');
  await until(() => {
    settle('resolve');
    return JSON.stringify(target.stored()).includes('two');
  });
  t.deepEqual(target.stored(), body(paragraph('words ', text('one', bold), text('two', { type: 'code' }))));
  t.is(target.said.at(-1), null);
});

test('PASTE4 a paste whose converter does not come is plain text, and says so', async (t) => {
  const { loader, settle } = heldLoader();
  const target = await pasteTarget(t, { loader });
  target.paste({ 'text/html': '<h1>Storm</h1>', 'text/plain': 'Storm' });
  settle('reject');
  await until(() => target.stored().content[0]?.content !== undefined);
  t.deepEqual(target.stored(), body(paragraph('Storm')));
  t.is(target.said.at(-1), "Pasted as plain text: the formatting couldn't be loaded.");

  const late = await pasteTarget(t, { loader: heldLoader().loader, patienceMs: 1 });
  late.paste({ 'text/plain': '**Storm**' });
  await until(() => late.stored().content[0]?.content !== undefined);
  t.deepEqual(late.stored(), body(paragraph('**Storm**')));
});

test('PASTE4 nothing is pasted into a text that was closed to its author meanwhile', async (t) => {
  const { loader, settle } = heldLoader();
  const target = await pasteTarget(t, { loader });
  target.paste({ 'text/html': '<h1>Storm</h1>', 'text/plain': 'Storm' });
  target.editor.setEditable(false);
  settle('resolve');
  await until(() => target.said.at(-1) === null);
  t.deepEqual(target.stored(), body(paragraph()));
});

test('PASTE4 one undo takes back a paste and nothing else', async (t) => {
  const target = await pasteTarget(t, { content: body(paragraph('before')) });
  target.type(' typed');
  target.paste({ 'text/html': clipboardHtml('google-docs'), 'text/plain': 'Storm report' });
  t.true(target.stored().content.length > 3);
  target.editor.commands.undo();
  t.deepEqual(target.stored(), body(paragraph('before typed')));
  target.paste({ 'text/plain': MARKDOWN });
  target.editor.commands.undo();
  t.deepEqual(target.stored(), body(paragraph('before typed')));
});

test('PASTE5 files are told from text with a picture of it, and from names', (t) => {
  const transfer = (types: Record<string, string>, ...names: string[]) => ({
    types: [...Object.keys(types), ...(names.length > 0 ? ['Files'] : [])],
    files: names.map((name) => ({ name })),
    getData: (type: string) => types[type] ?? '',
  });
  const picture = '<meta charset="utf-8"><img src="https://example.org/a.png" alt="A pier">';
  t.true(isFilesOnly(transfer({}, 'a.png')));
  t.true(isFilesOnly(transfer({ 'text/html': picture }, 'image.png')), 'a picture of a page');
  t.true(isFilesOnly(transfer({ 'text/plain': 'a.png\nb c.pdf' }, 'a.png', 'b c.pdf')), 'names of files');
  t.true(isFilesOnly(transfer({ 'text/plain': 'file:///home/ana/a.png' }, 'a.png')));
  t.false(isFilesOnly(transfer({ 'text/html': clipboardHtml('word'), 'text/plain': 'Storm' }, 'image.png')));
  t.false(isFilesOnly(transfer({ 'text/plain': 'words' }, 'image.png')));
  t.false(isFilesOnly(transfer({ 'text/plain': 'a.png' })), 'a name alone is text');
  t.false(isFilesOnly(transfer({ 'text/html': picture })), 'nothing but HTML: the editor says what it left out');
});

test('PASTE6 styles are read from their source, and text that looks like one is kept', (t) => {
  t.is(quiet('<p style="color: red" STYLE=x>a</p>'), '<p pasted-style="color: red" pasted-STYLE=x>a</p>');
  t.is(quiet('a<style>p { color: red }</style>b<STYLE media="print">x</STYLE >c<style>to the end'), 'abc');
  t.is(quiet('<styled-part>a</styled-part>'), '<styled-part>a</styled-part>');
  const words = 'write <p style="…"> or\n style = 1';
  t.is(loud(quiet(words)), words);
});

test('PASTE6 whatever is pasted, the text is valid, without scripts, styles or addresses that are not allowed', async (t) => {
  const target = await pasteTarget(t);
  for (const vector of XSS_VECTORS) target.paste({ 'text/html': vector, 'text/plain': vector });
  t.true(isValid(target.stored()));
  const tags = [
    '<p>',
    '</p>',
    '<b>',
    '</b>',
    '<ul>',
    '<ol start=3>',
    '<li>',
    '</li>',
    '</ul>',
    '<table>',
    '<tr>',
    '<td colspan=3>',
    '<th rowspan=2>',
    '</table>',
    '<blockquote>',
    '</blockquote>',
    '<pre>',
    '</pre>',
    '<h1>',
    '</h1>',
    '<br>',
    '<hr>',
    '<a href="https://example.org">',
    '</a>',
    '<img src=x>',
    '<p style="mso-list:l0 level3 lfo1">',
    '<span style="mso-list:Ignore">1.</span>',
    '<span style="font-weight:700">',
    '</span>',
    '<div style="white-space:pre;font-family:monospace">',
    '</div>',
    'words',
    ' ',
    '\u00a0',
    '&amp;',
  ];
  const html = fc.array(fc.constantFrom(...tags), { maxLength: 20 }).map((parts) => parts.join(''));
  fc.assert(
    fc.property(html, (source) => {
      target.editor.commands.setContent('<p></p>');
      target.paste({
        'text/html': `<meta content="urn:schemas-microsoft-com:office">${source}`,
        'text/plain': 'words',
      });
      target.editor.state.doc.check();
      t.true(isValid(target.stored()));
      t.notRegex(target.editor.getHTML(), /style|script|span/);
    }),
    { numRuns: 80 },
  );
});

test('PASTE6 tables cannot ask for more cells than they have', (t) => {
  const rows = '<tr><td>x</td></tr>'.repeat(480);
  const wide = `<tr>${'<td>w</td>'.repeat(20)}</tr>`;
  const { html, leftOut } = convertHtml(`<table>${wide}${rows}</table>`.repeat(10), RULES);
  t.is((html.match(/<td/g) ?? []).length, 2 * 481 * 20);
  t.is(leftOut.largeTables, 8, 'those after the first two are text');
  const spans = `<tr>${'<td colspan=1000 rowspan=65000>x</td>'.repeat(100)}</tr>`;
  t.is(convertHtml(`<table>${spans.repeat(200)}</table>`, RULES).leftOut.largeTables, 1);
  const sloppy = '<table><tr><td colspan=1000>x</td></tr><tr><td>a</td><td>b</td></tr></table>';
  t.is((convertHtml(sloppy, RULES).html.match(/<td/g) ?? []).length, 4);
});

test('PASTE6 what is large or made to take long is read to its end', (t) => {
  const big = `<p style="margin: 0">${'words <b>in bold</b> and <span style="font-style:italic">more</span> '.repeat(20)}</p>`;
  const { html } = convertHtml(big.repeat(150), RULES);
  t.is(html.match(/<p>/g)?.length, 150);
  const deep = convertHtml(`${'<div><blockquote>'.repeat(150)}deep`, RULES);
  t.regex(deep.html, /deep/);
  const broken = convertHtml(`<div>${'forty characters of a line<br>'.repeat(20_000)}</div>`, RULES);
  t.is(broken.html.match(/<br>/g)?.length, 19_999);
  const parts = [
    '<',
    '<style',
    ' style',
    '<a "',
    '<!--',
    '[',
    '[x](',
    '**a ',
    '`a',
    '# a\n',
    '|---',
    '> ',
    '\n',
    '\r',
    ' ',
    '</div>',
  ];
  for (const part of parts) {
    const source = part.repeat(200_000 / part.length);
    t.is(typeof quiet(source), 'string');
    t.is(typeof looksLikeMarkdown(source), 'boolean');
    t.is(typeof isOwn(source), 'boolean');
    t.is(typeof sourceOf({ html: source, text: source, vscode: '' }).kind, 'string');
    const data = { types: ['Files'], files: [], getData: () => source };
    t.is(typeof isFilesOnly(data), 'boolean');
  }
});
