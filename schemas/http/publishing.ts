/** Revisions and their publication. */
import Type, { type Static } from 'typebox';
import { Handle, Limit, Seq, strict, Timestamp } from './common.ts';
import { Slug, SlugStyle } from './documents.ts';
import { Body } from './drafts.ts';

export const RevisionNumber = Type.Integer({
  minimum: 1,
  maximum: 2_147_483_647,
  description: 'Number of the revision, from 1',
});

const SUMMARY = {
  number: RevisionNumber,
  title: Type.String({ description: 'Title' }),
  summary: Type.String({ description: 'Summary' }),
  seq: Type.Integer({ ...Seq, description: 'Position of the draft that was published' }),
  publishedAt: Timestamp,
  publishedBy: Handle,
  current: Type.Boolean({ description: 'Whether readers see this revision now' }),
} as const;
export const RevisionSummary = Type.Object(SUMMARY, { ...strict, title: 'RevisionSummary' });
export type RevisionSummary = Static<typeof RevisionSummary>;

export const Revision = Type.Object({ ...SUMMARY, body: Body }, { ...strict, title: 'Revision' });
export type Revision = Static<typeof Revision>;

export const RevisionListQuery = Type.Object(
  {
    limit: Type.Optional(Limit),
    before: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2_147_483_647,
        description: '`next` of the previous page. Returns revisions with lower numbers',
      }),
    ),
  },
  strict,
);
export type RevisionListQuery = Static<typeof RevisionListQuery>;

/** Query of `GET /v1/documents/{id}/revisions/{number}`. */
export const RevisionQuery = Type.Object(
  {
    format: Type.Optional(
      Type.Union([Type.Literal('json'), Type.Literal('html'), Type.Literal('markdown'), Type.Literal('text')], {
        description: 'Format of the response. Takes precedence over `Accept`',
      }),
    ),
  },
  strict,
);
export type RevisionQuery = Static<typeof RevisionQuery>;

export const RevisionList = Type.Object(
  {
    revisions: Type.Array(RevisionSummary),
    next: Type.Optional(
      Type.Integer({
        ...RevisionNumber,
        description: 'Value of `before` for the next page. Omitted on the last page',
      }),
    ),
  },
  { ...strict, title: 'RevisionList' },
);
export type RevisionList = Static<typeof RevisionList>;

export const DiffBlock = Type.Object(
  {
    kind: Type.Union([Type.Literal('same'), Type.Literal('added'), Type.Literal('removed'), Type.Literal('changed')], {
      description: 'How the block changed',
    }),
    html: Type.String({ description: 'Block as safe HTML, with changed words in `<ins>` and `<del>`' }),
  },
  { ...strict, title: 'DiffBlock' },
);
export type DiffBlock = Static<typeof DiffBlock>;

/** Query of `GET /v1/documents/{id}/revisions/{number}/diff`. */
export const RevisionDiffQuery = Type.Object(
  {
    from: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 2_147_483_647,
        description: 'Revision to compare with. By default the one before',
      }),
    ),
  },
  strict,
);
export type RevisionDiffQuery = Static<typeof RevisionDiffQuery>;

/** How one revision differs from another: title and summary before and after, and the text block by block. */
export const RevisionDiff = Type.Object(
  {
    from: Type.Integer({ ...RevisionNumber, description: 'Number of the earlier revision' }),
    to: Type.Integer({ ...RevisionNumber, description: 'Number of the later revision' }),
    title: Type.Object(
      { from: Type.String(), to: Type.String() },
      { ...strict, description: 'Titles of both revisions' },
    ),
    summary: Type.Object(
      { from: Type.String(), to: Type.String() },
      { ...strict, description: 'Summaries of both revisions' },
    ),
    blocks: Type.Array(DiffBlock),
  },
  { ...strict, title: 'RevisionDiff' },
);
export type RevisionDiff = Static<typeof RevisionDiff>;

/** `POST /v1/documents/{id}/publish`, which needs no body. */
export const NewPublication = Type.Object(
  {
    slug: Type.Optional(Slug),
    slugStyle: Type.Optional(SlugStyle),
  },
  { ...strict, title: 'NewPublication' },
);
export type NewPublication = Static<typeof NewPublication>;

/** Query of `GET /v1/documents/{id}/draft/diff`. */
export const DraftDiffQuery = Type.Object(
  {
    from: Type.Optional({ ...RevisionNumber, description: 'Revision to compare with. By default the published one' }),
  },
  strict,
);
export type DraftDiffQuery = Static<typeof DraftDiffQuery>;

/** How the draft differs from a revision: title and summary before and after, and the text block by block. */
export const DraftDiff = Type.Object(
  {
    from: Type.Integer({ ...RevisionNumber, description: 'Number of the revision' }),
    seq: Type.Integer({ ...Seq, description: 'Position of the draft' }),
    title: Type.Object(
      { from: Type.String(), to: Type.String() },
      { ...strict, description: 'Title of the revision, and the one that the draft would be published under' },
    ),
    summary: Type.Object(
      { from: Type.String(), to: Type.String() },
      { ...strict, description: 'Summary of the revision, and of the draft' },
    ),
    blocks: Type.Array(DiffBlock),
  },
  { ...strict, title: 'DraftDiff' },
);
export type DraftDiff = Static<typeof DraftDiff>;

export const NewSchedule = Type.Object(
  {
    at: Type.String({ format: 'date-time', description: 'Time of the publication in RFC 3339. Must be in the future' }),
  },
  { ...strict, title: 'NewSchedule' },
);
export type NewSchedule = Static<typeof NewSchedule>;

export const Schedule = Type.Object({ at: Timestamp }, { ...strict, title: 'Schedule' });
export type Schedule = Static<typeof Schedule>;

/** What the draft is restored to: one of the two. */
export const Revert = Type.Object(
  {
    revision: Type.Optional(RevisionNumber),
    seq: Type.Optional(Type.Integer({ ...Seq, description: 'Earlier position of the draft. 0 is the empty draft' })),
  },
  { ...strict, title: 'Revert', minProperties: 1, maxProperties: 1, examples: [{ revision: 1 }] },
);
export type Revert = Static<typeof Revert>;
