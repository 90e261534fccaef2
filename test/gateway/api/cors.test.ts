/** Scripts of other origins, as a browser lets them: the CORS protocol of the Fetch standard, step by step. */
import test from 'ava';
import Type from 'typebox';
import { createRateLimits } from '../../../src/gateway/access/rate-limits.ts';
import { jsonOperation, operation } from '../../../src/gateway/api/kernel/operation.ts';
import { json as answerJson, empty } from '../../../src/gateway/api/kernel/responses.ts';
import { noParams, noQuery } from '../../../src/gateway/api/operations/paths.ts';
import { type Gate, startGate } from '../../support/gate.ts';
import { TurnedClock } from '../../support/turned-clock.ts';

const ORIGIN = 'https://elsewhere.example';
const shared = {
  tag: 'Probe',
  summary: 'A probe',
  params: noParams,
  query: noQuery,
  errors: [],
  responses: { 200: { description: 'Done' } },
} as const;

/** Operations that count how often they were performed, for one test: others run beside it. */
function countedOperations() {
  let performed = 0;
  const done = () => {
    performed += 1;
    return answerJson({ ok: true }, 200, { etag: '"1"', location: '/v1/x', 'x-private': 'secret' });
  };
  const operations = [
    operation({ ...shared, id: 'read', method: 'get', path: '/probe', access: 'documents:read', handle: done }),
    operation({ ...shared, id: 'remove', method: 'delete', path: '/probe', access: 'documents:write', handle: done }),
    ...(['put', 'patch', 'post'] as const).map((method) =>
      jsonOperation({
        ...shared,
        id: method,
        method,
        path: '/probe',
        access: 'documents:write',
        json: Type.Object({}),
        acceptsIdempotencyKey: true,
        handle: done,
      }),
    ),
    operation({ ...shared, id: 'open', method: 'get', path: '/open', access: 'public', handle: () => empty() }),
  ];
  return { operations, performed: () => performed };
}

interface Script {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
  /** `include`: cookies go along. */
  credentials?: 'omit' | 'include';
  cookie?: string;
}

const SAFE_METHODS = new Set(['GET', 'HEAD', 'POST']);
const SAFE_TYPES = new Set(['application/x-www-form-urlencoded', 'multipart/form-data', 'text/plain']);
const READABLE = new Set([
  'cache-control',
  'content-language',
  'content-length',
  'content-type',
  'expires',
  'last-modified',
  'pragma',
]);
const listed = (value: string | null) => (value ?? '').split(',').map((item) => item.trim());
const unsafeNames = (headers: Record<string, string>) =>
  Object.entries(headers)
    .filter(([name, value]) => {
      if (name === 'content-type') return !SAFE_TYPES.has(value);
      return !['accept', 'accept-language', 'content-language'].includes(name);
    })
    .map(([name]) => name)
    .sort();

/** "CORS check" of the Fetch standard. */
function mayRead(response: Response, credentials: Script['credentials']): boolean {
  const allowed = response.headers.get('access-control-allow-origin');
  if (credentials !== 'include') return allowed === '*' || allowed === ORIGIN;
  return allowed === ORIGIN && response.headers.get('access-control-allow-credentials') === 'true';
}

/** What `fetch` in a page of another origin comes to: a network error, or what the page can see. */
async function fromElsewhere(gate: Gate, script: Script) {
  const { method = 'GET', path = '/v1/probe', headers = {}, body, credentials = 'omit', cookie } = script;
  const unsafe = unsafeNames(headers);
  let preflighted = false;
  if (!SAFE_METHODS.has(method) || unsafe.length > 0) {
    preflighted = true;
    const preflight = await gate.call('OPTIONS', path, {
      headers: {
        origin: ORIGIN,
        'sec-fetch-site': 'cross-site',
        'access-control-request-method': method,
        ...(unsafe.length > 0 && { 'access-control-request-headers': unsafe.join(',') }),
      },
    });
    if (!mayRead(preflight, credentials) || !preflight.ok) return 'network error' as const;
    const methods = listed(preflight.headers.get('access-control-allow-methods'));
    if (!methods.includes(method) && !SAFE_METHODS.has(method)) return 'network error' as const;
    const names = listed(preflight.headers.get('access-control-allow-headers')).map((name) => name.toLowerCase());
    if (!unsafe.every((name) => names.includes(name))) return 'network error' as const;
  }
  const response = await gate.call(method, path, {
    headers: {
      ...headers,
      origin: ORIGIN,
      'sec-fetch-site': 'cross-site',
      ...(credentials === 'include' && cookie !== undefined && { cookie }),
    },
    ...(body !== undefined && { body }),
  });
  if (!mayRead(response, credentials)) return 'network error' as const;
  const exposed = new Set(listed(response.headers.get('access-control-expose-headers')));
  const seen = new Headers([...response.headers].filter(([name]) => exposed.has(name) || READABLE.has(name)));
  return { status: response.status, headers: seen, text: await response.text(), preflighted };
}

const code = (text: string) => (JSON.parse(text) as { code: string }).code;

