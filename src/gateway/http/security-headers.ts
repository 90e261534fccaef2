/**
 * Security headers of every response of the site, whichever part made it: HSTS over TLS (RFC 6797), no type sniffing, and a
 * content security policy that allows nothing where the part has none of its own.
 */
import { isLocalhost } from '../access/site.ts';
import type { Field, Fields } from '../listener/problem.ts';

const ONE_YEAR_S = 31_536_000;
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

const ALWAYS: Fields = [
  ['content-security-policy', NOTHING],
  ['x-content-type-options', 'nosniff'],
];
const HSTS: Field = ['strict-transport-security', `max-age=${ONE_YEAR_S}`];

/**
 * @param host the Host header; without one there is no host that HSTS could be about
 * @param secure whether the client's own connection is TLS
 */
export function securityHeaders(host: string | null | undefined, secure: boolean): Fields {
  return secure && host && !isLocalhost(host) ? [...ALWAYS, HSTS] : ALWAYS;
}

/** Sets those that the response has no value of its own for. */
export function withSecurityHeaders(request: Request, secure: boolean, response: Response): Response {
  const { headers } = response;
  for (const [name, value] of securityHeaders(request.headers.get('host'), secure)) {
    if (!headers.has(name)) headers.set(name, value);
  }
  return response;
}
