/** Conditional requests (RFC 9110, section 13): the entity tag of a draft or revision is its position, `"<seq>"`. */
import { problemOf } from './problem.ts';

const TAG = /^(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"$/;
/** More tags than anybody means; every one of them costs a comparison. */
const MAX_TAGS = 64;

interface EntityTag {
  readonly weak: boolean;
  readonly value: string;
}

type Tags = 'any' | readonly EntityTag[];

export const etagOf = (seq: number): string => `"${seq}"`;

/** A list of entity tags; undefined when it is not well-formed. Tags hold no commas of ours: one that does is no tag. */
function parse(header: string): Tags | undefined {
  if (header.trim() === '*') return 'any';
  const items = header.split(',', MAX_TAGS + 1).map((item) => item.trim());
  if (items.length > MAX_TAGS) return undefined;
  const tags: EntityTag[] = [];
  for (const item of items) {
    // A list may have empty elements.
    if (item === '') continue;
    const match = TAG.exec(item);
    if (!match) return undefined;
    tags.push({ weak: match[1] !== undefined, value: match[2] ?? '' });
  }
  return tags.length > 0 ? tags : undefined;
}

const SEQ = /^(?:0|[1-9]\d{0,14})$/;

/** The one position at which a write is wanted; undefined: at any. */
export type Wanted = { ok: true; seq: number | undefined } | { ok: false; refusal: Response };

/**
 * What `If-Match` asks for. Strong comparison: a weak tag matches nothing, nor does a tag that is no position.
 * @param present the draft's position, asked for only when several would do
 */
export async function wantedSeq(headers: Headers, present: () => Promise<number | undefined>): Promise<Wanted> {
  const header = headers.get('if-match');
  if (header === null) return { ok: true, seq: undefined };
  const tags = parse(header);
  if (tags === undefined) {
    return { ok: false, refusal: problemOf('bad_request', { detail: 'If-Match: send * or entity tags like "7".' }) };
  }
  // What is written to exists.
  if (tags === 'any') return { ok: true, seq: undefined };
  const accepted = tags.flatMap(({ weak, value }) => (!weak && SEQ.test(value) ? [Number(value)] : []));
  const seq = accepted.length > 1 ? await present() : accepted[0];
  return seq !== undefined && accepted.includes(seq)
    ? { ok: true, seq }
    : { ok: false, refusal: problemOf('precondition_failed') };
}

export const IF_MATCH = {
  'if-match': 'Write only if the draft is still at this position: its `ETag`, or 412',
} as const;

/** Whether the client has this version already. Weak comparison; a header that is not well-formed says nothing. */
export function isFresh(headers: Headers, seq: number): boolean {
  const header = headers.get('if-none-match');
  if (header === null) return false;
  const tags = parse(header);
  return tags === 'any' || (tags?.some(({ value }) => value === String(seq)) ?? false);
}
