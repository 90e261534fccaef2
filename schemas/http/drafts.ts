/** Reading and writing drafts over HTTP. */
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
    type: Type.String({
      description: 'Type of the node: `paragraph`, `heading`, `bulletList`, `table`, `text` and others',
    }),
    attrs: Type.Optional(Type.Object({}, { description: 'Attributes, such as `level` of a heading' })),
    content: Type.Optional(Type.Array(Type.Object({}, { title: 'Block' }), { description: 'Child nodes' })),
    marks: Type.Optional(
      Type.Array(
        Type.Object(
          {
            type: Type.String({ description: 'Type of the mark: `bold`, `italic`, `link` and others' }),
            attrs: Type.Optional(Type.Object({}, { description: 'Attributes, such as `href` of a link' })),
          },
          { title: 'Mark' },
        ),
        { description: 'Formatting of a text node' },
      ),
    ),
    text: Type.Optional(Type.String({ description: 'Text of a node of type `text`' })),
  },
  { title: 'Block', description: 'Node of ProseMirror JSON' },
);
export const Body = Type.Object(
  { type: Type.Literal('doc'), content: Type.Array(Block) },
  {
    ...strict,
    title: 'Body',
    description:
      'Text as ProseMirror JSON. A `table` contains `tableRow` nodes of equal length, which contain `tableCell` and `tableHeader` nodes, which contain blocks. Cells cannot be merged. A table can have at most 1,000 rows, 100 columns and 10,000 cells',
    examples: [{ type: 'doc', content: [{ type: 'paragraph', content: [{ type: 'text', text: 'Hello' }] }] }],
  },
);

const TEXT = {
  title: Type.String({ description: 'Title' }),
  summary: Type.String({ description: 'Summary' }),
  body: Body,
} as const;
/** Grows with each change of owner. */
const Epoch = Type.Integer({
  minimum: 0,
  maximum: Number.MAX_SAFE_INTEGER,
  description: 'Number of times that the draft has moved between nodes',
});
export const Draft = Type.Object({ seq: Seq, epoch: Epoch, ...TEXT }, { ...strict, title: 'Draft' });
export type Draft = Static<typeof Draft>;

/** The draft as it was at a position. */
export const PastDraft = Type.Object({ seq: Seq, ...TEXT }, { ...strict, title: 'PastDraft' });
export type PastDraft = Static<typeof PastDraft>;

export const DraftFormat = Type.Union(
  [Type.Literal('json'), Type.Literal('html'), Type.Literal('markdown'), Type.Literal('text'), Type.Literal('yjs')],
  {
    description: 'Format of the response. Takes precedence over `Accept`. `yjs` returns the state as one Yjs v1 update',
  },
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
      description: 'Position to read. 0 is the empty draft',
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
        description: 'Position that your text is based on. Changes that authors made since then are kept',
      }),
    ),
  },
  strict,
);
export type DraftWriteQuery = Static<typeof DraftWriteQuery>;

/** Omitted fields stay unchanged. */
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
