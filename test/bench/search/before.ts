/** Search as it was before there was an index of folded words: whole words, newest documents first. The other contender of `search`. */
import type { Orm } from '../../../src/storage/postgres/orm.ts';

const LIST = `
  select d.id, d.title, d.summary, d.visibility, d.live, g.level, o.handle as owner, h.head_seq::float8 as seq, d.created_at,
         h.edited_at, d.published_revision, d.published_at, s.publish_at, coalesce(v.views, 0)::float8 as views
    from grants g
    join documents d on d.id = g.document_id
    join users o on o.id = d.owner_id
    join draft_heads h on h.document_id = d.id
    left join schedules s on s.document_id = d.id
    left join document_views v on v.document_id = d.id
   where g.user_id = $1 and d.deleted_at is null
     and (d.id in (select t.document_id from draft_texts t where t.search @@ websearch_to_tsquery('simple', $2))
          or (not exists (select from draft_texts t where t.document_id = d.id)
              and to_tsvector('simple', d.title || ' ' || d.summary) @@ websearch_to_tsquery('simple', $2)))
   order by d.created_at desc, d.id desc
   limit $3`;

/** How many are on the first page. */
export const searchBefore = async (orm: Orm, userId: string, q: string, limit: number): Promise<number> =>
  (await orm.query(LIST, [userId, q, limit])).length;
