/**
 * What anonymous readers may see (I6): views over public documents, and the one role that may select from them and from
 * nothing else. Besides, documents that show their draft live, and the counts of readers.
 */
import { OnlineMigration } from './online-migration.ts';

/**
 * Roles belong to the whole server: another database of it, or another node at this very moment, may have made it. Since
 * PostgreSQL 16 who made a role administers it, but may not become it before it was granted to them.
 */
const ROLE = `do $$
declare
  usable text := case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end;
begin
  for attempt in 1..10 loop
    begin
      if not exists (select from pg_roles where rolname = 'stet_public') then
        create role stet_public nologin;
      end if;
      if not pg_has_role(current_user, 'stet_public', usable) then
        execute format('grant stet_public to %I', current_user);
      end if;
      exit;
    exception
      when unique_violation or duplicate_object or internal_error then
        if attempt = 10 then raise; end if;
      when insufficient_privilege then
        raise exception using errcode = 'insufficient_privilege', message = format(
          'Public reads need the role stet_public, which %1$I may not make or use. A database administrator runs: '
          || case when exists (select from pg_roles where rolname = 'stet_public') then '' else 'create role stet_public nologin; ' end
          || 'grant stet_public to %1$I;', current_user);
    end;
  end loop;
end $$`;

const STATEMENTS = [
  `alter table documents add column live boolean not null default false`,
  // A revision that was published while its document was private stays private when the document goes public later.
  `alter table revisions add column visibility text not null default 'private'
     constraint revisions_visibility_check check (visibility in ('public', 'private'))`,
  ROLE,
  `create view public_documents with (security_barrier) as
     select d.id, d.slug, d.published_revision as revision, d.live, r.title, r.summary, d.published_at,
            (select min(f.published_at) from revisions f
              where f.document_id = d.id and (f.visibility = 'public' or f.number = d.published_revision))
              as first_published_at,
            u.handle as author
       from documents d
       join revisions r on r.document_id = d.id and r.number = d.published_revision
       join users u on u.id = d.owner_id
      where d.visibility = 'public' and d.deleted_at is null`,
  `create view public_revisions with (security_barrier) as
     select r.document_id, r.number, r.title, r.summary, r.body, r.published_at
       from revisions r
       join documents d on d.id = r.document_id
      where d.visibility = 'public' and d.deleted_at is null and r.number <= d.published_revision
        and (r.visibility = 'public' or r.number = d.published_revision)`,
  `grant usage on schema public to stet_public`,
  `grant select on public_documents, public_revisions to stet_public`,
  `create index documents_public_index on documents (published_at desc)
     where visibility = 'public' and published_revision is not null and deleted_at is null`,
  // One row a document, written in batches; no foreign key: a batch must not fail for a document that is gone.
  `create table document_views (
     document_id uuid primary key,
     views bigint not null default 0,
     counted_at timestamptz not null default now()
   )`,
  `create table document_readers (
     document_id uuid not null,
     day date not null,
     readers bigint not null,
     primary key (document_id, day)
   )`,
  // A batch that is in here was added: adding it again changes nothing.
  `create table counted_batches (
     id uuid primary key,
     counted_at timestamptz not null default now()
   )`,
  `create index counted_batches_counted_at_index on counted_batches (counted_at)`,
];

export class PublicReads extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
