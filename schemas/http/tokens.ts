/** API tokens: what one may do, and how they are made and listed. */
import Type, { type Static } from 'typebox';
import { strict, Timestamp, Uuid } from './common.ts';

/** What a token may do. A session may do all of it. */
export const Scope = Type.Union([
  Type.Literal('documents:read'),
  Type.Literal('documents:write'),
  Type.Literal('publish'),
  Type.Literal('share'),
  Type.Literal('webhooks'),
  Type.Literal('audit:read'),
]);
export type Scope = Static<typeof Scope>;
export const SCOPES: readonly Scope[] = Scope.anyOf.map((scope) => scope.const);

export const NewToken = Type.Object(
  {
    name: Type.String({
      minLength: 1,
      maxLength: 100,
      pattern: '^[^\\u0000-\\u001F\\u007F]*$',
      description: 'What the token is for',
      examples: ['Nightly export'],
    }),
    scopes: Type.Array(Scope, { minItems: 1, uniqueItems: true, examples: [['documents:read']] }),
    expiresAt: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'RFC 3339, at most 10 years ahead; by default one year',
        examples: ['2030-01-01T00:00:00Z'],
      }),
    ),
    allowPlaintext: Type.Optional(
      Type.Boolean({
        description: 'Whether the token works over plain HTTP, where others can read it; by default false',
      }),
    ),
  },
  { ...strict, title: 'NewToken' },
);
export type NewToken = Static<typeof NewToken>;

const TOKEN = {
  id: Uuid,
  name: Type.String(),
  scopes: Type.Array(Scope),
  allowPlaintext: Type.Boolean(),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  lastUsedAt: Type.Union([Timestamp, Type.Null()], { description: 'Accurate to two minutes; null: never used' }),
} as const;
export const Token = Type.Object(TOKEN, { ...strict, title: 'Token' });
export type Token = Static<typeof Token>;

/** A token with its secret, which is shown only when it is made. */
export const TokenWithSecret = Type.Object(
  {
    ...TOKEN,
    token: Type.String({ description: 'Send it as `Authorization: Bearer …`; only in this response' }),
  },
  { ...strict, title: 'TokenWithSecret' },
);
export type TokenWithSecret = Static<typeof TokenWithSecret>;

export const TokenList = Type.Object({ tokens: Type.Array(Token) }, { ...strict, title: 'TokenList' });
export type TokenList = Static<typeof TokenList>;
