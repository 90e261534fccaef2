/** Sessions and their users. */
import Type, { type Static } from 'typebox';
import { Handle, strict, Timestamp, Uuid } from './common.ts';

export const NewSession = Type.Object(
  {
    handle: Handle,
    password: Type.String({ minLength: 1, maxLength: 1024, description: 'Password', examples: ['correct horse'] }),
  },
  { ...strict, title: 'NewSession' },
);
export type NewSession = Static<typeof NewSession>;

export const User = Type.Object(
  {
    id: Uuid,
    handle: Handle,
    role: Type.Union([Type.Literal('author'), Type.Literal('admin')], { description: 'Role of the account' }),
  },
  { ...strict, title: 'User' },
);
export type User = Static<typeof User>;

export const Session = Type.Object(
  {
    token: Type.String({ description: 'Token of the session. Send it as `Authorization: Bearer …`' }),
    user: User,
    expiresAt: Timestamp,
  },
  { ...strict, title: 'Session' },
);
export type Session = Static<typeof Session>;

export const HandshakeTicket = Type.Object(
  { ticket: Type.String({ description: 'Value of the query parameter `ticket`' }), expiresAt: Timestamp },
  { ...strict, title: 'HandshakeTicket' },
);
export type HandshakeTicket = Static<typeof HandshakeTicket>;

export const CurrentSession = Type.Object({ user: User, expiresAt: Timestamp }, { ...strict, title: 'CurrentSession' });
export type CurrentSession = Static<typeof CurrentSession>;
