/**
 * Changing a document's metadata; deleting it, restorable for 30 days, and then for good. Each is one transaction
 * under a lock on the document's row.
 *
 * I5: each change writes its audit event in the same transaction; so does a refusal.
 * I6: deleting and restoring return the new level of every user with a grant, for their open sockets.
 */
import { failure } from '../../../../schemas/errors.ts';
import type { DocumentPatch, SlugStyle, Visibility } from '../../../../schemas/http.ts';
import type { Role } from '../../../../schemas/realtime.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { UserChangeNotice } from '../../../ports/access.ts';
import { type Actor, SYSTEM, userOf } from '../../../ports/actor.ts';
import type { DocumentChangeResult, DocumentChanges } from '../../../ports/documents.ts';
import type { AuditAction } from '../audit/actions.ts';
import { recordEvent } from '../audit/events.ts';
import { enqueueWebhooks } from '../enqueue-webhooks.ts';
import { FOLLOWS_TITLE, NAME, NEVER_PUBLISHED, nextName, orSlugTaken } from '../names.ts';
import type { Orm } from '../orm.ts';
import { indexDocument } from '../search/word-index.ts';
import { type Run, transaction } from '../transaction.ts';
import { storableText } from './text.ts';

/** Time during which a deleted document can be restored, milliseconds. */
export const KEEP_DELETED_MS = 30 * 86_400_000;

interface Metadata {
  title: string;
  summary: string;
  slug: string;
  slugStyle: SlugStyle;
  slugFollowsTitle: boolean;
  visibility: Visibility;
  live: boolean;
  language: string | null;
}
const FIELDS = ['title', 'summary', 'slug', 'slugStyle', 'slugFollowsTitle', 'visibility', 'live', 'language'] as const;

interface LockedRow extends Omit<Metadata, 'slugStyle' | 'slugFollowsTitle'> {
  slug_style: SlugStyle;
  follows_title: boolean;
  /** Nothing was ever published. */
  unpublished: boolean;
  level: Role;
  deleted: boolean;
  restorable: boolean;
  published_revision: number | null;
}

const LOCK = `
  select d.title, d.summary, ${NAME} as slug, d.slug_style, ${FOLLOWS_TITLE} as follows_title, ${NEVER_PUBLISHED} as unpublished, d.visibility,
         d.live, d.language, g.level, d.published_revision,
         d.deleted_at is not null as deleted, coalesce(d.deleted_at > $3, false) as restorable
    from documents d join grants g on g.document_id = d.id
   where d.id = $1 and g.user_id = $2
     for no key update of d`;

/** Unless it is deleted. */
const isPublic = ({ visibility, published_revision }: Pick<LockedRow, 'visibility' | 'published_revision'>): boolean =>
  visibility === 'public' && published_revision !== null;

/** A journal may be long. */
const PURGE_SETTINGS = 'set local statement_timeout = 0';

