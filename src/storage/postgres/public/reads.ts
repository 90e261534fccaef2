/**
 * Public reads on connections of their own, under the role `stet_public`: it can select from the `public_*` views and from
 * nothing else, so that even wrong code here shows nothing private (I6). A connection that is not under that role - a
 * pooler in between may drop the setting - is closed before it is used.
 *
 * I9: so many queries wait for a connection, and the next ones fail as when the database is overloaded.
 */
import pg from 'pg';
import { isSlug } from '../../../../schemas/slug.ts';
import type { Body } from '../../../content/model/types.ts';
import { DEFAULT_LANGUAGE } from '../../../lib/language-tag.ts';
import type { Logger } from '../../../lib/logger.ts';
import {
  type Coverage,
  isDocumentId,
  type PublicAddress,
  type PublicDocument,
  type PublicDrafts,
  type PublicLists,
  type PublicReads,
  type PublicRevision,
  type PublicState,
} from '../../../ports/public-reads.ts';
import { onSessionLost, Session } from '../session.ts';
import { createPublicDrafts } from './drafts.ts';

export const PUBLIC_ROLE = 'stet_public';

export interface PublicReadsOptions {
  databaseUrl: string;
  log: Logger;
  poolSize: number;
  /** Milliseconds after which the server cancels a statement. */
  statementTimeoutMs: number;
  /** Queries that may wait for a connection. */
  maxWaiting: number;
  /** Of documents that have no other. */
  siteLanguage?: string;
}

interface DocumentRow {
  id: string;
  slug: string;
  revision: number;
  live: boolean;
  title: string;
  summary: string;
  author: string;
  published_at: Date;
  first_published_at: Date;
  language: string | null;
  live_started_at: Date | null;
  live_ended_at: Date | null;
}

interface RevisionRow {
  document_id: string;
  number: number;
  title: string;
  summary: string;
  body: Body;
  published_at: Date;
}

const COLUMNS = `d.id, d.slug, d.revision, d.live, d.title, d.summary, d.author, d.published_at, d.first_published_at, d.language,
  d.live_started_at, d.live_ended_at`;
const DOCUMENT = `select ${COLUMNS} from public_documents d`;
/** Of those that had the name, the one that had it last. */
const FORMERLY = `from public_former_names f join public_documents d on d.id = f.document_id`;
const LAST_FIRST = 'order by f.at desc, f.document_id limit 1';
const BY_SLUG = `
  (${DOCUMENT} where d.slug = $1)
   union all
  (select ${COLUMNS} ${FORMERLY} where f.name = $1 ${LAST_FIRST})`;
const REVISION = 'select document_id, number, title, summary, body, published_at from public_revisions';

const STATE = 'd.id as "documentId", d.revision, d.live';
const STATES = `
  select asked.slug, s.*
    from unnest($1::text[]) as asked (slug)
   cross join lateral (
     (select ${STATE} from public_documents d where d.slug = asked.slug)
      union all
     (select ${STATE} ${FORMERLY} where f.name = asked.slug ${LAST_FIRST})) s`;
const LATEST = `${DOCUMENT}
   where d.published_at > now() - $2::interval order by d.published_at desc, d.id limit $1 offset $3`;
const ADDRESSES = `
  select id, slug, published_at from public_documents
   where ($1::uuid is null or id > $1) and ($2::uuid is null or id <= $2) order by id limit $3`;
const DIVISIONS = `
  select id from (select id, row_number() over (order by id) as number, count(*) over () as total from public_documents) as d
   where number % $1 = 0 and number < total order by id`;
// The first time is that of this revision or of an earlier one: the index finds the documents.
const FIRST_PUBLISHED = `${DOCUMENT}
   where d.published_at > now() - $2 * interval '1 hour' and d.first_published_at > now() - $2 * interval '1 hour'
   order by d.first_published_at desc, d.id limit $1`;
/** Names in one statement. // I9: */
const MAX_SLUGS = 1_000;

const MAX_REVISION = 2_147_483_647;
const OPTIONS = `-c role=${PUBLIC_ROLE} -c default_transaction_read_only=on -c timezone=UTC`;
const isRevision = (number: number) => Number.isInteger(number) && number >= 0 && number <= MAX_REVISION;

/** Times to look back for what was published last: an index finds those since then; all of them have to be sorted. */
const WINDOWS = ['7 days', '365 days', '100 years'] as const;

/** A live period that ended before the document was public was seen by no reader, and does not count. */
function toCoverage({ live_started_at: start, live_ended_at: end }: DocumentRow): Coverage | null {
  if (!start || (end && end < start)) return null;
  return { startedAt: start.toISOString(), endedAt: end?.toISOString() ?? null };
}

const toDocument = (row: DocumentRow, siteLanguage: string): PublicDocument => ({
  documentId: row.id,
  slug: row.slug,
  revision: row.revision,
  title: row.title,
  summary: row.summary,
  author: row.author,
  publishedAt: row.published_at.toISOString(),
  firstPublishedAt: row.first_published_at.toISOString(),
  updatedAt: row.published_at.toISOString(),
  live: row.live,
  seq: null,
  coverage: toCoverage(row),
  language: row.language ?? siteLanguage,
});

