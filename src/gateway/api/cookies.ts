/**
 * The session cookie. Over TLS it bears the `__Host-` prefix, which browsers let no other host and no plain connection
 * set; over plain HTTP, where that prefix is refused, it has the plain name. Each name counts only where it is set:
 * a neighbour who plants a plain cookie on a TLS site changes nothing.
 */
const SECURE_NAME = '__Host-stet';
const PLAIN_NAME = 'stet';

const nameFor = (secure: boolean) => (secure ? SECURE_NAME : PLAIN_NAME);
const attributes = (secure: boolean) => `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;

/** `Set-Cookie` that signs a browser in for `maxAgeMs` milliseconds. */
export function sessionCookie(token: string, secure: boolean, maxAgeMs: number): string {
  return `${nameFor(secure)}=${token}; Max-Age=${Math.floor(maxAgeMs / 1_000)}; ${attributes(secure)}`;
}

/** `Set-Cookie` that signs it out. */
export function clearedCookie(secure: boolean): string {
  return `${nameFor(secure)}=; Max-Age=0; ${attributes(secure)}`;
}

/** The token in a `Cookie` header; undefined when there is none. */
export function tokenOfCookies(header: string | null | undefined, secure: boolean): string | undefined {
  if (!header) return undefined;
  const name = nameFor(secure);
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === name) return pair.slice(at + 1).trim();
  }
  return undefined;
}
