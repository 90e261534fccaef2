/** `/v1/sessions`: signing in and out, the cookie, cross-site requests, limits of sign-in. */
import anyTest, { type TestFn } from 'ava';
import { type ApiHarness, PASSWORD, startApi } from '../../../support/api.ts';
import { migratedDatabase } from '../../../support/shared-services.ts';

const test = anyTest as TestFn<{ api: ApiHarness; databaseUrl: string }>;

test.before(async (t) => {
  const databaseUrl = await migratedDatabase();
  t.context = { databaseUrl, api: await startApi({ databaseUrl }) };
});
test.after.always((t) => t.context.api?.close());

const cookieOf = (response: Response) => response.headers.getSetCookie()[0] ?? '';
const pairOf = (response: Response) => cookieOf(response).split(';', 1)[0] ?? '';

test.serial('signing in answers a token, the user and the end of the session', async (t) => {
  const { api } = t.context;
  const { handle, userId } = await api.author();
  const response = await api.call('POST', '/v1/sessions', { json: { handle, password: PASSWORD } });
  t.is(response.status, 201);
  const body = (await response.json()) as { token: string; user: unknown; expiresAt: string };
  t.regex(body.token, /^[\w-]{43}$/);
  t.deepEqual(body.user, { id: userId, handle, role: 'author' });
  t.is(Date.parse(body.expiresAt), api.clock.now() + 30 * 86_400_000);

  const current = await api.call('GET', '/v1/sessions/current', { token: body.token });
  t.deepEqual(await current.json(), { user: body.user, expiresAt: body.expiresAt });
});

test.serial('over TLS the cookie is __Host-, Secure, HttpOnly, SameSite', async (t) => {
  const { api } = t.context;
  const { handle } = await api.author();
  const signedIn = await api.call('POST', '/v1/sessions', {
    json: { handle, password: PASSWORD },
    info: { secure: true },
  });
  t.regex(cookieOf(signedIn), /^__Host-stet=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax; Secure$/);
  const current = await api.call('GET', '/v1/sessions/current', { cookie: pairOf(signedIn), info: { secure: true } });
  t.is(current.status, 200);
});

test.serial('over plain HTTP the cookie has the plain name and no Secure', async (t) => {
  const { api } = t.context;
  const { handle } = await api.author();
  const signedIn = await api.call('POST', '/v1/sessions', { json: { handle, password: PASSWORD } });
  t.regex(cookieOf(signedIn), /^stet=[\w-]{43}; Max-Age=2592000; Path=\/; HttpOnly; SameSite=Lax$/);
  const current = await api.call('GET', '/v1/sessions/current', { cookie: `a=b; ${pairOf(signedIn)}; c=d` });
  t.is(current.status, 200);
});

test.serial('over TLS a planted cookie of the plain name counts for nothing', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  const planted = await api.call('GET', '/v1/sessions/current', { cookie: `stet=${token}`, info: { secure: true } });
  t.is(planted.status, 401);
});

test.serial('a wrong password and an unknown handle are refused in the same words', async (t) => {
  const { api } = t.context;
  const { handle } = await api.author();
  const wrong = await api.call('POST', '/v1/sessions', { json: { handle, password: 'not it' } });
  const unknown = await api.call('POST', '/v1/sessions', { json: { handle: 'nobody-here', password: 'not it' } });
  t.is(wrong.status, 401);
  t.is(wrong.headers.get('www-authenticate'), 'Bearer realm="stet"');
  t.is(wrong.headers.get('set-cookie'), null);
  t.is(unknown.status, 401);
  const body = await wrong.json();
  t.like(body, { type: 'urn:stet:problem:bad_credentials', code: 'bad_credentials', status: 401 });
  t.deepEqual(body, await unknown.json());
});

test.serial('without a token, with a wrong one or a malformed header nobody gets in', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  const calls = [
    {},
    { token: 'A'.repeat(43) },
    { token: 'x' },
    { token: `${token}x` },
    { headers: { authorization: `Basic ${token}` } },
    { headers: { authorization: 'Bearer' } },
    { cookie: 'stet=' },
    { cookie: `other=${token}` },
    // A wrong bearer token is not saved by a good cookie.
    { token: 'A'.repeat(43), cookie: `stet=${token}` },
  ];
  for (const call of calls) {
    const response = await api.call('GET', '/v1/sessions/current', call);
    t.is(response.status, 401, JSON.stringify(call));
    t.like(await response.json(), { code: 'unauthenticated' });
  }
});

