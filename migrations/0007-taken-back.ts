/**
 * What an author took back stays with its authors (I6): each document says up to which revision it was unpublished, and
 * anonymous readers get none of those, whatever is published later. Earlier cases: the next migration.
 */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  `alter table documents add column taken_back integer not null default 0`,
  // A trigger: nodes of the version before take back as well, and know nothing of the column.
  `create function note_taken_back() returns trigger language plpgsql as $$
    begin new.taken_back := old.published_revision; return new; end $$`,
  `create trigger documents_taken_back before update of published_revision on documents for each row
     when (old.published_revision is not null and new.published_revision is null)
     execute function note_taken_back()`,
  `create or replace view public_revisions with (security_barrier) as
     select r.document_id, r.number, r.title, r.summary, r.body, r.published_at
       from revisions r
       join documents d on d.id = r.document_id
      where d.visibility = 'public' and d.deleted_at is null
        and r.number <= d.published_revision and r.number > d.taken_back
        and (r.visibility = 'public' or r.number = d.published_revision)`,
];

export class TakenBack extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
