/**
 * The networks that lately had a signed-in socket or stream on this node. A new connection says nothing of its user yet, so its
 * network is the only hint whether it may be an author's.
 */
import { Lru } from '../../lib/lru.ts';
import type { AddressQuota } from './address-quota.ts';

/** Most networks remembered, the last seen. // I9: */
const MAX_NETWORKS = 10_000;

/** A quota that also remembers which networks acquired of it. */
export interface SignedInNetworks extends AddressQuota {
  /** Whether there was a signed-in socket or stream from this network. */
  has(network: string): boolean;
}

export function createSignedInNetworks(quota: AddressQuota): SignedInNetworks {
  const seen = new Lru<string, true>(MAX_NETWORKS);
  return {
    ...quota,
    acquire(network) {
      const isAcquired = quota.acquire(network);
      if (isAcquired) seen.set(network, true, 1);
      return isAcquired;
    },
    has: (network) => seen.get(network) === true,
  };
}
