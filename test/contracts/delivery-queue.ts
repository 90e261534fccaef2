// What every implementation of the queue of deliveries does: one node at a time attempts each, and one that was overtaken changes nothing.
import type { ExecutionContext, TestFn } from 'ava';
import type { Delivery } from '../../schemas/http.ts';
import type { ClaimedDelivery, ClaimOptions, DeliveryQueue } from '../../src/ports/delivery-queue.ts';
import { rulesOf } from './rules.ts';

export interface QueuedWebhook {
  readonly id: string;
  readonly userId: string;
  readonly host: string;
}

/** A queue that is empty when a rule begins. */
export interface DeliveryQueueWorld {
  readonly clock: { now(): number; advance(ms: number): void };
  /** As nodes have it. */
  readonly nodes: readonly [DeliveryQueue, DeliveryQueue];
  /** A new user's webhook. */
  webhook(host?: string): Promise<QueuedWebhook>;
  /** Another secret; the old one signs besides it for a day. */
  rotate(webhook: QueuedWebhook): Promise<void>;
  /** Enqueues a delivery that is due: of no document, or of one that the webhook's owner has a grant on. */
  enqueue(webhook: QueuedWebhook, of?: 'document' | 'edit'): Promise<{ id: string; documentId: string | undefined }>;
  revoke(webhook: QueuedWebhook, documentId: string): Promise<void>;
  /** The log of a webhook, oldest first. */
  log(webhook: QueuedWebhook): Promise<Delivery[]>;
  isActive(webhook: QueuedWebhook): Promise<boolean>;
}

const LEASE_MS = 30_000;
const DAY_MS = 86_400_000;
const OPTIONS: ClaimOptions = { leaseMs: LEASE_MS, editMs: 0, busyHosts: [], busyUsers: [] };

