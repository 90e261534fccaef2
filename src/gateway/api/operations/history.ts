/**
 * The history of a draft: when it was written (`/writing-sessions`), the draft at an earlier position, rebuilt from the journal
 * (`/history`), and how it differs between two positions. Whoever can read the draft can read its history.
 */
import {
  HistoryDiff,
  HistoryDiffQuery,
  HistoryQuery,
  PastDraft,
  WritingSessionList,
  WritingSessionListQuery,
} from '../../../../schemas/http.ts';
import type { DocumentStore } from '../../../ports/documents.ts';
import type { Drafts } from '../../../ports/drafts.ts';
import type { WritingSessions } from '../../../ports/writing-sessions.ts';
import { entityTag, IF_NONE_MATCH, isNotModified } from '../../http/conditional-requests.ts';
import { problem, problemOf } from '../../http/problem.ts';
import type { ContentWork } from '../content/content-work.ts';
import { DRAFT_FORMATS, formatOf, formatResponses, notModified, represent } from '../content/draft-formats.ts';
import { type Operation, operation } from '../kernel/operation.ts';
import { bytes, json } from '../kernel/responses.ts';
import { byId } from './paths.ts';

const DEFAULT_PAGE = 50;

export interface HistoryPorts {
  content: Pick<ContentWork, 'refusal' | 'draft' | 'historyDiff'>;
  documents: Pick<DocumentStore, 'get'>;
  drafts: Pick<Drafts, 'stateAt'>;
  writingSessions: WritingSessions;
}

export function historyOperations({ content, documents, drafts, writingSessions }: HistoryPorts): Operation[] {
  return [
    operation({
      id: 'listWritingSessions',
      method: 'get',
      path: '/documents/{id}/writing-sessions',
      tag: 'Drafts',
      summary: 'List writing sessions',
      description:
        'Returns when the draft was written and by whom, newest first. A session ends with a pause of 10 minutes or more, and at positions that are multiples of 4,096. To read the draft as it was at the end of a session, use its `lastSeq` in `GET /v1/documents/{id}/history`. A page can have fewer sessions than `limit`: use `next` to find out whether there are more.',
      access: 'documents:read',
      params: byId,
      query: WritingSessionListQuery,
      responses: {
        200: { description: 'A page of writing sessions', content: { 'application/json': WritingSessionList } },
      },
      errors: [],
      async handle({ identity, params: { id }, query: { limit = DEFAULT_PAGE, before } }) {
        const document = await documents.get(identity.userId, id);
        if (!document || document.deletedAt !== undefined) return problemOf('not_found');
        const through = before === undefined ? document.seq : Math.min(before - 1, document.seq);
        return json((await writingSessions.list(id, { limit, through })) satisfies WritingSessionList);
      },
    }),
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
    operation({
      id: 'diffHistory',
      method: 'get',
      path: '/documents/{id}/history/diff',
      tag: 'Drafts',
      summary: 'Compare two positions of a draft',
      description:
        'Returns the differences between the draft at two positions of its journal, block by block. With the `seq` of a revision, this compares with what was published. Responds with `not_found` if the draft has not reached one of the positions.',
      access: 'documents:read',
      params: byId,
      query: HistoryDiffQuery,
      responses: { 200: { description: 'The differences', content: { 'application/json': HistoryDiff } } },
      errors: ['overloaded'],
      async handle({ identity, params: { id }, query: { from, to: asked } }) {
        const full = content.refusal(identity.userId);
        if (full) return problem(full);
        const document = await documents.get(identity.userId, id);
        if (!document || document.deletedAt !== undefined) return problemOf('not_found');
        const { seq, title, summary } = document;
        const to = asked ?? seq;
        if (Math.max(from, to) > seq) return problemOf('not_found');
        const compared = await content.historyDiff(identity.userId, {
          documentId: id,
          from,
          to,
          own: { title, summary },
          load: async () => {
            const before = await drafts.stateAt(id, from);
            const after = to === from ? before : await drafts.stateAt(id, to);
            if (!before || !after) return undefined;
            const [earlier, later = earlier] = await writingSessions.moments(id, [from, to]);
            return { before, after, fields: { from: earlier, to: later } };
          },
        });
        if (!compared) return problemOf('not_found');
        return compared.ok ? bytes(compared.bytes, 'application/json') : problem(compared);
      },
    }),
  ];
}
