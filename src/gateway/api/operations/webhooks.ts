/** `/v1/webhooks`: webhooks, the log of their deliveries, testing and redelivering. */
import Type from 'typebox';
import {
  Delivery,
  DeliveryList,
  DeliveryListQuery,
  NewWebhook,
  Webhook,
  WebhookChange,
  WebhookList,
  WebhookWithSecret,
} from '../../../../schemas/http.ts';
import type { Logger } from '../../../lib/logger.ts';
import type { DeliveryLog, WebhookStore } from '../../../ports/webhooks.ts';
import { problem, problemOf } from '../../http/problem.ts';
import { jsonOperation, type Operation, operation } from '../kernel/operation.ts';
import { empty, json } from '../kernel/responses.ts';
import { byWebhookId, idOf, noParams, noQuery } from './paths.ts';

const tag = 'Webhooks';
const DEFAULT_PAGE = 50;
const byDelivery = Type.Object({ id: idOf('webhook'), delivery: idOf('delivery') });

export interface WebhookPorts {
  webhooks: WebhookStore;
  deliveries: DeliveryLog;
  log: Logger;
}

export function webhookOperations({ webhooks, deliveries, log }: WebhookPorts): Operation[] {
  return [
    operation({
      id: 'listWebhooks',
      method: 'get',
      path: '/webhooks',
      tag,
      summary: 'List webhooks',
      description: 'Returns your webhooks, oldest first.',
      access: 'webhooks',
      params: noParams,
      query: noQuery,
      responses: { 200: { description: 'Your webhooks', content: { 'application/json': WebhookList } } },
      errors: [],
      handle: async ({ identity }) => json({ webhooks: await webhooks.list(identity.userId) } satisfies WebhookList),
    }),
    jsonOperation({
      id: 'createWebhook',
      method: 'post',
      path: '/webhooks',
      tag,
      summary: 'Create a webhook',
      description:
        'Sends events of documents that you have access to as JSON to a URL, signed according to Standard Webhooks. The receiver must ' +
        'respond with 2xx within 10 seconds; otherwise Stet retries the delivery for a day. Only this response contains the secret.',
      access: 'webhooks',
      params: noParams,
      query: noQuery,
      json: NewWebhook,
      // No Idempotency-Key: the response would be stored, and the secret with it.
      responses: {
        201: { description: 'The new webhook, with its secret', content: { 'application/json': WebhookWithSecret } },
      },
      errors: ['not_found', 'conflict'],
      async handle({ actor, body, identity }) {
        const created = await webhooks.create(actor, identity.userId, body);
        if (!created.ok) return problem(created, { detail: created.detail });
        const { webhook } = created;
        log.info({ webhookId: webhook.id, userId: identity.userId }, 'webhook created');
        return json(webhook satisfies WebhookWithSecret, 201, { location: `/v1/webhooks/${webhook.id}` });
      },
    }),
    operation({
      id: 'getWebhook',
      method: 'get',
      path: '/webhooks/{id}',
      tag,
      summary: 'Get a webhook',
      description: 'Returns one of your webhooks, without its secret.',
      access: 'webhooks',
      params: byWebhookId,
      query: noQuery,
      responses: { 200: { description: 'The webhook', content: { 'application/json': Webhook } } },
      errors: [],
      async handle({ identity, params: { id } }) {
        const webhook = await webhooks.get(identity.userId, id);
        return webhook ? json(webhook satisfies Webhook) : problemOf('not_found');
      },
    }),
    jsonOperation({
      id: 'changeWebhook',
      method: 'patch',
      path: '/webhooks/{id}',
      tag,
      summary: 'Update a webhook',
      description:
        'Updates the fields that you send. You can also enable or disable the webhook, or rotate its secret: only this response contains the new secret, and deliveries are signed with both secrets for 24 hours.',
      access: 'webhooks',
      params: byWebhookId,
      query: noQuery,
      json: WebhookChange,
      responses: { 200: { description: 'The webhook', content: { 'application/json': WebhookWithSecret } } },
      errors: [],
      async handle({ actor, body, identity, params: { id } }) {
        const changed = await webhooks.change(actor, identity.userId, id, body);
        if (!changed.ok) return problem(changed, { detail: changed.detail });
        return json(changed.webhook satisfies WebhookWithSecret);
      },
    }),
    operation({
      id: 'deleteWebhook',
      method: 'delete',
      path: '/webhooks/{id}',
      tag,
      summary: 'Delete a webhook',
      description: 'Deletes a webhook and the log of its deliveries.',
      access: 'webhooks',
      params: byWebhookId,
      query: noQuery,
      responses: { 204: { description: 'Deleted' } },
      errors: [],
      async handle({ actor, identity, params: { id } }) {
        const removed = await webhooks.remove(actor, identity.userId, id);
        if (!removed.ok) return problem(removed);
        log.info({ webhookId: id, userId: identity.userId }, 'webhook deleted');
        return empty();
      },
    }),
    operation({
      id: 'listDeliveries',
      method: 'get',
      path: '/webhooks/{id}/deliveries',
      tag,
      summary: 'List deliveries',
      description: 'Returns the deliveries of a webhook, newest first. Stet keeps them for 30 days.',
      access: 'webhooks',
      params: byWebhookId,
      query: DeliveryListQuery,
      responses: { 200: { description: 'A page of deliveries', content: { 'application/json': DeliveryList } } },
      errors: [],
      async handle({ identity, params: { id }, query: { limit = DEFAULT_PAGE, after } }) {
        const page = await deliveries.list(identity.userId, id, { limit, after });
        if (!page) return problemOf('not_found');
        const { deliveries: found, next } = page;
        return json({ deliveries: found, ...(next !== undefined && { next }) } satisfies DeliveryList);
      },
    }),
    operation({
      id: 'testWebhook',
      method: 'post',
      path: '/webhooks/{id}/test',
      tag,
      summary: 'Send a test event',
      description: 'Queues a `webhook.test` event for the webhook.',
      access: 'webhooks',
      params: byWebhookId,
      query: noQuery,
      responses: { 202: { description: 'The queued delivery', content: { 'application/json': Delivery } } },
      errors: ['conflict', 'overloaded'],
      async handle({ identity, params: { id } }) {
        const tested = await deliveries.test(identity.userId, id);
        return tested.ok ? json(tested.delivery satisfies Delivery, 202) : problem(tested, { detail: tested.detail });
      },
    }),
    operation({
      id: 'redeliver',
      method: 'post',
      path: '/webhooks/{id}/deliveries/{delivery}/redeliver',
      tag,
      summary: 'Retry a delivery',
      description: 'Sends the event again with the same `webhook-id`, and starts its retries over.',
      access: 'webhooks',
      params: byDelivery,
      query: noQuery,
      responses: { 202: { description: 'The queued delivery', content: { 'application/json': Delivery } } },
      errors: ['conflict', 'overloaded'],
      async handle({ identity, params: { id, delivery } }) {
        const sent = await deliveries.redeliver(identity.userId, id, delivery);
        return sent.ok ? json(sent.delivery satisfies Delivery, 202) : problem(sent, { detail: sent.detail });
      },
    }),
  ];
}