export function deliveryQueueContract(
  test: TestFn,
  name: string,
  worldOf: (t: ExecutionContext) => Promise<DeliveryQueueWorld>,
): void {
  const rule = rulesOf(test, `delivery queue, ${name}`, worldOf);

  async function claimed({ nodes }: DeliveryQueueWorld, options: Partial<ClaimOptions> = {}): Promise<ClaimedDelivery> {
    const delivery = await nodes[0].claim({ ...OPTIONS, ...options });
    if (!delivery) throw new Error('nothing is due');
    return delivery;
  }

  rule('WH4 a claim says all that an attempt needs, and is a lease', async (t, world) => {
    const { clock, nodes, webhook, enqueue } = world;
    t.is(await nodes[0].claim(OPTIONS), undefined, 'nothing is due');
    const hook = await webhook();
    const { id } = await enqueue(hook, 'document');
    const first = await claimed(world);
    t.like(first, { id, attempt: 1, tries: 1, webhookId: hook.id, userId: hook.userId, host: hook.host });
    t.is(new URL(first.url).hostname, hook.host);
    t.like(first, { event: 'document.published', data: { revision: 1 }, permitted: true });
    t.is(first.secrets.length, 1);
    clock.advance(LEASE_MS - 1);
    t.is(await nodes[1].claim(OPTIONS), undefined, 'leased');
    clock.advance(1);
    t.like(await nodes[1].claim(OPTIONS), { id, attempt: 2, tries: 2, createdAt: first.createdAt });
  });

  rule('WH4 nodes that claim at once claim each delivery once', async (t, world) => {
    const { nodes, webhook, enqueue } = world;
    const hook = await webhook();
    const enqueued: string[] = [];
    for (let n = 0; n < 12; n += 1) enqueued.push((await enqueue(hook)).id);
    const found = await Promise.all(Array.from({ length: 12 }, (_, n) => nodes[n % 2 === 0 ? 0 : 1].claim(OPTIONS)));
    const ids = found.flatMap((one) => (one ? [one.id] : []));
    t.is(new Set(ids).size, ids.length);
    for (let next = await nodes[0].claim(OPTIONS); next; next = await nodes[0].claim(OPTIONS)) ids.push(next.id);
    t.deepEqual(ids.toSorted(), enqueued.toSorted());
  });

  rule('WH4 a node whose claim was overtaken changes nothing any more', async (t, world) => {
    const { clock, nodes, webhook, enqueue, log } = world;
    const hook = await webhook();
    await enqueue(hook);
    const late = await claimed(world);
    clock.advance(LEASE_MS);
    const taken = await claimed(world);
    for (const outcome of [
      { kind: 'failed', status: 500, error: 'late' },
      { kind: 'retry', status: 500, error: 'late', at: 0 },
      { kind: 'withheld', error: 'late' },
      { kind: 'delivered', status: 200 },
      { kind: 'released' },
    ] as const)
      await nodes[1].settle(late, outcome);
    t.like((await log(hook))[0], { state: 'pending', attempts: 2, lastError: null });
    t.is(await nodes[0].claim(OPTIONS), undefined, 'the lease of the other holds');
    await nodes[0].settle(taken, { kind: 'delivered', status: 204 });
    t.like((await log(hook))[0], { state: 'delivered', lastStatus: 204, nextAttemptAt: null });
    clock.advance(LEASE_MS);
    t.is(await nodes[0].claim(OPTIONS), undefined);
  });

  rule('WH2 a failed attempt is due again at its time, and a failed delivery is not', async (t, world) => {
    const { clock, nodes, webhook, enqueue, log } = world;
    const hook = await webhook();
    await enqueue(hook);
    const began = clock.now();
    const at = began + 60_000;
    await nodes[0].settle(await claimed(world), { kind: 'retry', status: 503, error: 'responded with HTTP 503', at });
    t.like((await log(hook))[0], {
      state: 'pending',
      attempts: 1,
      lastStatus: 503,
      lastError: 'responded with HTTP 503',
      nextAttemptAt: new Date(at).toISOString(),
    });
    t.is(await nodes[1].failingSince(hook.id), began);
    clock.advance(59_999);
    t.is(await nodes[0].claim(OPTIONS), undefined);
    clock.advance(1);
    await nodes[0].settle(await claimed(world), { kind: 'failed', status: null, error: 'no answer' });
    t.like((await log(hook))[0], { state: 'failed', attempts: 2, lastStatus: null, nextAttemptAt: null });
    t.is(await nodes[0].failingSince(hook.id), began, 'since the first failure');
    clock.advance(DAY_MS);
    t.is(await nodes[0].claim(OPTIONS), undefined);
    await enqueue(hook);
    await nodes[0].settle(await claimed(world), { kind: 'delivered', status: 200 });
    t.is(await nodes[1].failingSince(hook.id), undefined, 'the last one succeeded');
  });

  rule('WH7 a released delivery is due at once, and the attempt does not count', async (t, world) => {
    const { nodes, webhook, enqueue } = world;
    const hook = await webhook();
    const { id } = await enqueue(hook);
    await nodes[0].settle(await claimed(world), { kind: 'released' });
    t.like(await nodes[1].claim(OPTIONS), { id, attempt: 2, tries: 1 });
    t.is(await nodes[0].failingSince(hook.id), undefined);
  });

  rule(
    'I6 a delivery to an owner who lost the grant is not permitted, and withholding it blames no receiver',
    async (t, world) => {
      const { nodes, webhook, enqueue, revoke, log } = world;
      const hook = await webhook();
      const { documentId = '' } = await enqueue(hook, 'document');
      await revoke(hook, documentId);
      const delivery = await claimed(world);
      t.false(delivery.permitted);
      await nodes[0].settle(delivery, { kind: 'withheld', error: 'not open' });
      t.like((await log(hook))[0], { state: 'failed', lastError: 'not open', lastStatus: null, nextAttemptAt: null });
      t.is(await nodes[0].failingSince(hook.id), undefined);
    },
  );

  rule('I9 hosts and users at their limit are passed over', async (t, world) => {
    const { nodes, webhook, enqueue } = world;
    const [one, two] = [await webhook('one.example'), await webhook('two.example')];
    const first = await enqueue(one);
    const second = await enqueue(two);
    t.is(await nodes[0].claim({ ...OPTIONS, busyHosts: ['one.example', 'two.example'] }), undefined);
    t.is(await nodes[0].claim({ ...OPTIONS, busyUsers: [one.userId, two.userId] }), undefined);
    t.is((await claimed(world, { busyHosts: ['one.example'] })).id, second.id);
    t.is((await claimed(world, { busyUsers: [two.userId] })).id, first.id);
  });

  rule('WH5 edits wait for those that follow', async (t, world) => {
    const { clock, nodes, webhook, enqueue } = world;
    const hook = await webhook();
    // What is enqueued is due by the clock of the queue, which the test's clock is ahead of.
    await enqueue(hook, 'edit');
    const { id } = await enqueue(hook);
    const editMs = 10 * DAY_MS;
    t.is((await claimed(world, { editMs })).id, id, 'all else does not');
    t.is(await nodes[0].claim({ ...OPTIONS, editMs }), undefined);
    clock.advance(editMs);
    t.like(await claimed(world, { editMs }), { event: 'document.edited' });
  });

  rule('WH3 after a rotation both secrets sign for a day, the new one first', async (t, world) => {
    const { clock, webhook, enqueue, rotate } = world;
    const hook = await webhook();
    await enqueue(hook);
    const [old] = (await claimed(world)).secrets;
    await rotate(hook);
    clock.advance(LEASE_MS);
    const both = (await claimed(world)).secrets;
    t.is(both.length, 2);
    t.deepEqual(both[1], old);
    t.notDeepEqual(both[0], old);
    clock.advance(DAY_MS);
    t.deepEqual((await claimed(world)).secrets, both.slice(0, 1));
  });

  rule('WH6 a webhook that is switched off has nothing due, and stays off', async (t, world) => {
    const { clock, nodes, webhook, enqueue, log, isActive } = world;
    const hook = await webhook();
    await enqueue(hook);
    const late = await claimed(world);
    await Promise.all(nodes.map((node) => node.switchOff(hook.id, 'the receiver responded with HTTP 410 (Gone)')));
    t.false(await isActive(hook));
    t.like((await log(hook))[0], { state: 'failed', lastError: 'the webhook was disabled' });
    await nodes[0].settle(late, { kind: 'retry', status: 500, error: 'late', at: clock.now() });
    t.like((await log(hook))[0], { state: 'failed', lastError: 'the webhook was disabled' });
    clock.advance(DAY_MS);
    t.is(await nodes[0].claim(OPTIONS), undefined);
    await nodes[0].settle(late, { kind: 'delivered', status: 200 });
    t.like((await log(hook))[0], { state: 'delivered' }, 'what arrived has arrived');
  });

  rule('WH7 old deliveries are deleted, so many at a time', async (t, world) => {
    const { nodes, webhook, enqueue, log, clock } = world;
    const hook = await webhook();
    for (let n = 0; n < 5; n += 1) await enqueue(hook);
    const all = clock.now() + DAY_MS;
    t.is(await nodes[0].purge(0, 100), 0);
    t.is(await nodes[0].purge(all, 2), 2);
    t.is((await log(hook)).length, 3);
    const both = await Promise.all(nodes.map((node) => node.purge(all, 100)));
    t.is((both[0] ?? 0) + (both[1] ?? 0), 3);
  });
}
