/**
 * Allowed targets of webhooks: public addresses only, unless the operator allowed private ones. Users choose the URLs and the node
 * is inside a private network, so everything that leads back into it is refused (SSRF). Pure.
 */
import { isIP } from 'node:net';
import { createNetworkSet } from '../lib/addresses.ts';

/** IPv4 that is not the public internet (IANA's special-purpose registry), and what clouds answer inside a machine. */
const CLOSED_IPV4 = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '168.63.129.16/32',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
];
/** The only IPv6 that is the public internet… */
const OPEN_IPV6 = ['2000::/3'];
/** …without protocol assignments (Teredo among them), documentation, and 6to4, which wraps an IPv4 address. */
const CLOSED_IPV6 = ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'];

const isClosedIpv4 = createNetworkSet(CLOSED_IPV4);
const isOpenIpv6 = createNetworkSet(OPEN_IPV6);
const isClosedIpv6 = createNetworkSet(CLOSED_IPV6);

/** Whether an address is one of the public internet. What is no address is not. */
export function isPublic(address: string): boolean {
  switch (isIP(address)) {
    case 4:
      return !isClosedIpv4(address);
    case 6:
      return !address.includes('%') && isOpenIpv6(address) && !isClosedIpv6(address);
    default:
      return false;
  }
}

/** The host of a URL as the resolver takes it: IPv6 without its brackets. */
export const hostOf = (url: URL): string => url.hostname.replace(/^\[(.*)\]$/, '$1');

/** Names that always resolve to private addresses; others are checked by address. */
const INSIDE = /(^|\.)(localhost|local|internal|localdomain|home\.arpa)\.?$/;
const LEAST_FREE_PORT = 1_024;

export type Target = { ok: true; url: URL } | { ok: false; detail: string };

/** Checks the URL of a webhook as far as possible without resolving its host. */
export function checkTarget(text: string, allowPrivate: boolean): Target {
  const refuse = (detail: string) => ({ ok: false, detail }) as const;
  const url = URL.parse(text);
  if (!url) return refuse('is not a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return refuse('must begin with https:// or http://');
  if (url.username !== '' || url.password !== '') return refuse('must not contain a username or a password');
  const port = Number(url.port || (url.protocol === 'https:' ? 443 : 80));
  if (port !== 80 && port !== 443 && port < LEAST_FREE_PORT) return refuse('must use port 80, 443, or 1024 and above');
  const host = hostOf(url);
  const inside = isIP(host) === 0 ? INSIDE.test(host) : !isPublic(host);
  if (inside && !allowPrivate) return refuse('must have a public address');
  url.hash = '';
  return { ok: true, url };
}
