/** Sending webhooks: real PostgreSQL, real receivers, a clock to turn. */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { Webhook } from 'standardwebhooks';
import { enqueueWebhooks } from '../../src/storage/postgres/enqueue-webhooks.ts';
import { RETRY_DELAYS_MS } from '../../src/webhooks/retries.ts';
import { until } from '../support/helpers.ts';
import { clockAhead, createHooks, type Hooks, startReceiver } from '../support/webhooks.ts';

test.beforeEach((t) => t.timeout(90_000));

/** Waits until the sender has looked at the queue: something else that is due now has arrived. */
async function looked(hooks: Hooks, probe: { received: unknown[]; url: string }): Promise<void> {
  const user = await hooks.user();
  const { id } = await hooks.webhook(user, probe.url);
  const before = probe.received.length;
  await hooks.deliveries.test(user, id);
  await until(() => probe.received.length > before);
}

test('WH3 a delivery is a signed POST that the published implementation verifies', async (t) => {
  const hooks = await createHooks(t);
  const receiver = await startReceiver(t);
  const ann = await hooks.user();
  const document = await hooks.document(ann);
  const { id, secret = '' } = await hooks.webhook(ann, `${receiver.url}?to=me`);
  await hooks.enqueue(document, 'document.published', { documentId: document, title: 'Ä “title”' });
  hooks.sender();
  await until(async () => (await hooks.log(ann, id))[0]?.state === 'delivered');
  const [got] = receiver.received;
  const [delivery] = await hooks.log(ann, id);
  if (!got || !delivery) return t.fail();
  const verified = new Webhook(secret).verify(got.body, got.headers) as { timestamp: string };
  t.deepEqual(verified, {
    type: 'document.published',
    timestamp: delivery.createdAt,
    data: { documentId: document, title: 'Ä “title”' },
  } as object);
  t.is(got.path, '/hook?to=me');
  t.like(got.headers, {
    'content-type': 'application/json',
    'content-length': String(Buffer.byteLength(got.body)),
    'webhook-id': delivery.id,
    host: `127.0.0.1:${receiver.port}`,
  });
  t.like(delivery, { attempts: 1, lastStatus: 204, lastError: null, nextAttemptAt: null, documentId: document });
  t.is(receiver.received.length, 1);
});

test('WH2 what fails is tried again after growing pauses under the same id, and has failed after nine tries', async (t) => {
  const clock = clockAhead();
  const hooks = await createHooks(t, clock);
  const receiver = await startReceiver(t, (response) => response.writeHead(500).end());
  const probe = await startReceiver(t);
  const ann = await hooks.user();
  const { id } = await hooks.webhook(ann, receiver.url);
  await hooks.enqueue(await hooks.document(ann), 'document.published');
  hooks.sender();
  for (const [index, pause] of RETRY_DELAYS_MS.entries()) {
    const next = new Date(clock.now() + pause).toISOString();
    await until(async () => (await hooks.log(ann, id))[0]?.nextAttemptAt === next);
    t.like((await hooks.log(ann, id))[0], { attempts: index + 1, state: 'pending', lastStatus: 500 });
    clock.advance(pause - 1);
    if (index === 0) {
      await looked(hooks, probe);
      t.is(receiver.received.length, 1, 'not a millisecond early');
    }
    clock.advance(1);
  }
  await until(async () => (await hooks.log(ann, id))[0]?.state === 'failed');
  t.like((await hooks.log(ann, id))[0], { attempts: 9, lastError: 'responded with HTTP 500', nextAttemptAt: null });
  t.is(receiver.received.length, 9);
  t.is(new Set(receiver.ids()).size, 1);
  t.is(new Set(receiver.received.map(({ body }) => body)).size, 1, 'the same body');
  t.is(new Set(receiver.received.map(({ headers }) => headers['webhook-timestamp'])).size, 9, 'a timestamp of its own');
});

