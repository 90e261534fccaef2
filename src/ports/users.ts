/** User accounts and their passwords. */
import type { Failure } from '../../schemas/errors.ts';
import type { User } from '../../schemas/http.ts';
import type { Actor } from './actor.ts';

export interface NewUser {
  handle: string;
  password: string;
  role: 'author' | 'admin';
}

export type CreateUserResult =
  | { ok: true; user: User }
  | { ok: false; reason: 'handle_invalid' | 'handle_taken' | 'password_length' | 'overloaded' };

/** Where a password check waits for its turn. */
export interface PasswordLane {
  /** A known device or network: has its own lane, apart from all others. */
  readonly known: boolean;
  /** Owners in a lane take turns. */
  readonly owner: string;
}

export interface UserStore {
  /** Creates an account. Throws when the database cannot be reached. */
  create(user: NewUser, actor: Actor): Promise<CreateUserResult>;
  /** Fails with `bad_credentials`, the same for an unknown handle and a wrong password, or `overloaded`. */
  authenticate(
    handle: string,
    password: string,
    actor: Actor,
    lane?: PasswordLane,
  ): Promise<{ ok: true; user: User } | Failure>;
  /** Number of accounts; a new installation has none. */
  count(): Promise<number>;
}
