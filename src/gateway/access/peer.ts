/**
 * Who is really at the other end when a proxy stands between: `X-Forwarded-For` and `X-Forwarded-Proto` count when the
 * connection comes from a listed address, and only as far back as listed addresses wrote them (RFC 7239, section 8.1).
 *
 * A connection from this machine is trusted with more than others. So what was forwarded is from this machine only if a
 * listed proxy says so in plain words: with an address that is none, or by a proxy that is not listed, it comes from
 * somewhere unknown.
 */
import { isIP } from 'node:net';
import { createNetworkSet, normalizeAddress } from '../../lib/addresses.ts';
import { isLoopback } from './token-rights.ts';

export interface Peer {
  /** Address of the client, as text; empty: unknown. */
  address: string;
  /** True when the client's own connection is TLS. */
  secure: boolean;
}

/** Reads a header of the request; empty or nullish when it is not there. Asked only when a proxy may have written it. */
export type ForwardedHeader = (name: ForwardingHeader) => string | null | undefined;

/** By these it shows that a proxy passed a request on. */
const FORWARDING = [
  'x-forwarded-for',
  'x-forwarded-proto',
  'forwarded',
  'x-real-ip',
  'x-forwarded-host',
  'via',
] as const;
type ForwardingHeader = (typeof FORWARDING)[number];

const UNKNOWN = '';

export type PeerOf = (connection: Peer, header: ForwardedHeader) => Peer;

/** For what only counts addresses: without listed proxies it does not matter whether one is there. */
export const connectionItself: PeerOf = (connection) => connection;

/** @param trusted addresses or networks (`10.0.0.0/8`) of proxies */
export function createPeerOf(trusted: readonly string[]): PeerOf {
  const isForwarded = ({ address }: Peer, header: ForwardedHeader): boolean =>
    isLoopback(address) && FORWARDING.some((name) => header(name));
  if (trusted.length === 0) {
    return (connection, header) => (isForwarded(connection, header) ? { ...connection, address: UNKNOWN } : connection);
  }
  const isProxy = createNetworkSet(trusted);

  return (connection, header) => {
    if (!isProxy(connection.address)) return connection;
    // Without any the request is the proxy's own, unless something else says that it passed it on.
    const forwardedFor = header('x-forwarded-for');
    const hops = forwardedFor ? forwardedFor.split(',').map((hop) => hop.trim()) : [];
    let address = !forwardedFor && isForwarded(connection, header) ? UNKNOWN : connection.address;
    while (isProxy(address)) {
      const hop = hops.pop();
      if (hop === undefined) break;
      address = isIP(hop) === 0 ? UNKNOWN : normalizeAddress(hop);
    }
    const proto = (header('x-forwarded-proto') ?? '').split(',').at(-1)?.trim();
    return { address, secure: proto ? proto === 'https' : connection.secure };
  };
}
