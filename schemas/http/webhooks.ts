/** Webhooks: where events of documents are sent, and the log of deliveries. */
import Type, { type Static } from 'typebox';
import { Limit, strict, Timestamp, Uuid } from './common.ts';

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
  description: '`http` or `https`, a public address, port 80, 443 or 1024 and above, without user name and password',
  examples: ['https://example.org/stet'],
});
const Events = Type.Array(WebhookEvent, { minItems: 1, uniqueItems: true });

export const NewWebhook = Type.Object(
  {
    url: Url,
    events: Events,
    documentId: Type.Optional(
      Type.String({ ...Uuid, description: 'Only events of this document; by default of all that you have access to' }),
    ),
  },
  { ...strict, title: 'NewWebhook' },
);
export type NewWebhook = Static<typeof NewWebhook>;

export const WebhookChange = Type.Object(
  {
    url: Type.Optional(Url),
    events: Type.Optional(Events),
    active: Type.Optional(
      Type.Boolean({ description: 'A webhook that is switched off gets no events, and none are queued' }),
    ),
    rotateSecret: Type.Optional(
      Type.Literal(true, { description: 'Creates a new secret; for 24 hours the old one signs as well' }),
    ),
  },
  { ...strict, title: 'WebhookChange', minProperties: 1 },
);
export type WebhookChange = Static<typeof WebhookChange>;

const WEBHOOK = {
  id: Uuid,
  url: Type.String(),
  events: Type.Array(WebhookEvent),
  documentId: Type.Union([Uuid, Type.Null()]),
  active: Type.Boolean(),
  switchedOff: Type.Union([Type.String(), Type.Null()], { description: 'Why Stet switched it off, if it did' }),
  failingSince: Type.Union([Timestamp, Type.Null()], {
    description: 'Time of the first failure since the last success',
  }),
  createdAt: Timestamp,
} as const;
export const Webhook = Type.Object(WEBHOOK, { ...strict, title: 'Webhook' });
export type Webhook = Static<typeof Webhook>;

/** A webhook with its secret, which is shown only when it was made. */
export const WebhookWithSecret = Type.Object(
  {
    ...WEBHOOK,
    secret: Type.Optional(
      Type.String({
        description: '`whsec_` and base64: the signing secret of Standard Webhooks; only in this response',
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
    id: Type.String({ ...Uuid, description: 'The `webhook-id` header, the same in all attempts' }),
    event: Type.String({ description: 'The event, or `webhook.test`' }),
    documentId: Type.Union([Uuid, Type.Null()]),
    state: Type.Union([Type.Literal('pending'), Type.Literal('delivered'), Type.Literal('failed')]),
    attempts: Type.Integer({ minimum: 0 }),
    lastStatus: Type.Union([Type.Integer(), Type.Null()], { description: 'Status of the receiver’s last response' }),
    lastError: Type.Union([Type.String(), Type.Null()], { description: 'Why the last attempt failed' }),
    createdAt: Timestamp,
    nextAttemptAt: Type.Union([Timestamp, Type.Null()]),
    deliveredAt: Type.Union([Timestamp, Type.Null()]),
  },
  { ...strict, title: 'Delivery' },
);
export type Delivery = Static<typeof Delivery>;

export const DeliveryListQuery = Type.Object(
  {
    limit: Type.Optional(Limit),
    after: Type.Optional(Type.String({ ...Uuid, description: 'Cursor: `next` of the previous page' })),
  },
  strict,
);
export type DeliveryListQuery = Static<typeof DeliveryListQuery>;

/** Newest first. `next` is there when more follow: the `after` of the next request. */
export const DeliveryList = Type.Object(
  { deliveries: Type.Array(Delivery), next: Type.Optional(Uuid) },
  { ...strict, title: 'DeliveryList' },
);
export type DeliveryList = Static<typeof DeliveryList>;
