/**
 * `POST /v1/documents/{id}/revert`: the draft as it was published once, or as it was at an earlier position. It is an edit of the draft
 * like any other, so nothing is lost.
 */
import { type Failure, failure } from '../../../../schemas/errors.ts';
import { Accepted, Revert } from '../../../../schemas/http.ts';
import type { DraftChange, DraftContent } from '../../../content/model/types.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { AccessPort } from '../../../ports/access.ts';
import type { DocumentStore } from '../../../ports/documents.ts';
import type { Drafts } from '../../../ports/drafts.ts';
import type { Publisher, WriteOptions } from '../../../publishing/publisher.ts';
import { entityTag, IF_MATCH, ifMatch } from '../../http/conditional-requests.ts';
import { problem, problemOf } from '../../http/problem.ts';
import type { ContentWork } from '../content/content-work.ts';
import { jsonOperation, type Operation } from '../kernel/operation.ts';
import { json } from '../kernel/responses.ts';
import { byId, noQuery } from './paths.ts';
import { WRITE_ERRORS } from './updates.ts';

export interface RevertPorts {
  access: Pick<AccessPort, 'roleOf'>;
  content: Pick<ContentWork, 'draft'>;
  documents: Pick<DocumentStore, 'get'>;
  drafts: Pick<Drafts, 'stateAt'>;
  publisher: Pick<Publisher, 'revert' | 'restore'>;
  log: Logger;
}

export function revertOperations({ access, content, documents, drafts, publisher, log }: RevertPorts): Operation[] {
  /** What makes the draft what it was at a position. */
  async function changeTo(
    userId: string,
    id: string,
    seq: number,
    { ifSeq, writeId }: WriteOptions,
  ): Promise<{ ok: true; change: DraftChange } | Failure> {
    const document = await documents.get(userId, id);
    if (!document || seq > document.seq) return failure('not_found');
    // Before anything is read: the write would be refused as well, unless it was done already.
    const isNew = writeId === undefined;
    if (isNew && ifSeq !== undefined && ifSeq !== document.seq) return failure('precondition_failed');
    const read = await content.draft(userId, {
      documentId: id,
      format: 'json',
      title: null,
      seq,
      load: async () => {
        const updates = await drafts.stateAt(id, seq);
        return updates && { ok: true, seq, updates };
      },
    });
    if (!read) return failure('not_found');
    if (!read.ok) return read;
    const past = JSON.parse(new TextDecoder().decode(read.bytes)) as Pick<DraftContent, 'title' | 'summary' | 'body'>;
    const { title, summary, body } = past;
    // What the draft had not of its own was the document's, and stays.
    const hadSummary = title !== null || summary !== '';
    return { ok: true, change: { body, ...(title !== null && { title }), ...(hadSummary && { summary }) } };
  }

  return [
    jsonOperation({
      id: 'revertDraft',
      method: 'post',
      path: '/documents/{id}/revert',
      tag: 'Drafts',
      summary: 'Restore a revision or an earlier draft',
      description:
        'Replaces title, summary and text of the draft with those of a revision, or with those that the draft had at an earlier position, as a new edit. The history is kept, and nothing is published.',
      access: 'documents:write',
      params: byId,
      query: noQuery,
      headers: IF_MATCH,
      json: Revert,
      acceptsIdempotencyKey: true,
      responses: {
        200: {
          description: 'The position of the committed change',
          content: { 'application/json': Accepted },
          headers: { ETag: 'Position of the draft after the commit, in quotes' },
        },
      },
      errors: ['precondition_failed', ...WRITE_ERRORS],
      async handle({ actor, body, headers, identity: { userId }, params: { id }, writeId }) {
        const { revision, seq: position = 0 } = body;
        const role = await access.roleOf(userId, id);
        if (role === null) return problemOf('not_found');
        if (role === 'view') return problemOf('read_only');
        const precondition = await ifMatch(headers, async () => (await documents.get(userId, id))?.seq);
        if (!precondition.ok) return precondition.refusal;
        const { seq: ifSeq } = precondition;
        const options = { ...(ifSeq !== undefined && { ifSeq }), ...(writeId !== undefined && { writeId }) };
        async function restored() {
          if (revision !== undefined) return publisher.revert(actor, id, revision, options);
          const past = await changeTo(userId, id, position, options);
          return past.ok ? publisher.restore(actor, id, { position, change: past.change }, options) : past;
        }
        const written = await restored();
        if (!written.ok) return problem(written);
        const { seq } = written;
        log.info(
          { documentId: id, userId, ...(revision === undefined ? { position } : { revision }) },
          'draft restored',
        );
        return json({ seq } satisfies Accepted, 200, { etag: entityTag(seq) });
      },
    }),
  ];
}
