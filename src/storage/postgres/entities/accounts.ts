/** Entities of accounts: users and their sessions. The migrations are the schema; these map it. */
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export const User = defineEntity({
  name: 'User',
  tableName: 'users',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    handle: p.text().unique(),
    passwordHash: p.text().hidden(),
    role: p.enum(['author', 'admin']),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
export type User = InferEntity<typeof User>;

export const Session = defineEntity({
  name: 'Session',
  tableName: 'sessions',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    user: () => p.manyToOne(User),
    tokenHash: p.blob().unique().hidden(),
    createdAt: p.datetime().defaultRaw('now()'),
    expiresAt: p.datetime(),
    revokedAt: p.datetime().nullable(),
    userAgent: p.text().nullable(),
    ip: p.string().columnType('inet').nullable(),
  },
});
export type Session = InferEntity<typeof Session>;
