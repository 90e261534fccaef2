/** The journal's SQL, each statement with what it promises. Positions are bigints and travel as text. */

/** Positions between snapshots that are kept for good. */
const HISTORY_STEP = 4_096;

/**
 * One group commit. I2: the epoch is checked in the statement that moves the head; the expected head is checked with it,
 * so that a commit whose outcome was lost cannot be written twice. Of documents that fail the check nothing is written; the
 * answer says how many passed it, and the time that the rows bear (one row costs less to send and to read than one a document).
 *
 * $1 documents, $2 epochs, $3 heads before, $4 entries of each; then one row an entry: $5 index into $1, $6 seq,
 * $7 user, $8 session, $9 offset and $10 length within $11, the concatenated updates.
 */
const APPEND = `
WITH batch AS (
  SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::bigint[], $4::int[]) AS b(document_id, epoch, base_seq, entries)
), fenced AS (
  UPDATE draft_heads h SET head_seq = h.head_seq + b.entries, edited_at = now(),
    unaudited_since = CASE WHEN h.head_seq = h.audited_seq THEN now() ELSE h.unaudited_since END
  FROM batch b
  WHERE h.document_id = b.document_id AND h.epoch = b.epoch AND h.head_seq = b.base_seq
  RETURNING h.document_id
), logged AS (
  INSERT INTO draft_updates (document_id, seq, user_id, session_id, update)
  SELECT f.document_id, e.seq, e.user_id, e.session_id, substr($11::bytea, e.start, e.size)
  FROM unnest($5::int[], $6::bigint[], $7::uuid[], $8::uuid[], $9::int[], $10::int[])
    AS e(doc, seq, user_id, session_id, start, size)
  JOIN fenced f ON f.document_id = ($1::uuid[])[e.doc]
)`;

const WRITTEN = 'SELECT count(*)::int AS documents, to_json(now())::text AS at FROM fenced';

export const APPEND_ENTRIES = `${APPEND}
${WRITTEN}`;

/** The same, binding client ids on first use (I4): $12 index into $1, $13 client id, $14 user. */
export const APPEND_ENTRIES_AND_CLIENTS = `${APPEND}, bound AS (
  INSERT INTO draft_clients (document_id, client_id, user_id)
  SELECT f.document_id, c.client_id, c.user_id
  FROM unnest($12::int[], $13::bigint[], $14::uuid[]) AS c(doc, client_id, user_id)
  JOIN fenced f ON f.document_id = ($1::uuid[])[c.doc]
  ON CONFLICT DO NOTHING
)
${WRITTEN}`;

export const HEADS = `
SELECT document_id, epoch, head_seq FROM draft_heads WHERE document_id = ANY($1::uuid[])`;

/**
 * Writes nothing but a record of the log. When it has committed, whatever was visible before it is where the database promises
 * what is committed to be: on the synchronous standbys, too.
 */
export const BARRIER = `
SELECT pg_logical_emit_message(true, 'stet', 'barrier'::text) AS lsn`;

/**
 * Ends waits for standbys that nobody waits for any more: the server keeps each, with its session and its locks, however long ago
 * its connection was given up. What was to be committed is, on the primary. $1 milliseconds after which one is given up.
 */
export const END_WAITS = `
SELECT pg_cancel_backend(pid) FROM pg_stat_activity
 WHERE usename = current_user AND application_name IN ('stet journal', 'stet directory') AND wait_event = 'SyncRep'
   AND state_change < clock_timestamp() - $1 * interval '1 ms'`;

export const HEAD = `
SELECT owner_node, epoch, head_seq FROM draft_heads WHERE document_id = $1`;

/** I2: the claim raises the epoch, and only from the epoch that the claimant saw: two claimants, one winner. */
export const CLAIM = `
UPDATE draft_heads SET owner_node = $3, epoch = epoch + 1
WHERE document_id = $1 AND epoch = $2
RETURNING epoch, head_seq`;

export const RELEASE = `
UPDATE draft_heads SET owner_node = NULL WHERE document_id = $1 AND epoch = $2`;

export const LOAD_SNAPSHOT = `
SELECT h.head_seq, s.seq AS snapshot_seq, s.state,
  EXISTS (SELECT FROM draft_refusals r WHERE r.document_id = h.document_id) AS refused
FROM draft_heads h
LEFT JOIN LATERAL (
  SELECT seq, state FROM draft_snapshots WHERE document_id = h.document_id AND seq <= h.head_seq ORDER BY seq DESC LIMIT 1
) s ON true
WHERE h.document_id = $1`;

export const LOAD_TAIL = `
SELECT seq, update FROM draft_updates WHERE document_id = $1 AND seq > $2 AND seq <= $3 ORDER BY seq`;

/** Bound client ids, and then those that are reserved, with the time of that. */
export const LOAD_CLIENTS = `
SELECT client_id, user_id, NULL AS reserved_at FROM draft_clients WHERE document_id = $1
UNION ALL
(SELECT client_id, user_id, reserved_at FROM draft_reservations WHERE document_id = $1 ORDER BY reserved_at)`;

