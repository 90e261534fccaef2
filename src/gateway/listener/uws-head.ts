/**
 * Copies what is needed out of uWS's stack-allocated request. It does not know what becomes of it.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { RawHeaders } from './lazy-request.ts';
import type { Fields } from './problem.ts';
import type { UwsConnections } from './uws-connections.ts';
import { type Framing, framingOf } from './uws-framing.ts';

/** A request's head, as plain values. */
export interface Head {
  /** As sent; methods are case-sensitive. */
  method: string;
  /** Path and query, raw. */
  target: string;
  path: string;
  rawHeaders: RawHeaders;
  host: string;
  framing: Framing;
  /** The body comes after the server's go-ahead only. */
  waitsForContinue: boolean;
}

/** What the parts of one uWS listener ask about it, and tell it. */
export interface UwsGate {
  readonly secure: boolean;
  draining(): boolean;
  /** uWS says of one that became a WebSocket not that it closed: whoever serves it does. */
  readonly connections: UwsConnections;
  /** What an answer to a request says to browsers. */
  policies(response: HttpResponse, head: Head): Fields;
}

export function readHead(request: HttpRequest): Head {
  const path = request.getUrl();
  const query = request.getQuery() as string | undefined;
  const rawHeaders: string[] = [];
  const lengths: string[] = [];
  const codings: string[] = [];
  request.forEach((name, value) => {
    rawHeaders.push(name, value);
    if (name === 'content-length') lengths.push(value);
    else if (name === 'transfer-encoding') codings.push(value);
  });
  return {
    method: request.getCaseSensitiveMethod(),
    target: query === undefined || query === '' ? path : `${path}?${query}`,
    path,
    rawHeaders,
    host: request.getHeader('host'),
    framing: framingOf(lengths, codings),
    waitsForContinue: request.getHeader('expect').toLowerCase() === '100-continue',
  };
}

/** RFC 6455, 4.2.1: the connection is to be upgraded. uWS looks at the key alone. U8: an upgrade has no body. */
export function isHandshake({ framing, rawHeaders }: Head): boolean {
  if (!framing.ok || framing.bytes > 0) return false;
  for (let at = 0; at < rawHeaders.length; at += 2) {
    if (rawHeaders[at] !== 'connection') continue;
    const options = rawHeaders[at + 1]?.split(',') ?? [];
    if (options.some((option) => option.trim().toLowerCase() === 'upgrade')) return true;
  }
  return false;
}
