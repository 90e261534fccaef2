/** The writing surface: Tiptap on the draft's `body`. */
import { Editor } from '@tiptap/core';
import { page as texts } from '../../../messages/en/edit.ts';
import { h } from '../common/dom.ts';
import { type TextExtensionOptions, textExtensions } from './extensions.ts';

export interface TextOptions extends TextExtensionOptions {
  readonly editable: boolean;
}

/** Pixels below the upper edge of the window that the page's head and what lies over the text take at most. */
const HEAD = 170;

/** Mounts the editor into an element of its own; `editor.destroy()` ends it. */
export function createText(options: TextOptions): { editor: Editor; element: HTMLElement } {
  const element = h('div', { class: 'text' });
  const editor = new Editor({
    element,
    editable: options.editable,
    // Words that look like addresses become links; what else is pasted has been converted already.
    enablePasteRules: ['link'],
    // The page's policy allows no inline style; the style sheet has these rules.
    injectCSS: false,
    extensions: textExtensions(options),
    editorProps: {
      // The cursor does not go behind the page's head.
      scrollThreshold: { top: HEAD, right: 0, bottom: 0, left: 0 },
      scrollMargin: { top: HEAD, right: 5, bottom: 5, left: 5 },
      attributes: { class: 'prose', role: 'textbox', 'aria-multiline': 'true', 'aria-label': texts.text },
    },
  });
  return { editor, element };
}
