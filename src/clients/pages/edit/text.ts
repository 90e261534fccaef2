/** The writing surface: Tiptap on the draft's `body`. */
import { Editor } from '@tiptap/core';
import { page as texts } from '../../../messages/en/edit.ts';
import type { OpenDocument } from '../../editor/index.ts';
import { h } from '../common/dom.ts';
import type { Panels } from './commands.ts';
import { textExtensions } from './extensions.ts';

export interface TextOptions {
  readonly open: OpenDocument;
  /** Handle of the author who writes here. */
  readonly handle: string;
  readonly editable: boolean;
  readonly panels: Panels;
  /** Moves the focus to the toolbar. */
  readonly toToolbar: () => void;
}

/** Mounts the editor into an element of its own; `editor.destroy()` ends it. */
export function createText({ open, handle, editable, panels, toToolbar }: TextOptions): {
  editor: Editor;
  element: HTMLElement;
} {
  const element = h('div', { class: 'text' });
  const editor = new Editor({
    element,
    editable,
    // The page's policy allows no inline style; the style sheet has these rules.
    injectCSS: false,
    extensions: textExtensions(open, handle, panels, toToolbar),
    editorProps: {
      attributes: { class: 'prose', role: 'textbox', 'aria-multiline': 'true', 'aria-label': texts.text },
    },
  });
  return { editor, element };
}
