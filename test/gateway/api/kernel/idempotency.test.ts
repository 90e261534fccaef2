/** Repeated requests: performed once over all nodes, answered alike, and what becomes of them when a node dies. */
import test from 'ava';
import Type from 'typebox';
import { failure } from '../../../../schemas/errors.ts';
import { bodyOperation, operation } from '../../../../src/gateway/api/kernel/operation.ts';
import { json as answerJson, empty } from '../../../../src/gateway/api/kernel/responses.ts';
import { byId, noQuery } from '../../../../src/gateway/api/operations/paths.ts';
import { problem, problemOf } from '../../../../src/gateway/http/problem.ts';
import { type Gate, startGate } from '../../../support/gate.ts';
import { until } from '../../../support/helpers.ts';

const DAY_MS = 86_400_000;
const ID = '00000000-0000-4000-8000-000000000001';
const OTHER_ID = '00000000-0000-4000-8000-000000000002';

/** Operations that count how often they are performed and answer what the test sets. */
function counted() {
  const state = { performed: 0, answer: (n: number): Response | Promise<Response> => answerJson({ n }, 201) };
  const shared = {
    tag: 'Probe',
    summary: 'A probe',
    access: 'documents:write',
    params: byId,
    responses: { 201: { description: 'Done' } },
    errors: [],
  } as const;
  const handle = () => {
    state.performed += 1;
    return state.answer(state.performed);
  };
  const operations = [
    bodyOperation({
      ...shared,
      id: 'write',
      method: 'post',
      path: '/probes/{id}',
      query: Type.Object({ q: Type.Optional(Type.String()) }),
      body: {
        forms: { 'application/json': Type.Object({ a: Type.Integer() }), 'text/plain': 'text', 'text/html': 'text' },
        limit: 'maxJsonBytes',
      },
      acceptsIdempotencyKey: true,
      handle,
    }),
    operation({
      ...shared,
      id: 'bare',
      method: 'delete',
      path: '/probes/{id}',
      query: noQuery,
      acceptsIdempotencyKey: true,
      handle,
    }),
    operation({ ...shared, id: 'always', method: 'put', path: '/probes/{id}', query: noQuery, handle }),
  ];
  return { state, operations };
}

interface Sent {
  token: string;
  key?: string;
  a?: number;
  path?: string;
  headers?: Record<string, string>;
}
const send = (gate: Gate, { token, key, a = 1, path = `/v1/probes/${ID}`, headers }: Sent) =>
  gate.call('POST', path, {
    token,
    json: { a },
    headers: { ...(key !== undefined && { 'idempotency-key': key }), ...headers },
  });
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

test('a repeated request gets the first one’s answer and changes nothing', async (t) => {
  const { operations, state } = counted();
  const gate = await startGate(t, { operations });
  const { token } = await gate.author();
  state.answer = (n) =>
    answerJson({ n }, 201, { location: `/v1/things/${n}`, etag: `"${n}"`, 'set-cookie': 'no', 'x-other': 'no' });
  const first = await send(gate, { token, key: 'k' });
  t.is(first.headers.get('idempotency-replayed'), null);
  t.is(first.headers.get('x-other'), 'no', 'the first answer is whole');
  const again = await send(gate, { token, key: 'k' });
  t.is(again.status, 201);
  t.is(await again.text(), await first.text());
  t.is(again.headers.get('idempotency-replayed'), 'true');
  t.is(again.headers.get('location'), '/v1/things/1');
  t.is(again.headers.get('etag'), '"1"');
  t.is(again.headers.get('content-type'), 'application/json');
  t.is(again.headers.get('x-other'), null);
  t.is(again.headers.get('set-cookie'), null);
  t.truthy(again.headers.get('ratelimit-remaining'));
  t.not(again.headers.get('x-request-id'), first.headers.get('x-request-id'));
  t.is(state.performed, 1);

  t.is((await send(gate, { token, key: 'other' })).status, 201);
  t.is((await send(gate, { token })).status, 201);
  t.is((await send(gate, { token })).status, 201, 'without a key each counts');
  t.is(state.performed, 4);
});

