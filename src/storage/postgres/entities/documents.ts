/** Entities of documents and grants. The migrations are the schema; these map it. */
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { User } from './accounts.ts';

export const Document = defineEntity({
  name: 'Document',
  tableName: 'documents',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    /** Its address below `/d/`, `slug` at every door; null: that is the next column, which nodes of the version before write. */
    name: p.text().nullable(),
    /** The name that was last made from the title. */
    madeName: p.text().nullable(),
    slugStyle: p.enum(['unicode', 'ascii']).default('unicode'),
    slug: p.text().unique().defaultRaw(`'d-' || replace(gen_random_uuid()::text, '-', '')`),
    title: p.text(),
    summary: p.text().default(''),
    visibility: p.enum(['public', 'private']).default('private'),
    live: p.boolean().default(false),
    /** BCP 47; null: the site's. */
    language: p.text().nullable(),
    owner: () => p.manyToOne(User),
    createdAt: p.datetime().defaultRaw('now()'),
    updatedAt: p.datetime().defaultRaw('now()'),
    publishedRevision: p.integer().nullable(),
    publishedAt: p.datetime().nullable(),
    takenBack: p.integer().default(0),
    deletedAt: p.datetime().nullable(),
  },
});
export type Document = InferEntity<typeof Document>;

export const Grant = defineEntity({
  name: 'Grant',
  tableName: 'grants',
  properties: {
    document: () => p.manyToOne(Document).primary(),
    user: () => p.manyToOne(User).primary(),
    level: p.enum(['view', 'edit', 'own']),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
export type Grant = InferEntity<typeof Grant>;
