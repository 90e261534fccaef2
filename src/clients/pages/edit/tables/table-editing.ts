/** How tables behave in the editor: their commands, their keys, and selections of cells. */
import { type Editor, Extension } from '@tiptap/core';
import type { ResolvedPos } from '@tiptap/pm/model';
import { type EditorState, Plugin, Selection, TextSelection, type Transaction } from '@tiptap/pm/state';
import { CellSelection, tableEditing } from '@tiptap/pm/tables';
import { ySyncPluginKey } from '@tiptap/y-tiptap';
import { type FoundTable, mend, tableAround } from './mend.ts';
import { withoutHollowRows } from './pasted-rows.ts';
import { haveSingleCells } from './single-cells.ts';
import { TABLE_COMMANDS } from './table-commands.ts';

/** What this author did, and no change of somebody else's that came in. */
const isOwn = (tr: Transaction): boolean => tr.getMeta(ySyncPluginKey) === undefined;

/** A text that begins with a table is opened with the caret between two cells, where nothing can be written. */
function betweenTexts({ selection, tr }: EditorState): Transaction | null {
  if (!(selection instanceof TextSelection) || selection.$head.parent.inlineContent) return null;
  return tr.setSelection(Selection.near(selection.$head));
}

/** prosemirror-tables' own, which mends every table after every change: see `mend.ts`. */
function cellSelections(editor: Editor): Plugin {
  const { spec } = tableEditing();
  return new Plugin({
    ...spec,
    props: { ...spec.props, transformPasted: withoutHollowRows },
    appendTransaction(transactions, _before, state) {
      if (editor.isEditable && transactions.some((tr) => isOwn(tr) && tr.selectionSet)) {
        const table = tableAround(state.selection.$from);
        const { tr } = state;
        if (table !== null && mend(tr, table)) return tr;
      }
      // Without a change of the document it looks after the selection alone.
      return betweenTexts(state) ?? spec.appendTransaction?.call(this as never, transactions, state, state);
    },
  });
}

/** Whether the block of this place is the first or last of all those in the row that begins or ends the table. */
function isAtEdge($pos: ResolvedPos, table: FoundTable, direction: 'up' | 'down'): boolean {
  const tableDepth = $pos.doc.resolve(table.pos).depth + 1;
  for (let depth = tableDepth; depth < $pos.depth; depth++) {
    // In a row, every cell is at its edge.
    const isRow = depth === tableDepth + 1;
    const edge = direction === 'up' ? 0 : $pos.node(depth).childCount - 1;
    if (!isRow && $pos.index(depth) !== edge) return false;
  }
  return true;
}

/** Beside a table that begins or ends the text there is no line to go to: it is made. */
function leave(editor: Editor, direction: 'up' | 'down'): boolean {
  const { state, view } = editor;
  const { $head, empty } = state.selection;
  const table = tableAround($head);
  if (table === null || !empty || !isAtEdge($head, table, direction) || !view.endOfTextblock(direction)) return false;
  const at = direction === 'up' ? table.pos : table.pos + table.node.nodeSize;
  const $at = state.doc.resolve(at);
  const { paragraph } = state.schema.nodes;
  if ((direction === 'up' ? $at.nodeBefore : $at.nodeAfter) !== null || paragraph === undefined) return false;
  const tr = state.tr.insert(at, paragraph.create());
  view.dispatch(tr.setSelection(TextSelection.create(tr.doc, at + 1)).scrollIntoView());
  return true;
}

function tab(editor: Editor, direction: 1 | -1): boolean {
  if (tableAround(editor.state.selection.$from) === null) return false;
  if (editor.commands.moveToCell(direction) || direction === -1) return true;
  editor.chain().addTableRow('after').moveToCell(1).scrollIntoView().run();
  return true;
}

/** Deleting all cells deletes the table; deleting some empties them. */
function deleteWhole({ state, commands }: Editor): boolean {
  const { selection } = state;
  return (
    selection instanceof CellSelection &&
    selection.isColSelection() &&
    selection.isRowSelection() &&
    commands.deleteTable()
  );
}

export const TableEditing = Extension.create({
  name: 'tableEditing',
  // Before the keys of lists and of line breaks.
  priority: 1_001,
  onBeforeCreate() {
    haveSingleCells(this.editor.schema);
  },
  addCommands: () => TABLE_COMMANDS,
  addKeyboardShortcuts() {
    const { editor } = this;
    const remove = () => deleteWhole(editor);
    return {
      Tab: () => tab(editor, 1),
      'Shift-Tab': () => tab(editor, -1),
      ArrowUp: () => leave(editor, 'up'),
      ArrowDown: () => leave(editor, 'down'),
      Backspace: remove,
      'Mod-Backspace': remove,
      Delete: remove,
      'Mod-Delete': remove,
    };
  },
  addProseMirrorPlugins() {
    return [cellSelections(this.editor)];
  },
});
