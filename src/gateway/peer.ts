/**
 * Who is really at the other end when a proxy stands between: `X-Forwarded-For` and `X-Forwarded-Proto` count when the
 * connection comes from a listed address, and only as far back as listed addresses wrote them (RFC 7239, section 8.1).
 */
import { BlockList, isIP, isIPv6 } from 'node:net';

export interface Peer {
  /** Address of the client, as text. */
  address: string;
  /** True when the client's own connection is TLS. */
  secure: boolean;
}

/** Reads a header of the request; empty or nullish when it is not there. Asked only when a proxy may have written it. */
export type ForwardedHeader = (name: 'x-forwarded-for' | 'x-forwarded-proto') => string | null | undefined;

export type PeerOf = (connection: Peer, header: ForwardedHeader) => Peer;

/** @param trusted addresses or networks (`10.0.0.0/8`) of proxies */
export function createPeerOf(trusted: readonly string[]): PeerOf {
  if (trusted.length === 0) return (connection) => connection;
  const proxies = new BlockList();
  for (const entry of trusted) {
    const [address = '', prefix] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(prefix), family);
  }
  const isProxy = (address: string): boolean =>
    isIP(address) !== 0 && proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

  return (connection, header) => {
    if (!isProxy(connection.address)) return connection;
    const hops = (header('x-forwarded-for') ?? '').split(',').map((hop) => hop.trim());
    let address = connection.address;
    while (isProxy(address)) {
      const hop = hops.pop();
      if (hop === undefined || isIP(hop) === 0) break;
      address = hop;
    }
    const proto = (header('x-forwarded-proto') ?? '').split(',').at(-1)?.trim();
    return { address, secure: proto ? proto === 'https' : connection.secure };
  };
}
