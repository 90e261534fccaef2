/**
 * Reads what changed in access and publications (`access_changes`, written by triggers).
 *
 * I7: the position is a snapshot of PostgreSQL's, not the highest number seen: a transaction that drew a low number and
 * commits late is not visible in the earlier snapshot and is in the next, so each change is read once, whatever the order.
 */
import type { ChangeLog } from '../ports/changes.ts';
import type { Orm } from './orm.ts';

/** More than so many in one read: everything is compared instead. // I9: */
const MAX_ROWS = 10_000;

/** The snapshot is the one that the rows are read in: one statement. */
const SINCE = `
  select s.snapshot::text as snapshot, pg_postmaster_start_time()::text as server,
         c.document_id as "documentId", c.user_id as "userId"
    from (select pg_current_snapshot() as snapshot) s
    left join lateral (
      select a.document_id, a.user_id
        from access_changes a
       where a.xid >= pg_snapshot_xmin($1::pg_snapshot) and not pg_visible_in_snapshot(a.xid, $1::pg_snapshot)
       limit ${MAX_ROWS + 1}
    ) c on true`;

/** Kept much longer than any node goes without reading. */
const PURGE = `delete from access_changes where at < now() - interval '1 hour'`;

interface Row {
  snapshot: string;
  server: string;
  documentId: string | null;
  userId: string | null;
}

export function createChangeLog(orm: Pick<Orm, 'query'>): ChangeLog & { purge(): Promise<void> } {
  return {
    async since(position) {
      const rows = await orm.query<Row>(SINCE, [position?.snapshot ?? null]);
      const [first] = rows;
      if (!first) throw new Error('no snapshot was read');
      const { snapshot, server } = first;
      const isKnown = position !== undefined && server === position.server && rows.length <= MAX_ROWS;
      return {
        position: { snapshot, server },
        changes: isKnown
          ? rows.flatMap(({ documentId, userId }) =>
              documentId === null && userId === null
                ? []
                : [{ documentId: documentId ?? undefined, userId: userId ?? undefined }],
            )
          : undefined,
      };
    },
    async purge() {
      await orm.query(PURGE, []);
    },
  };
}