test.serial('signing out ends the session at once, clears the cookie and notifies the other nodes', async (t) => {
  const { api } = t.context;
  const { token, identity, userId } = await api.author();
  const cookie = `stet=${token}`;
  t.is((await api.call('GET', '/v1/sessions/current', { cookie })).status, 200);
  const out = await api.call('DELETE', '/v1/sessions/current', {
    cookie,
    headers: { 'sec-fetch-site': 'same-origin' },
  });
  t.is(out.status, 204);
  t.is(cookieOf(out), 'stet=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax');
  t.is((await api.call('GET', '/v1/sessions/current', { cookie })).status, 401);
  t.is((await api.call('GET', '/v1/sessions/current', { token })).status, 401);
  t.deepEqual(
    api.published.filter((entry) => entry.userId === userId),
    [{ userId, change: { kind: 'session-revoked', sessionId: identity.sessionId } }],
  );
  t.deepEqual(await api.access.validSessions([identity.sessionId]), new Set());
});

test.serial('a session ends when its time is over', async (t) => {
  const api = await startApi({ databaseUrl: t.context.databaseUrl });
  t.teardown(api.close);
  const { token } = await api.author();
  api.clock.advance(30 * 86_400_000 - 1_500);
  t.is((await api.call('GET', '/v1/sessions/current', { token })).status, 200);
  // What is cached for two seconds does not outlive the session.
  api.clock.advance(1_500);
  t.is((await api.call('GET', '/v1/sessions/current', { token })).status, 401);
});

test.serial('a cookie alone changes nothing when another site asks', async (t) => {
  const { api } = t.context;
  const { token } = await api.author();
  const create = (headers: Record<string, string>, call: object = { cookie: `stet=${token}` }) =>
    api.call('POST', '/v1/documents', { ...call, json: { title: 'T' }, headers });

  for (const refused of [
    {},
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
    { 'sec-fetch-site': 'cross-site', origin: 'http://localhost:8080' },
    { origin: 'https://evil.example' },
    { origin: 'https://localhost:8080' },
    { origin: 'http://localhost:8080.evil.example' },
    { origin: 'null' },
  ]) {
    const response = await create(refused);
    t.is(response.status, 403, JSON.stringify(refused));
    t.like(await response.json(), { code: 'bad_origin' });
  }
  t.is((await create({ 'sec-fetch-site': 'same-origin' })).status, 201);
  t.is((await create({ origin: 'http://localhost:8080' })).status, 201);
  // A bearer token is no ambient authority.
  t.is((await create({ origin: 'https://evil.example' }, { token })).status, 201);
});

test.serial('another site cannot sign a visitor in', async (t) => {
  const { api } = t.context;
  const { handle } = await api.author();
  const response = await api.call('POST', '/v1/sessions', {
    json: { handle, password: PASSWORD },
    headers: { origin: 'https://evil.example' },
  });
  t.is(response.status, 403);
  t.is(response.headers.get('set-cookie'), null);
});

const RULE = { freeAttempts: 3, firstMs: 60_000, maxMs: 60_000, forgetMs: 600_000 };

test.serial('I9 sign-in is limited for a handle and an address, with the time to wait', async (t) => {
  const api = await startApi({ databaseUrl: t.context.databaseUrl, attempts: { pair: RULE } });
  t.teardown(api.close);
  const { handle } = await api.author();
  const attempt = (password: string, remoteAddress = '192.0.2.1', as = handle) =>
    api.call('POST', '/v1/sessions', { json: { handle: as, password }, info: { remoteAddress } });

  for (let n = 0; n < 3; n += 1) t.is((await attempt('wrong')).status, 401);
  const limited = await attempt(PASSWORD);
  t.is(limited.status, 429);
  t.regex(limited.headers.get('retry-after') ?? '', /^([1-9]|[1-5]\d|60)$/);
  const body = (await limited.json()) as { code: string; retryAfterMs: number };
  t.is(body.code, 'rate_limited');
  t.true(body.retryAfterMs > 0 && body.retryAfterMs <= 60_000);

  t.is((await attempt(PASSWORD, '192.0.2.2')).status, 201, 'another address');
  const { handle: other } = await api.author();
  t.is((await attempt(PASSWORD, '192.0.2.1', other)).status, 201, 'another handle');
  for (let n = 0; n < 10; n += 1) t.is((await attempt(PASSWORD, '192.0.2.1', other)).status, 201, 'successes are free');
});

