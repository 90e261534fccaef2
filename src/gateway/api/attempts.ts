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
  succeeded(handle: string, address: string): void;
}

/** Milliseconds after which a Redis that does not answer is counted without. */
const REDIS_DEADLINE_MS = 500;

/** @param redis an ioredis client, when the node has one */
export function createAttemptLimiter(limits: AttemptLimits, redis?: object): AttemptLimiter {
  const byHandle = createCounter('stet:sign-in:handle', limits.perHandle, limits.windowMs, redis);
  const byAddress = createCounter('stet:sign-in:address', limits.perAddress, limits.windowMs, redis);
  return {
    async attempt(handle, address) {
      const network = networkOf(address);
      // The address first: once it has had its fill, it makes no new keys.
      return (await byAddress.count(network)) || byHandle.count(`${handle}@${network}`);
    },
    succeeded(handle, address) {
      byHandle.forget(`${handle}@${networkOf(address)}`);
    },
  };
}

interface Counter {
  /** Counts one; resolves with 0, or the milliseconds to wait. */
  count(key: string): Promise<number>;
  forget(key: string): void;
}

function createCounter(keyPrefix: string, points: number, windowMs: number, redis: object | undefined): Counter {
  const options = { keyPrefix, points, duration: Math.ceil(windowMs / 1_000) };
  const memory = new RateLimiterMemory(options);
  const limiter: RateLimiterAbstract = redis
    ? new RateLimiterRedis({ ...options, storeClient: redis, insuranceLimiter: memory, rejectIfRedisNotReady: true })
    : memory;

  /** A Redis that hangs is away as well; the insurance of the library sees errors only. */
  function consume(key: string): Promise<unknown> {
    if (!redis) return memory.consume(key);
    const { promise: late, resolve } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => resolve(memory.consume(key)), REDIS_DEADLINE_MS);
    return Promise.race([limiter.consume(key), late]).finally(() => clearTimeout(timer));
  }

  return {
    async count(key) {
      try {
        await consume(key);
        return 0;
      } catch (refused) {
        if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
        throw refused;
      }
    },
    forget(key) {
      // Nobody waits for it: if it is lost, a few attempts count that need not.
      limiter.delete(key).catch(() => {});
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
