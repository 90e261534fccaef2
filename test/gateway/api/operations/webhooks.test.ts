/** `/v1/webhooks` through the pipeline of the API, on a real database. */
import test, { type ExecutionContext } from 'ava';
import type { Delivery, DeliveryList, Problem, WebhookList, WebhookWithSecret } from '../../../../schemas/http.ts';
import { createApi } from '../../../../src/gateway/api/kernel/app.ts';
import { webhookOperations } from '../../../../src/gateway/api/operations/webhooks.ts';
import type { Identity } from '../../../../src/ports/access.ts';
import { isUnavailable } from '../../../../src/storage/postgres/unavailable.ts';
import { until } from '../../../support/helpers.ts';
import { silentLog } from '../../../support/silent-log.ts';
import { ALL_EVENTS, createHooks, startReceiver } from '../../../support/webhooks.ts';

test.beforeEach((t) => t.timeout(90_000));

const URL_OF = 'https://receiver.example/services/T000/secret-path';

/** The operations of webhooks alone, and callers known by their user id. */
async function start(t: ExecutionContext) {
  const hooks = await createHooks(t);
  hooks.check.allowPrivate = false;
  const tokens = new Map<string, Identity>();
  const unlimited = () => ({ limit: 1, remaining: 1, resetMs: 0, waitMs: 0 });
  const ports = { ...hooks, log: silentLog };
  const api = createApi(webhookOperations(ports), {
    credentials: { byToken: async (token) => tokens.get(token) },
    rates: { address: unlimited, credential: unlimited, user: unlimited },
    idempotency: { once: async (_user, _key, _fingerprint, perform) => perform() },
    limits: { maxJsonBytes: 16_384, maxContentBytes: 16_384, maxUpdateBytes: 16_384 },
    isSecure: () => true,
    isUnavailable,
    log: silentLog,
  });
  async function call<Answer>(user: string, method: string, path: string, json?: unknown) {
    if (!tokens.has(user)) {
      const session = crypto.randomUUID();
      tokens.set(user, { userId: user, handle: 'x', role: 'author', sessionId: session, expiresAt: Infinity });
    }
    const request = new Request(`https://stet.example/v1${path}`, {
      method,
      headers: { authorization: `Bearer ${user}`, ...(json !== undefined && { 'content-type': 'application/json' }) },
      ...(json !== undefined && { body: JSON.stringify(json) }),
    });
    const response = await api.fetch(request, { remoteAddress: '192.0.2.1', secure: true });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as Answer, text };
  }
  const create = (user: string, json: object = {}) =>
    call<WebhookWithSecret & Problem>(user, 'POST', '/webhooks', { url: URL_OF, events: ALL_EVENTS, ...json });
  return { ...hooks, tokens, call, create };
}

test("WH8 a webhook's secret is shown once; the webhook can be read, changed and deleted", async (t) => {
  const { user, call, create } = await start(t);
  const ann = await user();
  const { status, body: made } = await create(ann, { events: ['document.published'] });
  t.is(status, 201);
  t.regex(made.secret ?? '', /^whsec_/);
  const { secret, ...shown } = made;
  t.like(shown, { url: URL_OF, events: ['document.published'], documentId: null, active: true, switchedOff: null });
  const listed = await call<WebhookList>(ann, 'GET', '/webhooks');
  t.deepEqual(listed.body, { webhooks: [shown] });
  const read = await call<WebhookWithSecret>(ann, 'GET', `/webhooks/${made.id}`);
  t.deepEqual(read.body, shown);
  const events = ['document.unpublished', 'media.ready'];
  const changed = await call<WebhookWithSecret>(ann, 'PATCH', `/webhooks/${made.id}`, {
    url: 'https://other.example/',
    events,
    active: false,
  });
  t.deepEqual(changed.body, { ...shown, url: 'https://other.example/', events, active: false } as WebhookWithSecret);
  const rotated = await call<WebhookWithSecret>(ann, 'PATCH', `/webhooks/${made.id}`, { rotateSecret: true });
  t.regex(rotated.body.secret ?? '', /^whsec_/);
  t.not(rotated.body.secret, secret);
  t.is((await call(ann, 'DELETE', `/webhooks/${made.id}`)).status, 204);
  t.is((await call(ann, 'DELETE', `/webhooks/${made.id}`)).status, 404);
  t.is((await call(ann, 'GET', `/webhooks/${made.id}`)).status, 404);
});