test('a script of any origin does with a bearer token all that the API does', async (t) => {
  const gate = await startGate(t, { operations: countedOperations().operations });
  const { token } = await gate.author();
  const authorization = `Bearer ${token}`;
  const json = {
    authorization,
    'content-type': 'application/json',
    'idempotency-key': 'k',
    'if-match': '"1"',
    'x-request-id': 'mine',
  };
  const scripts: Script[] = [
    { headers: { authorization, accept: 'text/html', 'if-none-match': '"0"', 'last-event-id': '1.2' } },
    { method: 'HEAD', headers: { authorization } },
    { method: 'DELETE', headers: { authorization } },
    ...['PUT', 'PATCH', 'POST'].map((method) => ({ method, headers: json, body: '{}' })),
  ];
  const keys = new Map<string, string>();
  for (const [n, script] of scripts.entries()) {
    const headers = { ...script.headers, ...(script.body !== undefined && { 'idempotency-key': `k${n}` }) };
    const seen = await fromElsewhere(gate, { ...script, headers });
    if (seen === 'network error') return t.fail(JSON.stringify(script));
    t.is(seen.status, 200);
    t.true(seen.preflighted);
    for (const name of ['etag', 'location', 'ratelimit-remaining', 'x-request-id']) t.truthy(seen.headers.get(name));
    t.is(seen.headers.get('x-private'), null);
    keys.set(script.method ?? 'GET', headers['idempotency-key'] ?? '');
  }
  const again = await fromElsewhere(gate, {
    method: 'PUT',
    headers: { ...json, 'idempotency-key': keys.get('PUT') ?? '' },
    body: '{}',
  });
  t.true(again !== 'network error' && again.headers.get('idempotency-replayed') === 'true');
  t.is(await fromElsewhere(gate, { headers: { authorization, 'x-forged': '1' } }), 'network error');
});

test('a script can read every refusal', async (t) => {
  const clock = new TurnedClock();
  const rates = createRateLimits({ perCredential: 100, perUser: 100_000, perAddress: 7, windowMs: 60_000, clock });
  const gate = await startGate(t, { operations: countedOperations().operations, rates });
  const { token } = await gate.author();
  const authorization = `Bearer ${token}`;
  const refusals: [number, string, Script][] = [
    [401, 'unauthenticated', { headers: { authorization: 'Bearer wrong' } }],
    [404, 'not_found', { path: '/v1/nothing', headers: { authorization } }],
    [404, 'not_found', { path: '/v1/nothing', method: 'PATCH', headers: { authorization } }],
    [405, 'method_not_allowed', { path: '/v1/open', method: 'POST', headers: { authorization } }],
    [415, 'unsupported_media_type', { method: 'POST', headers: { authorization }, body: 'x' }],
    [400, 'bad_request', { method: 'POST', headers: { authorization, 'content-type': 'application/json' }, body: '{' }],
  ];
  for (const [status, expected, script] of refusals) {
    const seen = await fromElsewhere(gate, script);
    if (seen === 'network error') return t.fail(`${status} ${expected}`);
    t.is(seen.status, status);
    t.is(code(seen.text), expected);
    if (status === 405) t.is(seen.headers.get('allow'), 'GET, HEAD, OPTIONS');
  }
  for (let n = 0; n < 4; n += 1) t.not(await fromElsewhere(gate, { path: '/v1/open' }), 'network error');
  const limited = await fromElsewhere(gate, { headers: { authorization } });
  if (limited === 'network error') return t.fail();
  t.is(limited.status, 429, 'and asking beforehand had not counted');
  t.is(limited.headers.get('retry-after'), '60');
});

test('cookies of a request from another origin are ignored', async (t) => {
  const { operations, performed } = countedOperations();
  const gate = await startGate(t, { operations });
  const { token } = await gate.author();
  const cookie = `__Host-stet=${token}`;
  const credentials = 'include' as const;
  t.is(await fromElsewhere(gate, { credentials, cookie }), 'network error', 'the answer is not shown');
  t.is(await fromElsewhere(gate, { method: 'DELETE', credentials, cookie }), 'network error');
  t.is(performed(), 1, 'reading alone went through, unseen');
  // What a form or a plain `fetch` sends without asking first.
  for (const headers of [
    { origin: ORIGIN, 'sec-fetch-site': 'cross-site' },
    { origin: 'https://neighbour.stet.example', 'sec-fetch-site': 'same-site' },
    { origin: ORIGIN },
    { origin: 'null' },
    {},
  ] as Record<string, string>[]) {
    const response = await gate.call('POST', '/v1/probe', {
      body: '{}',
      headers: { ...headers, cookie, 'content-type': 'text/plain' },
    });
    t.is(response.status, 403);
    t.is(code(await response.text()), 'bad_origin');
  }
  t.is(performed(), 1);
  const own = await gate.call('DELETE', '/v1/probe', { headers: { cookie, 'sec-fetch-site': 'same-origin' } });
  t.is(own.status, 200);
});

test('a preflight needs no credentials, and its answer may be cached', async (t) => {
  const gate = await startGate(t, { operations: countedOperations().operations });
  const preflight = await gate.call('OPTIONS', '/v1/probe', {
    headers: { origin: ORIGIN, 'access-control-request-method': 'PUT' },
  });
  t.is(preflight.status, 204);
  t.is(preflight.headers.get('access-control-max-age'), '7200');
  t.is(preflight.headers.get('access-control-allow-origin'), '*');
  t.is(preflight.headers.get('access-control-allow-credentials'), null);
  t.deepEqual(listed(preflight.headers.get('allow')).sort(), [
    'DELETE',
    'GET',
    'HEAD',
    'OPTIONS',
    'PATCH',
    'POST',
    'PUT',
  ]);
  t.is(await preflight.text(), '');
});
