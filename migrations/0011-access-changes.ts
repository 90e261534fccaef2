/**
 * Which users and documents to look at again: a row for each change of a grant, a session, a token or of what a name shows,
 * written by triggers in the transaction of the change, whoever makes it: an older node or an operator's SQL as well.
 * `xid` tells readers what was committed since they last looked, also when it was begun long before.
 */
import { OnlineMigration } from './online-migration.ts';

/** Whoever may change the table may not always write here. The schema is the one that this migration runs in. */
const noted = (name: string, body: string) => `create function ${name}() returns trigger
  language plpgsql security definer set search_path from current as $$
  begin
    ${body}
    return null;
  end $$`;

const UNRELATED = `['title', 'summary', 'updated_at']`;

const STATEMENTS = [
  `create table access_changes (
    id bigint generated always as identity primary key,
    xid xid8 not null default pg_current_xact_id(),
    at timestamptz not null default now(),
    document_id uuid null,
    user_id uuid null
  )`,
  `create index access_changes_xid_index on access_changes (xid)`,
  noted(
    'note_grant_change',
    `if tg_op <> 'INSERT' then
      insert into access_changes (document_id, user_id) values (old.document_id, old.user_id);
    end if;
    if tg_op <> 'DELETE' then
      insert into access_changes (document_id, user_id) values (new.document_id, new.user_id);
    end if;`,
  ),
  `create trigger grants_note_change after insert or update or delete on grants
    for each row execute function note_grant_change()`,
  noted('note_credential_change', 'insert into access_changes (user_id) values (old.user_id);'),
  ...['sessions', 'tokens'].flatMap((table) => [
    `create trigger ${table}_note_update after update of revoked_at, expires_at on ${table} for each row
      when (old.revoked_at is distinct from new.revoked_at or old.expires_at is distinct from new.expires_at)
      execute function note_credential_change()`,
    `create trigger ${table}_note_delete after delete on ${table} for each row when (old.revoked_at is null)
      execute function note_credential_change()`,
  ]),
  // All columns but those that say nothing of who may read it or what its name shows, also those that later steps add.
  // A deleted document is open to nobody: whoever has a grant is looked at.
  noted(
    'note_document_change',
    `if tg_op = 'UPDATE' and to_jsonb(old) - array${UNRELATED} = to_jsonb(new) - array${UNRELATED} then
      return null;
    end if;
    insert into access_changes (document_id) values (old.id);
    if tg_op = 'UPDATE' and old.deleted_at is distinct from new.deleted_at then
      insert into access_changes (document_id, user_id)
      select g.document_id, g.user_id from grants g where g.document_id = old.id;
    end if;`,
  ),
  `create trigger documents_note_update after update on documents for each row when (old.* is distinct from new.*)
    execute function note_document_change()`,
  `create trigger documents_note_delete after delete on documents
    for each row execute function note_document_change()`,
];

export class AccessChanges extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
