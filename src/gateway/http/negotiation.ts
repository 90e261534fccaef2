/** What a client takes and what it has already: `Accept-Encoding` and `If-None-Match` (RFC 9110). Knows nothing of bodies. */

export type Encoding = 'br' | 'gzip';

/** Best first. */
const ENCODINGS: readonly Encoding[] = ['br', 'gzip'];

/** The best encoding that both sides have; undefined for the plain body. */
export function chooseEncoding(
  accepts: string | null | undefined,
  has: (encoding: Encoding) => boolean,
): Encoding | undefined {
  const accepted = new Map<string, number>();
  for (const part of (accepts ?? '').toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='));
    accepted.set(name, weight === undefined ? 1 : Number.parseFloat(weight.slice(2)) || 0);
  }
  const weigh = (encoding: string) => accepted.get(encoding) ?? accepted.get('*') ?? 0;
  return ENCODINGS.find((encoding) => has(encoding) && weigh(encoding) > 0);
}

/**
 * `chooseEncoding` for a body that there is in all of them, as a function that knows the answer for what is asked often:
 * browsers say it in a few ways. Ways beyond `maxKnown` take the place of the ones that came first (I9).
 */
export function createEncodingOf(maxKnown: number, maxCharacters: number): (accepts: string) => Encoding | undefined {
  const known = new Map<string, Encoding | null>();
  return (accepts) => {
    const present = known.get(accepts);
    if (present !== undefined) return present ?? undefined;
    const encoding = chooseEncoding(accepts, () => true);
    if (accepts.length > maxCharacters) return encoding;
    known.set(accepts, encoding ?? null);
    const [first] = known.keys();
    if (known.size > maxKnown && first !== undefined) known.delete(first);
    return encoding;
  };
}

/** Whether a conditional request already holds this version: tags compare weakly, as RFC 9110 asks. */
export function alreadyHas(ifNoneMatch: string | null | undefined, etag: string): boolean {
  if (ifNoneMatch === null || ifNoneMatch === undefined) return false;
  return ifNoneMatch.split(',').some((tag) => tag.trim() === '*' || tag.trim().replace(/^W\//, '') === etag);
}
