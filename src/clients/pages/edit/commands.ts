/** What an author can do with a text, as data: the toolbar, the slash menu, the keys and the list of shortcuts read it. */
import type { ChainedCommands, Editor } from '@tiptap/core';
import { slashMenu, toolbar } from '../../../messages/en/edit.ts';
import type { IconName } from '../common/icons.ts';
import { tableAround } from './tables/mend.ts';

/** What opens beside the text. */
export interface Panels {
  link(): void;
  find(): void;
  replace(): void;
  history(): void;
  shortcuts(): void;
}

/** Those of the toolbar. */
export const GROUPS = ['history', 'marks', 'blocks', 'tools'] as const;

export interface Command {
  readonly id: string;
  /** Those of a table have a toolbar of their own, and are possible nowhere else. */
  readonly group: (typeof GROUPS)[number] | 'table';
  readonly label: string;
  /** An icon, or letters set in the style of the class `glyph-<id>`; left out, the toolbar does not have it. */
  readonly face?: { readonly icon: IconName } | { readonly glyph: string };
  /** Keys in ProseMirror's notation, such as `Mod-b`; those of a table have none. */
  readonly keys?: string;
  /** Where Apple's systems have another use for those. */
  readonly keysOnApple?: string;
  /** Other words that find it in the slash menu; left out, it is not there. */
  readonly words?: string;
  /** A change of the text, or what it opens. */
  readonly effect: ((chain: ChainedCommands) => ChainedCommands) | keyof Panels;
  /** Whether the selection has it; left out, the command is an action and not a state. */
  readonly active?: (editor: Editor) => boolean;
  /** Left out, always possible. */
  readonly possible?: (editor: Editor) => boolean;
}

const { commands: labels } = toolbar;
const { words } = slashMenu;

const isActive = (name: string) => (editor: Editor) => editor.isActive(name);
const heading = (level: 2 | 3) => ({
  effect: (chain: ChainedCommands) => chain.toggleHeading({ level }),
  active: (editor: Editor) => editor.isActive('heading', { level }),
});

function hasHeaderRow({ state }: Editor): boolean {
  const head = tableAround(state.selection.$from)?.node.firstChild;
  return head?.children.every(({ type }) => type.name === 'tableHeader') === true;
}

const HISTORY: readonly Omit<Command, 'group'>[] = [
  {
    id: 'undo',
    label: labels.undo,
    face: { icon: 'undo' },
    keys: 'Mod-z',
    effect: (chain) => chain.undo(),
    possible: (editor) => editor.can().undo(),
  },
  {
    id: 'redo',
    label: labels.redo,
    face: { icon: 'redo' },
    keys: 'Mod-Shift-z',
    effect: (chain) => chain.redo(),
    possible: (editor) => editor.can().redo(),
  },
];

const MARKS: readonly Omit<Command, 'group'>[] = [
  {
    id: 'bold',
    label: labels.bold,
    face: { glyph: 'B' },
    keys: 'Mod-b',
    words: words.bold,
    effect: (chain) => chain.toggleBold(),
    active: isActive('bold'),
  },
  {
    id: 'italic',
    label: labels.italic,
    face: { glyph: 'I' },
    keys: 'Mod-i',
    words: words.italic,
    effect: (chain) => chain.toggleItalic(),
    active: isActive('italic'),
  },
  {
    id: 'link',
    label: labels.link,
    face: { icon: 'link' },
    keys: 'Mod-k',
    words: words.link,
    effect: 'link',
    active: isActive('link'),
  },
  {
    id: 'strike',
    label: labels.strike,
    face: { glyph: 'S' },
    keys: 'Mod-Shift-s',
    words: words.strike,
    effect: (chain) => chain.toggleStrike(),
    active: isActive('strike'),
  },
  {
    id: 'code',
    label: labels.code,
    face: { icon: 'code' },
    keys: 'Mod-e',
    words: words.code,
    effect: (chain) => chain.toggleCode(),
    active: isActive('code'),
  },
];

