/**
 * Documents as their users see them: metadata, the caller's level, the draft's position, and what is published. Reading
 * and making; `document-changes.ts` changes and deletes. A deleted document is absent but for its owners' list of them.
 */
import { randomUUID } from 'node:crypto';
import { failure } from '../../../../schemas/errors.ts';
import type { Document as PublicDocument, SlugStyle, Visibility } from '../../../../schemas/http.ts';
import type { Role } from '../../../../schemas/realtime.ts';
import type { Clock } from '../../../lib/clock.ts';
import { DEFAULT_LANGUAGE } from '../../../lib/language-tag.ts';
import { type Actor, userOf } from '../../../ports/actor.ts';
import type { DocumentFilters, DocumentStore } from '../../../ports/documents.ts';
import { recordEvent } from '../audit/events.ts';
import { FOLLOWS_TITLE, isNameTaken, NAME, nameFromTitle } from '../names.ts';
import type { Orm } from '../orm.ts';
import { primaryReads, type ReplicaReads } from '../replicas/replica-reads.ts';
import { transaction } from '../transaction.ts';
import { createDocumentChanges } from './document-changes.ts';
import { storableText } from './text.ts';

interface DocumentRow {
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

const SELECT = `
  select d.id, ${NAME} as slug, d.slug_style, ${FOLLOWS_TITLE} as follows_title, d.title, d.summary, d.visibility, d.live, d.language,
         g.level, o.handle as owner, h.head_seq::float8 as seq,
         ${ms('d.created_at')} as created_ms, ${ms('h.edited_at')} as edited_ms, ${ms('d.deleted_at')} as deleted_ms,
         d.published_revision, ${ms('d.published_at')} as published_ms, ${ms('s.publish_at')} as scheduled_ms,
         coalesce(v.views, 0)::float8 as views
    from grants g
    join documents d on d.id = g.document_id
    join users o on o.id = d.owner_id
    join draft_heads h on h.document_id = d.id
    left join schedules s on s.document_id = d.id
    left join document_views v on v.document_id = d.id
   where g.user_id = $1`;

const GET = `${SELECT} and g.document_id = $2 and d.deleted_at is null`;

// The words may be spread over title, summary and text. What was never projected has no row there yet.
const LIST = `${SELECT}
     and case when $4::text is not distinct from 'deleted' then d.deleted_at is not null and g.level = 'own'
              else d.deleted_at is null end
     and ($2::uuid is null or (d.created_at, d.id) < (timestamptz 'epoch' + $8::float8 * interval '1 microsecond', $2))
     and case $4::text when 'draft' then d.published_revision is null
                       when 'published' then d.published_revision is not null
                       when 'scheduled' then s.id is not null
                       else true end
     and ($5::text is null or d.visibility = $5)
     and ($6::text is null or g.level = $6)
     and ($7::text is null
          or d.id in (select t.document_id from draft_texts t where t.search @@ websearch_to_tsquery('simple', $7))
          or (not exists (select from draft_texts t where t.document_id = d.id)
              and to_tsvector('simple', d.title || ' ' || d.summary) @@ websearch_to_tsquery('simple', $7)))
   order by d.created_at desc, d.id desc
   limit $3`;

/** For documents that a replica found: the user's present level (I6), and the present position of the draft. */
const AT_THIS_MOMENT = `
  select g.document_id as id, g.level, h.head_seq::float8 as seq, ${ms('h.edited_at')} as edited_ms,
         ${ms('d.deleted_at')} as deleted_ms
    from grants g
    join documents d on d.id = g.document_id
    join draft_heads h on h.document_id = d.id
   where g.user_id = $1 and g.document_id = any($2::uuid[])`;

/** Of two documents that a user creates at once, the second sees the name of the first. */
const ONE_AT_A_TIME = `select pg_advisory_xact_lock(hashtextextended('name ' || $1, 0))`;

/** A place in the list, as `DocumentCursor` writes it. */
const cursorOf = (row: Pick<DocumentRow, 'id' | 'created_ms'> | undefined): string | undefined =>
  row && `${Math.round(row.created_ms * 1_000)}.${row.id}`;

function placeOf(cursor: string): { createdUs: number; id: string } {
  const dot = cursor.indexOf('.');
  return { createdUs: Number(cursor.slice(0, dot)), id: cursor.slice(dot + 1) };
}

const iso = (time: number) => new Date(time).toISOString();

const toPublic = (row: DocumentRow, siteLanguage: string): PublicDocument => ({
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

/**
 * @param reads where lists are read and searched
 * @param siteLanguage of documents that have no other
 */
export function createDocumentStore(
  orm: Orm,
  clock: Clock,
  reads: ReplicaReads = primaryReads(orm),
  siteLanguage = DEFAULT_LANGUAGE,
): DocumentStore {
  /** I6: without those that the user has lost since the replica's moment. */
  async function asOfNow(
    userId: string,
    found: readonly DocumentRow[],
    state: DocumentFilters['state'],
  ): Promise<DocumentRow[]> {
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

  /** Undefined: the slug that was asked for is taken. */
  const insert = (actor: Actor, id: string, { slug: wanted, ...content }: Content) =>
    transaction(orm, async (run) => {
      const { title, summary, slugStyle, visibility, language } = content;
      const at = new Date(clock.now());
      const userId = userOf(actor);
      if (wanted !== undefined && (await isNameTaken(run, wanted, userId))) return undefined;
      if (wanted === undefined) await run(ONE_AT_A_TIME, [userId]);
      const slug = wanted ?? (await nameFromTitle(run, { title, style: slugStyle, userId }));
      await run(
        `insert into documents (id, name, made_name, slug_style, title, summary, visibility, owner_id, created_at, updated_at, language)
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)`,
        [id, slug, wanted === undefined ? slug : null, slugStyle, title, summary, visibility, userId, at, language],
      );
      await run(
        `with granted as (
           insert into grants (document_id, user_id, level, created_at) values ($1, $2, 'own', $3)
         ), said as (
           insert into draft_texts (document_id, seq, title, summary, text) values ($1, 0, $4, $5, '')
         )
         insert into draft_heads (document_id, edited_at) values ($1, $3)`,
        [id, userId, at, title, summary],
      );
      await recordEvent(run, {
        action: 'document.created',
        actor,
        target: { kind: 'document', id },
        outcome: 'ok',
        after: { title, slug, visibility, ...(language !== null && { language }) },
      });
      return { slug, at: at.getTime() };
    });

  return {
    ...createDocumentChanges(orm, clock),

    async create(actor, creatorHandle, { title: asked, summary: about = '', ...more }) {
      const id = randomUUID();
      const { slug: wanted, slugStyle = 'unicode', visibility = 'private', language = null } = more;
      const content = { title: storableText(asked), summary: storableText(about), slugStyle, visibility, language };
      const made = await insert(actor, id, { ...content, slug: wanted });
      if (!made) return failure('slug_taken');
      const { slug, at } = made;
      const { title, summary } = content;
      const known = {
        id,
        slug,
        slug_style: slugStyle,
        follows_title: wanted === undefined,
        title,
        summary,
        visibility,
        language,
      } as const;
      const row = {
        ...known,
        live: false,
        level: 'own',
        owner: creatorHandle,
        seq: 0,
        published_revision: null,
      } as const;
      const times = { created_ms: at, edited_ms: at, deleted_ms: null, published_ms: null, scheduled_ms: null };
      return { ok: true, document: toPublic({ ...row, ...times, views: 0 }, siteLanguage) };
    },

    async get(userId, documentId) {
      const [row] = await orm.query<DocumentRow>(GET, [userId, documentId]);
      return row && toPublic(row, siteLanguage);
    },

    async list(userId, { limit, after, q, visibility, state, role }, credentialId) {
      // One more than the limit shows whether there is a next page. A replica may not have what comes next yet.
      const place = after === undefined ? undefined : placeOf(after);
      const { rows, from } = await reads.query<DocumentRow>(
        credentialId,
        LIST,
        [
          userId,
          place?.id ?? null,
          limit + 1,
          state ?? null,
          visibility ?? null,
          role ?? null,
          q === undefined ? null : storableText(q),
          place?.createdUs ?? null,
        ],
        (found) => after === undefined || found.length > 0,
      );
      const page = rows.slice(0, limit);
      const open = from === 'replica' ? await asOfNow(userId, page, state) : page;
      return {
        documents: open.map((row) => toPublic(row, siteLanguage)),
        next: rows.length > limit ? cursorOf(page.at(-1)) : undefined,
      };
    },
  };
}

interface Content {
  title: string;
  summary: string;
  slug: string | undefined;
  slugStyle: SlugStyle;
  visibility: Visibility;
  language: string | null;
}
