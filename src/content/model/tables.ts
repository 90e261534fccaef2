/** What is true of every table in a body: rectangular, no larger than the limits, no table within a table. */
import { MAX_TABLE_CELLS, MAX_TABLE_COLUMNS, MAX_TABLE_ROWS } from './limits.ts';
import type { Node } from './types.ts';

/** Says what is too large for a table of that many rows and columns; null: nothing (I9). */
export function tableExcess(rows: number, columns: number): string | null {
  if (rows > MAX_TABLE_ROWS) return `A table has more than ${MAX_TABLE_ROWS} rows.`;
  if (columns > MAX_TABLE_COLUMNS) return `A table has more than ${MAX_TABLE_COLUMNS} columns.`;
  return rows * columns > MAX_TABLE_CELLS ? `A table has more than ${MAX_TABLE_CELLS} cells.` : null;
}

export const cellsOf = (row: Node): readonly Node[] => row.content ?? [];

export const isHeaderRow = (row: Node): boolean =>
  cellsOf(row).length > 0 && cellsOf(row).every(({ type }) => type === 'tableHeader');

/** The cell's only paragraph, if it holds nothing else: it is written like a line of text. */
export function onlyParagraph({ content = [] }: Node): Node | null {
  const [first] = content;
  return content.length === 1 && first?.type === 'paragraph' ? first : null;
}
