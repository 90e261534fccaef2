/**
 * Copies what is needed out of uWS's stack-allocated request. It does not know what becomes of it.
 */
import type { HttpRequest, HttpResponse } from 'uWebSockets.js';
import type { RawHeaders } from './lazy-request.ts';
import { normalizeAddress } from './request-target.ts';

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
  webSocketClosed(): void;
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

/** The peer's address. Decoding text is left to IPv6; a view of the four bytes is cheaper made than an array of them. */
export function remoteAddressOf(response: HttpResponse): string {
  const bytes = new DataView(response.getRemoteAddress());
  if (bytes.byteLength === 4) {
    const address = bytes.getUint32(0);
    return `${address >>> 24}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;
  }
  return normalizeAddress(Buffer.from(response.getRemoteAddressAsText()).toString());
}
