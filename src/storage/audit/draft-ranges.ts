/**
 * Covers committed updates of drafts with audit events. `draft_heads.audited_seq` says how far a draft is covered; it is
 * moved in the transaction that inserts the events, so that each update is in exactly one, whoever covers and whenever they
 * crash (I5). Webhooks hear of the edits in the same transaction.
 *
 * The first statement locks the heads and moves them; the second one, whose snapshot is newer than the locks, reads the
 * updates. No statement does both: PostgreSQL 18.0 to 18.4 may crash when one locks rows and then reads partitions
 * (docs/decisions/2026-11-locks-before-partitions.md).
 *
 * No deadlock with the group commit, which locks many heads in an order of its own: several heads are locked only without
 * waiting (`skip locked`), and waiting is done with a single head, by a transaction without other locks. The latter is also
 * why a draft that is written without a pause is covered in time.
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
/**
 * Losing the transaction loses the events and the position together: nobody waits for the disk. Partitions are read
 * unpruned, which costs nothing that can be measured here and is one more reason why nothing is pruned at run time.
 */
const SETTINGS = 'set local synchronous_commit = off; set local enable_partition_pruning = off';
const LOCK_WAIT = 'set local lock_timeout = 2000';

/** $1 documents, $2 the most updates of each. What is locked is the newest version of a head, whatever the snapshot has. */
const move = (lock: 'skip locked' | '') => `
  with locked as materialized (
    select document_id, audited_seq as before, least(head_seq, audited_seq + $2) as through,
           head_seq > audited_seq + $2 as more
      from draft_heads
     where document_id = any ($1::uuid[]) and head_seq > audited_seq
       for no key update ${lock}
  )
  update draft_heads h set audited_seq = l.through
    from locked l
   where h.document_id = l.document_id
  returning h.document_id, l.before::text, l.through::text, l.more`;

const MOVE_FREE = move('skip locked');
const MOVE_ONE = move('');

/** $1 documents, $2 and $3 what was moved of each: from behind the one position up to the other. */
const RECORD = `
  with moved as (
    select * from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as m(document_id, before, through)
  ), edits as materialized (
    select m.document_id, u.user_id, u.session_id, range_agg(int8range(u.seq, u.seq, '[]')) as ranges,
           count(*) as updates, sum(octet_length(u.update)) as bytes, min(u.at) as started, max(u.at) as ended
      from moved m
      join draft_updates u on u.document_id = m.document_id and u.seq > m.before and u.seq <= m.through
     group by m.document_id, u.user_id, u.session_id
  ), recorded as (
    insert into audit_events
      (id, at, actor_kind, user_id, token_id, session_id, action, target_kind, target_id, outcome, details)
    select audit_event_id(now.at), now.at, case when t.id is null then 'user' else 'token' end, e.user_id, t.id,
           case when t.id is null then e.session_id end, 'draft.edited', 'document', e.document_id::text, 'ok',
           jsonb_build_object(
             'ranges', (select jsonb_agg(jsonb_build_array(lower(r), upper(r) - 1)) from unnest(e.ranges) r),
             'updates', e.updates, 'bytes', e.bytes, 'from', e.started, 'to', e.ended)
      from edits e
      left join tokens t on t.id = e.session_id
     cross join (select clock_timestamp() as at) now
  )
  select document_id, array_agg(distinct user_id::text) as user_ids from edits group by document_id`;

interface Moved {
  document_id: string;
  /** Positions are bigints and travel as text. */
  before: string;
  through: string;
  more: boolean;
}

interface Recorded {
  document_id: string;
  user_ids: string[];
}

async function run(tx: Run, move: string, documentIds: readonly string[]): Promise<Covered[]> {
  const moved = await tx<Moved>(move, [documentIds, MAX_UPDATES]);
  if (moved.length === 0) return [];
  const recorded = await tx<Recorded>(RECORD, [
    moved.map(({ document_id }) => document_id),
    moved.map(({ before }) => before),
    moved.map(({ through }) => through),
  ]);
  const usersOf = new Map(recorded.map(({ document_id, user_ids }) => [document_id, user_ids]));
  const covered = moved.map(({ document_id, before, through, more }) => ({
    documentId: document_id,
    fromSeq: Number(before) + 1,
    toSeq: Number(through),
    userIds: usersOf.get(document_id) ?? [],
    more,
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
  transaction(orm, (tx) => run(tx, MOVE_FREE, documentIds), { settings: SETTINGS });

/** Covers one, waiting for its head; undefined: there is nothing to cover. Throws when the wait is too long. */
export const coverOne = async (orm: Orm, documentId: string): Promise<Covered | undefined> =>
  (await transaction(orm, (tx) => run(tx, MOVE_ONE, [documentId]), { settings: `${SETTINGS}; ${LOCK_WAIT}` }))[0];

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
