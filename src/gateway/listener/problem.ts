/**
 * The listener's own answers as problem documents (RFC 9457), for what never reaches a handler.
 * It does not know the application's error registry: these codes are of the transport alone.
 */
import { STATUS_CODES } from 'node:http';

const MEDIA_TYPE = 'application/problem+json';

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

/** A problem document; `code` is what programs read. */
export function problem(status: number, code: string): Problem {
  const body = JSON.stringify({ type: 'about:blank', title: reasonPhrase(status), status, code });
  return { status, headers: new Headers({ 'content-type': MEDIA_TYPE, 'cache-control': 'no-store' }), body };
}

/** The same as bytes of an HTTP/1.1 response that ends its connection. */
export function rawProblem(status: number, code: string): string {
  const { body, headers } = problem(status, code);
  const lines = [`HTTP/1.1 ${status} ${reasonPhrase(status)}`, `Content-Length: ${Buffer.byteLength(body)}`];
  for (const [name, value] of headers) lines.push(`${name}: ${value}`);
  return `${lines.join('\r\n')}\r\nConnection: close\r\n\r\n${body}`;
}
