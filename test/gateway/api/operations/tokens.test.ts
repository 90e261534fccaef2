/** API tokens: made once, used within their scopes, gone everywhere when revoked. */
import { randomUUID } from 'node:crypto';
import test from 'ava';
import { Compile } from 'typebox/compile';
import { TokenList, TokenWithSecret } from '../../../../schemas/http.ts';
import { type Operation, operation } from '../../../../src/gateway/api/kernel/operation.ts';
import { empty } from '../../../../src/gateway/api/kernel/responses.ts';
import { noParams, noQuery } from '../../../../src/gateway/api/operations/paths.ts';
import { createAccess } from '../../../../src/storage/postgres/accounts/access.ts';
import { createTokenStore, MAX_TOKENS } from '../../../../src/storage/postgres/accounts/tokens.ts';
import { type Gate, startGate } from '../../../support/gate.ts';
import { silentLog } from '../../../support/silent-log.ts';

const YEAR_MS = 365 * 86_400_000;
const listForm = Compile(TokenList);
const secretForm = Compile(TokenWithSecret);

/** Answers 204 to whoever may ask. */
const probe = (scope: 'documents:read' | 'publish', path: `/${string}`): Operation =>
  operation({
    id: scope === 'publish' ? 'probePublish' : 'probeRead',
    method: scope === 'publish' ? 'post' : 'get',
    path,
    tag: 'Probe',
    summary: 'A probe',
    access: scope,
    params: noParams,
    query: noQuery,
    responses: { 204: { description: 'Admitted' } },
    errors: [],
    handle: ({ actor }) => empty({ 'x-actor': JSON.stringify(actor) }),
  });
const operations = [probe('documents:read', '/read'), probe('publish', '/publish')];
const codeOf = async (response: Response) => ((await response.json()) as { code: string }).code;

async function make(gate: Gate, by: string, json: object = {}): Promise<TokenWithSecret> {
  const body = { name: 'Export', scopes: ['documents:read'], ...json };
  const response = await gate.call('POST', '/v1/tokens', { token: by, json: body });
  if (response.status !== 201) throw new Error(await response.text());
  return (await response.json()) as TokenWithSecret;
}
const list = async (gate: Gate, by: string) =>
  ((await (await gate.call('GET', '/v1/tokens', { token: by })).json()) as TokenList).tokens;

test('a token is shown once, kept as a hash, and lives a year', async (t) => {
  const gate = await startGate(t, { operations });
  const ann = await gate.author();
  const made = await make(gate, ann.token, { scopes: ['publish', 'documents:read'] });
  t.true(secretForm.Check(made));
  t.regex(made.token, /^stet_[A-Za-z0-9_-]{43}$/);
  t.like(made, { name: 'Export', allowPlaintext: false, lastUsedAt: null });
  t.deepEqual(made.scopes, ['documents:read', 'publish'], 'in the order of the description');
  t.is(Date.parse(made.expiresAt) - Date.parse(made.createdAt), YEAR_MS);

  const answer = await gate.call('GET', '/v1/tokens', { token: ann.token });
  const text = await answer.text();
  t.true(listForm.Check(JSON.parse(text)));
  t.false(text.includes(made.token));
  const rows = await gate.orm.query<{ row: string }>('select t::text as row from tokens t', []);
  t.is(rows.length, 1);
  t.false(rows[0]?.row.includes(made.token.slice(5)));
  t.deepEqual(await list(gate, (await gate.author()).token), [], 'nobody sees another’s');
});