test('a key belongs to its user, and to one request', async (t) => {
  const { operations, state } = counted();
  const gate = await startGate(t, { operations });
  const [ann, bob] = await Promise.all([gate.author(), gate.author()]);
  await send(gate, { token: ann.token, key: 'k' });
  await send(gate, { token: bob.token, key: 'k' });
  t.is(state.performed, 2);
  const different: Partial<Sent>[] = [
    { a: 2 },
    { path: `/v1/probes/${OTHER_ID}` },
    { path: `/v1/probes/${ID}?q=1` },
    { headers: { 'if-match': '"1"' } },
  ];
  for (const change of different) {
    const response = await send(gate, { token: ann.token, key: 'k', ...change });
    t.is(response.status, 422, JSON.stringify(change));
    t.is(await codeOf(response), 'idempotency_mismatch');
  }
  const texts = ['text/plain', 'text/html'].map((type) =>
    gate.call('POST', `/v1/probes/${ID}`, {
      token: ann.token,
      body: 'x',
      headers: { 'content-type': type, 'idempotency-key': 'text' },
    }),
  );
  t.deepEqual((await Promise.all(texts)).map(({ status }) => status).sort(), [201, 422], 'the media type counts');
  t.is(state.performed, 3);
});

test('answers without a body are kept too', async (t) => {
  const { operations, state } = counted();
  const gate = await startGate(t, { operations });
  const { token } = await gate.author();
  state.answer = () => empty();
  const remove = () => gate.call('DELETE', `/v1/probes/${ID}`, { token, headers: { 'idempotency-key': 'k' } });
  t.is((await remove()).status, 204);
  const again = await remove();
  t.is(again.status, 204);
  t.is(again.headers.get('idempotency-replayed'), 'true');
  t.is(await again.text(), '');
  t.is(state.performed, 1);
});

test('refusals are stored, retryable answers are not', async (t) => {
  const { operations, state } = counted();
  const gate = await startGate(t, { operations });
  const { token } = await gate.author();
  const twice = async (key: string) => {
    const before = state.performed;
    const first = await send(gate, { token, key });
    const second = await send(gate, { token, key });
    t.is(second.status, first.status, key);
    return state.performed - before;
  };
  state.answer = () => problemOf('precondition_failed');
  t.is(await twice('412'), 1);
  state.answer = () => problemOf('conflict');
  t.is(await twice('409'), 1);
  for (const code of ['unavailable', 'internal', 'rate_limited', 'reopen'] as const) {
    state.answer = () => problem(failure(code, 5));
    t.is(await twice(code), 2, code);
  }
  state.answer = () => Promise.reject(new Error('a fault'));
  t.is(await twice('thrown'), 2);
  state.answer = () => answerJson({}, 201);
  t.is((await send(gate, { token, key: 'thrown' })).status, 201, 'and the key can be used again');
});

test('a request that is refused before it is performed leaves its key free', async (t) => {
  const { operations, state } = counted();
  const gate = await startGate(t, { operations });
  const { token } = await gate.author();
  const wrong = await gate.call('POST', `/v1/probes/${ID}`, {
    token,
    json: { a: 'x' },
    headers: { 'idempotency-key': 'k' },
  });
  t.is(wrong.status, 400);
  t.is((await send(gate, { token, key: 'k' })).status, 201);
  for (const key of ['', 'a b', 'é', 'x'.repeat(256)]) {
    const response = await send(gate, { token, key });
    t.is(response.status, 400, key);
    t.like(await response.json(), { detail: 'Idempotency-Key: 1 to 255 printable ASCII characters.' });
  }
  t.is((await send(gate, { token, key: 'x'.repeat(255) })).status, 201);
  for (let n = 0; n < 2; n += 1) {
    await gate.call('PUT', `/v1/probes/${ID}`, { token, headers: { 'idempotency-key': 'k' } });
  }
  t.is(state.performed, 4, 'an operation that takes no key does not look at it');
});

test('two nodes that get the same key at once perform it once', async (t) => {
  const { operations, state } = counted();
  const here = await startGate(t, { operations });
  const there = await startGate(t, { operations, databaseUrl: here.databaseUrl });
  const { token } = await here.author();
  for (let round = 0; round < 20; round += 1) {
    state.performed = 0;
    const answers = await Promise.all(
      [here, there, here, there].map((gate) => send(gate, { token, key: `round-${round}` })),
    );
    const statuses = answers.map(({ status }) => status);
    t.is(state.performed, 1, `round ${round}: ${statuses}`);
    t.true(statuses.includes(201));
    t.true(
      statuses.every((status) => status === 201 || status === 409),
      String(statuses),
    );
    const later = await Promise.all([here, there].map((gate) => send(gate, { token, key: `round-${round}` })));
    for (const answer of later) t.deepEqual(await answer.json(), { n: 1 });
    t.is(state.performed, 1);
  }
});