test('WH2 a receiver that says when to come back is left in peace until then', async (t) => {
  const clock = clockAhead();
  const hooks = await createHooks(t, clock);
  const receiver = await startReceiver(t, (response, _received, count) => {
    if (count === 1) response.writeHead(429, { 'retry-after': '3600' }).end();
    else response.writeHead(204).end();
  });
  const ann = await hooks.user();
  const { id } = await hooks.webhook(ann, receiver.url);
  await hooks.deliveries.test(ann, id);
  hooks.sender();
  const next = new Date(clock.now() + 3_600_000).toISOString();
  await until(async () => (await hooks.log(ann, id))[0]?.nextAttemptAt === next);
  await until(async () => (await hooks.webhooks.get(ann, id))?.failingSince !== null);
  clock.advance(3_600_000);
  await until(async () => (await hooks.log(ann, id))[0]?.state === 'delivered');
  await until(async () => (await hooks.webhooks.get(ann, id))?.failingSince === null);
  t.is(receiver.received.length, 2);
});

test('WH4 senders that race deliver each once', async (t) => {
  const hooks = await createHooks(t);
  const receiver = await startReceiver(t);
  const ann = await hooks.user();
  const { id } = await hooks.webhook(ann, receiver.url);
  const made: string[] = [];
  for (let n = 0; n < 60; n += 1) {
    const tested = await hooks.deliveries.test(ann, id);
    if (tested.ok) made.push(tested.delivery.id);
  }
  for (let n = 0; n < 3; n += 1) hooks.sender({ limits: { pollMs: 1 } });
  await until(async () => (await hooks.log(ann, id)).every(({ state }) => state === 'delivered'));
  t.is(made.length, 60);
  t.deepEqual(receiver.ids().sort(), made.sort());
  t.true((await hooks.log(ann, id)).every(({ attempts }) => attempts === 1));
});

test('WH4 a delivery that a killed node claimed is sent by another node after the lease', async (t) => {
  const clock = clockAhead();
  const hooks = await createHooks(t, clock);
  // The first attempt, of the process that dies, is never answered.
  const receiver = await startReceiver(t, (response, _received, count) => {
    if (count > 1) response.writeHead(204).end();
  });
  const probe = await startReceiver(t);
  const ann = await hooks.user();
  const { id } = await hooks.webhook(ann, receiver.url);
  await hooks.enqueue(await hooks.document(ann), 'document.published');
  const child = fork(new URL('../support/webhook-child.ts', import.meta.url), [hooks.databaseUrl]);
  t.teardown(() => child.kill('SIGKILL'));
  await until(() => receiver.received.length === 1);
  child.kill('SIGKILL');
  await once(child, 'exit');
  // The child's clock is the real one; its lease is 80 s.
  const [{ due } = { due: 0 }] = await hooks.sql<{ due: number }>(
    `select (extract(epoch from next_attempt_at) * 1000)::float8 as due from webhook_deliveries where attempts = 1`,
  );
  clock.advance(due - 10_000 - clock.now());
  hooks.sender();
  await looked(hooks, probe);
  t.is(receiver.received.length, 1, 'not before the lease is over');
  clock.advance(10_000);
  await until(async () => (await hooks.log(ann, id))[0]?.state === 'delivered');
  t.is(receiver.received.length, 2);
  t.is(new Set(receiver.ids()).size, 1);
});

test('WH5 edits that wait for delivery become one delivery with the latest position', async (t) => {
  const clock = clockAhead();
  const hooks = await createHooks(t, clock);
  const receiver = await startReceiver(t);
  const probe = await startReceiver(t);
  const ann = await hooks.user();
  const [one, two] = [await hooks.document(ann), await hooks.document(ann)];
  const { id } = await hooks.webhook(ann, receiver.url);
  for (const seq of [1, 2, 3, 30, 4]) await hooks.enqueue(one, 'document.edited', { seq });
  await Promise.all(Array.from({ length: 20 }, (_, n) => hooks.enqueue(two, 'document.edited', { seq: n + 1 })));
  t.is((await hooks.log(ann, id)).length, 2);
  // The clock is an hour ahead: edits gather for two.
  const sender = hooks.sender({ limits: { editMs: 7_200_000 } });
  await looked(hooks, probe);
  t.is(receiver.received.length, 0, 'they gather');
  clock.advance(3_700_000);
  await until(() => receiver.received.length === 2);
  const seqs = receiver.received.map(({ body }) => (JSON.parse(body) as { data: { seq: number } }).data.seq);
  t.deepEqual(seqs.sort(), [20, 30]);
  await sender.close();
  await hooks.enqueue(one, 'document.edited', { seq: 31 });
  t.is((await hooks.log(ann, id)).length, 3, 'what was sent is closed: the next edit begins anew');
  await hooks.enqueue(one, 'document.edited', { seq: 32 });
  t.is((await hooks.log(ann, id)).length, 3);
});

