/**
 * The audit trail's table (I5): insert-only, partitioned by month. Partitions are made ahead by `ensureAuditPartitions`;
 * the default one takes what would otherwise be lost.
 */
import { OnlineMigration } from './online-migration.ts';

const STATEMENTS = [
  // Ids are UUIDv7 of `at`: a page's cursor tells by itself which partition it is in.
  `create function audit_event_id(at timestamptz) returns uuid language sql volatile as $$
    select encode(set_bit(set_bit(overlay(uuid_send(gen_random_uuid())
      placing substring(int8send(floor(extract(epoch from at) * 1000)::bigint) from 3) from 1 for 6), 52, 1), 53, 1),
      'hex')::uuid $$`,
  `create table audit_events (
    id uuid not null,
    at timestamptz not null,
    actor_kind text not null
      constraint audit_events_actor_kind_check check (actor_kind in ('user', 'token', 'operator', 'system')),
    user_id uuid null,
    token_id uuid null,
    session_id uuid null,
    action text not null,
    target_kind text null,
    target_id text null,
    outcome text not null constraint audit_events_outcome_check check (outcome in ('ok', 'denied', 'failed')),
    ip inet null,
    user_agent text null,
    request_id text null,
    surface text null,
    transport text null,
    before jsonb null,
    after jsonb null,
    details jsonb null,
    primary key (at, id)
  ) partition by range (at)`,
  'create table audit_events_default partition of audit_events default',
  'create index audit_events_target_index on audit_events (target_kind, target_id, at desc, id desc)',
  `create function refuse_change() returns trigger language plpgsql as $$
    begin raise exception '% is insert-only', tg_table_name using errcode = 'insufficient_privilege'; end $$`,
  `create trigger audit_events_insert_only before update or delete on audit_events
     for each row execute function refuse_change()`,
  // Unlike triggers of rows, these do not pass to partitions: each gets its own.
  `create trigger audit_events_no_truncate before truncate on audit_events
     for each statement execute function refuse_change()`,
  `create trigger audit_events_no_truncate before truncate on audit_events_default
     for each statement execute function refuse_change()`,
];

export class AuditEvents extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