test('while the first request runs, the others are asked to wait', async (t) => {
  const { operations, state } = counted();
  const here = await startGate(t, { operations });
  const there = await startGate(t, { operations, databaseUrl: here.databaseUrl });
  const { token } = await here.author();
  const { promise, resolve } = Promise.withResolvers<void>();
  state.answer = (n) => promise.then(() => answerJson({ n }, 201));
  const first = send(here, { token, key: 'k' });
  await until(() => state.performed === 1);
  const waiting = await send(there, { token, key: 'k' });
  t.is(waiting.status, 409);
  t.is(waiting.headers.get('retry-after'), '1');
  t.is(await codeOf(waiting), 'in_progress');
  t.is(await codeOf(await send(there, { token, key: 'k', a: 2 })), 'idempotency_mismatch');
  resolve();
  t.deepEqual(await (await first).json(), { n: 1 });
  t.deepEqual(await (await send(there, { token, key: 'k' })).json(), { n: 1 });
  t.is(state.performed, 1);
});

test('a request whose node died is performed again after a minute, and if it was not dead its answer is not kept', async (t) => {
  const { operations, state } = counted();
  const here = await startGate(t, { operations });
  const there = await startGate(t, { operations, databaseUrl: here.databaseUrl });
  const { token } = await here.author();
  const { promise, resolve } = Promise.withResolvers<void>();
  state.answer = (n) => (n === 1 ? promise.then(() => answerJson({ n }, 201)) : answerJson({ n }, 201));
  const hung = send(here, { token, key: 'k' });
  await until(() => state.performed === 1);
  there.clock.advance(here.clock.now() - there.clock.now() + 59_999);
  t.is((await send(there, { token, key: 'k' })).status, 409);
  there.clock.advance(2);
  t.is(await codeOf(await send(there, { token, key: 'k', a: 2 })), 'idempotency_mismatch', 'not by another request');
  t.deepEqual(await (await send(there, { token, key: 'k' })).json(), { n: 2 });
  resolve();
  t.deepEqual(await (await hung).json(), { n: 1 });
  for (const gate of [here, there]) t.deepEqual(await (await send(gate, { token, key: 'k' })).json(), { n: 2 });
  t.is(state.performed, 2);
});

test('I9 a response too large to store is reported to the retry as sent', async (t) => {
  const { operations, state } = counted();
  const gate = await startGate(t, { operations });
  const { token } = await gate.author();
  state.answer = (n) => answerJson('x'.repeat(n === 1 ? 1_048_574 : 1_048_575), 201);
  t.is((await (await send(gate, { token, key: 'fits' })).text()).length, 1_048_576);
  t.is((await (await send(gate, { token, key: 'fits' })).text()).length, 1_048_576);
  t.is((await (await send(gate, { token, key: 'large' })).text()).length, 1_048_577);
  const again = await send(gate, { token, key: 'large' });
  t.is(again.status, 409);
  t.is(again.headers.get('idempotency-replayed'), 'true');
  t.is(await codeOf(again), 'conflict');
  t.is(state.performed, 2);
});

test('I9 a key is free again after a day', async (t) => {
  const { operations, state } = counted();
  const gate = await startGate(t, { operations });
  const { token } = await gate.author();
  await send(gate, { token, key: 'k' });
  gate.clock.advance(DAY_MS);
  await send(gate, { token, key: 'k' });
  t.is(state.performed, 1, 'a day');
  gate.clock.advance(1);
  await send(gate, { token, key: 'k', a: 2 });
  t.is(state.performed, 2, 'and not longer, purged or not');
});

test('the answer is sent although it cannot be stored', async (t) => {
  const { operations, state } = counted();
  const gate = await startGate(t, { operations });
  const { token } = await gate.author();
  state.answer = async (n) => {
    await gate.orm.query('alter table idempotency_keys rename to away', []);
    return answerJson({ n }, 201);
  };
  const response = await send(gate, { token, key: 'k' });
  t.is(response.status, 201);
  t.deepEqual(await response.json(), { n: 1 });
});
