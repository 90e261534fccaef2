/**
 * Counts attempts by key, and how long the next one has to wait: the first are free, then the delay doubles. Counted in Redis, in
 * one atomic step over all keys of an attempt; in this process where there is no Redis, or while it is away.
 *
 * An attempt that one of its keys refuses is counted under none of them.
 */
import { backoffMs } from '../../lib/backoff.ts';
import { withDeadline } from '../../lib/deadline.ts';

export interface DelayRule {
  /** Attempts before the first delay. */
  readonly freeAttempts: number;
  /** The first delay, milliseconds; each is twice the one before. */
  readonly firstMs: number;
  /** The longest delay, milliseconds. */
  readonly maxMs: number;
  /** A key without attempts for this long starts from zero, milliseconds. */
  readonly forgetMs: number;
}

export interface ExponentialDelays {
  /** Counts an attempt. Resolves with 0, or with the milliseconds to wait when it is refused. */
  attempt(counted: readonly { key: string; rule: DelayRule }[]): Promise<number>;
  /** Uncounts one attempt, in the background. */
  refund(keys: readonly string[]): void;
}

/** The part of an ioredis client that is used. */
interface Scripts {
  readonly status: string;
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
}

/** Milliseconds to wait for Redis before counting in this process. */
const REDIS_DEADLINE_MS = 500;
/** Most keys counted in this process; the oldest is dropped first. */
const MAX_KEYS = 20_000;

const ATTEMPT = `
local t = redis.call('TIME')
local now = t[1] * 1000 + math.floor(t[2] / 1000)
local wait = 0
for i, key in ipairs(KEYS) do
  local known = redis.call('HMGET', key, 'n', 'at')
  local n, at = tonumber(known[1] or 0), tonumber(known[2] or 0)
  local free, first, most = tonumber(ARGV[4 * i - 3]), tonumber(ARGV[4 * i - 2]), tonumber(ARGV[4 * i - 1])
  if n >= free then wait = math.max(wait, at + math.min(most, first * 2 ^ math.min(n - free, 40)) - now) end
end
if wait > 0 then return math.ceil(wait) end
for i, key in ipairs(KEYS) do
  redis.call('HINCRBY', key, 'n', 1)
  redis.call('HSET', key, 'at', now)
  redis.call('PEXPIRE', key, ARGV[4 * i])
end
return 0`;

const REFUND = `
for _, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 and redis.call('HINCRBY', key, 'n', -1) <= 0 then redis.call('DEL', key) end
end
return 0`;

/** @param now monotonic, milliseconds */
export function createExponentialDelays(
  redis?: object,
  now: () => number = () => performance.now(),
): ExponentialDelays {
  const local = createLocalDelays(now);
  const client = redis as Scripts | undefined;

  async function shared(script: string, keys: readonly string[], args: number[]): Promise<number | undefined> {
    if (client?.status !== 'ready') return undefined;
    const answer = client.eval(script, keys.length, ...keys, ...args).catch(() => undefined);
    const counted = await withDeadline(answer, REDIS_DEADLINE_MS, () => undefined);
    return typeof counted === 'number' ? counted : undefined;
  }

  return {
    async attempt(counted) {
      const args = counted.flatMap(({ rule }) => [rule.freeAttempts, rule.firstMs, rule.maxMs, rule.forgetMs]);
      const keys = counted.map(({ key }) => key);
      return (await shared(ATTEMPT, keys, args)) ?? local.attempt(counted);
    },
    refund(keys) {
      local.refund(keys);
      void shared(REFUND, keys, []);
    },
  };
}

function createLocalDelays(now: () => number) {
  const known = new Map<string, { n: number; at: number }>();

  function waitMs(key: string, { firstMs, forgetMs, freeAttempts, maxMs }: DelayRule): number {
    const entry = known.get(key);
    if (!entry) return 0;
    const age = now() - entry.at;
    if (age >= forgetMs) {
      known.delete(key);
      return 0;
    }
    return entry.n < freeAttempts ? 0 : backoffMs(entry.n - freeAttempts, { firstMs, longestMs: maxMs }) - age;
  }

  return {
    attempt(counted: readonly { key: string; rule: DelayRule }[]): number {
      const wait = Math.max(...counted.map(({ key, rule }) => waitMs(key, rule)));
      if (wait > 0) return Math.ceil(wait);
      for (const { key } of counted) {
        const n = (known.get(key)?.n ?? 0) + 1;
        known.delete(key);
        known.set(key, { n, at: now() });
      }
      for (const key of known.keys()) {
        if (known.size <= MAX_KEYS) break;
        known.delete(key);
      }
      return 0;
    },
    refund(keys: readonly string[]): void {
      for (const key of keys) {
        const entry = known.get(key);
        if (entry && entry.n > 1) entry.n -= 1;
        else known.delete(key);
      }
    },
  };
}
