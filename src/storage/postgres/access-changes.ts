/**
 * Reads what changed in access and publications (`access_changes`, written by triggers).
 *
 * I7: the position is a snapshot of PostgreSQL's, not the highest number seen: a transaction that drew a low number and
 * commits late is not visible in the earlier snapshot and is in the next, so each change is read once, whatever the order.
 */
import type { ChangeLog } from '../../ports/changes.ts';
import type { Orm } from './orm.ts';

/** Beyond so many changes in one read everything is compared instead. // I9: */
const MAX_ROWS = 10_000;

/** The snapshot is the one that the rows are read in: one statement. */
const SINCE = `
  select s.snapshot::text as snapshot, pg_postmaster_start_time()::text as server,
         (extract(epoch from clock_timestamp()) * 1000)::float8 as at, c.document_id as "documentId", c.user_id as "userId",
         c.changes_lists as "changesLists"
    from (select pg_current_snapshot() as snapshot) s
    left join lateral (
      select a.document_id, a.user_id, a.changes_lists
        from access_changes a
       where a.xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(a.xid, $1::pg_snapshot)
       limit ${MAX_ROWS + 1}
    ) c on true`;

/** After so long without a read, rows may be gone that were never read, milliseconds. */
const MAX_GAP_MS = 600_000;
/** Rows stay for so long after everybody could see them, milliseconds: longer than that. */
const KEEP_MS = 1_800_000;

/** All transactions below it are over. */
const HORIZON = `select pg_snapshot_xmin(pg_current_snapshot())::text as xmin`;
/** Those of a cluster that this one was copied from may have numbers that are not drawn here yet. */
const PURGE = `
  delete from access_changes
   where xid < $1::xid8 or xid >= pg_snapshot_xmax(pg_current_snapshot()) and at < now() - interval '1 hour'`;

interface Row {
  snapshot: string;
  server: string;
  at: number;
  documentId: string | null;
  userId: string | null;
  /** Null: it was noted before that was known, or by hand. */
  changesLists: boolean | null;
}

/**
 * @param now monotonic milliseconds
 */
export function createChangeLog(
  orm: Pick<Orm, 'query'>,
  now: () => number,
): ChangeLog & {
  /**
   * Forgets what was to be seen long before. How long ago a transaction began says nothing: one that took an hour is committed
   * when it is over. So what goes is what was over at an earlier purge.
   */
  purge(): Promise<void>;
} {
  let horizon: { readonly xmin: string; readonly at: number } | undefined;
  return {
    async since(position) {
      const rows = await orm.query<Row>(SINCE, [position?.snapshot ?? null]);
      const [first] = rows;
      if (!first) throw new Error('no snapshot was read');
      const { snapshot, server, at } = first;
      const gapMs = position === undefined ? Number.POSITIVE_INFINITY : at - position.at;
      const isKnown = gapMs >= 0 && gapMs <= MAX_GAP_MS && server === position?.server && rows.length <= MAX_ROWS;
      return {
        position: { snapshot, server, at },
        changes: isKnown
          ? rows.flatMap(({ documentId, userId, changesLists }) =>
              documentId === null && userId === null
                ? []
                : [
                    {
                      documentId: documentId ?? undefined,
                      userId: userId ?? undefined,
                      changesLists: changesLists ?? documentId !== null,
                    },
                  ],
            )
          : undefined,
      };
    },
    async purge() {
      if (horizon && now() - horizon.at < KEEP_MS) return;
      if (horizon) await orm.query(PURGE, [horizon.xmin]);
      const [found] = await orm.query<{ xmin: string }>(HORIZON, []);
      horizon = found && { xmin: found.xmin, at: now() };
    },
  };
}
