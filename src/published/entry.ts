/**
 * A public document as it is shown: its current revision, or the draft of a live one, ready to be sent in whatever forms the front
 * doors make of it. Immutable: when the document changes, another entry takes its place.
 */
import type { Body } from '../content/model/types.ts';
import type { Coverage, PublicDocument } from '../ports/public-reads.ts';
import { type CachedBytes, contentTag, createBytes } from './cached-bytes.ts';

export type SectionDates = readonly (string | null)[];

export interface PublicEntry {
  readonly document: PublicDocument;
  readonly body: Body;
  /** The body, safe by construction. */
  readonly html: string;
  /** When each section of the body was begun, of a document that is or was live: RFC 3339, UTC. Null: that is not known. */
  readonly sectionDates: SectionDates;
  /** Changes whenever readers would see a difference. The bytes have tags of their own. */
  readonly tag: string;
  /** All of it as JSON: `PublicJson`. */
  readonly json: CachedBytes;
  /**
   * Bytes made of the entry, once a key. Few are kept (I9), and those that were used again stay: a key may contain what a client
   * sends, its host for example, and keys that are used once do not evict others' bytes.
   */
  cached(key: string, make: (entry: PublicEntry) => string | Uint8Array): CachedBytes;
  /** Those of the bytes that have this tag, while they are kept. */
  tagged(tag: string): CachedBytes | undefined;
  /** So many bytes more, or less, live as long as the entry does: they count as its own (I9). */
  grow(bytes: number): void;
}

/** The content of `json`. */
export interface PublicJson extends Omit<PublicDocument, 'documentId'> {
  id: string;
  html: string;
  body: Body;
}

/** A text as readers see it: that of a revision is the same in every entry of it. */
export interface Content {
  readonly body: Body;
  readonly html: string;
  /** Left out: none are known. */
  readonly sectionDates?: SectionDates;
}

const NO_DATES: SectionDates = [];

const MAX_KEYS = 16;

export function jsonOf({ document, html, body }: Pick<PublicEntry, 'document' | 'html' | 'body'>): string {
  const { documentId: id, ...rest } = document;
  return JSON.stringify({ id, ...rest, html, body } satisfies PublicJson);
}

interface Slot {
  readonly bytes: CachedBytes;
  readonly counted: { weight: number; isKept: boolean };
  /** It was used since the last search for room. */
  wasUsed: boolean;
}

/** @param grow called with the number of bytes that were made, or dropped (less than 0), so that they can be bounded */
export function createEntry(document: PublicDocument, content: Content, grow: (bytes: number) => void): PublicEntry {
  const made = new Map<string, Slot>();
  const { body, html, sectionDates = NO_DATES } = content;

  function keep(key: string, from: string | Uint8Array): CachedBytes {
    const counted = { weight: 0, isKept: true };
    const bytes = createBytes(from, (more) => {
      if (!counted.isKept) return;
      counted.weight += more;
      grow(more);
    });
    made.set(key, { bytes, counted, wasUsed: false });
    return bytes;
  }

  /** Drops the oldest that was not used since the last search. */
  function makeRoom(): void {
    // Each that was used is passed over once: a key that is set again comes last.
    for (const [key, slot] of made) {
      if (made.size < MAX_KEYS) return;
      made.delete(key);
      if (slot.wasUsed) {
        slot.wasUsed = false;
        made.set(key, slot);
      } else {
        slot.counted.isKept = false;
        grow(-slot.counted.weight);
      }
    }
  }

  const entry: PublicEntry = {
    document,
    body,
    html,
    sectionDates,
    tag: contentTag(JSON.stringify([document, sectionDates])),
    get json() {
      return entry.cached('json', jsonOf);
    },
    cached(key, make) {
      const present = made.get(key);
      if (present !== undefined) {
        present.wasUsed = true;
        return present.bytes;
      }
      const content = make(entry);
      makeRoom();
      return keep(key, content);
    },
    tagged(tag) {
      for (const { bytes } of made.values()) if (bytes.tag === tag) return bytes;
      return undefined;
    },
    grow,
  };
  return entry;
}

const isSameCoverage = (a: Coverage | null, b: Coverage | null): boolean =>
  a?.startedAt === b?.startedAt && a?.endedAt === b?.endedAt;

export const isSameDocument = (a: PublicDocument, b: PublicDocument): boolean =>
  a.documentId === b.documentId &&
  a.revision === b.revision &&
  a.slug === b.slug &&
  a.live === b.live &&
  a.language === b.language &&
  a.author === b.author &&
  a.title === b.title &&
  a.summary === b.summary &&
  a.publishedAt === b.publishedAt &&
  a.firstPublishedAt === b.firstPublishedAt &&
  a.updatedAt === b.updatedAt &&
  a.seq === b.seq &&
  isSameCoverage(a.coverage, b.coverage);
