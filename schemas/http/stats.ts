/** View counts of a document. */
import Type, { type Static } from 'typebox';
import { strict } from './common.ts';

/** `GET /v1/documents/{id}/stats` */
export const DocumentStats = Type.Object(
  {
    views: Type.Integer({ minimum: 0, description: 'Views of the published document, a few seconds old' }),
    readingNow: Type.Integer({
      minimum: 0,
      description:
        'Open pages of the published document, on all nodes, a few seconds old. Widgets on other sites are not counted',
    }),
    readersByDay: Type.Array(
      Type.Object(
        {
          day: Type.String({ format: 'date', description: 'Day in UTC', examples: ['2026-05-01'] }),
          readers: Type.Integer({ minimum: 0, description: 'Unique readers on that day, approximately' }),
        },
        strict,
      ),
      { description: 'Readers by day, newest first. At most 90 days' },
    ),
  },
  { ...strict, title: 'DocumentStats' },
);
export type DocumentStats = Static<typeof DocumentStats>;
