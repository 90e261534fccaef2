/** The log of deliveries as a webhook's owner sees it, and what its owner may do: send a test, and send a delivery again. */
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { Delivery } from '../../../../schemas/http.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { DeliveryLog, WebhookFailure } from '../../../ports/webhooks.ts';
import { MAX_PENDING, QUEUE_FULL } from '../enqueue-webhooks.ts';
import { Webhook } from '../entities/webhooks.ts';
import type { Orm } from '../orm.ts';

export const TEST_EVENT = 'webhook.test';
const OFF = 'The webhook is disabled. Enable it first.';

interface Row {
  id: string;
  event: string;
  document_id: string | null;
  state: Delivery['state'];
  attempts: number;
  last_status: number | null;
  last_error: string | null;
  created_ms: number;
  next_ms: number | null;
  delivered_ms: number | null;
}

const COLUMNS = `
  id, event, document_id, state, attempts, last_status, last_error,
  (extract(epoch from created_at) * 1000)::float8 as created_ms,
  (extract(epoch from next_attempt_at) * 1000)::float8 as next_ms,
  (extract(epoch from delivered_at) * 1000)::float8 as delivered_ms`;

const iso = (ms: number | null) => (ms === null ? null : new Date(ms).toISOString());

const toPublic = (row: Row): Delivery => ({
  id: row.id,
  event: row.event,
  documentId: row.document_id,
  state: row.state,
  attempts: row.attempts,
  lastStatus: row.last_status,
  lastError: row.last_error,
  createdAt: new Date(row.created_ms).toISOString(),
  nextAttemptAt: iso(row.next_ms),
  deliveredAt: iso(row.delivered_ms),
});

/** The webhook, locked against being switched off meanwhile, if it can take another delivery. */
async function ready(tx: EntityManager, userId: string, id: string): Promise<{ ok: true } | WebhookFailure> {
  const webhook = await tx.findOne(Webhook, { id, userId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
  if (!webhook) return failure('not_found');
  if (!webhook.active) return { ...failure('conflict'), detail: OFF };
  const [{ waiting } = { waiting: 0 }] = await tx.execute<{ waiting: number }[]>(
    `select count(*)::integer as waiting
       from (select from webhook_deliveries where webhook_id = ? and state = 'pending' limit ${MAX_PENDING}) pending`,
    [id],
  );
  return waiting < MAX_PENDING ? { ok: true } : { ...failure('overloaded'), detail: `There are ${QUEUE_FULL}.` };
}

export function createDeliveryLog(orm: Orm, clock: Clock): DeliveryLog {
  return {
    async list(userId, webhookId, { limit, after }) {
      const owned = await orm.query('select 1 from webhooks where id = $1 and user_id = $2', [webhookId, userId]);
      if (owned.length === 0) return undefined;
      // One more than the limit shows whether there is a next page.
      const rows = await orm.query<Row>(
        `select ${COLUMNS} from webhook_deliveries
          where webhook_id = $1
            and ($2::uuid is null
                 or (created_at, id) < (select c.created_at, c.id from webhook_deliveries c
                                           where c.id = $2 and c.webhook_id = $1))
          order by created_at desc, id desc
          limit $3`,
        [webhookId, after ?? null, limit + 1],
      );
      const deliveries = rows.slice(0, limit).map(toPublic);
      return { deliveries, next: rows.length > limit ? deliveries.at(-1)?.id : undefined };
    },

    test: (userId, webhookId) =>
      orm.em().transactional(async (tx) => {
        const able = await ready(tx, userId, webhookId);
        if (!able.ok) return able;
        const at = new Date(clock.now());
        const [row] = await tx.execute<Row[]>(
          `insert into webhook_deliveries (webhook_id, event, payload, created_at, next_attempt_at)
           values (?, '${TEST_EVENT}', ?, ?, ?) returning ${COLUMNS}`,
          [webhookId, JSON.stringify({ webhookId }), at, at],
        );
        return { ok: true, delivery: toPublic(row as Row) } as const;
      }),

    redeliver: (userId, webhookId, deliveryId) =>
      orm.em().transactional(async (tx): Promise<{ ok: true; delivery: Delivery } | WebhookFailure> => {
        const able = await ready(tx, userId, webhookId);
        if (!able.ok) return able;
        const [row] = await tx.execute<Row[]>(
          `update webhook_deliveries
              set state = 'pending', tries = 0, next_attempt_at = ?, delivered_at = null
            where id = ? and webhook_id = ? and state <> 'pending' returning ${COLUMNS}`,
          [new Date(clock.now()), deliveryId, webhookId],
        );
        if (row) return { ok: true, delivery: toPublic(row) };
        const found = await tx.execute('select 1 from webhook_deliveries where id = ? and webhook_id = ?', [
          deliveryId,
          webhookId,
        ]);
        if (found.length === 0) return failure('not_found') satisfies Failure;
        return { ...failure('conflict'), detail: 'The delivery is still pending, and will be retried automatically.' };
      }),
  };
}
