/** Revisions and what is done to publish them. */
import Type, { type Static } from 'typebox';
import { Handle, Limit, Seq, strict, Timestamp } from './common.ts';
import { Body } from './drafts.ts';

/** Number of a revision: 1 is the first. */
export const RevisionNumber = Type.Integer({ minimum: 1, maximum: 2_147_483_647 });

const SUMMARY = {
  number: RevisionNumber,
  title: Type.String(),
  summary: Type.String(),
  seq: Seq,
  publishedAt: Timestamp,
  publishedBy: Handle,
  current: Type.Boolean({ description: 'Whether it is the published revision' }),
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
        description: 'Revisions with lower numbers: `next` of the previous page',
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
        description: 'Takes precedence over the `Accept` header',
      }),
    ),
  },
  strict,
);
export type RevisionQuery = Static<typeof RevisionQuery>;

/** Newest first. */
export const RevisionList = Type.Object(
  { revisions: Type.Array(RevisionSummary), next: Type.Optional(RevisionNumber) },
  { ...strict, title: 'RevisionList' },
);
export type RevisionList = Static<typeof RevisionList>;

export const DiffBlock = Type.Object(
  {
    kind: Type.Union([Type.Literal('same'), Type.Literal('added'), Type.Literal('removed'), Type.Literal('changed')]),
    html: Type.String({ description: 'Safe HTML; changed words in `<ins>` and `<del>`' }),
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
        description: 'The revision to compare with; by default the one before',
      }),
    ),
  },
  strict,
);
export type RevisionDiffQuery = Static<typeof RevisionDiffQuery>;

/** How one revision differs from another: title and summary before and after, and the text block by block. */
export const RevisionDiff = Type.Object(
  {
    from: RevisionNumber,
    to: RevisionNumber,
    title: Type.Object({ from: Type.String(), to: Type.String() }, strict),
    summary: Type.Object({ from: Type.String(), to: Type.String() }, strict),
    blocks: Type.Array(DiffBlock),
  },
  { ...strict, title: 'RevisionDiff' },
);
export type RevisionDiff = Static<typeof RevisionDiff>;

export const NewSchedule = Type.Object(
  { at: Type.String({ format: 'date-time', description: 'RFC 3339; in the future' }) },
  { ...strict, title: 'NewSchedule' },
);
export type NewSchedule = Static<typeof NewSchedule>;

export const Schedule = Type.Object({ at: Timestamp }, { ...strict, title: 'Schedule' });
export type Schedule = Static<typeof Schedule>;

export const Revert = Type.Object({ revision: RevisionNumber }, { ...strict, title: 'Revert' });
export type Revert = Static<typeof Revert>;
