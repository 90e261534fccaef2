/** Webhooks and the log of their deliveries, which is their queue as well. */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  // The secret signs what is sent, so it is kept as it is. After a rotation the one before signs too for a while.
  `create table webhooks (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users (id) on delete cascade,
    document_id uuid null references documents (id) on delete cascade,
    url text not null,
    host text not null,
    secret bytea not null constraint webhooks_secret_check check (octet_length(secret) between 24 and 64),
    previous_secret bytea null,
    previous_until timestamptz null,
    events text[] not null,
    active boolean not null default true,
    switched_off text null,
    failing_since timestamptz null,
    created_at timestamptz not null default now()
  )`,
  `create index webhooks_user_id_index on webhooks (user_id)`,
  `create index webhooks_document_id_index on webhooks (document_id) where document_id is not null`,
  // gathering: an edit that waits for further ones. attempts grows with each claim and is the fence of whoever sends; tries
  // is the same since a person last asked for it, and decides the next pause.
  `create table webhook_deliveries (
    id uuid primary key default gen_random_uuid(),
    webhook_id uuid not null references webhooks (id) on delete cascade,
    document_id uuid null,
    event text not null,
    payload jsonb not null,
    state text not null default 'pending'
      constraint webhook_deliveries_state_check check (state in ('pending', 'delivered', 'failed')),
    gathering boolean not null default false,
    attempts integer not null default 0,
    tries integer not null default 0,
    next_attempt_at timestamptz null default now(),
    last_status integer null,
    last_error text null,
    created_at timestamptz not null default now(),
    delivered_at timestamptz null
  )`,
  `create index webhook_deliveries_due_index on webhook_deliveries (next_attempt_at) where state = 'pending'`,
  `create index webhook_deliveries_pending_index on webhook_deliveries (webhook_id) where state = 'pending'`,
  `create index webhook_deliveries_webhook_index on webhook_deliveries (webhook_id, created_at desc, id desc)`,
  `create index webhook_deliveries_created_index on webhook_deliveries (created_at)`,
  // Edits that wait for delivery are merged into one.
  `create unique index webhook_deliveries_gathering_unique on webhook_deliveries (webhook_id, document_id)
     where gathering`,
];

export class Webhooks extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
