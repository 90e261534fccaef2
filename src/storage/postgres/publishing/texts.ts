/**
 * What search and lists know of a draft: its title, summary and text as of a position. A projection: it may lag behind,
 * and never goes back. Names that follow the title are made anew with it: once a round, however many keys were pressed.
 */
import type { SlugStyle } from '../../../../schemas/http.ts';
import type { DraftTextStore } from '../../../ports/draft-texts.ts';
import { FOLLOWS_TITLE, NAME, nameFromTitle } from '../names.ts';
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

const FOLLOWING = `
  select d.id, d.title, d.owner_id, d.slug_style, ${NAME} as name from documents d where d.id = any($1::uuid[]) and ${FOLLOWS_TITLE}`;

// An owner may have chosen another, or somebody published it, since it was read.
const FOLLOW = `
  update documents d set name = $2, made_name = $2
   where d.id = $1 and ${NAME} = $3 and d.title = $4 and ${FOLLOWS_TITLE}`;

const BEHIND = `
  select h.document_id as id from draft_heads h left join draft_texts t on t.document_id = h.document_id
   where h.head_seq > coalesce(t.seq, 0) and h.edited_at < now() - interval '30 s'
   limit $1`;

interface FollowingRow {
  id: string;
  title: string;
  owner_id: string;
  slug_style: SlugStyle;
  name: string;
}

export function createDraftTextStore(orm: Orm): DraftTextStore {
  async function followTitles(ids: readonly string[]): Promise<void> {
    if (ids.length === 0) return;
    for (const { id, title, owner_id, slug_style, name } of await orm.query<FollowingRow>(FOLLOWING, [ids])) {
      const titled = { documentId: id, title, style: slug_style, userId: owner_id, present: name };
      const made = await nameFromTitle(orm.query, titled);
      if (made !== name) await orm.query(FOLLOW, [id, made, name, title]);
    }
  }

  return {
    async project(texts) {
      if (texts.length === 0) return [];
      const rows = texts.map((row) => ({ ...row, text: row.text.slice(0, MAX_CHARS).toWellFormed() }));
      const changed = (await orm.query<{ id: string }>(PROJECT, [JSON.stringify(rows)])).map(({ id }) => id);
      await followTitles(changed);
      return changed;
    },

    async behind(limit) {
      return (await orm.query<{ id: string }>(BEHIND, [limit])).map(({ id }) => id);
    },
  };
}
