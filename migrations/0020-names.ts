/**
 * A document's name, its address below `/d/`, is reserved by what readers can see and by nothing else: that a private document
 * or one that is not published has a name must not be found out by asking for it (I6).
 *
 * The column `slug` stays unique for nodes of the version before, which insert `on conflict (slug)`. It is the name of a document that has
 * no other: no row is touched here. What an older node writes there later, the trigger takes for the name.
 */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  `alter table documents add column name text null
     constraint documents_name_check check (name ~ '^[a-z0-9]([a-z0-9-]{0,78}[a-z0-9])?$')`,
  `create function name_document() returns trigger language plpgsql as $$
    begin new.name := new.slug; return new; end $$`,
  `create trigger documents_name before update of slug on documents for each row
     when (old.name is not null and new.slug is distinct from old.slug and new.name is not distinct from old.name)
     execute function name_document()`,
  `create index documents_name on documents (coalesce(name, slug))`,
  `create unique index documents_name_public on documents (coalesce(name, slug))
     where visibility = 'public' and published_revision is not null and deleted_at is null`,
  `create or replace view public_documents with (security_barrier) as
     select d.id, coalesce(d.name, d.slug) as slug, d.published_revision as revision, d.live, r.title, r.summary, d.published_at,
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
