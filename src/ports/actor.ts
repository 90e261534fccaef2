/** Who does something, and by which way it came in: what a change is recorded under (I5). */
export interface Actor {
  kind: 'user' | 'token' | 'operator' | 'system';
  userId?: string;
  tokenId?: string;
  sessionId?: string;
  /** What is no IP address is left out. */
  ip?: string;
  userAgent?: string;
  requestId?: string;
  /** `www`, `m`, `api`, `widget` or `cli`. */
  surface?: string;
  /** `https` or `http`. */
  transport?: string;
}

/** Whoever runs the `stet` command on the machine. */
export const OPERATOR: Actor = { kind: 'operator', surface: 'cli' };
/** The software by itself. */
export const SYSTEM: Actor = { kind: 'system' };

/** The user on whose behalf the actor acts. Throws when there is none: only users change documents. */
export function userOf({ userId }: Actor): string {
  if (userId === undefined) throw new TypeError('an actor without a user');
  return userId;
}