const toAddress = (row: Pick<DocumentRow, 'id' | 'slug' | 'published_at'>): PublicAddress => ({
  documentId: row.id,
  slug: row.slug,
  publishedAt: row.published_at.toISOString(),
});

const toRevision = (row: RevisionRow): PublicRevision => ({
  documentId: row.document_id,
  revision: row.number,
  title: row.title,
  summary: row.summary,
  publishedAt: row.published_at.toISOString(),
  body: row.body,
});

/** SQLSTATE 53300, as the server says it itself. */
class TooManyWaiting extends Error {
  override readonly name = 'TooManyWaiting';
  readonly code = '53300';
  constructor() {
    super('too many public reads wait for a connection');
  }
}

/** Options in the address would take the place of ours: ours go behind them. */
function withOptions(databaseUrl: string): string {
  const url = new URL(databaseUrl);
  url.searchParams.set('options', `${url.searchParams.get('options') ?? ''} ${OPTIONS}`.trim());
  return url.href;
}

async function assertRole(client: pg.ClientBase): Promise<void> {
  const { rows } = await client.query<{ role: string }>('select current_user::text as role');
  if (rows[0]?.role !== PUBLIC_ROLE) {
    throw new Error(`public reads must run as ${PUBLIC_ROLE}, and this connection runs as ${rows[0]?.role}`);
  }
}

export interface PublicPool extends PublicReads, PublicLists, PublicDrafts {
  /** @throws when the database is away, or refuses this process the role */
  check(): Promise<void>;
  close(): Promise<void>;
}

export function createPublicReads(options: PublicReadsOptions): PublicPool {
  const { databaseUrl, log, poolSize, statementTimeoutMs, maxWaiting, siteLanguage = DEFAULT_LANGUAGE } = options;
  const pool = new pg.Pool({
    connectionString: withOptions(databaseUrl),
    Client: Session,
    max: poolSize,
    connectionTimeoutMillis: 5_000,
    statement_timeout: statementTimeoutMs,
    keepAlive: true,
    application_name: 'stet-public',
    onConnect: assertRole,
  });
  onSessionLost(pool, (error) => log.warn({ err: error }, 'lost a database connection for public reads'));

  /** Prepared once a connection: these few run all the time. */
  async function rows<Row extends object>(name: string, text: string, values: readonly unknown[]): Promise<Row[]> {
    if (pool.waitingCount >= maxWaiting) throw new TooManyWaiting();
    const { rows: found } = await pool.query<Row>({ name, text, values: [...values] });
    return found;
  }

  return {
    ...createPublicDrafts(rows, log),
    async bySlug(slug) {
      if (!isSlug(slug)) return undefined;
      const [row] = await rows<DocumentRow>('public-by-slug', BY_SLUG, [slug]);
      return row && toDocument(row, siteLanguage);
    },
    async byId(documentId) {
      if (!isDocumentId(documentId)) return undefined;
      const [row] = await rows<DocumentRow>('public-by-id', `${DOCUMENT} where d.id = $1`, [documentId]);
      return row && toDocument(row, siteLanguage);
    },
    async states(slugs) {
      const asked = [...new Set(slugs)].filter(isSlug);
      const found: PublicState[] = [];
      for (let at = 0; at < asked.length; at += MAX_SLUGS) {
        found.push(...(await rows<PublicState>('public-states', STATES, [asked.slice(at, at + MAX_SLUGS)])));
      }
      return found;
    },
    async revision(documentId, revision) {
      if (!isDocumentId(documentId) || !isRevision(revision)) return undefined;
      const text = `${REVISION} where document_id = $1 and number = $2`;
      const [row] = await rows<RevisionRow>('public-revision', text, [documentId, revision]);
      return row && toRevision(row);
    },
    async revisionsAfter(documentId, after, limit) {
      if (!isDocumentId(documentId) || !isRevision(after)) return [];
      const text = `${REVISION} where document_id = $1 and number > $2 order by number limit $3`;
      return (await rows<RevisionRow>('public-revisions', text, [documentId, after, limit])).map(toRevision);
    },
    async latest(limit, offset = 0) {
      let found: DocumentRow[] = [];
      for (const window of WINDOWS) {
        found = await rows<DocumentRow>('public-latest', LATEST, [limit, window, offset]);
        if (found.length >= limit) break;
      }
      return found.map((row) => toDocument(row, siteLanguage));
    },
    addresses: async ({ after, upTo }, limit) =>
      (await rows<DocumentRow>('public-addresses', ADDRESSES, [after ?? null, upTo ?? null, limit])).map(toAddress),
    divisions: async (every) =>
      (await rows<{ id: string }>('public-divisions', DIVISIONS, [every])).map(({ id }) => id),
    firstPublishedWithin: async (hours, limit) =>
      (await rows<DocumentRow>('public-first-published', FIRST_PUBLISHED, [limit, hours])).map((row) =>
        toDocument(row, siteLanguage),
      ),
    async check() {
      await pool.query('select 1');
    },
    close: () => pool.end(),
  };
}
