/** A body as plain text: for search, previews and readers without markup. */
import { MAX_DEPTH } from './limits.ts';
import { nodeAttrs } from './shape.ts';
import { cellsOf } from './tables.ts';
import type { Body, Node } from './types.ts';

export function renderText(body: Body): string {
  return blocks(body.content, 0);
}

function blocks(nodes: readonly Node[] = [], depth: number): string {
  if (depth > MAX_DEPTH) return '';
  return nodes.map((node) => block(node, depth)).join('\n\n');
}

function block(node: Node, depth: number): string {
  switch (node.type) {
    case 'bulletList':
    case 'orderedList':
      return items(node, depth);
    case 'blockquote':
      return prefixed(blocks(node.content, depth + 1), '> ', '> ');
    case 'table':
      return (node.content ?? []).map((row) => rowText(row, depth + 2)).join('\n');
    case 'horizontalRule':
      return '---';
    default:
      return inlineText(node);
  }
}

function items(list: Node, depth: number): string {
  const first = nodeAttrs(list.type, (name) => list.attrs?.[name])?.start;
  return (list.content ?? [])
    .map((item, index) => {
      const sign = typeof first === 'number' ? `${first + index}. ` : '- ';
      return prefixed(itemText(item, depth + 2), sign, ' '.repeat(sign.length));
    })
    .join('\n');
}

/** Lists go right below their line. */
function itemText({ content = [] }: Node, depth: number): string {
  const isTight = content.every(({ type }, index) => index === 0 || type === 'bulletList' || type === 'orderedList');
  return isTight && depth <= MAX_DEPTH ? content.map((node) => block(node, depth)).join('\n') : blocks(content, depth);
}

/** A line with tabs between the cells, as spreadsheets take it. */
function rowText(row: Node, depth: number): string {
  return cellsOf(row)
    .map(({ content }) => blocks(content, depth).replace(/\s+/g, ' ').trim())
    .join('\t')
    .trimEnd();
}

function prefixed(text: string, first: string, rest: string): string {
  return text
    .split('\n')
    .map((line, index) => ((index === 0 ? first : rest) + line).trimEnd())
    .join('\n');
}

/** The text of a paragraph, heading or code block. */
export function inlineText({ content = [] }: Node): string {
  return content.map((node) => (node.type === 'hardBreak' ? '\n' : (node.text ?? ''))).join('');
}
