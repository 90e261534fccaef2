/**
 * Bounds attempts to sign in (I9): a few for a handle from an address, more for an address over all handles. Counted
 * in Redis where there is one, so that all nodes count together; in this process when there is none or it is away.
 */

import { isIPv6 } from 'node:net';
import { type RateLimiterAbstract, RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';

export interface AttemptLimits {
  /** Attempts for one handle from one address within the window. */
  perHandle: number;
  /** Attempts from one address within the window, whatever the handle. */
  perAddress: number;
  /** Milliseconds; whole seconds count. */
  windowMs: number;
}

export interface AttemptLimiter {
  /** Counts an attempt. Resolves with 0, or with the milliseconds to wait when there were too many. */
  attempt(handle: string, address: string): Promise<number>;
  /** A success: earlier attempts for this handle from this address are forgotten. */
  succeeded(handle: string, address: string): Promise<void>;
}

/** @param redis an ioredis client, when the node has one */
export function createAttemptLimiter(limits: AttemptLimits, redis?: object): AttemptLimiter {
  const make = (keyPrefix: string, points: number): RateLimiterAbstract => {
    const options = { keyPrefix, points, duration: Math.ceil(limits.windowMs / 1_000) };
    const memory = new RateLimiterMemory(options);
    if (!redis) return memory;
    return new RateLimiterRedis({
      ...options,
      storeClient: redis,
      insuranceLimiter: memory,
      rejectIfRedisNotReady: true,
    });
  };
  const byHandle = make('stet:sign-in:handle', limits.perHandle);
  const byAddress = make('stet:sign-in:address', limits.perAddress);

  async function waitFor(limiter: RateLimiterAbstract, key: string): Promise<number> {
    try {
      await limiter.consume(key);
      return 0;
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
      throw refused;
    }
  }

  return {
    async attempt(handle, address) {
      const network = networkOf(address);
      // The address first: once it has had its fill, it makes no new keys.
      return (await waitFor(byAddress, network)) || waitFor(byHandle, `${handle}@${network}`);
    },
    async succeeded(handle, address) {
      await byHandle.delete(`${handle}@${networkOf(address)}`);
    },
  };
}

/** IPv6 clients hold a /64 at least: all of it counts as one address. */
export function networkOf(address: string): string {
  if (!isIPv6(address)) return address;
  const plain = address.split('%', 1)[0] ?? address;
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(plain);
  if (mapped?.[1] !== undefined) return mapped[1];
  const [head = '', tail] = plain.split('::', 2);
  const left = head === '' ? [] : head.split(':');
  const right = tail === undefined || tail === '' ? [] : tail.split(':');
  const groups =
    tail === undefined ? left : [...left, ...Array(Math.max(0, 8 - left.length - right.length)).fill('0'), ...right];
  return `${groups
    .slice(0, 4)
    .map((group) => Number.parseInt(group, 16).toString(16))
    .join(':')}::/64`;
}
