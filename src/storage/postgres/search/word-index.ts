/**
 * The index of search: words of documents as of a position of their drafts. A projection like the texts that it is made of: it may
 * lag behind and never goes back. Written with the text; what has none yet, or was written by a node of the version before or by
 * earlier rules, is indexed from the stored text.
 */
import type { IndexedTexts } from '../../../ports/draft-texts.ts';
import type { Orm } from '../orm.ts';
import { type Run, transaction } from '../transaction.ts';
import { isUnavailable } from '../unavailable.ts';
import { RULES, vectorsOf } from './vectors.ts';

/** Documents that are looked up at a time. */
const BATCH = 100;
/** Any number that nothing else uses in this database: "word" in ASCII. One node at a time does the work. */
const LOCK_KEY = 0x77_6f_72_64;

const IS_BEHIND = `(w.document_id is null or w.rules < ${RULES} or w.seq < t.seq)`;

const BEHIND = `
  select d.id
    from documents d
    left join draft_texts t on t.document_id = d.id
    left join draft_words w on w.document_id = d.id
   where ($1::uuid is null or d.id > $1) and ${IS_BEHIND}
   order by d.id
   limit ${BATCH}`;

const LOCK = 'select id from documents where id = $1 for no key update';

const TEXT = `
  select d.title, d.summary, coalesce(t.seq, 0)::text as seq, coalesce(t.text, '') as text
    from documents d left join draft_texts t on t.document_id = d.id
   where d.id = $1`;

const WRITE = `
  insert into draft_words as w (document_id, seq, rules, title, words) values ($1, $2::bigint, ${RULES}, $3::tsvector, $4::tsvector)
  on conflict (document_id) do update
    set seq = excluded.seq, rules = excluded.rules, title = excluded.title, words = excluded.words`;

interface TextRow {
  title: string;
  summary: string;
  /** A bigint travels as text. */
  seq: string;
  text: string;
}

/** Indexes a document as it is stored. Its row in `documents` is locked: whoever writes its text locks it too. */
export async function indexDocument(run: Run, documentId: string): Promise<void> {
  const [row] = await run<TextRow>(TEXT, [documentId]);
  if (!row) return;
  const { title, words } = vectorsOf(row);
  await run(WRITE, [documentId, row.seq, title, words]);
}

/**
 * Indexes the next documents that are behind, one a transaction: none is locked for longer than its own words take, and one that
 * cannot be indexed keeps no other from it.
 * @param after the last one that was looked at; undefined: from the first
 * @throws what says that the database is unavailable
 */
export async function indexNext(orm: Orm, after: string | undefined): Promise<IndexedTexts> {
  const rows = await orm.query<{ id: string }>(BEHIND, [after ?? null]);
  const failed: IndexedTexts['failed'] = [];
  for (const { id } of rows) {
    try {
      if (!(await indexOne(orm, id))) return { last: undefined, failed };
    } catch (error) {
      if (isUnavailable(error)) throw error;
      failed.push({ documentId: id, error });
    }
  }
  return { last: rows.at(-1)?.id, failed };
}

/** @returns false: another node is at it */
const indexOne = (orm: Orm, documentId: string): Promise<boolean> =>
  transaction(
    orm,
    async (run) => {
      const [lock] = await run<{ locked: boolean }>(`select pg_try_advisory_xact_lock(${LOCK_KEY}) as locked`);
      if (!lock?.locked) return false;
      await run(LOCK, [documentId]);
      await indexDocument(run, documentId);
      return true;
    },
    // Lost in a crash, it is done again.
    { settings: 'set local synchronous_commit = off' },
  );

/** Once every document has words, none is searched without them any more. */
export async function endBackfill(orm: Orm): Promise<void> {
  const [present] = await orm.query('select began_at from draft_words_backfill', []);
  if (!present) return;
  await orm.query(
    `delete from draft_words_backfill where not exists (
       select from documents d where not exists (select from draft_words w where w.document_id = d.id))`,
    [],
  );
}
