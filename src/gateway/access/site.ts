/**
 * The site's name, and its own address: the origin that its pages, feeds and snippets name, and the hosts that it serves.
 *
 * A client chooses the Host header. With `PUBLIC_URL` no URL is made of it, and a request for another host is misdirected
 * (RFC 9110, section 15.5.20): no page can be made to name a foreign site, and a foreign name that resolves to this machine
 * serves nothing. Without `PUBLIC_URL` only a plain Host is used, and only if it makes a valid URL.
 */
import { DEFAULT_LANGUAGE } from '../../lib/language-tag.ts';

export interface Site {
  readonly name: string;
  /** Empty: none. */
  readonly description: string;
  /** BCP 47; that of documents which have no other. */
  readonly language: string;
  /** `https://host`; undefined when neither the settings nor the request name a plain one. */
  originOf(request: Request, secure: boolean): string | undefined;
  /** Whether requests with this Host header are served. */
  serves(host: string | null | undefined): boolean;
}

export interface SiteOptions {
  /** The public origin of the site; undefined: the one that a request names. */
  publicUrl?: string | undefined;
  /** Further hosts to serve, without ports. */
  allowedHosts?: readonly string[];
  siteName?: string;
  siteDescription?: string;
  siteLanguage?: string;
}

const PLAIN_HOST = /^(?:[a-z0-9.-]+|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i;

const plainHost = (host: string | null | undefined): string | undefined =>
  host && PLAIN_HOST.test(host) && URL.canParse(`http://${host}`) ? host.toLowerCase() : undefined;

/** A host without its port, as an address has it. */
const nameOf = (host: string): string => new URL(`http://${host}`).hostname;

export function createSite(options: SiteOptions = {}): Site {
  const {
    publicUrl,
    allowedHosts = [],
    siteName = 'Stet',
    siteDescription = '',
    siteLanguage = DEFAULT_LANGUAGE,
  } = options;
  const described = { name: siteName, description: siteDescription, language: siteLanguage };
  if (publicUrl === undefined) {
    return {
      ...described,
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
    ...described,
    originOf: () => origin,
    serves(header) {
      const host = plainHost(header);
      return host !== undefined && names.has(nameOf(host));
    },
  };
}

/** What a content security policy needs besides 'self', which in some browsers leaves out WebSockets to the same host. */
export function socketsOf(host: string | null | undefined): string {
  const plain = plainHost(host);
  return plain === undefined ? '' : ` ws://${plain} wss://${plain}`;
}

/** Tells a page's scripts which origin to use in links and snippets. An origin needs no escaping in HTML. */
export const originMeta = (publicUrl: string | undefined): string[] =>
  publicUrl === undefined ? [] : [`<meta name="stet-origin" content="${publicUrl}">`];

/** A browser applies HSTS to all ports of a host, so `localhost`, which others use too, never gets it. */
export function isLocalhost(host: string | null | undefined): boolean {
  const plain = plainHost(host);
  return plain !== undefined && /^(?:.+\.)?localhost\.?$/.test(nameOf(plain));
}
