/**
 * Pure readings of a request's head: its absolute URL, its body's declared size, its sender's address.
 * Both listeners use them, so that a handler cannot tell which one it runs behind.
 */
import { isIPv4 } from 'node:net';

// What the URL parser would leave as it is; everything else takes the slow way through it.
const PLAIN_NAME = /^(?:[a-z0-9-]+\.)*[a-z][a-z0-9-]*$/;
const PLAIN_TARGET = /^\/[!$%&(-;=?-[\]_a-z~]*$/;
const DOT_SEGMENT = /\/(?:\.|%2e){1,2}(?:[/?]|$)/i;
const HOST = /^[^/?#@\\\s]+$/;

/**
 * The absolute URL of a request, normalised as `new Request(url).url` would, or null if it has none
 * (a broken Host, a target that is no path).
 */
export function absoluteUrl(secure: boolean, host: string, target: string): string | null {
  const scheme = secure ? 'https' : 'http';
  if (host === '') return slowUrl(`${scheme}://localhost`, target);
  if (!HOST.test(host)) return null;
  const origin = `${scheme}://${host}`;
  const plain = isPlainHost(host) && PLAIN_TARGET.test(target) && !DOT_SEGMENT.test(target);
  return plain ? `${origin}${target}` : slowUrl(origin, target);
}

function isPlainHost(host: string): boolean {
  const colon = host.indexOf(':');
  const name = colon === -1 ? host : host.slice(0, colon);
  const port = colon === -1 ? '' : host.slice(colon + 1);
  const plainPort = colon === -1 || (/^[1-9]\d{3,4}$/.test(port) && Number(port) < 65_536);
  return plainPort && ((PLAIN_NAME.test(name) && !name.includes('xn--')) || isIPv4(name));
}

function slowUrl(origin: string, target: string): string | null {
  if (/^https?:\/\//i.test(target)) {
    // Absolute form, as proxies send it: the Host header stays what names us.
    const parsed = URL.canParse(target) ? new URL(target) : null;
    return parsed === null ? null : slowUrl(origin, `${parsed.pathname}${parsed.search}`);
  }
  const path = target === '*' ? '/' : target;
  if (!path.startsWith('/')) return null;
  // Concatenation, because as a relative reference `//x/` would name another host.
  if (!URL.canParse(`${origin}${path}`)) return null;
  const url = new URL(`${origin}${path}`);
  url.hash = '';
  return url.href;
}

/** The declared size of a body: bytes, 'chunked' for one that ends when it ends, 0 for none, null if unreadable. */
export function declaredBodyBytes(contentLength: string, transferEncoding: string): number | 'chunked' | null {
  if (transferEncoding !== '') return 'chunked';
  if (contentLength === '') return 0;
  if (!/^\d{1,16}$/.test(contentLength)) return null;
  const bytes = Number(contentLength);
  return Number.isSafeInteger(bytes) ? bytes : null;
}

/** Subprotocols offered in a Sec-WebSocket-Protocol header. */
export function offeredProtocols(header: string): string[] {
  return header
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

/** Whether a path is one of a WebSocket route's (`/y` exact, `/y/*` prefix). */
export function pathMatches(pattern: string, path: string): boolean {
  return pattern.endsWith('/*') ? path.startsWith(pattern.slice(0, -1)) : path === pattern;
}
