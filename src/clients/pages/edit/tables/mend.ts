/**
 * Makes a table rectangular. Two authors who add a row and a column at once leave one row short. It is not mended when that
 * comes in: both would do it, and leave it uneven in another way. It is when an author next does something in it.
 */
import type { Node, ResolvedPos } from '@tiptap/pm/model';
import type { Transaction } from '@tiptap/pm/state';
import { tableExcess } from '../../../../content/model/tables.ts';

export interface FoundTable {
  readonly node: Node;
  /** Before the table. */
  readonly pos: number;
}

/** The table around a place. */
export function tableAround($pos: ResolvedPos): FoundTable | null {
  for (let depth = $pos.depth; depth > 0; depth--) {
    if ($pos.node(depth).type.name === 'table') return { node: $pos.node(depth), pos: $pos.before(depth) };
  }
  return null;
}

export function widthOf(table: Node): number {
  let width = 0;
  table.forEach((row) => {
    width = Math.max(width, row.childCount);
  });
  return width;
}

/** Whether the table has columns and is within the limits; commands do not change other tables. */
export function isManageable(table: Node): boolean {
  const width = widthOf(table);
  return width > 0 && tableExcess(table.childCount, width) === null;
}

/** @returns whether something was added */
export function mend(tr: Transaction, { node: table, pos }: FoundTable): boolean {
  if (!isManageable(table)) return false;
  const width = widthOf(table);
  const { tableCell, tableHeader } = table.type.schema.nodes;
  let end = pos + table.nodeSize - 1;
  let isChanged = false;
  // From the last row on: what is added does not move what stands before it.
  for (let index = table.childCount - 1; index >= 0; index--) {
    const row = table.child(index);
    const isHeader = row.childCount > 0 && row.children.every(({ type }) => type === tableHeader);
    const missing = Array.from({ length: width - row.childCount }, () =>
      (isHeader ? tableHeader : tableCell)?.createAndFill(),
    );
    const cells = missing.filter((cell) => cell !== null && cell !== undefined);
    if (cells.length > 0) {
      tr.insert(end - 1, cells);
      isChanged = true;
    }
    end -= row.nodeSize;
  }
  return isChanged;
}
