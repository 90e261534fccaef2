/** What the bodies of several groups share. */
import Type, { type Static } from 'typebox';

/** Objects of the API hold nothing that their schema does not name. */
export const strict = { additionalProperties: false } as const;

/** A username. It is named `handle` until the next major version of the API. */
export const Handle = Type.String({
  pattern: '^[a-z][a-z0-9_-]{1,31}$',
  description: 'Username: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter',
  examples: ['ada'],
});
export const Timestamp = Type.String({ format: 'date-time', description: 'Time in RFC 3339, UTC' });
export const Uuid = Type.String({
  pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'UUID in lower case',
});
/** Position in the journal of a draft. */
export const Seq = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Position in the journal of the draft',
});
/** Cursors of lists that are read page by page, where an id is the cursor. */
export const AfterCursor = Type.String({ ...Uuid, description: '`next` of the previous page' });
export const NextCursor = Type.String({
  ...Uuid,
  description: 'Value of `after` for the next page. Omitted on the last page',
});
/** Items on a page. */
export const Limit = Type.Integer({ minimum: 1, maximum: 200, description: 'Maximum number of items to return' });

/** Every failure, as `application/problem+json` (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.String({ description: 'URI of the error: `urn:stet:problem:` and the code' }),
    title: Type.String({ description: 'Message of the error, for people. The same for all occurrences' }),
    status: Type.Integer({ minimum: 400, maximum: 599, description: 'HTTP status' }),
    code: Type.String({ description: 'Code of the error. Codes are stable', examples: ['not_found'] }),
    detail: Type.Optional(Type.String({ description: 'What is wrong with this request' })),
    retryAfterMs: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Milliseconds to wait before a retry. Present if a retry can succeed' }),
    ),
  },
  { ...strict, title: 'Problem' },
);
export type Problem = Static<typeof Problem>;
