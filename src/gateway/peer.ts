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

export interface ForwardedHeaders {
  forwardedFor: string | null | undefined;
  forwardedProto: string | null | undefined;
}

export type PeerOf = (connection: Peer, headers: ForwardedHeaders) => Peer;

/** @param trusted addresses or networks (`10.0.0.0/8`) of proxies */
export function createPeerOf(trusted: readonly string[]): PeerOf {
  const proxies = new BlockList();
  for (const entry of trusted) {
    const [address = '', prefix] = entry.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (prefix === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(prefix), family);
  }
  const isProxy = (address: string): boolean =>
    isIP(address) !== 0 && proxies.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');

  return (connection, { forwardedFor, forwardedProto }) => {
    if (!isProxy(connection.address)) return connection;
    const hops = (forwardedFor ?? '').split(',').map((hop) => hop.trim());
    let address = connection.address;
    while (isProxy(address)) {
      const hop = hops.pop();
      if (hop === undefined || isIP(hop) === 0) break;
      address = hop;
    }
    const proto = forwardedProto?.split(',').at(-1)?.trim();
    return { address, secure: proto === undefined ? connection.secure : proto === 'https' };
  };
}
