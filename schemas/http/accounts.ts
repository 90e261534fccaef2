/** Signing in, and who one is. */
import Type, { type Static } from 'typebox';
import { Handle, strict, Timestamp, Uuid } from './common.ts';

export const NewSession = Type.Object(
  { handle: Handle, password: Type.String({ minLength: 1, maxLength: 1024, examples: ['correct horse'] }) },
  { ...strict, title: 'NewSession' },
);
export type NewSession = Static<typeof NewSession>;

export const User = Type.Object(
  { id: Uuid, handle: Handle, role: Type.Union([Type.Literal('author'), Type.Literal('admin')]) },
  { ...strict, title: 'User' },
);
export type User = Static<typeof User>;

export const Session = Type.Object(
  { token: Type.String(), user: User, expiresAt: Timestamp },
  { ...strict, title: 'Session' },
);
export type Session = Static<typeof Session>;

export const HandshakeTicket = Type.Object(
  { ticket: Type.String(), expiresAt: Timestamp },
  { ...strict, title: 'HandshakeTicket' },
);
export type HandshakeTicket = Static<typeof HandshakeTicket>;

export const CurrentSession = Type.Object({ user: User, expiresAt: Timestamp }, { ...strict, title: 'CurrentSession' });
export type CurrentSession = Static<typeof CurrentSession>;
