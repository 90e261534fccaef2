/** What the toolbar can do, as data: each command's name, look, shortcut, effect and state. */
import type { ChainedCommands, Editor } from '@tiptap/core';
import { toolbar } from '../../../messages/en/edit.ts';
import type { IconName } from '../common/icons.ts';

export interface Command {
  readonly id: string;
  readonly label: string;
  /** An icon, or letters set in the style of the class `glyph-<id>`. */
  readonly face: { readonly icon: IconName } | { readonly glyph: string };
  /** Keys in ProseMirror's notation, such as `Mod-b`. */
  readonly keys: string;
  readonly run: (chain: ChainedCommands) => ChainedCommands;
  /** Whether the selection has it; left out, the command is an action and not a state. */
  readonly active?: (editor: Editor) => boolean;
  /** Left out, always possible. */
  readonly possible?: (editor: Editor) => boolean;
}

const texts = toolbar.commands;

const mark = (name: string) => (editor: Editor) => editor.isActive(name);
const heading = (level: 2 | 3) => ({
  run: (chain: ChainedCommands) => chain.toggleHeading({ level }),
  active: (editor: Editor) => editor.isActive('heading', { level }),
});

/** The toolbar's groups, in order. The link command is the link dialog's, and not here. */
export const COMMANDS: readonly (readonly Command[])[] = [
  [
    {
      id: 'bold',
      label: texts.bold,
      face: { glyph: 'B' },
      keys: 'Mod-b',
      run: (chain) => chain.toggleBold(),
      active: mark('bold'),
    },
    {
      id: 'italic',
      label: texts.italic,
      face: { glyph: 'I' },
      keys: 'Mod-i',
      run: (chain) => chain.toggleItalic(),
      active: mark('italic'),
    },
    {
      id: 'code',
      label: texts.code,
      face: { icon: 'code' },
      keys: 'Mod-e',
      run: (chain) => chain.toggleCode(),
      active: mark('code'),
    },
  ],
  [
    { id: 'heading', label: texts.heading, face: { glyph: 'H' }, keys: 'Mod-Alt-2', ...heading(2) },
    { id: 'subheading', label: texts.subheading, face: { glyph: 'H' }, keys: 'Mod-Alt-3', ...heading(3) },
    {
      id: 'bullets',
      label: texts.bullets,
      face: { icon: 'bullets' },
      keys: 'Mod-Shift-8',
      run: (chain) => chain.toggleBulletList(),
      active: mark('bulletList'),
    },
    {
      id: 'numbers',
      label: texts.numbers,
      face: { icon: 'numbers' },
      keys: 'Mod-Shift-7',
      run: (chain) => chain.toggleOrderedList(),
      active: mark('orderedList'),
    },
    {
      id: 'quote',
      label: texts.quote,
      face: { icon: 'quote' },
      keys: 'Mod-Shift-b',
      run: (chain) => chain.toggleBlockquote(),
      active: mark('blockquote'),
    },
  ],
  [
    {
      id: 'undo',
      label: texts.undo,
      face: { icon: 'undo' },
      keys: 'Mod-z',
      run: (chain) => chain.undo(),
      possible: (editor) => editor.can().undo(),
    },
    {
      id: 'redo',
      label: texts.redo,
      face: { icon: 'redo' },
      keys: 'Mod-Shift-z',
      run: (chain) => chain.redo(),
      possible: (editor) => editor.can().redo(),
    },
  ],
];

/** How a person reads a shortcut: `Mod-Shift-8` is `⇧⌘8` on Apple keyboards, `Ctrl+Shift+8` elsewhere. */
export function keysLabel(keys: string, apple: boolean): string {
  const parts = keys.split('-');
  const key = (parts.pop() ?? '').toUpperCase();
  if (!apple) return [...parts.map((part) => (part === 'Mod' ? 'Ctrl' : part)), key].join('+');
  const symbols = { Alt: '⌥', Shift: '⇧', Mod: '⌘' } as const;
  const modifiers = Object.entries(symbols).filter(([name]) => parts.includes(name));
  return modifiers.map(([, symbol]) => symbol).join('') + key;
}