test('WH5 merged edits name the whole range and every author', async (t) => {
  const hooks = await createHooks(t);
  const ann = await hooks.user();
  const document = await hooks.document(ann);
  await hooks.webhook(ann, 'http://127.0.0.1:9999/');
  for (const payload of [
    { fromSeq: 4, seq: 9, userIds: ['a', 'b'] },
    { fromSeq: 10, seq: 11, userIds: ['c', 'a'] },
    { fromSeq: 2, seq: 3, userIds: ['d'] },
  ])
    await hooks.enqueue(document, 'document.edited', payload);
  const rows = await hooks.sql('select payload from webhook_deliveries');
  t.deepEqual(rows, [{ payload: { fromSeq: 2, seq: 11, userIds: ['a', 'b', 'c', 'd'] } }]);
});

test('WH5 what is enqueued is there when the transaction commits, and gone when it does not', async (t) => {
  const hooks = await createHooks(t);
  const ann = await hooks.user();
  const document = await hooks.document(ann);
  const { id } = await hooks.webhook(ann, 'http://127.0.0.1:9999/');
  await t.throwsAsync(
    hooks.orm.em().transactional(async (tx) => {
      await enqueueWebhooks(
        (sql, values) => tx.execute(sql.replace('$1', '?'), values),
        [{ event: 'document.published', documentId: document, payload: {} }],
      );
      throw new Error('undone');
    }),
  );
  t.deepEqual(await hooks.log(ann, id), []);
});

test('I6 a webhook is sent only what its owner has a grant for, both when it happens and when it is sent', async (t) => {
  const clock = clockAhead();
  const hooks = await createHooks(t, clock);
  const receiver = await startReceiver(t);
  const [ann, bob, eve] = [await hooks.user(), await hooks.user(), await hooks.user()];
  const [document, other] = [await hooks.document(ann), await hooks.document(ann)];
  await hooks.grant(document, bob);
  const ofBob = await hooks.webhook(bob, receiver.url);
  const ofEve = await hooks.webhook(eve, receiver.url);
  const ofOther = await hooks.webhook(ann, receiver.url, { documentId: other });
  const edits = await hooks.webhook(ann, receiver.url, { events: ['document.edited'] });
  const off = await hooks.webhook(ann, receiver.url);
  await hooks.webhooks.change({ kind: 'user', userId: ann }, ann, off.id, { active: false });
  await hooks.enqueue(document, 'document.published');
  for (const [user, webhook, count] of [
    [bob, ofBob, 1],
    [eve, ofEve, 0],
    [ann, ofOther, 0],
    [ann, edits, 0],
    [ann, off, 0],
  ] as const)
    t.is((await hooks.log(user, webhook.id)).length, count);
  await hooks.enqueue(other, 'document.published');
  t.is((await hooks.log(ann, ofOther.id)).length, 1);

  await hooks.sql('delete from grants where document_id = $1 and user_id = $2', [document, bob]);
  hooks.sender();
  await until(async () => (await hooks.log(bob, ofBob.id))[0]?.state === 'failed');
  t.like((await hooks.log(bob, ofBob.id))[0], {
    lastStatus: null,
    lastError: 'you no longer have access to the document',
  });
  await until(() => receiver.received.length === 1);
  t.deepEqual(receiver.ids(), [(await hooks.log(ann, ofOther.id))[0]?.id]);
  t.is((await hooks.webhooks.get(bob, ofBob.id))?.failingSince, null, 'no fault of the receiver');
});

