/** Accounts: who there is, and how they prove it. */
import type { Failure } from '../../schemas/errors.ts';
import type { User } from '../../schemas/http.ts';
import type { Actor } from './actor.ts';

export interface NewUser {
  handle: string;
  password: string;
  role: 'author' | 'admin';
}

export type UserCreated =
  | { ok: true; user: User }
  | { ok: false; reason: 'handle_invalid' | 'handle_taken' | 'password_length' | 'overloaded' };

/** Whose turn it is. */
export interface Turn {
  /** Waits apart from strangers. */
  readonly known: boolean;
  /** Takes turns with others. */
  readonly owner: string;
}

export interface Users {
  /** Makes an account. Throws when the database cannot be reached. */
  create(user: NewUser, actor: Actor): Promise<UserCreated>;
  /** Fails with `bad_credentials`, the same for an unknown handle and a wrong password, or `overloaded`. */
  authenticate(
    handle: string,
    password: string,
    actor: Actor,
    turn?: Turn,
  ): Promise<{ ok: true; user: User } | Failure>;
  /** Number of accounts; a new installation has none. */
  count(): Promise<number>;
}
