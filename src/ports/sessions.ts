/** Sessions: signed-in browsers and devices, known by their tokens. */
import type { User } from '../../schemas/http.ts';
import type { Identity, UserChangeNotice } from './access.ts';
import type { Actor } from './actor.ts';

export interface NewSession {
  user: User;
  userAgent: string | undefined;
  /** The peer's address; what is no IP address is not stored. */
  ip: string | undefined;
  /** Who signs in; the audit event names the user. */
  actor: Actor;
}

export interface SessionStore {
  /** Signs a user in. */
  open(session: NewSession): Promise<{ token: string; identity: Identity }>;
  /** The identity behind a token; undefined when it is unknown, expired or revoked. Throws when the database is unavailable. */
  byToken(token: string): Promise<Identity | undefined>;
  /** Ends a session. Empty when it had ended before. */
  revoke(identity: Identity, actor: Actor): Promise<UserChangeNotice[]>;
  /** Whether an account signed in from a network (an address, or a prefix with its length) before. */
  wasOpenedFrom(handle: string, network: string): Promise<boolean>;
  /** Drops a session from the cache: call it when another node revoked it. */
  forget(sessionId: string): void;
}
