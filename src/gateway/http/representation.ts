/**
 * The answer to a request for something whose bytes are there: in the best coding that the client accepts, or 304 when it
 * has them already. Knows nothing of what the bytes are.
 */
import type { Bytes, CachedBytes, ContentCoding } from '../../published/cached-bytes.ts';
import { entityTag, isNotModified, notModifiedResponse } from './conditional-requests.ts';
import { chooseCoding } from './content-coding.ts';
import { sharedBody } from './shared-body.ts';

export interface Representation {
  readonly type: string;
  /** Changes whenever the plain bytes do; without quotes. */
  readonly tag: string;
  readonly plain: Bytes;
  readonly codings: readonly ContentCoding[];
  /** In one of its codings. */
  encoded(coding: ContentCoding): Bytes | Promise<Bytes>;
}

/** Bytes below which compressing gains nothing. */
const WORTH_COMPRESSING = 1_024;

/** @param tag instead of the one that the bytes have */
export const representationOf = (type: string, bytes: CachedBytes, tag = bytes.tag): Representation => ({
  type,
  tag,
  plain: bytes.plain,
  codings: bytes.plain.length < WORTH_COMPRESSING ? [] : ['br', 'gzip'],
  encoded: bytes.encoded,
});

/**
 * @param headers all but those of the body and its version
 * @param status other than 200: it is sent whatever the client has
 */
export function respond(
  request: Request,
  representation: Representation,
  headers: Readonly<Record<string, string>>,
  status = 200,
): Response | Promise<Response> {
  const { plain, tag, codings } = representation;
  const coding = chooseCoding(request.headers.get('accept-encoding'), codings);
  const etag = entityTag(tag, coding);
  const vary = ['accept-encoding', ...(headers.vary === undefined ? [] : [headers.vary])].join(', ');
  const ofVersion = { ...headers, etag, vary };
  if (status === 200 && isNotModified(request.headers.get('if-none-match'), etag)) {
    return notModifiedResponse(ofVersion);
  }

  function send(body: Bytes): Response {
    return new Response(request.method === 'HEAD' ? null : sharedBody(body), {
      status,
      headers: {
        ...ofVersion,
        'content-type': representation.type,
        'content-length': String(body.byteLength),
        ...(coding !== undefined && { 'content-encoding': coding }),
      },
    });
  }

  const body = coding === undefined ? plain : representation.encoded(coding);
  return body instanceof Promise ? body.then(send) : send(body);
}