test('WH6 410 switches a webhook off, on the record, and what waits for it has failed', async (t) => {
  const clock = clockAhead();
  const hooks = await createHooks(t, clock);
  const receiver = await startReceiver(t, (response, { body }) =>
    response.writeHead(body.includes('"document.published"') ? 410 : 500).end(),
  );
  const ann = await hooks.user();
  const document = await hooks.document(ann);
  const { id } = await hooks.webhook(ann, receiver.url);
  const sender = hooks.sender();
  await hooks.enqueue(document, 'document.unpublished');
  await until(async () => (await hooks.log(ann, id))[0]?.lastStatus === 500);
  await hooks.enqueue(document, 'document.published');
  await until(async () => (await hooks.webhooks.get(ann, id))?.active === false);
  t.is((await hooks.webhooks.get(ann, id))?.switchedOff, 'the receiver responded with HTTP 410 (Gone)');
  t.deepEqual(
    (await hooks.log(ann, id)).map(({ state, lastError }) => [state, lastError]),
    [
      ['failed', 'the webhook was disabled'],
      ['failed', 'responded with HTTP 410'],
    ],
  );
  await sender.close();
  const events = await hooks.sql(
    `select action, actor_kind, target_id, details from audit_events where actor_kind = 'system'`,
  );
  t.deepEqual(events, [
    {
      action: 'webhook.changed',
      actor_kind: 'system',
      target_id: id,
      details: { reason: 'the receiver responded with HTTP 410 (Gone)' },
    },
  ]);
  await hooks.enqueue(document, 'document.published');
  t.is((await hooks.log(ann, id)).length, 2, 'nothing waits for it any more');
});

test('WH6 a webhook whose every attempt of five days failed is switched off', async (t) => {
  const clock = clockAhead();
  const hooks = await createHooks(t, clock);
  const receiver = await startReceiver(t, (response) => response.writeHead(500).end());
  const ann = await hooks.user();
  const { id } = await hooks.webhook(ann, receiver.url);
  hooks.sender();
  await hooks.deliveries.test(ann, id);
  await until(async () => (await hooks.webhooks.get(ann, id))?.failingSince !== null);
  clock.advance(5 * 86_400_000 - 1);
  await until(() => receiver.received.length === 2);
  t.true((await hooks.webhooks.get(ann, id))?.active);
  clock.advance(86_400_000);
  await until(async () => (await hooks.webhooks.get(ann, id))?.active === false);
  t.is((await hooks.webhooks.get(ann, id))?.switchedOff, 'all attempts failed for 5 days');
  const again = await hooks.webhooks.change({ kind: 'user', userId: ann }, ann, id, { active: true });
  t.like(again, { ok: true, webhook: { active: true, switchedOff: null, failingSince: null } });
});

test('WH3 after a rotation both secrets sign for a day, then the new one alone', async (t) => {
  const hooks = await createHooks(t);
  const receiver = await startReceiver(t);
  const ann = await hooks.user();
  const { id, secret: old = '' } = await hooks.webhook(ann, receiver.url);
  const rotated = await hooks.webhooks.change({ kind: 'user', userId: ann }, ann, id, { rotateSecret: true });
  if (!rotated.ok) return t.fail();
  const { secret = '' } = rotated.webhook;
  t.not(secret, old);
  hooks.sender();
  await hooks.deliveries.test(ann, id);
  await until(() => receiver.received.length === 1);
  const [{ hours } = { hours: 0 }] = await hooks.sql<{ hours: number }>(
    'select extract(epoch from previous_until - now())::float8 / 3600 as hours from webhooks where id = $1',
    [id],
  );
  t.true(hours > 23.9 && hours <= 24, String(hours));
  await hooks.sql(`update webhooks set previous_until = now() - interval '1 second' where id = $1`, [id]);
  await hooks.deliveries.test(ann, id);
  await until(() => receiver.received.length === 2);
  const [first, second] = receiver.received;
  if (!first || !second) return t.fail();
  for (const one of [secret, old]) t.truthy(new Webhook(one).verify(first.body, first.headers));
  t.truthy(new Webhook(secret).verify(second.body, second.headers));
  t.throws(() => new Webhook(old).verify(second.body, second.headers));
});

