/**
 * Views and unique readers in the database. A batch is one transaction that begins with its id: whoever comes second finds
 * the id, also when the first got no answer to its commit.
 */
import type { Batch, ViewCountStore, Views } from '../../../ports/counts.ts';
import type { Orm } from '../orm.ts';
import { transaction } from '../transaction.ts';

/** Ids are kept longer than any store keeps a batch. */
const KEPT = '30 days';
const DAYS_SHOWN = 90;

// In the order of the documents: of two batches at once, neither waits for the other crosswise.
const ADD_VIEWS = `
  insert into document_views as v (document_id, views)
  select id, n from unnest($1::uuid[], $2::bigint[]) as t (id, n) order by id
  on conflict (document_id) do update set views = v.views + excluded.views, counted_at = now()`;

const RAISE_READERS = `
  insert into document_readers as r (document_id, day, readers)
  select id, day, max(n) from unnest($1::uuid[], $2::date[], $3::bigint[]) as t (id, day, n) group by id, day order by id, day
  on conflict (document_id, day) do update set readers = greatest(r.readers, excluded.readers)`;

export function createViewCountStore(orm: Orm): ViewCountStore {
  return {
    write: (id, { views, readers }: Batch) =>
      transaction(orm, async (run) => {
        const first = await run('insert into counted_batches (id) values ($1) on conflict do nothing returning id', [
          id,
        ]);
        if (first.length === 0) return false;
        await run(ADD_VIEWS, [[...views.keys()], [...views.values()]]);
        await run(RAISE_READERS, [
          readers.map(({ documentId }) => documentId),
          readers.map(({ day }) => day),
          readers.map((one) => one.readers),
        ]);
        return true;
      }),

    async views(documentId): Promise<Views> {
      const [[row], readersByDay] = await Promise.all([
        orm.query<{ views: number }>('select views::float8 as views from document_views where document_id = $1', [
          documentId,
        ]),
        orm.query<{ day: string; readers: number }>(
          `select to_char(day, 'YYYY-MM-DD') as day, readers::float8 as readers from document_readers
            where document_id = $1 order by document_readers.day desc limit $2`,
          [documentId, DAYS_SHOWN],
        ),
      ]);
      return { views: row?.views ?? 0, readersByDay };
    },

    async purge() {
      const gone = await orm.query('delete from counted_batches where counted_at < now() - $1::interval returning 1', [
        KEPT,
      ]);
      return gone.length;
    },
  };
}
