/** What was published, for those who may see the document, and the page that readers get. Reads alone. */
import type { Revision, RevisionSummary } from '../../../../schemas/http.ts';
import type { Body } from '../../../content/model/types.ts';
import { DEFAULT_LANGUAGE } from '../../../lib/language-tag.ts';
import type { Coverage, PublicState } from '../../../ports/public-reads.ts';
import type { FoundPage, RevisionStore } from '../../../ports/revisions.ts';
import { NAME } from '../names.ts';
import type { Orm } from '../orm.ts';
import { primaryReads, type ReplicaReads } from '../replicas/replica-reads.ts';

interface RevisionRow {
  number: number;
  title: string;
  summary: string;
  seq: number;
  published_ms: number;
  handle: string;
  current: boolean;
}

const COLUMNS = `
  r.number, r.title, r.summary, r.seq::float8 as seq, u.handle,
  (extract(epoch from r.published_at) * 1000)::float8 as published_ms,
  r.number is not distinct from d.published_revision as current`;
const FROM = `
    from revisions r
    join documents d on d.id = r.document_id and d.deleted_at is null
    join users u on u.id = r.published_by
   where r.document_id = $1`;

const STATE = `
  select d.published_revision is not null as published,
         coalesce((select max(number) from revisions where document_id = d.id), 0) as latest
    from documents d where d.id = $1 and d.deleted_at is null`;
const LIST = `select ${COLUMNS} ${FROM} and ($2::int is null or r.number < $2) order by r.number desc limit $3`;
const SUMMARY = `select ${COLUMNS} ${FROM} and r.number = $2`;
const BODY = `select r.body::text as body ${FROM} and r.number = $2`;
const GET = `select ${COLUMNS}, r.body ${FROM} and r.number = $2`;

/** What a user may read under a slug: by the slug of now, or by one that it had, in public or while the user may read it. */
const readable = (slug: string, userId: string) => `
    select d.*, false as is_former, null::timestamptz as had_until from documents d
     where ${NAME} = ${slug} and d.deleted_at is null and d.published_revision is not null
       and (d.visibility = 'public' or exists (select from grants g where g.document_id = d.id and g.user_id = ${userId}))
     union all
    select d.*, true, f.at from former_names f join documents d on d.id = f.document_id
     where f.name = ${slug} and d.deleted_at is null and d.published_revision is not null
       and (f.public and d.visibility = 'public'
            or exists (select from grants g where g.document_id = d.id and g.user_id = ${userId}))`;
// Of several: one that has the slug now, before one that had it; of these what everybody sees; then the one that had it last, and
// the oldest.
const FIRST_OF_A_NAME = `d.is_former, d.visibility = 'public' desc, d.had_until desc, d.created_at, d.id`;

/** @param more columns of the revision */
const publishedWith = (more: string) => `
  select d.id, ${NAME} as slug, d.visibility, d.live, d.language, r.number, r.title, r.summary, ${more} o.handle as author,
         (extract(epoch from r.published_at) * 1000)::float8 as published_ms,
         (extract(epoch from first.published_at) * 1000)::float8 as first_ms,
         (select extract(epoch from min(started_at)) * 1000 from live_periods where document_id = d.id)::float8 as live_from_ms,
         (select extract(epoch from max(ended_at)) * 1000 from live_periods where document_id = d.id)::float8 as live_to_ms,
         h.head_seq::float8 as head_seq, h.owner_node, (extract(epoch from greatest(h.edited_at, r.published_at)) * 1000)::float8 as edited_ms
    from (${readable('$1', '$2::uuid')}) d
    join revisions r on r.document_id = d.id and r.number = d.published_revision
    join revisions first on first.document_id = d.id and first.number = 1
    join users o on o.id = d.owner_id
    join draft_heads h on h.document_id = d.id
   order by ${FIRST_OF_A_NAME}
   limit 1`;
const PUBLISHED = publishedWith('r.body,');
const PUBLISHED_WITHOUT_BODY = publishedWith('');

const STATES = `
  select distinct on (p.index)
         p.index, d.id as "documentId", p.slug, d.published_revision as revision, d.live
    from unnest($1::text[], $2::uuid[], $3::int[]) as p (slug, user_id, index)
   cross join lateral (${readable('p.slug', 'p.user_id')}) d
   order by p.index, ${FIRST_OF_A_NAME}`;
/** In one statement. // I9: */
const MAX_STATES = 1_000;