const BLOCKS: readonly Omit<Command, 'group'>[] = [
  {
    id: 'paragraph',
    label: labels.paragraph,
    face: { glyph: '¶' },
    keys: 'Mod-Alt-0',
    words: words.paragraph,
    effect: (chain) => chain.setParagraph(),
    active: isActive('paragraph'),
  },
  {
    id: 'heading',
    label: labels.heading,
    face: { glyph: 'H' },
    keys: 'Mod-Alt-2',
    words: words.heading,
    ...heading(2),
  },
  {
    id: 'subheading',
    label: labels.subheading,
    face: { glyph: 'H' },
    keys: 'Mod-Alt-3',
    words: words.subheading,
    ...heading(3),
  },
  {
    id: 'bullets',
    label: labels.bullets,
    face: { icon: 'bullets' },
    keys: 'Mod-Shift-8',
    words: words.bullets,
    effect: (chain) => chain.toggleBulletList(),
    active: isActive('bulletList'),
  },
  {
    id: 'numbers',
    label: labels.numbers,
    face: { icon: 'numbers' },
    keys: 'Mod-Shift-7',
    words: words.numbers,
    effect: (chain) => chain.toggleOrderedList(),
    active: isActive('orderedList'),
  },
  {
    id: 'quote',
    label: labels.quote,
    face: { icon: 'quote' },
    keys: 'Mod-Shift-b',
    words: words.quote,
    effect: (chain) => chain.toggleBlockquote(),
    active: isActive('blockquote'),
  },
  {
    id: 'code-block',
    label: labels.codeBlock,
    face: { icon: 'code-block' },
    keys: 'Mod-Alt-c',
    words: words.codeBlock,
    effect: (chain) => chain.toggleCodeBlock(),
    active: isActive('codeBlock'),
  },
  {
    id: 'table',
    label: labels.table,
    face: { icon: 'table' },
    keys: 'Mod-Alt-t',
    words: words.table,
    effect: (chain) => chain.insertTable(),
    active: isActive('table'),
    // No table in a table.
    possible: (editor) => !editor.isActive('table'),
  },
  {
    id: 'rule',
    label: labels.rule,
    face: { icon: 'rule' },
    keys: 'Mod-Alt-r',
    words: words.rule,
    effect: (chain) => chain.setHorizontalRule(),
  },
];

const tableCommand = (
  id: IconName,
  name: Extract<keyof typeof words, keyof typeof labels>,
  effect: (chain: ChainedCommands) => ChainedCommands,
  more: Pick<Command, 'active' | 'possible'> = {},
): Omit<Command, 'group'> => ({ id, label: labels[name], face: { icon: id }, words: words[name], effect, ...more });

/** Beyond its limits a table does not grow. */
const ROW_FITS = { possible: (editor: Editor) => editor.can().addTableRow('after') };
const COLUMN_FITS = { possible: (editor: Editor) => editor.can().addTableColumn('after') };

const TABLE: readonly Omit<Command, 'group'>[] = [
  tableCommand('row-above', 'rowAbove', (chain) => chain.addTableRow('before'), ROW_FITS),
  tableCommand('row-below', 'rowBelow', (chain) => chain.addTableRow('after'), ROW_FITS),
  tableCommand('column-before', 'columnBefore', (chain) => chain.addTableColumn('before'), COLUMN_FITS),
  tableCommand('column-after', 'columnAfter', (chain) => chain.addTableColumn('after'), COLUMN_FITS),
  tableCommand('header-row', 'headerRow', (chain) => chain.toggleTableHeader('row'), { active: hasHeaderRow }),
  tableCommand('delete-row', 'deleteRow', (chain) => chain.deleteTableRow()),
  tableCommand('delete-column', 'deleteColumn', (chain) => chain.deleteTableColumn()),
  tableCommand('delete-table', 'deleteTable', (chain) => chain.deleteTable()),
];

const TOOLS: readonly Omit<Command, 'group'>[] = [
  { id: 'find', label: labels.find, face: { icon: 'search' }, keys: 'Mod-f', effect: 'find' },
  { id: 'replace', label: labels.replace, keys: 'Mod-h', keysOnApple: 'Mod-Alt-f', effect: 'replace' },
  { id: 'history', label: labels.history, face: { icon: 'history' }, keys: 'Mod-Shift-y', effect: 'history' },
  { id: 'shortcuts', label: labels.shortcuts, face: { glyph: '?' }, keys: 'Mod-/', effect: 'shortcuts' },
];

/** In the order in which they are shown. */
export const COMMANDS: readonly Command[] = Object.entries({
  history: HISTORY,
  marks: MARKS,
  blocks: BLOCKS,
  tools: TOOLS,
  table: TABLE,
} satisfies Record<Command['group'], readonly Omit<Command, 'group'>[]>).flatMap(([group, commands]) =>
  commands.map((command) => ({ ...command, group: group as Command['group'] })),
);

export const keysOf = (command: Command, apple: boolean): string | undefined =>
  apple ? (command.keysOnApple ?? command.keys) : command.keys;

/** @param chain what is done before it, in the same change */
export function perform(command: Command, panels: Panels, chain: ChainedCommands): void {
  const { effect } = command;
  if (typeof effect === 'function') {
    effect(chain).run();
    return;
  }
  chain.run();
  panels[effect]();
}
