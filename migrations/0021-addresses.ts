/**
 * Addresses that follow the title until the first publication, in any script, and the addresses that a document had before.
 *
 * `made_name` is the name that was last made from the title. As long as it is the document's name, and nothing was ever published,
 * the name follows the title; a name that somebody chose is another, also one that a node of the version before wrote.
 *
 * Former names are written by a trigger, whoever makes the change. `public`: everybody could read the document under that name. What
 * was only ever the name of a private document is no public name of it later (I6). I9: the last hundred of a document.
 */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  `alter table documents
     add column made_name text null,
     add column slug_style text not null default 'unicode'
       constraint documents_slug_style_check check (slug_style in ('unicode', 'ascii'))`,
  // What letters are, the application checks (schemas/slug.ts): it knows Unicode whatever the database's locale is. Validated in the next step.
  `alter table documents drop constraint documents_name_check`,
  `alter table documents add constraint documents_name_check check (
     char_length(name) between 1 and 80 and octet_length(name) <= 200
     and name !~ '[\\x01-\\x2c\\x2e\\x2f\\x3a-\\x60\\x7b-\\x9f]' and name !~ '^-|-$') not valid`,
  `create table former_names (
     name text not null,
     document_id uuid not null references documents (id) on delete cascade,
     public boolean not null,
     at timestamptz not null default clock_timestamp(),
     primary key (name, document_id)
   )`,
  `create index former_names_document_index on former_names (document_id, at desc)`,
  // Whoever may change documents may not always write here. The schema is the one that this migration runs in.
  `create function note_former_name() returns trigger language plpgsql security definer set search_path from current as $$
   declare
     former text := coalesce(old.name, old.slug);
     was_public boolean := old.visibility = 'public' and old.deleted_at is null;
     is_public boolean := new.visibility = 'public' and new.deleted_at is null;
   begin
     if former is distinct from coalesce(new.name, new.slug) or new.published_revision is null or (was_public and not is_public) then
       insert into former_names as f (name, document_id, public) values (former, old.id, was_public)
       on conflict (name, document_id) do update set public = f.public or excluded.public, at = excluded.at;
       delete from former_names where document_id = old.id and name in (
         select f.name from former_names f where f.document_id = old.id order by f.at desc, f.name offset 100);
     end if;
     return null;
   end $$`,
  `create trigger documents_former_name after update of name, slug, visibility, published_revision, deleted_at on documents
     for each row when (old.published_revision is not null) execute function note_former_name()`,
  // Only names that a public document had in public, and that no public document has now.
  `create view public_former_names with (security_barrier) as
     select f.name, f.document_id, f.at
       from former_names f
       join documents d on d.id = f.document_id
      where f.public and d.visibility = 'public' and d.published_revision is not null and d.deleted_at is null
        and not exists (
          select from documents n
           where coalesce(n.name, n.slug) = f.name
             and n.visibility = 'public' and n.published_revision is not null and n.deleted_at is null)`,
  `grant select on public_former_names to stet_public`,
];

export class Addresses extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
