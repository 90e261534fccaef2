/**
 * IP addresses and networks. An address is text from the network or from a header: whatever `isIP` does not take is none,
 * so forms that only some parsers read (octal, hexadecimal, fewer than four parts) match nothing. One address has one text:
 * IPv4 mapped into IPv6 is IPv4, and IPv6 is written as RFC 5952 has it.
 *
 * Texts are read by `ipaddr.js`; membership in many networks is left to Node's `BlockList`, which is several times faster.
 */
import { BlockList, isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Groups of 16 bits that an IPv6 client's network has: a /64. */
const NETWORK_GROUPS = 4;
/** IPv6 addresses whose forms are remembered: reading one takes microseconds, and it is done for each request. */
const MAX_REMEMBERED = 4_096;

/** The part before the zone of a link-local address (`fe80::1%eth0`). */
const withoutZone = (text: string): string => text.split('%', 1)[0] ?? text;

/** @param text without a zone */
function parse(text: string): Address | undefined {
  switch (isIP(text)) {
    case 4:
      return ipaddr.IPv4.parse(text);
    case 6:
      // `::1.2.3.4` is the deprecated IPv4-compatible form (RFC 4291, 2.5.5.1): no IPv4 address, which the library makes of it.
      return ipaddr.IPv6.parse(text.replace(/^::(?=\d+\.)/, '::0:'));
    default:
      return undefined;
  }
}

const unmapped = (address: Address): Address =>
  address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;

/** The short form of an address of 4 or 16 bytes; empty: it is none. */
export function addressOfBytes(bytes: readonly number[]): string {
  return bytes.length === 4 || bytes.length === 16 ? unmapped(ipaddr.fromByteArray([...bytes])).toString() : '';
}

interface Forms {
  /** The usual short form; with a zone the text as it was. */
  readonly short: string;
  readonly network: string;
}

const remembered = new Map<string, Forms>();

/** @param text with a colon */
function formsOf(text: string): Forms {
  const known = remembered.get(text);
  if (known) return known;
  const bare = withoutZone(text);
  const parsed = parse(bare);
  if (!parsed) return { short: text, network: text };
  const address = unmapped(parsed);
  const short = address.toString();
  const network = address instanceof ipaddr.IPv6 ? prefixOf(address) : short;
  const forms = { short: bare === text ? short : text, network };
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(text, forms);
  return forms;
}

const prefixOf = ({ parts }: ipaddr.IPv6): string =>
  `${parts
    .slice(0, NETWORK_GROUPS)
    .map((group) => group.toString(16))
    .join(':')}::/64`;

/** An address in its usual short form; what is no address, or has a zone, stays as it is. */
export const normalizeAddress = (text: string): string => (text.includes(':') ? formsOf(text).short : text);

/** The network of a client: IPv6 clients hold a /64 at least, so all of it counts as one address. */
export const networkOf = (address: string): string => (address.includes(':') ? formsOf(address).network : address);

interface Network {
  readonly start: string;
  readonly bits: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** Reads an address, or a network like `10.0.0.0/8`. Undefined: it is neither, or has a zone. */
function parseNetwork(text: string): Network | undefined {
  const [start = '', prefix, more] = text.split('/');
  const address = parse(start);
  if (!address || start.includes('%') || more !== undefined) return undefined;
  const most = address.kind() === 'ipv6' ? 128 : 32;
  if (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && Number(prefix) <= most)) return undefined;
  const bits = prefix === undefined ? most : Number(prefix);
  const plain = unmapped(address);
  // A network of mapped addresses is one of IPv4, unless it is wider than all of them.
  const mappedBits = most === 128 && plain.kind() === 'ipv4' ? 96 : 0;
  return bits >= mappedBits
    ? { start: plain.toString(), bits: bits - mappedBits, family: plain.kind() }
    : { start: address.toString(), bits, family: 'ipv6' };
}

export const isNetwork = (text: string): boolean => parseNetwork(text) !== undefined;

/**
 * Whether an address is in one of the networks.
 * @param networks each as `isNetwork` takes it
 */
export function createNetworkSet(networks: readonly string[]): (address: string) => boolean {
  const blocks = new BlockList();
  for (const text of networks) {
    const network = parseNetwork(text);
    if (!network) throw new TypeError(`not a network: ${text}`);
    blocks.addSubnet(network.start, network.bits, network.family);
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && blocks.check(address, family === 6 ? 'ipv6' : 'ipv4');
  };
}
