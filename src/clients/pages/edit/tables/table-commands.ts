/** What an author does with a table, as commands of the editor. */
import type { CommandProps, RawCommands } from '@tiptap/core';
import { EditorState, TextSelection, type Transaction } from '@tiptap/pm/state';
import {
  addColumnAfter,
  addColumnBefore,
  addRowAfter,
  addRowBefore,
  CellSelection,
  deleteColumn,
  deleteRow,
  goToNextCell,
  toggleHeader,
} from '@tiptap/pm/tables';
import { tableExcess } from '../../../../content/model/tables.ts';
import { isManageable, mend, tableAround, widthOf } from './mend.ts';

const ROWS = 3;
const COLUMNS = 3;

declare module '@tiptap/core' {
  interface Commands<ReturnType> {
    tables: {
      /** Three rows and columns, the first row as head, below the block of the selection. */
      insertTable: () => ReturnType;
      addTableRow: (side: 'before' | 'after') => ReturnType;
      addTableColumn: (side: 'before' | 'after') => ReturnType;
      deleteTableRow: () => ReturnType;
      deleteTableColumn: () => ReturnType;
      toggleTableHeader: (what: 'row' | 'column') => ReturnType;
      deleteTable: () => ReturnType;
      /** False where there is no next cell. */
      moveToCell: (direction: 1 | -1) => ReturnType;
    };
  }
}

type TableCommand = (state: EditorState, dispatch?: (tr: Transaction) => void) => boolean;

/** Runs a command on the table of the selection once that is rectangular, unless it would outgrow the limits. */
const onTable =
  (command: TableCommand, more: { rows?: number; columns?: number } = {}) =>
  ({ tr, dispatch }: CommandProps): boolean => {
    const table = tableAround(tr.selection.$from);
    if (table === null || !isManageable(table.node)) return false;
    const rows = table.node.childCount + (more.rows ?? 0);
    if (tableExcess(rows, widthOf(table.node) + (more.columns ?? 0)) !== null) return false;
    if (!dispatch) return command(EditorState.create(tr));
    const stepsBefore = tr.steps.length;
    mend(tr, table);
    // These commands map places by all steps of a transaction: they get one without any.
    const isDone = command(EditorState.create(tr), (own) => {
      for (const step of own.steps) tr.step(step);
      tr.setSelection(own.selection.getBookmark().resolve(tr.doc)).scrollIntoView();
    });
    const pos = tr.mapping.slice(stepsBefore).map(table.pos);
    // Where the cell of the selection went, the selection stays in the table.
    if (tableAround(tr.selection.$from) === null) {
      const end = pos + (tr.doc.nodeAt(pos)?.nodeSize ?? 1) - 1;
      tr.setSelection(TextSelection.near(tr.doc.resolve(end), -1));
    }
    return isDone;
  };

/** Deletes the table if it has one row, or column, left. */
const orTable =
  (command: TableCommand, isLast: (rect: { rows: number; columns: number }) => boolean) =>
  (props: CommandProps): boolean => {
    const table = tableAround(props.tr.selection.$from);
    if (table === null) return false;
    const { tr } = props;
    const covered = coveredBy(tr);
    const rest = { rows: table.node.childCount - covered.rows, columns: widthOf(table.node) - covered.columns };
    return isLast(rest) ? deleteTable(props) : onTable(command)(props);
  };

/** How many rows and columns the selection reaches over. */
function coveredBy({ selection }: Transaction): { rows: number; columns: number } {
  if (!(selection instanceof CellSelection)) return { rows: 1, columns: 1 };
  const rows = new Set<number>();
  const columns = new Set<number>();
  selection.forEachCell((_cell, pos) => {
    const $cell = selection.$anchorCell.doc.resolve(pos);
    rows.add($cell.index(-1));
    columns.add($cell.index());
  });
  return { rows: rows.size, columns: columns.size };
}

function deleteTable({ tr, dispatch }: CommandProps): boolean {
  const table = tableAround(tr.selection.$from);
  if (table !== null && dispatch) tr.delete(table.pos, table.pos + table.node.nodeSize).scrollIntoView();
  return table !== null;
}

function insertTable({ state, tr, dispatch }: CommandProps): boolean {
  const { $to } = tr.selection;
  const { table, tableRow, tableCell, tableHeader, paragraph } = state.schema.nodes;
  if (!table || !tableRow || !tableCell || !tableHeader || !paragraph || tableAround($to) !== null) return false;
  const depth = $to.parent.isTextblock ? $to.depth - 1 : $to.depth;
  const parent = $to.node(depth);
  const index = $to.index(depth);
  const isEmpty = depth < $to.depth && $to.parent.type === paragraph && $to.parent.content.size === 0;
  const replaces = isEmpty && parent.canReplaceWith(index, index + 1, table);
  const at = depth < $to.depth ? (replaces ? $to.before() : $to.after()) : $to.pos;
  if (!replaces && !parent.canReplaceWith($to.indexAfter(depth), $to.indexAfter(depth), table)) return false;
  if (!dispatch) return true;
  const cells = (type: typeof tableCell) => Array.from({ length: COLUMNS }, () => type.createAndFill()!);
  const rows = Array.from({ length: ROWS }, (_, row) =>
    tableRow.create(null, cells(row === 0 ? tableHeader : tableCell)),
  );
  const made = table.create(null, rows);
  tr.replaceWith(at, replaces ? $to.after() : at, made);
  const after = at + made.nodeSize;
  // A place to go on behind it.
  if (tr.doc.resolve(after).nodeAfter === null) tr.insert(after, paragraph.create());
  tr.setSelection(TextSelection.near(tr.doc.resolve(at + 1))).scrollIntoView();
  return true;
}

export const TABLE_COMMANDS: Partial<RawCommands> = {
  insertTable: () => insertTable,
  addTableRow: (side) => onTable(side === 'before' ? addRowBefore : addRowAfter, { rows: 1 }),
  addTableColumn: (side) => onTable(side === 'before' ? addColumnBefore : addColumnAfter, { columns: 1 }),
  deleteTableRow: () => orTable(deleteRow, ({ rows }) => rows < 1),
  deleteTableColumn: () => orTable(deleteColumn, ({ columns }) => columns < 1),
  toggleTableHeader: (what) => onTable(toggleHeader(what)),
  deleteTable: () => deleteTable,
  moveToCell: (direction) => onTable(goToNextCell(direction)),
};
