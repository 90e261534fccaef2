/** What the page shows, as its address has it: `?at=214&show=now`. A link leads to the same, and so does the back button. Pure. */

/** The changes of a session or revision, the whole text, or a comparison: with the draft as it is now, or with a revision. */
export type Show = 'changes' | 'text' | 'now' | number;

export interface View {
  /** The revision that is chosen; left out, a moment of the draft is. */
  readonly revision?: number;
  /** Position of that moment; left out, the newest. */
  readonly at?: number;
  readonly show: Show;
}

const NUMBER = /^[1-9]\d{0,14}$/;

function numberIn(value: string | null): number | undefined {
  return value !== null && NUMBER.test(value) ? Number(value) : undefined;
}

function showIn(value: string | null): Show {
  if (value === 'text' || value === 'now') return value;
  return numberIn(value) ?? 'changes';
}

/** @param search of the address; what is wrong in it counts as left out */
export function viewOf(search: string): View {
  const query = new URLSearchParams(search);
  const show = showIn(query.get('show'));
  const revision = numberIn(query.get('revision'));
  if (revision !== undefined) return { revision, show };
  const at = numberIn(query.get('at'));
  return at === undefined ? { show } : { at, show };
}

export function searchOf({ at, revision, show }: View): string {
  const query = new URLSearchParams();
  if (revision !== undefined) query.set('revision', String(revision));
  else if (at !== undefined) query.set('at', String(at));
  if (show !== 'changes') query.set('show', String(show));
  return `?${query}`;
}
