/** API tokens and their scopes. */
import Type, { type Static } from 'typebox';
import { strict, Timestamp, Uuid } from './common.ts';

/** Permissions of a token. A session has all of them. */
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
      description: 'Name of the token, for its owner',
      examples: ['Nightly export'],
    }),
    scopes: Type.Array(Scope, {
      minItems: 1,
      uniqueItems: true,
      description: 'Permissions of the token',
      examples: [['documents:read']],
    }),
    expiresAt: Type.Optional(
      Type.String({
        format: 'date-time',
        description: 'Time of expiry in RFC 3339, at most 10 years from now. By default one year from now',
        examples: ['2030-01-01T00:00:00Z'],
      }),
    ),
    allowPlaintext: Type.Optional(
      Type.Boolean({
        description:
          'Whether the token also works over plain HTTP, where others on the network can read it. By default false',
      }),
    ),
  },
  { ...strict, title: 'NewToken' },
);
export type NewToken = Static<typeof NewToken>;

const TOKEN = {
  id: Uuid,
  name: Type.String({ description: 'Name of the token' }),
  scopes: Type.Array(Scope, { description: 'Permissions of the token' }),
  allowPlaintext: Type.Boolean({ description: 'Whether the token also works over plain HTTP' }),
  createdAt: Timestamp,
  expiresAt: Timestamp,
  lastUsedAt: Type.Union([Timestamp, Type.Null()], {
    description: 'Time of the last use, accurate to two minutes. `null` if never used',
  }),
} as const;
export const Token = Type.Object(TOKEN, { ...strict, title: 'Token' });
export type Token = Static<typeof Token>;

/** A token with its secret, which only the response to its creation contains. */
export const TokenWithSecret = Type.Object(
  {
    ...TOKEN,
    token: Type.String({
      description: 'The token. Send it as `Authorization: Bearer …`. Only this response contains it',
    }),
  },
  { ...strict, title: 'TokenWithSecret' },
);
export type TokenWithSecret = Static<typeof TokenWithSecret>;

export const TokenList = Type.Object({ tokens: Type.Array(Token) }, { ...strict, title: 'TokenList' });
export type TokenList = Static<typeof TokenList>;
