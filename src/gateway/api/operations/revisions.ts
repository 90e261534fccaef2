/** `/v1/documents/{id}/revisions`: published revisions, and how they differ. */
import Type from 'typebox';
import {
  DraftDiff,
  DraftDiffQuery,
  Revision,
  RevisionDiff,
  RevisionDiffQuery,
  RevisionList,
  RevisionListQuery,
  RevisionQuery,
} from '../../../../schemas/http.ts';
import type { AccessPort } from '../../../ports/access.ts';
import type { DocumentStore } from '../../../ports/documents.ts';
import type { Drafts } from '../../../ports/drafts.ts';
import type { RevisionStore } from '../../../ports/revisions.ts';
import { entityTag, IF_NONE_MATCH, isNotModified } from '../../http/conditional-requests.ts';
import { problem, problemOf } from '../../http/problem.ts';
import type { ContentWork } from '../content/content-work.ts';
import { formatOf, formatResponses, notModified, READING_FORMATS, represent } from '../content/draft-formats.ts';
import { type Operation, operation } from '../kernel/operation.ts';
import { bytes, json } from '../kernel/responses.ts';
import { READ_ERRORS } from './drafts.ts';
import { byId, idOf } from './paths.ts';

const tag = 'Publishing';
const DEFAULT_PAGE = 50;
// A path's parameter is text: a number that no revision can have is a 404.
const byNumber = Type.Object({
  id: idOf('document'),
  number: Type.String({ pattern: '^[1-9][0-9]{0,9}$', description: 'Number of the revision' }),
});
const LARGEST = 2_147_483_647;

export interface RevisionPorts {
  access: Pick<AccessPort, 'roleOf'>;
  content: Pick<ContentWork, 'refusal' | 'revision' | 'diff' | 'draftDiff'>;
  documents: Pick<DocumentStore, 'get'>;
  drafts: Pick<Drafts, 'read'>;
  revisions: Pick<RevisionStore, 'list' | 'summary' | 'body'>;
}

