/**
 * What readers see: publishing the draft as a numbered revision, withdrawing it, and schedules. Each is one
 * transaction under a lock on the document's row, so that numbers have no gaps and nobody publishes who lost the right
 * meanwhile. Knows nothing of actors: the caller brings the draft's committed content.
 *
 * I5: the audit event and the deliveries of webhooks are written in the same transaction; so is a refusal's event.
 */
import { type Failure, failure } from '../../../../schemas/errors.ts';
import type { SlugStyle } from '../../../../schemas/http.ts';
import type { Role } from '../../../../schemas/realtime.ts';
import { titledAs } from '../../../content/model/titled-as.ts';
import type { Clock } from '../../../lib/clock.ts';
import { type Actor, userOf } from '../../../ports/actor.ts';
import type { Publication, PublicationStore } from '../../../ports/publishing.ts';
import type { AuditAction } from '../audit/actions.ts';
import { type AuditEvent, recordEvent } from '../audit/events.ts';
import { enqueueWebhooks } from '../enqueue-webhooks.ts';
import { FOLLOWS_TITLE, NAME, nextName, orSlugTaken } from '../names.ts';
import type { Orm } from '../orm.ts';
import { type Run, transaction } from '../transaction.ts';

interface DocumentRow {
  level: Role;
  handle: string;
  slug: string;
  slug_style: SlugStyle;
  follows_title: boolean;
  title: string;
  summary: string;
  visibility: 'public' | 'private';
  published_revision: number | null;
  language: string | null;
}

// Changes of grants lock the document's row as well: the level is valid until this transaction ends.
const LOCK = `
  select g.level, u.handle, ${NAME} as slug, d.slug_style, ${FOLLOWS_TITLE} as follows_title, d.title,
         d.summary, d.visibility, d.published_revision, d.language
    from documents d
    join grants g on g.document_id = d.id
    join users u on u.id = g.user_id
   where d.id = $1 and g.user_id = $2 and d.deleted_at is null
     for no key update of d`;

const INSERT = `
  with revised as (
    insert into revisions (document_id, number, title, summary, body, seq, published_by, published_at, visibility)
    select $1::uuid, coalesce(max(number), 0) + 1, $2::text, $3::text, $4::jsonb, $5::bigint, $6::uuid, $7::timestamptz,
           $8::text
      from revisions where document_id = $1
    returning number
  )
  update documents d set published_revision = r.number, published_at = $7, name = $9, made_name = $10, slug_style = $11,
         language = $12
    from revised r where d.id = $1
  returning r.number`;

const SCHEDULE = `
  insert into schedules as s (document_id, user_id, session_id, publish_at, created_at) values ($1, $2, $3, $4, $5)
  on conflict (document_id) do update
    set id = gen_random_uuid(), user_id = excluded.user_id, session_id = excluded.session_id,
        publish_at = excluded.publish_at, created_at = excluded.created_at, attempts = 0, claimed_until = null
  returning (extract(epoch from (select o.publish_at from schedules o where o.document_id = s.document_id)) * 1000)::float8
    as replaced`;

const DROP_SCHEDULE = `
  delete from schedules where document_id = $1 returning (extract(epoch from publish_at) * 1000)::float8 as at`;

/** Times that a name is made, of which the last may be taken too. */
const NAME_ATTEMPTS = 3;

const iso = (ms: number) => new Date(ms).toISOString();

