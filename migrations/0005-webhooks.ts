/** Webhooks and the log of their deliveries, which is their queue as well. */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  `create table webhooks (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users (id) on delete cascade,
    document_id uuid null references documents (id) on delete cascade,
    url text not null,
    secret bytea not null,
    events text[] not null,
    active boolean not null default true,
    created_at timestamptz not null default now()
  )`,
  `create index webhooks_user_id_index on webhooks (user_id)`,
  `create table webhook_deliveries (
    id uuid primary key default gen_random_uuid(),
    webhook_id uuid not null references webhooks (id) on delete cascade,
    document_id uuid null,
    event text not null,
    payload jsonb not null,
    state text not null default 'pending'
      constraint webhook_deliveries_state_check check (state in ('pending', 'delivered', 'failed')),
    attempts integer not null default 0,
    next_attempt_at timestamptz null default now(),
    last_status integer null,
    last_error text null,
    created_at timestamptz not null default now(),
    delivered_at timestamptz null
  )`,
  `create index webhook_deliveries_due_index on webhook_deliveries (next_attempt_at) where state = 'pending'`,
  `create index webhook_deliveries_webhook_index on webhook_deliveries (webhook_id, created_at desc)`,
  // Edits that nobody was told of yet are one delivery.
  `create unique index webhook_deliveries_coalesced on webhook_deliveries (webhook_id, document_id)
     where event = 'document.edited' and state = 'pending' and attempts = 0`,
];

export class Webhooks extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
