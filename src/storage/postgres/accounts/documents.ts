/**
 * Documents as their users see them: metadata, the caller's level, the draft's position, and what is published. Reading
 * and making; `document-changes.ts` changes and deletes. A deleted document is absent but for its owners' list of them.
 */
import { randomUUID } from 'node:crypto';
import { failure } from '../../../../schemas/errors.ts';
import type { SlugStyle, Visibility } from '../../../../schemas/http.ts';
import type { Clock } from '../../../lib/clock.ts';
import { DEFAULT_LANGUAGE } from '../../../lib/language-tag.ts';
import { type Actor, userOf } from '../../../ports/actor.ts';
import type { DocumentStore } from '../../../ports/documents.ts';
import { recordEvent } from '../audit/events.ts';
import { isNameTaken, nameFromTitle } from '../names.ts';
import type { Orm } from '../orm.ts';
import { primaryReads, type ReplicaReads } from '../replicas/replica-reads.ts';
import { RULES, vectorsOf } from '../search/vectors.ts';
import { transaction } from '../transaction.ts';
import { createDocumentChanges } from './document-changes.ts';
import { asOfNow, COLUMNS, type DocumentRow, FILTERS, filterValues, SOURCES, toPublic } from './document-rows.ts';
import { createDocumentSearch } from './document-search.ts';
import { storableText } from './text.ts';

const GET = `select ${COLUMNS} from ${SOURCES} where g.user_id = $1 and g.document_id = $2 and d.deleted_at is null`;

const LIST = `
  select ${COLUMNS}
    from ${SOURCES}
   where ${FILTERS}
     and ($5::uuid is null or (d.created_at, d.id) < (timestamptz 'epoch' + $6::float8 * interval '1 microsecond', $5))
   order by d.created_at desc, d.id desc
   limit $7`;

/** Of two documents that a user creates at once, the second sees the name of the first. */
const ONE_AT_A_TIME = `select pg_advisory_xact_lock(hashtextextended('name ' || $1, 0))`;

/** A place in the list, as `DocumentCursor` writes it. */
const cursorOf = (row: Pick<DocumentRow, 'id' | 'created_ms'> | undefined): string | undefined =>
  row && `${Math.round(row.created_ms * 1_000)}.${row.id}`;

function placeOf(cursor: string): { createdUs: number; id: string } {
  const dot = cursor.indexOf('.');
  return { createdUs: Number(cursor.slice(0, dot)), id: cursor.slice(dot + 1) };
}

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
  const search = createDocumentSearch(orm, reads, siteLanguage);

  /** Undefined: the slug that was asked for is taken. */
  const insert = (actor: Actor, id: string, { slug: wanted, ...content }: Content) =>
    transaction(orm, async (run) => {
      const { title, summary, slugStyle, visibility, language } = content;
      const at = new Date(clock.now());
      const userId = userOf(actor);
      if (wanted !== undefined && (await isNameTaken(run, wanted, userId))) return undefined;
      if (wanted === undefined) await run(ONE_AT_A_TIME, [userId]);
      const slug = wanted ?? (await nameFromTitle(run, { title, style: slugStyle, userId }));
      const words = vectorsOf({ title, summary, text: '' });
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
         ), indexed as (
           insert into draft_words (document_id, seq, rules, title, words)
           values ($1, 0, ${RULES}, $6::tsvector, $7::tsvector)
         )
         insert into draft_heads (document_id, edited_at) values ($1, $3)`,
        [id, userId, at, title, summary, words.title, words.words],
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

    async list(userId, { limit, after, q, ...filters }, credentialId) {
      if (q !== undefined) return await search(userId, { limit, after, q, ...filters }, credentialId);
      // One more than the limit shows whether there is a next page. A replica may not have what comes next yet.
      const place = after === undefined ? undefined : placeOf(after);
      const { rows, from } = await reads.query<DocumentRow>(
        credentialId,
        LIST,
        [...filterValues(userId, filters), place?.id ?? null, place?.createdUs ?? null, limit + 1],
        (found) => after === undefined || found.length > 0,
      );
      const page = rows.slice(0, limit);
      const open = from === 'replica' ? await asOfNow(orm, userId, page, filters.state) : page;
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
