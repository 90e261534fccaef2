/** The gate of the API: bodies, methods, unknown paths, the form of failures, and updates without a socket. */
import anyTest, { type TestFn } from 'ava';
import { Compile } from 'typebox/compile';
import { ERRORS, failure } from '../../../schemas/errors.ts';
import { Problem } from '../../../schemas/http.ts';
import { type ApiHarness, startApi } from '../../support/api.ts';
import { migratedDatabase } from '../../support/shared-services.ts';

const test = anyTest as TestFn<{ api: ApiHarness; databaseUrl: string }>;

test.before(async (t) => {
  const databaseUrl = await migratedDatabase();
  t.context = { databaseUrl, api: await startApi({ databaseUrl }) };
});
test.after.always((t) => t.context.api?.close());

const problemForm = Compile(Problem);

test('a wrong body is refused with the name of what is wrong', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  const refused: [unknown, string][] = [
    [{}, 'title: is required.'],
    [{ title: 5 }, 'title: must be string.'],
    [{ title: '' }, 'title: must not have fewer than 1 characters.'],
    [{ title: ' \u00a0 ' }, 'title: must not be blank.'],
    [{ title: 'a'.repeat(301) }, 'title: must not have more than 300 characters.'],
    [{ title: 'a\u0000b' }, 'title: has an invalid format.'],
    [{ title: 'a\nb' }, 'title: has an invalid format.'],
    [{ title: 'a', colour: 'red' }, 'colour: is not a known field.'],
    [[], 'body: must be object.'],
    [null, 'body: must be object.'],
  ];
  for (const [json, detail] of refused) {
    const response = await api.call('POST', '/v1/documents', { token, json });
    t.is(response.status, 400, detail);
    t.is(response.headers.get('content-type'), 'application/problem+json');
    const body = await response.json();
    t.true(problemForm.Check(body));
    t.like(body, { type: 'urn:stet:problem:bad_request', code: 'bad_request', status: 400, detail });
  }
  t.is((await api.call('POST', '/v1/documents', { token, json: { title: '字'.repeat(300) } })).status, 201);
});

test('half a surrogate pair in a title is replaced, not stored', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  const response = await api.call('POST', '/v1/documents', {
    token,
    body: '{"title":"a\\ud83db"}',
    headers: { 'content-type': 'application/json' },
  });
  t.is(response.status, 201);
  const { id, title } = (await response.json()) as { id: string; title: string };
  t.is(title, 'a\ufffdb');
  t.like(await (await api.call('GET', `/v1/documents/${id}`, { token })).json(), { title });
});

test('what is not JSON is refused', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  const post = (body: NonNullable<RequestInit['body']>, type: string) =>
    api.call('POST', '/v1/documents', { token, body, headers: { 'content-type': type } });
  for (const body of ['', '{', '{"title":"x"} x', new Uint8Array([0x22, 0xff, 0x22])]) {
    const response = await post(body, 'application/json');
    t.is(response.status, 400);
    const detail = typeof body === 'string' ? 'The body is not valid JSON.' : 'The body is not UTF-8.';
    t.like(await response.json(), { detail });
  }
  for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/jsonx', 'multipart/form-data']) {
    const response = await post('{"title":"x"}', type);
    t.is(response.status, 415, type);
    t.like(await response.json(), { code: 'unsupported_media_type' });
  }
  t.is((await post('{"title":"x"}', 'Application/JSON; charset=utf-8')).status, 201);
  const proto = await post('{"title":"x","__proto__":{"polluted":true}}', 'application/json');
  t.is(proto.status, 400);
});

test('I9 a body over the limit is refused before it is read to its end', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  const declared = await api.call('POST', '/v1/documents', {
    token,
    body: 'x'.repeat(16_385),
    headers: { 'content-type': 'application/json', 'content-length': '16385' },
  });
  t.is(declared.status, 413);
  t.like(await declared.json(), { code: 'body_too_large' });

  let pulled = 0;
  let cancelled = false;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      pulled += 1;
      controller.enqueue(new Uint8Array(4_096));
    },
    cancel() {
      cancelled = true;
    },
  });
  const request = new Request('http://localhost:8080/v1/documents', {
    method: 'POST',
    body: endless,
    duplex: 'half',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
  });
  const undeclared = await api.send(request);
  t.is(undeclared.status, 413);
  t.true(cancelled);
  t.true(pulled < 10, `${pulled} chunks`);
});

test('unknown paths and wrong methods have their problems', async (t) => {
  const { api } = t.context;
  for (const path of ['/v1', '/v1/', '/v1/nothing', '/v1/sessions/', '/v1/sessions/other', '/v1/documents/x/y']) {
    const response = await api.call('GET', path);
    t.is(response.status, 404, path);
    t.like(await response.json(), { code: 'not_found' });
  }
  for (const [method, path, allow] of [
    ['GET', '/v1/sessions', 'POST'],
    ['POST', '/v1/sessions/current', 'GET, HEAD, DELETE'],
    ['DELETE', '/v1/documents', 'GET, HEAD, POST'],
    ['PUT', '/v1/documents/x', 'GET, HEAD, PATCH, DELETE'],
    ['GET', '/v1/documents/x/grants/y', 'PUT, DELETE'],
    ['POST', '/v1/documents/x/draft', 'GET, HEAD, PUT'],
    ['GET', '/v1/documents/x/publish', 'POST'],
  ] as const) {
    const response = await api.call(method, path);
    t.is(response.status, 405, path);
    t.is(response.headers.get('allow'), `${allow}, OPTIONS`);
    t.like(await response.json(), { code: 'method_not_allowed' });
    const preflight = await api.call('OPTIONS', path);
    t.is(preflight.status, 204);
    t.is(preflight.headers.get('access-control-allow-methods'), allow);
  }
});

