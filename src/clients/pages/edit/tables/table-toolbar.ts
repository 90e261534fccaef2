/** The toolbar of the table that the cursor is in. It lies over the text, so that nothing moves when it comes and goes. */
import type { Editor } from '@tiptap/core';
import { toolbar as texts } from '../../../../messages/en/edit.ts';
import type { Panels } from '../commands.ts';
import { createToolbar, type Toolbar } from '../toolbar.ts';
import { tableAround } from './mend.ts';

export function createTableToolbar(editor: Editor, panels: Panels): Toolbar {
  // Its buttons, and those of the page's head, have the focus while they are used.
  const isInUse = (element: HTMLElement) =>
    editor.view.hasFocus() || element.closest('.top')?.contains(document.activeElement) === true;
  return createToolbar(editor, panels, {
    class: 'table-toolbar',
    label: texts.tableLabel,
    groups: ['table'],
    isShown: (element) => editor.isEditable && tableAround(editor.state.selection.$from) !== null && isInUse(element),
  });
}
