/**
 * When documents were on air: published, with their draft shown to readers as it is written. A trigger writes it, whoever makes the
 * change: nodes of the version before know nothing of it. I9: the last hundred periods of a document.
 *
 * And what readers without a session get of drafts (I6): of a public document that is on air the draft as it is now, of one that
 * was, no more of its journal than what its revision was made from.
 */
import { OnlineMigration } from './online-migration.ts';

/** As in the views before: what was published while nobody should see it does not count. */
const FIRST_PUBLISHED = `(select min(f.published_at) from revisions f
              where f.document_id = d.id and (f.visibility = 'public' or f.number = d.published_revision))`;

const STATEMENTS = [
  `create table live_periods (
     document_id uuid not null references documents (id) on delete cascade,
     started_at timestamptz not null default now(),
     started_seq bigint not null,
     ended_at timestamptz null,
     primary key (document_id, started_at)
   )`,
  // Whoever may change documents may not always write here. The schema is the one that this migration runs in.
  `create function note_live_period() returns trigger language plpgsql security definer set search_path from current as $$
   declare
     was_on_air boolean := old.live and old.published_revision is not null and old.deleted_at is null;
     is_on_air boolean := new.live and new.published_revision is not null and new.deleted_at is null;
   begin
     if was_on_air and not is_on_air then
       update live_periods set ended_at = now() where document_id = new.id and ended_at is null;
     elsif is_on_air and not was_on_air then
       insert into live_periods (document_id, started_seq)
       values (new.id, coalesce((select h.head_seq from draft_heads h where h.document_id = new.id), 0))
       on conflict (document_id, started_at) do update set ended_at = null;
       delete from live_periods where document_id = new.id and started_at in (
         select p.started_at from live_periods p where p.document_id = new.id order by p.started_at desc offset 100);
     end if;
     return null;
   end $$`,
  `create trigger documents_note_live_period after update of live, published_revision, deleted_at on documents
     for each row when (old.live or new.live) execute function note_live_period()`,
  `create or replace view public_documents with (security_barrier) as
     select d.id, coalesce(d.name, d.slug) as slug, d.published_revision as revision, d.live, r.title, r.summary, d.published_at,
            ${FIRST_PUBLISHED}
              as first_published_at,
            u.handle as author, d.language,
            (select greatest(min(p.started_at), ${FIRST_PUBLISHED})
               from live_periods p where p.document_id = d.id having count(*) > 0) as live_started_at,
            case when not d.live then
              (select max(p.ended_at) from live_periods p where p.document_id = d.id) end as live_ended_at
       from documents d
       join revisions r on r.document_id = d.id and r.number = d.published_revision
       join users u on u.id = d.owner_id
      where d.visibility = 'public' and d.deleted_at is null`,
  // How far into a draft readers see, and when that last changed for them. Its owner can be asked for what it has in memory.
  `create view public_live_drafts with (security_barrier) as
     select d.id as document_id, d.live, r.number as revision,
            case when d.live then h.head_seq else r.seq end as head_seq,
            case when d.live then greatest(h.edited_at, r.published_at,
              (select max(p.started_at) from live_periods p where p.document_id = d.id)) else r.published_at end as changed_at,
            case when d.live then h.owner_node end as owner_node
       from documents d
       join revisions r on r.document_id = d.id and r.number = d.published_revision
       join draft_heads h on h.document_id = d.id
      where d.visibility = 'public' and d.deleted_at is null
        and (d.live or exists (select from live_periods p where p.document_id = d.id))`,
  `create view public_live_periods with (security_barrier) as
     select p.document_id, p.started_at, p.started_seq, p.ended_at
       from live_periods p join public_live_drafts d on d.document_id = p.document_id`,
  `create view public_live_snapshots with (security_barrier) as
     select s.document_id, s.seq, s.state
       from draft_snapshots s join public_live_drafts d on d.document_id = s.document_id
      where s.seq <= d.head_seq`,
  `create view public_live_updates with (security_barrier) as
     select u.document_id, u.seq, u.at, u.update
       from draft_updates u join public_live_drafts d on d.document_id = u.document_id
      where u.seq <= d.head_seq`,
  `grant select on public_live_drafts, public_live_periods, public_live_snapshots, public_live_updates to stet_public`,
];

export class LivePeriods extends OnlineMigration {
  override statements(): readonly string[] {
    return STATEMENTS;
  }
}
