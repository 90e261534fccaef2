/**
 * Where this site is: the origin that its pages, feeds and snippets name, and the hosts that it answers under.
 *
 * The Host header is the client's word. With `PUBLIC_URL` no address is made of it, and a request for another host is
 * misdirected (RFC 9110, section 15.5.20): a page cannot be made to name a foreign site, and a name that somebody else points at
 * this machine opens nothing. Without `PUBLIC_URL` only a plain Host is used, and what is made of it is an address (a port, for
 * one, is 65535 at most).
 */

export interface Site {
  /** `https://host`; undefined when neither the settings nor the request say it plainly. */
  originOf(request: Request, secure: boolean): string | undefined;
  /** Whether requests with this Host header are answered. */
  serves(host: string | null | undefined): boolean;
}

export interface SiteOptions {
  /** The origin under which people know the site; undefined: whichever a request names. */
  publicUrl?: string | undefined;
  /** Names, without ports, that are answered besides. */
  allowedHosts?: readonly string[];
}

const PLAIN_HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

const plainHost = (host: string | null | undefined): string | undefined =>
  host && PLAIN_HOST.test(host) && URL.canParse(`http://${host}`) ? host.toLowerCase() : undefined;

/** A host without its port, as an address has it. */
const nameOf = (host: string): string => new URL(`http://${host}`).hostname;

export function createSite({ publicUrl, allowedHosts = [] }: SiteOptions = {}): Site {
  if (publicUrl === undefined) {
    return {
      originOf(request, secure) {
        const host = plainHost(request.headers.get('host'));
        return host && `${secure ? 'https' : 'http'}://${host}`;
      },
      serves: () => true,
    };
  }
  const { origin, hostname } = new URL(publicUrl);
  const names = new Set([hostname, ...allowedHosts.map(nameOf)]);
  return {
    originOf: () => origin,
    serves(header) {
      const host = plainHost(header);
      return host !== undefined && names.has(nameOf(host));
    },
  };
}

/** Some browsers do not count a WebSocket to the same host as 'self': what to add to a policy. */
export function socketsOf(host: string | null | undefined): string {
  const plain = plainHost(host);
  return plain === undefined ? '' : ` ws://${plain} wss://${plain}`;
}

/** Tells the scripts of a page which origin links and snippets name. An origin holds no character that HTML minds. */
export const originMeta = (publicUrl: string | undefined): string[] =>
  publicUrl === undefined ? [] : [`<meta name="stet-origin" content="${publicUrl}">`];

/** A browser keeps HSTS for all ports of a host: nobody's `localhost` is ours to decide about. */
export function isLocalhost(host: string | null | undefined): boolean {
  const plain = plainHost(host);
  return plain !== undefined && /^(?:.+\.)?localhost\.?$/.test(nameOf(plain));
}
