/** The timeline of a document: writing sessions with the revisions that were published in and between them. Pure. */
import type { RevisionSummary, WritingSession } from '../../../../schemas/http.ts';
import type { Show, View } from './view-address.ts';

export type Entry =
  | { readonly kind: 'session'; readonly session: WritingSession }
  | { readonly kind: 'revision'; readonly revision: RevisionSummary };

/** What is loaded of a history: of both, the newest, newest first. */
export interface Loaded {
  readonly sessions: readonly WritingSession[];
  readonly revisions: readonly RevisionSummary[];
  /** Position from which the sessions are loaded; 0: all are. */
  readonly from: number;
}

/** The position up to which an entry goes. */
export const endOf = (entry: Entry): number => (entry.kind === 'session' ? entry.session.lastSeq : entry.revision.seq);

const numberOf = (entry: Entry): number => (entry.kind === 'revision' ? entry.revision.number : 0);

/** Newest first. A revision stands above the session at whose end it was published. */
export function timelineOf({ sessions, revisions, from }: Loaded): Entry[] {
  // What was published of earlier sessions comes with them.
  const shown = revisions.filter(({ seq }) => seq >= from);
  const entries: Entry[] = [
    ...sessions.map((session) => ({ kind: 'session', session }) as const),
    ...shown.map((revision) => ({ kind: 'revision', revision }) as const),
  ];
  return entries.sort((one, other) => endOf(other) - endOf(one) || numberOf(other) - numberOf(one));
}

/** The entry that a view is of; undefined: it is not loaded, or there is none. */
export function entryOf(entries: readonly Entry[], { at, revision }: View): Entry | undefined {
  if (revision !== undefined) return entries.find((entry) => numberOf(entry) === revision);
  if (at === undefined) return entries[0];
  return entries.find(
    (entry) => entry.kind === 'session' && entry.session.firstSeq <= at && at <= entry.session.lastSeq,
  );
}

/** The position that an entry's changes are counted from: before the session, or of the revision before. */
export function startOf(entry: Entry, revisions: readonly RevisionSummary[]): number {
  if (entry.kind === 'session') return entry.session.firstSeq - 1;
  return revisions.find(({ number }) => number === entry.revision.number - 1)?.seq ?? 0;
}

/** The position that a view of an entry is of. */
export const positionOf = (entry: Entry, { at }: View): number =>
  entry.kind === 'session' ? (at ?? entry.session.lastSeq) : entry.revision.seq;

/** What is compared: an earlier position with a later one, or with the present. The whole text is that of one position. */
export interface Comparison {
  readonly from: number;
  readonly to: number | undefined;
}

export function comparisonOf(entry: Entry, view: View, revisions: readonly RevisionSummary[]): Comparison {
  const at = positionOf(entry, view);
  if (view.show === 'text') return { from: at, to: at };
  if (view.show === 'now') return { from: at, to: undefined };
  const other = seqOfRevision(view.show, revisions) ?? startOf(entry, revisions);
  return { from: Math.min(other, at), to: Math.max(other, at) };
}

const seqOfRevision = (show: Show, revisions: readonly RevisionSummary[]): number | undefined =>
  revisions.find(({ number }) => number === show)?.seq;
