/**
 * Where a request's body ends, as uWebSockets.js and everybody else agree on it, or that it is refused. Pure.
 *
 * U8 uWS takes trailers of a chunked body for the next request, does not check what ends a chunk, stops for ever at chunk
 *    extensions, counts the first of several lengths, and takes every transfer coding for chunked: a proxy before it that
 *    reads the same bytes otherwise would forward requests that nobody sent. Only the head is seen before uWS reads on, so
 *    only a single plain length is accepted. Who is refused is not answered while uWS reads on from the same bytes: it
 *    ends connections by itself that send a request before the last one was answered.
 */
import type { ErrorCode } from '../../../schemas/errors.ts';
import { declaredBodyBytes } from './request-target.ts';

export type Framing =
  | { readonly ok: true; readonly bytes: number }
  | { readonly ok: false; readonly code: Extract<ErrorCode, 'bad_request' | 'length_required'> };

const REFUSED: Framing = { ok: false, code: 'bad_request' };

/** @param lengths and codings values of all `Content-Length` and `Transfer-Encoding` headers */
export function framingOf(lengths: readonly string[], codings: readonly string[]): Framing {
  const [length, ...otherLengths] = lengths;
  const [coding, ...otherCodings] = codings;
  if (coding !== undefined) {
    const isChunked = length === undefined && otherCodings.length === 0 && coding.toLowerCase() === 'chunked';
    return isChunked ? { ok: false, code: 'length_required' } : REFUSED;
  }
  if (length === undefined) return { ok: true, bytes: 0 };
  const bytes = length === '' || otherLengths.length > 0 ? null : declaredBodyBytes(length, '');
  return typeof bytes === 'number' ? { ok: true, bytes } : REFUSED;
}
