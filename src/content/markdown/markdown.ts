/**
 * A body as CommonMark with strikethrough and GitHub's tables, such that reading it again gives the same body. What Markdown
 * cannot say and is therefore lost: empty paragraphs (but for empty list items and cells), breaks at the end of a
 * paragraph, breaks in headings and cells (a space takes their place), line ends in inline code, quotes with nothing in
 * them, how an ordered list is numbered, and of tables what `table-lines.ts` says.
 */

import { MAX_DEPTH } from '../model/limits.ts';
import { nodeAttrs, orderMarks } from '../model/shape.ts';
import type { Body, Mark, Node } from '../model/types.ts';
import { attention, type Piece, type Surroundings } from './markdown-inline.ts';
import { tableLines } from './table-lines.ts';

export { parseMarkdown } from './parse-markdown.ts';

export function renderMarkdown(body: Body): string {
  const text = blocks(body.content, 0);
  return text === '' ? '' : `${text}\n`;
}

function blocks(nodes: readonly Node[] = [], depth: number): string {
  if (depth > MAX_DEPTH) return '';
  const parts: string[] = [];
  let last = { type: '', variant: false };
  for (const node of nodes) {
    // Another sign tells a list from the one before it.
    const variant = node.type === last.type && !last.variant;
    const part = block(node, variant, depth);
    if (part === '') continue;
    parts.push(part);
    last = { type: node.type, variant };
  }
  return parts.join('\n\n');
}

function block(node: Node, variant: boolean, depth: number): string {
  const attrs = nodeAttrs(node.type, (name) => node.attrs?.[name]) ?? {};
  switch (node.type) {
    case 'heading':
      return `${'#'.repeat(attrs.level as number)} ${inline(node, 'heading')}`.trimEnd();
    case 'blockquote':
      return prefixed(blocks(node.content, depth + 1), '> ', '> ');
    case 'bulletList':
      // By turns, level by level: `- - -` were a rule.
      return items(node, () => (variant === depth % 4 < 2 ? '* ' : '- '), depth);
    case 'orderedList':
      return items(
        node,
        (index) => `${Math.min((attrs.start as number) + index, 999_999_999)}${variant ? ') ' : '. '}`,
        depth,
      );
    case 'table':
      return tableLines(node, (content) => inline({ type: 'paragraph', content }, 'cell'));
    case 'codeBlock':
      return fenced(node, attrs.language);
    case 'horizontalRule':
      // Neither of the list signs: `- ---` were a rule and no item.
      return '___';
    default:
      return inline(node, 'paragraph');
  }
}

function items(list: Node, signOf: (index: number) => string, depth: number): string {
  const content = list.content ?? [];
  const isTight = content.every((item) => (item.content?.length ?? 0) <= 1);
  return content
    .map((item, index) => {
      const sign = signOf(index);
      return prefixed(blocks(item.content, depth + 2), sign, ' '.repeat(sign.length));
    })
    .join(isTight ? '\n' : '\n\n');
}

/** Lines without a text get no spaces behind them. */
function prefixed(text: string, first: string, rest: string): string {
  return text
    .split('\n')
    .map((line, index) => {
      const prefix = index === 0 ? first : rest;
      return line === '' ? prefix.trimEnd() : prefix + line;
    })
    .join('\n');
}

function fenced({ content = [] }: Node, language: unknown): string {
  const code = content.map(({ text }) => text ?? '').join('');
  const fence = '`'.repeat(Math.max(3, longestRun(code) + 1));
  return `${fence}${typeof language === 'string' ? language : ''}\n${code === '' ? '' : `${code}\n`}${fence}`;
}

const longestRun = (text: string): number => Math.max(0, ...Array.from(text.matchAll(/`+/g), ([run]) => run.length));

const DELIMITERS: ReadonlyMap<string, string> = new Map([
  ['bold', '**'],
  // Not `*`: next to the other it would be a run of three.
  ['italic', '_'],
  ['strike', '~~'],
]);

function inline({ content = [] }: Node, within: Surroundings): string {
  const pieces: Piece[] = [];
  const open: Mark[] = [];
  const closeTo = (length: number) => {
    while (open.length > length) pieces.push(ending(open.pop()!));
  };
  const last = content.findLastIndex(({ type }) => type !== 'hardBreak');
  for (const node of content.slice(0, last + 1)) {
    const marks = orderMarks(node.marks ?? []);
    const isCode = marks[0]?.type === 'code';
    const delimited = isCode ? [] : marks;
    let shared = 0;
    while (shared < open.length && sameMark(open[shared]!, delimited[shared])) shared += 1;
    closeTo(shared);
    for (const mark of delimited.slice(shared)) {
      pieces.push(beginning(mark));
      open.push(mark);
    }
    if (node.type === 'hardBreak')
      pieces.push(within === 'paragraph' ? { kind: 'break' } : { kind: 'text', text: ' ' });
    else if (isCode) pieces.push({ kind: 'code', source: codeSpan(node.text ?? '') });
    else pieces.push({ kind: 'text', text: node.text ?? '' });
  }
  closeTo(0);
  return attention(pieces, within);
}

const sameMark = (a: Mark, b: Mark | undefined): boolean =>
  a.type === b?.type && a.attrs?.href === b.attrs?.href && a.attrs?.title === b.attrs?.title;

function beginning({ type }: Mark): Piece {
  const delimiter = DELIMITERS.get(type);
  return delimiter === undefined ? { kind: 'bracket', source: '[' } : { kind: 'open', source: delimiter };
}

function ending({ type, attrs }: Mark): Piece {
  const delimiter = DELIMITERS.get(type);
  if (delimiter !== undefined) return { kind: 'close', source: delimiter };
  const title = typeof attrs?.title === 'string' ? ` "${attrs.title.replace(/["\\&]/g, '\\$&')}"` : '';
  return { kind: 'bracket', source: `](${destination(String(attrs?.href))}${title})` };
}

function destination(href: string): string {
  return /^[^\s<>()\\&]+$/.test(href) ? href : `<${href.replace(/[<>\\&]/g, '\\$&')}>`;
}

function codeSpan(text: string): string {
  const code = text.replaceAll('\n', ' ');
  const ticks = '`'.repeat(longestRun(code) + 1);
  // Readers take one space off both ends, unless there is nothing else.
  const isPadded = /^`|`$/.test(code) || (code.startsWith(' ') && code.endsWith(' ') && code.trim() !== '');
  return isPadded ? `${ticks} ${code} ${ticks}` : ticks + code + ticks;
}
