/**
 * A table while it is built of cells that may span rows and columns, as HTML has them, and of rows of any length. Every
 * span becomes single cells: the first has the content, the others are empty. Knows nothing of what cells hold.
 *
 * Invariant: `finish` leaves a rectangular table within the limits, or answers what to have in its place.
 */
import { MAX_NODES, MAX_TABLE_COLUMNS, MAX_TABLE_ROWS } from './limits.ts';
import type { Getter } from './shape.ts';
import { cellsOf, isHeaderRow, tableExcess } from './tables.ts';
import type { Node } from './types.ts';

/** Cells that all tables of one body may get besides those that were there: a row of a byte could ask for a hundred. */
const MAX_FILLERS = MAX_NODES;
const NODES_A_FILLER = 2;

/** Shared by the tables of one body. */
export class FillerBudget {
  #used = 0;

  /** Nodes that fillers consist of. */
  get nodes(): number {
    return this.#used * NODES_A_FILLER;
  }

  take(count: number): boolean {
    if (this.#used + count > MAX_FILLERS) return false;
    this.#used += count;
    return true;
  }
}

interface Span {
  /** Rows below that it reaches. */
  rows: number;
  readonly type: string;
}

export class TableBuilder {
  readonly #table: Node;
  readonly #budget: FillerBudget;
  readonly #fillers = new Set<Node>();
  /** By column: the cell above that reaches down to the row that is being filled. */
  readonly #spans: (Span | undefined)[] = [];

  constructor(table: Node, budget: FillerBudget) {
    this.#table = table;
    this.#budget = budget;
  }

  /** Before a cell is added to the row, and at its end: what cells above cover. */
  coverSpans(row: Node): void {
    for (let span = this.#next(row); span !== undefined && span.rows > 0; span = this.#next(row)) {
      if (!this.#fill(row, span.type)) return;
      span.rows -= 1;
    }
  }

  /** After a cell was added to the row. */
  spread(row: Node, type: string, get: Getter): void {
    const columns = spanOf(get('colspan'), MAX_TABLE_COLUMNS);
    const rows = spanOf(get('rowspan'), MAX_TABLE_ROWS);
    const first = cellsOf(row).length - 1;
    for (let column = first; column < first + columns && column < MAX_TABLE_COLUMNS; column++) {
      if (column > first && !this.#fill(row, type)) return;
      this.#spans[column] = rows > 1 ? { rows: rows - 1, type } : undefined;
    }
  }

  /**
   * Gives all rows as many cells as the longest has.
   * @returns null, or the blocks to have instead, where the table is empty or too large, and what is too large
   */
  finish(): { blocks: readonly Node[]; excess: string | null } | null {
    const rows = this.#table.content ?? [];
    const width = rows.reduce((most, row) => Math.max(most, this.#lengthOf(row)), 0);
    const excess = tableExcess(rows.length, width);
    const missing = rows.reduce((sum, row) => sum + Math.max(0, width - cellsOf(row).length), 0);
    if (width === 0 || excess !== null || !this.#budget.take(missing)) return { blocks: blocksOf(rows), excess };
    for (const row of rows) {
      const type = isHeaderRow(row) ? 'tableHeader' : 'tableCell';
      row.content ??= [];
      row.content.splice(width);
      while (row.content.length < width) row.content.push(filler(type));
    }
    return null;
  }

  #next(row: Node): Span | undefined {
    return this.#spans[cellsOf(row).length];
  }

  #fill(row: Node, type: string): boolean {
    if (!this.#budget.take(1)) return false;
    const cell = filler(type);
    this.#fillers.add(cell);
    row.content ??= [];
    row.content.push(cell);
    return true;
  }

  /** Without fillers at the end: a cell that spans more columns than there are makes none. */
  #lengthOf(row: Node): number {
    return cellsOf(row).findLastIndex((cell) => !this.#fillers.has(cell)) + 1;
  }
}

const filler = (type: string): Node => ({ type, content: [{ type: 'paragraph' }] });

function spanOf(value: unknown, most: number): number {
  return Number.isInteger(value) && (value as number) > 1 && (value as number) <= most ? (value as number) : 1;
}

/** What the cells hold, without empty paragraphs. */
function blocksOf(rows: readonly Node[]): Node[] {
  return rows
    .flatMap(cellsOf)
    .flatMap(({ content = [] }) => content)
    .filter(({ type, content }) => type !== 'paragraph' || content !== undefined);
}
