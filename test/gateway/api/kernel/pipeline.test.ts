/** The order of checks in front of an operation, and what a request may cost before it has passed them. */
import test from 'ava';
import Type from 'typebox';
import { createRateLimits } from '../../../../src/gateway/access/rate-limits.ts';
import { jsonOperation, type Operation, operation } from '../../../../src/gateway/api/kernel/operation.ts';
import { json as answerJson, empty } from '../../../../src/gateway/api/kernel/responses.ts';
import { byId, noParams } from '../../../../src/gateway/api/operations/paths.ts';
import { startGate } from '../../../support/gate.ts';
import { TurnedClock } from '../../../support/turned-clock.ts';

const ID = '00000000-0000-4000-8000-000000000001';
const strictly = Type.Object({}, { additionalProperties: false });
const shared = { tag: 'Probe', summary: 'A probe', query: strictly, errors: [] } as const;

function probes() {
  const seen: string[] = [];
  let cancelled = false;
  const operations: Operation[] = [
    jsonOperation({
      ...shared,
      id: 'write',
      method: 'post',
      path: '/probes/{id}',
      access: 'documents:write',
      params: byId,
      json: Type.Object({}),
      acceptsIdempotencyKey: true,
      responses: { 200: { description: 'Done' } },
      handle({ actor }) {
        seen.push('write');
        return answerJson(actor);
      },
    }),
    operation({
      ...shared,
      id: 'stream',
      method: 'get',
      path: '/stream',
      access: 'documents:read',
      params: noParams,
      responses: { 200: { description: 'A stream' } },
      handle() {
        seen.push('stream');
        const cancel = () => {
          cancelled = true;
        };
        return new Response(new ReadableStream({ cancel }), { headers: { 'content-type': 'text/event-stream' } });
      },
    }),
    operation({
      ...shared,
      id: 'open',
      method: 'get',
      path: '/open',
      access: 'public',
      params: noParams,
      responses: { 204: { description: 'Done' } },
      handle: () => empty(),
    }),
  ];
  return { operations, seen, wasCancelled: () => cancelled };
}

/** A body that records whether it was read. */
function watched() {
  let pulled = 0;
  const body = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled += 1;
        controller.enqueue(new TextEncoder().encode('{}'));
        controller.close();
      },
    },
    { highWaterMark: 0 },
  );
  return { body, wasRead: () => pulled > 0 };
}

test('I9 no body is read of a request that is refused by its head', async (t) => {
  const { operations, seen } = probes();
  const gate = await startGate(t, { operations });
  const ann = await gate.author();
  const made = await gate.tokens.create({ kind: 'user', userId: ann.userId }, ann.userId, {
    name: 'Reader',
    scopes: ['documents:read'],
  });
  if (!made.ok) return t.fail();
  const path = `/v1/probes/${ID}`;
  const type = { 'content-type': 'application/json' };
  const cases: [status: number, path: string, token: string | undefined, headers: Record<string, string>][] = [
    [401, path, undefined, type],
    [401, path, 'x'.repeat(43), type],
    [403, path, made.token.token, type],
    [403, path, undefined, { ...type, cookie: `__Host-stet=${ann.token}`, origin: 'https://evil.example' }],
    [404, '/v1/probes/x', ann.token, type],
    [400, `${path}?x=1`, ann.token, type],
    [400, path, ann.token, { ...type, 'idempotency-key': '' }],
    [415, path, ann.token, { 'content-type': 'text/html' }],
    [413, path, ann.token, { ...type, 'content-length': '16385' }],
  ];
  for (const [status, at, token, headers] of cases) {
    const { body, wasRead } = watched();
    const response = await gate.call('POST', at, { ...(token !== undefined && { token }), headers, body });
    t.is(response.status, status, `${status} ${at}`);
    t.false(wasRead(), `${status} ${at}`);
  }
  t.deepEqual(seen, []);
  const { body, wasRead } = watched();
  t.is((await gate.call('POST', path, { token: ann.token, headers: type, body })).status, 200);
  t.true(wasRead());
});

test('I9 over its limit an address costs no query, and a token no more than looking it up', async (t) => {
  const clock = new TurnedClock();
  const { operations, seen } = probes();
  const rates = createRateLimits({ perCredential: 1, perUser: 100_000, perAddress: 3, windowMs: 60_000, clock });
  const gate = await startGate(t, { operations, rates });
  const ann = await gate.author();
  const ask = () => gate.call('POST', `/v1/probes/${ID}`, { token: ann.token, json: {} });
  t.is((await ask()).status, 200);
  t.is((await ask()).status, 429);
  t.is(seen.length, 1);
  t.is((await gate.call('GET', '/v1/open')).status, 204);
  await gate.orm.query('alter table sessions rename to away', []);
  gate.clock.advance(10_000);
  t.is((await ask()).status, 429, 'not even asked who it is');
});

