/** API tokens: what one may do, and how they are made and listed. */
import Type, { type Static } from 'typebox';

const strict = { additionalProperties: false } as const;

/** What a token may do. A session may do all of it. */
export const SCOPES = ['documents:read', 'documents:write', 'publish', 'share', 'webhooks', 'audit:read'] as const;
export const Scope = Type.Union(SCOPES.map((scope) => Type.Literal(scope)));
export type Scope = (typeof SCOPES)[number];

export const NewToken = Type.Object(
  {
    name: Type.String({ minLength: 1, maxLength: 100, description: 'What it is for; for your own eyes' }),
    scopes: Type.Array(Scope, { minItems: 1, uniqueItems: true }),
    expiresAt: Type.Optional(Type.String({ format: 'date-time', description: 'RFC 3339; left out: one year' })),
    allowPlaintext: Type.Optional(
      Type.Boolean({ description: 'Whether it may be used over plain HTTP, where others can read it; default false' }),
    ),
  },
  strict,
);
export type NewToken = Static<typeof NewToken>;
