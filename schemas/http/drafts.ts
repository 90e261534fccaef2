/** The live text over HTTP: reading and writing it. */
import Type, { type Static } from 'typebox';
import { Seq, strict } from './common.ts';
import { Summary, Title } from './documents.ts';

/** The position after the commit (I1). */
export const Accepted = Type.Object({ seq: Seq }, { ...strict, title: 'Accepted' });
export type Accepted = Static<typeof Accepted>;

/** A block of text as ProseMirror writes it; the content check says what is wrong with one, by its path. */
export const Block = Type.Object(
  { type: Type.String(), attrs: Type.Optional(Type.Object({})), content: Type.Optional(Type.Array(Type.Object({}))) },
  { title: 'Block', description: 'A ProseMirror node: paragraph, heading, bulletList…' },
);
export const Body = Type.Object(
  { type: Type.Literal('doc'), content: Type.Array(Block) },
  { ...strict, title: 'Body', description: 'The text as ProseMirror JSON' },
);

export const Draft = Type.Object(
  { seq: Seq, epoch: Seq, title: Type.String(), summary: Type.String(), body: Body },
  { ...strict, title: 'Draft' },
);
export type Draft = Static<typeof Draft>;

export const DraftWrite = Type.Object(
  { title: Type.Optional(Title), summary: Type.Optional(Summary), body: Type.Optional(Body) },
  { ...strict, title: 'DraftWrite', minProperties: 1 },
);
export type DraftWrite = Static<typeof DraftWrite>;

export const NewBlocks = Type.Object(
  { blocks: Type.Array(Block, { minItems: 1, maxItems: 10_000 }) },
  { ...strict, title: 'NewBlocks' },
);
export type NewBlocks = Static<typeof NewBlocks>;
