/**
 * A fixed-window counter in Redis, shared by all nodes: the window of a key begins with its first count. Knows nothing of what is
 * counted, nor of what happens without Redis.
 */
import { RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import { withDeadline } from '../../lib/deadline.ts';

export interface WindowOptions {
  /** Prefix of the keys in Redis. */
  readonly keyPrefix: string;
  readonly limit: number;
  /** Milliseconds, rounded up to whole seconds. */
  readonly windowMs: number;
}

export interface WindowCount {
  /** Points in the window so far, these included. */
  readonly used: number;
  /** Milliseconds until the window ends. */
  readonly resetMs: number;
}

export interface WindowCounter {
  /** Counts `points`; undefined when Redis is away or does not answer in time. Never rejects. */
  count(key: string, points: number): Promise<WindowCount | undefined>;
  /** Resets a key, in the background; if that is lost, the window ends by itself. */
  forget(key: string): void;
}

/** Milliseconds to wait for Redis. */
const REDIS_DEADLINE_MS = 500;

/** @param redis an ioredis client */
export function createRedisWindowCounter({ keyPrefix, limit, windowMs }: WindowOptions, redis: object): WindowCounter {
  const limiter = new RateLimiterRedis({
    keyPrefix,
    points: limit,
    duration: Math.ceil(windowMs / 1_000),
    storeClient: redis,
    rejectIfRedisNotReady: true,
  });

  /** The library rejects with what it counted once there are too many, and with an `Error` when it could not count. */
  async function consume(key: string, points: number): Promise<WindowCount | undefined> {
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
