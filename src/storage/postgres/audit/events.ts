/**
 * The audit trail: who did what to which thing, when, from where and with what outcome. Knows nothing of what the events
 * mean.
 *
 * I5: `recordEvent` writes in the transaction of the change: both are committed or neither is. Events are only inserted;
 * the table refuses everything else.
 */
import { isIP } from 'node:net';
import type { EntityManager } from '@mikro-orm/postgresql';
import type { AuditEvent as PublicEvent } from '../../../../schemas/http.ts';
import type { Actor } from '../../../ports/actor.ts';
import type { AuditTrail } from '../../../ports/audit.ts';
import type { Orm } from '../orm.ts';
import { primaryReads, type ReplicaReads } from '../replicas/replica-reads.ts';
import type { Run } from '../transaction.ts';
import type { AuditAction } from './actions.ts';

export interface AuditEvent {
  action: AuditAction;
  actor: Actor;
  target?: { kind: 'document' | 'user' | 'session' | 'token' | 'webhook'; id: string };
  outcome: 'ok' | 'denied' | 'failed';
  /** The state before and after, where it is small. */
  before?: object;
  after?: object;
  details?: object;
}

const TEXT_CHARS = 256;

const insert = (parameter: '?' | '$1') => `
  insert into audit_events
    (id, at, actor_kind, user_id, token_id, session_id, action, target_kind, target_id, outcome, ip, user_agent,
     request_id, surface, transport, before, after, details)
  select audit_event_id(now.at), now.at, e.*
    from (select clock_timestamp() as at) now,
         jsonb_to_record(${parameter}::jsonb) as e(kind text, "userId" uuid, "tokenId" uuid, "sessionId" uuid,
           action text, "targetKind" text, "targetId" text, outcome text, ip inet, "userAgent" text,
           "requestId" text, surface text, transport text, before jsonb, after jsonb, details jsonb)`;

const INSERT = { orm: insert('?'), run: insert('$1') };

/** An address as `inet` takes it: without the zone of a link-local one. */
export function inetOf(address: string | undefined): string | undefined {
  const bare = address?.replace(/%.*$/, '');
  return bare !== undefined && isIP(bare) !== 0 ? bare : undefined;
}

/** PostgreSQL's text takes neither lone surrogates nor U+0000. */
const storable = (_key: string, value: unknown) =>
  typeof value === 'string' ? value.toWellFormed().replaceAll('\0', '\ufffd') : value;

function row({ action, actor, target, outcome, before, after, details }: AuditEvent): string {
  const { kind, userId, tokenId, sessionId, ip, userAgent, requestId, surface, transport } = actor;
  return JSON.stringify(
    {
      kind,
      userId,
      tokenId,
      sessionId,
      action,
      targetKind: target?.kind,
      targetId: target?.id,
      outcome,
      ip: inetOf(ip),
      userAgent: userAgent?.slice(0, TEXT_CHARS),
      requestId: requestId?.slice(0, TEXT_CHARS),
      surface,
      transport,
      before,
      after,
      details,
    },
    storable,
  );
}

/**
 * Writes an event in the caller's transaction.
 * @param tx the ORM's entity manager within `transactional`, or a transaction of plain SQL
 */
export async function recordEvent(tx: EntityManager | Run, event: AuditEvent): Promise<void> {
  if (typeof tx === 'function') await tx(INSERT.run, [row(event)]);
  else await tx.execute(INSERT.orm, [row(event)]);
}

interface EventRow {
  id: string;
  at_ms: number;
  actor_kind: Actor['kind'];
  handle: string | null;
  user_id: string | null;
  token_id: string | null;
  session_id: string | null;
  action: string;
  outcome: AuditEvent['outcome'];
  ip: string | null;
  user_agent: string | null;
  request_id: string | null;
  surface: string | null;
  transport: string | null;
  before: object | null;
  after: object | null;
  details: object | null;
}

/** The id of an event contains its time, so that its row is found in one partition. */
const CURSOR_MS = `(('x' || translate(left($2::text, 13), '-', ''))::bit(48)::bigint)`;

const LIST = `
  select e.id, (extract(epoch from e.at) * 1000)::float8 as at_ms, e.actor_kind, u.handle, e.user_id, e.token_id,
         e.session_id, e.action, e.outcome, e.request_id, e.surface, e.transport,
         case when e.user_id = $4 then host(e.ip) end as ip, case when e.user_id = $4 then e.user_agent end as user_agent,
         e.before, e.after, e.details
    from audit_events e
    left join users u on u.id = e.user_id
   where e.target_kind = 'document' and e.target_id = $1
     and ($2::uuid is null
          or (e.at, e.id) < (select c.at, c.id from audit_events c
                              where c.id = $2 and c.target_kind = 'document' and c.target_id = $1
                                and c.at >= to_timestamp(${CURSOR_MS} / 1000.0) - interval '1 ms'
                                and c.at < to_timestamp(${CURSOR_MS} / 1000.0) + interval '2 ms'))
   order by e.at desc, e.id desc
   limit $3`;

/** Only what is there. */
function present<T extends object>(values: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}

const toPublic = (row: EventRow): PublicEvent => ({
  id: row.id,
  at: new Date(row.at_ms).toISOString(),
  action: row.action,
  outcome: row.outcome,
  actor: {
    kind: row.actor_kind,
    ...present({
      handle: row.handle,
      userId: row.user_id,
      tokenId: row.token_id,
      sessionId: row.session_id,
      ip: row.ip,
      userAgent: row.user_agent,
      requestId: row.request_id,
      surface: row.surface,
      transport: row.transport,
    }),
  },
  ...present({ before: row.before, after: row.after, details: row.details }),
});

/** @param reads where events are read */
export function createAuditTrail(orm: Orm, reads: ReplicaReads = primaryReads(orm)): AuditTrail {
  return {
    async ofDocument(documentId, { limit, after }, { userId, sessionId }) {
      // One more than the limit shows whether there is a next page. A replica may not have the cursor's event yet.
      const { rows } = await reads.query<EventRow>(
        sessionId,
        LIST,
        [documentId, after ?? null, limit + 1, userId],
        (found) => after === undefined || found.length > 0,
      );
      const events = rows.slice(0, limit).map(toPublic);
      const next = rows.length > limit ? events.at(-1)?.id : undefined;
      return { events, ...(next !== undefined && { next }) };
    },
  };
}
