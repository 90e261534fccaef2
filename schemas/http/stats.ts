/** What was counted of a document's readers. */
import Type, { type Static } from 'typebox';
import { strict } from './common.ts';

const Count = Type.Integer({ minimum: 0 });

/** `GET /v1/documents/{id}/stats` */
export const DocumentStats = Type.Object(
  {
    views: Type.Integer({ minimum: 0, description: 'Views of the published document, a few seconds behind' }),
    readersByDay: Type.Array(
      Type.Object(
        {
          day: Type.String({ format: 'date', description: 'UTC', examples: ['2026-05-01'] }),
          readers: Count,
        },
        strict,
      ),
      { description: 'Unique readers a day, approximately; newest first, at most 90 days' },
    ),
  },
  { ...strict, title: 'DocumentStats' },
);
export type DocumentStats = Static<typeof DocumentStats>;