test('a token may do what its scopes allow, and its user can be read with it', async (t) => {
  const gate = await startGate(t, { operations });
  const ann = await gate.author();
  const { token, id } = await make(gate, ann.token);
  const read = await gate.call('GET', '/v1/read', { token });
  t.is(read.status, 204);
  const actor = JSON.parse(read.headers.get('x-actor') ?? '');
  t.like(actor, { kind: 'token', userId: ann.userId, tokenId: id, surface: 'api', transport: 'https' });
  t.false('sessionId' in actor);

  const publish = await gate.call('POST', '/v1/publish', { token });
  t.is(publish.status, 403);
  t.is(await codeOf(publish), 'scope_missing');
  t.is((await gate.call('POST', '/v1/publish', { token: ann.token })).status, 204, 'a session may do all');

  for (const [method, path, json] of [
    ['GET', '/v1/tokens', undefined],
    ['POST', '/v1/tokens', { name: 'Another', scopes: ['documents:read'] }],
    ['DELETE', `/v1/tokens/${id}`, undefined],
  ] as const) {
    const response = await gate.call(method, path, { token, json });
    t.is(response.status, 403, `${method} ${path}`);
    t.is(await codeOf(response), 'scope_missing', 'tokens make no tokens');
  }
  t.is((await gate.call('GET', '/v1/read', { headers: { cookie: `__Host-stet=${token}` } })).status, 401);
});

test('I6 over plain HTTP a token works if it was made for that, or on this machine', async (t) => {
  const gate = await startGate(t, { operations });
  const ann = await gate.author();
  const { token } = await make(gate, ann.token);
  const careless = await make(gate, ann.token, { allowPlaintext: true });
  const plain = (shown: string, remoteAddress: string) =>
    gate.call('GET', '/v1/read', { token: shown, info: { secure: false, remoteAddress } });
  const refused = await plain(token, '192.0.2.7');
  t.is(refused.status, 403);
  t.is(await codeOf(refused), 'plaintext_refused');
  t.is((await plain(careless.token, '192.0.2.7')).status, 204);
  for (const address of ['127.0.0.1', '127.9.9.9', '::1']) t.is((await plain(token, address)).status, 204, address);
  for (const address of ['', '127.0.0.1.example', '128.0.0.1', '::2']) {
    t.is((await plain(token, address)).status, 403, address);
  }
  const session = await plain(ann.token, '192.0.2.7');
  t.is(await codeOf(session), 'plaintext_refused', 'a bearer is a bearer');
  t.is((await plain(ann.token, '127.0.0.1')).status, 204);
  const cookie = { headers: { cookie: `stet=${ann.token}` }, info: { secure: false, remoteAddress: '192.0.2.7' } };
  t.is((await gate.call('GET', '/v1/read', cookie)).status, 204, 'a cookie is not a bearer');
});

test('the settings of a new token are checked', async (t) => {
  const gate = await startGate(t, { operations });
  const ann = await gate.author();
  const inMs = (ms: number) => new Date(gate.clock.now() + ms).toISOString();
  const wrong: [object, string][] = [
    [{ name: '' }, 'name: must not have fewer than 1 characters.'],
    [{ name: 'a\u0000b' }, 'name: has an invalid format.'],
    [{ scopes: [] }, 'scopes: must not have fewer than 1 items.'],
    [{ expiresAt: inMs(-1) }, 'expiresAt: must be in the future.'],
    [{ expiresAt: inMs(0) }, 'expiresAt: must be in the future.'],
    [{ expiresAt: inMs(11 * YEAR_MS) }, 'expiresAt: at most 10 years ahead.'],
    [{ userId: randomUUID() }, 'userId: is not a known field.'],
  ];
  for (const [json, detail] of wrong) {
    const body = { name: 'x', scopes: ['documents:read'], ...json };
    const response = await gate.call('POST', '/v1/tokens', { token: ann.token, json: body });
    t.is(response.status, 400, detail);
    t.like(await response.json(), { code: 'bad_request', detail });
  }
  for (const json of [{ scopes: ['all'] }, { scopes: ['publish', 'publish'] }, { expiresAt: 'tomorrow' }]) {
    const body = { name: 'x', scopes: ['documents:read'], ...json };
    t.is((await gate.call('POST', '/v1/tokens', { token: ann.token, json: body })).status, 400, JSON.stringify(json));
  }
  const long = await make(gate, ann.token, { name: '\ud83d half', expiresAt: inMs(10 * YEAR_MS) });
  t.is(long.name, '\ufffd half');
  t.is((await list(gate, ann.token)).length, 1);
});