test('I5 each change is on the record, without the secret and the path of the URL', async (t) => {
  const { user, call, create, sql } = await start(t);
  const ann = await user();
  const { body: made } = await create(ann);
  const { body: rotated } = await call<WebhookWithSecret>(ann, 'PATCH', `/webhooks/${made.id}`, {
    rotateSecret: true,
    active: false,
  });
  await call(ann, 'DELETE', `/webhooks/${made.id}`);
  await create(ann, { url: 'http://10.0.0.1/' });
  const events = await sql<{ action: string; before: object; after: object; details: object }>(
    `select action, user_id, target_id, outcome, before, after, details from audit_events
      where target_kind = 'webhook' order by at, id`,
  );
  const state = { origin: 'https://receiver.example', events: ALL_EVENTS, documentId: null };
  const common = { user_id: ann, target_id: made.id, outcome: 'ok' };
  t.deepEqual(events as object[], [
    { ...common, action: 'webhook.created', before: null, after: { ...state, active: true }, details: null },
    {
      ...common,
      action: 'webhook.changed',
      before: { ...state, active: true },
      after: { ...state, active: false },
      details: { secretRotated: true },
    },
    { ...common, action: 'webhook.deleted', before: { ...state, active: false }, after: null, details: null },
  ]);
  const whole = JSON.stringify(await sql('select * from audit_events'));
  for (const secret of [made.secret, rotated.secret, 'secret-path', 'T000']) t.false(whole.includes(secret ?? '?'));
});

test('I6 nobody sees or touches the webhooks of others', async (t) => {
  const { user, call, create, check, webhook, deliveries } = await start(t);
  const [ann, eve] = [await user(), await user()];
  const { body: made } = await create(ann);
  t.deepEqual((await call<WebhookList>(eve, 'GET', '/webhooks')).body, { webhooks: [] });
  check.allowPrivate = true;
  const own = await webhook(eve, 'http://127.0.0.1:9999/');
  const tested = await deliveries.test(ann, made.id);
  if (!tested.ok) return t.fail();
  const delivery = tested.delivery.id;
  for (const [method, path, json] of [
    ['GET', `/webhooks/${made.id}`],
    ['PATCH', `/webhooks/${made.id}`, { active: false }],
    ['DELETE', `/webhooks/${made.id}`],
    ['GET', `/webhooks/${made.id}/deliveries`],
    ['POST', `/webhooks/${made.id}/test`],
    ['POST', `/webhooks/${made.id}/deliveries/${delivery}/redeliver`],
    ['POST', `/webhooks/${own.id}/deliveries/${delivery}/redeliver`],
  ] as const) {
    const { status, text } = await call<Problem>(eve, method, path, json);
    t.is(status, 404, `${method} ${path}`);
    t.false(text.includes('receiver'));
  }
  t.true((await call<WebhookWithSecret>(ann, 'GET', `/webhooks/${made.id}`)).body.active);
});

test('WH8 a token needs the scope for it', async (t) => {
  const { user, call, create, tokens } = await start(t);
  const ann = await user();
  await create(ann);
  const identity = tokens.get(ann);
  if (!identity) return t.fail();
  tokens.set(ann, { ...identity, tokenRights: { scopes: ['documents:read', 'publish'], allowPlaintext: false } });
  t.is((await call<Problem>(ann, 'GET', '/webhooks')).body.code, 'scope_missing');
  t.is((await create(ann)).body.code, 'scope_missing');
  tokens.set(ann, { ...identity, tokenRights: { scopes: ['webhooks'], allowPlaintext: false } });
  t.is((await call(ann, 'GET', '/webhooks')).status, 200);
});

test('WH1 a URL into a private network is refused with a sentence, at creation and on change', async (t) => {
  const { user, call, create } = await start(t);
  const ann = await user();
  const { body: made } = await create(ann);
  for (const [url, detail] of [
    ['http://127.0.0.1:8080/', 'url: must have a public address.'],
    ['http://[::ffff:10.0.0.1]/', 'url: must have a public address.'],
    ['http://2130706433/', 'url: must have a public address.'],
    ['https://localhost/', 'url: must have a public address.'],
    ['ftp://receiver.example/', 'url: must begin with https:// or http://.'],
    ['https://u:p@receiver.example/', 'url: must not contain a username or a password.'],
    ['https://receiver.example:25/', 'url: must use port 80, 443, or 1024 and above.'],
    ['receiver.example', 'url: is not a URL.'],
  ]) {
    for (const answer of [
      await create(ann, { url }),
      await call<Problem>(ann, 'PATCH', `/webhooks/${made.id}`, { url }),
    ]) {
      t.is(answer.status, 400, url);
      t.like(answer.body, { code: 'bad_request', detail });
    }
  }
  t.is((await call<WebhookList>(ann, 'GET', '/webhooks')).body.webhooks.length, 1);
  t.is((await call<WebhookWithSecret>(ann, 'GET', `/webhooks/${made.id}`)).body.url, URL_OF);
});