export function revisionOperations({ access, content, documents, drafts, revisions }: RevisionPorts): Operation[] {
  /** Whether the caller has access to the document, and so to its revisions. */
  const isOpen = async (userId: string, id: string) => (await access.roleOf(userId, id)) !== null;

  /** Without the text, which is read when its turn in the queue comes. */
  const summary = async (id: string, number: string, credentialId: string) =>
    Number(number) <= LARGEST ? revisions.summary(id, Number(number), credentialId) : undefined;

  return [
    operation({
      id: 'listRevisions',
      method: 'get',
      path: '/documents/{id}/revisions',
      tag,
      summary: 'List revisions',
      description: 'Returns the published revisions of a document, newest first.',
      access: 'documents:read',
      params: byId,
      query: RevisionListQuery,
      responses: { 200: { description: 'A page of revisions', content: { 'application/json': RevisionList } } },
      errors: [],
      async handle({ identity, params: { id }, query: { limit = DEFAULT_PAGE, before } }) {
        if (!(await isOpen(identity.userId, id))) return problemOf('not_found');
        const page = await revisions.list(id, { limit, before }, identity.sessionId);
        return json(page satisfies RevisionList);
      },
    }),
    operation({
      id: 'getRevision',
      method: 'get',
      path: '/documents/{id}/revisions/{number}',
      tag,
      summary: 'Get a revision',
      description:
        'Returns a revision with its text as ProseMirror JSON, or its text alone as HTML, Markdown or plain text.',
      access: 'documents:read',
      params: byNumber,
      query: RevisionQuery,
      headers: IF_NONE_MATCH,
      responses: formatResponses('The revision', Revision, READING_FORMATS),
      errors: ['not_acceptable', 'overloaded'],
      async handle({ headers, identity, params: { id, number }, query: { format } }) {
        const wanted = formatOf(headers, format, READING_FORMATS);
        if (!wanted.ok) return wanted.refusal;
        const full = content.refusal(identity.userId);
        if (full) return problem(full);
        if (!(await isOpen(identity.userId, id))) return problemOf('not_found');
        const found = await summary(id, number, identity.sessionId);
        if (!found) return problemOf('not_found');
        if (isNotModified(headers.get('if-none-match'), entityTag(found.seq))) return notModified(found.seq);
        const encoded = await content.revision(identity.userId, {
          documentId: id,
          number: found.number,
          format: wanted.format,
          fields: found,
          load: () => revisions.body(id, found.number, identity.sessionId),
        });
        if (!encoded) return problemOf('not_found');
        return encoded.ok ? represent(wanted.format, found.seq, encoded.bytes) : problem(encoded);
      },
    }),
    operation({
      id: 'diffRevisions',
      method: 'get',
      path: '/documents/{id}/revisions/{number}/diff',
      tag,
      summary: 'Compare two revisions',
      description: 'Returns the differences between a revision and an earlier one, block by block.',
      access: 'documents:read',
      params: byNumber,
      query: RevisionDiffQuery,
      responses: {
        200: { description: 'The differences', content: { 'application/json': RevisionDiff } },
      },
      errors: ['overloaded'],
      async handle({ identity, params: { id, number }, query: { from = Math.max(Number(number) - 1, 1) } }) {
        const full = content.refusal(identity.userId);
        if (full) return problem(full);
        if (!(await isOpen(identity.userId, id))) return problemOf('not_found');
        const { sessionId } = identity;
        const [before, after] = await Promise.all([
          summary(id, String(from), sessionId),
          summary(id, number, sessionId),
        ]);
        if (!before || !after) return problemOf('not_found');
        const fields: Omit<RevisionDiff, 'blocks'> = {
          from: before.number,
          to: after.number,
          title: { from: before.title, to: after.title },
          summary: { from: before.summary, to: after.summary },
        };
        const compared = await content.diff(identity.userId, {
          documentId: id,
          from: before.number,
          to: after.number,
          fields,
          load: async () => {
            const [old, young] = await Promise.all([
              revisions.body(id, before.number, sessionId),
              revisions.body(id, after.number, sessionId),
            ]);
            return old === undefined || young === undefined ? undefined : { before: old, after: young };
          },
        });
        if (!compared) return problemOf('not_found');
        return compared.ok ? bytes(compared.bytes, 'application/json') : problem(compared);
      },
    }),
    operation({
      id: 'diffDraft',
      method: 'get',
      path: '/documents/{id}/draft/diff',
      tag,
      summary: 'Compare the draft with a revision',
      description:
        'Returns the differences between a revision, by default the published one, and the draft, block by block. Responds with `not_found` if nothing is published and you name no revision.',
      access: 'documents:read',
      params: byId,
      query: DraftDiffQuery,
      responses: { 200: { description: 'The differences', content: { 'application/json': DraftDiff } } },
      errors: READ_ERRORS,
      async handle({ identity, params: { id }, query }) {
        const { sessionId, userId } = identity;
        const full = content.refusal(userId);
        if (full) return problem(full);
        const document = await documents.get(userId, id);
        if (!document || document.deletedAt !== undefined) return problemOf('not_found');
        const from = query.from ?? document.published?.revision;
        const before = from === undefined ? undefined : await summary(id, String(from), sessionId);
        if (!before) return problemOf('not_found');
        const compared = await content.draftDiff(userId, {
          load: async () => {
            const body = await revisions.body(id, before.number, sessionId);
            if (body === undefined) return undefined;
            const draft = await drafts.read(id, 'state');
            if (!draft.ok) return draft;
            const { seq, state } = draft;
            return {
              ok: true,
              before: { title: before.title, summary: before.summary, body },
              updates: [state],
              own: { title: document.title, summary: document.summary },
              fields: { from: before.number, seq } satisfies Pick<DraftDiff, 'from' | 'seq'>,
            };
          },
        });
        if (!compared) return problemOf('not_found');
        return compared.ok ? bytes(compared.bytes, 'application/json') : problem(compared);
      },
    }),
  ];
}
