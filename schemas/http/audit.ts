/** The audit trail of a document: who did what, when, from where, and the result (I5). */
import Type, { type Static } from 'typebox';
import { AfterCursor, Handle, Limit, NextCursor, strict, Timestamp, Uuid } from './common.ts';

const state = (when: string) => Type.Object({}, { description: `State ${when} the change, if it is small` });

export const AuditEvent = Type.Object(
  {
    id: Uuid,
    at: Timestamp,
    action: Type.String({ description: 'What was done: `document.published`, `grant.set`, `draft.edited` and others' }),
    outcome: Type.Union([Type.Literal('ok'), Type.Literal('denied'), Type.Literal('failed')], {
      description: 'Result of the action',
    }),
    actor: Type.Object(
      {
        kind: Type.Union(
          [Type.Literal('user'), Type.Literal('token'), Type.Literal('operator'), Type.Literal('system')],
          { description: 'Who acted: a user, an API token, an operator of the server, or Stet itself' },
        ),
        handle: Type.Optional(Handle),
        userId: Type.Optional(Type.String({ ...Uuid, description: 'The user' })),
        tokenId: Type.Optional(Type.String({ ...Uuid, description: 'The API token' })),
        sessionId: Type.Optional(Type.String({ ...Uuid, description: 'The session' })),
        ip: Type.Optional(Type.String({ description: 'IP address, for your own events only' })),
        userAgent: Type.Optional(Type.String({ description: 'User agent, for your own events only' })),
        requestId: Type.Optional(Type.String({ description: '`X-Request-Id` of the request' })),
        surface: Type.Optional(
          Type.String({ description: 'Where the request came in: `www`, `m`, `api` or `widget`' }),
        ),
        transport: Type.Optional(Type.String({ description: '`https` or `http`' })),
      },
      { ...strict, title: 'AuditActor' },
    ),
    before: Type.Optional(state('before')),
    after: Type.Optional(state('after')),
    details: Type.Optional(Type.Object({}, { description: 'More about the action' })),
  },
  { ...strict, title: 'AuditEvent' },
);
export type AuditEvent = Static<typeof AuditEvent>;

/** Query of `GET /v1/documents/{id}/audit`. */
export const AuditQuery = Type.Object(
  {
    limit: Type.Optional(Limit),
    after: Type.Optional(AfterCursor),
  },
  strict,
);
export type AuditQuery = Static<typeof AuditQuery>;

/** Newest first. `next` is there when more follow. */
export const AuditPage = Type.Object(
  { events: Type.Array(AuditEvent), next: Type.Optional(NextCursor) },
  { ...strict, title: 'AuditPage' },
);
export type AuditPage = Static<typeof AuditPage>;
