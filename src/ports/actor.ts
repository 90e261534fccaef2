/** Who makes a change, and through which door: what the audit trail records it under (I5). */
export interface Actor {
  kind: 'user' | 'token' | 'operator' | 'system';
  userId?: string;
  tokenId?: string;
  sessionId?: string;
  /** Left out when it is no IP address. */
  ip?: string;
  userAgent?: string;
  requestId?: string;
  /** `www`, `m`, `api`, `widget` or `cli`. */
  surface?: string;
  /** `https` or `http`. */
  transport?: string;
}

/** Whoever runs the `stet` command on the server. */
export const OPERATOR: Actor = { kind: 'operator', surface: 'cli' };
/** The software itself. */
export const SYSTEM: Actor = { kind: 'system' };

/** The user behind an actor. Throws when there is none: only users change documents. */
export function userOf({ userId }: Actor): string {
  if (userId === undefined) throw new TypeError('an actor without a user');
  return userId;
}
