/**
 * Keys in the text: a key for each command, and where Tab leads. In lists and code Tab belongs to the text, so there is
 * always a way out: Escape, then Tab. In other blocks Tab moves on, as everywhere on the web.
 */
import { type Editor, Extension } from '@tiptap/core';
import { type EditorState, Plugin } from '@tiptap/pm/state';
import { COMMANDS, type Panels, perform } from './commands.ts';

/** Nodes in which Tab does something. */
const TAB_NODES = new Set(['listItem', 'codeBlock', 'tableCell', 'tableHeader']);

/** The innermost of those that has the selection. */
function tabNode({ selection: { $from } }: EditorState): string | null {
  for (let depth = $from.depth; depth > 0; depth -= 1) {
    const { name } = $from.node(depth).type;
    if (TAB_NODES.has(name)) return name;
  }
  return null;
}

function tab(editor: Editor, isBack: boolean): boolean {
  switch (tabNode(editor.state)) {
    case 'listItem':
      if (isBack) editor.commands.liftListItem('listItem');
      else editor.commands.sinkListItem('listItem');
      return true;
    case 'codeBlock':
      if (!isBack) editor.view.dispatch(editor.state.tr.insertText('\t').scrollIntoView());
      return true;
    default:
      // Tables move by keys of their own.
      return false;
  }
}

/** After Escape the next Tab is the browser's. */
function wayOut(): Plugin {
  let isLeaving = false;
  return new Plugin({
    props: {
      handleDOMEvents: {
        keydown(_view, event) {
          if (event.key === 'Shift') return false;
          const leaves = isLeaving && event.key === 'Tab';
          isLeaving = event.key === 'Escape' && !event.isComposing;
          return leaves;
        },
        blur() {
          isLeaving = false;
          return false;
        },
      },
    },
  });
}

/** @param toToolbar moves the focus to the toolbar */
export function textKeys(panels: Panels, toToolbar: () => void): Extension {
  return Extension.create({
    name: 'textKeys',
    // Before the keys of lists, which would let go of a Tab that cannot indent.
    priority: 1000,
    addKeyboardShortcuts() {
      const { editor } = this;
      // What opens a panel is the whole page's (page-keys.ts), except for links, which need a selection.
      const own = COMMANDS.filter(({ effect }) => typeof effect === 'function' || effect === 'link');
      const bindings = own.flatMap((command) => {
        const act = () => {
          perform(command, panels, editor.chain());
          return true;
        };
        return command.keys === undefined ? [] : [[command.keys, act] as const];
      });
      return {
        ...Object.fromEntries(bindings),
        'Alt-F10': () => {
          toToolbar();
          return true;
        },
        Tab: () => tab(editor, false),
        'Shift-Tab': () => tab(editor, true),
        // Every key is saved already: keep the browser's "save page as" away from a hand that saves by habit.
        'Mod-s': () => true,
      };
    },
    addProseMirrorPlugins: () => [wayOut()],
  });
}
