/**
 * Counts attempts by key and says how long the next one has to wait: some are free, then the pause doubles. In Redis where
 * there is one, in one step over all keys of an attempt; in this process when there is none or it is away.
 *
 * Only an attempt that no key refuses counts, and then at all of them.
 */
import { backoffMs } from '../../lib/backoff.ts';
import { withDeadline } from '../../lib/deadline.ts';

export interface DelayRule {
  /** Attempts before any has to wait. */
  readonly free: number;
  /** The first pause, milliseconds; each is twice the one before. */
  readonly firstMs: number;
  /** The longest pause, milliseconds. */
  readonly mostMs: number;
  /** Without an attempt for so long, all is forgotten, milliseconds. */
  readonly forgetMs: number;
}

export interface Delays {
  /** Counts an attempt. Resolves with 0, or with the milliseconds to wait when it was refused. */
  attempt(counted: readonly { key: string; rule: DelayRule }[]): Promise<number>;
  /** Takes one attempt back. Nobody waits for it. */
  giveBack(keys: readonly string[]): void;
}

/** What is needed of an ioredis client. */
interface Scripts {
  readonly status: string;
  eval(script: string, keys: number, ...args: (string | number)[]): Promise<unknown>;
}

/** Milliseconds after which a Redis that does not answer is counted without. */
const REDIS_DEADLINE_MS = 500;
/** Keys remembered here at most: the oldest goes. */
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

const GIVE_BACK = `
for _, key in ipairs(KEYS) do
  if redis.call('EXISTS', key) == 1 and redis.call('HINCRBY', key, 'n', -1) <= 0 then redis.call('DEL', key) end
end
return 0`;

/** @param now monotonic, milliseconds */
export function createDelays(redis?: object, now: () => number = () => performance.now()): Delays {
  const here = createLocalDelays(now);
  const there = redis as Scripts | undefined;

  async function shared(script: string, keys: readonly string[], args: number[]): Promise<number | undefined> {
    if (there?.status !== 'ready') return undefined;
    const answer = there.eval(script, keys.length, ...keys, ...args).catch(() => undefined);
    const counted = await withDeadline(answer, REDIS_DEADLINE_MS, () => undefined);
    return typeof counted === 'number' ? counted : undefined;
  }

  return {
    async attempt(counted) {
      const args = counted.flatMap(({ rule }) => [rule.free, rule.firstMs, rule.mostMs, rule.forgetMs]);
      const keys = counted.map(({ key }) => key);
      return (await shared(ATTEMPT, keys, args)) ?? here.attempt(counted);
    },
    giveBack(keys) {
      here.giveBack(keys);
      void shared(GIVE_BACK, keys, []);
    },
  };
}

function createLocalDelays(now: () => number) {
  const known = new Map<string, { n: number; at: number }>();

  function waitMs(key: string, { firstMs, forgetMs, free, mostMs }: DelayRule): number {
    const entry = known.get(key);
    if (!entry) return 0;
    const age = now() - entry.at;
    if (age >= forgetMs) {
      known.delete(key);
      return 0;
    }
    return entry.n < free ? 0 : backoffMs(entry.n - free, { firstMs, longestMs: mostMs }) - age;
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
    giveBack(keys: readonly string[]): void {
      for (const key of keys) {
        const entry = known.get(key);
        if (entry && entry.n > 1) entry.n -= 1;
        else known.delete(key);
      }
    },
  };
}
