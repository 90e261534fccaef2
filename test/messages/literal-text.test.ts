/** Texts of pages stand in catalogues, and the search for those that do not sees them where there are some. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { literalTexts, literalTextsOfCss } from '../support/literal-text.ts';
import { ROOT } from '../support/root.ts';

/** Where pages are made. */
const PAGES = [
  'src/clients/pages',
  'src/clients/viewer',
  'src/clients/widget',
  'src/gateway/app',
  'src/gateway/readers/pages',
  'src/gateway/widget',
];
const FILES = ['notices', 'reading-shell', 'shells'].map((name) => `src/gateway/http/${name}.ts`);

const files = [
  ...PAGES.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((name) => `${folder}/${name}`),
  ),
  ...FILES,
].filter((file) => /\.(?:ts|css)$/.test(file));

test('MSG1 no page has a text that is in no catalogue', (t) => {
  t.true(files.length > 80, 'the pages are where they are looked for');
  const found = files.flatMap((file) => {
    const source = readFileSync(join(ROOT, file), 'utf8');
    const texts = file.endsWith('.css') ? literalTextsOfCss(source) : literalTexts(source);
    return texts.map(({ line, text }) => `${file}:${line} ${text}`);
  });
  t.deepEqual(found, []);
});

/** What a page could have, and what is to be found in it. */
const PLANTED: Readonly<Record<string, readonly string[]>> = {
  "h('p', {}, 'nothing');": ['nothing'],
  'h(`p`, {}, isOpen ? `open to ${name}` : `shut`);': ['open to …', 'shut'],
  "h('input', { placeholder: 'name', 'aria-label': 'name' });": ['name', 'name'],
  "button.textContent = 'again';": ['again'],
  "document.title = 'stet';": ['stet'],
  "button.setAttribute('aria-label', 'shut');": ['shut'],
  "fill(message, 'over', retry);": ['over'],
  "element.append(', updated ', time);": [', updated '],
  "const label = 'Save';": ['Save'],
  "const f = () => 'Try again later.';": ['Try again later.'],
  "const LABELS = { ok: 'all is well' } as const;": ['all is well'],
  "export const DONE = 'Deleted “it”.';": ['Deleted “it”.'],
  'const html = `<h1>${title}</h1><p>Not found</p>`;': ['<h1>…</h1><p>Not found</p>'],
  'const html = \'<link rel="alternate" title="all texts" href="/feed.xml">\';': [
    '<link rel="alternate" title="all texts" href="/feed.xml">',
  ],
};

/** What is for browsers, developers or programs. */
const HIDDEN: readonly string[] = [
  "import { a } from './Some File.ts'; export { b } from 'Some Package';",
  "h('button', { class: 'button primary', type: 'button', onclick: run });",
  "throw new TypeError('outside of a page, an origin is needed');",
  "log.warn({ err: error }, 'the database is away');",
  "if (event.key !== 'Enter' && state === 'Read only') run(\"ArrowDown\");",
  "const policy = \"default-src 'none'; script-src 'self'\";",
  "const headers = { 'content-type': 'text/html; charset=utf-8', allow: 'GET, HEAD' };",
  "if (target.matches('input, textarea, select')) page.querySelector('dialog[open] input');",
  "link.setAttribute('rel', 'noopener nofollow');",
  "type Place = 'At the top' | 'Below';",
  "h('code', {}, '--stet-color');",
  'const html = `<meta name="viewport" content="width=device-width, initial-scale=1">`;',
];

test('MSG1 a text that is written into a page is found', (t) => {
  for (const [source, texts] of Object.entries(PLANTED)) {
    t.deepEqual(
      literalTexts(`\n${source}`),
      texts.map((text) => ({ line: 2, text })),
      source,
    );
  }
  t.deepEqual(
    literalTextsOfCss('.a {\n  content: "Write…";\n}\n.b { content: "·"; }\n.c { content: attr(data-text) }'),
    [{ line: 2, text: 'Write…' }],
  );
});

test('MSG1 what nobody reads is no text', (t) => {
  for (const source of HIDDEN) t.deepEqual(literalTexts(source), [], source);
});
