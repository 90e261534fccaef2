/** Documents, as the API shows and takes them, and who may do what with them. */
import Type, { type Static } from 'typebox';
import { Role } from '../realtime.ts';
import { Handle, Limit, Seq, strict, Timestamp, Uuid } from './common.ts';

export const Title = Type.String({
  minLength: 1,
  maxLength: 300,
  pattern: '^[^\\u0000-\\u001F\\u007F]*$',
  description: 'One line without control characters; surrounding spaces are removed',
  examples: ['Spring in the north'],
});
export const Summary = Type.String({
  maxLength: 1_000,
  pattern: '^[^\\u0000-\\u0008\\u000B-\\u001F\\u007F]*$',
  description: 'One or two sentences',
  examples: ['Where to see cranes in April.'],
});
export const Slug = Type.String({
  pattern: '^[a-z0-9](?:[a-z0-9-]{0,78}[a-z0-9])?$',
  description: 'The name in its URL: `/d/{slug}`',
  examples: ['spring-in-the-north'],
});
export const Visibility = Type.Union([Type.Literal('public'), Type.Literal('private')], {
  description: 'Who can read the published document: everyone, or users with a grant',
});
export type Visibility = Static<typeof Visibility>;

export const Live = Type.Boolean({
  description: 'Whether readers of the published document see the draft as it is written',
});

export const NewDocument = Type.Object(
  {
    title: Title,
    summary: Type.Optional(Summary),
    slug: Type.Optional(Slug),
    visibility: Type.Optional(Visibility),
  },
  { ...strict, title: 'NewDocument' },
);
export type NewDocument = Static<typeof NewDocument>;

const DOCUMENT = {
  id: Uuid,
  slug: Slug,
  title: Type.String(),
  summary: Type.String(),
  role: Role,
  owner: Handle,
  visibility: Visibility,
  live: Live,
  seq: Seq,
  createdAt: Timestamp,
  editedAt: Type.String({ format: 'date-time', description: 'When the draft was last changed' }),
  deletedAt: Type.Optional(
    Type.String({ format: 'date-time', description: 'Present while a deleted document can be restored, for 30 days' }),
  ),
  published: Type.Union([Type.Null(), Type.Object({ revision: Type.Integer({ minimum: 1 }), at: Timestamp }, strict)]),
  views: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'Views of the published document, a few seconds behind; for users who can edit it',
    }),
  ),
  scheduled: Type.Union([Type.Null(), Type.Object({ at: Timestamp }, strict)]),
} as const;
export const Document = Type.Object(DOCUMENT, { ...strict, title: 'Document' });
export type Document = Static<typeof Document>;

/** `PATCH /v1/documents/{id}`; title and summary are changes of the draft. */
export const DocumentPatch = Type.Object(
  {
    title: Type.Optional(Title),
    summary: Type.Optional(Summary),
    slug: Type.Optional(Slug),
    visibility: Type.Optional(Visibility),
    live: Type.Optional(Live),
  },
  { ...strict, title: 'DocumentPatch', minProperties: 1 },
);
export type DocumentPatch = Static<typeof DocumentPatch>;

/**
 * A place in the list, complete in itself: microseconds since 1970 at which a document was made, and its id. Nothing is looked
 * up by it, so that it tells nobody whether there is a document (I6).
 */
export const DocumentCursor = Type.String({
  pattern: '^[0-9]{1,16}\\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: 'Cursor: `next` of the previous page',
});

/** Query of `GET /v1/documents`. */
export const DocumentListQuery = Type.Object(
  {
    limit: Type.Optional(Limit),
    after: Type.Optional(DocumentCursor),
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Words to find in title, summary and text; supports "phrases" and -exclusions',
      }),
    ),
    visibility: Type.Optional(Visibility),
    state: Type.Optional(
      Type.Union(
        [Type.Literal('draft'), Type.Literal('published'), Type.Literal('scheduled'), Type.Literal('deleted')],
        { description: '`deleted`: documents that you own and can restore' },
      ),
    ),
    role: Type.Optional(Role),
  },
  strict,
);
export type DocumentListQuery = Static<typeof DocumentListQuery>;

/** Newest first. `next` is there when more follow: the `after` of the next request. */
export const DocumentList = Type.Object(
  { documents: Type.Array(Document), next: Type.Optional(DocumentCursor) },
  { ...strict, title: 'DocumentList' },
);
export type DocumentList = Static<typeof DocumentList>;

export const Grant = Type.Object({ handle: Handle, level: Role }, { ...strict, title: 'Grant' });
export type Grant = Static<typeof Grant>;
export const GrantList = Type.Object({ grants: Type.Array(Grant) }, { ...strict, title: 'GrantList' });
export type GrantList = Static<typeof GrantList>;
export const SetGrant = Type.Object({ level: Role }, { ...strict, title: 'SetGrant' });
export type SetGrant = Static<typeof SetGrant>;

/** A document with its grants, which owners see. */
export const DocumentWithGrants = Type.Object(
  { ...DOCUMENT, grants: Type.Optional(Type.Array(Grant)) },
  { ...strict, title: 'DocumentWithGrants' },
);
export type DocumentWithGrants = Static<typeof DocumentWithGrants>;