test('every answer bears the security headers', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  for (const path of ['/v1/documents', '/v1/nothing', '/v1/sessions']) {
    const plain = await api.call('GET', path, { token });
    t.is(plain.headers.get('cache-control'), 'no-store');
    t.is(plain.headers.get('x-content-type-options'), 'nosniff');
    t.is(plain.headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'");
    t.is(plain.headers.get('referrer-policy'), 'no-referrer');
    t.is(plain.headers.get('access-control-allow-origin'), '*');
    t.is(plain.headers.get('access-control-allow-credentials'), null);
  }
});

test('I1 an update without a socket answers the position after its commit', async (t) => {
  const { api } = t.context;
  const owner = await api.author();
  const id = await api.document(owner.token);
  const update = new Uint8Array([1, 2, 3, 0xff, 0]);
  const asCookie = { cookie: `stet=${owner.token}`, headers: { 'sec-fetch-site': 'same-origin' } };
  const sent = [
    { token: owner.token, body: update, headers: { 'content-type': 'application/octet-stream' } },
    { token: owner.token, body: update },
    { ...asCookie, body: new Blob([update], { type: 'text/plain' }) },
  ];
  for (const call of sent) {
    const response = await api.call('POST', `/v1/documents/${id}/updates`, call);
    t.is(response.status, 200);
    t.deepEqual(Object.keys((await response.json()) as object), ['seq']);
  }
  const received = api.edits.filter(({ documentId }) => documentId === id);
  t.is(received.length, 3);
  for (const edit of received) {
    t.deepEqual([...edit.update], [...update]);
    t.is(edit.userId, owner.userId);
  }
});

test('an update is refused when it is empty, too large, of a wrong type, or not for its sender', async (t) => {
  const { api } = t.context;
  const owner = await api.author();
  const viewer = await api.author();
  const id = await api.document(owner.token);
  await api.call('PUT', `/v1/documents/${id}/grants/${viewer.handle}`, { token: owner.token, json: { level: 'view' } });
  const post = (token: string, body: NonNullable<RequestInit['body']>, type = 'application/octet-stream') =>
    api.call('POST', `/v1/documents/${id}/updates`, { token, body, headers: { 'content-type': type } });
  const codeOf = async (response: Promise<Response>) => ((await (await response).json()) as { code: string }).code;
  t.is(await codeOf(post(owner.token, '')), 'update_malformed');
  t.is(await codeOf(post(owner.token, new Uint8Array(65_537))), 'update_too_large');
  t.is(await codeOf(post(owner.token, '{}', 'application/json')), 'unsupported_media_type');
  t.is(await codeOf(post(viewer.token, new Uint8Array([0, 0]))), 'read_only');
  const crossSite = api.call('POST', `/v1/documents/${id}/updates`, {
    cookie: `stet=${owner.token}`,
    body: new Blob([new Uint8Array([0, 0])], { type: 'text/plain' }),
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  t.is(await codeOf(crossSite), 'bad_origin');
  t.is(api.edits.filter(({ documentId }) => documentId === id).length, 0);
});

test('a failure of the draft comes out as its problem, with the time to wait', async (t) => {
  const api = await startApi({
    databaseUrl: t.context.databaseUrl,
    drafts: { edit: async () => failure('restarting', 1_500) },
  });
  t.teardown(api.close);
  const { token } = await api.author();
  const id = await api.document(token);
  const response = await api.call('POST', `/v1/documents/${id}/updates`, { token, body: new Uint8Array([0, 0]) });
  t.is(response.status, ERRORS.restarting.status);
  t.is(response.headers.get('retry-after'), '2');
  t.deepEqual(await response.json(), {
    type: 'urn:stet:problem:restarting',
    title: ERRORS.restarting.message,
    status: 503,
    code: 'restarting',
    retryAfterMs: 1_500,
  });
});

test('an internal error reveals nothing about its cause', async (t) => {
  const broken = await startApi({
    databaseUrl: t.context.databaseUrl,
    drafts: { edit: () => Promise.reject(new Error('the secret is 42')) },
  });
  const { token } = await broken.author();
  const id = await broken.document(token);
  const fault = await broken.call('POST', `/v1/documents/${id}/updates`, { token, body: new Uint8Array([0, 0]) });
  t.is(fault.status, 500);
  const text = await fault.text();
  t.false(text.includes('42'));
  t.is((JSON.parse(text) as { code: string }).code, 'internal');

  // On the way out the pool is closed: requests that still come in are sent elsewhere.
  await broken.close();
  t.is((await broken.call('GET', '/v1/documents', { token })).status, 503);
});
