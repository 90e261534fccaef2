/**
 * Covers committed updates of drafts with audit events. `draft_heads.audited_seq` says how far a draft is covered; it is
 * moved in the transaction that inserts the events, so that each update is in exactly one, whoever covers and whenever they
 * crash (I5). Webhooks for the edits are enqueued in the same transaction.
 *
 * What a node wrote itself it covers from memory (`coverWritten`): the journal is read only for what others left, or for what
 * had no clear outcome. The first statement locks the heads and moves them; the second one, whose snapshot is newer than the locks, reads the
 * updates. No statement does both: PostgreSQL 18.0 to 18.4 may crash when one locks rows and then reads partitions
 * (docs/decisions/2026-11-locks-before-partitions.md).
 *
 * No deadlock with the group commit, which locks many heads in an order of its own: several heads are locked only without
 * waiting (`skip locked`), and waiting is done with a single head, by a transaction without other locks. The latter is also
 * why a draft that is written without a pause is covered in time.
 */

import { enqueueWebhooks } from '../enqueue-webhooks.ts';
import type { Orm } from '../orm.ts';
import { type Run, transaction } from '../transaction.ts';
import { detailsOf, type WrittenRange } from './written.ts';

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

/** Updates that one run covers of one draft (I9). */
export const MAX_UPDATES = 1_000;
/**
 * Losing the transaction loses the events and the position together: nobody waits for the disk. Partitions are read
 * unpruned, which costs nothing that can be measured here and is one more reason why nothing is pruned at run time.
 */
const SETTINGS = 'set local synchronous_commit = off; set local enable_partition_pruning = off';
const LOCK_WAIT = 'set local lock_timeout = 2000';

/** What is left came in since the node looked, a moment ago; a backlog is covered on and on until nothing is left. */
const REST_SINCE = 'case when h.head_seq > l.through then now() end';

/** $1 documents, $2 the most updates of each. What is locked is the newest version of a head, whatever the snapshot has. */
const move = (lock: 'skip locked' | '') => `
  with locked as materialized (
    select document_id, audited_seq as before, least(head_seq, audited_seq + $2) as through,
           head_seq > audited_seq + $2 as more
      from draft_heads
     where document_id = any ($1::uuid[]) and head_seq > audited_seq
       for no key update ${lock}
  )
  update draft_heads h set audited_seq = l.through, unaudited_since = ${REST_SINCE}
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

/**
 * The same for updates of which the node that committed them knows everything. $1 documents, $2 where their events end so
 * far and $3 where they will: who has covered some of it, or written something else, is left out.
 */
const MOVE_WRITTEN = `
  with wanted as (
    select * from unnest($1::uuid[], $2::bigint[], $3::bigint[]) as w(document_id, before, through)
  ), locked as materialized (
    select h.document_id, w.through
      from draft_heads h
      join wanted w on w.document_id = h.document_id and w.before = h.audited_seq and w.through <= h.head_seq
       for no key update of h skip locked
  )
  update draft_heads h set audited_seq = l.through, unaudited_since = ${REST_SINCE}
    from locked l
   where h.document_id = l.document_id
  returning h.document_id`;

/** One event a row: $1 documents, $2 users, $3 sessions, $4 details. The answer: whether anybody has a webhook at all. */
const RECORD_WRITTEN = `
  with recorded as (
    insert into audit_events
      (id, at, actor_kind, user_id, token_id, session_id, action, target_kind, target_id, outcome, details)
    select audit_event_id(now.at), now.at, case when t.id is null then 'user' else 'token' end, e.user_id, t.id,
           case when t.id is null then e.session_id end, 'draft.edited', 'document', e.document_id::text, 'ok', e.details
      from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::jsonb[]) as e(document_id, user_id, session_id, details)
      left join tokens t on t.id = e.session_id
     cross join (select clock_timestamp() as at) now
  )
  select exists (select from webhooks where active) as webhooks`;

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
  await enqueueEdits(tx, covered);
  return covered;
}

const enqueueEdits = (tx: Run, covered: readonly Omit<Covered, 'more'>[]): Promise<void> =>
  enqueueWebhooks(
    tx,
    covered.map(({ documentId, fromSeq, toSeq: seq, userIds }) => ({
      event: 'document.edited',
      documentId,
      payload: { documentId, fromSeq, seq, userIds },
    })),
  );

/** Of ids, numbers and quoted texts: nothing in it has to be escaped. */
const literal = (items: readonly (string | number)[]): string => `{${items.join(',')}}`;

async function runWritten(tx: Run, written: readonly WrittenRange[]): Promise<Set<string>> {
  const moved = await tx<{ document_id: string }>(MOVE_WRITTEN, [
    literal(written.map(({ documentId }) => documentId)),
    literal(written.map(({ before }) => before)),
    literal(written.map(({ through }) => through)),
  ]);
  const done = new Set(moved.map(({ document_id }) => document_id));
  const covered = written.filter(({ documentId }) => done.has(documentId));
  if (covered.length === 0) return done;
  const parts = covered.flatMap(({ documentId, parts: own }) => own.map((part) => ({ documentId, part })));
  const [recorded] = await tx<{ webhooks: boolean }>(RECORD_WRITTEN, [
    literal(parts.map(({ documentId }) => documentId)),
    literal(parts.map(({ part }) => part.userId)),
    literal(parts.map(({ part }) => part.sessionId)),
    literal(parts.map(({ part }) => `"${detailsOf(part).replaceAll('"', '\\"')}"`)),
  ]);
  if (recorded?.webhooks) {
    const edits = covered.map(({ documentId, before, through, parts: own }) => ({
      documentId,
      fromSeq: before + 1,
      toSeq: through,
      userIds: [...new Set(own.map(({ userId }) => userId))],
    }));
    await enqueueEdits(tx, edits);
  }
  return done;
}

/**
 * Covers what this node wrote, without reading it again; returns the documents of which it was covered. The others' heads are
 * locked at this moment, or somebody else was there.
 */
export const coverWritten = (orm: Orm, written: readonly WrittenRange[]): Promise<Set<string>> =>
  transaction(orm, (tx) => runWritten(tx, written), { settings: 'set local synchronous_commit = off' });

/** Covers those whose heads are not locked at this moment. */
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

const LOOK_KEY = 0x61_75_64_72;

/**
 * Found first and put in order then: in the order of the key the whole table would be read through its index, which takes ten times
 * as long, for the planner takes many of them for left.
 */
export const ABANDONED = `
  with left_behind as materialized (
    select document_id as id from draft_heads
     where (select pg_try_advisory_xact_lock(${LOOK_KEY}))
       and head_seq > audited_seq and coalesce(unaudited_since, edited_at) < now() - $1 * interval '1 ms'
       and ($3::uuid is null or document_id > $3)
  )
  select id from left_behind order by id limit $2`;

/**
 * Documents with updates that are not covered of which the oldest is old: left by a node that died. In the order of their
 * ids, so that what cannot be covered is passed by. One node at a time runs it.
 * @param page.after the last one that was seen; undefined: from the first
 */
export async function abandoned(
  orm: Orm,
  { staleMs, limit, after }: { staleMs: number; limit: number; after: string | undefined },
): Promise<string[]> {
  const rows = await orm.query<{ id: string }>(ABANDONED, [staleMs, limit, after ?? null]);
  return rows.map(({ id }) => id);
}
