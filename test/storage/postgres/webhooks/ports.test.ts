/** The contracts of webhooks, on PostgreSQL. The queue has a database of its own: a claim takes whatever is due in it. */
import test from 'ava';
import type { WebhookEvent } from '../../../../schemas/http.ts';
import { enqueueWebhooks, MAX_PENDING } from '../../../../src/storage/postgres/enqueue-webhooks.ts';
import { createDeliveryLog } from '../../../../src/storage/postgres/webhooks/deliveries.ts';
import { createDeliveryQueue } from '../../../../src/storage/postgres/webhooks/queue.ts';
import { createWebhookStore, MAX_WEBHOOKS } from '../../../../src/storage/postgres/webhooks/webhooks.ts';
import { newSecret, secretText } from '../../../../src/webhooks/signature.ts';
import { checkTarget } from '../../../../src/webhooks/targets.ts';
import { deliveryQueueContract, type QueuedWebhook } from '../../../contracts/delivery-queue.ts';
import { webhooksContract } from '../../../contracts/webhooks.ts';
import { type Accounts, accountsOf } from '../../../support/accounts.ts';
import { oncePerFile } from '../../../support/once.ts';
import type { Person } from '../../../support/people.ts';
import { clockAhead } from '../../../support/webhooks.ts';

const NAME = 'PostgreSQL';
const EVENTS: WebhookEvent[] = ['document.published', 'document.edited'];

const webhooksOf = ({ orm, clock }: Pick<Accounts, 'orm' | 'clock'>) =>
  createWebhookStore({ orm, clock, checkTarget: (url) => checkTarget(url, false), newSecret, secretText });

const shared = oncePerFile(test, (scope) => accountsOf(scope, 6));

webhooksContract(test, NAME, async () => {
  const world = await shared();
  const { sql } = world;
  return {
    ...world,
    webhooks: webhooksOf(world),
    deliveries: createDeliveryLog(world.orm, world.clock),
    refusedUrl: 'http://127.0.0.1:8080/',
    most: { webhooks: MAX_WEBHOOKS, pending: MAX_PENDING },
    async fill(webhookId, count) {
      await sql(
        `insert into webhook_deliveries (webhook_id, event, payload)
         select $1, 'webhook.test', '{}' from generate_series(1, $2)`,
        [webhookId, count],
      );
    },
    async fail(webhookId) {
      await sql(`update webhook_deliveries set state = 'failed', next_attempt_at = null where webhook_id = $1`, [
        webhookId,
      ]);
    },
  };
});

const queues = oncePerFile(test, async (scope) => {
  const accounts = await accountsOf(scope, 6);
  return { ...accounts, other: await accounts.open(), clock: clockAhead() };
});

deliveryQueueContract(test, NAME, async () => {
  const world = await queues();
  const { clock, grant, grants, document, orm, other, person, sql } = world;
  await sql('delete from webhook_deliveries');
  const webhooks = webhooksOf(world);
  const deliveries = createDeliveryLog(orm, clock);
  const people = new Map<string, Person>();
  const ownerOf = ({ userId }: QueuedWebhook): Person => {
    const owner = people.get(userId);
    if (!owner) throw new Error(`no user ${userId}`);
    return owner;
  };
  const documentOwner = await person();
  const log = async ({ id, userId }: QueuedWebhook) =>
    ((await deliveries.list(userId, id, { limit: 200, after: undefined }))?.deliveries ?? []).toReversed();
  return {
    clock,
    nodes: [createDeliveryQueue(orm, clock), createDeliveryQueue(other, clock)],
    async webhook(host = 'receiver.example') {
      const owner = await person();
      people.set(owner.userId, owner);
      const made = await webhooks.create(owner.actor, owner.userId, { url: `https://${host}/`, events: EVENTS });
      if (!made.ok) throw new Error(made.detail ?? made.error.code);
      return { id: made.webhook.id, userId: owner.userId, host };
    },
    async rotate(webhook) {
      const { actor, userId } = ownerOf(webhook);
      await webhooks.change(actor, userId, webhook.id, { rotateSecret: true });
    },
    async enqueue(webhook, of) {
      if (of === undefined) {
        const tested = await deliveries.test(webhook.userId, webhook.id);
        if (!tested.ok) throw new Error(tested.error.code);
        return { id: tested.delivery.id, documentId: undefined };
      }
      const documentId = await document(documentOwner);
      await grant(documentOwner, documentId, ownerOf(webhook), 'view');
      const event = of === 'edit' ? 'document.edited' : 'document.published';
      const payload = of === 'edit' ? { seq: 1 } : { revision: 1 };
      await enqueueWebhooks((text, values) => sql(text, values), [{ event, documentId, payload }]);
      const made = (await log(webhook)).find((delivery) => delivery.documentId === documentId);
      if (!made) throw new Error('nothing was enqueued');
      return { id: made.id, documentId };
    },
    async revoke(webhook, documentId) {
      await grants.remove(documentOwner.actor, { documentId, handle: ownerOf(webhook).handle });
    },
    log,
    isActive: async ({ id, userId }) => (await webhooks.get(userId, id))?.active ?? false,
  };
});
