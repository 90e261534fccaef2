/** `GET /v1/documents/{id}/draft/preview`: the page of readers, as it would be if the draft were published now. */
import { titledAs } from '../../../content/model/titled-as.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { DocumentStore } from '../../../ports/documents.ts';
import type { PublishedPage, RevisionStore } from '../../../ports/revisions.ts';
import type { DraftContents } from '../../../publishing/publisher.ts';
import { problem, problemOf } from '../../http/problem.ts';
import { type Operation, operation } from '../kernel/operation.ts';
import { bytes } from '../kernel/responses.ts';
import { READ_ERRORS } from './drafts.ts';
import { byId, noQuery } from './paths.ts';

export interface PreviewPorts {
  documents: Pick<DocumentStore, 'get'>;
  draftContents: Pick<DraftContents, 'read'>;
  revisions: Pick<RevisionStore, 'summary'>;
  /** The HTML that readers would get. */
  renderPreview(request: Request, secure: boolean, draft: PublishedPage): string;
  clock: Clock;
}

/** What is private stays with who asked: not cached, not framed, nothing run, nothing named to other sites. */
const HEADERS = {
  'cache-control': 'private, no-store',
  'content-security-policy':
    "sandbox; default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'referrer-policy': 'no-referrer',
};

export function previewOperations({
  clock,
  documents,
  draftContents,
  renderPreview,
  revisions,
}: PreviewPorts): Operation[] {
  return [
    operation({
      id: 'previewDraft',
      method: 'get',
      path: '/documents/{id}/draft/preview',
      tag: 'Publishing',
      summary: 'Preview a document',
      description:
        'Returns the page that readers would see if the draft were published now, with the tags that search engines and social networks read.',
      access: 'documents:read',
      params: byId,
      query: noQuery,
      responses: { 200: { description: 'The page', content: { 'text/html': 'text' } } },
      errors: READ_ERRORS,
      async handle({ identity: { sessionId, userId }, params: { id }, raw, secure }) {
        const document = await documents.get(userId, id);
        if (!document || document.deletedAt !== undefined) return problemOf('not_found');
        const draft = await draftContents.read(id, 'content');
        if (!draft.ok) return problem(draft);
        const now = new Date(clock.now()).toISOString();
        const first = await revisions.summary(id, 1, sessionId);
        const { slug, owner, visibility, live, language, published } = document;
        const html = renderPreview(raw, secure, {
          documentId: id,
          slug,
          ...titledAs(draft.content, document),
          body: draft.content.body,
          revision: (published?.revision ?? 0) + 1,
          author: owner,
          publishedAt: now,
          firstPublishedAt: first?.publishedAt ?? now,
          updatedAt: now,
          visibility,
          live,
          seq: null,
          coverage: null,
          language,
        });
        return bytes(new TextEncoder().encode(html), 'text/html; charset=utf-8', HEADERS);
      },
    }),
  ];
}
