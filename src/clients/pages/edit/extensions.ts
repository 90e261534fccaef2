/**
 * How the editor behaves and shares its text. What a text may consist of is `CONTENT`, which the server reads and writes
 * by too: no node and no mark may be added here.
 */
import { Extension, type Extensions } from '@tiptap/core';
import { CollaborationCaret } from '@tiptap/extension-collaboration-caret';
import { ListKeymap } from '@tiptap/extension-list/keymap';
import { Dropcursor } from '@tiptap/extensions/drop-cursor';
import { Gapcursor } from '@tiptap/extensions/gap-cursor';
import { Plugin } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';
import { CONTENT } from '../../../content/model/extensions.ts';
import { BODY } from '../../../content/model/names.ts';
import { page as texts } from '../../../messages/en/edit.ts';
import type { OpenDocument } from '../../editor/index.ts';
import { h } from '../common/dom.ts';
import { hueClass } from '../common/people.ts';
import { collaboration } from './collaboration.ts';
import type { Panels } from './commands.ts';
import { Direction } from './direction.ts';
import { FindHighlights } from './find/highlights.ts';
import { pasting } from './paste/paste.ts';
import { slashMenu } from './slash/slash-menu.ts';
import { TableEditing } from './tables/table-editing.ts';
import { textKeys } from './text-keys.ts';

export { BODY };

/** The handle that the server stamped; other fields of an awareness state are its sender's word alone (I4). */
function handleOf(user: Record<string, unknown>): string {
  return typeof user.handle === 'string' ? user.handle : typeof user.name === 'string' ? user.name : '?';
}

function caret(user: Record<string, unknown>): HTMLElement {
  const handle = handleOf(user);
  return h('span', { class: `caret ${hueClass(handle)}` }, h('span', { class: 'caret-name' }, handle));
}

/** Marks the one empty paragraph of an empty text, for the style sheet to write the placeholder there. */
const PLACEHOLDER = {
  class: 'placeholder',
  'data-write': texts.placeholder,
  'data-read': texts.emptyReadOnly,
};
const Placeholder = Extension.create({
  name: 'placeholder',
  addProseMirrorPlugins() {
    return [
      new Plugin({
        props: {
          decorations({ doc }) {
            const only = doc.childCount === 1 ? doc.firstChild : null;
            if (only === null || only.type.name !== 'paragraph' || only.content.size > 0) return DecorationSet.empty;
            return DecorationSet.create(doc, [Decoration.node(0, only.nodeSize, PLACEHOLDER)]);
          },
        },
      }),
    ];
  },
});

export interface TextExtensionOptions {
  readonly open: OpenDocument;
  /** Of the author who writes here. */
  readonly handle: string;
  readonly panels: Panels;
  /** Moves the focus to the toolbar. */
  readonly toToolbar: () => void;
  /** Shows a sentence about what was pasted; null takes the last one away. */
  readonly say: (sentence: string | null) => void;
}

export function textExtensions({ open, handle, panels, toToolbar, say }: TextExtensionOptions): Extensions {
  return [
    ...CONTENT,
    Dropcursor.configure({ class: 'drop-cursor', color: false }),
    Gapcursor,
    ListKeymap,
    TableEditing,
    pasting({ say }),
    collaboration(open.ydoc.getXmlFragment(BODY)),
    CollaborationCaret.configure({
      provider: { awareness: open.awareness },
      // The colour is the receiver's choice by handle; y-tiptap only warns when it is not of this form.
      user: { handle, name: handle, color: '#000000' },
      render: caret,
      selectionRender: (user) => ({ class: `peer-selection ${hueClass(handleOf(user))}` }),
    }),
    Placeholder,
    Direction,
    FindHighlights,
    slashMenu(panels),
    textKeys(panels, toToolbar),
  ];
}
