/** The live text over HTTP: reading and writing it. */
import Type, { type Static } from 'typebox';
import { Seq, strict } from './common.ts';
import { Summary, Title } from './documents.ts';

/** The position after the commit (I1). */
export const Accepted = Type.Object({ seq: Seq }, { ...strict, title: 'Accepted' });
export type Accepted = Static<typeof Accepted>;

/**
 * A node of the text as ProseMirror writes it. Checked one level deep: the content check goes further, says what is wrong
 * by its path, and has bounds of its own. The inner nodes bear the same title, so that documents made of it recur.
 */
export const Block = Type.Object(
  {
    type: Type.String({ description: '`paragraph`, `heading`, `bulletList`, `text`…' }),
    attrs: Type.Optional(Type.Object({})),
    content: Type.Optional(Type.Array(Type.Object({}, { title: 'Block' }))),
    marks: Type.Optional(
      Type.Array(Type.Object({ type: Type.String(), attrs: Type.Optional(Type.Object({})) }, { title: 'Mark' })),
    ),
    text: Type.Optional(Type.String({ description: 'Only in nodes of type `text`' })),
  },
  { title: 'Block', description: 'A ProseMirror node' },
);
export const Body = Type.Object(
  { type: Type.Literal('doc'), content: Type.Array(Block) },
  {
    ...strict,
    title: 'Body',
    description: 'The text as ProseMirror JSON',
    examples: [{ type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Hello' }] }] }],
  },
);

const TEXT = { title: Type.String(), summary: Type.String(), body: Body } as const;
export const Draft = Type.Object({ seq: Seq, epoch: Seq, ...TEXT }, { ...strict, title: 'Draft' });
export type Draft = Static<typeof Draft>;

/** The draft as it was at a position. */
export const PastDraft = Type.Object({ seq: Seq, ...TEXT }, { ...strict, title: 'PastDraft' });
export type PastDraft = Static<typeof PastDraft>;

export const DraftFormat = Type.Union(
  [Type.Literal('json'), Type.Literal('html'), Type.Literal('markdown'), Type.Literal('text'), Type.Literal('yjs')],
  { description: 'Takes precedence over the `Accept` header; `yjs` is the state as one Yjs v1 update' },
);
/** Query of `GET /v1/documents/{id}/draft`. */
export const DraftQuery = Type.Object({ format: Type.Optional(DraftFormat) }, strict);
export type DraftQuery = Static<typeof DraftQuery>;

/** Query of `GET /v1/documents/{id}/history`. */
export const HistoryQuery = Type.Object(
  {
    at: Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'The position; 0 is the empty draft',
    }),
    format: Type.Optional(DraftFormat),
  },
  strict,
);
export type HistoryQuery = Static<typeof HistoryQuery>;

/** Query of `PUT /v1/documents/{id}/draft`. */
export const DraftWriteQuery = Type.Object(
  {
    base: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
        description: 'The position that your text is based on: changes that authors made since then are kept',
      }),
    ),
  },
  strict,
);
export type DraftWriteQuery = Static<typeof DraftWriteQuery>;

/** What is left out stays as it is. */
export const DraftWrite = Type.Object(
  { title: Type.Optional(Title), summary: Type.Optional(Summary), body: Type.Optional(Body) },
  { ...strict, title: 'DraftWrite', minProperties: 1 },
);
export type DraftWrite = Static<typeof DraftWrite>;

export const NewBlocks = Type.Object(
  { blocks: Type.Array(Block, { minItems: 1, maxItems: 10_000 }) },
  {
    ...strict,
    title: 'NewBlocks',
    examples: [{ blocks: [{ type: 'paragraph', content: [{ type: 'text', text: 'One more' }] }] }],
  },
);
export type NewBlocks = Static<typeof NewBlocks>;
