/** `/v1/documents`: making, listing, reading and renaming documents. */
import type { Hono } from 'hono';
import {
  type Document,
  type DocumentList,
  DocumentListQuery,
  DocumentPatch,
  type DocumentWithGrants,
  NewDocument,
} from '../../../schemas/http.ts';
import { DocumentId } from '../../../schemas/realtime.ts';
import type { requireIdentity } from './authenticate.ts';
import { checkerOf, type Gated, readJson } from './body.ts';
import type { ApiEnv, ApiPorts } from './context.ts';
import { problem, problemOf } from './problem.ts';
import { type ApiContext, resource } from './resource.ts';

const DEFAULT_PAGE = 100;

const checkNewDocument = checkerOf(NewDocument);
const checkPatch = checkerOf(DocumentPatch);
const checkListQuery = checkerOf(DocumentListQuery);
const checkDocumentId = checkerOf(DocumentId);

/** The `:id` of a path; undefined when it cannot be a document's. */
export function documentIdOf(c: ApiContext): string | undefined {
  const checked = checkDocumentId(c.req.param('id'));
  return checked.ok ? checked.value : undefined;
}

/** A title without the spaces around it. */
function trimmed({ title }: { title: string }): Gated<string> {
  const value = title.trim();
  if (value !== '') return { ok: true, value };
  return { ok: false, refusal: problemOf('bad_request', { detail: 'title: must not be blank.' }) };
}

export function documentRoutes(
  app: Hono<ApiEnv>,
  { documents, grants, limits, log }: ApiPorts,
  signedIn: ReturnType<typeof requireIdentity>,
): void {
  /** The document as the caller sees it, its grants only for owners; undefined: not there, or not for them. */
  async function view(userId: string, id: string): Promise<Document | DocumentWithGrants | undefined> {
    const document = await documents.get(userId, id);
    return document?.role === 'own' ? { ...document, grants: await grants.list(id) } : document;
  }

  resource(app, '/documents', {
    GET: [
      signedIn,
      async (c) => {
        const query = checkListQuery(c.req.query());
        if (!query.ok) return problemOf('bad_request', { detail: query.detail });
        const { limit, after } = query.value;
        const page = { limit: limit === undefined ? DEFAULT_PAGE : Number(limit), after };
        const { documents: found, next } = await documents.list(c.get('identity').userId, page);
        const answer: DocumentList = { documents: found, ...(next !== undefined && { next }) };
        return c.json(answer);
      },
    ],
    POST: [
      signedIn,
      async (c) => {
        const body = await readJson(c.req.raw, limits.maxJsonBytes, checkNewDocument);
        if (!body.ok) return body.refusal;
        const title = trimmed(body.value);
        if (!title.ok) return title.refusal;
        const identity = c.get('identity');
        const document = await documents.create(identity, title.value);
        log.info({ documentId: document.id, userId: identity.userId }, 'document created');
        return c.json(document, 201, { location: `/v1/documents/${document.id}` });
      },
    ],
  });

  resource(app, '/documents/:id', {
    GET: [
      signedIn,
      async (c) => {
        const id = documentIdOf(c);
        const document = id === undefined ? undefined : await view(c.get('identity').userId, id);
        return document ? c.json(document) : problemOf('not_found');
      },
    ],
    PATCH: [
      signedIn,
      async (c) => {
        const id = documentIdOf(c);
        if (id === undefined) return problemOf('not_found');
        const body = await readJson(c.req.raw, limits.maxJsonBytes, checkPatch);
        if (!body.ok) return body.refusal;
        const title = trimmed(body.value);
        if (!title.ok) return title.refusal;
        const { userId } = c.get('identity');
        const renamed = await documents.rename(userId, id, title.value);
        if (!renamed.ok) return problem(renamed);
        const document = await view(userId, id);
        return document ? c.json(document) : problemOf('not_found');
      },
    ],
  });
}
