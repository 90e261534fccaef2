/** API tokens: what scripts show instead of a session. */
import type { Failure } from '../../schemas/errors.ts';
import type { NewToken, Token, TokenWithSecret } from '../../schemas/http.ts';
import type { Identity, UserChangeNotice } from './access.ts';
import type { Actor } from './actor.ts';

export interface Tokens {
  /** Who holds this token; undefined when it is unknown, expired or revoked. Throws when the database is away. */
  byToken(token: string): Promise<Identity | undefined>;
  /** The user's tokens that can be used, oldest first. */
  list(userId: string): Promise<Token[]>;
  /** The only time that the secret is told. Fails with `bad_request` (the time) or `conflict` (too many). */
  create(
    actor: Actor,
    userId: string,
    token: NewToken,
  ): Promise<{ ok: true; token: TokenWithSecret } | (Failure & { detail: string })>;
  /** Ends a token. Fails with `not_found`: not there, another's, or ended before. */
  revoke(actor: Actor, userId: string, id: string): Promise<{ ok: true; published: UserChangeNotice[] } | Failure>;
  /** Drops what is remembered of a token: call it when another node revoked it. */
  forget(id: string): void;
  /** Writes when tokens were used since the last time; a timer does it once a minute. Never rejects. */
  writeUses(): Promise<void>;
  /** Writes what is left. */
  close(): Promise<void>;
}
