/** `GET /v1/documents/{id}/history`: the draft at an earlier position, rebuilt from the journal. */
import { HistoryQuery, PastDraft } from '../../../../schemas/http.ts';
import type { DocumentStore } from '../../../ports/documents.ts';
import type { Drafts } from '../../../ports/drafts.ts';
import { entityTag, IF_NONE_MATCH, isNotModified } from '../../http/conditional-requests.ts';
import { problem, problemOf } from '../../http/problem.ts';
import type { ContentWork } from '../content/content-work.ts';
import { DRAFT_FORMATS, formatOf, formatResponses, notModified, represent } from '../content/draft-formats.ts';
import { type Operation, operation } from '../kernel/operation.ts';
import { byId } from './paths.ts';

export interface HistoryPorts {
  content: Pick<ContentWork, 'refusal' | 'draft'>;
  documents: Pick<DocumentStore, 'get'>;
  drafts: Pick<Drafts, 'stateAt'>;
}

export function historyOperations({ content, documents, drafts }: HistoryPorts): Operation[] {
  return [
    operation({
      id: 'getHistory',
      method: 'get',
      path: '/documents/{id}/history',
      tag: 'Drafts',
      summary: 'Get a draft at an earlier position',
      description:
        'Returns the draft as it was at a position of its journal, in the same formats as the current draft. Responds with `not_found` if the draft has not reached that position.',
      access: 'documents:read',
      params: byId,
      query: HistoryQuery,
      headers: IF_NONE_MATCH,
      responses: formatResponses('The draft at that position', PastDraft, DRAFT_FORMATS),
      errors: ['not_acceptable', 'overloaded'],
      async handle({ headers, identity, params: { id }, query: { at, format } }) {
        const wanted = formatOf(headers, format, DRAFT_FORMATS);
        if (!wanted.ok) return wanted.refusal;
        const full = content.refusal(identity.userId);
        if (full) return problem(full);
        const document = await documents.get(identity.userId, id);
        if (!document || document.deletedAt !== undefined || at > document.seq) return problemOf('not_found');
        // The draft at a position never changes.
        if (isNotModified(headers.get('if-none-match'), entityTag(at))) return notModified(at);
        const read = await content.draft(identity.userId, {
          documentId: id,
          format: wanted.format,
          title: document.title,
          seq: at,
          load: async () => {
            const updates = await drafts.stateAt(id, at);
            return updates && { ok: true, seq: at, updates };
          },
        });
        if (!read) return problemOf('not_found');
        return read.ok ? represent(wanted.format, at, read.bytes) : problem(read);
      },
    }),
  ];
}
