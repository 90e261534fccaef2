/** Pages of a document that exists nowhere, for tests of what sends them. */
import { createEntry, type PublicEntry } from '../../src/published/entry.ts';

export const EMPTY_BODY = { type: 'doc' as const, content: [] };
export const MADE_UP_AT = '2026-05-03T22:30:00.000Z';

export const pageOf = (documentId: string, revision: number): PublicEntry =>
  createEntry(
    {
      documentId,
      slug: 'cranes',
      revision,
      title: '',
      summary: '',
      author: 'ann',
      publishedAt: MADE_UP_AT,
      firstPublishedAt: MADE_UP_AT,
      updatedAt: MADE_UP_AT,
      live: false,
      seq: null,
      coverage: null,
      language: 'en',
    },
    { body: EMPTY_BODY, html: '' },
    () => undefined,
  );
