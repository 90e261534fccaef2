/** Webhooks and the log of their deliveries, as their owners see them. Nobody sees another's. */
import type { Failure } from '../../schemas/errors.ts';
import type { Delivery, NewWebhook, Webhook, WebhookChange, WebhookWithSecret } from '../../schemas/http.ts';
import type { Actor } from './actor.ts';

/** A failure, with what is wrong with this request. */
export type WebhookFailure = Failure & { detail?: string };

export interface WebhookStore {
  list(userId: string): Promise<Webhook[]>;
  /** Undefined: unknown, or another user's. */
  get(userId: string, id: string): Promise<Webhook | undefined>;
  /** The result has the secret. Fails with `bad_request`, `not_found` (the document) or `conflict`. */
  create(
    actor: Actor,
    userId: string,
    webhook: NewWebhook,
  ): Promise<{ ok: true; webhook: WebhookWithSecret } | WebhookFailure>;
  /** The result has the secret if it is new. Fails with `not_found` or `bad_request`. */
  change(
    actor: Actor,
    userId: string,
    id: string,
    change: WebhookChange,
  ): Promise<{ ok: true; webhook: WebhookWithSecret } | WebhookFailure>;
  /** Deletes it and its deliveries. Fails with `not_found`. */
  remove(actor: Actor, userId: string, id: string): Promise<{ ok: true } | Failure>;
}

export interface DeliveryPage {
  deliveries: Delivery[];
  /** Cursor of the next page; undefined on the last. */
  next: string | undefined;
}

export interface DeliveryLog {
  /** Newest first. Undefined: no such webhook, or another user's. */
  list(
    userId: string,
    webhookId: string,
    page: { limit: number; after: string | undefined },
  ): Promise<DeliveryPage | undefined>;
  /** Enqueues `webhook.test`. Fails with `not_found`, `conflict` (switched off) or `overloaded`. */
  test(userId: string, webhookId: string): Promise<{ ok: true; delivery: Delivery } | WebhookFailure>;
  /** Enqueues an ended delivery again. Fails like `test`; with `conflict` also while it is pending. */
  redeliver(
    userId: string,
    webhookId: string,
    deliveryId: string,
  ): Promise<{ ok: true; delivery: Delivery } | WebhookFailure>;
}
