// What every implementation of the ports of webhooks does: each is its owner's alone, its secret is shown once, and its log is kept.
import { randomUUID } from 'node:crypto';
import type { ExecutionContext, TestFn } from 'ava';
import type { NewWebhook, WebhookWithSecret } from '../../schemas/http.ts';
import type { DocumentStore } from '../../src/ports/documents.ts';
import type { DeliveryLog, WebhookStore } from '../../src/ports/webhooks.ts';
import { codeOf } from '../support/outcome.ts';
import type { People, Person } from '../support/people.ts';
import { rulesOf } from './rules.ts';

export interface WebhooksWorld extends People {
  readonly webhooks: WebhookStore;
  readonly deliveries: DeliveryLog;
  readonly documents: DocumentStore;
  /** A URL that no webhook may lead to. */
  readonly refusedUrl: string;
  /** Webhooks that a user may have, and deliveries that may wait for one. */
  readonly most: { readonly webhooks: number; readonly pending: number };
  /** Lets so many deliveries wait for a webhook. */
  fill(webhookId: string, count: number): Promise<void>;
  /** The only delivery that waits for a webhook has failed. */
  fail(webhookId: string): Promise<void>;
}

const URL_OF = 'https://receiver.example/hook?to=me';
const NEW: NewWebhook = { url: URL_OF, events: ['document.published'] };

