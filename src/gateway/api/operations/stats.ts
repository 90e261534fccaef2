/** `GET /v1/documents/{id}/stats`: views and readers of a document, for its authors. */
import { DocumentStats } from '../../../../schemas/http.ts';
import type { AccessPort } from '../../../ports/access.ts';
import type { ViewCountStore } from '../../../ports/counts.ts';
import { problemOf } from '../../http/problem.ts';
import { type Operation, operation } from '../kernel/operation.ts';
import { json } from '../kernel/responses.ts';
import { byId, noQuery } from './paths.ts';

export interface StatsPorts {
  access: Pick<AccessPort, 'roleOf'>;
  viewCounts: Pick<ViewCountStore, 'views'>;
  /** Who read a document now, on all nodes. */
  readersOf(documentId: string): number;
}

export function statsOperations({ access, readersOf, viewCounts }: StatsPorts): Operation[] {
  return [
    operation({
      id: 'getDocumentStats',
      method: 'get',
      path: '/documents/{id}/stats',
      tag: 'Publishing',
      summary: 'Get view counts',
      description:
        'Returns the views and unique readers of a document that you can edit, and how many are reading it now.',
      access: 'documents:read',
      params: byId,
      query: noQuery,
      responses: { 200: { description: 'The view counts', content: { 'application/json': DocumentStats } } },
      errors: ['forbidden'],
      async handle({ identity, params: { id } }) {
        const role = await access.roleOf(identity.userId, id);
        if (role === null) return problemOf('not_found');
        if (role === 'view')
          return problemOf('forbidden', { detail: 'Only users who can edit the document can get its view counts.' });
        const { views, readersByDay } = await viewCounts.views(id);
        return json({ views, readingNow: readersOf(id), readersByDay } satisfies DocumentStats);
      },
    }),
  ];
}
