/** What was published of a document before: whether anything was, and of which position of the draft. Knows no page. */
import type { Revision, RevisionList } from '../../../../../schemas/http.ts';

type Answer<T, P> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: P };

export interface RevisionReads<P> {
  revisions(documentId: string, query: { readonly limit?: number }): Promise<Answer<RevisionList, P>>;
  revision(documentId: string, number: number): Promise<Answer<Revision, P>>;
}

async function positionOf<P>(api: RevisionReads<P>, documentId: string, number: number): Promise<Answer<number, P>> {
  // The newest revision is the current one: publishing makes a new one each time. The list has no texts, which are long.
  const newest = await api.revisions(documentId, { limit: 1 });
  if (!newest.ok) return newest;
  const [revision] = newest.value.revisions;
  if (revision?.number === number) return { ok: true, value: revision.seq };
  // Lists may come from a replica that is behind the document, or have come to hold a newer one: only this one counts.
  const exact = await api.revision(documentId, number);
  return exact.ok ? { ok: true, value: exact.value.seq } : exact;
}

export interface PublishedBefore {
  /** Position of the draft that the current revision was made of; null when nothing is published. */
  readonly publishedSeq: number | null;
  /** It was never published. */
  readonly isFirst: boolean;
}

/** @param current number of the revision that readers see, if there is one */
export async function publishedBefore<P>(
  api: RevisionReads<P>,
  documentId: string,
  current: number | null,
): Promise<Answer<PublishedBefore, P>> {
  if (current !== null) {
    const position = await positionOf(api, documentId, current);
    return position.ok ? { ok: true, value: { publishedSeq: position.value, isFirst: false } } : position;
  }
  const newest = await api.revisions(documentId, { limit: 1 });
  return newest.ok ? { ok: true, value: { publishedSeq: null, isFirst: newest.value.revisions.length === 0 } } : newest;
}
