/**
 * What search and lists know of a draft: its title, summary and text as of a position. A projection: it may lag behind,
 * and never goes back.
 */
import type { DraftTextStore } from '../../../ports/draft-texts.ts';
import type { Orm } from '../orm.ts';

/** Characters of a text that are kept: more than that is not searched. */
const MAX_CHARS = 100_000;

// Rows are locked in the order of their ids: two nodes that project the same documents wait rather than deadlock. A
// document that is gone, or goes meanwhile, is passed over.
const PROJECT = `
  with wanted as (
    select d.id, x.seq, x.text, coalesce(x.title, d.title) as title,
           case when x.title is null and x.summary = '' then d.summary else x.summary end as summary
      from jsonb_to_recordset($1::jsonb) as x("documentId" uuid, seq bigint, title text, summary text, text text)
      join documents d on d.id = x."documentId"
     order by d.id
       for no key update of d
  ), projected as (
    insert into draft_texts as t (document_id, seq, title, summary, text)
    select id, seq, title, summary, text from wanted order by id
    on conflict (document_id) do update
      set seq = excluded.seq, title = excluded.title, summary = excluded.summary, text = excluded.text
      where t.seq <= excluded.seq
    returning document_id, title, summary
  )
  update documents d set title = p.title, summary = p.summary
    from projected p
   where d.id = p.document_id and (d.title, d.summary) is distinct from (p.title, p.summary)
  returning d.id`;

const BEHIND = `
  select h.document_id as id from draft_heads h left join draft_texts t on t.document_id = h.document_id
   where h.head_seq > coalesce(t.seq, 0) and h.edited_at < now() - interval '30 s'
   limit $1`;

export function createDraftTextStore(orm: Orm): DraftTextStore {
  return {
    async project(texts) {
      if (texts.length === 0) return [];
      const rows = texts.map((row) => ({ ...row, text: row.text.slice(0, MAX_CHARS).toWellFormed() }));
      const changed = await orm.query<{ id: string }>(PROJECT, [JSON.stringify(rows)]);
      return changed.map(({ id }) => id);
    },

    async behind(limit) {
      return (await orm.query<{ id: string }>(BEHIND, [limit])).map(({ id }) => id);
    },
  };
}
