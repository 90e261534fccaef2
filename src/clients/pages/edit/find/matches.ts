/** Finds words in the text, and puts others in their place. */
import type { EditorState, Transaction } from '@tiptap/pm/state';
import { SearchQuery } from 'prosemirror-search';
import type { Match } from './highlights.ts';

/** Matches that are shown and counted; there may be more. */
export const MAX_MATCHES = 1_000;

export interface SearchOptions {
  readonly search: string;
  readonly caseSensitive: boolean;
  readonly wholeWord: boolean;
}

/** In the order of the text, none over another. */
export function matchesOf(state: EditorState, wanted: SearchOptions, limit = Number.POSITIVE_INFINITY): Match[] {
  const query = new SearchQuery({ ...wanted, literal: true });
  const matches: Match[] = [];
  if (!query.valid) return matches;
  let next = query.findNext(state);
  while (next !== null && matches.length < limit) {
    matches.push({ from: next.from, to: next.to });
    next = query.findNext(state, next.to);
  }
  return matches;
}

/** Replaces the matches in one change. What comes in has the marks of what it replaces. */
export function replaceMatches(state: EditorState, matches: readonly Match[], text: string): Transaction {
  const change = state.tr;
  // From the end: places before it stay as they are.
  for (const { from, to } of matches.toReversed()) {
    if (text === '') change.delete(from, to);
    else {
      const marks = state.doc.resolve(from).marksAcross(state.doc.resolve(to)) ?? [];
      change.replaceWith(from, to, state.schema.text(text, marks));
    }
  }
  return change;
}
