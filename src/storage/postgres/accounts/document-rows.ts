/**
 * Rows of documents that a user has a grant on: what lists and searches select, and how the API shows it. A deleted document is
 * absent but for its owners' list of them.
 */
import type { Document as PublicDocument, SlugStyle, Visibility } from '../../../../schemas/http.ts';
import type { Role } from '../../../../schemas/realtime.ts';
import type { DocumentFilters } from '../../../ports/documents.ts';
import { FOLLOWS_TITLE, NAME } from '../names.ts';
import type { Orm } from '../orm.ts';

export interface DocumentRow {
  id: string;
  slug: string;
  slug_style: SlugStyle;
  follows_title: boolean;
  title: string;
  summary: string;
  visibility: Visibility;
  live: boolean;
  language: string | null;
  level: Role;
  owner: string;
  seq: number;
  created_ms: number;
  edited_ms: number;
  deleted_ms: number | null;
  published_revision: number | null;
  published_ms: number | null;
  scheduled_ms: number | null;
  views: number;
}

type Moment = Pick<DocumentRow, 'id' | 'level' | 'seq' | 'edited_ms' | 'deleted_ms'>;

const ms = (column: string) => `(extract(epoch from ${column}) * 1000)::float8`;

export const COLUMNS = `
         d.id, ${NAME} as slug, d.slug_style, ${FOLLOWS_TITLE} as follows_title, d.title, d.summary, d.visibility, d.live, d.language,
         g.level, o.handle as owner, h.head_seq::float8 as seq,
         ${ms('d.created_at')} as created_ms, ${ms('h.edited_at')} as edited_ms, ${ms('d.deleted_at')} as deleted_ms,
         d.published_revision, ${ms('d.published_at')} as published_ms, ${ms('s.publish_at')} as scheduled_ms,
         coalesce(v.views, 0)::float8 as views`;

/** What `FILTERS` need. */
export const BASE = `
    grants g
    join documents d on d.id = g.document_id
    join draft_heads h on h.document_id = d.id
    left join schedules s on s.document_id = d.id`;

export const SOURCES = `${BASE}
    join users o on o.id = d.owner_id
    left join document_views v on v.document_id = d.id`;

/** I6: of $1, a user; and as asked for: $2 state, $3 visibility, $4 level. */
export const FILTERS = `
         g.user_id = $1
     and case when $2::text is not distinct from 'deleted' then d.deleted_at is not null and g.level = 'own'
              else d.deleted_at is null end
     and case $2::text when 'draft' then d.published_revision is null
                       when 'published' then d.published_revision is not null
                       when 'scheduled' then s.id is not null
                       else true end
     and ($3::text is null or d.visibility = $3)
     and ($4::text is null or g.level = $4)`;

/** Values of the parameters of `FILTERS`. */
export const filterValues = (userId: string, { state, visibility, role }: DocumentFilters) => [
  userId,
  state ?? null,
  visibility ?? null,
  role ?? null,
];

/** For documents that a replica found: the user's present level (I6), and the present position of the draft. */
const AT_THIS_MOMENT = `
  select g.document_id as id, g.level, h.head_seq::float8 as seq, ${ms('h.edited_at')} as edited_ms,
         ${ms('d.deleted_at')} as deleted_ms
    from grants g
    join documents d on d.id = g.document_id
    join draft_heads h on h.document_id = d.id
   where g.user_id = $1 and g.document_id = any($2::uuid[])`;

/** I6: without those that the user has lost since the replica's moment. */
export async function asOfNow<Row extends DocumentRow>(
  orm: Pick<Orm, 'query'>,
  userId: string,
  found: readonly Row[],
  state: DocumentFilters['state'],
): Promise<Row[]> {
  if (found.length === 0) return [];
  const rows = await orm.query<Moment>(AT_THIS_MOMENT, [userId, found.map(({ id }) => id)]);
  const now = new Map(rows.map((row) => [row.id, row]));
  return found.flatMap((row) => {
    const moment = now.get(row.id);
    const isOpen =
      state === 'deleted' ? moment?.deleted_ms != null && moment.level === 'own' : moment?.deleted_ms === null;
    return moment && isOpen ? [{ ...row, ...moment }] : [];
  });
}

const iso = (time: number) => new Date(time).toISOString();

/** @param siteLanguage of documents that have no other */
export const toPublic = (row: DocumentRow, siteLanguage: string): PublicDocument => ({
  id: row.id,
  slug: row.slug,
  slugStyle: row.slug_style,
  slugFollowsTitle: row.follows_title,
  title: row.title,
  summary: row.summary,
  role: row.level,
  owner: row.owner,
  visibility: row.visibility,
  live: row.live,
  language: row.language ?? siteLanguage,
  seq: row.seq,
  createdAt: iso(row.created_ms),
  editedAt: iso(row.edited_ms),
  ...(row.deleted_ms !== null && { deletedAt: iso(row.deleted_ms) }),
  published:
    row.published_revision === null || row.published_ms === null
      ? null
      : { revision: row.published_revision, at: iso(row.published_ms) },
  scheduled: row.scheduled_ms === null ? null : { at: iso(row.scheduled_ms) },
  ...(row.level !== 'view' && { views: row.views }),
});