/**
 * I4: keeps client ids for users. I2: whoever claims the document next loads it with these in, or they are not stored: the
 * row of the directory is locked against claims. One document a statement: the order of two such locks would be nobody's.
 *
 * $3 client ids and $4 users; $5 client ids to forget, as is what is older than $6 milliseconds.
 */
export const RESERVE = `
WITH fenced AS (
  SELECT document_id FROM draft_heads WHERE document_id = $1 AND epoch = $2 FOR SHARE
), forgotten AS (
  DELETE FROM draft_reservations r USING fenced f
  WHERE r.document_id = f.document_id AND r.client_id <> ALL($3::bigint[])
    AND (r.client_id = ANY($5::bigint[]) OR r.reserved_at < now() - $6::float8 * interval '1 millisecond')
), reserved AS (
  INSERT INTO draft_reservations (document_id, client_id, user_id)
  SELECT f.document_id, c.client_id, c.user_id
  FROM fenced f, unnest($3::bigint[], $4::uuid[]) AS c(client_id, user_id)
  ON CONFLICT (document_id, client_id) DO UPDATE SET user_id = excluded.user_id, reserved_at = now()
)
SELECT document_id FROM fenced`;

/**
 * The newest snapshot at or below $2, with the position it must be completed to and what that takes. Nothing: no such
 * document, or $2 is beyond the head.
 */
const STATE_AT = `
SELECT coalesce(s.seq, 0) AS snapshot_seq, s.state,
  (SELECT coalesce(sum(octet_length(u.update)), 0) FROM draft_updates u
   WHERE u.document_id = h.document_id AND u.seq > coalesce(s.seq, 0) AND u.seq <= $2) AS tail_bytes
FROM draft_heads h
LEFT JOIN LATERAL (
  SELECT seq, state FROM draft_snapshots WHERE document_id = h.document_id AND seq <= $2 ORDER BY seq DESC LIMIT 1
) s ON true
WHERE h.document_id = $1 AND h.head_seq >= $2`;

/** The first update is given whatever its size; the others as long as those before them keep below $4 bytes. */
const updatesBehind = (columns: string) => `
SELECT ${columns} FROM (
  SELECT ${columns},
    sum(octet_length(update)) OVER (ORDER BY seq ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before
  FROM (
    SELECT ${columns} FROM draft_updates WHERE document_id = $1 AND seq > $2 ORDER BY seq LIMIT $3
  ) AS behind
) AS summed
WHERE coalesce(before, 0) < $4
ORDER BY seq`;

/** The same of what readers without a session may see. // I6: */
const inPublic = (statement: string): string =>
  statement
    .replaceAll('draft_heads', 'public_live_drafts')
    .replaceAll('draft_snapshots', 'public_live_snapshots')
    .replaceAll('draft_updates', 'public_live_updates');

export const UPDATES = updatesBehind('seq, update, user_id, at');
export const PUBLIC_UPDATES = inPublic(updatesBehind('seq, update, at'));

/** A draft at a position: the statement that finds its snapshot, and the one that reads what came after. */
export interface HistoryStatements {
  readonly name: string;
  readonly stateAt: string;
  readonly tail: string;
}
export const HISTORY: HistoryStatements = { name: 'stet', stateAt: STATE_AT, tail: LOAD_TAIL };
export const PUBLIC_HISTORY: HistoryStatements = {
  name: 'public',
  stateAt: inPublic(STATE_AT),
  tail: inPublic(LOAD_TAIL),
};

/**
 * Fenced like an append. Keeps the two newest snapshots, and the first of each `HISTORY_STEP` positions: a state of the
 * past is never further from one than that. The journal itself stays whole.
 */
export const SAVE_SNAPSHOT = `
WITH fenced AS (
  UPDATE draft_heads SET snapshot_seq = greatest(snapshot_seq, $3)
  WHERE document_id = $1 AND epoch = $2 AND head_seq >= $3
  RETURNING document_id
), thinned AS (
  DELETE FROM draft_snapshots s USING fenced f
  WHERE s.document_id = f.document_id AND s.seq < (
    SELECT max(seq) FROM draft_snapshots WHERE document_id = $1 AND seq < $3
  ) AND (s.seq < ${HISTORY_STEP} OR EXISTS (
    SELECT FROM draft_snapshots o
    WHERE o.document_id = $1 AND o.seq < s.seq AND o.seq / ${HISTORY_STEP} = s.seq / ${HISTORY_STEP}
  ))
)
INSERT INTO draft_snapshots (document_id, seq, state)
SELECT document_id, $3, $4 FROM fenced
ON CONFLICT (document_id, seq) DO UPDATE SET state = excluded.state
RETURNING seq`;

export const NOTE_REFUSAL = `
INSERT INTO draft_refusals (document_id, code, reason) VALUES ($1, $2, $3)
ON CONFLICT (document_id) DO UPDATE SET tried_at = now(), code = excluded.code, reason = excluded.reason`;

export const FORGET_REFUSAL = `
DELETE FROM draft_refusals WHERE document_id = $1`;

export const FORGET_WRITES = `
DELETE FROM draft_clients c USING draft_heads h
WHERE h.document_id = $1 AND h.epoch = $2 AND c.document_id = $1
  AND c.client_id = ANY($3::bigint[]) AND c.bound_at < now() - interval '1 day'`;
