/**
 * Conditional requests (RFC 9110, section 13): entity tags, and what `If-None-Match` and `If-Match` ask for. The tag of a
 * draft or revision is its position, `"7"`; others are made of the bytes that they are of.
 */
import { problemOf } from './problem.ts';

/** More tags than any client means; each of them costs a comparison. */
const MAX_TAGS = 64;
/** One element of a list, which may be empty, and the comma after it. */
const ELEMENT = /[ \t]*(?:(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"[ \t]*)?(?:,|$)/y;
const SEQ = /^(?:0|[1-9]\d{0,14})$/;

interface EntityTag {
  readonly isWeak: boolean;
  readonly value: string;
}

/** @param coding of a compressed form: other bytes have another tag */
export const entityTag = (value: string | number, coding?: string): string =>
  coding === undefined ? `"${value}"` : `"${value}-${coding}"`;

/** The value that `entityTag` made a tag of. */
export const valueOfTag = (etag: string, coding: string | undefined): string =>
  etag.slice(1, coding === undefined ? -1 : -`-${coding}"`.length);

/** A list of entity tags; undefined when it is not well-formed. */
function parseTags(header: string): 'any' | readonly EntityTag[] | undefined {
  if (header.trim() === '*') return 'any';
  const tags: EntityTag[] = [];
  let elements = 0;
  for (ELEMENT.lastIndex = 0; ELEMENT.lastIndex < header.length; elements += 1) {
    const match = elements < MAX_TAGS ? ELEMENT.exec(header) : null;
    if (!match) return undefined;
    const [, weak, value] = match;
    if (value !== undefined) tags.push({ isWeak: weak !== undefined, value });
  }
  return tags.length > 0 ? tags : undefined;
}

/**
 * Whether the client has the version with this tag already, so that the answer is 304. Weak comparison; a header that is
 * not well-formed says nothing.
 * @param ifNoneMatch empty: not sent
 */
export function isNotModified(ifNoneMatch: string | null | undefined, etag: string): boolean {
  if (!ifNoneMatch) return false;
  // What nearly all clients send, for the cost of a comparison.
  if (ifNoneMatch === etag) return true;
  const tags = parseTags(ifNoneMatch);
  return tags === 'any' || (tags?.some(({ value }) => entityTag(value) === etag) ?? false);
}

/** @param headers those of the answer in full, but for what they say of a body */
export const notModifiedResponse = (headers: Readonly<Record<string, string>>): Response =>
  new Response(null, { status: 304, headers });

/** The one position at which a write may happen; undefined: at any. */
export type Precondition = { ok: true; seq: number | undefined } | { ok: false; refusal: Response };

/**
 * What `If-Match` demands of a draft's position. Strong comparison: a weak tag matches nothing, nor does a tag that is no
 * position.
 * @param present the draft's position, read only when several would do
 */
export async function ifMatch(headers: Headers, present: () => Promise<number | undefined>): Promise<Precondition> {
  const header = headers.get('if-match');
  if (header === null) return { ok: true, seq: undefined };
  const tags = parseTags(header);
  if (tags === undefined) {
    return { ok: false, refusal: problemOf('bad_request', { detail: 'If-Match: must be * or entity tags like "7".' }) };
  }
  // What is written to exists.
  if (tags === 'any') return { ok: true, seq: undefined };
  const accepted = tags.flatMap(({ isWeak, value }) => (!isWeak && SEQ.test(value) ? [Number(value)] : []));
  const seq = accepted.length > 1 ? await present() : accepted[0];
  return seq !== undefined && accepted.includes(seq)
    ? { ok: true, seq }
    : { ok: false, refusal: problemOf('precondition_failed') };
}

/** For operations that take it. */
/** Descriptions of the headers, for the reference. */
export const IF_NONE_MATCH = {
  'if-none-match': '`ETag` of an earlier response. Responds with 304 if it is still current',
} as const;
export const IF_MATCH = {
  'if-match': '`ETag` of the draft. Responds with 412 if the draft has changed since then',
} as const;
