/**
 * Argon2id, bounded: each hash takes 19 MiB and a thread for some milliseconds, so only a few run at once and few more
 * may wait (I9). Checking a password takes the same work whether or not the account exists.
 *
 * Two lanes: clients known from an earlier sign-in go first, and unknown clients never have all places. In each lane
 * clients take turns.
 */
import { hash as argon2, verify as argon2Verify } from '@node-rs/argon2';
import { type Failure, failure } from '../../../../schemas/errors.ts';
import { FairQueue } from '../../../lib/fair-queue.ts';
import type { PasswordLane } from '../../../ports/users.ts';

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export interface PasswordLimits {
  /** Hashes computed at once. */
  parallel: number;
  /** Callers of a lane that may wait for their turn; more are refused. */
  queued: number;
}

const OURS: PasswordLane = { known: true, owner: '' };
/** Of one owner that wait. */
const QUEUED_OF_OWNER = 8;

export type Checked = { ok: true; matches: boolean } | Failure;
export type Hashed = { ok: true; hash: string } | Failure;

export interface Passwords {
  /** Hashes a password for storage. Fails with `overloaded`. */
  hash(password: string): Promise<Hashed>;
  /** Compares a password with a stored hash; undefined (no such account) costs the same and never matches. */
  check(password: string, stored: string | undefined, turn?: PasswordLane): Promise<Checked>;
}

interface Waiting {
  start(): Promise<void>;
  refuse(): void;
}

export function createPasswords(limits: PasswordLimits): Passwords {
  const bounds = {
    // What runs at once is in the queue for that moment.
    waiting: Math.max(limits.queued, 1),
    waitingOfOwner: Math.max(Math.min(limits.queued, QUEUED_OF_OWNER), 1),
    runningOfOwner: limits.parallel,
  };
  const now = () => performance.now();
  const lanes = {
    known: { queue: new FairQueue<Waiting>({ ...bounds, waitingOfOwner: bounds.waiting }, now), running: 0 },
    strangers: { queue: new FairQueue<Waiting>(bounds, now), running: 0 },
  };
  // Compared with for unknown accounts; made on first need, of a random password.
  let decoy: Promise<string> | undefined;

  function hasPlace(known: boolean): boolean {
    if (lanes.known.running + lanes.strangers.running >= limits.parallel) return false;
    return known || lanes.strangers.running < Math.max(limits.parallel - 1, 1);
  }

  function next() {
    const known = hasPlace(true) ? lanes.known.queue.next() : undefined;
    if (known) return { ...known, lane: lanes.known };
    const stranger = hasPlace(false) ? lanes.strangers.queue.next() : undefined;
    return stranger && { ...stranger, lane: lanes.strangers };
  }

  function startWaiting(): void {
    for (let turn = next(); turn; turn = next()) {
      const { item, lane, owner } = turn;
      const began = now();
      lane.running += 1;
      void item.start().finally(() => {
        lane.running -= 1;
        lane.queue.done(owner, now() - began);
        startWaiting();
      });
    }
  }

  /** Undefined when too many wait. */
  function inTurn<T>({ known, owner }: PasswordLane, work: () => Promise<T>): Promise<T | undefined> {
    const { queue } = known ? lanes.known : lanes.strangers;
    return new Promise((resolve, reject) => {
      const item: Waiting = { start: () => work().then(resolve, reject), refuse: () => resolve(undefined) };
      if (limits.queued === 0 && !hasPlace(known)) item.refuse();
      else queue.add(owner, item)?.refuse();
      startWaiting();
    });
  }

  return {
    async hash(password) {
      const hash = await inTurn(OURS, () => argon2(password, COST));
      return hash === undefined ? failure('overloaded') : { ok: true, hash };
    },
    async check(password, stored, turn = OURS) {
      const matches = await inTurn(turn, async () => {
        if (stored !== undefined) return argon2Verify(stored, password);
        decoy ??= argon2(crypto.randomUUID(), COST);
        await argon2Verify(await decoy, password);
        return false;
      });
      return matches === undefined ? failure('overloaded') : { ok: true, matches };
    },
  };
}
