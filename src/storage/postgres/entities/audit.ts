/** The entity of the audit trail, for reading and checking: events are written with plain SQL. */
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export const AuditEvent = defineEntity({
  name: 'AuditEvent',
  tableName: 'audit_events',
  properties: {
    at: p.datetime().primary(),
    id: p.uuid().primary(),
    actorKind: p.enum(['user', 'token', 'operator', 'system']),
    userId: p.uuid().nullable(),
    tokenId: p.uuid().nullable(),
    sessionId: p.uuid().nullable(),
    action: p.text(),
    targetKind: p.text().nullable(),
    targetId: p.text().nullable(),
    outcome: p.enum(['ok', 'denied', 'failed']),
    ip: p.string().columnType('inet').nullable(),
    userAgent: p.text().nullable(),
    requestId: p.text().nullable(),
    surface: p.text().nullable(),
    transport: p.text().nullable(),
    before: p.json().nullable(),
    after: p.json().nullable(),
    details: p.json().nullable(),
  },
});
export type AuditEvent = InferEntity<typeof AuditEvent>;
