/** A copy of the list of documents that a device keeps, and what of it answers to a filter without a server. Pure. */
import type { Document, DocumentListQuery } from '../../../../schemas/http.ts';

export interface SavedList {
  /** When the server gave it, milliseconds since the Unix epoch. */
  readonly at: number;
  readonly documents: readonly Document[];
  /** Older documents follow, which are not in the copy. */
  readonly hasMore: boolean;
}

/** What was kept, or null. Browsers give back what any version of the page, or its user, put there. */
export function savedListOf(text: string | null): SavedList | null {
  try {
    const kept: unknown = JSON.parse(text ?? 'null');
    if (typeof kept !== 'object' || kept === null || !('at' in kept && 'documents' in kept)) return null;
    const { at, documents } = kept;
    if (typeof at !== 'number' || !Number.isFinite(at) || !Array.isArray(documents)) return null;
    return { at, documents: documents as Document[], hasMore: 'hasMore' in kept && kept.hasMore === true };
  } catch {
    return null;
  }
}

/**
 * The documents of a copy that a filter asks for; null: the copy cannot tell. It has neither deleted documents nor the texts that
 * a search looks into.
 */
export function filtered(list: SavedList, { state, q }: Pick<DocumentListQuery, 'state' | 'q'>): SavedList | null {
  if (q !== undefined || state === 'deleted') return null;
  const isWanted = ({ published, scheduled }: Document): boolean => {
    if (state === 'published') return published !== null;
    if (state === 'scheduled') return scheduled !== null;
    return state !== 'draft' || published === null;
  };
  return { ...list, documents: list.documents.filter(isWanted) };
}
