/**
 * Which document each name shows, and which names show none, as the public cache read it. A name is a key: of a slug or of a
 * document's id. Knows no texts. I9: bounded by number, names of nothing apart from the others.
 */
import { Lru } from '../lib/lru.ts';
import type { PublicDocument } from '../ports/public-reads.ts';
import { revisionKey } from './entry-cache.ts';

export interface CachedName {
  /** Undefined: nothing public. */
  readonly document: PublicDocument | undefined;
  /** Of the document's text; made once, because each read needs it. */
  readonly revisionKey: string;
  /** When it was read, or earlier. */
  readonly at: number;
}

export interface NameCache {
  get(key: string): CachedName | undefined;
  /** Of a document alone. */
  getShown(key: string): CachedName | undefined;
  /** The same, and does not count as use. */
  peekShown(key: string): CachedName | undefined;
  set(key: string, document: PublicDocument, at: number): void;
  setAbsent(key: string, at: number): void;
  delete(key: string): void;
  /** Forgets all names of nothing. */
  clearAbsent(): void;
  /** Names that show a document. */
  keysOf(documentId: string): readonly string[];
  deleteShownIf(isOld: (name: CachedName) => boolean): void;
}

export function createNameCache(maxNames: number): NameCache {
  const keysOf = new Map<string, Set<string>>();
  const shown = new Lru<string, CachedName>(maxNames, (key, { document }) => {
    const keys = document && keysOf.get(document.documentId);
    if (keys?.delete(key) && keys.size === 0) keysOf.delete(document?.documentId ?? '');
  });
  const absent = new Lru<string, CachedName>(maxNames);

  return {
    get: (key) => shown.get(key) ?? absent.get(key),
    getShown: (key) => shown.get(key),
    peekShown: (key) => shown.peek(key),
    set(key, document, at) {
      absent.delete(key);
      shown.set(key, { document, revisionKey: revisionKey(document), at });
      const keys = keysOf.get(document.documentId) ?? new Set();
      keysOf.set(document.documentId, keys.add(key));
    },
    setAbsent(key, at) {
      shown.delete(key);
      absent.set(key, { document: undefined, revisionKey: '', at });
    },
    delete(key) {
      shown.delete(key);
      absent.delete(key);
    },
    clearAbsent: () => absent.clear(),
    keysOf: (documentId) => [...(keysOf.get(documentId) ?? [])],
    deleteShownIf: (isOld) => shown.deleteIf(isOld),
  };
}
