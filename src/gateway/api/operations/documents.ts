/** `/v1/documents`: creating, listing, reading and changing documents; deleting and restoring them. */
import {
  Document,
  DocumentList,
  DocumentListQuery,
  DocumentPatch,
  DocumentWithGrants,
  isSearchCursor,
  NewDocument,
} from '../../../../schemas/http.ts';
import { canonicalLanguage } from '../../../lib/language-tag.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { Identity, PublishUserChange, UserChangeNotice } from '../../../ports/access.ts';
import type { DocumentStore } from '../../../ports/documents.ts';
import type { Drafts } from '../../../ports/drafts.ts';
import type { GrantStore } from '../../../ports/grants.ts';
import type { Notify } from '../../../ports/notices.ts';
import { documentChannel } from '../../../ports/notices.ts';
import { hasScope } from '../../access/token-rights.ts';
import { problem, problemOf } from '../../http/problem.ts';
import { jsonOperation, type Operation, operation } from '../kernel/operation.ts';
import { empty, json } from '../kernel/responses.ts';
import { byId, noParams, noQuery } from './paths.ts';
import { readSlug } from './slug.ts';

const tag = 'Documents';
const DEFAULT_PAGE = 100;
const BLANK_TITLE = 'title: must not be blank.';
const OTHER_LIST = 'after: is the cursor of another list.';
const UNKNOWN_LANGUAGE = 'language: must be a language tag (BCP 47), such as en or pt-BR.';

export interface DocumentPorts {
  documents: DocumentStore;
  drafts: Pick<Drafts, 'write'>;
  grants: Pick<GrantStore, 'list'>;
  notify: Notify;
  onUserChange: PublishUserChange;
  log: Logger;
}

/** The same with the language as it is written canonically; undefined: it is none. */
function canonicalized<Body extends { readonly language?: string | null }>(body: Body): Body | undefined {
  if (body.language === undefined || body.language === null) return body;
  const language = canonicalLanguage(body.language);
  return language === undefined ? undefined : { ...body, language };
}

