/**
 * A table as GitHub's Markdown has it: a line a row, the first one as its head. What that cannot say and is therefore lost:
 * header cells outside of a first row that has no others, a head without a word above other rows, and blocks in cells, of
 * which the words stay, one after the other.
 */
import { cellsOf, isHeaderRow } from '../model/tables.ts';
import type { Node } from '../model/types.ts';

/** @param inline writes what stands in one cell */
export function tableLines({ content: rows = [] }: Node, inline: (content: Node[]) => string): string {
  const [first] = rows;
  if (first === undefined) return '';
  const lines = rows.map((row) => line(cellsOf(row).map((cell) => inline(words(cell)))));
  const columns = cellsOf(first).map(() => '---');
  const head = isHeaderRow(first) ? lines.shift()! : line(columns.map(() => ''));
  return [head, line(columns), ...lines].join('\n');
}

const line = (cells: readonly string[]): string => `|${cells.map((cell) => ` ${cell} |`).join('')}`;

/** The texts of a cell in reading order, as one line. */
function words(cell: Node): Node[] {
  const parts: Node[] = [];
  for (const block of textBlocks(cell)) {
    if (parts.length > 0) parts.push({ type: 'text', text: ' ' });
    const isCode = block.type === 'codeBlock';
    for (const node of block.content ?? []) parts.push(isCode ? { ...node, marks: [{ type: 'code' }] } : node);
  }
  return parts;
}

function textBlocks(node: Node): Node[] {
  const { content = [] } = node;
  if (content.every(({ type }) => type === 'text' || type === 'hardBreak')) return content.length > 0 ? [node] : [];
  return content.flatMap(textBlocks);
}