export function webhooksContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<WebhooksWorld>,
): void {
  const rule = rulesOf(test, `webhooks, ${name}`, worldOf);

  async function make({ webhooks }: WebhooksWorld, { actor, userId }: Person, more: Partial<NewWebhook> = {}) {
    const made = await webhooks.create(actor, userId, { ...NEW, ...more });
    if (!made.ok) throw new Error(made.detail ?? made.error.code);
    return made.webhook;
  }
  const withoutSecret = ({ secret: _secret, ...webhook }: WebhookWithSecret) => webhook;

  rule('WH8 a webhook is shown to its owner alone, and its secret by its creation alone', async (t, world) => {
    const { person, webhooks, clock } = world;
    const [ann, eve] = [await person(), await person()];
    const first = await make(world, ann);
    t.truthy(first.secret);
    t.like(first, {
      url: URL_OF,
      events: ['document.published'],
      documentId: null,
      active: true,
      switchedOff: null,
      failingSince: null,
      createdAt: new Date(clock.now()).toISOString(),
    });
    clock.advance(1_000);
    const second = await make(world, ann);
    t.not(second.secret, first.secret);
    t.deepEqual(await webhooks.list(ann.userId), [first, second].map(withoutSecret), 'oldest first');
    t.deepEqual(await webhooks.get(ann.userId, first.id), withoutSecret(first));
    t.deepEqual(await webhooks.list(eve.userId), []);
    t.is(await webhooks.get(eve.userId, first.id), undefined);
    t.is(await webhooks.get(ann.userId, randomUUID()), undefined);
    for (const id of [first.id, randomUUID()]) {
      t.is(codeOf(await webhooks.change(eve.actor, eve.userId, id, { active: false })), 'not_found');
      t.is(codeOf(await webhooks.remove(eve.actor, eve.userId, id)), 'not_found');
    }
    t.like(await webhooks.get(ann.userId, first.id), { active: true });
  });

  rule('WH8 a webhook can be changed and deleted, and its secret replaced', async (t, world) => {
    const { person, webhooks } = world;
    const ann = await person();
    const made = await make(world, ann);
    const moved = { url: 'https://other.example/', events: ['document.edited', 'document.unpublished'] } as const;
    const changed = await webhooks.change(ann.actor, ann.userId, made.id, { ...moved, events: [...moved.events] });
    t.deepEqual(changed, { ok: true, webhook: { ...withoutSecret(made), ...moved, events: [...moved.events] } });
    const rotated = await webhooks.change(ann.actor, ann.userId, made.id, { rotateSecret: true });
    t.true(rotated.ok && rotated.webhook.secret !== undefined && rotated.webhook.secret !== made.secret);
    t.deepEqual(await webhooks.remove(ann.actor, ann.userId, made.id), { ok: true });
    t.is(codeOf(await webhooks.remove(ann.actor, ann.userId, made.id)), 'not_found');
    t.deepEqual(await webhooks.list(ann.userId), []);
  });

  rule('WH1 a URL that no webhook may lead to is refused, at creation and on change', async (t, world) => {
    const { person, webhooks, refusedUrl } = world;
    const ann = await person();
    const { id } = await make(world, ann);
    for (const refused of [
      await webhooks.create(ann.actor, ann.userId, { ...NEW, url: refusedUrl }),
      await webhooks.change(ann.actor, ann.userId, id, { url: refusedUrl, active: false }),
    ]) {
      t.is(codeOf(refused), 'bad_request');
      t.regex((refused.ok ? undefined : refused.detail) ?? '', /^url: ./);
    }
    t.like(await webhooks.list(ann.userId), { 0: { url: URL_OF, active: true }, length: 1 });
  });

  rule('I6 a webhook can be made only for a document that its owner may open', async (t, world) => {
    const { document, documents, grant, person, webhooks } = world;
    const [ann, bob] = [await person(), await person()];
    const documentId = await document(ann);
    const create = (who: Person, id: string) => webhooks.create(who.actor, who.userId, { ...NEW, documentId: id });
    t.like(await create(ann, documentId), { ok: true, webhook: { documentId } });
    const refused = await create(bob, documentId);
    t.is(codeOf(refused), 'not_found');
    t.regex((refused.ok ? undefined : refused.detail) ?? '', /^documentId: ./);
    t.deepEqual(refused, await create(bob, randomUUID()), 'the two are indistinguishable');
    await grant(ann, documentId, bob, 'view');
    t.like(await create(bob, documentId), { ok: true });
    await documents.remove(ann.actor, documentId);
    t.is(codeOf(await create(bob, documentId)), 'not_found');
  });

  rule('I9 a user has so many webhooks at most, also when many are made at once', async (t, world) => {
    const { most, person, webhooks } = world;
    const [ann, bob] = [await person(), await person()];
    for (let n = 0; n < most.webhooks - 5; n += 1) await make(world, ann);
    const made = await Promise.all(Array.from({ length: 10 }, () => webhooks.create(ann.actor, ann.userId, NEW)));
    t.deepEqual(made.map(codeOf).toSorted(), [...Array(5).fill('conflict'), ...Array(5).fill('ok')]);
    for (const one of made) t.true(one.ok || one.detail?.includes(`at most ${most.webhooks}`), 'the limit is named');
    const [first] = await webhooks.list(ann.userId);
    t.is((await webhooks.list(ann.userId)).length, most.webhooks);
    t.truthy(await make(world, bob), 'others have theirs');
    await webhooks.remove(ann.actor, ann.userId, first?.id ?? '');
    t.truthy(await make(world, ann));
  });

  rule('WH7 a test waits in the log, and what has ended can be sent again', async (t, world) => {
    const { clock, deliveries, fail, person } = world;
    const ann = await person();
    const { id } = await make(world, ann);
    const tested = await deliveries.test(ann.userId, id);
    if (!tested.ok) return t.fail(tested.error.code);
    const { delivery } = tested;
    const now = new Date(clock.now()).toISOString();
    t.like(delivery, { event: 'webhook.test', documentId: null, state: 'pending', attempts: 0, createdAt: now });
    const page = { limit: 5, after: undefined };
    t.deepEqual(await deliveries.list(ann.userId, id, page), { deliveries: [delivery], next: undefined });
    t.is(codeOf(await deliveries.redeliver(ann.userId, id, delivery.id)), 'conflict', 'it is pending');
    await fail(id);
    t.like((await deliveries.list(ann.userId, id, page))?.deliveries[0], { state: 'failed', nextAttemptAt: null });
    const again = await deliveries.redeliver(ann.userId, id, delivery.id);
    t.like(again, { ok: true, delivery: { id: delivery.id, state: 'pending', nextAttemptAt: now } });
    t.is(codeOf(await deliveries.redeliver(ann.userId, id, randomUUID())), 'not_found');
  });

  rule('I6 nobody reads or fills the log of another’s webhook', async (t, world) => {
    const { deliveries, fail, person } = world;
    const [ann, eve] = [await person(), await person()];
    const [{ id }, own] = [await make(world, ann), await make(world, eve)];
    const tested = await deliveries.test(ann.userId, id);
    if (!tested.ok) return t.fail(tested.error.code);
    await fail(id);
    const page = { limit: 5, after: undefined };
    for (const missing of [id, randomUUID()]) {
      t.is(await deliveries.list(eve.userId, missing, page), undefined);
      t.is(codeOf(await deliveries.test(eve.userId, missing)), 'not_found');
      t.is(codeOf(await deliveries.redeliver(eve.userId, missing, tested.delivery.id)), 'not_found');
    }
    t.is(codeOf(await deliveries.redeliver(eve.userId, own.id, tested.delivery.id)), 'not_found', 'over her own');
    t.deepEqual(await deliveries.list(eve.userId, own.id, { limit: 5, after: tested.delivery.id }), {
      deliveries: [],
      next: undefined,
    });
  });

  rule('WH7 the log comes in pages, newest first', async (t, world) => {
    const { clock, deliveries, person } = world;
    const ann = await person();
    const { id } = await make(world, ann);
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) {
      clock.advance(1_000);
      const tested = await deliveries.test(ann.userId, id);
      if (tested.ok) made.unshift(tested.delivery.id);
    }
    const pages: string[][] = [];
    let after: string | undefined;
    do {
      const page = await deliveries.list(ann.userId, id, { limit: 2, after });
      pages.push((page?.deliveries ?? []).map((delivery) => delivery.id));
      after = page?.next;
    } while (after !== undefined);
    t.deepEqual(pages, [made.slice(0, 2), made.slice(2, 4), made.slice(4)]);
  });

  rule('WH6 what waits for a webhook that is switched off has failed, and nothing can be sent', async (t, world) => {
    const { deliveries, person, webhooks } = world;
    const ann = await person();
    const { id } = await make(world, ann);
    const tested = await deliveries.test(ann.userId, id);
    if (!tested.ok) return t.fail(tested.error.code);
    t.like(await webhooks.change(ann.actor, ann.userId, id, { active: false }), {
      ok: true,
      webhook: { active: false },
    });
    const [delivery] = (await deliveries.list(ann.userId, id, { limit: 5, after: undefined }))?.deliveries ?? [];
    t.like(delivery, { state: 'failed', lastError: 'the webhook was disabled', nextAttemptAt: null });
    t.is(codeOf(await deliveries.test(ann.userId, id)), 'conflict');
    t.is(codeOf(await deliveries.redeliver(ann.userId, id, tested.delivery.id)), 'conflict');
    await webhooks.change(ann.actor, ann.userId, id, { active: true });
    t.like(await deliveries.redeliver(ann.userId, id, tested.delivery.id), { ok: true });
  });

  rule('I9 beyond the deliveries that may wait a test is refused as overloaded', async (t, world) => {
    const { deliveries, fill, most, person } = world;
    const ann = await person();
    const { id } = await make(world, ann);
    await fill(id, most.pending - 1);
    t.is(codeOf(await deliveries.test(ann.userId, id)), 'ok');
    t.is(codeOf(await deliveries.test(ann.userId, id)), 'overloaded');
  });
}
