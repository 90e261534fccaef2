// What tests of documents stand on: users, their documents, and a clock that the test turns.
import type { Role } from '../../schemas/realtime.ts';
import type { Actor } from '../../src/ports/actor.ts';

export interface Person {
  readonly userId: string;
  readonly handle: string;
  readonly sessionId: string;
  readonly actor: Actor;
}

export interface People {
  /** Stands still until it is turned. */
  readonly clock: { now(): number; advance(ms: number): void };
  /** A new user. */
  person(prefix?: string): Promise<Person>;
  /** The id of a new document. */
  document(owner: Person, title?: string): Promise<string>;
  /** Gives a user a level, as the owner. */
  grant(owner: Person, documentId: string, to: Person, level: Role): Promise<void>;
}
