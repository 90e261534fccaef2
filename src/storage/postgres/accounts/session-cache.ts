/**
 * Valid sessions that were looked up a moment ago, so that a burst of requests costs one query. Holds at most
 * `capacity` entries for at most `maxAgeMs`. A lookup that began before a revocation does not enter its answer after
 * it: revocation on this node counts at once, on other nodes after `maxAgeMs` at the latest (I6).
 */

import type { Clock } from '../../../lib/clock.ts';
import type { Identity } from '../../../ports/access.ts';

interface Entry {
  identity: Identity;
  readAt: number;
}

export interface SessionCacheOptions {
  clock: Clock;
  capacity: number;
  /** Milliseconds. */
  maxAgeMs: number;
}

export interface SessionCache {
  get(key: string): Identity | undefined;
  /** Opens a lookup; the returned function enters its answer unless something was forgotten meanwhile. */
  lookup(): (key: string, identity: Identity) => void;
  /** Drops a session. */
  forget(sessionId: string): void;
}

export function createSessionCache({ clock, capacity, maxAgeMs }: SessionCacheOptions): SessionCache {
  const entries = new Map<string, Entry>();
  let forgotten = 0;
  return {
    get(key) {
      const entry = entries.get(key);
      if (!entry) return undefined;
      const age = clock.now() - entry.readAt;
      if (age >= 0 && age < maxAgeMs) return entry.identity;
      entries.delete(key);
      return undefined;
    },
    lookup() {
      const before = forgotten;
      const readAt = clock.now();
      return (key, identity) => {
        if (forgotten !== before) return;
        entries.delete(key);
        if (entries.size >= capacity) {
          // Insertion order is age: the first is the oldest.
          for (const oldest of entries.keys()) {
            entries.delete(oldest);
            break;
          }
        }
        entries.set(key, { identity, readAt });
      };
    },
    forget(sessionId) {
      forgotten += 1;
      for (const [key, { identity }] of entries) if (identity.sessionId === sessionId) entries.delete(key);
    },
  };
}
