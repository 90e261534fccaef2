/** What changed in the database, for parts without one: nothing ever, or everything as often as a test says. */
import type { ExecutionContext } from 'ava';
import type { ChangeFeed, Changes } from '../../src/ports/changes.ts';

const NEVER_MS = 3_600_000;

export const NO_CHANGES: ChangeFeed = { pollMs: NEVER_MS, subscribe: () => () => undefined };

const EVERYTHING: Changes = { everything: true, users: new Set(), documents: new Set(), lists: true };

export function everythingEvery(t: ExecutionContext, pollMs: number): ChangeFeed {
  return {
    pollMs,
    subscribe(listener) {
      const timer = setInterval(() => void listener(EVERYTHING, performance.now()).catch(() => undefined), pollMs);
      t.teardown(() => clearInterval(timer));
      return () => clearInterval(timer);
    },
  };
}
