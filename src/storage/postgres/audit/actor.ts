/** Actors that the software itself names, and what an actor stands for. */
import type { Actor } from './events.ts';

/** Whoever runs the `stet` command on the machine. */
export const OPERATOR: Actor = { kind: 'operator', surface: 'cli' };
/** The software by itself. */
export const SYSTEM: Actor = { kind: 'system' };

/** The user on whose behalf the actor acts. Throws when there is none: only users change documents. */
export function userOf({ userId }: Actor): string {
  if (userId === undefined) throw new TypeError('an actor without a user');
  return userId;
}
