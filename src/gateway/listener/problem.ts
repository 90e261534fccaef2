/** The listener's own answers, for what never reaches a handler: codes of the error registry as problem documents (RFC 9457). */
import { STATUS_CODES } from 'node:http';
import { ERRORS, type ErrorCode, failure } from '../../../schemas/errors.ts';

const MEDIA_TYPE = 'application/problem+json';

export type Field = readonly [name: string, value: string];
export type Fields = readonly Field[];

/** One refusal, ready to be written by any listener. */
export interface Problem {
  status: number;
  headers: Headers;
  body: string;
}

/** The reason phrase of a status; never empty, because some clients mind. */
export function reasonPhrase(status: number): string {
  return STATUS_CODES[status] ?? 'Unknown';
}

/** @param policies what answers to this request say to browsers */
export function problem(code: ErrorCode, policies: Fields): Problem {
  const { error } = failure(code);
  const { status } = ERRORS[code];
  const { message: title, retryAfterMs } = error;
  const headers = new Headers({
    ...Object.fromEntries(policies),
    'content-type': MEDIA_TYPE,
    'cache-control': 'no-store',
  });
  if (retryAfterMs !== undefined) headers.set('retry-after', String(Math.max(1, Math.ceil(retryAfterMs / 1_000))));
  const body = JSON.stringify({
    type: `urn:stet:problem:${code}`,
    title,
    status,
    code,
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
  return { status, headers, body };
}

/** The same as bytes of an HTTP/1.1 response that ends its connection. */
export function rawProblem(code: ErrorCode, policies: Fields): string {
  const { status, body, headers } = problem(code, policies);
  const lines = [`HTTP/1.1 ${status} ${reasonPhrase(status)}`, `Content-Length: ${Buffer.byteLength(body)}`];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  return `${lines.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`;
}
