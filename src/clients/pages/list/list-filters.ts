/** What the list's address asks for. Pure. */
import type { DocumentListQuery } from '../../../../schemas/http.ts';

type State = NonNullable<DocumentListQuery['state']>;

/** States that can be asked for, with their names; the empty one is all but what is deleted. */
export const STATES: readonly (readonly [State | '', string])[] = [
  ['', 'All'],
  ['draft', 'Drafts'],
  ['published', 'Published'],
  ['scheduled', 'Scheduled'],
  ['deleted', 'Deleted'],
];
/** Longest search; the API's limit. */
export const MAX_WORDS = 200;

export interface Wanted {
  readonly state?: State;
  readonly q?: string;
}

/** @param search the query of an address; what it says wrongly is left out */
export function wantedIn(search: string): Wanted {
  const query = new URLSearchParams(search);
  const state = STATES.find(([value]) => value !== '' && value === query.get('state'))?.[0];
  const q = (query.get('q') ?? '').trim().slice(0, MAX_WORDS);
  return { ...(state === undefined || state === '' ? {} : { state }), ...(q === '' ? {} : { q }) };
}
