/**
 * The cookies. Over TLS each has the `__Host-` prefix, with which browsers accept it from this host over TLS alone; over plain
 * HTTP, where browsers refuse the prefix, it has the plain name. Each name is read only where it is set, so a plain cookie
 * that another site of the domain plants is ignored over TLS.
 */
type Name = 'session' | 'device' | 'ticket';

const PLAIN_NAMES: Readonly<Record<Name, string>> = {
  session: 'stet',
  device: 'stet-device',
  ticket: 'stet-ticket',
};

const nameFor = (name: Name, secure: boolean) => `${secure ? '__Host-' : ''}${PLAIN_NAMES[name]}`;
const attributes = (secure: boolean) => `Path=/; HttpOnly; SameSite=Lax${secure ? '; Secure' : ''}`;

/** A `Set-Cookie` for `maxAgeMs` milliseconds. */
export function setCookie(name: Name, value: string, secure: boolean, maxAgeMs: number): string {
  return `${nameFor(name, secure)}=${value}; Max-Age=${Math.floor(maxAgeMs / 1_000)}; ${attributes(secure)}`;
}

/** The value of one in a `Cookie` header; undefined when there is none. */
export function cookieOf(header: string | null | undefined, name: Name, secure: boolean): string | undefined {
  if (!header) return undefined;
  const wanted = nameFor(name, secure);
  for (const pair of header.split(';')) {
    const at = pair.indexOf('=');
    if (at > 0 && pair.slice(0, at).trim() === wanted) return pair.slice(at + 1).trim();
  }
  return undefined;
}

/** `Set-Cookie` that signs a browser in for `maxAgeMs` milliseconds. */
export const sessionCookie = (token: string, secure: boolean, maxAgeMs: number): string =>
  setCookie('session', token, secure, maxAgeMs);

/** `Set-Cookie` that signs it out. */
export const clearedCookie = (secure: boolean): string => setCookie('session', '', secure, 0);

/** The session's token in a `Cookie` header; undefined when there is none. */
export const tokenOfCookies = (header: string | null | undefined, secure: boolean): string | undefined =>
  cookieOf(header, 'session', secure);

/**
 * Whether the header has a session's token at all, under either name. For pages that hold nothing private: what the token is worth
 * the API decides.
 */
export const hasSessionCookie = (header: string | null | undefined): boolean =>
  (tokenOfCookies(header, true) ?? tokenOfCookies(header, false) ?? '') !== '';