export function createDocumentChanges(orm: Orm, clock: Clock): DocumentChanges {
  async function locked(run: Run, actor: Actor, documentId: string): Promise<LockedRow | undefined> {
    const oldest = new Date(clock.now() - KEEP_DELETED_MS);
    const [row] = await run<LockedRow>(LOCK, [documentId, userOf(actor), oldest]);
    return row;
  }

  const record = (run: Run, action: AuditAction, actor: Actor, id: string, more: { before?: object; after?: object }) =>
    recordEvent(run, { action, actor, target: { kind: 'document', id }, outcome: 'ok', ...more });

  async function denied(run: Run, action: AuditAction, actor: Actor, id: string, why: 'forbidden' | 'read_only') {
    await recordEvent(run, { action, actor, target: { kind: 'document', id }, outcome: 'denied' });
    return failure(why);
  }

  /** Levels of all users with a grant, to be sent to their open sockets. */
  async function changes(run: Run, documentId: string, deleted: boolean): Promise<UserChangeNotice[]> {
    const grants = await run<{ user_id: string; level: Role }>(
      'select user_id, level from grants where document_id = $1',
      [documentId],
    );
    return grants.map(({ user_id, level }) => ({
      userId: user_id,
      change: { kind: 'access', documentId, role: deleted ? null : level },
    }));
  }

  async function change(run: Run, actor: Actor, documentId: string, asked: DocumentPatch) {
    const document = await locked(run, actor, documentId);
    if (!document || document.deleted) return failure('not_found');
    const { level } = document;
    const ownersOnly = asked.slug !== undefined || asked.slugStyle !== undefined || asked.visibility !== undefined;
    if (ownersOnly && level !== 'own') return denied(run, 'document.changed', actor, documentId, 'forbidden');
    if (level === 'view') return denied(run, 'document.changed', actor, documentId, 'read_only');

    const title = storableText(asked.title ?? document.title);
    const named = await nextName(run, { ...document, documentId, title }, userOf(actor), asked);
    if ('error' in named) return named;
    const next: Metadata = {
      title,
      summary: storableText(asked.summary ?? document.summary),
      slug: named.name,
      slugStyle: named.style,
      slugFollowsTitle: document.unpublished && named.made !== null,
      visibility: asked.visibility ?? document.visibility,
      live: asked.live ?? document.live,
      language: asked.language === undefined ? document.language : asked.language,
    };
    const present: Metadata = { ...document, slugStyle: document.slug_style, slugFollowsTitle: document.follows_title };
    const changed = FIELDS.filter((field) => next[field] !== present[field]);
    if (changed.length === 0) return { ok: true, changesLists: false } as const;
    await run(
      `with said as (update draft_texts set title = $2, summary = $3 where document_id = $1)
       update documents set title = $2, summary = $3, name = $4, made_name = $8, slug_style = $9, visibility = $5, live = $7,
              language = $10, updated_at = $6
        where id = $1`,
      [
        documentId,
        title,
        next.summary,
        next.slug,
        next.visibility,
        new Date(clock.now()),
        next.live,
        named.made,
        named.style,
        next.language,
      ],
    );
    if (changed.includes('title') || changed.includes('summary')) await indexDocument(run, documentId);
    const only = (values: Metadata) => Object.fromEntries(changed.map((field) => [field, values[field]]));
    const [before, after] = [only(present), only(next)];
    await record(run, 'document.changed', actor, documentId, { before, after });
    const isShown = changed.some((field) => field !== 'title' && field !== 'summary');
    const changesLists = isShown && (isPublic(document) || isPublic({ ...document, ...next }));
    return { ok: true, changesLists } as const;
  }

  return {
    change: (actor, documentId, asked) => orSlugTaken(transaction(orm, (run) => change(run, actor, documentId, asked))),

    remove: (actor, documentId) =>
      transaction(orm, async (run): Promise<DocumentChangeResult> => {
        const document = await locked(run, actor, documentId);
        if (!document || document.deleted) return failure('not_found');
        if (document.level !== 'own') return denied(run, 'document.deleted', actor, documentId, 'forbidden');
        await run('update documents set deleted_at = $2 where id = $1', [documentId, new Date(clock.now())]);
        // Restored after its time, it would be published by surprise.
        const [schedule] = await run<{ at: number }>(
          'delete from schedules where document_id = $1 returning (extract(epoch from publish_at) * 1000)::float8 as at',
          [documentId],
        );
        const { title, slug, visibility, published_revision: revision } = document;
        const before = {
          title,
          slug,
          visibility,
          ...(revision !== null && { revision }),
          ...(schedule && { scheduled: new Date(schedule.at).toISOString() }),
        };
        await record(run, 'document.deleted', actor, documentId, { before });
        if (revision !== null) {
          const payload = { documentId, slug };
          await enqueueWebhooks(run, [{ event: 'document.unpublished', documentId, payload }]);
        }
        return { ok: true, changes: await changes(run, documentId, true), changesLists: isPublic(document) };
      }),

    restore: (actor, documentId) =>
      orSlugTaken(
        transaction(orm, async (run): Promise<DocumentChangeResult> => {
          const document = await locked(run, actor, documentId);
          if (!document) return failure('not_found');
          if (!document.deleted) return { ok: true, changes: [], changesLists: false };
          // To everybody else it is gone.
          if (document.level !== 'own' || !document.restorable) return failure('not_found');
          await run('update documents set deleted_at = null where id = $1', [documentId]);
          await record(run, 'document.restored', actor, documentId, {});
          const { slug, title, summary, published_revision: revision } = document;
          if (revision !== null) {
            const payload = { documentId, slug, revision, title, summary };
            await enqueueWebhooks(run, [{ event: 'document.published', documentId, payload }]);
          }
          return { ok: true, changes: await changes(run, documentId, false), changesLists: isPublic(document) };
        }),
      ),
  };
}

/** Deletes for good what was deleted 30 days ago; call it hourly, on any node. Returns how many documents went. */
export async function purgeDeleted(orm: Orm, clock: Clock): Promise<number> {
  let purged = 0;
  for (let more = true; more; purged += more ? 1 : 0)
    more = await purgeOne(orm, new Date(clock.now() - KEEP_DELETED_MS));
  return purged;
}

/** One a transaction: a long journal keeps nothing else waiting. False: there is none. */
const purgeOne = (orm: Orm, before: Date): Promise<boolean> =>
  transaction(
    orm,
    async (run) => {
      const [document] = await run<{ id: string; slug: string; title: string; owner: string }>(
        `select d.id, ${NAME} as slug, d.title, u.handle as owner from documents d join users u on u.id = d.owner_id
          where d.deleted_at <= $1 order by d.deleted_at limit 1 for update of d skip locked`,
        [before],
      );
      if (!document) return false;
      const { id, slug, title, owner } = document;
      // The head is deleted first, so that later appends find none. The journal has no foreign keys.
      await run('delete from documents where id = $1', [id]);
      await run('delete from draft_updates where document_id = $1', [id]);
      await run('delete from draft_clients where document_id = $1', [id]);
      await run('delete from document_views where document_id = $1', [id]);
      await run('delete from document_readers where document_id = $1', [id]);
      await recordEvent(run, {
        action: 'document.purged',
        actor: SYSTEM,
        target: { kind: 'document', id },
        outcome: 'ok',
        before: { slug, title, owner },
      });
      return true;
    },
    { settings: PURGE_SETTINGS },
  );
