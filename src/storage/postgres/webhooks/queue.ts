/**
 * The queue of deliveries as senders on all nodes use it. A claim is a lease: the delivery is due again after it, so
 * another node takes over from a dead one. `attempt` is the fence: a sender whose lease ended changes nothing any more.
 *
 * I6: `permitted` is read with the claim: a user who lost the grant since it was enqueued gets nothing.
 */
import type { Clock } from '../../../lib/clock.ts';
import type { ClaimedDelivery, DeliveryQueue } from '../../../ports/delivery-queue.ts';
import { recordEvent } from '../audit/events.ts';
import type { Orm } from '../orm.ts';
import { failPending } from './switch-off.ts';

interface ClaimRow {
  id: string;
  attempts: number;
  tries: number;
  webhook_id: string;
  user_id: string;
  url: string;
  host: string;
  secret: Uint8Array;
  previous_secret: Uint8Array | null;
  event: string;
  payload: unknown;
  created_ms: number;
  permitted: boolean;
}

const CLAIM = `
  with due as (
    select d.id
      from webhook_deliveries d join webhooks w on w.id = d.webhook_id
     where d.state = 'pending' and d.next_attempt_at <= $1 and (not d.gathering or d.next_attempt_at <= $2)
       and w.active and w.host <> all ($4) and w.user_id <> all ($5::uuid[])
     order by d.next_attempt_at
     limit 1
       for update of d skip locked
  )
  update webhook_deliveries d
     set attempts = d.attempts + 1, tries = d.tries + 1, gathering = false, next_attempt_at = $3
    from due, webhooks w
   where d.id = due.id and w.id = d.webhook_id
  returning d.id, d.attempts, d.tries, d.webhook_id, w.user_id, w.url, w.host, w.secret,
            case when w.previous_until > $1 then w.previous_secret end as previous_secret,
            d.event, d.payload, (extract(epoch from d.created_at) * 1000)::float8 as created_ms,
            (d.document_id is null
             or exists (select from grants g where g.document_id = d.document_id and g.user_id = w.user_id)) as permitted`;

export function createDeliveryQueue(orm: Orm, clock: Clock): DeliveryQueue {
  async function failed({ id, attempt, webhookId }: ClaimedDelivery, set: string, values: readonly unknown[]) {
    await orm.query(`update webhook_deliveries set ${set} where id = $1 and attempts = $2 and state = 'pending'`, [
      id,
      attempt,
      ...values,
    ]);
    await orm.query('update webhooks set failing_since = $2 where id = $1 and failing_since is null', [
      webhookId,
      new Date(clock.now()),
    ]);
  }

  return {
    async claim({ leaseMs, editMs, busyHosts, busyUsers }) {
      const now = clock.now();
      const [row] = await orm.query<ClaimRow>(CLAIM, [
        new Date(now),
        new Date(now - editMs),
        new Date(now + leaseMs),
        busyHosts,
        busyUsers,
      ]);
      return (
        row && {
          id: row.id,
          attempt: row.attempts,
          tries: row.tries,
          webhookId: row.webhook_id,
          userId: row.user_id,
          url: row.url,
          host: row.host,
          secrets: row.previous_secret ? [row.secret, row.previous_secret] : [row.secret],
          event: row.event,
          data: row.payload,
          createdAt: row.created_ms,
          permitted: row.permitted,
        }
      );
    },

    // One statement after the other, without a transaction: switching a webhook off locks in the opposite order.
    async settle(delivery, outcome) {
      const { id, attempt, webhookId } = delivery;
      switch (outcome.kind) {
        case 'delivered':
          // What arrived has arrived, also when the webhook was switched off meanwhile.
          await orm.query(
            `update webhook_deliveries
                set state = 'delivered', next_attempt_at = null, delivered_at = $3, last_status = $4, last_error = null
              where id = $1 and attempts = $2`,
            [id, attempt, new Date(clock.now()), outcome.status],
          );
          await orm.query('update webhooks set failing_since = null where id = $1 and failing_since is not null', [
            webhookId,
          ]);
          return;
        case 'retry':
          return await failed(delivery, 'next_attempt_at = $3, last_status = $4, last_error = $5', [
            new Date(outcome.at),
            outcome.status,
            outcome.error,
          ]);
        case 'failed':
          return await failed(delivery, `state = 'failed', next_attempt_at = null, last_status = $3, last_error = $4`, [
            outcome.status,
            outcome.error,
          ]);
        case 'withheld':
          await orm.query(
            `update webhook_deliveries set state = 'failed', next_attempt_at = null, last_error = $3
              where id = $1 and attempts = $2 and state = 'pending'`,
            [id, attempt, outcome.error],
          );
          return;
        case 'released':
          await orm.query(
            `update webhook_deliveries set next_attempt_at = $3, tries = tries - 1
              where id = $1 and attempts = $2 and state = 'pending'`,
            [id, attempt, new Date(clock.now())],
          );
      }
    },

    async failingSince(webhookId) {
      const [row] = await orm.query<{ since: number | null }>(
        'select (extract(epoch from failing_since) * 1000)::float8 as since from webhooks where id = $1',
        [webhookId],
      );
      return row?.since ?? undefined;
    },

    switchOff: (webhookId, reason) =>
      orm.em().transactional(async (tx) => {
        const changed = await tx.execute<{ id: string }[]>(
          'update webhooks set active = false, switched_off = ? where id = ? and active returning id',
          [reason, webhookId],
        );
        if (changed.length === 0) return;
        await failPending(tx, webhookId);
        await recordEvent(tx, {
          action: 'webhook.changed',
          actor: { kind: 'system' },
          target: { kind: 'webhook', id: webhookId },
          outcome: 'ok',
          before: { active: true },
          after: { active: false },
          details: { reason },
        });
      }),

    async purge(before, limit) {
      const gone = await orm.query(
        `delete from webhook_deliveries where id in
           (select id from webhook_deliveries where created_at < $1 limit $2 for update skip locked)
         returning id`,
        [new Date(before), limit],
      );
      return gone.length;
    },
  };
}
