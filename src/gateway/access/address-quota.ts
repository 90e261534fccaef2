/**
 * How much of something each address has: sockets of a kind, requests in progress. Knows nothing of what it counts.
 *
 * I9: an address bounds strangers; who is signed in counts by user (actors/user).
 */
export interface AddressShares {
  /** Counts one more; false when the address has its fill, and then counts nothing. */
  take(address: string): boolean;
  /** One less, after a `take` that was true. */
  give(address: string): void;
  /** Whether `take` would be true. */
  hasRoom(address: string): boolean;
  /** What an address has. */
  of(address: string): number;
  /** Of all addresses together. */
  total(): number;
}

/**
 * @param maxPerAddress for all addresses, or of each
 * @param fits whether there is room for one more at all, whatever its address
 */
export function createAddressShares(
  maxPerAddress: number | ((address: string) => number),
  fits: () => boolean = () => true,
): AddressShares {
  const counts = new Map<string, number>();
  let total = 0;
  const of = (address: string): number => counts.get(address) ?? 0;
  const maxOf = typeof maxPerAddress === 'number' ? () => maxPerAddress : maxPerAddress;
  const hasRoom = (address: string): boolean => of(address) < maxOf(address) && fits();
  return {
    hasRoom,
    of,
    take(address) {
      if (!hasRoom(address)) return false;
      counts.set(address, (counts.get(address) ?? 0) + 1);
      total += 1;
      return true;
    },
    give(address) {
      const count = counts.get(address) ?? 0;
      if (count === 0) return;
      total -= 1;
      if (count === 1) counts.delete(address);
      else counts.set(address, count - 1);
    },
    total: () => total,
  };
}
