/**
 * Copies what is needed out of uWS's stack-allocated request. It does not know what becomes of it.
 */
import type { HttpRequest } from 'uWebSockets.js';
import type { RawHeaders } from './lazy-request.ts';
import type { UwsConnections } from './uws-connections.ts';

/** A request's head, as plain values. */
export interface Head {
  /** As sent; methods are case-sensitive. */
  method: string;
  /** Path and query, raw. */
  target: string;
  path: string;
  rawHeaders: RawHeaders;
  host: string;
  contentLength: string;
  transferEncoding: string;
  /** The body comes after the server's go-ahead only. */
  waitsForContinue: boolean;
}

/** What the parts of one uWS listener ask about it, and tell it. */
export interface UwsGate {
  readonly secure: boolean;
  draining(): boolean;
  /** uWS says of one that became a WebSocket not that it closed: whoever serves it does. */
  readonly connections: UwsConnections;
}

export function readHead(request: HttpRequest): Head {
  const path = request.getUrl();
  const query = request.getQuery() as string | undefined;
  const rawHeaders: string[] = [];
  request.forEach((name, value) => {
    rawHeaders.push(name, value);
  });
  return {
    method: request.getCaseSensitiveMethod(),
    target: query === undefined || query === '' ? path : `${path}?${query}`,
    path,
    rawHeaders,
    host: request.getHeader('host'),
    contentLength: request.getHeader('content-length'),
    transferEncoding: request.getHeader('transfer-encoding'),
    waitsForContinue: request.getHeader('expect').toLowerCase() === '100-continue',
  };
}
