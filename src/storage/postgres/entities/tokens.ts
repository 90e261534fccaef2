/** Entity of API tokens. The migrations are the schema; this maps it. */
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export const Token = defineEntity({
  name: 'Token',
  tableName: 'tokens',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    userId: p.uuid(),
    name: p.text(),
    tokenHash: p.blob().unique().hidden(),
    scopes: p.array(),
    allowPlaintext: p.boolean().default(false),
    createdAt: p.datetime().defaultRaw('now()'),
    expiresAt: p.datetime(),
    revokedAt: p.datetime().nullable(),
    lastUsedAt: p.datetime().nullable(),
  },
});
export type Token = InferEntity<typeof Token>;
