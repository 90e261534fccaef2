/**
 * Whether what changed was public before the change, or is after it: only then do lists of public documents show a difference, and
 * are made again. Null, in rows of before: it may have been.
 */
import { OnlineMigration } from './online-migration.ts';

/** As in the steps before: whoever may change the table may not always write here. */
const noted = (name: string, body: string) => `create or replace function ${name}() returns trigger
  language plpgsql security definer set search_path from current as $$
  begin
    ${body}
    return null;
  end $$`;

const UNRELATED = `['title', 'summary', 'updated_at']`;

/** As the view of public documents has it. Of a deleted row there is no new one: that is not public. */
const isPublic = (row: 'old' | 'new') =>
  `coalesce(${row}.visibility = 'public' and ${row}.published_revision is not null and ${row}.deleted_at is null, false)`;

const STATEMENTS = [
  `alter table access_changes add column changes_lists boolean null`,
  noted(
    'note_grant_change',
    `if tg_op <> 'INSERT' then
      insert into access_changes (document_id, user_id, changes_lists) values (old.document_id, old.user_id, false);
    end if;
    if tg_op <> 'DELETE' then
      insert into access_changes (document_id, user_id, changes_lists) values (new.document_id, new.user_id, false);
    end if;`,
  ),
  noted(
    'note_document_change',
    `if tg_op = 'UPDATE' and to_jsonb(old) - array${UNRELATED} = to_jsonb(new) - array${UNRELATED} then
      return null;
    end if;
    insert into access_changes (document_id, changes_lists) values (old.id, ${isPublic('old')} or ${isPublic('new')});
    if tg_op = 'UPDATE' and old.deleted_at is distinct from new.deleted_at then
      insert into access_changes (document_id, user_id, changes_lists)
      select g.document_id, g.user_id, false from grants g where g.document_id = old.id;
    end if;`,
  ),
];

export class ListedChanges extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
