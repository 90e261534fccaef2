/**
 * Counts in Redis, over all nodes: so many of a key within a window that begins with the first. Knows nothing of what
 * is counted, nor of what is done without Redis.
 */
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { withDeadline } from '../../lib/deadline.ts';

export interface Window {
  /** Begins the keys in Redis. */
  readonly keyPrefix: string;
  readonly limit: number;
  /** Milliseconds; whole seconds count. */
  readonly windowMs: number;
}

export interface Counted {
  /** Counted within the window, this included. */
  readonly used: number;
  /** Milliseconds until the window ends. */
  readonly resetMs: number;
}

export interface SharedWindow {
  /** Counts `points`; undefined when Redis is away or does not answer in time. Never rejects. */
  count(key: string, points: number): Promise<Counted | undefined>;
  /** Nobody waits for it: if it is lost, a few count that need not. */
  forget(key: string): void;
}

/** Milliseconds after which a Redis that does not answer is counted without. */
const REDIS_DEADLINE_MS = 500;

/** @param redis an ioredis client */
export function createSharedWindow({ keyPrefix, limit, windowMs }: Window, redis: object): SharedWindow {
  const limiter = new RateLimiterRedis({
    keyPrefix,
    points: limit,
    duration: Math.ceil(windowMs / 1_000),
    storeClient: redis,
    rejectIfRedisNotReady: true,
  });

  /** The library rejects with what it counted once there are too many, and with an `Error` when it could not count. */
  async function consume(key: string, points: number): Promise<Counted | undefined> {
    const result = await limiter.consume(key, points).catch((refused: unknown) => refused);
    if (!(result instanceof RateLimiterRes)) return undefined;
    return { used: result.consumedPoints, resetMs: Math.max(1, result.msBeforeNext) };
  }

  return {
    count(key, points) {
      return withDeadline(consume(key, points), REDIS_DEADLINE_MS, () => undefined);
    },
    forget(key) {
      limiter.delete(key).catch(() => {});
    },
  };
}