test('an expired token is refused', async (t) => {
  const gate = await startGate(t, { operations });
  const ann = await gate.author();
  const { token } = await make(gate, ann.token, { expiresAt: new Date(gate.clock.now() + 60_000).toISOString() });
  t.is((await gate.call('GET', '/v1/read', { token })).status, 204);
  gate.clock.advance(60_000);
  t.is((await gate.call('GET', '/v1/read', { token })).status, 401);
  t.deepEqual(await list(gate, ann.token), []);
});

test('I6 a revoked token ends at once on this node, and all nodes are notified', async (t) => {
  const gate = await startGate(t, { operations });
  const [ann, eve] = await Promise.all([gate.author(), gate.author()]);
  const { token, id } = await make(gate, ann.token);
  t.is((await gate.call('GET', '/v1/read', { token })).status, 204);
  t.is((await gate.call('DELETE', `/v1/tokens/${id}`, { token: eve.token })).status, 404, 'another’s');
  t.is((await gate.call('GET', '/v1/read', { token })).status, 204);

  t.is((await gate.call('DELETE', `/v1/tokens/${id}`, { token: ann.token })).status, 204);
  t.is((await gate.call('GET', '/v1/read', { token })).status, 401);
  t.deepEqual(gate.published, [{ userId: ann.userId, change: { kind: 'session-revoked', sessionId: id } }]);
  t.is((await gate.call('DELETE', `/v1/tokens/${id}`, { token: ann.token })).status, 404, 'it has ended');
  t.is(gate.published.length, 1);
});

test('I6 another node accepts a revoked token for two seconds at most, and not once it was notified', async (t) => {
  const here = await startGate(t, { operations });
  const there = await startGate(t, { operations, databaseUrl: here.databaseUrl });
  const ann = await here.author();
  const one = await make(here, ann.token);
  const two = await make(here, ann.token);
  const at = async (token: string) => (await there.call('GET', '/v1/read', { token })).status;
  t.is(await at(one.token), 204);
  t.is(await at(two.token), 204);
  for (const { id } of [one, two]) await here.call('DELETE', `/v1/tokens/${id}`, { token: ann.token });
  there.ports.credentials.forget(one.id);
  t.is(await at(one.token), 401);
  t.is(await at(two.token), 204, 'remembered');
  there.clock.advance(2_000);
  t.is(await at(two.token), 401);
});

test('I6 what is open with a token can be checked against the database, as what is open with a session', async (t) => {
  const gate = await startGate(t, { operations });
  const ann = await gate.author();
  const [kept, revoked] = [await make(gate, ann.token), await make(gate, ann.token)];
  const access = createAccess(gate.orm, gate.clock);
  await gate.call('DELETE', `/v1/tokens/${revoked.id}`, { token: ann.token });
  t.deepEqual(await access.validSessions([kept.id, revoked.id, randomUUID(), 'x']), new Set([kept.id]));
  gate.clock.advance(YEAR_MS);
  t.deepEqual(await access.validSessions([kept.id]), new Set());
});

test('I5 making and revoking are in the audit trail, without the secret', async (t) => {
  const gate = await startGate(t, { operations });
  const ann = await gate.author();
  const { token, id } = await make(gate, ann.token, { allowPlaintext: true });
  await gate.call('DELETE', `/v1/tokens/${id}`, { token: ann.token });
  const rows = await gate.orm.query<{ action: string; after: object; before: object; user_id: string; all: string }>(
    `select action, before, after, user_id, e::text as all from audit_events e
      where target_kind = 'token' and target_id = $1 order by at, id`,
    [id],
  );
  t.deepEqual(
    rows.map(({ action }) => action),
    ['token.created', 'token.revoked'],
  );
  t.like(rows[0]?.after, { name: 'Export', scopes: ['documents:read'], allowPlaintext: true });
  t.like(rows[1]?.before, { name: 'Export' });
  for (const { all, user_id } of rows) {
    t.is(user_id, ann.userId);
    t.false(all.includes(token.slice(5)));
  }
});

