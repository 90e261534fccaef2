/**
 * Where people who sign in come from: the networks that had a signed-in socket or stream on this node, those of late. A
 * connection says nothing of its user yet when it comes; where it comes from is all that there is to go by.
 */
import { Lru } from '../../lib/lru.ts';
import type { AddressShares } from './address-quota.ts';

/** So many are remembered, those that were seen last. // I9: */
const MAX_NETWORKS = 10_000;

/** Counts as the shares do. */
export interface AuthorsNetworks extends AddressShares {
  /** Whether somebody signed in from there. */
  knows(network: string): boolean;
}

export function createAuthorsNetworks(shares: AddressShares): AuthorsNetworks {
  const seen = new Lru<string, true>(MAX_NETWORKS);
  return {
    ...shares,
    take(network) {
      const isTaken = shares.take(network);
      if (isTaken) seen.set(network, true, 1);
      return isTaken;
    },
    knows: (network) => seen.get(network) === true,
  };
}
