/** Documents whose appends the database refuses at the moment: for the doctor, and for the next owner. */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  `create table draft_refusals (
    document_id uuid primary key references documents (id) on delete cascade,
    since timestamptz not null default now(),
    tried_at timestamptz not null default now(),
    code text not null,
    reason text not null
  )`,
];

export class RefusedAppends extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
