/**
 * A document's name, its address below `/d/`, is reserved by what readers can see and by nothing else: that a private document
 * or one that is not published has a name must not be found out by asking for it (I6).
 *
 * The column `slug` stays unique for nodes of the version before, which insert `on conflict (slug)`; it says nothing any more.
 * What they write there, the trigger takes for the name.
 */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  `alter table documents add column name text null`,
  `create function name_document() returns trigger language plpgsql as $$
    begin
      if tg_op = 'INSERT' then
        new.name := coalesce(new.name, new.slug);
      elsif new.slug is distinct from old.slug and new.name is not distinct from old.name then
        new.name := new.slug;
      end if;
      return new;
    end $$`,
  `create trigger documents_name before insert or update of slug on documents for each row execute function name_document()`,
  `update documents set name = slug where name is null`,
  `alter table documents alter column name set not null,
     add constraint documents_name_check check (name ~ '^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$')`,
  `create index documents_name on documents (name)`,
  `create unique index documents_name_public on documents (name)
     where visibility = 'public' and published_revision is not null and deleted_at is null`,
  `create or replace view public_documents with (security_barrier) as
     select d.id, d.name as slug, d.published_revision as revision, d.live, r.title, r.summary, d.published_at,
            (select min(f.published_at) from revisions f
              where f.document_id = d.id and (f.visibility = 'public' or f.number = d.published_revision))
              as first_published_at,
            u.handle as author
       from documents d
       join revisions r on r.document_id = d.id and r.number = d.published_revision
       join users u on u.id = d.owner_id
      where d.visibility = 'public' and d.deleted_at is null`,
];

export class Names extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
