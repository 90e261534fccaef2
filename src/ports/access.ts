/** Who may do what with a document, for actors and gateway. */
import type { Scope } from '../../schemas/http/tokens.ts';
import type { Role } from '../../schemas/realtime.ts';

export interface Identity {
  userId: string;
  handle: string;
  role: 'author' | 'admin';
  /** The id of the session or API token: updates are attributed to it, and a revocation names it. */
  sessionId: string;
  /** Milliseconds since the Unix epoch at which the session or token ends. */
  expiresAt: number;
  /** Present for an API token: it may do no more than its scopes allow. */
  tokenRights?: TokenRights;
}

export interface TokenRights {
  scopes: readonly Scope[];
  /** May be used over plain HTTP. */
  allowPlaintext: boolean;
}

export interface AccessPort {
  /** The user's level on a document; null: none, or no such document. Throws when the database cannot be reached. */
  roleOf(userId: string, documentId: string): Promise<Role | null>;
  /** The levels of many pairs at once, in order; to check open documents again after messages may have been missed (I6). */
  rolesOf(pairs: readonly { userId: string; documentId: string }[]): Promise<(Role | null)[]>;
  /** Which of these sessions and API tokens are still valid. */
  validSessions(sessionIds: readonly string[]): Promise<Set<string>>;
}

/** A message on `user:{id}`: a change of the user's access or sessions. */
export type UserChange =
  | { kind: 'access'; documentId: string; role: Role | null }
  | { kind: 'session-revoked'; sessionId: string };

/** A committed change and whom it concerns. */
export interface UserChangeNotice {
  userId: string;
  change: UserChange;
}

/** Publishes a committed change of a user's access or sessions to the other parts and nodes (I6). Must not throw. */
export type PublishUserChange = (userId: string, change: UserChange) => void;