test('I5 when the audit event cannot be written, no token is made', async (t) => {
  const gate = await startGate(t, { operations });
  const ann = await gate.author();
  const { id } = await make(gate, ann.token);
  await gate.orm.query('alter table audit_events rename to audit_events_away', []);
  const body = { name: 'x', scopes: ['documents:read'] };
  t.is((await gate.call('POST', '/v1/tokens', { token: ann.token, json: body })).status, 500);
  t.is((await gate.call('DELETE', `/v1/tokens/${id}`, { token: ann.token })).status, 500);
  t.deepEqual(
    (await list(gate, ann.token)).map((token) => token.id),
    [id],
  );
});

test('I9 a user has so many tokens and no more, however they are asked for', async (t) => {
  const gate = await startGate(t, { operations });
  const ann = await gate.author();
  await gate.orm.query(
    `insert into tokens (user_id, name, token_hash, scopes, expires_at)
     select $1, 'many', sha256(n::text::bytea), '{documents:read}', now() + interval '1 day' from generate_series(1, $2) n`,
    [ann.userId, MAX_TOKENS - 1],
  );
  const json = { name: 'x', scopes: ['documents:read'] };
  const asked = await Promise.all(
    Array.from({ length: 12 }, () => gate.call('POST', '/v1/tokens', { token: ann.token, json })),
  );
  t.is(asked.filter(({ status }) => status === 201).length, 1);
  t.like(await asked.find(({ status }) => status === 409)?.json(), {
    code: 'conflict',
    detail: `A user can have at most ${MAX_TOKENS} tokens. Revoke one first.`,
  });
  const tokens = await list(gate, ann.token);
  t.is(tokens.length, MAX_TOKENS);
  await gate.call('DELETE', `/v1/tokens/${tokens[0]?.id}`, { token: ann.token });
  await make(gate, ann.token);
});

test('tokens that ended long ago are forgotten when another one is made', async (t) => {
  const gate = await startGate(t, { operations });
  const ann = await gate.author();
  const tokens = createTokenStore({ orm: gate.orm, clock: gate.clock, log: silentLog });
  t.teardown(tokens.close);
  const actor = { kind: 'user', userId: ann.userId } as const;
  const one = await tokens.create(actor, ann.userId, { name: 'One', scopes: ['publish'] });
  if (!one.ok) return t.fail();
  await tokens.revoke(actor, ann.userId, one.token.id);
  const rows = () => gate.orm.query('select id from tokens', []);
  await tokens.create(actor, ann.userId, { name: 'Two', scopes: ['publish'] });
  t.is((await rows()).length, 2);
  gate.clock.advance(31 * 86_400_000);
  await tokens.create(actor, ann.userId, { name: 'Three', scopes: ['publish'] });
  t.is((await rows()).length, 2);
});

test('a malformed token costs no query', async (t) => {
  const gate = await startGate(t, { operations });
  await gate.orm.query('alter table tokens rename to tokens_away', []);
  await gate.orm.query('alter table sessions rename to sessions_away', []);
  for (const token of ['stet_', `stet_${'a'.repeat(42)}`, `stet_${'a'.repeat(42)}!`, `xtet_${'a'.repeat(43)}`, 'x']) {
    t.is((await gate.call('GET', '/v1/read', { token })).status, 401, token);
  }
  t.is((await gate.call('GET', '/v1/read', { token: `stet_${'a'.repeat(43)}` })).status, 500, 'this one is looked up');
});