test.serial('I9 sign-in is limited for an address over all handles; an IPv6 network is one address', async (t) => {
  const api = await startApi({ databaseUrl: t.context.databaseUrl, attempts: { network: RULE } });
  t.teardown(api.close);
  const attempt = (handle: string, remoteAddress: string) =>
    api.call('POST', '/v1/sessions', { json: { handle, password: 'wrong' }, info: { remoteAddress } });
  t.is((await attempt('handle-a', '2001:db8::1')).status, 401);
  t.is((await attempt('handle-b', '2001:db8:0:0:1::2')).status, 401);
  t.is((await attempt('handle-c', '2001:DB8::ffff:3')).status, 401);
  t.is((await attempt('handle-d', '2001:db8::4')).status, 429);
  t.is((await attempt('handle-d', '2001:db8:0:1::4')).status, 401, 'another network');
});

for (const secure of [false, true]) {
  test.serial(
    `I9 guessing from everywhere locks out no known device and no known network (TLS: ${secure})`,
    async (t) => {
      const api = await startApi({ databaseUrl: t.context.databaseUrl, attempts: { account: RULE } });
      t.teardown(api.close);
      const { handle } = await api.author();
      const { handle: other } = await api.author();
      const signIn = (remoteAddress: string, cookie?: string, as = handle, password = PASSWORD) =>
        api.call('POST', '/v1/sessions', {
          json: { handle: as, password },
          info: { remoteAddress, secure },
          ...(cookie !== undefined && { cookie }),
        });
      const first = await signIn('2001:db8:1::1');
      const set = first.headers.getSetCookie().find((one) => /device=/.test(one)) ?? '';
      t.regex(set, secure ? /^__Host-stet-device=.*; HttpOnly; SameSite=Lax; Secure$/ : /^stet-device=.*HttpOnly/);
      const device = set.split(';', 1)[0] ?? '';
      for (let n = 0; n < 3; n += 1) t.is((await signIn(`192.0.2.${n}`, undefined, handle, 'wrong')).status, 401);
      t.is((await signIn('192.0.2.10')).status, 429, 'a stranger waits');
      t.is((await signIn('192.0.2.10', device)).status, 201, 'the device comes in from anywhere');
      t.is((await signIn('2001:db8:1::2')).status, 201, 'so does the network of an earlier sign-in');
      t.is((await signIn('192.0.2.11', `${device}x`)).status, 429, 'a signature that is not ours');
      for (let n = 0; n < 3; n += 1) t.is((await signIn(`192.0.2.${n}`, undefined, other, 'wrong')).status, 401);
      t.is((await signIn('192.0.2.11', device, other)).status, 429, 'of one account it says nothing about another');
      const again = await signIn('192.0.2.12', device);
      t.true(again.headers.getSetCookie().includes(set), 'it keeps its name');
    },
  );
}

test.serial('I9 sign-ins beyond the hash queue are refused with a time to retry', async (t) => {
  const api = await startApi({ databaseUrl: t.context.databaseUrl, passwords: { parallel: 1, queued: 1 } });
  t.teardown(api.close);
  const responses = await Promise.all(
    Array.from({ length: 6 }, (_, n) =>
      api.call('POST', '/v1/sessions', { json: { handle: `flood-${n}`, password: 'wrong' } }),
    ),
  );
  const statuses = responses.map((response) => response.status);
  t.true(
    statuses.every((status) => status === 401 || status === 503),
    String(statuses),
  );
  const refused = responses.find((response) => response.status === 503);
  t.like(await refused?.json(), { code: 'overloaded' });
  t.is(refused?.headers.get('retry-after'), '1');
  t.true(statuses.includes(401));
});
