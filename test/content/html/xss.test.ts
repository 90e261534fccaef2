/** Published XSS vectors, wherever content comes in: what goes out as HTML holds nothing but what this file allows. */
import test from 'ava';
import { type DefaultTreeAdapterTypes, defaultTreeAdapter, parse, parseFragment } from 'parse5';
import * as Y from 'yjs';
import { diffBodies } from '../../../src/content/diff/diff.ts';
import { renderHtml } from '../../../src/content/html/html.ts';
import { parseHtml } from '../../../src/content/html/parse-html.ts';
import { parseMarkdown, renderMarkdown } from '../../../src/content/markdown/markdown.ts';
import { checkBody } from '../../../src/content/model/json.ts';
import { BODY } from '../../../src/content/model/schema.ts';
import { renderText } from '../../../src/content/model/text.ts';
import type { Body, Parsed } from '../../../src/content/model/types.ts';
import { readContent } from '../../../src/content/yjs/draft.ts';
import { body, paragraph, text } from '../../support/bodies.ts';
import { XSS_VECTORS } from '../../support/xss-vectors.ts';

type Attributes = Readonly<Record<string, (value: string) => boolean>>;

const PLACE = 'https://site.example/d/text';

/** By the browser's own parser of addresses, not by the one that is tested. */
function leadsToSafety(href: string): boolean {
  const { protocol, origin } = new URL(href, PLACE);
  if (/^[/#]/.test(href)) return origin === new URL(PLACE).origin;
  return (
    ['http:', 'https:', 'mailto:', 'tel:'].includes(protocol) && URL.parse(href)?.href === new URL(href, PLACE).href
  );
}

const PLAIN: readonly string[] = [
  'p',
  'h2',
  'h3',
  'ul',
  'li',
  'blockquote',
  'pre',
  'hr',
  'br',
  'strong',
  'em',
  's',
  'ins',
  'del',
  'table',
  'thead',
  'tbody',
  'tr',
  'td',
];
const ALLOWED: Readonly<Record<string, Attributes>> = {
  ...Object.fromEntries(PLAIN.map((tag) => [tag, {}])),
  div: { class: (value) => value === 'table', tabindex: (value) => value === '0' },
  th: { scope: (value) => value === 'col' || value === 'row' },
  a: { href: leadsToSafety, rel: (value) => value === 'noopener nofollow ugc' },
  ol: { start: (value) => /^\d{1,9}$/.test(value), type: (value) => /^[1aAiI]$/.test(value) },
  code: { class: (value) => /^language-[\w.+#-]{1,40}$/.test(value) },
};

/** What is wrong with the HTML; empty if nothing is. */
function findings(html: string): string[] {
  const found: string[] = [];
  const isOwn = (name: string) => Object.hasOwn(ALLOWED, name);
  const visit = (nodes: readonly DefaultTreeAdapterTypes.ChildNode[]): void => {
    for (const node of nodes) {
      if (defaultTreeAdapter.isTextNode(node)) continue;
      if (!defaultTreeAdapter.isElementNode(node)) {
        found.push(node.nodeName);
        continue;
      }
      if (!isOwn(node.tagName) || node.namespaceURI !== 'http://www.w3.org/1999/xhtml') found.push(`<${node.tagName}>`);
      for (const { name, value } of node.attrs) {
        if (!ALLOWED[node.tagName]?.[name]?.(value)) found.push(`<${node.tagName} ${name}="${value}">`);
      }
      if (node.tagName === 'a' && node.attrs.length !== 2) found.push('a link without its attributes');
      visit(node.childNodes);
    }
  };
  visit(parseFragment(html).childNodes);
  // Within a page nothing may break out of its place either.
  const page = parse(`<!doctype html><title>t</title><main>${html}</main><footer></footer>`);
  const [root] = page.childNodes.filter(defaultTreeAdapter.isElementNode);
  const inBody = root?.childNodes
    .filter(defaultTreeAdapter.isElementNode)[1]
    ?.childNodes.map(({ nodeName }) => nodeName);
  if (inBody?.join() !== 'main,footer') found.push(`the page became ${inBody}`);
  return found;
}

/** Everything that can be made of a body. */
function findingsOf(value: Body): string[] {
  const other = body(paragraph('before'), paragraph(text('a', { type: 'bold' })));
  const again = parseMarkdown(renderMarkdown(value));
  if (!again.ok) throw new Error(again.detail);
  renderText(value);
  return [
    ...findings(renderHtml(value)),
    ...findings(renderHtml(again.body)),
    ...[...diffBodies(other, value), ...diffBodies(value, other)].flatMap(({ html }) => findings(html)),
  ];
}

function parsed(result: Parsed): Body {
  return result.ok ? result.body : body(paragraph());
}

const draftWith = (fill: (fragment: Y.XmlFragment) => void): Body => {
  const sender = new Y.Doc();
  fill(sender.getXmlFragment(BODY));
  const doc = new Y.Doc();
  Y.applyUpdate(doc, Y.encodeStateAsUpdate(sender));
  return readContent(doc).body;
};

const element = (
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...children: (Y.XmlElement | Y.XmlText)[]
) => {
  const value = new Y.XmlElement(name);
  for (const [key, attribute] of Object.entries(attributes)) value.setAttribute(key, attribute);
  value.insert(0, children);
  return value;
};

const formatted = (words: string, attributes: object) => {
  const value = new Y.XmlText();
  value.applyDelta([{ insert: words, attributes }]);
  return value;
};

/** Ways for a vector to come in. */
const WAYS: Readonly<Record<string, (vector: string) => Body[]>> = {
  'as HTML': (vector) => [
    parsed(parseHtml(vector)),
    parsed(parseHtml(`<p>${vector}</p>`)),
    parsed(parseHtml(`<ul><li><a href="${vector}">${vector}</a></ul>`)),
    parsed(
      parseHtml(`<pre class='language-${vector}'>${vector}</pre><ol start='${vector}' type='${vector}'><li>x</ol>`),
    ),
  ],
  'as Markdown': (vector) => [
    parsed(parseMarkdown(vector)),
    parsed(parseMarkdown(`[x](${vector})`)),
    parsed(parseMarkdown(`[x](<${vector}> "${vector}") ![${vector}](${vector})`)),
    parsed(parseMarkdown(`[x]\n\n[x]: ${vector}`)),
    parsed(parseMarkdown(`<${vector}> \`${vector}\` **${vector}**`)),
    parsed(parseMarkdown(`~~~${vector}\n${vector}\n~~~\n- ${vector}\n> ${vector}`)),
  ],
  'as JSON': (vector) => [
    parsed(checkBody(body(paragraph(text(vector))))),
    parsed(checkBody(body(paragraph(text('x', { type: 'link', attrs: { href: vector } }))))),
    parsed(checkBody(body(paragraph(text('x', { type: 'link', attrs: { href: '/x', title: vector } }))))),
    parsed(checkBody(body({ type: 'codeBlock', attrs: { language: vector }, content: [text(vector)] }))),
    parsed(checkBody(body({ type: vector, content: [text(vector)] }))),
  ],
  'as a body that nobody checked': (vector) => [
    body(
      {
        type: 'heading',
        attrs: { level: vector },
        content: [text(vector, { type: 'link', attrs: { href: vector, rel: vector, class: vector } })],
      },
      {
        type: 'orderedList',
        attrs: { start: vector, type: vector },
        content: [{ type: 'listItem', content: [paragraph(vector)] }],
      },
      { type: 'codeBlock', attrs: { language: vector }, content: [text(vector, { type: vector })] },
      { type: vector, attrs: { [vector]: vector }, content: [text(vector)] },
    ),
  ],
  'in an update': (vector) => [
    draftWith((fragment) =>
      fragment.insert(0, [new Y.XmlText(vector), element('paragraph', {}, new Y.XmlText(vector))]),
    ),
    draftWith((fragment) =>
      fragment.insert(0, [
        element(
          'heading',
          { level: vector, [vector]: vector },
          formatted(vector, { link: { href: vector, title: vector, class: vector } }),
        ),
        element(
          'orderedList',
          { start: vector, type: vector },
          element('listItem', {}, element('paragraph', { onclick: vector })),
        ),
        element('codeBlock', { language: vector }, new Y.XmlText(vector)),
        element(vector, { href: vector }, new Y.XmlText(vector)),
        element('paragraph', {}, formatted(vector, { [vector]: true, link: vector, bold: { onclick: vector } })),
      ]),
    ),
  ],
};

for (const [way, bodiesOf] of Object.entries(WAYS)) {
  test(`XSS1 published vectors do nothing ${way}`, (t) => {
    for (const vector of XSS_VECTORS) {
      for (const value of bodiesOf(vector)) t.deepEqual(findingsOf(value), [], vector);
    }
  });
}

test('XSS1 a text that looks like markup is shown as it is', (t) => {
  for (const vector of XSS_VECTORS) {
    const value = parsed(checkBody(body(paragraph(text(vector)))));
    const [element] = parseFragment(renderHtml(value)).childNodes;
    if (element === undefined || !defaultTreeAdapter.isElementNode(element)) return t.fail(vector);
    const shown = element.childNodes.map((node) => (defaultTreeAdapter.isTextNode(node) ? node.value : '?')).join('');
    t.is(shown, value.content[0]?.content?.[0]?.text ?? '', vector);
  }
});

test('XSS2 the check itself sees what must not be there', (t) => {
  t.true(XSS_VECTORS.length >= 200, `${XSS_VECTORS.length} vectors`);
  const bad = [
    '<img>',
    '<p onclick="x">a</p>',
    '<a href="javascript:x" rel="noopener nofollow ugc">a</a>',
    '<a href="//evil" rel="noopener nofollow ugc">a</a>',
    '<a href="https:evil" rel="noopener nofollow ugc">a</a>',
    '<a href="/\\evil" rel="noopener nofollow ugc">a</a>',
    '<a href="x" rel="opener">a</a>',
    '<a href="/x">a</a>',
    '<!--a-->',
    '</main><p>a</p>',
    '<svg></svg>',
    '<code class="x">a</code>',
  ];
  for (const html of bad) t.not(findings(html).length, 0, html);
  // Most vectors are caught here when nothing else stands before them.
  t.true(XSS_VECTORS.filter((vector) => findings(vector).length > 0).length > 150);
});
