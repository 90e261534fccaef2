/** Who may do what with a document, as actors and gateway ask it. */
import type { Scope } from '../../schemas/http/tokens.ts';
import type { Role } from '../../schemas/realtime.ts';

export interface Identity {
  userId: string;
  handle: string;
  role: 'author' | 'admin';
  /** The session's id, or the API token's: what an update is attributed to and what a revocation names. */
  sessionId: string;
  /** Milliseconds since the Unix epoch at which the session or token ends. */
  expiresAt: number;
  /** There when an API token was shown instead of a session: it may do no more than its scopes say. */
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
  /** Levels of many pairs at once, in order; for re-checking what is open after messages may have been missed (I6). */
  rolesOf(pairs: readonly { userId: string; documentId: string }[]): Promise<(Role | null)[]>;
  /** Which of these sessions and API tokens are still valid. */
  validSessions(sessionIds: readonly string[]): Promise<Set<string>>;
}

/** What travels on `user:{id}` when access or sessions of a user change. */
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
