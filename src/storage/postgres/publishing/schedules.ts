/**
 * Schedules, as the schedulers of all nodes share them. A claim is a lease: whoever holds it tries, and after it
 * another node may, so that what a dead node claimed is taken over. That only one of them publishes is for `publish` to
 * see to: it deletes the row in its transaction.
 */
import type { Clock } from '../../../lib/clock.ts';
import { SYSTEM } from '../../../ports/actor.ts';
import type { ScheduleStore } from '../../../ports/schedules.ts';
import { recordEvent } from '../audit/events.ts';
import type { Orm } from '../orm.ts';
import { transaction } from '../transaction.ts';

/** Milliseconds until another attempt, after the first and at most. */
const LEASE_MS = 5_000;
const MAX_LEASE_MS = 600_000;

interface DueRow {
  id: string;
  document_id: string;
  user_id: string;
  session_id: string;
  is_token: boolean;
  attempts: number;
}

const CLAIM = `
  with due as (
    select s.id from schedules s
     where s.publish_at <= $1 and (s.claimed_until is null or s.claimed_until <= $1)
     order by s.publish_at
     limit $2
       for update skip locked
  ), claimed as (
    update schedules s
       set attempts = s.attempts + 1,
           claimed_until = $1::timestamptz
             + least(${LEASE_MS} * 2.0 ^ least(s.attempts, 20), ${MAX_LEASE_MS}) * interval '1 ms'
      from due where s.id = due.id
    returning s.id, s.document_id, s.user_id, s.session_id, s.attempts, s.publish_at
  )
  select c.*, exists (select from tokens t where t.id = c.session_id) as is_token
    from claimed c order by c.publish_at, c.id`;

export function createScheduleStore(orm: Orm, clock: Clock): ScheduleStore {
  return {
    async claimDue(limit) {
      const rows = await orm.query<DueRow>(CLAIM, [new Date(clock.now()), limit]);
      return rows.map(({ id, document_id, user_id, session_id, is_token, attempts }) => ({
        id,
        documentId: document_id,
        attempts,
        actor: is_token
          ? { kind: 'token', userId: user_id, tokenId: session_id }
          : { kind: 'user', userId: user_id, sessionId: session_id },
      }));
    },

    giveUp: ({ id, documentId, actor, attempts }, reason) =>
      transaction(orm, async (run) => {
        const [dropped] = await run<{ at: number }>(
          'delete from schedules where id = $1 returning (extract(epoch from publish_at) * 1000)::float8 as at',
          [id],
        );
        if (!dropped) return;
        await recordEvent(run, {
          action: 'document.unscheduled',
          actor: SYSTEM,
          target: { kind: 'document', id: documentId },
          outcome: 'failed',
          before: { at: new Date(dropped.at).toISOString() },
          details: { reason, attempts, scheduledBy: actor.userId },
        });
      }),
  };
}
