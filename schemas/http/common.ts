/** What the bodies of several groups share. */
import Type, { type Static } from 'typebox';

/** Objects of the API hold nothing that their schema does not name. */
export const strict = { additionalProperties: false } as const;

/** A user's handle: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter. */
export const Handle = Type.String({ pattern: '^[a-z][a-z0-9_-]{1,31}$', examples: ['ada'] });
export const Timestamp = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' });
export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'UUID, lower case',
});
/** Position in a draft's journal. */
export const Seq = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER, description: 'Position of the draft' });
/** Entries on a page. */
export const Limit = Type.Integer({ minimum: 1, maximum: 200, description: 'Maximum number of entries' });

/** Every failure, as `application/problem+json` (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.String({ description: '`urn:stet:problem:` and the code' }),
    title: Type.String({ description: 'A message for people; the same for each occurrence of the error' }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.String(),
    detail: Type.Optional(Type.String({ description: 'What is wrong with this request' })),
    retryAfterMs: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Milliseconds; present if a retry can succeed' }),
    ),
  },
  { ...strict, title: 'Problem' },
);
export type Problem = Static<typeof Problem>;
