/**
 * HTML of a body, safe by construction: tags come from the tables here; of content only text gets out, escaped, and the
 * attributes that `shape.ts` has checked. Takes any tree, also one that nobody checked.
 */
import { MAX_DEPTH } from '../model/limits.ts';
import { linkHref } from '../model/link.ts';
import { nodeAttrs, SHAPES } from '../model/shape.ts';
import { cellsOf, isHeaderRow, onlyParagraph } from '../model/tables.ts';
import type { Block, Body, Mark, Node } from '../model/types.ts';

/** What a link to someone else's page says of it: it is a user's, and vouched for by nobody. */
const LINK_REL = 'noopener nofollow ugc';

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ESCAPES[character]!);
}

export function renderHtml(body: Body): string {
  return body.content.map(renderBlock).join('\n');
}

/**
 * The same for a page of readers: each block runs in the direction of its own text, whatever the language of the page around
 * it, and code from left to right.
 */
export function renderDirected(body: Body): string {
  return body.content.map((block) => directed(block, renderBlock(block))).join('\n');
}

const directed = ({ type }: Block, html: string): string =>
  type === 'horizontalRule' ? html : html.replace(/^<\w+/, `$& dir="${type === 'codeBlock' ? 'ltr' : 'auto'}"`);

export function renderBlock(block: Block): string {
  return render(block, 1);
}

function render(node: Node, depth: number): string {
  const shape = SHAPES.get(node.type);
  if (shape === undefined || depth > MAX_DEPTH) return '';
  const children = () => (node.content ?? []).map((child) => render(child, depth + 1)).join('');
  const attrs = nodeAttrs(node.type, (name) => node.attrs?.[name]) ?? {};
  switch (node.type) {
    case 'paragraph':
      return `<p>${renderInline(node)}</p>`;
    case 'heading':
      return `<h${attrs.level}>${renderInline(node)}</h${attrs.level}>`;
    case 'blockquote':
      return `<blockquote>${children()}</blockquote>`;
    case 'bulletList':
      return `<ul>${children()}</ul>`;
    case 'orderedList':
      return `<ol${attrs.start === 1 ? '' : ` start="${attrs.start}"`}${numerals(attrs.type)}>${children()}</ol>`;
    case 'listItem':
      return `<li>${renderItem(node, depth)}</li>`;
    case 'table':
      return renderTable(node, depth);
    case 'codeBlock':
      return renderCode(node, attrs.language);
    case 'horizontalRule':
      return '<hr>';
    default:
      return '';
  }
}

const numerals = (type: unknown): string => (typeof type === 'string' ? ` type="${type}"` : '');

/** An item of one paragraph, with or without lists below it, is a line of its own: no `<p>`. */
function renderItem({ content = [] }: Node, depth: number): string {
  const [first, ...rest] = content;
  const isLine = first?.type === 'paragraph' && rest.every(({ type }) => SHAPES.get(type) === 'items');
  const head = first === undefined ? '' : isLine ? renderInline(first) : render(first, depth + 1);
  return head + rest.map((child) => render(child, depth + 1)).join('');
}

/** In an element that scrolls sideways where the page is narrower, and takes the focus for that. */
function renderTable({ content = [] }: Node, depth: number): string {
  const hasHead = content[0] !== undefined && isHeaderRow(content[0]);
  const rows = content.map((row, index) => {
    const cells = cellsOf(row).map((cell, column) => {
      const scope = hasHead && index === 0 ? 'col' : column === 0 ? 'row' : '';
      return renderCell(cell, scope, depth + 2);
    });
    return `<tr>${cells.join('')}</tr>`;
  });
  const head = hasHead ? `<thead>${rows.shift()}</thead>` : '';
  const body = rows.length > 0 ? `<tbody>${rows.join('')}</tbody>` : '';
  return `<div class="table" tabindex="0"><table>${head}${body}</table></div>`;
}

function renderCell(cell: Node, scope: string, depth: number): string {
  if (SHAPES.get(cell.type) !== 'cell' || depth > MAX_DEPTH) return '';
  const line = onlyParagraph(cell);
  const content =
    line === null ? (cell.content ?? []).map((child) => render(child, depth + 1)).join('') : renderInline(line);
  if (cell.type === 'tableCell') return `<td>${content}</td>`;
  return `<th${scope === '' ? '' : ` scope="${scope}"`}>${content}</th>`;
}

function renderCode(node: Node, language: unknown): string {
  const label = typeof language === 'string' ? ` class="language-${escapeHtml(language)}"` : '';
  const code = renderInline(node);
  // Browsers do not show the last line's end.
  return `<pre><code${label}>${code}${code.endsWith('\n') ? '\n' : ''}</code></pre>`;
}

/** Tags by mark, outermost first. `ins` and `del` are marks of differences, and of no draft. */
const TAGS: readonly (readonly [mark: string, tag: string])[] = [
  ['ins', 'ins'],
  ['del', 'del'],
  ['link', 'a'],
  ['bold', 'strong'],
  ['code', 'code'],
  ['italic', 'em'],
  ['strike', 's'],
];

interface Tag {
  readonly start: string;
  readonly end: string;
}

function tagsOf(marks: readonly Mark[]): Tag[] {
  return TAGS.flatMap(([type, tag]) => {
    const mark = marks.find((one) => one.type === type);
    if (mark === undefined) return [];
    if (type !== 'link') return { start: `<${tag}>`, end: `</${tag}>` };
    const href = linkHref(mark.attrs?.href);
    return href === null ? [] : { start: `<a href="${escapeHtml(href)}" rel="${LINK_REL}">`, end: '</a>' };
  });
}

/** Texts and breaks; what neighbours have in common is one element. */
function renderInline({ content = [] }: Node): string {
  const open: Tag[] = [];
  let html = '';
  const closeTo = (length: number) => {
    while (open.length > length) html += open.pop()!.end;
  };
  for (const node of content) {
    const tags = tagsOf(node.marks ?? []);
    let shared = 0;
    while (shared < open.length && open[shared]!.start === tags[shared]?.start) shared += 1;
    closeTo(shared);
    for (const tag of tags.slice(shared)) {
      html += tag.start;
      open.push(tag);
    }
    if (node.type === 'hardBreak') html += '<br>';
    else if (node.type === 'text') html += escapeHtml(node.text ?? '');
  }
  closeTo(0);
  return html;
}
