/** Documents and grants. */
import Type, { type Static } from 'typebox';
import { Role } from '../realtime.ts';
import { MAX_SLUG_BYTES, MAX_SLUG_CHARACTERS, SLUG_PATTERN } from '../slug.ts';
import { Handle, Limit, Seq, strict, Timestamp, Uuid } from './common.ts';

export const Title = Type.String({
  minLength: 1,
  maxLength: 300,
  pattern: '^[^\\u0000-\\u001F\\u007F]*$',
  description: 'Title: one line without control characters. Surrounding spaces are removed',
  examples: ['Spring in the north'],
});
export const Summary = Type.String({
  maxLength: 1_000,
  pattern: '^[^\\u0000-\\u0008\\u000B-\\u001F\\u007F]*$',
  description: 'Summary of one or two sentences',
  examples: ['Where to see cranes in April.'],
});
export const Slug = Type.String({
  maxLength: MAX_SLUG_CHARACTERS,
  pattern: SLUG_PATTERN,
  description: `Name of the document in its URL, \`/d/{slug}\`, where it is percent-encoded. Lower-case letters and digits of any script, and hyphens between them; at most ${MAX_SLUG_CHARACTERS} characters and ${MAX_SLUG_BYTES} bytes`,
  examples: ['spring-in-the-north'],
});
export const SlugStyle = Type.Union([Type.Literal('unicode'), Type.Literal('ascii')], {
  description:
    'How Stet creates a slug from the title: `unicode` keeps letters unchanged (`größe`, `東京`), `ascii` transliterates them (`grosse`, `dongjing`)',
});
export type SlugStyle = Static<typeof SlugStyle>;
export const Visibility = Type.Union([Type.Literal('public'), Type.Literal('private')], {
  description: 'Who can read the published document: everyone, or only users with a grant',
});
export type Visibility = Static<typeof Visibility>;

export const Live = Type.Boolean({
  description: 'Whether readers of the published document see the draft while it is written',
});

export const Language = Type.String({
  pattern: '^[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*$',
  maxLength: 35,
  description: 'Language of the text, as a tag of BCP 47',
  examples: ['en', 'pt-BR', 'ar'],
});

export const NewDocument = Type.Object(
  {
    title: Title,
    summary: Type.Optional(Summary),
    slug: Type.Optional(Slug),
    slugStyle: Type.Optional(SlugStyle),
    visibility: Type.Optional(Visibility),
    language: Type.Optional(Language),
  },
  { ...strict, title: 'NewDocument' },
);
export type NewDocument = Static<typeof NewDocument>;

/** Level of access, as the API describes it. */
export const Level = Type.Union(Role.anyOf, {
  description: 'Level of access: read, write, or share and delete as well',
});
const YourRole = Type.Union(Role.anyOf, { description: 'Your level of access' });

const DOCUMENT = {
  id: Uuid,
  slug: Slug,
  slugStyle: SlugStyle,
  slugFollowsTitle: Type.Boolean({
    description: 'Whether the slug follows the title: until the first publication, unless an owner set the slug',
  }),
  title: Type.String({ description: 'Title of the draft' }),
  summary: Type.String({ description: 'Summary of the draft' }),
  role: YourRole,
  owner: Handle,
  visibility: Visibility,
  live: Live,
  language: Language,
  seq: Seq,
  createdAt: Timestamp,
  editedAt: Type.String({ format: 'date-time', description: 'Time of the last change to the draft' }),
  deletedAt: Type.Optional(
    Type.String({
      format: 'date-time',
      description: 'Time of deletion. Present for 30 days, while the document can be restored',
    }),
  ),
  published: Type.Union(
    [
      Type.Null(),
      Type.Object(
        {
          revision: Type.Integer({ minimum: 1, description: 'Number of the published revision' }),
          at: Timestamp,
        },
        strict,
      ),
    ],
    { description: 'The current publication. `null` if the document is not published' },
  ),
  views: Type.Optional(
    Type.Integer({
      minimum: 0,
      description: 'Views of the published document, a few seconds old. Present if you can edit the document',
    }),
  ),
  scheduled: Type.Union([Type.Null(), Type.Object({ at: Timestamp }, strict)], {
    description: 'The scheduled publication. `null` if there is none',
  }),
} as const;
export const Document = Type.Object(DOCUMENT, { ...strict, title: 'Document' });
export type Document = Static<typeof Document>;

