/** Which compressed form of a body a client accepts: `Accept-Encoding` (RFC 9110, section 12.5.3). */
import { parseAccept } from 'hono/utils/accept';
import type { ContentCoding } from '../../published/cached-bytes.ts';

/** Best first. */
const CODINGS: readonly ContentCoding[] = ['br', 'gzip'];

/** The best coding that both sides have; undefined for the plain body. */
export function chooseCoding(
  acceptEncoding: string | null | undefined,
  available: readonly ContentCoding[],
): ContentCoding | undefined {
  if (!acceptEncoding || available.length === 0) return undefined;
  const accepted = new Map(parseAccept(acceptEncoding.toLowerCase()).map(({ type, q }) => [type, q]));
  const weigh = (coding: string) => accepted.get(coding) ?? accepted.get('*') ?? 0;
  return CODINGS.find((coding) => available.includes(coding) && weigh(coding) > 0);
}

/**
 * `chooseCoding` for a body that there is in all codings, as a function that remembers its answers: browsers send few
 * different headers. Headers beyond `maxRemembered` take the place of the ones that came first (I9).
 */
export function createCodingOf(
  maxRemembered: number,
  maxCharacters: number,
): (acceptEncoding: string) => ContentCoding | undefined {
  const remembered = new Map<string, ContentCoding | null>();
  return (acceptEncoding) => {
    const present = remembered.get(acceptEncoding);
    if (present !== undefined) return present ?? undefined;
    const coding = chooseCoding(acceptEncoding, CODINGS);
    if (acceptEncoding.length > maxCharacters) return coding;
    remembered.set(acceptEncoding, coding ?? null);
    const [first] = remembered.keys();
    if (remembered.size > maxRemembered && first !== undefined) remembered.delete(first);
    return coding;
  };
}
