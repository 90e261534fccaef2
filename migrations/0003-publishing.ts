/** Publishing: revisions, what is public, schedules, deletion with a way back, and full-text search. */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  `alter table documents
     add column slug text null,
     add column summary text not null default '',
     add column visibility text not null default 'private'
       constraint documents_visibility_check check (visibility in ('public', 'private')),
     add column published_revision integer null,
     add column published_at timestamptz null,
     add column deleted_at timestamptz null`,
  // Nodes of the version before insert without a slug: the default serves them too.
  `alter table documents alter column slug set default 'd-' || replace(gen_random_uuid()::text, '-', '')`,
  `update documents set slug = 'd-' || replace(id::text, '-', '') where slug is null`,
  `alter table documents alter column slug set not null,
     add constraint documents_slug_check check (slug ~ '^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$')`,
  `create unique index documents_slug_unique on documents (slug)`,
  `create index documents_deleted_index on documents (deleted_at) where deleted_at is not null`,
  `create table revisions (
    document_id uuid not null references documents (id) on delete cascade,
    number integer not null,
    title text not null,
    summary text not null,
    body jsonb not null,
    seq bigint not null,
    published_by uuid not null references users (id),
    published_at timestamptz not null default now(),
    primary key (document_id, number)
  )`,
  `create trigger revisions_immutable before update on revisions for each row execute function refuse_change()`,
  `create table schedules (
    id uuid primary key default gen_random_uuid(),
    document_id uuid not null constraint schedules_document_unique unique references documents (id) on delete cascade,
    user_id uuid not null references users (id),
    session_id uuid not null,
    publish_at timestamptz not null,
    created_at timestamptz not null default now(),
    attempts integer not null default 0,
    claimed_until timestamptz null
  )`,
  `create index schedules_due_index on schedules (publish_at)`,
  // What the draft says as of a position, for search: words of title, summary and text are found together. The text is
  // cut to what a tsvector holds in the worst case. Documents of the version before have no row until they are edited.
  `create table draft_texts (
    document_id uuid primary key references documents (id) on delete cascade,
    seq bigint not null,
    title text not null,
    summary text not null,
    text text not null,
    search tsvector not null
      generated always as (to_tsvector('simple', title || ' ' || summary || ' ' || left(text, 100000))) stored
  )`,
  `create index draft_texts_search_index on draft_texts using gin (search)`,
];

export class Publishing extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