export function createPublicationStore(orm: Orm, clock: Clock): PublicationStore {
  const record = (run: Run, action: AuditAction, actor: Actor, id: string, more: Partial<AuditEvent> = {}) =>
    recordEvent(run, { action, actor, target: { kind: 'document', id }, outcome: 'ok', ...more });

  /** Does the work with the document locked, if the actor may edit it. */
  const editing = <T extends { ok: true }>(
    action: AuditAction,
    actor: Actor,
    documentId: string,
    work: (run: Run, document: DocumentRow) => Promise<T | Failure>,
  ): Promise<T | Failure> =>
    transaction(orm, async (run) => {
      const [document] = await run<DocumentRow>(LOCK, [documentId, userOf(actor)]);
      if (!document) return failure('not_found');
      if (document.level !== 'view') return work(run, document);
      await record(run, action, actor, documentId, { outcome: 'denied' });
      return failure('read_only');
    });

  /** Until the first publication the name is made from the title, and so the one of this text. */
  async function publicationName(
    run: Run,
    actor: Actor,
    documentId: string,
    document: DocumentRow,
    { title, ...asked }: { title: string; slug?: string; slugStyle?: SlugStyle },
  ) {
    const { slug, follows_title, level } = document;
    const isMove = (asked.slug ?? slug) !== slug || asked.slugStyle !== undefined;
    if (!isMove || follows_title || level === 'own') {
      return nextName(run, { ...document, documentId, title }, userOf(actor), asked);
    }
    await record(run, 'document.published', actor, documentId, { outcome: 'denied' });
    return failure('forbidden');
  }

  const publishOnce = (
    actor: Actor,
    documentId: string,
    { content, seq, scheduleId, guessLanguage, ...asked }: Publication,
  ): ReturnType<PublicationStore['publish']> =>
    editing('document.published', actor, documentId, async (run, document) => {
      // The schedule stays until the scheduler that runs it gives it up, with this reason.
      if (content.textElsewhere !== undefined) return failure('text_elsewhere');
      const { title, summary } = titledAs(content, document);
      const named = await publicationName(run, actor, documentId, document, { ...asked, title });
      if ('error' in named) return named;
      if (scheduleId !== undefined) {
        // The row is the right to publish, once: of several nodes one deletes it.
        const taken = await run('delete from schedules where id = $1 returning id', [scheduleId]);
        if (taken.length === 0) return failure('conflict');
      }
      const { slug: former, handle, visibility, published_revision: previous } = document;
      const language = document.language ?? guessLanguage?.() ?? null;
      const { name: slug, made, style } = named;
      const { body } = content;
      const at = new Date(clock.now());
      const revised = [documentId, title, summary, JSON.stringify(body), seq, userOf(actor), at, visibility];
      const [inserted] = await run<{ number: number }>(INSERT, [...revised, slug, made, style, language]);
      if (!inserted) throw new Error(`document ${documentId} is locked, and gone`);
      const { number } = inserted;
      const before = { ...(previous !== null && { revision: previous }), ...(slug !== former && { slug: former }) };
      await record(run, 'document.published', actor, documentId, {
        ...(Object.keys(before).length > 0 && { before }),
        after: { revision: number, title, slug, visibility, ...(language !== document.language && { language }) },
        details: { seq, ...(scheduleId !== undefined && { scheduleId }) },
      });
      const publishedAt = at.toISOString();
      const payload = { documentId, slug, revision: number, title, summary, seq, publishedAt, publishedBy: handle };
      await enqueueWebhooks(run, [{ event: 'document.published', documentId, payload }]);
      return {
        ok: true,
        revision: { number, title, summary, seq, publishedAt, publishedBy: handle, current: true },
        changesLists: visibility === 'public',
      } as const;
    });

  return {
    async publish(actor, documentId, publication) {
      for (let attempt = 1; ; attempt += 1) {
        const published = await orSlugTaken(publishOnce(actor, documentId, publication));
        // Another document was published at this moment under the name that was made: the next one is another.
        const isOvertaken = !published.ok && published.error.code === 'slug_taken' && publication.slug === undefined;
        if (!isOvertaken || attempt === NAME_ATTEMPTS) return published;
      }
    },

    unpublish: (actor, documentId) =>
      editing(
        'document.unpublished',
        actor,
        documentId,
        async (run, { published_revision: revision, slug, visibility }) => {
          if (revision === null) return { ok: true, changesLists: false } as const;
          await run('update documents set published_revision = null, published_at = null where id = $1', [documentId]);
          await record(run, 'document.unpublished', actor, documentId, { before: { revision } });
          await enqueueWebhooks(run, [{ event: 'document.unpublished', documentId, payload: { documentId, slug } }]);
          return { ok: true, changesLists: visibility === 'public' } as const;
        },
      ),

    schedule: (actor, documentId, at) =>
      editing('document.scheduled', actor, documentId, async (run) => {
        const now = clock.now();
        if (!(at.getTime() > now)) return failure('bad_request');
        const sessionId = actor.sessionId ?? actor.tokenId;
        const values = [documentId, userOf(actor), sessionId, at, new Date(now)];
        const [row] = await run<{ replaced: number | null }>(SCHEDULE, values);
        const replaced = row?.replaced ?? null;
        await record(run, 'document.scheduled', actor, documentId, {
          ...(replaced !== null && { before: { at: iso(replaced) } }),
          after: { at: at.toISOString() },
        });
        return { ok: true } as const;
      }),

    unschedule: (actor, documentId) =>
      editing('document.unscheduled', actor, documentId, async (run) => {
        const [dropped] = await run<{ at: number }>(DROP_SCHEDULE, [documentId]);
        if (dropped) {
          await record(run, 'document.unscheduled', actor, documentId, { before: { at: iso(dropped.at) } });
        }
        return { ok: true } as const;
      }),

    reverted: (actor, documentId, restored, seq) =>
      transaction(orm, (run) => record(run, 'document.reverted', actor, documentId, { details: { ...restored, seq } })),
  };
}