/** `PATCH /v1/documents/{id}`; title and summary are changes of the draft. */
export const DocumentPatch = Type.Object(
  {
    title: Type.Optional(Title),
    summary: Type.Optional(Summary),
    slug: Type.Optional(Slug),
    slugStyle: Type.Optional(SlugStyle),
    visibility: Type.Optional(Visibility),
    live: Type.Optional(Live),
    language: Type.Optional(
      Type.Union([Language, Type.Null()], {
        description: 'Language of the text, as a tag of BCP 47. `null`: the language of the site',
      }),
    ),
  },
  { ...strict, title: 'DocumentPatch', minProperties: 1 },
);
export type DocumentPatch = Static<typeof DocumentPatch>;

/**
 * A position in a list that contains all that it needs: microseconds since 1970 at which a document was created, and its id. In the
 * results of a search: how well it matches, with typing errors (`t`) or without (`s`), when it was used last, and its id.
 * No document is looked up by it, so it reveals none (I6).
 */
export const DocumentCursor = Type.String({
  pattern: '^(?:[st][0-9]{1,2}\\.)?[0-9]{1,16}\\.[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$',
  description: '`next` of the previous page',
  examples: ['1767225600000000.7f3c2a90-5d1e-4b6f-8a27-3c9e1d4f5b60'],
});

/** Whether a cursor is one of a search: it continues no other list. */
export const isSearchCursor = (cursor: string): boolean => /^[st]/.test(cursor);

/** Query of `GET /v1/documents`. */
export const DocumentListQuery = Type.Object(
  {
    limit: Type.Optional(Limit),
    after: Type.Optional(DocumentCursor),
    q: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description:
          'Words to search for in title, summary and text, whole or their beginnings. Accents and case do not matter. With few results, words with a typing error are found too. Supports "phrases" and -exclusions',
      }),
    ),
    visibility: Type.Optional(Visibility),
    state: Type.Optional(
      Type.Union(
        [Type.Literal('draft'), Type.Literal('published'), Type.Literal('scheduled'), Type.Literal('deleted')],
        { description: 'State of the documents. `deleted` returns documents that you own and can restore' },
      ),
    ),
    role: Type.Optional(YourRole),
  },
  strict,
);
export type DocumentListQuery = Static<typeof DocumentListQuery>;

const SearchSegment = Type.Object(
  {
    text: Type.String({ description: 'Piece of the text' }),
    match: Type.Boolean({ description: 'Whether this piece matches the search' }),
  },
  { ...strict, title: 'SearchSegment' },
);
const SearchMatch = Type.Object(
  {
    title: Type.Array(SearchSegment, { description: 'The title in pieces' }),
    snippet: Type.Array(SearchSegment, {
      description:
        'The part of summary and text with the most matches, in pieces. Begins or ends with `…` where it was cut',
    }),
  },
  { ...strict, title: 'SearchMatch', description: 'Where the document matches. Present if you search' },
);
/** A document of a list. */
export const ListedDocument = Type.Object(
  { ...DOCUMENT, match: Type.Optional(SearchMatch) },
  { ...strict, title: 'ListedDocument' },
);
export type ListedDocument = Static<typeof ListedDocument>;

export const DocumentList = Type.Object(
  {
    documents: Type.Array(ListedDocument),
    next: Type.Optional(
      Type.String({
        ...DocumentCursor,
        description: 'Value of `after` for the next page. Omitted on the last page',
      }),
    ),
  },
  { ...strict, title: 'DocumentList' },
);
export type DocumentList = Static<typeof DocumentList>;

export const Grant = Type.Object({ handle: Handle, level: Level }, { ...strict, title: 'Grant' });
export type Grant = Static<typeof Grant>;
export const GrantList = Type.Object({ grants: Type.Array(Grant) }, { ...strict, title: 'GrantList' });
export type GrantList = Static<typeof GrantList>;
export const SetGrant = Type.Object({ level: Level }, { ...strict, title: 'SetGrant' });
export type SetGrant = Static<typeof SetGrant>;

/** A document with its grants, which owners see. */
export const DocumentWithGrants = Type.Object(
  {
    ...DOCUMENT,
    grants: Type.Optional(Type.Array(Grant, { description: 'Grants of the document. Present if you own it' })),
  },
  { ...strict, title: 'DocumentWithGrants' },
);
export type DocumentWithGrants = Static<typeof DocumentWithGrants>;
