/**
 * What search and lists know of a draft: its title, summary and text as of a position. A projection: it may lag behind,
 * and never goes back. Names that follow the title are made anew with it: once a round, however many keys were pressed.
 */
import type { SlugStyle } from '../../../../schemas/http.ts';
import type { DraftText, DraftTextStore } from '../../../ports/draft-texts.ts';
import { FOLLOWS_TITLE, NAME, nameFromTitle } from '../names.ts';
import type { Orm } from '../orm.ts';
import { MAX_CHARS, RULES, vectorsOf } from '../search/vectors.ts';
import { endBackfill, indexNext } from '../search/word-index.ts';
import { transaction } from '../transaction.ts';

/** Characters of texts that are written at once, about: their documents are locked meanwhile. */
const MAX_BATCH_CHARS = 100_000;

// Rows are locked in the order of their ids: two nodes that project the same documents wait rather than deadlock. A
// document that is gone, or goes meanwhile, is passed over.
const LOCK = 'select id, title, summary from documents where id = any($1::uuid[]) order by id for no key update';

const PROJECT = `
  with wanted as (
    select * from jsonb_to_recordset($1::jsonb)
      as x(id uuid, seq bigint, title text, summary text, text text, "titleWords" text, words text)
  ), projected as (
    insert into draft_texts as t (document_id, seq, title, summary, text)
    select id, seq, title, summary, text from wanted order by id
    on conflict (document_id) do update
      set seq = excluded.seq, title = excluded.title, summary = excluded.summary, text = excluded.text
      where t.seq <= excluded.seq
    returning document_id, title, summary
  ), indexed as (
    insert into draft_words (document_id, seq, rules, title, words)
    select x.id, x.seq, ${RULES}, x."titleWords"::tsvector, x.words::tsvector
      from wanted x join projected p on p.document_id = x.id order by x.id
    on conflict (document_id) do update
      set seq = excluded.seq, rules = excluded.rules, title = excluded.title, words = excluded.words
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

interface Titled {
  id: string;
  title: string;
  summary: string;
}

/** A row of `PROJECT`. A draft without a title of its own keeps the document's, and the summary with it. */
function rowOf({ documentId, seq, ...draft }: DraftText, document: Titled) {
  const text = draft.text.slice(0, MAX_CHARS).toWellFormed();
  const title = draft.title ?? document.title;
  const summary = draft.title === null && draft.summary === '' ? document.summary : draft.summary;
  const { title: titleWords, words } = vectorsOf({ title, summary, text });
  return { id: documentId, seq, title, summary, text, titleWords, words };
}

function* batches(texts: readonly DraftText[]): Generator<DraftText[]> {
  let batch: DraftText[] = [];
  let size = 0;
  for (const text of texts) {
    batch.push(text);
    size += Math.min(text.text.length, MAX_CHARS);
    if (size < MAX_BATCH_CHARS) continue;
    yield batch;
    [batch, size] = [[], 0];
  }
  if (batch.length > 0) yield batch;
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

  const project = (texts: readonly DraftText[]): Promise<string[]> =>
    transaction(orm, async (run) => {
      const documents = await run<Titled>(LOCK, [texts.map(({ documentId }) => documentId)]);
      const byId = new Map(documents.map((document) => [document.id, document]));
      const rows = texts.flatMap((text) => {
        const document = byId.get(text.documentId);
        return document ? [rowOf(text, document)] : [];
      });
      return (await run<{ id: string }>(PROJECT, [JSON.stringify(rows)])).map(({ id }) => id);
    });

  return {
    async project(texts) {
      const changed: string[] = [];
      for (const batch of batches(texts)) changed.push(...(await project(batch)));
      await followTitles(changed);
      return changed;
    },

    async behind(limit) {
      return (await orm.query<{ id: string }>(BEHIND, [limit])).map(({ id }) => id);
    },

    async index(after) {
      const indexed = await indexNext(orm, after);
      if (indexed.last === undefined) await endBackfill(orm);
      return indexed;
    },
  };
}
