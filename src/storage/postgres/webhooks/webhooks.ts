/**
 * Webhooks as their owners see them. Nobody sees another's. Each change writes its audit event in the same transaction
 * (I5), without the secret and without the path of the URL, which may hold one.
 */
import { randomUUID } from 'node:crypto';
import { type EntityManager, LockMode } from '@mikro-orm/postgresql';
import { failure } from '../../../../schemas/errors.ts';
import type { Webhook as PublicWebhook, WebhookEvent } from '../../../../schemas/http.ts';
import type { Clock } from '../../../lib/clock.ts';
import type { WebhookFailure, WebhookStore } from '../../../ports/webhooks.ts';
import { recordEvent } from '../audit/events.ts';
import { Webhook } from '../entities/webhooks.ts';
import type { Orm } from '../orm.ts';
import { failPending } from './switch-off.ts';

export interface WebhookStoreOptions {
  orm: Orm;
  clock: Clock;
  /** Says where a URL leads, or what is wrong with it. */
  checkTarget(url: string): { ok: true; url: URL } | { ok: false; detail: string };
  newSecret(): Uint8Array;
  secretText(secret: Uint8Array): string;
}

/** Webhooks of one user (I9). */
export const MAX_WEBHOOKS = 50;
/** A replaced secret signs besides the new one for so long, milliseconds. */
const OLD_SECRET_MS = 86_400_000;

const toPublic = (webhook: Webhook): PublicWebhook => ({
  id: webhook.id,
  url: webhook.url,
  events: webhook.events as WebhookEvent[],
  documentId: webhook.documentId ?? null,
  active: webhook.active,
  switchedOff: webhook.switchedOff ?? null,
  failingSince: webhook.failingSince?.toISOString() ?? null,
  createdAt: webhook.createdAt.toISOString(),
});

/** What the audit trail says of a webhook. */
const audited = ({ url, events, documentId, active }: Webhook) => ({
  origin: new URL(url).origin,
  events,
  documentId: documentId ?? null,
  active,
});

export function createWebhookStore({
  orm,
  clock,
  checkTarget,
  newSecret,
  secretText,
}: WebhookStoreOptions): WebhookStore {
  const wrongUrl = (detail: string): WebhookFailure => ({ ...failure('bad_request'), detail: `url: ${detail}.` });

  /** Why the user may not have another one of this kind. Counts under a lock on the user. */
  async function refusal(tx: EntityManager, userId: string, documentId: string | undefined) {
    await tx.execute('select 1 from users where id = ? for no key update', [userId]);
    if ((await tx.count(Webhook, { userId })) >= MAX_WEBHOOKS) {
      return { ...failure('conflict'), detail: `A user can have at most ${MAX_WEBHOOKS} webhooks. Delete one first.` };
    }
    if (documentId === undefined) return undefined;
    const open = await tx.execute(
      `select 1 from grants g join documents d on d.id = g.document_id
        where g.document_id = ? and g.user_id = ? and d.deleted_at is null`,
      [documentId, userId],
    );
    if (open.length > 0) return undefined;
    return {
      ...failure('not_found'),
      detail: 'documentId: does not exist, or you do not have access to it.',
    };
  }

  return {
    async list(userId) {
      const webhooks = await orm.em().find(Webhook, { userId }, { orderBy: { createdAt: 'asc', id: 'asc' } });
      return webhooks.map(toPublic);
    },

    async get(userId, id) {
      const webhook = await orm.em().findOne(Webhook, { id, userId });
      return webhook ? toPublic(webhook) : undefined;
    },

    async create(actor, userId, { url, events, documentId }) {
      const target = checkTarget(url);
      if (!target.ok) return wrongUrl(target.detail);
      return await orm.em().transactional(async (tx) => {
        const refused = await refusal(tx, userId, documentId);
        if (refused) return refused;
        const secret = newSecret();
        const webhook = tx.create(Webhook, {
          id: randomUUID(),
          userId,
          documentId: documentId ?? null,
          url: target.url.href,
          host: target.url.hostname,
          secret: Buffer.from(secret),
          events,
          createdAt: new Date(clock.now()),
        });
        await tx.flush();
        await recordEvent(tx, {
          action: 'webhook.created',
          actor,
          target: { kind: 'webhook', id: webhook.id },
          outcome: 'ok',
          after: audited(webhook),
        });
        return { ok: true, webhook: { ...toPublic(webhook), secret: secretText(secret) } } as const;
      });
    },

    async change(actor, userId, id, { url, events, active, rotateSecret }) {
      const target = url === undefined ? undefined : checkTarget(url);
      if (target?.ok === false) return wrongUrl(target.detail);
      return await orm.em().transactional(async (tx) => {
        const webhook = await tx.findOne(Webhook, { id, userId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
        if (!webhook) return failure('not_found');
        const before = audited(webhook);
        if (target) tx.assign(webhook, { url: target.url.href, host: target.url.hostname });
        if (events) webhook.events = events;
        if (active !== undefined && active !== webhook.active) {
          tx.assign(webhook, { active, switchedOff: null, failingSince: null });
          if (!active) await failPending(tx, id);
        }
        const secret = rotateSecret ? newSecret() : undefined;
        if (secret) {
          const previousUntil = new Date(clock.now() + OLD_SECRET_MS);
          tx.assign(webhook, { previousSecret: webhook.secret, previousUntil, secret: Buffer.from(secret) });
        }
        await tx.flush();
        await recordEvent(tx, {
          action: 'webhook.changed',
          actor,
          target: { kind: 'webhook', id },
          outcome: 'ok',
          before,
          after: audited(webhook),
          ...(secret && { details: { secretRotated: true } }),
        });
        return { ok: true, webhook: { ...toPublic(webhook), ...(secret && { secret: secretText(secret) }) } } as const;
      });
    },

    remove: (actor, userId, id) =>
      orm.em().transactional(async (tx) => {
        const webhook = await tx.findOne(Webhook, { id, userId }, { lockMode: LockMode.PESSIMISTIC_WRITE });
        if (!webhook) return failure('not_found');
        await tx.nativeDelete(Webhook, { id });
        await recordEvent(tx, {
          action: 'webhook.deleted',
          actor,
          target: { kind: 'webhook', id },
          outcome: 'ok',
          before: audited(webhook),
        });
        return { ok: true } as const;
      }),
  };
}
