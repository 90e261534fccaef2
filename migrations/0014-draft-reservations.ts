/**
 * Client ids that editors have opened a draft under and written nothing under yet: each is kept for its user, for work that
 * is written offline may come under it.
 */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  // Written at an open, not in group commits: a foreign key is no burden here.
  `create table draft_reservations (
    document_id uuid not null references documents (id) on delete cascade,
    client_id bigint not null,
    user_id uuid not null,
    reserved_at timestamptz not null default now(),
    primary key (document_id, client_id),
    constraint draft_reservations_client_id_check check (client_id between 0 and 4294967295)
  )`,
];

export class DraftReservations extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
