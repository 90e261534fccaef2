/**
 * Covers committed updates of drafts with audit events. `draft_heads.audited_seq` says how far a draft is covered; it is
 * moved in the transaction that inserts the events, so that each update is in exactly one, whoever covers and whenever they
 * crash (I5). Webhooks hear of the edits in the same transaction.
 *
 * One statement reads, locks and writes. The positions to cover come from its snapshot, in which the updates are visible as
 * well; the lock checks that `audited_seq` is still what the snapshot says. That the head has moved on meanwhile harms
 * nothing: the rest is covered by the next round.
 *
 * No deadlock with the group commit, which locks many heads in an order of its own: several heads are locked only without
 * waiting (`skip locked`), and waiting is done with a single head, by who holds nothing else. The latter is also why a draft
 * that is written without a pause is covered in time.
 */
import type { Orm } from '../orm.ts';
import { type Run, transaction } from '../transaction.ts';
import { enqueueWebhooks } from '../webhooks/enqueue.ts';

/** A draft of which updates were covered. */
export interface Covered {
  documentId: string;
  /** Positions, ends included. */
  fromSeq: number;
  toSeq: number;
  userIds: string[];
  /** There is more than one event may hold: cover it again. */
  more: boolean;
}

/** Updates that one round covers of one draft (I9). */
export const MAX_UPDATES = 1_000;
/** Losing the transaction loses the events and the position together: nobody waits for the disk. */
const SETTINGS = 'set local synchronous_commit = off';
const LOCK_WAIT = 'set local lock_timeout = 2000';

const cover = (lock: 'skip locked' | '') => `
  with due as materialized (
    select h.document_id, h.audited_seq as before, least(h.head_seq, h.audited_seq + $2) as through,
           h.head_seq > h.audited_seq + $2 as more
      from draft_heads h
     where h.document_id = any ($1::uuid[]) and h.head_seq > h.audited_seq
  ), edits as materialized (
    select d.document_id, u.user_id, u.session_id, range_agg(int8range(u.seq, u.seq, '[]')) as ranges,
           count(*) as updates, sum(octet_length(u.update)) as bytes, min(u.at) as started, max(u.at) as ended
      from due d
      join draft_updates u on u.document_id = d.document_id and u.seq > d.before and u.seq <= d.through
     group by d.document_id, u.user_id, u.session_id
  ), locked as materialized (
    select d.document_id, d.before, d.through, d.more
      from draft_heads h
      join due d on d.document_id = h.document_id and d.before = h.audited_seq
       for no key update of h ${lock}
  ), moved as (
    update draft_heads h set audited_seq = l.through
      from locked l
     where h.document_id = l.document_id and h.audited_seq = l.before
    returning h.document_id, l.before, l.through, l.more
  ), recorded as (
    insert into audit_events
      (id, at, actor_kind, user_id, token_id, session_id, action, target_kind, target_id, outcome, details)
    select audit_event_id(now.at), now.at, case when t.id is null then 'user' else 'token' end, e.user_id, t.id,
           case when t.id is null then e.session_id end, 'draft.edited', 'document', e.document_id::text, 'ok',
           jsonb_build_object(
             'ranges', (select jsonb_agg(jsonb_build_array(lower(r), upper(r) - 1)) from unnest(e.ranges) r),
             'updates', e.updates, 'bytes', e.bytes, 'from', e.started, 'to', e.ended)
      from moved m
      join edits e on e.document_id = m.document_id
      left join tokens t on t.id = e.session_id
     cross join (select clock_timestamp() as at) now
  )
  select m.document_id, (m.before + 1)::float8 as from_seq, m.through::float8 as to_seq, m.more,
         array(select distinct e.user_id::text from edits e where e.document_id = m.document_id) as user_ids
    from moved m`;

const COVER_FREE = cover('skip locked');
const COVER_ONE = cover('');

interface CoveredRow {
  document_id: string;
  from_seq: number;
  to_seq: number;
  more: boolean;
  user_ids: string[];
}

async function run(tx: Run, sql: string, documentIds: readonly string[]): Promise<Covered[]> {
  const rows = await tx<CoveredRow>(sql, [documentIds, MAX_UPDATES]);
  const covered = rows.map((row) => ({
    documentId: row.document_id,
    fromSeq: row.from_seq,
    toSeq: row.to_seq,
    userIds: row.user_ids,
    more: row.more,
  }));
  await enqueueWebhooks(
    tx,
    covered.map(({ documentId, fromSeq, toSeq: seq, userIds }) => ({
      event: 'document.edited',
      documentId,
      payload: { documentId, fromSeq, seq, userIds },
    })),
  );
  return covered;
}

/** Covers those whose heads nobody holds at this moment. */
export const coverFree = (orm: Orm, documentIds: readonly string[]): Promise<Covered[]> =>
  transaction(orm, (tx) => run(tx, COVER_FREE, documentIds), { settings: SETTINGS });

/** Covers one, waiting for its head; undefined: there is nothing to cover. Throws when the wait is too long. */
export const coverOne = async (orm: Orm, documentId: string): Promise<Covered | undefined> =>
  (await transaction(orm, (tx) => run(tx, COVER_ONE, [documentId]), { settings: `${SETTINGS}; ${LOCK_WAIT}` }))[0];

/** Of these, the documents with updates that are not covered. */
export async function uncovered(orm: Orm, documentIds: readonly string[]): Promise<string[]> {
  const rows = await orm.query<{ id: string }>(
    'select document_id as id from draft_heads where document_id = any ($1::uuid[]) and head_seq > audited_seq',
    [documentIds],
  );
  return rows.map(({ id }) => id);
}

/** Documents with updates that are not covered and old: left by a node that died. One node at a time looks. */
export async function abandoned(orm: Orm, staleMs: number, limit: number): Promise<string[]> {
  const rows = await orm.query<{ id: string }>(
    `select document_id as id from draft_heads
      where (select pg_try_advisory_xact_lock(${LOOK_KEY}))
        and head_seq > audited_seq and edited_at < now() - $1 * interval '1 ms'
      limit $2`,
    [staleMs, limit],
  );
  return rows.map(({ id }) => id);
}

const LOOK_KEY = 0x61_75_64_72;
