/**
 * Requests a minute of one token or session, of one user over all of theirs, and of one address over everybody (I9). No request waits for Redis: it
 * is judged by what this node knows, and told to Redis on the side, whose answer is what this node knows next. While
 * one count of a key is under way, further ones gather into the next: under load Redis gets few commands, and a node
 * lets through at most what arrives during one round trip too many. Without Redis, or while it is away, each node
 * counts alone.
 */
import { networkOf } from '../../lib/addresses.ts';
import type { Clock } from '../../lib/clock.ts';
import { createSharedWindow, type SharedWindow } from './redis-window-counter.ts';

export interface RateState {
  /** Requests within the window. */
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the window begins anew. */
  readonly resetMs: number;
  /** 0: admitted. Else the milliseconds to wait. */
  readonly waitMs: number;
}

export interface RateLimits {
  /** Counts one request of an address. */
  address(address: string): RateState;
  /** Counts one request of a token or session. */
  holder(id: string): RateState;
  /** Counts one request of a user, with whatever token or session. */
  user(id: string): RateState;
}

export interface RateLimitOptions {
  /** Requests of one token or session within the window. */
  perHolder: number;
  /** Requests of one user within the window. */
  perUser: number;
  /** Requests of one address within the window. */
  perAddress: number;
  /** Milliseconds; whole seconds. */
  windowMs: number;
  clock: Clock;
  /** Begins the keys in Redis. */
  keyPrefix?: string;
}

/** Keys remembered by a node at most; the oldest is forgotten first, and Redis knows it still. */
const MAX_KEYS = 100_000;

/** @param redis an ioredis client, when the node has one */
export function createRateLimits(options: RateLimitOptions, redis?: object): RateLimits {
  const { perHolder, perUser, perAddress, windowMs, clock, keyPrefix = 'stet:' } = options;
  const counter = (kind: string, limit: number) => {
    const window = { keyPrefix: `${keyPrefix}rate:${kind}`, limit, windowMs };
    return new Counter(limit, windowMs, clock, redis && createSharedWindow(window, redis));
  };
  const addresses = counter('address', perAddress);
  const holders = counter('holder', perHolder);
  const users = counter('user', perUser);
  return {
    address: (address) => addresses.count(networkOf(address)),
    holder: (id) => holders.count(id),
    user: (id) => users.count(id),
  };
}

/** What is known of a key in its present window. */
interface Known {
  used: number;
  endsAt: number;
  /** Counted here, not yet told to Redis. */
  untold: number;
  telling: boolean;
}

class Counter {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #shared: SharedWindow | undefined;
  /** In the order in which the windows began, which is nearly that in which they end. */
  readonly #known = new Map<string, Known>();

  constructor(limit: number, windowMs: number, clock: Clock, shared: SharedWindow | undefined) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#clock = clock;
    this.#shared = shared;
  }

  count(key: string): RateState {
    const now = this.#clock.now();
    const known = this.#present(key, now);
    // Once it has had its fill, a key costs a look and nothing more.
    if (known.used <= this.#limit) {
      known.used += 1;
      known.untold += 1;
      if (this.#shared && !known.telling) void this.#tell(key, known, this.#shared);
    }
    const resetMs = known.endsAt - now;
    return {
      limit: this.#limit,
      remaining: Math.max(0, this.#limit - known.used),
      resetMs,
      waitMs: known.used > this.#limit ? resetMs : 0,
    };
  }

  #present(key: string, now: number): Known {
    const known = this.#known.get(key);
    // A clock that is set back begins anew.
    if (known && known.endsAt > now && known.endsAt <= now + this.#windowMs) return known;
    this.#known.delete(key);
    this.#forgetOld(now);
    const fresh: Known = { used: 0, endsAt: now + this.#windowMs, untold: 0, telling: false };
    this.#known.set(key, fresh);
    return fresh;
  }

  /** For each key that comes, up to two whose window is over go. */
  #forgetOld(now: number): void {
    let looked = 0;
    for (const [key, { endsAt }] of this.#known) {
      if (looked === 2 || (endsAt > now && this.#known.size < MAX_KEYS)) return;
      this.#known.delete(key);
      looked += 1;
    }
  }

  /** Tells Redis what was counted here, until there is nothing left to tell. Never rejects. */
  async #tell(key: string, known: Known, shared: SharedWindow): Promise<void> {
    known.telling = true;
    while (known.untold > 0 && this.#known.get(key) === known) {
      const told = known.untold;
      known.untold = 0;
      const counted = await shared.count(key, told);
      // Without an answer what is known here stands; Redis never learns of these.
      if (!counted) break;
      known.used = Math.max(known.used, counted.used + known.untold);
      known.endsAt = Math.min(known.endsAt, this.#clock.now() + counted.resetMs);
    }
    known.telling = false;
  }
}
