/**
 * Puts deliveries into the queue of webhooks in the caller's transaction: what happened and its deliveries are committed
 * together or not at all. Knows nothing of sending.
 *
 * I6: a webhook gets what its owner has a grant for at this moment; the sender checks again before each attempt.
 * I9: a webhook that cannot keep up has a bounded queue. Beyond it edits are left out, for a later one says the same; of
 * anything else a failed delivery is kept, which its owner can send again.
 */

import type { WebhookEvent as EventName } from '../../../schemas/http.ts';

export interface WebhookEvent {
  event: EventName;
  documentId: string;
  /** What receivers get as `data`: plain JSON, its text well-formed and without U+0000. */
  payload: object;
}

/** Runs one statement in the caller's transaction, its values bound as `$1`…. */
export type RunStatement = (sql: string, values: unknown[]) => Promise<unknown>;

/** Deliveries that may wait for one webhook. */
export const MAX_PENDING = 1_000;
export const QUEUE_FULL = 'too many deliveries are pending for this webhook';

/** Of two edits the one that is further, also when they come in the other order. */
const NEWEST = `
    case when excluded.payload -> 'seq' < webhook_deliveries.payload -> 'seq'
         then webhook_deliveries.payload else excluded.payload end`;

// Merged edits name the whole range and all its authors.
// Locked against deletion, so that a webhook that goes meanwhile is passed over instead of failing the caller. Ordered, so
// that two transactions about the same documents wait for each other rather than deadlock.
const ENQUEUE = `
  insert into webhook_deliveries (webhook_id, document_id, event, payload, gathering, state, next_attempt_at, last_error)
  select found.webhook_id, found.document_id, found.event, found.payload, found.event = 'document.edited',
         case when found.full then 'failed' else 'pending' end,
         case when found.full then null else now() end,
         case when found.full then '${QUEUE_FULL}' end
    from (select w.id as webhook_id, e."documentId" as document_id, e.event, e.payload,
                 (select count(*) from (select from webhook_deliveries p
                                         where p.webhook_id = w.id and p.state = 'pending' limit ${MAX_PENDING}) waiting)
                   >= ${MAX_PENDING} as full
            from jsonb_to_recordset($1::jsonb) as e(event text, "documentId" uuid, payload jsonb)
            join grants g on g.document_id = e."documentId"
            join webhooks w on w.user_id = g.user_id
           where w.active and e.event = any (w.events) and (w.document_id is null or w.document_id = e."documentId")
           order by e."documentId", w.id
             for key share of w) found
   where not (found.full and found.event = 'document.edited')
  on conflict (webhook_id, document_id) where gathering
  do update set payload = ${NEWEST}
    || jsonb_strip_nulls(jsonb_build_object(
         'fromSeq', least(webhook_deliveries.payload -> 'fromSeq', excluded.payload -> 'fromSeq'),
         'userIds', (select jsonb_agg(distinct author) from jsonb_array_elements(
                       coalesce(webhook_deliveries.payload -> 'userIds', '[]')
                         || coalesce(excluded.payload -> 'userIds', '[]')) author)))`;

/** Enqueues events for every webhook that subscribes to them. Edits that were not delivered yet become one delivery. */
export async function enqueueWebhooks(run: RunStatement, events: readonly WebhookEvent[]): Promise<void> {
  if (events.length === 0) return;
  // Of several edits of a document the last one counts.
  const lastEdits = new Map(
    events.filter(({ event }) => event === 'document.edited').map((edit) => [edit.documentId, edit]),
  );
  const latest = events.filter(
    (event) => event.event !== 'document.edited' || lastEdits.get(event.documentId) === event,
  );
  await run(ENQUEUE, [JSON.stringify(latest)]);
}
