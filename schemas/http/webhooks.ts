/** Webhooks and the log of their deliveries. */
import Type, { type Static } from 'typebox';
import { AfterCursor, Limit, NextCursor, strict, Timestamp, Uuid } from './common.ts';

export const WebhookEvent = Type.Union([
  Type.Literal('document.published'),
  Type.Literal('document.unpublished'),
  Type.Literal('document.edited'),
  Type.Literal('media.ready'),
]);
export type WebhookEvent = Static<typeof WebhookEvent>;

const Url = Type.String({
  minLength: 1,
  maxLength: 2_048,
  pattern: '^[^\\u0000-\\u0020\\u007F]*$',
  description:
    'URL that receives the events: `http` or `https`, a public address, port 80, 443 or 1024 and above, without username and password',
  examples: ['https://example.org/stet'],
});
const Events = Type.Array(WebhookEvent, { minItems: 1, uniqueItems: true, description: 'Events to send' });

export const NewWebhook = Type.Object(
  {
    url: Url,
    events: Events,
    documentId: Type.Optional(
      Type.String({
        ...Uuid,
        description: 'Document whose events are sent. By default all documents that you have access to',
      }),
    ),
  },
  { ...strict, title: 'NewWebhook' },
);
export type NewWebhook = Static<typeof NewWebhook>;

export const WebhookChange = Type.Object(
  {
    url: Type.Optional(Url),
    events: Type.Optional(Events),
    active: Type.Optional(Type.Boolean({ description: 'Whether events are sent. While false, none are queued' })),
    rotateSecret: Type.Optional(
      Type.Literal(true, { description: 'Creates a new secret. Deliveries are signed with both secrets for 24 hours' }),
    ),
  },
  { ...strict, title: 'WebhookChange', minProperties: 1 },
);
export type WebhookChange = Static<typeof WebhookChange>;

const WEBHOOK = {
  id: Uuid,
  url: Type.String({ description: 'URL that receives the events' }),
  events: Type.Array(WebhookEvent, { description: 'Events to send' }),
  documentId: Type.Union([Uuid, Type.Null()], {
    description: 'Document whose events are sent. `null`: all documents that you have access to',
  }),
  active: Type.Boolean({ description: 'Whether events are sent' }),
  switchedOff: Type.Union([Type.String(), Type.Null()], {
    description: 'Why Stet disabled the webhook. `null` if it did not',
  }),
  failingSince: Type.Union([Timestamp, Type.Null()], {
    description: 'Time of the first failure since the last success. `null` if the last delivery succeeded',
  }),
  createdAt: Timestamp,
} as const;
export const Webhook = Type.Object(WEBHOOK, { ...strict, title: 'Webhook' });
export type Webhook = Static<typeof Webhook>;

/** A webhook with its secret, which only the response to its creation or rotation contains. */
export const WebhookWithSecret = Type.Object(
  {
    ...WEBHOOK,
    secret: Type.Optional(
      Type.String({
        description: 'Signing secret of Standard Webhooks: `whsec_` and base64. Only this response contains it',
      }),
    ),
  },
  { ...strict, title: 'WebhookWithSecret' },
);
export type WebhookWithSecret = Static<typeof WebhookWithSecret>;

export const WebhookList = Type.Object({ webhooks: Type.Array(Webhook) }, { ...strict, title: 'WebhookList' });
export type WebhookList = Static<typeof WebhookList>;

export const Delivery = Type.Object(
  {
    id: Type.String({ ...Uuid, description: 'Value of the `webhook-id` header. The same for all attempts' }),
    event: Type.String({ description: 'Event that is sent, or `webhook.test`' }),
    documentId: Type.Union([Uuid, Type.Null()], { description: 'Document of the event. `null` for a test event' }),
    state: Type.Union([Type.Literal('pending'), Type.Literal('delivered'), Type.Literal('failed')], {
      description: 'State of the delivery',
    }),
    attempts: Type.Integer({ minimum: 0, description: 'Number of attempts so far' }),
    lastStatus: Type.Union([Type.Integer(), Type.Null()], {
      description: 'HTTP status of the last response. `null` if there was none',
    }),
    lastError: Type.Union([Type.String(), Type.Null()], {
      description: 'Why the last attempt failed. `null` if it did not',
    }),
    createdAt: Timestamp,
    nextAttemptAt: Type.Union([Timestamp, Type.Null()], {
      description: 'Time of the next attempt. `null` if there is none',
    }),
    deliveredAt: Type.Union([Timestamp, Type.Null()], { description: 'Time of the delivery. `null` if not delivered' }),
  },
  { ...strict, title: 'Delivery' },
);
export type Delivery = Static<typeof Delivery>;

export const DeliveryListQuery = Type.Object(
  {
    limit: Type.Optional(Limit),
    after: Type.Optional(AfterCursor),
  },
  strict,
);
export type DeliveryListQuery = Static<typeof DeliveryListQuery>;

export const DeliveryList = Type.Object(
  { deliveries: Type.Array(Delivery), next: Type.Optional(NextCursor) },
  { ...strict, title: 'DeliveryList' },
);
export type DeliveryList = Static<typeof DeliveryList>;