test('I6 a request whose session is revoked while its body arrives is not performed', async (t) => {
  const { operations, seen } = probes();
  const gate = await startGate(t, { operations });
  const there = await startGate(t, { operations, databaseUrl: gate.databaseUrl });
  const ann = await gate.author();
  for (const end of ['here', 'elsewhere'] as const) {
    const made = await gate.tokens.create({ kind: 'user', userId: ann.userId }, ann.userId, {
      name: 'Slow',
      scopes: ['documents:write'],
    });
    if (!made.ok) return t.fail();
    const { id, token } = made.token;
    const revoke = `/v1/tokens/${id}`;
    const body = new ReadableStream<Uint8Array>(
      {
        async pull(controller) {
          const revoked = await (end === 'here' ? gate : there).call('DELETE', revoke, { token: ann.token });
          if (revoked.status !== 204) throw new Error(String(revoked.status));
          if (end === 'elsewhere') gate.clock.advance(2_000);
          controller.enqueue(new TextEncoder().encode('{}'));
          controller.close();
        },
      },
      { highWaterMark: 0 },
    );
    const headers = { 'content-type': 'application/json' };
    const response = await gate.call('POST', `/v1/probes/${ID}`, { token, headers, body });
    t.is(response.status, 401, end);
  }
  t.deepEqual(seen, []);
});

test('HEAD answers as GET does, without the body, and ends what GET would stream', async (t) => {
  const { operations, seen, wasCancelled } = probes();
  const gate = await startGate(t, { operations });
  const { token } = await gate.author();
  const response = await gate.call('HEAD', '/v1/stream', { token });
  t.is(response.status, 200);
  t.is(response.headers.get('content-type'), 'text/event-stream');
  t.is(response.headers.get('ratelimit-limit'), '10000');
  t.is(response.body, null);
  t.deepEqual(seen, ['stream']);
  t.true(wasCancelled());
  t.is((await gate.call('HEAD', '/v1/stream')).status, 401);
  t.is((await gate.call('HEAD', `/v1/probes/${ID}`, { token })).status, 405);
});

test('every request has an id, its own if that is well-formed, and the audit trail gets the same', async (t) => {
  const { operations } = probes();
  const gate = await startGate(t, { operations });
  const { token, userId } = await gate.author();
  const post = (id: string | undefined) =>
    gate.call('POST', `/v1/probes/${ID}`, {
      token,
      json: {},
      headers: { ...(id !== undefined && { 'x-request-id': id }), 'user-agent': 'a'.repeat(300) },
    });
  const own = await post('build-7:publish.1');
  t.is(own.headers.get('x-request-id'), 'build-7:publish.1');
  const actor = (await own.json()) as { requestId: string; userAgent: string };
  t.like(actor, { kind: 'user', userId, requestId: 'build-7:publish.1', ip: '192.0.2.7', surface: 'api' });
  t.is(actor.userAgent.length, 256);
  for (const id of [undefined, 'a b', 'x'.repeat(101), '<script>']) {
    t.regex((await post(id)).headers.get('x-request-id') ?? '', /^[0-9a-f-]{36}$/, id);
  }
  const refused = await gate.call('GET', '/v1/stream', { headers: { 'x-request-id': 'mine' } });
  t.is(refused.status, 401);
  t.is(refused.headers.get('x-request-id'), 'mine');
  for (const [method, path, status] of [
    ['GET', '/v1/nothing', 404],
    ['HEAD', `/v1/probes/${ID}`, 405],
    ['OPTIONS', '/v1/stream', 204],
    ['OPTIONS', '/v1/nothing', 204],
  ] as const) {
    const answer = await gate.call(method, path, { headers: { 'x-request-id': 'mine' } });
    t.is(answer.status, status);
    t.is(answer.headers.get('x-request-id'), 'mine', `${method} ${path}`);
  }
});

test('a form that is an object’s own name is no media type', async (t) => {
  const { operations } = probes();
  const gate = await startGate(t, { operations });
  const { token } = await gate.author();
  for (const type of ['constructor', '__proto__', 'toString']) {
    const response = await gate.call('POST', `/v1/probes/${ID}`, {
      token,
      body: 'x',
      headers: { 'content-type': type },
    });
    t.is(response.status, 415, type);
  }
});
