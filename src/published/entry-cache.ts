/**
 * The entries of the public cache, one for each revision that it has the text of. Knows no names and reads nothing. I9: bounded
 * by bytes, as far as they are known; an older revision of a document makes room for a newer one.
 */
import { Lru } from '../lib/lru.ts';
import type { PublicDocument } from '../ports/public-reads.ts';
import { type Content, createEntry, isSameDocument, type PublicEntry } from './entry.ts';

interface CachedEntry {
  readonly entry: PublicEntry;
  readonly content: Content;
  /** When the document was last known to be public. */
  confirmedAt: number;
}

export interface EntryCache {
  /** The entry of a document whose text is here, in the document's present state. */
  get(document: PublicDocument, confirmedAt: number, key?: string): PublicEntry | undefined;
  set(document: PublicDocument, content: Content, confirmedAt: number): PublicEntry;
  /** The document of the entry, if the two are the same: it need not be compared again. */
  sameDocument(document: PublicDocument): PublicDocument;
  delete(documentId: string): void;
  deleteIf(isOld: (confirmedAt: number) => boolean): void;
  stats(): { documents: number; bytes: number };
}

/** A string of JavaScript, and the tree of a body, take more than their characters. */
const BYTES_A_CHARACTER = 2;
/** Text, body and HTML. */
const FORMS = 3;
const BYTES_AN_ENTRY = 1_024;

export const revisionKey = ({ documentId, revision }: PublicDocument): string => `${documentId}:${revision}`;

export function createEntryCache(maxBytes: number): EntryCache {
  const keysOf = new Map<string, Set<string>>();
  const entries = new Lru<string, CachedEntry>(maxBytes, (key, { entry }) => {
    const { documentId } = entry.document;
    const keys = keysOf.get(documentId);
    if (keys?.delete(key) && keys.size === 0) keysOf.delete(documentId);
  });

  function set(document: PublicDocument, content: Content, confirmedAt: number): PublicEntry {
    const key = revisionKey(document);
    const entry: PublicEntry = createEntry(document, content, (bytes) => entries.grow(key, cached, bytes));
    const cached: CachedEntry = { entry, content, confirmedAt };
    const { documentId, revision } = document;
    for (const other of [...(keysOf.get(documentId) ?? [])]) {
      if ((entries.peek(other)?.entry.document.revision ?? revision) < revision) entries.delete(other);
    }
    entries.set(key, cached, content.html.length * BYTES_A_CHARACTER * FORMS + BYTES_AN_ENTRY);
    // An entry that is too large is not kept.
    if (entries.peek(key) === cached) {
      const keys = keysOf.get(documentId) ?? new Set();
      keysOf.set(documentId, keys.add(key));
    }
    return entry;
  }

  return {
    get(document, confirmedAt, key = revisionKey(document)) {
      const present = entries.get(key);
      if (present === undefined) return undefined;
      const { entry, content } = present;
      if (entry.document !== document && !isSameDocument(entry.document, document)) {
        return set(document, content, confirmedAt);
      }
      present.confirmedAt = Math.max(present.confirmedAt, confirmedAt);
      return entry;
    },
    set,
    sameDocument(document) {
      const present = entries.peek(revisionKey(document))?.entry.document;
      return present && isSameDocument(present, document) ? present : document;
    },
    delete(documentId) {
      for (const key of [...(keysOf.get(documentId) ?? [])]) entries.delete(key);
    },
    deleteIf: (isOld) => entries.deleteIf(({ confirmedAt }) => isOld(confirmedAt)),
    stats: () => ({ documents: entries.size, bytes: entries.weight }),
  };
}
