/**
 * Who is asking, and whether a browser was tricked into asking. Knows tokens and cookies, not routes. A bearer token
 * wins over a cookie; a wrong one is refused even when the cookie is good.
 */
import { type Failure, failure } from '../../../schemas/errors.ts';
import type { Identity } from '../../ports/access.ts';
import { tokenOfCookies } from './cookies.ts';
import type { Proof } from './token-rights.ts';

/** All that authentication needs of the storage of sessions and API tokens. */
export interface TokenLookup {
  /** Throws when the database cannot be reached. */
  byToken(token: string): Promise<Identity | undefined>;
}

/** Sessions and API tokens as one: each is known by its form. */
export interface Holders extends TokenLookup {
  /** Drops what is remembered of a session or a token. */
  forget(id: string): void;
}

type Kind = TokenLookup & { forget(id: string): void };

/** Length of `stet_` and 43 characters; a session's token is 43 alone. */
const API_TOKEN_CHARS = 48;

export function createHolders(sessions: Kind, tokens: Kind): Holders {
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

/** For every front door: sockets and HTTP ask the same way. */
export function createAuthenticator(holders: TokenLookup): Authenticator {
  return {
    byToken: (token) => holders.byToken(token),
    async byCookieHeader(header, secure) {
      const token = tokenOfCookies(header, secure);
      const identity = token === undefined ? undefined : await holders.byToken(token);
      // Browsers send cookies by themselves: only what signing in made counts there.
      return identity?.tokenRights ? undefined : identity;
    },
  };
}

const BEARER = /^bearer +([^\s]+) *$/i;
const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * True when a request was made by our own pages, as far as the browser says. Browsers add `Sec-Fetch-Site` on
 * trustworthy origins and `Origin` to every unsafe request; a page cannot forge either.
 * @param whenSilent the answer when neither header is there, which means: no browser
 */
export function fromOwnOrigin(request: Request, secure: boolean, whenSilent: boolean): boolean {
  const site = request.headers.get('sec-fetch-site');
  if (site !== null) return site === 'same-origin' || site === 'none';
  const origin = request.headers.get('origin');
  if (origin === null) return whenSilent;
  const host = request.headers.get('host') ?? new URL(request.url).host;
  return origin === `${secure ? 'https' : 'http'}://${host}`;
}

/** Who asks, or why the request is refused. Throws when the database cannot be reached. */
export async function authenticate(
  request: Request,
  secure: boolean,
  authenticator: Authenticator,
): Promise<{ ok: true; identity: Identity; proof: Proof } | Failure> {
  const authorization = request.headers.get('authorization');
  if (authorization !== null) {
    const token = BEARER.exec(authorization)?.[1];
    const identity = token === undefined ? undefined : await authenticator.byToken(token);
    return identity ? { ok: true, identity, proof: 'bearer' } : failure('unauthenticated');
  }
  const identity = await authenticator.byCookieHeader(request.headers.get('cookie'), secure);
  if (!identity) return failure('unauthenticated');
  // A browser sends cookies whoever wrote the page; a bearer token has to be known by the page.
  if (!SAFE_METHODS.has(request.method) && !fromOwnOrigin(request, secure, false)) return failure('bad_origin');
  return { ok: true, identity, proof: 'cookie' };
}
