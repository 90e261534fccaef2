/** The list's filters in the query of its address. Pure. */
import type { DocumentListQuery } from '../../../../schemas/http.ts';
import { filters as texts } from '../../../messages/en/list.ts';

type State = NonNullable<DocumentListQuery['state']>;

/** States to filter by, with their labels; the empty one is all but what is deleted. */
export const STATES: readonly (readonly [State | '', string])[] = [
  ['', texts.all],
  ['draft', texts.draft],
  ['published', texts.published],
  ['scheduled', texts.scheduled],
  ['deleted', texts.deleted],
];
/** Characters of the longest search; the API's limit. */
export const MAX_SEARCH = 200;

/** Results of a search on one page: the best come first, and the text of each is looked through for what to show. */
const RESULTS = 25;

export interface ListFilters {
  readonly state?: State;
  readonly q?: string;
}

/** @param search the query of an address; invalid values are left out */
export function listFiltersOf(search: string): ListFilters {
  const query = new URLSearchParams(search);
  const state = STATES.find(([value]) => value !== '' && value === query.get('state'))?.[0];
  const q = (query.get('q') ?? '').trim().slice(0, MAX_SEARCH);
  return { ...(state === undefined || state === '' ? {} : { state }), ...(q === '' ? {} : { q }) };
}

/** What the API is asked for. */
export const listQueryOf = (filters: ListFilters): DocumentListQuery => ({
  ...filters,
  ...(filters.q !== undefined && { limit: RESULTS }),
});

/** @param next of the page before; undefined: it is the last */
export const nextQueryOf = (query: DocumentListQuery, next: string | undefined): DocumentListQuery | undefined =>
  next === undefined ? undefined : { ...query, after: next };