test("WH8 an invalid body is refused with the field's name", async (t) => {
  const { user, call, create } = await start(t);
  const ann = await user();
  const { body: made } = await create(ann);
  for (const json of [
    { url: '' },
    { url: `https://receiver.example/${'x'.repeat(2_100)}` },
    { url: 'https://receiver.example/\u0000' },
    { url: 7 },
    { events: [] },
    { events: ['document.published', 'document.published'] },
    { events: ['webhook.test'] },
    { events: ['document.purged'] },
    { documentId: 'mine' },
    { secret: 'whsec_mine' },
  ])
    t.is((await create(ann, json)).status, 400, JSON.stringify(json).slice(0, 60));
  for (const json of [{}, { rotateSecret: false }, { active: 'no' }, { documentId: made.id }, { switchedOff: 'x' }])
    t.is((await call(ann, 'PATCH', `/webhooks/${made.id}`, json)).status, 400, JSON.stringify(json));
  t.is((await call(ann, 'GET', '/webhooks/x')).status, 404);
});

test('WH7 a test is sent, shows in the log, and can be sent again under the same id', async (t) => {
  const { user, call, check, webhook, sender } = await start(t);
  const receiver = await startReceiver(t);
  const ann = await user();
  check.allowPrivate = true;
  const { id } = await webhook(ann, receiver.url);
  const tested = await call<Delivery>(ann, 'POST', `/webhooks/${id}/test`);
  t.is(tested.status, 202);
  t.like(tested.body, { event: 'webhook.test', state: 'pending', attempts: 0, documentId: null });
  const again = `/webhooks/${id}/deliveries/${tested.body.id}/redeliver`;
  const early = await call<Problem>(ann, 'POST', again);
  t.is(early.status, 409);
  t.is(early.body.detail, 'The delivery is still pending, and will be retried automatically.');
  sender();
  const logged = async () => (await call<DeliveryList>(ann, 'GET', `/webhooks/${id}/deliveries`)).body.deliveries;
  await until(async () => (await logged())[0]?.state === 'delivered');
  t.is((await call<Delivery>(ann, 'POST', again)).status, 202);
  await until(async () => (await logged())[0]?.attempts === 2 && (await logged())[0]?.state === 'delivered');
  t.deepEqual(receiver.ids(), [tested.body.id, tested.body.id]);
  const { data, type } = JSON.parse(receiver.received[0]?.body ?? '{}') as { data: object; type: string };
  t.deepEqual({ data, type }, { type: 'webhook.test', data: { webhookId: id } });
  const missing = `/webhooks/${id}/deliveries/${crypto.randomUUID()}/redeliver`;
  t.is((await call(ann, 'POST', missing)).status, 404);
});

test('WH6 a webhook that is switched off has no waiting deliveries, and none can be sent again', async (t) => {
  const { user, call, create, document, enqueue, sql } = await start(t);
  const ann = await user();
  const { body: made } = await create(ann);
  await enqueue(await document(ann), 'document.edited', { seq: 1 });
  await call(ann, 'PATCH', `/webhooks/${made.id}`, { active: false });
  const path = `/webhooks/${made.id}/deliveries`;
  const [delivery] = (await call<DeliveryList>(ann, 'GET', path)).body.deliveries;
  t.like(delivery, { state: 'failed', lastError: 'the webhook was disabled', nextAttemptAt: null });
  for (const refused of [
    await call<Problem>(ann, 'POST', `/webhooks/${made.id}/test`),
    await call<Problem>(ann, 'POST', `${path}/${delivery?.id}/redeliver`),
  ])
    t.like(refused.body, { code: 'conflict', detail: 'The webhook is disabled. Enable it first.' });
  await call(ann, 'PATCH', `/webhooks/${made.id}`, { active: true });
  await enqueue(
    (await sql<{ id: string }>('select document_id as id from webhook_deliveries'))[0]?.id ?? '',
    'document.edited',
  );
  t.is((await call(ann, 'POST', `${path}/${delivery?.id}/redeliver`)).status, 202, 'also beside edits that gather');
});

test('WH7 the log comes in pages, newest first', async (t) => {
  const { user, call, create, sql } = await start(t);
  const ann = await user();
  const { body: made } = await create(ann);
  await sql(
    `insert into webhook_deliveries (webhook_id, event, payload, created_at)
     select $1, 'webhook.test', '{}', now() - (n / 3) * interval '1 second' from generate_series(1, 25) n`,
    [made.id],
  );
  const seen: string[] = [];
  let after = '';
  let pages = 0;
  do {
    const { body } = await call<DeliveryList>(ann, 'GET', `/webhooks/${made.id}/deliveries?limit=10${after}`);
    seen.push(...body.deliveries.map(({ id }) => id));
    const times = body.deliveries.map(({ createdAt }) => createdAt);
    t.deepEqual(times, times.toSorted().reverse());
    after = body.next === undefined ? '' : `&after=${body.next}`;
    pages += 1;
  } while (after !== '');
  t.is(pages, 3);
  t.is(new Set(seen).size, 25);
  t.is((await call(ann, 'GET', `/webhooks/${made.id}/deliveries?limit=0`)).status, 400);
});
