/** Accounts (users, sessions), documents with their grants, and the journal of drafts. */
import { OnlineMigration } from './online-migration.ts';

const DRAFT_UPDATES_PARTITIONS = 8;

const ACCOUNTS = [
  `create table users (
    id uuid primary key default gen_random_uuid(),
    handle text not null constraint users_handle_unique unique,
    password_hash text not null,
    role text not null constraint users_role_check check (role in ('author', 'admin')),
    created_at timestamptz not null default now()
  )`,
  // token_hash is SHA-256 of a random 256-bit token: nothing to salt, and a stolen table signs nobody in.
  `create table sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references users (id) on delete cascade,
    token_hash bytea not null constraint sessions_token_hash_unique unique,
    created_at timestamptz not null default now(),
    expires_at timestamptz not null,
    revoked_at timestamptz null,
    user_agent text null,
    ip inet null,
    constraint sessions_token_hash_check check (octet_length(token_hash) = 32)
  )`,
  `create index sessions_user_id_index on sessions (user_id)`,
];

const DOCUMENTS = [
  `create table documents (
    id uuid primary key default gen_random_uuid(),
    title text not null,
    owner_id uuid not null references users (id),
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now()
  )`,
  `create table grants (
    document_id uuid not null references documents (id) on delete cascade,
    user_id uuid not null references users (id) on delete cascade,
    level text not null constraint grants_level_check check (level in ('view', 'edit', 'own')),
    created_at timestamptz not null default now(),
    primary key (document_id, user_id)
  )`,
  `create index grants_user_id_index on grants (user_id)`,
];

const DRAFTS = [
  // The row that every commit of a document updates (I2). Half of each page stays free and no column but the key is
  // indexed, so that those updates are HOT: no index is touched, and dead versions go without vacuum.
  `create table draft_heads (
    document_id uuid primary key references documents (id) on delete cascade,
    owner_node text null,
    epoch bigint not null default 0,
    head_seq bigint not null default 0,
    snapshot_seq bigint not null default 0,
    audited_seq bigint not null default 0,
    edited_at timestamptz not null default now()
  ) with (fillfactor = 50)`,
  // No foreign keys here: each would cost a probe and a row lock for every row of every group commit, and a row that
  // vanished meanwhile would fail the commit of all the other documents in it. The fenced update of draft_heads in the
  // same transaction proves that the document exists; users and sessions were checked when the update came in.
  `create table draft_updates (
    document_id uuid not null,
    seq bigint not null,
    user_id uuid not null,
    session_id uuid not null,
    at timestamptz not null default now(),
    update bytea not null,
    primary key (document_id, seq)
  ) partition by hash (document_id)`,
  // Most updates are tens of bytes; the few large ones go out of line as they are rather than be compressed during
  // the commit that an author waits for. Set before the partitions are made: they inherit it.
  `alter table draft_updates alter column update set storage external`,
  ...Array.from(
    { length: DRAFT_UPDATES_PARTITIONS },
    (_, remainder) =>
      `create table draft_updates_${remainder} partition of draft_updates
        for values with (modulus ${DRAFT_UPDATES_PARTITIONS}, remainder ${remainder})`,
  ),
  `create table draft_snapshots (
    document_id uuid not null references documents (id) on delete cascade,
    seq bigint not null,
    state bytea not null,
    created_at timestamptz not null default now(),
    primary key (document_id, seq)
  )`,
  // Bound in the group commit (I4), therefore without foreign keys as well.
  `create table draft_clients (
    document_id uuid not null,
    client_id bigint not null,
    user_id uuid not null,
    bound_at timestamptz not null default now(),
    primary key (document_id, client_id),
    constraint draft_clients_client_id_check check (client_id between 0 and 4294967295)
  )`,
];

export class AccountsAndDrafts extends OnlineMigration {
  override statements(): readonly string[] {
    return [...ACCOUNTS, ...DOCUMENTS, ...DRAFTS];
  }
}
