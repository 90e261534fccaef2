/**
 * What is held of a public document: its current revision, ready to be sent in whatever forms front doors make of it.
 * Immutable: when a document changes, another entry takes its place.
 */
import type { Body } from '../content/types.ts';
import type { PublicDocument } from '../ports/public-reads.ts';
import { type CachedBytes, createBytes, tagOf } from './bytes.ts';

export interface PublicEntry {
  readonly document: PublicDocument;
  readonly body: Body;
  /** The body, safe by construction. */
  readonly html: string;
  /** Of everything that readers can tell of the document, without quotes. The bytes have tags of their own. */
  readonly tag: string;
  /** All of it as JSON: `PublicJson`. */
  readonly json: CachedBytes;
  /**
   * Bytes made of the entry, once a key. Few are kept, and the ones made first go first (I9): a key may hold what a
   * client says (its host), and then costs whoever makes up new ones.
   */
  cached(key: string, make: (entry: PublicEntry) => string | Uint8Array): CachedBytes;
}

/** What `json` holds. */
export interface PublicJson extends Omit<PublicDocument, 'documentId'> {
  id: string;
  html: string;
  body: Body;
}

/** A revision's text: the same in every entry of it. */
export interface Content {
  readonly body: Body;
  readonly html: string;
}

const MAX_KEYS = 16;

export function jsonOf({ document, html, body }: Pick<PublicEntry, 'document' | 'html' | 'body'>): string {
  const { documentId: id, ...rest } = document;
  return JSON.stringify({ id, ...rest, html, body } satisfies PublicJson);
}

/** @param onMade told how many bytes came about, for whoever bounds them */
export function createEntry(document: PublicDocument, content: Content, onMade: (bytes: number) => void): PublicEntry {
  const made = new Map<string, CachedBytes>();
  const entry: PublicEntry = {
    document,
    body: content.body,
    html: content.html,
    tag: tagOf(JSON.stringify(document)),
    get json() {
      return entry.cached('json', jsonOf);
    },
    cached(key, make) {
      const present = made.get(key);
      if (present !== undefined) return present;
      const bytes = createBytes(make(entry), onMade);
      made.set(key, bytes);
      const [first] = made.keys();
      if (made.size > MAX_KEYS && first !== undefined) made.delete(first);
      return bytes;
    },
  };
  return entry;
}

export const isSameDocument = (a: PublicDocument, b: PublicDocument): boolean =>
  a.documentId === b.documentId &&
  a.revision === b.revision &&
  a.slug === b.slug &&
  a.live === b.live &&
  a.author === b.author &&
  a.title === b.title &&
  a.summary === b.summary &&
  a.publishedAt === b.publishedAt &&
  a.firstPublishedAt === b.firstPublishedAt;
