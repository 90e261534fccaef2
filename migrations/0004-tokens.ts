/** API tokens, and the answers kept for repeated requests. */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  // token_hash as for sessions: SHA-256 of a random 256-bit token.
  `create table tokens (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users (id) on delete cascade,
    name text not null,
    token_hash bytea not null constraint tokens_token_hash_unique unique,
    scopes text[] not null,
    allow_plaintext boolean not null default false,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz null,
    last_used_at timestamptz null,
    constraint tokens_token_hash_check check (octet_length(token_hash) = 32)
  )`,
  `create index tokens_user_id_index on tokens (user_id)`,
  // status is null while a request runs; attempt says which one, for a dead one's place may be taken.
  `create table idempotency_keys (
    user_id uuid not null references users (id) on delete cascade,
    key text not null,
    fingerprint bytea not null,
    attempt uuid not null,
    started_at timestamptz not null,
    status integer null,
    headers jsonb null,
    body bytea null,
    primary key (user_id, key)
  )`,
  `create index idempotency_keys_started_at_index on idempotency_keys (started_at)`,
];

export class Tokens extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
