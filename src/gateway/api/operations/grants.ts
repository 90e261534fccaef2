/** `/v1/documents/{id}/grants`: granting and revoking access. A change is committed, then published (I6). */
import Type from 'typebox';
import { Grant, GrantList, Handle, SetGrant } from '../../../../schemas/http.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { AccessPort, PublishUserChange } from '../../../ports/access.ts';
import type { GrantChangeResult, GrantStore, GrantTarget } from '../../../ports/grants.ts';
import { problem, problemOf } from '../../http/problem.ts';
import { jsonOperation, type Operation, operation } from '../kernel/operation.ts';
import { empty, json } from '../kernel/responses.ts';
import { byId, idOf, noQuery } from './paths.ts';

const tag = 'Sharing';
const byHandle = Type.Object({ id: idOf('document'), handle: Handle });

const DETAILS: Partial<Record<string, string>> = {
  conflict: 'A document needs an owner. Make another user an owner first.',
  forbidden: 'Only owners can change the grants of a document.',
};

export interface GrantPorts {
  access: Pick<AccessPort, 'roleOf'>;
  grants: GrantStore;
  onUserChange: PublishUserChange;
  log: Logger;
}

export function grantOperations({ access, grants, log, onUserChange }: GrantPorts): Operation[] {
  /** Publishes the committed changes, or returns the response that refuses them. */
  function publishOrRefuse(by: string, target: GrantTarget, outcome: GrantChangeResult): Response | undefined {
    if (!outcome.ok) return problem(outcome, { detail: DETAILS[outcome.error.code] });
    for (const { userId, change } of outcome.changes) {
      onUserChange(userId, change);
      log.info({ documentId: target.documentId, userId, by, change }, 'grant changed');
    }
    return undefined;
  }

  return [
    operation({
      id: 'listGrants',
      method: 'get',
      path: '/documents/{id}/grants',
      tag,
      summary: 'List grants',
      description: 'Returns the grants of a document that you own, sorted by username.',
      access: 'share',
      params: byId,
      query: noQuery,
      responses: { 200: { description: 'The grants', content: { 'application/json': GrantList } } },
      errors: ['forbidden'],
      async handle({ identity, params: { id } }) {
        const role = await access.roleOf(identity.userId, id);
        if (role === null) return problemOf('not_found');
        if (role !== 'own') return problemOf('forbidden', { detail: 'Only owners can list the grants of a document.' });
        return json({ grants: await grants.list(id) } satisfies GrantList);
      },
    }),
    jsonOperation({
      id: 'setGrant',
      method: 'put',
      path: '/documents/{id}/grants/{handle}',
      tag,
      summary: 'Grant access to a user',
      description:
        'Gives a user a level of access to a document that you own, or changes the level. `handle` is the username.',
      access: 'share',
      params: byHandle,
      query: noQuery,
      json: SetGrant,
      responses: { 200: { description: 'The grant', content: { 'application/json': Grant } } },
      errors: ['forbidden', 'conflict'],
      async handle({ actor, body: { level }, identity, params: { id, handle } }) {
        const target = { documentId: id, handle };
        const outcome = await grants.put(actor, target, level);
        return publishOrRefuse(identity.userId, target, outcome) ?? json({ handle, level } satisfies Grant);
      },
    }),
    operation({
      id: 'removeGrant',
      method: 'delete',
      path: '/documents/{id}/grants/{handle}',
      tag,
      summary: 'Revoke a user’s access',
      description:
        'Removes the grant of a user. Owners can remove any grant, other users their own. Open connections of the user lose the document within a second.',
      access: 'share',
      params: byHandle,
      query: noQuery,
      responses: { 204: { description: 'Revoked' } },
      errors: ['forbidden', 'conflict'],
      async handle({ actor, identity, params: { id, handle } }) {
        const target = { documentId: id, handle };
        const outcome = await grants.remove(actor, target);
        return publishOrRefuse(identity.userId, target, outcome) ?? empty();
      },
    }),
  ];
}
