/**
 * `POST /v1/documents/{id}/updates`: one Yjs v1 update without a socket. A page that is being closed sends its unsaved work this
 * way (`fetch` with `keepalive`), with a content type that needs no preflight.
 */
import { Accepted } from '../../../../schemas/http.ts';
import type { AccessPort } from '../../../ports/access.ts';
import type { Drafts } from '../../../ports/drafts.ts';
import { problem, problemOf } from '../../http/problem.ts';
import { bodyOperation, type Operation } from '../kernel/operation.ts';
import { json } from '../kernel/responses.ts';
import { byId, noQuery } from './paths.ts';

/** Codes that any write of a draft can answer. */
export const WRITE_ERRORS = [
  'read_only',
  'reopen',
  'overloaded',
  'draining',
  'restarting',
  'document_too_large',
  'update_too_large',
  'update_too_expensive',
  'update_limit',
] as const;

export interface UpdatePorts {
  access: Pick<AccessPort, 'roleOf'>;
  drafts: Pick<Drafts, 'edit'>;
}

export function updateOperations({ access, drafts }: UpdatePorts): Operation[] {
  return [
    bodyOperation({
      id: 'postUpdate',
      method: 'post',
      path: '/documents/{id}/updates',
      tag: 'Drafts',
      summary: 'Apply a Yjs update to a draft',
      description:
        'Takes one update in Yjs encoding v1, and responds after the commit. You can repeat the request safely: an update is applied once.',
      access: 'documents:write',
      params: byId,
      query: noQuery,
      // Any of these media types is accepted; `fetch` sends none at all for a bare buffer.
      body: {
        forms: { 'application/octet-stream': 'bytes', 'text/plain': 'bytes', '': 'bytes' },
        limit: 'maxUpdateBytes',
      },
      responses: {
        200: { description: 'The position of the committed change', content: { 'application/json': Accepted } },
      },
      errors: [...WRITE_ERRORS, 'update_malformed', 'update_unsupported', 'update_unknown_base', 'client_forged'],
      async handle({ body, identity, params: { id } }) {
        const role = await access.roleOf(identity.userId, id);
        if (role === null) return problemOf('not_found');
        if (role === 'view') return problemOf('read_only');
        const update = body.value as Uint8Array;
        if (update.byteLength === 0) return problemOf('update_malformed', { detail: 'The body is empty.' });
        const author = { userId: identity.userId, sessionId: identity.sessionId };
        const edited = await drafts.edit(id, { author, update });
        return edited.ok ? json({ seq: edited.seq } satisfies Accepted) : problem(edited);
      },
    }),
  ];
}
