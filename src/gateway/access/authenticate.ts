/**
 * Authentication: whose credentials a request carries, and whether another site made the browser send it (CSRF). Knows tokens and
 * cookies, not routes. A bearer token wins over a cookie; a wrong one is refused even when the cookie is valid.
 */
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { Identity } from '../../ports/access.ts';
import { tokenOfCookies } from './cookies.ts';
import type { AuthScheme } from './token-rights.ts';

/** Looks credentials up. */
export interface CredentialLookup {
  /** Undefined: unknown, expired or revoked. Throws when the database cannot be reached. */
  byToken(token: string): Promise<Identity | undefined>;
}

/** Sessions and API tokens together: their tokens differ in form. */
export interface CredentialStore extends CredentialLookup {
  /** Drops the cache entry of a session or API token. */
  forget(id: string): void;
}

type Kind = CredentialLookup & { forget(id: string): void };

/** `stet_` and 43 characters; the token of a session has the 43 alone. */
const API_TOKEN_CHARS = 48;

export function createCredentialStore(sessions: Kind, tokens: Kind): CredentialStore {
  return {
    byToken: (token) => (token.length === API_TOKEN_CHARS ? tokens : sessions).byToken(token),
    forget(id) {
      sessions.forget(id);
      tokens.forget(id);
    },
  };
}

export interface Authenticator {
  /** Throws when the database cannot be reached. */
  byToken(token: string): Promise<Identity | undefined>;
  /** @param secure whether the request came over TLS: it decides which cookie counts. Throws like `byToken`. */
  byCookieHeader(header: string | null | undefined, secure: boolean): Promise<Identity | undefined>;
}

/** One for every front door, sockets and HTTP alike. */
export function createAuthenticator(credentials: CredentialLookup): Authenticator {
  return {
    byToken: (token) => credentials.byToken(token),
    async byCookieHeader(header, secure) {
      const token = tokenOfCookies(header, secure);
      const identity = token === undefined ? undefined : await credentials.byToken(token);
      // Browsers send cookies by themselves, so an API token does not count as one.
      return identity?.tokenRights ? undefined : identity;
    },
  };
}

const BEARER = /^bearer +([^\s]+) *$/i;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Whether the browser says that a page of this origin made the request. Browsers add `Sec-Fetch-Site` on trustworthy
 * origins and `Origin` to every unsafe request; a page cannot forge either.
 * @param whenSilent the result without either header: no browser sent the request
 */
export function fromOwnOrigin(request: Request, secure: boolean, whenSilent: boolean): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin' || site === 'none';
  const origin = request.headers.get('origin');
  if (origin === null) return whenSilent;
  const host = request.headers.get('host') ?? new URL(request.url).host;
  return origin === `${secure ? 'https' : 'http'}://${host}`;
}

/** The identity behind a request, or why it is refused. Throws when the database cannot be reached. */
export async function authenticate(
  request: Request,
  secure: boolean,
  authenticator: Authenticator,
): Promise<{ ok: true; identity: Identity; scheme: AuthScheme } | Failure> {
  const authorization = request.headers.get('authorization');
  if (authorization !== null) {
    const token = BEARER.exec(authorization)?.[1];
    const identity = token === undefined ? undefined : await authenticator.byToken(token);
    return identity ? { ok: true, identity, scheme: 'bearer' } : failure('unauthenticated');
  }
  const identity = await authenticator.byCookieHeader(request.headers.get('cookie'), secure);
  if (!identity) return failure('unauthenticated');
  // A browser adds cookies to the requests of any page; a bearer token must be known to the page.
  if (!SAFE_METHODS.has(request.method) && !fromOwnOrigin(request, secure, false)) return failure('bad_origin');
  return { ok: true, identity, scheme: 'cookie' };
}
