/**
 * Bounds attempts to sign in (I9): a few for a handle from an address, more for an address over all handles. Counted
 * in Redis where there is one, so that all nodes count together; in this process when there is none or it is away.
 */

import { isIPv6 } from 'node:net';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { createSharedWindow } from './shared-window.ts';

export interface AttemptLimits {
  /** Attempts for one handle from one address within the window. */
  perHandle: number;
  /** Attempts from one address within the window, whatever the handle. */
  perAddress: number;
  /** Milliseconds; whole seconds count. */
  windowMs: number;
  /** Begins the keys in Redis. */
  keyPrefix?: string;
}

export interface AttemptLimiter {
  /** Counts an attempt. Resolves with 0, or with the milliseconds to wait when there were too many. */
  attempt(handle: string, address: string): Promise<number>;
  /** A success: earlier attempts for this handle from this address are forgotten. */
  succeeded(handle: string, address: string): void;
}

/** @param redis an ioredis client, when the node has one */
export function createAttemptLimiter(limits: AttemptLimits, redis?: object): AttemptLimiter {
  const { perHandle, perAddress, windowMs, keyPrefix = 'stet:' } = limits;
  const byHandle = createCounter(`${keyPrefix}sign-in:handle`, perHandle, windowMs, redis);
  const byAddress = createCounter(`${keyPrefix}sign-in:address`, perAddress, windowMs, redis);
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

function createCounter(keyPrefix: string, limit: number, windowMs: number, redis: object | undefined): Counter {
  const shared = redis && createSharedWindow({ keyPrefix, limit, windowMs }, redis);
  const own = new RateLimiterMemory({ keyPrefix, points: limit, duration: Math.ceil(windowMs / 1_000) });

  async function countHere(key: string): Promise<number> {
    try {
      await own.consume(key);
      return 0;
    } catch (refused) {
      if (refused instanceof RateLimiterRes) return Math.max(1, refused.msBeforeNext);
      throw refused;
    }
  }

  return {
    async count(key) {
      const counted = await shared?.count(key, 1);
      if (!counted) return countHere(key);
      return counted.used > limit ? counted.resetMs : 0;
    },
    forget(key) {
      void own.delete(key);
      shared?.forget(key);
    },
  };
}

/** IPv6 clients hold a /64 at least: all of it counts as one address. */
export function networkOf(address: string): string {
  if (!address.includes(':') || !isIPv6(address)) return address;
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
