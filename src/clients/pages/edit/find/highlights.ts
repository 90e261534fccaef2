/**
 * Shows what was found in the text. Finding itself is `find-bar.ts`, and runs when typing pauses: this only keeps
 * the marks where they are while the text changes, so that typing costs nothing more.
 */
import { Extension } from '@tiptap/core';
import { type EditorState, Plugin, PluginKey, type Transaction } from '@tiptap/pm/state';
import { Decoration, DecorationSet } from '@tiptap/pm/view';

export interface Match {
  readonly from: number;
  readonly to: number;
}

const KEY = new PluginKey<DecorationSet>('find');

/** @param active index of the match that is selected; -1: none is */
export function setHighlights(change: Transaction, matches: readonly Match[], active: number): Transaction {
  const marks = matches.map(({ from, to }, index) =>
    Decoration.inline(from, to, { class: index === active ? 'match active' : 'match' }),
  );
  return change.setMeta(KEY, DecorationSet.create(change.doc, marks));
}

const highlightsOf = (state: EditorState): DecorationSet => KEY.getState(state) ?? DecorationSet.empty;

/** Whether a change is of the marks, and not of the text. */
export const isHighlighting = (change: Transaction): boolean => change.getMeta(KEY) !== undefined;

export const FindHighlights = Extension.create({
  name: 'findHighlights',
  addProseMirrorPlugins: () => [
    new Plugin<DecorationSet>({
      key: KEY,
      state: {
        init: () => DecorationSet.empty,
        apply: (change, marks) => change.getMeta(KEY) ?? marks.map(change.mapping, change.doc),
      },
      props: { decorations: highlightsOf },
    }),
  ],
});
