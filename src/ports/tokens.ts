/** API tokens: what scripts authenticate with instead of a session. */
import type { Failure } from '../../schemas/errors.ts';
import type { NewToken, Token, TokenWithSecret } from '../../schemas/http.ts';
import type { Identity, UserChangeNotice } from './access.ts';
import type { Actor } from './actor.ts';

export interface TokenStore {
  /** The identity behind a token; undefined when it is unknown, expired or revoked. Throws when the database is unavailable. */
  byToken(token: string): Promise<Identity | undefined>;
  /** The user's valid tokens, oldest first. */
  list(userId: string): Promise<Token[]>;
  /** The result alone has the secret. Fails with `bad_request` (the expiry) or `conflict` (too many tokens). */
  create(
    actor: Actor,
    userId: string,
    token: NewToken,
  ): Promise<{ ok: true; token: TokenWithSecret } | (Failure & { detail: string })>;
  /** Revokes a token. Fails with `not_found`: unknown, another user's, or expired or revoked before. */
  revoke(actor: Actor, userId: string, id: string): Promise<{ ok: true; changes: UserChangeNotice[] } | Failure>;
  /** Drops a token from the cache: call it when another node revoked it. */
  forget(id: string): void;
  /** Stores the times of last use; a timer calls it once a minute. Never rejects. */
  writeLastUsed(): Promise<void>;
  /** Stores the remaining ones. */
  close(): Promise<void>;
}
