/** A table of pasted HTML as rows of single cells: the schema has no merged ones, and no tables beyond the limits (I9). */
import { elementsIn, setOf, type TreeElement } from './tree.ts';

export interface Row {
  readonly isHead: boolean;
  /** Null: empty, covered by a cell that spans several. */
  readonly cells: readonly (TreeElement | null)[];
}
export interface Grid {
  readonly rows: readonly Row[];
  /** Cells that spanned several rows or columns. */
  readonly merged: number;
  /** Cells that were not there. */
  readonly missing: number;
}

/** Whether a table of that many rows and columns is within the limits. */
export type Fits = (rows: number, columns: number) => boolean;

const SECTIONS = setOf('thead,tbody,tfoot');
const isCell = ({ localName }: TreeElement): boolean => localName === 'td' || localName === 'th';

interface SourceRow {
  readonly isHead: boolean;
  readonly cells: readonly TreeElement[];
}

export function rowsOf(table: TreeElement): SourceRow[] {
  const rowsIn = (parent: TreeElement, isHead: boolean): SourceRow[] =>
    [...elementsIn(parent)].flatMap((part) => {
      if (SECTIONS.has(part.localName)) return rowsIn(part, part.localName === 'thead');
      return part.localName === 'tr' ? [{ isHead, cells: [...elementsIn(part)].filter(isCell) }] : [];
    });
  return rowsIn(table, false).filter(({ cells }) => cells.length > 0);
}

function spanOf(cell: TreeElement, name: 'colspan' | 'rowspan'): number {
  const value = Number.parseInt(cell.getAttribute(name) ?? '', 10);
  return value >= 2 ? value : 1;
}

/** One row after those above, whose cells may reach into it: `reach` has by column how many rows more. */
function place(cells: readonly TreeElement[], reach: number[], fits: Fits): (TreeElement | null)[] {
  const placed: (TreeElement | null)[] = [];
  const skipCovered = () => {
    while ((reach[placed.length] ?? 0) > 0) {
      reach[placed.length]! -= 1;
      placed.push(null);
    }
  };
  for (const cell of cells) {
    skipCovered();
    const columns = spanOf(cell, 'colspan');
    const below = spanOf(cell, 'rowspan') - 1;
    for (let column = 0; column < columns && (column === 0 || fits(1, placed.length + 1)); column++) {
      reach[placed.length] = below;
      placed.push(column === 0 ? cell : null);
    }
  }
  skipCovered();
  return placed;
}

/** Null for a table beyond the limits. */
export function gridOf(table: TreeElement, fits: Fits): Grid | null {
  const source = rowsOf(table);
  if (!fits(source.length, 1) || source.some(({ cells }) => !fits(1, cells.length))) return null;
  const reach: number[] = [];
  const rows = source.map(({ isHead, cells }) => ({ isHead, cells: place(cells, reach, fits) }));
  // A cell that spans more columns than there are makes none.
  const width = Math.max(0, ...rows.map(({ cells }) => cells.findLastIndex((cell) => cell !== null) + 1));
  if (!fits(rows.length, width)) return null;
  const own = source.reduce((sum, { cells }) => sum + cells.length, 0);
  const merged = source
    .flatMap(({ cells }) => cells)
    .filter((cell) => spanOf(cell, 'colspan') > 1 || spanOf(cell, 'rowspan') > 1).length;
  return {
    rows: rows.map(({ isHead, cells }) => ({
      isHead,
      cells: Array.from({ length: width }, (_, column) => cells[column] ?? null),
    })),
    merged,
    missing: rows.length * width - own,
  };
}
