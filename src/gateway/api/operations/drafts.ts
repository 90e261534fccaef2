/**
 * `/v1/documents/{id}/draft`: reading and writing the draft. A write is merged with what authors type at that moment, and
 * answered after its commit (I1). A read returns committed content alone (I3).
 */
import type { ErrorCode, Failure } from '../../../../schemas/errors.ts';
import { Accepted, Draft, DraftQuery, DraftWrite, DraftWriteQuery, NewBlocks } from '../../../../schemas/http.ts';
import { checkBlocks, checkBody } from '../../../content/model/json.ts';
import type { DraftChange } from '../../../content/model/types.ts';
import type { AccessPort, Identity } from '../../../ports/access.ts';
import type { DocumentStore } from '../../../ports/documents.ts';
import type { Drafts } from '../../../ports/drafts.ts';
import { entityTag, IF_MATCH, IF_NONE_MATCH, ifMatch, isNotModified } from '../../http/conditional-requests.ts';
import { problem, problemOf } from '../../http/problem.ts';
import type { ContentWork } from '../content/content-work.ts';
import { DRAFT_FORMATS, formatOf, formatResponses, notModified, represent } from '../content/draft-formats.ts';
import { bodyOperation, type Operation, operation, type ReadBody } from '../kernel/operation.ts';
import { json } from '../kernel/responses.ts';
import { byId, noQuery } from './paths.ts';
import { WRITE_ERRORS } from './updates.ts';

const tag = 'Drafts';
const NOTHING = 'The body contains no blocks to append.';
const BLANK_TITLE = 'title: must not be blank.';

/** Codes that reading a draft can answer. */
export const READ_ERRORS = ['reopen', 'overloaded', 'draining', 'restarting'] as const satisfies ErrorCode[];

type ParseFailure = { ok: false; detail: string } | Failure;
type Change = { ok: true; change: DraftChange } | { ok: false; refusal: Response };

const invalid = (detail: string): Change => ({ ok: false, refusal: problemOf('content_invalid', { detail }) });

const refused = (failed: ParseFailure): Change =>
  'detail' in failed ? invalid(failed.detail) : { ok: false, refusal: problem(failed) };

export interface DraftPorts {
  access: Pick<AccessPort, 'roleOf'>;
  content: Pick<ContentWork, 'refusal' | 'parse' | 'draft'>;
  documents: Pick<DocumentStore, 'get'>;
  drafts: Pick<Drafts, 'read' | 'write'>;
}

