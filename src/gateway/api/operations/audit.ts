/** `GET /v1/documents/{id}/audit`: a document's audit trail, for its owners (I5). */
import { AuditPage, AuditQuery } from '../../../../schemas/http.ts';
import type { AccessPort } from '../../../ports/access.ts';
import type { AuditTrail } from '../../../ports/audit.ts';
import { problemOf } from '../../http/problem.ts';
import { type Operation, operation } from '../kernel/operation.ts';
import { json } from '../kernel/responses.ts';
import { byId } from './paths.ts';

const DEFAULT_PAGE = 50;

export interface AuditPorts {
  access: Pick<AccessPort, 'roleOf'>;
  audit: AuditTrail;
}

export function auditOperations({ access, audit }: AuditPorts): Operation[] {
  return [
    operation({
      id: 'listAuditEvents',
      method: 'get',
      path: '/documents/{id}/audit',
      tag: 'Audit',
      summary: 'List audit events',
      description:
        'Returns the audit trail of a document that you own, newest first. Events of other users have no IP address and no user agent.',
      access: 'audit:read',
      params: byId,
      query: AuditQuery,
      responses: { 200: { description: 'A page of audit events', content: { 'application/json': AuditPage } } },
      errors: ['forbidden'],
      async handle({ identity, params: { id }, query: { limit = DEFAULT_PAGE, after } }) {
        const role = await access.roleOf(identity.userId, id);
        if (role === null) return problemOf('not_found');
        if (role !== 'own') return problemOf('forbidden', { detail: 'Only owners can read the audit trail.' });
        return json((await audit.ofDocument(id, { limit, after }, identity)) satisfies AuditPage);
      },
    }),
  ];
}
