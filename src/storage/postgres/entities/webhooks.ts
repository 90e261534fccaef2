/** Entities of webhooks and of the log of their deliveries. The migrations are the schema; these map it. */
import { defineEntity, type InferEntity, p } from '@mikro-orm/core';

export const Webhook = defineEntity({
  name: 'Webhook',
  tableName: 'webhooks',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    userId: p.uuid(),
    documentId: p.uuid().nullable(),
    url: p.text(),
    host: p.text(),
    secret: p.blob().hidden(),
    previousSecret: p.blob().nullable().hidden(),
    previousUntil: p.datetime().nullable(),
    events: p.array(),
    active: p.boolean().default(true),
    switchedOff: p.text().nullable(),
    failingSince: p.datetime().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
  },
});
export type Webhook = InferEntity<typeof Webhook>;

export const WebhookDelivery = defineEntity({
  name: 'WebhookDelivery',
  tableName: 'webhook_deliveries',
  properties: {
    id: p.uuid().primary().defaultRaw('gen_random_uuid()'),
    webhookId: p.uuid(),
    documentId: p.uuid().nullable(),
    event: p.text(),
    payload: p.json(),
    state: p.enum(['pending', 'delivered', 'failed']).default('pending'),
    gathering: p.boolean().default(false),
    attempts: p.integer().default(0),
    tries: p.integer().default(0),
    nextAttemptAt: p.datetime().nullable(),
    lastStatus: p.integer().nullable(),
    lastError: p.text().nullable(),
    createdAt: p.datetime().defaultRaw('now()'),
    deliveredAt: p.datetime().nullable(),
  },
});
export type WebhookDelivery = InferEntity<typeof WebhookDelivery>;