export function draftOperations(ports: DraftPorts): Operation[] {
  const { access, content, documents, drafts } = ports;

  /** The change that a body of any media type requests. */
  async function replacement({ userId }: Identity, { type, value }: ReadBody): Promise<Change> {
    if (type !== 'application/json') {
      const parsed = await content.parse(userId, type === 'text/html' ? 'html' : 'markdown', value as string);
      return parsed.ok ? { ok: true, change: { body: parsed.body } } : refused(parsed);
    }
    const { body, ...rest } = value as DraftWrite;
    const title = rest.title?.trim();
    if (title === '') return { ok: false, refusal: problemOf('bad_request', { detail: BLANK_TITLE }) };
    const change = { ...rest, ...(title !== undefined && { title }) };
    if (body === undefined) return { ok: true, change };
    const checked = checkBody(body);
    return checked.ok ? { ok: true, change: { ...change, body: checked.body } } : refused(checked);
  }

  async function addition({ userId }: Identity, { type, value }: ReadBody): Promise<Change> {
    if (type === 'application/json') {
      const checked = checkBlocks((value as NewBlocks).blocks);
      return checked.ok ? { ok: true, change: { append: checked.blocks } } : refused(checked);
    }
    const text = value as string;
    const parsed = await content.parse(userId, type === 'text/html' ? 'html' : 'markdown', text);
    if (!parsed.ok) return refused(parsed);
    const blocks = parsed.body.content;
    // Empty text parses to one empty paragraph.
    const isEmpty = blocks.every(({ type, content = [] }) => type === 'paragraph' && content.length === 0);
    return isEmpty ? invalid(NOTHING) : { ok: true, change: { append: blocks } };
  }

  async function write(
    identity: Identity,
    id: string,
    { headers, writeId }: { headers: Headers; writeId?: number },
    base: number | undefined,
    changeOf: () => Promise<Change>,
  ): Promise<Response> {
    const role = await access.roleOf(identity.userId, id);
    if (role === null) return problemOf('not_found');
    if (role === 'view') return problemOf('read_only');
    const precondition = await ifMatch(headers, async () => (await documents.get(identity.userId, id))?.seq);
    if (!precondition.ok) return precondition.refusal;
    const changed = await changeOf();
    if (!changed.ok) return changed.refusal;
    const written = await drafts.write(id, {
      author: { userId: identity.userId, sessionId: identity.sessionId },
      change: changed.change,
      ...(precondition.seq !== undefined && { ifSeq: precondition.seq }),
      ...(base !== undefined && { base }),
      ...(writeId !== undefined && { writeId }),
    });
    return written.ok ? accepted(written.seq) : problem(written);
  }

  return [
    operation({
      id: 'getDraft',
      method: 'get',
      path: '/documents/{id}/draft',
      tag,
      summary: 'Get a draft',
      description:
        'Returns the draft as ProseMirror JSON with title and summary, or its text alone as HTML, Markdown, plain text or Yjs state. The response contains committed content only.',
      access: 'documents:read',
      params: byId,
      query: DraftQuery,
      headers: IF_NONE_MATCH,
      responses: formatResponses('The draft', Draft, DRAFT_FORMATS),
      errors: ['not_acceptable', ...READ_ERRORS],
      async handle({ headers, identity, params: { id }, query }) {
        const wanted = formatOf(headers, query.format, DRAFT_FORMATS);
        if (!wanted.ok) return wanted.refusal;
        const full = content.refusal(identity.userId);
        if (full) return problem(full);
        const document = await documents.get(identity.userId, id);
        if (!document || document.deletedAt !== undefined) return problemOf('not_found');
        if (isNotModified(headers.get('if-none-match'), entityTag(document.seq))) return notModified(document.seq);
        const read = await content.draft(identity.userId, {
          documentId: id,
          format: wanted.format,
          title: document.title,
          load: async () => {
            const state = await drafts.read(id, 'state');
            return state.ok ? { ok: true, seq: state.seq, epoch: state.epoch, updates: [state.state] } : state;
          },
        });
        if (!read) return problemOf('not_found');
        return read.ok ? represent(wanted.format, read.seq, read.bytes) : problem(read);
      },
    }),
    bodyOperation({
      id: 'putDraft',
      method: 'put',
      path: '/documents/{id}/draft',
      tag,
      summary: 'Replace a draft',
      description:
        'Replaces the text of the draft, and with JSON also its title and summary. Stet merges only the differences into the draft, so authors who are typing lose nothing. JSON fields that you omit stay unchanged. With `If-Match`, the request fails if the draft has changed; with `base`, Stet keeps the changes made since that position.',
      access: 'documents:write',
      params: byId,
      query: DraftWriteQuery,
      headers: IF_MATCH,
      body: {
        forms: { 'application/json': DraftWrite, 'text/html': 'text', 'text/markdown': 'text' },
        limit: 'maxContentBytes',
      },
      acceptsIdempotencyKey: true,
      responses: { 200: ACCEPTED },
      errors: ['content_invalid', 'precondition_failed', ...WRITE_ERRORS],
      handle: (request) =>
        write(request.identity, request.params.id, request, request.query.base, () =>
          replacement(request.identity, request.body),
        ),
    }),
    bodyOperation({
      id: 'appendBlocks',
      method: 'post',
      path: '/documents/{id}/draft/blocks',
      tag,
      summary: 'Append blocks to a draft',
      description: 'Adds blocks after the last one. Changes that authors make at the same time are kept.',
      access: 'documents:write',
      params: byId,
      query: noQuery,
      headers: IF_MATCH,
      body: {
        forms: { 'application/json': NewBlocks, 'text/html': 'text', 'text/markdown': 'text' },
        limit: 'maxContentBytes',
      },
      acceptsIdempotencyKey: true,
      responses: { 200: ACCEPTED },
      errors: ['content_invalid', 'precondition_failed', ...WRITE_ERRORS],
      handle: (request) =>
        write(request.identity, request.params.id, request, undefined, () => addition(request.identity, request.body)),
    }),
  ];
}

const ACCEPTED = {
  description: 'The position of the committed change',
  content: { 'application/json': Accepted },
  headers: { ETag: 'Position of the draft after the commit, in quotes' },
} as const;

const accepted = (seq: number): Response => json({ seq } satisfies Accepted, 200, { etag: entityTag(seq) });
