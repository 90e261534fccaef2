/** Bodies of the HTTP API (`/v1`), one schema each. */
import Type, { type Static } from 'typebox';
import { DocumentId, Role } from './realtime.ts';

const strict = { additionalProperties: false } as const;

/** A user's handle: 2 to 32 of a-z, 0-9, `-` and `_`, beginning with a letter. */
export const Handle = Type.String({ pattern: '^[a-z][a-z0-9_-]{1,31}$' });
const Timestamp = Type.String({ format: 'date-time', description: 'RFC 3339, UTC' });

export const NewSession = Type.Object(
  { handle: Handle, password: Type.String({ minLength: 1, maxLength: 1024 }) },
  strict,
);
export type NewSession = Static<typeof NewSession>;

export const User = Type.Object(
  { id: Type.String(), handle: Handle, role: Type.Union([Type.Literal('author'), Type.Literal('admin')]) },
  strict,
);
export type User = Static<typeof User>;

export const Session = Type.Object({ token: Type.String(), user: User, expiresAt: Timestamp }, strict);
export type Session = Static<typeof Session>;

export const CurrentSession = Type.Object({ user: User, expiresAt: Timestamp }, strict);
export type CurrentSession = Static<typeof CurrentSession>;

export const Title = Type.String({
  minLength: 1,
  maxLength: 300,
  pattern: '^[^\\u0000-\\u001F\\u007F]*$',
  description: 'One line of text: no control characters; spaces around it are dropped',
});
export const NewDocument = Type.Object({ title: Title }, strict);
export type NewDocument = Static<typeof NewDocument>;

export const Document = Type.Object(
  {
    id: DocumentId,
    title: Title,
    role: Role,
    owner: Handle,
    createdAt: Timestamp,
    /** When the draft was last changed. */
    editedAt: Timestamp,
    /** Position of the draft's journal. */
    seq: Type.Integer({ minimum: 0 }),
  },
  strict,
);
export type Document = Static<typeof Document>;

/** `PATCH /v1/documents/:id` */
export const DocumentPatch = Type.Object({ title: Title }, strict);
export type DocumentPatch = Static<typeof DocumentPatch>;

/** Query of `GET /v1/documents`; both optional. */
export const DocumentListQuery = Type.Object(
  {
    limit: Type.Optional(Type.String({ pattern: '^(?:[1-9][0-9]?|1[0-9][0-9]|200)$', description: '1 to 200' })),
    after: Type.Optional(DocumentId),
  },
  strict,
);
export type DocumentListQuery = Static<typeof DocumentListQuery>;

/** Newest first. `next` is there when more follow: the `after` of the next request. */
export const DocumentList = Type.Object({ documents: Type.Array(Document), next: Type.Optional(DocumentId) }, strict);
export type DocumentList = Static<typeof DocumentList>;

export const Grant = Type.Object({ handle: Handle, level: Role }, strict);
export type Grant = Static<typeof Grant>;
export const DocumentWithGrants = Type.Object({ ...Document.properties, grants: Type.Array(Grant) }, strict);
export type DocumentWithGrants = Static<typeof DocumentWithGrants>;

export const SetGrant = Type.Object({ level: Role }, strict);
export type SetGrant = Static<typeof SetGrant>;

/** Answer to `POST /v1/documents/:id/updates`: the position after the commit (I1). */
export const UpdateAccepted = Type.Object({ seq: Type.Integer({ minimum: 0 }) }, strict);
export type UpdateAccepted = Static<typeof UpdateAccepted>;

/** Every failure, as `application/problem+json` (RFC 9457). */
export const Problem = Type.Object(
  {
    type: Type.String({ description: '`urn:stet:problem:` and the code' }),
    title: Type.String({ description: 'What a person may read; the same for each occurrence' }),
    status: Type.Integer({ minimum: 400, maximum: 599 }),
    code: Type.String(),
    detail: Type.Optional(Type.String({ description: 'What is wrong with this request' })),
    retryAfterMs: Type.Optional(
      Type.Integer({ minimum: 0, description: 'Milliseconds; present when a retry can help' }),
    ),
  },
  strict,
);
export type Problem = Static<typeof Problem>;
