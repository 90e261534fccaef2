/**
 * Request rates per minute: of one token or session, of one user with all of theirs, and of one address (I9). No request waits
 * for Redis: it is judged by what this node knows, and its count is sent to Redis in the background, whose total is what this node
 * knows next. While one count of a key is being sent, further ones accumulate for the next: Redis gets few commands under load, and
 * a node admits at most one round trip's requests too many. Without Redis, or while it is away, each node counts alone.
 */
import { networkOf } from '../../lib/addresses.ts';
import type { Clock } from '../../lib/clock.ts';
import { createRedisWindowCounter, type WindowCounter } from './redis-window-counter.ts';

export interface RateState {
  /** Requests within the window. */
  readonly limit: number;
  readonly remaining: number;
  /** Milliseconds until the next window. */
  readonly resetMs: number;
  /** 0: admitted. Otherwise refused, for this many milliseconds. */
  readonly waitMs: number;
}

export interface RateLimits {
  /** Counts one request of an address. */
  address(address: string): RateState;
  /** Counts one request of a token or session. */
  credential(id: string): RateState;
  /** Counts one request of a user, over all tokens and sessions. */
  user(id: string): RateState;
}

export interface RateLimitOptions {
  /** Requests of one token or session within the window. */
  perCredential: number;
  /** Requests of one user within the window. */
  perUser: number;
  /** Requests of one address within the window. */
  perAddress: number;
  /** Milliseconds; whole seconds. */
  windowMs: number;
  clock: Clock;
  /** Prefix of the keys in Redis. */
  keyPrefix?: string;
}

/** Most keys a node remembers; the oldest is dropped first, and still counted in Redis. */
const MAX_KEYS = 100_000;

/** @param redis an ioredis client, when the node has one */
export function createRateLimits(options: RateLimitOptions, redis?: object): RateLimits {
  const { perCredential, perUser, perAddress, windowMs, clock, keyPrefix = 'stet:' } = options;
  const counter = (kind: string, limit: number) => {
    const options = { keyPrefix: `${keyPrefix}rate:${kind}`, limit, windowMs };
    return new Counter(limit, windowMs, clock, redis && createRedisWindowCounter(options, redis));
  };
  const addresses = counter('address', perAddress);
  // Released keys keep their names: nodes of two versions count together.
  const credentials = counter('holder', perCredential);
  const users = counter('user', perUser);
  return {
    address: (address) => addresses.count(networkOf(address)),
    credential: (id) => credentials.count(id),
    user: (id) => users.count(id),
  };
}

/** The state of a key in its present window. */
interface KeyWindow {
  used: number;
  endsAt: number;
  /** Counted here, not yet sent to Redis. */
  unsent: number;
  sending: boolean;
}

class Counter {
  readonly #limit: number;
  readonly #windowMs: number;
  readonly #clock: Clock;
  readonly #shared: WindowCounter | undefined;
  /** In the order in which the windows began, which is nearly that in which they end. */
  readonly #windows = new Map<string, KeyWindow>();

  constructor(limit: number, windowMs: number, clock: Clock, shared: WindowCounter | undefined) {
    this.#limit = limit;
    this.#windowMs = windowMs;
    this.#clock = clock;
    this.#shared = shared;
  }

  count(key: string): RateState {
    const now = this.#clock.now();
    const window = this.#present(key, now);
    // A key over its limit costs one look-up and nothing more.
    if (window.used <= this.#limit) {
      window.used += 1;
      window.unsent += 1;
      if (this.#shared && !window.sending) void this.#send(key, window, this.#shared);
    }
    const resetMs = window.endsAt - now;
    return {
      limit: this.#limit,
      remaining: Math.max(0, this.#limit - window.used),
      resetMs,
      waitMs: window.used > this.#limit ? resetMs : 0,
    };
  }

  #present(key: string, now: number): KeyWindow {
    const window = this.#windows.get(key);
    // A clock that was set back starts a new window.
    if (window && window.endsAt > now && window.endsAt <= now + this.#windowMs) return window;
    this.#windows.delete(key);
    this.#forgetOld(now);
    const fresh: KeyWindow = { used: 0, endsAt: now + this.#windowMs, unsent: 0, sending: false };
    this.#windows.set(key, fresh);
    return fresh;
  }

  /** Drops up to two ended windows for each new key. */
  #forgetOld(now: number): void {
    let looked = 0;
    for (const [key, { endsAt }] of this.#windows) {
      if (looked === 2 || (endsAt > now && this.#windows.size < MAX_KEYS)) return;
      this.#windows.delete(key);
      looked += 1;
    }
  }

  /** Sends the local counts to Redis until none is left. Never rejects. */
  async #send(key: string, window: KeyWindow, shared: WindowCounter): Promise<void> {
    window.sending = true;
    while (window.unsent > 0 && this.#windows.get(key) === window) {
      const sent = window.unsent;
      window.unsent = 0;
      const counted = await shared.count(key, sent);
      // Without an answer the local count stands; these never reach Redis.
      if (!counted) break;
      window.used = Math.max(window.used, counted.used + window.unsent);
      window.endsAt = Math.min(window.endsAt, this.#clock.now() + counted.resetMs);
    }
    window.sending = false;
  }
}
