/**
 * The client behind proxies: `X-Forwarded-For` and `X-Forwarded-Proto` count when the connection comes from a trusted
 * proxy's address, and only as far back as trusted proxies wrote them (RFC 7239, section 8.1).
 *
 * A connection from this machine may do more than others. So a forwarded request counts as from this machine only when a trusted
 * proxy says so: if it was forwarded with an invalid address, or by a proxy that is not trusted, its address is unknown.
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

/** Reads a header of the request; empty or nullish when absent. Called only when a proxy may have written it. */
export type ForwardedHeader = (name: ForwardingHeader) => string | null | undefined;

/** Headers that show that a proxy forwarded a request. */
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

/** The connection's own peer: enough to count addresses where no proxies are trusted. */
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
    // Without one the request is the proxy's own, unless another header says that it was forwarded.
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
