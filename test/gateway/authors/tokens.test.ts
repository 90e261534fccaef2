/** Author sockets with API tokens: who comes in, what may be done, and what a revocation ends on every node. */
import type { ExecutionContext } from 'ava';
import test from 'ava';
import type { Scope } from '../../../schemas/http.ts';
import { createTokenStore } from '../../../src/storage/postgres/accounts/tokens.ts';
import { type ClientOptions, connectClient, Desk } from '../../support/client.ts';
import { createWorld, LISTENERS, type TestAuthor, type World } from '../../support/node.ts';
import { keyPrefix, sharedRedis } from '../../support/shared-services.ts';
import { silentLog } from '../../support/silent-log.ts';

function tokensOf(t: ExecutionContext, { orm }: World) {
  const tokens = createTokenStore({ orm, clock: { now: Date.now }, log: silentLog });
  t.teardown(tokens.close);
  return async (
    { userId }: TestAuthor,
    scopes: Scope[],
    more: { allowPlaintext?: boolean; expiresAt?: string } = {},
  ) => {
    const made = await tokens.create({ kind: 'user', userId }, userId, { name: 'Script', scopes, ...more });
    if (!made.ok) throw new Error(made.detail);
    return made.token;
  };
}

for (const listener of LISTENERS) {
  test(`${listener}: a token opens what its user may see, and edits only with the scope for it`, async (t) => {
    t.timeout(60_000);
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener });
    const make = tokensOf(t, world);
    const ann = await world.author();
    const doc = await world.document(ann);

    const writer = await make(ann, ['documents:read', 'documents:write']);
    const writing = new Desk(await connectClient(t, node.url, { auth: { token: writer.token } }), doc);
    const opened = await writing.open();
    t.like(opened, { ok: true, role: 'own' });
    t.like(await writing.send(writing.type('By a script.')), { ok: true });
    const rows = await world.orm.query('select user_id, session_id from draft_updates where document_id = $1', [doc]);
    t.deepEqual(rows, [{ user_id: ann.userId, session_id: writer.id }]);

    const reader = await make(ann, ['documents:read']);
    const reading = new Desk(await connectClient(t, node.url, { auth: { token: reader.token } }), doc);
    t.like(await reading.open('edit'), { ok: true, role: 'view' });
    t.is(reading.text, 'By a script.');
    const refused = await reading.send(reading.type('No.'));
    t.is(refused.ok ? undefined : refused.error.code, 'read_only');

    const eve = await world.author();
    const stranger = await make(eve, ['documents:read', 'documents:write']);
    const out = await new Desk(await connectClient(t, node.url, { auth: { token: stranger.token } }), doc).open();
    t.is(out.ok ? undefined : out.error.code, 'not_found');

    const publisher = await make(ann, ['documents:write', 'publish']);
    for (const [token, code] of [
      [publisher.token, 'scope_missing'],
      [`stet_${'a'.repeat(43)}`, 'unauthenticated'],
      [writer.token.slice(5), 'unauthenticated'],
    ] as const) {
      t.is((await connectClient(t, node.url, { auth: { token } })).refused?.code, code);
    }
    const asCookie = await connectClient(t, node.url, { headers: { cookie: `stet=${writer.token}` } });
    t.is(asCookie.refused?.code, 'unauthenticated');
  });

  test(`${listener}: I6 over plain HTTP a token is accepted if it was made for that, and a session is not`, async (t) => {
    t.timeout(60_000);
    const world = await createWorld(t);
    const node = await world.node({ LISTENER: listener, TRUSTED_PROXIES: '127.0.0.1' });
    const make = tokensOf(t, world);
    const ann = await world.author();
    const strict = await make(ann, ['documents:read']);
    const careless = await make(ann, ['documents:read'], { allowPlaintext: true });
    const from = (address: string, proto: string): Pick<ClientOptions, 'headers'> => ({
      headers: { 'x-forwarded-for': address, 'x-forwarded-proto': proto },
    });
    const refusal = async (token: string, via: Pick<ClientOptions, 'headers'>) =>
      (await connectClient(t, node.url, { auth: { token }, ...via })).refused?.code;
    t.is(await refusal(strict.token, from('192.0.2.7', 'http')), 'plaintext_refused');
    t.is(await refusal(strict.token, from('192.0.2.7', 'https')), undefined);
    t.is(await refusal(careless.token, from('192.0.2.7', 'http')), undefined);
    t.is(await refusal(strict.token, {}), undefined, 'this machine itself');
    t.is(await refusal(ann.token, from('192.0.2.7', 'http')), 'plaintext_refused', 'a session as a bearer');
    t.is(await refusal(ann.token, from('192.0.2.7', 'https')), undefined);
  });
}

test('I6 revoking a token ends its sockets on every node, and no other', async (t) => {
  t.timeout(60_000);
  const world = await createWorld(t);
  const env = { REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix() };
  const [here, there] = [await world.node(env), await world.node(env)];
  const make = tokensOf(t, world);
  const ann = await world.author();
  const scopes: Scope[] = ['documents:read'];
  const [gone, kept] = [await make(ann, scopes), await make(ann, scopes)];
  const connect = (node: typeof here, token: string) => connectClient(t, node.url, { auth: { token } });
  const ended = [await connect(here, gone.token), await connect(there, gone.token)];
  const others = [await connect(there, kept.token), await connect(there, ann.token)];
  t.is((await here.call('DELETE', `/v1/tokens/${gone.id}`, ann)).status, 204);
  for (const client of ended) t.is((await client.take('bye')).code, 'unauthenticated');
  for (const client of others) await client.caughtUp();
  for (const client of others) t.is(client.ended, undefined);
  t.is((await connect(there, gone.token)).refused?.code, 'unauthenticated');
});

test('a socket ends with its token', async (t) => {
  t.timeout(60_000);
  const world = await createWorld(t);
  const node = await world.node();
  const make = tokensOf(t, world);
  const ann = await world.author();
  const { token } = await make(ann, ['documents:read'], { expiresAt: new Date(Date.now() + 4_000).toISOString() });
  const client = await connectClient(t, node.url, { auth: { token } });
  t.is(client.refused, undefined);
  t.is((await client.take('bye')).code, 'unauthenticated');
});
