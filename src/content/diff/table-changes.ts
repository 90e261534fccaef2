/**
 * What became of a table's rows and columns. Columns are paired once for the whole table, so that a difference of two
 * rectangular tables is rectangular too: paired row by row, equal cells would stand in different columns. Pure.
 */
import { cellsOf } from '../model/tables.ts';
import type { Node } from '../model/types.ts';
import { match } from './match.ts';
import { gapsFromEnd } from './sequence.ts';

/** Indices of a column or row of both tables; null: it is not in that one. */
export interface CellPosition {
  readonly before: number | null;
  readonly after: number | null;
}

/** In reading order; what went stands before what came in its place. */
export function columnPlaces(before: readonly Node[], after: readonly Node[]): CellPosition[] {
  const [old, fresh] = [widthOf(before), widthOf(after)];
  // Of as many columns none is taken for a new one: what changed are their cells.
  if (old === fresh) return Array.from({ length: old }, (_, index) => ({ before: index, after: index }));
  const { pairs } = match(columnItems(before, old), columnItems(after, fresh));
  const gaps = new Map(gapsFromEnd(pairs, old, fresh).map((gap) => [gap.before[0], gap]));
  const places: CellPosition[] = [];
  const addGap = (start: number) => {
    const gap = gaps.get(start);
    if (gap === undefined) return;
    for (let index = gap.before[0]; index < gap.before[1]; index++) places.push({ before: index, after: null });
    for (let index = gap.after[0]; index < gap.after[1]; index++) places.push({ before: null, after: index });
  };
  addGap(0);
  for (const [first, second] of pairs) {
    places.push({ before: first, after: second });
    addGap(first + 1);
  }
  return places;
}

const widthOf = (rows: readonly Node[]): number => (rows[0] === undefined ? 0 : cellsOf(rows[0]).length);

function columnItems(rows: readonly Node[], width: number): { kind: string; key: string }[] {
  return Array.from({ length: width }, (_, index) => ({
    kind: 'column',
    key: rows.map((row) => JSON.stringify(cellsOf(row)[index]?.content)).join('\n'),
  }));
}
