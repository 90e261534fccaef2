/** The draft's position that a revision was made of. Knows no page. */
import type { Revision, RevisionList } from '../../../../../schemas/http.ts';

type Answer<T, P> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: P };

export interface RevisionReads<P> {
  revisions(documentId: string, query: { readonly limit?: number }): Promise<Answer<RevisionList, P>>;
  revision(documentId: string, number: number): Promise<Answer<Revision, P>>;
}

export async function positionOf<P>(
  api: RevisionReads<P>,
  documentId: string,
  number: number,
): Promise<Answer<number, P>> {
  // The newest revision is the current one: publishing makes a new one each time. The list has no texts, which are long.
  const newest = await api.revisions(documentId, { limit: 1 });
  if (!newest.ok) return newest;
  const [revision] = newest.value.revisions;
  if (revision?.number === number) return { ok: true, value: revision.seq };
  // Lists may come from a replica that is behind the document, or have come to hold a newer one: only this one counts.
  const exact = await api.revision(documentId, number);
  return exact.ok ? { ok: true, value: exact.value.seq } : exact;
}
