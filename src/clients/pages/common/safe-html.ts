/**
 * Makes nodes of HTML that our API wrote. That HTML is safe by construction; here it is not taken at its word: it is
 * parsed into a document that runs and loads nothing, and what is on the list below is made anew from it. All else
 * leaves its text at most.
 */
import { linkHref } from '../../../content/model/link.ts';

type Attributes = Readonly<Record<string, (value: string) => string | null>>;

const NONE: Attributes = {};
const matching = (pattern: RegExp) => (value: string) => (pattern.test(value) ? value : null);

/** What may be shown, and what each attribute of it may be. */
const ALLOWED: Readonly<Record<string, Attributes>> = {
  p: NONE,
  h2: NONE,
  h3: NONE,
  blockquote: NONE,
  ul: NONE,
  ol: { start: matching(/^\d{1,9}$/), type: matching(/^[1aAiI]$/) },
  li: NONE,
  pre: NONE,
  code: NONE,
  hr: NONE,
  br: NONE,
  div: { class: matching(/^table$/), tabindex: matching(/^0$/) },
  table: NONE,
  thead: NONE,
  tbody: NONE,
  tr: NONE,
  th: { scope: matching(/^(?:col|row)$/) },
  td: NONE,
  ins: NONE,
  del: NONE,
  strong: NONE,
  em: NONE,
  s: NONE,
  a: { href: linkHref },
};
/** What these hold is no text to show. */
const SILENT = new Set(['script', 'style', 'template', 'noscript', 'iframe', 'object', 'svg', 'math', 'title']);

function rebuild(node: Node): Node[] {
  if (node.nodeType === Node.TEXT_NODE) return [document.createTextNode(node.textContent ?? '')];
  if (node.nodeType !== Node.ELEMENT_NODE) return [];
  const source = node as Element;
  if (SILENT.has(source.localName)) return [];
  const children = [...source.childNodes].flatMap(rebuild);
  const attributes = Object.hasOwn(ALLOWED, source.localName) ? ALLOWED[source.localName] : undefined;
  if (attributes === undefined) return children;
  const element = document.createElement(source.localName);
  for (const [name, check] of Object.entries(attributes)) {
    const value = source.getAttribute(name);
    const checked = value === null ? null : check(value);
    if (checked !== null) element.setAttribute(name, checked);
  }
  // It may be wider than the page, and scrolls by keyboard then.
  if (element.localName === 'pre') element.setAttribute('tabindex', '0');
  if (element.localName === 'a') element.setAttribute('rel', 'noopener nofollow ugc');
  element.append(...children);
  return [element];
}

/** The nodes that the HTML amounts to. */
export function safeNodes(html: string): Node[] {
  return [...new DOMParser().parseFromString(html, 'text/html').body.childNodes].flatMap(rebuild);
}
