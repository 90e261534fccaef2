/**
 * A quota by address: of sockets of one kind, or of requests in progress. Knows nothing of what it counts.
 *
 * I9: anonymous clients are bounded by address; signed-in ones by user (actors/user).
 */
export interface AddressQuota {
  /** Counts one more; false, and nothing counted, when the address is at its limit. */
  acquire(address: string): boolean;
  /** Uncounts one, after an `acquire` that was true. */
  release(address: string): void;
  /** Whether `acquire` would be true. */
  hasRoom(address: string): boolean;
  /** How many the address has now. */
  count(address: string): number;
  /** How many all addresses have now. */
  total(): number;
}

/**
 * @param maxPerAddress one limit for all addresses, or a function of the address
 * @param fits whether there is room for one more in total
 */
export function createAddressQuota(
  maxPerAddress: number | ((address: string) => number),
  fits: () => boolean = () => true,
): AddressQuota {
  const counts = new Map<string, number>();
  let total = 0;
  const of = (address: string): number => counts.get(address) ?? 0;
  const maxOf = typeof maxPerAddress === 'number' ? () => maxPerAddress : maxPerAddress;
  const hasRoom = (address: string): boolean => of(address) < maxOf(address) && fits();
  return {
    hasRoom,
    count: of,
    acquire(address) {
      if (!hasRoom(address)) return false;
      counts.set(address, (counts.get(address) ?? 0) + 1);
      total += 1;
      return true;
    },
    release(address) {
      const count = counts.get(address) ?? 0;
      if (count === 0) return;
      total -= 1;
      if (count === 1) counts.delete(address);
      else counts.set(address, count - 1);
    },
    total: () => total,
  };
}
