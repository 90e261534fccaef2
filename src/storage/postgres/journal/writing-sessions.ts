/**
 * Writing sessions, found in the journal when they are asked for: nothing is stored of them, and no write pays for them. What is
 * read is a range of the primary key. A session that was found does not change, but for the newest one, so any server
 * that has reached a position can be queried.
 */
import type { Moment, WritingSession } from '../../../../schemas/http.ts';
import type { WritingSessions } from '../../../ports/writing-sessions.ts';
import type { ReplicaReads } from '../replicas/replica-reads.ts';

/** A pause that ends a session, in minutes. */
const PAUSE_MINUTES = 10;
/**
 * No session goes over a multiple of this, the step between the snapshots that are kept. So a bounded read has whole sessions, and
 * their borders do not depend on where it began.
 */
const MAX_EDITS = 4_096;
/** I9: edits that a page is made of. */
const PAGE_EDITS = 4 * MAX_EDITS;

/**
 * $1 document, $2 position to begin at, going back, $3 sessions. One row for each author of a session. Positions have no gaps (I7): the
 * range holds so many edits, whereas a limit would bound what is returned, and of a table that was not analyzed all is read and sorted for it.
 */
export const SESSIONS = `
with edits as (
  select seq, user_id, at, octet_length(update) as bytes
    from draft_updates
   where document_id = $1 and seq <= $2::bigint and seq > $2::bigint - ${PAGE_EDITS}
), marked as (
  select *, seq = 1 or seq % ${MAX_EDITS} = 0
            or at - lead(at) over (order by seq desc) >= interval '${PAUSE_MINUTES} minutes' as begins
    from edits
), numbered as (
  select *, count(*) filter (where begins)
              over (order by seq desc rows between unbounded preceding and 1 preceding) as session
    from marked
), authors as (
  select session, user_id, min(seq) as first_seq, max(seq) as last_seq, min(at) as started, max(at) as ended,
         count(*) as edits, sum(bytes) as bytes, bool_or(begins) as is_whole
    from numbered
   where session < $3
   group by session, user_id
)
select a.session::int as session, u.handle, a.first_seq::float8 as first_seq, a.last_seq::float8 as last_seq,
       (extract(epoch from a.started) * 1000)::float8 as started_ms,
       (extract(epoch from a.ended) * 1000)::float8 as ended_ms,
       a.edits::float8 as edits, a.bytes::float8 as bytes, a.is_whole
  from authors a
  left join users u on u.id = a.user_id
 order by a.session, a.edits desc, u.handle`;

const MOMENTS = `
select e.seq::float8 as seq, (extract(epoch from e.at) * 1000)::float8 as at_ms, u.handle
  from draft_updates e
  left join users u on u.id = e.user_id
 where e.document_id = $1 and e.seq = any($2::bigint[])`;

interface AuthorRow {
  session: number;
  handle: string | null;
  first_seq: number;
  last_seq: number;
  started_ms: number;
  ended_ms: number;
  edits: number;
  bytes: number;
  /** Null: the edit with which the session begins is not this author's, or was not read. */
  is_whole: boolean | null;
}

interface MomentRow {
  seq: number;
  at_ms: number;
  handle: string | null;
}

const iso = (ms: number) => new Date(ms).toISOString();
const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

function toSession(rows: readonly AuthorRow[]): WritingSession {
  return {
    firstSeq: Math.min(...rows.map((row) => row.first_seq)),
    lastSeq: Math.max(...rows.map((row) => row.last_seq)),
    startedAt: iso(Math.min(...rows.map((row) => row.started_ms))),
    endedAt: iso(Math.max(...rows.map((row) => row.ended_ms))),
    edits: sum(rows.map(({ edits }) => edits)),
    bytes: sum(rows.map(({ bytes }) => bytes)),
    authors: rows.flatMap(({ handle, edits, bytes }) => (handle === null ? [] : [{ handle, edits, bytes }])),
  };
}

/** @param reads where they are read: a replica that has not reached a position is not used */
export function createWritingSessions(reads: Pick<ReplicaReads, 'query'>): WritingSessions {
  return {
    async list(documentId, { limit, through }) {
      const { rows } = await reads.query<AuthorRow>(undefined, SESSIONS, [documentId, through, limit], (found) =>
        found.some(({ last_seq }) => last_seq === through),
      );
      const found = [...Map.groupBy(rows, ({ session }) => session).values()];
      // Of the oldest one, the beginning may not have been read.
      const sessions = found.filter((authors) => authors.some((row) => row.is_whole)).map(toSession);
      const first = sessions.at(-1)?.firstSeq ?? 1;
      return { sessions, ...(first > 1 && { next: first }) };
    },

    async moments(documentId, seqs) {
      const wanted = [...new Set(seqs)];
      const edits = wanted.filter((seq) => seq > 0);
      const { rows } = await reads.query<MomentRow>(
        undefined,
        MOMENTS,
        [documentId, edits],
        (found) => found.length === edits.length,
      );
      const bySeq = new Map(rows.map((row) => [row.seq, row]));
      return wanted.map((seq): Moment => {
        const edit = bySeq.get(seq);
        return {
          seq,
          ...(edit && { editedAt: iso(edit.at_ms) }),
          ...(edit?.handle != null && { editedBy: edit.handle }),
        };
      });
    },
  };
}
