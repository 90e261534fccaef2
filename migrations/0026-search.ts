/**
 * Words of documents as search finds them: folded by the application (src/content/search), so that neither the database's locale nor
 * its extensions count. And when a user last opened or edited a document: of two results that are alike, the one used last comes first.
 *
 * Documents that were there before are indexed in the background; as long as the row of `draft_words_backfill` stands, those without
 * words are searched as nodes of the version before do, in `draft_texts.search`, which stays for them. What such a node writes
 * is indexed when its position is seen to be ahead.
 */
import { OnlineMigration } from './online-migration.ts';

/**
 * The planner takes reading a vector for as cheap as reading a number, and reads all of them when it expects many matches, or a
 * condition with hundreds of alternatives. In a function of its own a search goes through its index whatever is expected.
 */
const searching = (column: 'title' | 'words') => `create function search_${column}(query tsquery) returns setof uuid
  language sql stable strict set search_path from current set enable_seqscan = off as $$
    select document_id from draft_words where ${column} @@ query $$`;

const STATEMENTS = [
  // Vectors of texts go out of line: the rows that a search passes through are small.
  `create table draft_words (
    document_id uuid primary key references documents (id) on delete cascade,
    seq bigint not null,
    rules smallint not null,
    title tsvector not null,
    words tsvector not null
  ) with (toast_tuple_target = 256)`,
  // What waits to be put into an index is looked through by every search: it is kept short.
  `create index draft_words_title_index on draft_words using gin (title) with (gin_pending_list_limit = 1024)`,
  `create index draft_words_words_index on draft_words using gin (words) with (gin_pending_list_limit = 1024)`,
  searching('title'),
  searching('words'),
  `create table draft_words_backfill (began_at timestamptz not null default now())`,
  `insert into draft_words_backfill default values`,
  `create table document_uses (
    user_id uuid not null references users (id) on delete cascade,
    document_id uuid not null references documents (id) on delete cascade,
    used_at timestamptz not null,
    primary key (user_id, document_id)
  )`,
  `create index document_uses_document_index on document_uses (document_id)`,
];

export class Search extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