test('WH7 the log forgets what is older than thirty days', async (t) => {
  const clock = clockAhead();
  const hooks = await createHooks(t, clock);
  const ann = await hooks.user();
  const { id } = await hooks.webhook(ann, 'http://127.0.0.1:9999/');
  const at = (days: number) => new Date(clock.now() - days * 86_400_000);
  for (const days of [29, 31]) {
    await hooks.sql(
      `insert into webhook_deliveries (webhook_id, event, payload, state, created_at)
       select $1, 'webhook.test', '{}', 'failed', $2 from generate_series(1, $3)`,
      [id, at(days), days === 29 ? 1 : 2_500],
    );
  }
  hooks.sender();
  clock.advance(3_600_000);
  await until(async () => (await hooks.sql('select 1 from webhook_deliveries', [])).length === 1);
  t.is((await hooks.log(ann, id)).length, 1);
});

test('WH7 a node that stops releases its unanswered deliveries, and another tries them at once', async (t) => {
  const clock = clockAhead();
  const hooks = await createHooks(t, clock);
  const receiver = await startReceiver(t, (response, _received, count) => {
    if (count > 1) response.writeHead(204).end();
  });
  const ann = await hooks.user();
  const { id } = await hooks.webhook(ann, receiver.url);
  await hooks.deliveries.test(ann, id);
  const first = hooks.sender();
  await until(() => receiver.received.length === 1);
  await first.close();
  await first.close();
  t.like((await hooks.log(ann, id))[0], { state: 'pending', attempts: 1, lastError: null });
  t.deepEqual(await hooks.sql('select tries from webhook_deliveries'), [{ tries: 0 }]);
  hooks.sender();
  await until(async () => (await hooks.log(ann, id))[0]?.state === 'delivered');
});

test('I9 what waits for one webhook is bounded: edits are left out, the rest is kept as failed', async (t) => {
  const hooks = await createHooks(t);
  const ann = await hooks.user();
  const document = await hooks.document(ann);
  const full = await hooks.webhook(ann, 'http://127.0.0.1:9999/');
  await hooks.sql(
    `insert into webhook_deliveries (webhook_id, event, payload) select $1, 'webhook.test', '{}' from generate_series(1, 1000)`,
    [full.id],
  );
  const other = await hooks.webhook(ann, 'http://127.0.0.1:9999/');
  await hooks.enqueue(document, 'document.edited', { seq: 1 });
  await hooks.enqueue(document, 'document.published');
  const count = (state: string) =>
    hooks.sql(
      'select event, last_error from webhook_deliveries where webhook_id = $1 and state = $2 and document_id = $3',
      [full.id, state, document],
    );
  t.deepEqual(await count('pending'), []);
  t.deepEqual(await count('failed'), [
    { event: 'document.published', last_error: 'too many deliveries are pending for this webhook' },
  ]);
  t.is((await hooks.log(ann, other.id)).length, 2, 'others go on');
  t.like(await hooks.deliveries.test(ann, full.id), { ok: false, error: { code: 'overloaded' } });
});

test('WH5 a webhook that is deleted during an event is skipped', async (t) => {
  const hooks = await createHooks(t);
  const ann = await hooks.user();
  const document = await hooks.document(ann);
  const gone = await hooks.webhook(ann, 'http://127.0.0.1:9999/');
  const stays = await hooks.webhook(ann, 'http://127.0.0.1:9999/');
  let enqueued: Promise<void> | undefined;
  await hooks.orm.em().transactional(async (tx) => {
    await tx.execute('delete from webhooks where id = ?', [gone.id]);
    enqueued = hooks.enqueue(document, 'document.published');
    await until(
      async () =>
        (
          await hooks.sql(
            `select 1 from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`,
          )
        ).length > 0,
    );
  });
  await enqueued;
  t.is((await hooks.log(ann, stays.id)).length, 1);
});
