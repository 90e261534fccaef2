/**
 * Texts with the addresses of the site, for whatever origin a request names: without `PUBLIC_URL` strangers choose it. What such a
 * text says is read and rendered once for all origins, with a stand-in for theirs, which is replaced for each. Does not know what
 * the texts are.
 *
 * I6: bytes for an origin are those of the text that is given, and of no earlier one. I9: they are kept up to a number of bytes;
 * those of an origin that nobody uses go first, and making them again reads nothing.
 */
import { Lru } from '../../../lib/lru.ts';
import { type CachedBytes, createBytes } from '../../../published/cached-bytes.ts';

export interface ByOriginOptions {
  maxBytes: number;
  /** Unguessable: nobody can write the stand-in into a document. */
  newId(): string;
}

export interface ByOrigin {
  /** Stands for the origin, `https://host`, in the texts. */
  readonly standIn: string;
  /**
   * @param name of the text: another text of that name takes its place
   * @param text in UTF-8, with the stand-in
   */
  bytesFor(origin: string, name: string, text: CachedBytes): CachedBytes;
}

interface Filled {
  readonly of: CachedBytes;
  readonly bytes: CachedBytes;
}

export function createByOrigin({ maxBytes, newId }: ByOriginOptions): ByOrigin {
  const kept = new Lru<string, Filled>(maxBytes);
  const standIn = `https://${newId()}.invalid`;

  return {
    standIn,
    bytesFor(origin, name, text) {
      const key = `${name} ${origin}`;
      const present = kept.get(key);
      if (present?.of === text) return present.bytes;
      let filled: Filled | undefined;
      const content = new TextDecoder().decode(text.plain).replaceAll(standIn, () => origin);
      const bytes = createBytes(content, (more) => {
        if (filled) kept.grow(key, filled, more);
      });
      filled = { of: text, bytes };
      kept.set(key, filled, bytes.plain.length);
      return bytes;
    },
  };
}
