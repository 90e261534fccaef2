/**
 * The formats of drafts and revisions, and which one a client requests: `?format=` takes precedence over `Accept`
 * (RFC 9110, section 12.5.1). Knows nothing of where the content comes from.
 */
import { parseAccept } from 'hono/utils/accept';
import type { TSchema } from 'typebox';
import { entityTag, notModifiedResponse } from '../../http/conditional-requests.ts';
import { problemOf } from '../../http/problem.ts';
import type { ResponseRule } from '../kernel/operation.ts';
import { bytes } from '../kernel/responses.ts';

const MEDIA_TYPES = {
  json: 'application/json',
  html: 'text/html',
  markdown: 'text/markdown',
  text: 'text/plain',
  yjs: 'application/octet-stream',
} as const;

export type Format = keyof typeof MEDIA_TYPES;
/** Formats of a revision, which has no Yjs state. */
export type ReadingFormat = Exclude<Format, 'yjs'>;

export const DRAFT_FORMATS = ['json', 'html', 'markdown', 'text', 'yjs'] as const;
export const READING_FORMATS = ['json', 'html', 'markdown', 'text'] as const;

/** The best of the formats for what is accepted, the earlier one among equals; undefined: none. */
export function negotiate<F extends Format>(accept: string | null, formats: readonly F[]): F | undefined {
  const ranges = parseAccept(accept?.trim() || '*/*');
  let best: { format: F; q: number } | undefined;
  for (const format of formats) {
    const q = qualityOf(MEDIA_TYPES[format], ranges);
    if (q > (best?.q ?? 0)) best = { format, q };
  }
  return best?.format;
}

/** The quality that the most specific range gives a media type. */
function qualityOf(type: string, ranges: readonly { type: string; q: number }[]): number {
  const [main] = type.split('/');
  for (const wanted of [type, `${main}/*`, '*/*']) {
    const range = ranges.find((range) => range.type.toLowerCase() === wanted);
    if (range) return range.q;
  }
  return 0;
}

/** The format that a request asks for, or the response that refuses it. */
export function formatOf<F extends Format>(
  headers: Headers,
  requested: F | undefined,
  formats: readonly F[],
): { ok: true; format: F } | { ok: false; refusal: Response } {
  const format = requested ?? negotiate(headers.get('accept'), formats);
  if (format !== undefined) return { ok: true, format };
  const detail = `Available: ${formats.map((name) => MEDIA_TYPES[name]).join(', ')}.`;
  return { ok: false, refusal: problemOf('not_acceptable', { detail, headers: { vary: 'Accept' } }) };
}

/** Headers of every answer that has formats. */
export const versionHeaders = (seq: number): Record<string, string> => ({ etag: entityTag(seq), vary: 'Accept' });

/** The client has this version already. */
export const notModified = (seq: number): Response => notModifiedResponse(versionHeaders(seq));

/** A text in its format, at its position. */
export function represent(format: Format, seq: number, encoded: Uint8Array): Response {
  const type = MEDIA_TYPES[format];
  return bytes(encoded, type.startsWith('text/') ? `${type}; charset=utf-8` : type, versionHeaders(seq));
}

/** The responses of an operation with formats. */
export function formatResponses(
  description: string,
  schema: TSchema,
  formats: readonly Format[],
): Readonly<Record<number, ResponseRule>> {
  const forms = { json: schema, html: 'text', markdown: 'text', text: 'text', yjs: 'bytes' } as const;
  const headers = { ETag: 'Position in quotes, for `If-Match` and `If-None-Match`' };
  return {
    200: {
      description,
      content: Object.fromEntries(formats.map((format) => [MEDIA_TYPES[format], forms[format]])),
      headers,
    },
    304: { description: 'Not modified since the version in `If-None-Match`', headers },
  };
}
