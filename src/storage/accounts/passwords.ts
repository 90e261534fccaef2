/**
 * Argon2id, bounded: each hash takes 19 MiB and a thread for some milliseconds, so only a few run at once and few more
 * may wait (I9). Checking a password takes the same work whether or not the account exists.
 */
import { hash as argon2, verify as argon2Verify } from '@node-rs/argon2';
import { type Failure, failure } from '../../../schemas/errors.ts';

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

export interface PasswordLimits {
  /** Hashes computed at once. */
  parallel: number;
  /** Callers that may wait for their turn; more are refused. */
  queued: number;
}

export type Checked = { ok: true; matches: boolean } | Failure;
export type Hashed = { ok: true; hash: string } | Failure;

export interface Passwords {
  /** Hashes a password for storage. Fails with `overloaded`. */
  hash(password: string): Promise<Hashed>;
  /** Compares a password with a stored hash; undefined (no such account) costs the same and never matches. */
  check(password: string, stored: string | undefined): Promise<Checked>;
}

export function createPasswords(limits: PasswordLimits): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  // What an unknown account is compared with; made on first need, of a password that nobody has.
  let decoy: Promise<string> | undefined;

  async function inTurn<T>(work: () => Promise<T>): Promise<T | undefined> {
    if (running >= limits.parallel) {
      if (waiting.length >= limits.queued) return undefined;
      await new Promise<void>((resume) => waiting.push(resume));
    } else running += 1;
    try {
      return await work();
    } finally {
      // The place goes to the next in line, or back.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  }

  return {
    async hash(password) {
      const hash = await inTurn(() => argon2(password, COST));
      return hash === undefined ? failure('overloaded') : { ok: true, hash };
    },
    async check(password, stored) {
      const matches = await inTurn(async () => {
        if (stored !== undefined) return argon2Verify(stored, password);
        decoy ??= argon2(crypto.randomUUID(), COST);
        await argon2Verify(await decoy, password);
        return false;
      });
      return matches === undefined ? failure('overloaded') : { ok: true, matches };
    },
  };
}
