/** Entities of publishing: revisions, schedules and what search reads. The migrations are the schema; these map it. */
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export const Revision = defineEntity({
  name: 'Revision',
  tableName: 'revisions',
  properties: {
    documentId: p.uuid().primary(),
    number: p.integer().primary(),
    title: p.text(),
    summary: p.text(),
    body: p.json(),
    seq: p.bigint('number'),
    visibility: p.enum(['public', 'private']).default('private'),
    publishedBy: p.uuid(),
    publishedAt: p.datetime().defaultRaw('now()'),
  },
});
export type Revision = InferEntity<typeof Revision>;

export const Schedule = defineEntity({
  name: 'Schedule',
  tableName: 'schedules',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    documentId: p.uuid().unique(),
    userId: p.uuid(),
    sessionId: p.uuid(),
    publishAt: p.datetime(),
    createdAt: p.datetime().defaultRaw('now()'),
    attempts: p.integer().default(0),
    claimedUntil: p.datetime().nullable(),
  },
});
export type Schedule = InferEntity<typeof Schedule>;

export const DraftText = defineEntity({
  name: 'DraftText',
  tableName: 'draft_texts',
  properties: {
    documentId: p.uuid().primary(),
    seq: p.bigint('number'),
    title: p.text(),
    summary: p.text(),
    text: p.text(),
    search: p.string().columnType('tsvector').persist(false),
  },
});
export type DraftText = InferEntity<typeof DraftText>;
