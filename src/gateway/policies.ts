/**
 * What every answer of the site says to browsers, whichever part made it: HSTS over TLS (RFC 6797), no guessing of types, and
 * a content policy that allows nothing where the part has none of its own.
 */
import { isLocalhost } from './site.ts';

const ONE_YEAR_S = 31_536_000;
const NOTHING = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** @param secure whether the client's own connection is TLS */
export function withPolicies(request: Request, secure: boolean, response: Response): Response {
  const { headers } = response;
  if (!headers.has('content-security-policy')) headers.set('content-security-policy', NOTHING);
  if (!headers.has('x-content-type-options')) headers.set('x-content-type-options', 'nosniff');
  if (secure && !isLocalhost(request.headers.get('host'))) {
    headers.set('strict-transport-security', `max-age=${ONE_YEAR_S}`);
  }
  return response;
}