interface PublishedRow {
  id: string;
  slug: string;
  visibility: 'public' | 'private';
  live: boolean;
  language: string | null;
  number: number;
  title: string;
  summary: string;
  author: string;
  published_ms: number;
  first_ms: number;
  live_from_ms: number | null;
  live_to_ms: number | null;
  head_seq: number;
  owner_node: string | null;
  edited_ms: number;
}

/** A replica may not have it yet. */
const isFound = (rows: readonly object[]) => rows.length > 0;

const iso = (ms: number) => new Date(ms).toISOString();

function toCoverage({ live, live_from_ms: from, live_to_ms: to }: PublishedRow): Coverage | null {
  return from === null ? null : { startedAt: iso(from), endedAt: live || to === null ? null : iso(to) };
}

const toFoundPage = (row: PublishedRow, siteLanguage: string): FoundPage => ({
  documentId: row.id,
  slug: row.slug,
  title: row.title,
  summary: row.summary,
  revision: row.number,
  author: row.author,
  publishedAt: iso(row.published_ms),
  firstPublishedAt: iso(row.first_ms),
  updatedAt: iso(row.published_ms),
  visibility: row.visibility,
  live: row.live,
  seq: null,
  coverage: toCoverage(row),
  language: row.language ?? siteLanguage,
  draft: row.live ? { seq: row.head_seq, updatedAt: iso(row.edited_ms), ownerNode: row.owner_node } : null,
});

const toSummary = (row: RevisionRow): RevisionSummary => ({
  number: row.number,
  title: row.title,
  summary: row.summary,
  seq: row.seq,
  publishedAt: iso(row.published_ms),
  publishedBy: row.handle,
  current: row.current,
});

/**
 * @param reads where lists and old revisions are read
 * @param siteLanguage of documents that have no other
 */
export function createRevisionStore(
  orm: Orm,
  reads: ReplicaReads = primaryReads(orm),
  siteLanguage = DEFAULT_LANGUAGE,
): RevisionStore {
  /** One revision's row. */
  async function row<R extends object>(
    statement: string,
    documentId: string,
    number: number,
    credentialId: string | undefined,
  ): Promise<R | undefined> {
    const source = credentialId === undefined ? primaryReads(orm) : reads;
    const { rows } = await source.query<R>(credentialId, statement, [documentId, number], isFound);
    return rows[0];
  }

  return {
    async list(documentId, { limit, before }, credentialId) {
      // One more than the limit shows whether there is a next page.
      const { rows } = await reads.query<RevisionRow>(credentialId, LIST, [documentId, before ?? null, limit + 1]);
      const revisions = rows.slice(0, limit).map(toSummary);
      const next = rows.length > limit ? revisions.at(-1)?.number : undefined;
      return { revisions, ...(next !== undefined && { next }) };
    },

    async get(documentId, number, credentialId) {
      const found = await row<RevisionRow & { body: Body }>(GET, documentId, number, credentialId);
      return found && { ...toSummary(found), body: found.body as Revision['body'] };
    },

    async summary(documentId, number, credentialId) {
      const found = await row<RevisionRow>(SUMMARY, documentId, number, credentialId);
      return found && toSummary(found);
    },

    async body(documentId, number, credentialId) {
      return (await row<{ body: string }>(BODY, documentId, number, credentialId))?.body;
    },

    async state(documentId) {
      const [row] = await orm.query<{ latest: number; published: boolean }>(STATE, [documentId]);
      return row;
    },

    async states(asked) {
      const states: (PublicState | undefined)[] = asked.map(() => undefined);
      for (let first = 0; first < asked.length; first += MAX_STATES) {
        const some = asked.slice(first, first + MAX_STATES);
        const rows = await orm.query<PublicState & { index: number }>(STATES, [
          some.map(({ slug }) => slug),
          some.map(({ userId }) => userId),
          some.map((_, index) => index),
        ]);
        for (const { index, ...state } of rows) states[first + index] = state;
      }
      return states;
    },

    async published(slug, viewerUserId) {
      const [row] = await orm.query<PublishedRow & { body: Body }>(PUBLISHED, [slug, viewerUserId ?? null]);
      return row && { ...toFoundPage(row, siteLanguage), body: row.body };
    },

    async publishedWithoutBody(slug, viewerUserId) {
      const [row] = await orm.query<PublishedRow>(PUBLISHED_WITHOUT_BODY, [slug, viewerUserId ?? null]);
      return row && toFoundPage(row, siteLanguage);
    },
  };
}
