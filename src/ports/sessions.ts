/** Sessions: signed-in browsers and devices, known by their tokens. */
import type { User } from '../../schemas/http.ts';
import type { Identity, UserChangeNotice } from './access.ts';
import type { Actor } from './actor.ts';

export interface NewSession {
  user: User;
  userAgent: string | undefined;
  /** The peer's address; what is no IP address is not stored. */
  ip: string | undefined;
  /** Who asks; the event names the user who signed in. */
  actor: Actor;
}

export interface Sessions {
  /** Signs a user in. */
  open(session: NewSession): Promise<{ token: string; identity: Identity }>;
  /** Who holds this token; undefined when it is unknown, expired or revoked. Throws when the database is away. */
  byToken(token: string): Promise<Identity | undefined>;
  /** Ends a session. Empty when it had ended before. */
  revoke(identity: Identity, actor: Actor): Promise<UserChangeNotice[]>;
  /** Whether an account was signed in from a network (an address, or a prefix with its length) before. */
  wasOpenedFrom(handle: string, network: string): Promise<boolean>;
  /** Drops what is remembered of a session: call it when another node revoked it. */
  forget(sessionId: string): void;
}
