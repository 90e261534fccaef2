/**
 * When the slash menu is open and what it lists: pure functions of the text. It opens when the author types "/" into an
 * empty paragraph, follows what is typed after it, and never opens by what others write.
 */
import type { EditorState, Transaction } from '@tiptap/pm/state';
import { ySyncPluginKey } from '@tiptap/y-tiptap';
import { COMMANDS, type Command } from '../commands.ts';
import { tableAround } from '../tables/mend.ts';

/** UTF-16 units of the words to filter by: longer text is text. */
const MAX_QUERY = 30;
/** Japanese and Chinese keyboards type the second one. */
const SLASH = /^[/／]$/;
const QUERY = new RegExp(`^[/／](?!\\s)(.{0,${MAX_QUERY}})$`, 'u');

export interface SlashMenu {
  /** Position of the slash. */
  readonly from: number;
  readonly query: string;
  readonly items: readonly Command[];
  /** Index of the item that Enter takes. */
  readonly active: number;
}
export type SlashAction = { readonly kind: 'close' } | { readonly kind: 'move'; readonly to: number };

const plain = (text: string) => text.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();

/** The commands with a word that begins so, in the order in which they are shown: in a table its own first. */
function commandsFor(query: string, isInTable: boolean): readonly Command[] {
  const wanted = plain(query.trim());
  const found = COMMANDS.filter(
    ({ label, words }) => words !== undefined && ` ${plain(`${label} ${words}`)}`.includes(` ${wanted}`),
  );
  const [own, others] = [true, false].map((isOwn) => found.filter(({ group }) => (group === 'table') === isOwn));
  return [...(isInTable ? (own ?? []) : []), ...(others ?? [])];
}

/** The slash before the cursor, with what follows it; null where the cursor is not at the end of such a paragraph. */
function slashAt({ selection: { $from, empty } }: EditorState): { from: number; query: string } | null {
  const { parent, parentOffset } = $from;
  if (!empty || parent.type.name !== 'paragraph' || parentOffset !== parent.content.size) return null;
  // A node that is no text, such as a line break, has no character of its own.
  if (parent.textContent.length !== parent.content.size) return null;
  const query = SLASH.test(parent.textContent) ? '' : QUERY.exec(parent.textContent)?.[1];
  return query === undefined ? null : { from: $from.start(), query };
}

const isOurs = (change: Transaction) => change.docChanged && change.getMeta(ySyncPluginKey) === undefined;

/** The menu after a change. */
export function nextSlash(
  change: Transaction,
  action: SlashAction | undefined,
  menu: SlashMenu | null,
  before: EditorState,
  after: EditorState,
): SlashMenu | null {
  if (action?.kind === 'close') return null;
  const slash = slashAt(after);
  if (slash === null) return null;
  if (menu === null) {
    const wasEmpty = before.selection.$from.parent.content.size === 0;
    if (slash.query !== '' || !wasEmpty || !isOurs(change)) return null;
  }
  const isSame = menu !== null && menu.query === slash.query;
  const active = action?.kind === 'move' ? action.to : isSame ? menu.active : 0;
  return {
    ...slash,
    items: isSame ? menu.items : commandsFor(slash.query, tableAround(after.selection.$from) !== null),
    active,
  };
}
