/** Secrets that all nodes share: what they sign for themselves, and show to nobody. */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  `create table server_secrets (
     name text primary key,
     value bytea not null check (octet_length(value) = 32),
     created_at timestamptz not null default now()
   )`,
];

export class ServerSecrets extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
