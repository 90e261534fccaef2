/** The audit trail of a document: who did what, when, from where and with what outcome (I5). */
import Type, { type Static } from 'typebox';
import { Handle, Limit, strict, Timestamp, Uuid } from './common.ts';

const State = Type.Object({}, { description: 'Present if it is small' });

export const AuditEvent = Type.Object(
  {
    id: Uuid,
    at: Timestamp,
    action: Type.String({ description: '`document.published`, `grant.set`, `draft.edited`…' }),
    outcome: Type.Union([Type.Literal('ok'), Type.Literal('denied'), Type.Literal('failed')]),
    actor: Type.Object(
      {
        kind: Type.Union([
          Type.Literal('user'),
          Type.Literal('token'),
          Type.Literal('operator'),
          Type.Literal('system'),
        ]),
        handle: Type.Optional(Handle),
        userId: Type.Optional(Uuid),
        tokenId: Type.Optional(Uuid),
        sessionId: Type.Optional(Uuid),
        ip: Type.Optional(Type.String()),
        userAgent: Type.Optional(Type.String()),
        requestId: Type.Optional(Type.String()),
        surface: Type.Optional(Type.String({ description: '`www`, `m`, `api` or `widget`' })),
        transport: Type.Optional(Type.String({ description: '`https` or `http`' })),
      },
      { ...strict, title: 'AuditActor' },
    ),
    before: Type.Optional(State),
    after: Type.Optional(State),
    details: Type.Optional(Type.Object({})),
  },
  { ...strict, title: 'AuditEvent' },
);
export type AuditEvent = Static<typeof AuditEvent>;

/** Query of `GET /v1/documents/{id}/audit`. */
export const AuditQuery = Type.Object(
  {
    limit: Type.Optional(Limit),
    after: Type.Optional(Type.String({ ...Uuid, description: 'Cursor: `next` of the previous page' })),
  },
  strict,
);
export type AuditQuery = Static<typeof AuditQuery>;

/** Newest first. `next` is there when more follow. */
export const AuditPage = Type.Object(
  { events: Type.Array(AuditEvent), next: Type.Optional(Uuid) },
  { ...strict, title: 'AuditPage' },
);
export type AuditPage = Static<typeof AuditPage>;
