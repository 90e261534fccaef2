/** Entities of what readers did: views, unique readers a day, and the batches they came in. The migrations are the schema. */
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export const DocumentViews = defineEntity({
  name: 'DocumentViews',
  tableName: 'document_views',
  properties: {
    documentId: p.uuid().primary(),
    views: p.bigint('number').default(0),
    countedAt: p.datetime().defaultRaw('now()'),
  },
});
export type DocumentViews = InferEntity<typeof DocumentViews>;

export const DocumentReaders = defineEntity({
  name: 'DocumentReaders',
  tableName: 'document_readers',
  properties: {
    documentId: p.uuid().primary(),
    day: p.date().primary(),
    readers: p.bigint('number'),
  },
});
export type DocumentReaders = InferEntity<typeof DocumentReaders>;

export const CountedBatch = defineEntity({
  name: 'CountedBatch',
  tableName: 'counted_batches',
  properties: {
    id: p.uuid().primary(),
    countedAt: p.datetime().defaultRaw('now()'),
  },
});
export type CountedBatch = InferEntity<typeof CountedBatch>;