export function documentOperations(ports: DocumentPorts): Operation[] {
  const { documents, drafts, grants, log, notify, onUserChange } = ports;

  /** The document as the caller may see it, with its grants for owners; undefined: not found, or no access. */
  async function view({ userId, tokenRights }: Identity, id: string): Promise<DocumentWithGrants | undefined> {
    const document = await documents.get(userId, id);
    // The scope that `listGrants` needs is needed here as well.
    const maySeeGrants = document?.role === 'own' && (!tokenRights || tokenRights.scopes.includes('share'));
    return document && maySeeGrants ? { ...document, grants: await grants.list(id) } : document;
  }
  const publishChanges = (changes: readonly UserChangeNotice[]) => {
    for (const { userId, change } of changes) onUserChange(userId, change);
  };

  return [
    operation({
      id: 'listDocuments',
      method: 'get',
      path: '/documents',
      tag,
      summary: 'List documents',
      description:
        'Returns the documents that you have access to, newest first. With `q`, returns those that match, best match first: in the title before in the text, whole words before beginnings of words before typing errors, and then the documents that you opened or edited last.',
      access: 'documents:read',
      params: noParams,
      query: DocumentListQuery,
      responses: { 200: { description: 'A page of documents', content: { 'application/json': DocumentList } } },
      errors: [],
      async handle({ identity, query: { limit = DEFAULT_PAGE, after, ...filters } }) {
        if (after !== undefined && isSearchCursor(after) !== (filters.q !== undefined)) {
          return problemOf('bad_request', { detail: OTHER_LIST });
        }
        const { documents: found, next } = await documents.list(
          identity.userId,
          { limit, after, ...filters },
          identity.sessionId,
        );
        return json({ documents: found, ...(next !== undefined && { next }) } satisfies DocumentList);
      },
    }),
    jsonOperation({
      id: 'createDocument',
      method: 'post',
      path: '/documents',
      tag,
      summary: 'Create a document',
      description: 'Creates a document with an empty draft. You become its owner.',
      access: 'documents:write',
      params: noParams,
      query: noQuery,
      json: NewDocument,
      acceptsIdempotencyKey: true,
      responses: { 201: { description: 'The new document', content: { 'application/json': Document } } },
      errors: ['slug_taken'],
      async handle({ actor, body, identity }) {
        const title = body.title.trim();
        if (title === '') return problemOf('bad_request', { detail: BLANK_TITLE });
        const asked = canonicalized(body);
        if (!asked) return problemOf('bad_request', { detail: UNKNOWN_LANGUAGE });
        const named = readSlug(body);
        if (!named.ok) return problemOf('bad_request', { detail: named.detail });
        const created = await documents.create(actor, identity.handle, { ...asked, ...named.value, title });
        if (!created.ok) return problem(created);
        const { document } = created;
        log.info({ documentId: document.id, userId: identity.userId }, 'document created');
        return json(document satisfies Document, 201, { location: `/v1/documents/${document.id}` });
      },
    }),
    operation({
      id: 'getDocument',
      method: 'get',
      path: '/documents/{id}',
      tag,
      summary: 'Get a document',
      description: 'Returns the metadata of a document. Owners also get its grants.',
      access: 'documents:read',
      params: byId,
      query: noQuery,
      responses: { 200: { description: 'The document', content: { 'application/json': DocumentWithGrants } } },
      errors: [],
      async handle({ identity, params: { id } }) {
        const document = await view(identity, id);
        return document ? json(document) : problemOf('not_found');
      },
    }),
    jsonOperation({
      id: 'changeDocument',
      method: 'patch',
      path: '/documents/{id}',
      tag,
      summary: 'Update a document',
      description:
        'Updates the fields that you send, and leaves the others unchanged. Title and summary are part of the draft, so authors who have it open see the change at once. Only owners can change the slug and the visibility. An API token needs the scope `publish` as well to change `live` or `visibility`, because readers may see the draft then. The slug follows the title until the first publication, unless you set `slug`; `slugStyle` makes a new slug from the title in that style. A slug is reserved for the document from its first public publication. After a change the former URL redirects to the new one, until another document is published there.',
      access: 'documents:write',
      params: byId,
      query: noQuery,
      json: DocumentPatch,
      responses: { 200: { description: 'The document', content: { 'application/json': DocumentWithGrants } } },
      errors: ['read_only', 'forbidden', 'slug_taken', 'reopen', 'overloaded', 'document_too_large', 'draining'],
      async handle({ actor, body, identity, params: { id } }) {
        const { userId } = identity;
        // Either may show readers what they did not see.
        const publishes = body.live !== undefined || body.visibility !== undefined;
        if (publishes && !hasScope(identity, 'publish')) return problemOf('scope_missing');
        const title = body.title?.trim();
        if (title === '') return problemOf('bad_request', { detail: BLANK_TITLE });
        const asked = canonicalized(body);
        if (!asked) return problemOf('bad_request', { detail: UNKNOWN_LANGUAGE });
        const named = readSlug(body);
        if (!named.ok) return problemOf('bad_request', { detail: named.detail });
        const change = { ...asked, ...named.value, ...(title !== undefined && { title }) };
        const changed = await documents.change(actor, id, change);
        if (!changed.ok) return problem(changed);
        // I6: this change is committed, whatever happens to the draft's.
        const { changesLists } = changed;
        notify(documentChannel(id), { kind: 'changed' }, { changesLists });
        if (change.title !== undefined || change.summary !== undefined) {
          const { title, summary } = change;
          const written = await drafts.write(id, {
            author: { userId, sessionId: identity.sessionId },
            change: { ...(title !== undefined && { title }), ...(summary !== undefined && { summary }) },
          });
          if (!written.ok) return problem(written);
        }
        const document = await view(identity, id);
        return document ? json(document) : problemOf('not_found');
      },
    }),
    operation({
      id: 'deleteDocument',
      method: 'delete',
      path: '/documents/{id}',
      tag,
      summary: 'Delete a document',
      description: 'Deletes a document that you own. Nobody can open it any more; you can restore it for 30 days.',
      access: 'documents:write',
      params: byId,
      query: noQuery,
      responses: { 204: { description: 'Deleted' } },
      errors: ['forbidden'],
      async handle({ actor, params: { id } }) {
        const removed = await documents.remove(actor, id);
        if (!removed.ok) return problem(removed);
        const { changes, changesLists } = removed;
        publishChanges(changes);
        notify(documentChannel(id), { kind: 'deleted' }, { changesLists });
        return empty();
      },
    }),
    operation({
      id: 'restoreDocument',
      method: 'post',
      path: '/documents/{id}/restore',
      tag,
      summary: 'Restore a document',
      description: 'Restores a document that you own, within 30 days after its deletion.',
      access: 'documents:write',
      params: byId,
      query: noQuery,
      responses: { 200: { description: 'The document', content: { 'application/json': DocumentWithGrants } } },
      errors: ['forbidden', 'slug_taken'],
      async handle({ actor, identity, params: { id } }) {
        const restored = await documents.restore(actor, id);
        if (!restored.ok) return problem(restored);
        const { changes, changesLists } = restored;
        publishChanges(changes);
        notify(documentChannel(id), { kind: 'restored' }, { changesLists });
        const document = await view(identity, id);
        return document ? json(document) : problemOf('not_found');
      },
    }),
  ];
}
