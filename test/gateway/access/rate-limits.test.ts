/** Limits on requests (I9): of an address and of a token or session, in one process and over nodes with a real Redis. */
import { setImmediate } from 'node:timers/promises';
import test from 'ava';
import { Redis } from 'ioredis';
import { createRateLimits } from '../../../src/gateway/access/rate-limits.ts';
import { operation } from '../../../src/gateway/api/kernel/operation.ts';
import { empty } from '../../../src/gateway/api/kernel/responses.ts';
import { noParams, noQuery } from '../../../src/gateway/api/operations/paths.ts';
import { OPERATOR } from '../../../src/ports/actor.ts';
import { startApi } from '../../support/api.ts';
import { startGate } from '../../support/gate.ts';
import { until } from '../../support/helpers.ts';
import { startRedis } from '../../support/services.ts';
import { keyPrefix, migratedDatabase, sharedRedis } from '../../support/shared-services.ts';
import { TurnedClock } from '../../support/turned-clock.ts';

const WINDOW_MS = 60_000;
const probe = operation({
  id: 'probe',
  method: 'get',
  path: '/probe',
  tag: 'Probe',
  summary: 'A probe',
  access: 'documents:read',
  params: noParams,
  query: noQuery,
  responses: { 204: { description: 'Admitted' } },
  errors: [],
  handle: () => empty(),
});
const open = operation({ ...probe, id: 'open', path: '/open', access: 'public', handle: () => empty() });

test('I9 a key has so many requests in a window, then none until the window ends', (t) => {
  const clock = new TurnedClock();
  const { credential } = createRateLimits({
    perCredential: 3,
    perUser: 100_000,
    perAddress: 9,
    windowMs: WINDOW_MS,
    clock,
  });
  const took = () => {
    const { remaining, resetMs, waitMs } = credential('a');
    return [remaining, resetMs, waitMs];
  };
  t.deepEqual(took(), [2, WINDOW_MS, 0]);
  clock.advance(10_000);
  t.deepEqual(took(), [1, 50_000, 0]);
  t.deepEqual(took(), [0, 50_000, 0]);
  t.deepEqual(took(), [0, 50_000, 50_000]);
  clock.advance(49_999);
  t.deepEqual(took(), [0, 1, 1], 'asking does not put the end off');
  t.is(credential('b').waitMs, 0, 'another key has its own');
  clock.advance(1);
  t.deepEqual(took(), [2, WINDOW_MS, 0]);
});

test('I9 an address counts over all that come from it, an IPv6 network as one', (t) => {
  const clock = new TurnedClock();
  const { address } = createRateLimits({
    perCredential: 9,
    perUser: 100_000,
    perAddress: 2,
    windowMs: WINDOW_MS,
    clock,
  });
  address('2001:db8::1');
  address('2001:db8::2');
  t.is(address('2001:db8::3').waitMs, WINDOW_MS);
  t.is(address('2001:db8:0:1::1').waitMs, 0);
  for (const loopback of ['127.0.0.1', '::ffff:127.0.0.1']) t.is(address(loopback).waitMs, 0);
  t.is(address('127.0.0.1').waitMs, WINDOW_MS, 'this machine is not exempt');
});

test('I9 a clock that is set back locks nobody out for long', (t) => {
  let now = 1_000_000_000;
  const clock = { now: () => now };
  const { credential } = createRateLimits({
    perCredential: 1,
    perUser: 100_000,
    perAddress: 1,
    windowMs: WINDOW_MS,
    clock,
  });
  credential('a');
  t.is(credential('a').waitMs, WINDOW_MS);
  now -= 3_600_000;
  t.is(credential('a').waitMs, 0);
  t.is(credential('a').waitMs, WINDOW_MS);
});

test('I9 the keys that a node counts are bounded, and those whose window is over are dropped first', (t) => {
  const clock = new TurnedClock();
  const { credential } = createRateLimits({
    perCredential: 1,
    perUser: 100_000,
    perAddress: 1,
    windowMs: WINDOW_MS,
    clock,
  });
  credential('first');
  credential('second');
  for (let n = 0; n < 99_998; n += 1) credential(`key ${n}`);
  t.is(credential('second').waitMs, WINDOW_MS, 'counted');
  credential('one more');
  t.is(credential('first').waitMs, 0, 'dropped');
});

test('I9 nodes count together, and no request waits for it', async (t) => {
  const url = await sharedRedis();
  const clients = [new Redis(url), new Redis(url)];
  t.teardown(() => clients.map((client) => client.disconnect()));
  await Promise.all(clients.map((client) => client.ping()));
  const options = {
    perCredential: 20,
    perUser: 100_000,
    perAddress: 1_000,
    windowMs: WINDOW_MS,
    keyPrefix: keyPrefix(),
  };
  const [one, two] = clients.map((client) => createRateLimits({ ...options, clock: { now: Date.now } }, client));
  if (!one || !two) return t.fail();
  /** The node's earlier commands have been answered: one connection keeps order. */
  const settled = async (node: 0 | 1) => {
    await clients[node]?.ping();
    await setImmediate();
  };

  for (let n = 0; n < 10; n += 1) t.is(one.credential('ann').remaining, 19 - n, 'known at once where it is counted');
  // What gathered while the first was under way went after it.
  await settled(0);
  await settled(0);
  t.is(two.credential('ann').remaining, 19, 'the first request waits for nothing');
  await settled(1);
  t.is(two.credential('ann').remaining, 8, 'from then on the others count');
  await settled(1);
  for (let n = 0; n < 8; n += 1) t.is(two.credential('ann').waitMs, 0);
  t.true(two.credential('ann').waitMs > 0);
  await settled(1);
  await settled(1);
  t.is(one.credential('ann').waitMs, 0, 'what arrives during one round trip');
  await settled(0);
  t.true(one.credential('ann').waitMs > 0);
  t.is(one.credential('eve').waitMs, 0);

  const counted = Number(await clients[0]?.get(`${options.keyPrefix}rate:holder:ann`));
  for (let n = 0; n < 1_000; n += 1) one.credential('ann');
  await clients[0]?.ping();
  t.is(
    Number(await clients[0]?.get(`${options.keyPrefix}rate:holder:ann`)),
    counted,
    'what is refused costs Redis nothing',
  );
  const ttlMs = Number(await clients[0]?.pttl(`${options.keyPrefix}rate:holder:ann`));
  t.true(ttlMs > 0 && ttlMs <= WINDOW_MS, 'the key goes with the window');
});

test('I9 many requests at once are few commands', async (t) => {
  const client = new Redis(await sharedRedis());
  t.teardown(() => client.disconnect());
  await client.ping();
  const prefix = keyPrefix();
  const { credential } = createRateLimits(
    {
      perCredential: 100_000,
      perUser: 100_000,
      perAddress: 1,
      windowMs: WINDOW_MS,
      keyPrefix: prefix,
      clock: { now: Date.now },
    },
    client,
  );
  let commands = 0;
  const send = client.sendCommand.bind(client);
  client.sendCommand = (...sent: Parameters<typeof send>) => {
    commands += 1;
    return send(...sent);
  };
  for (let n = 0; n < 5_000; n += 1) credential('ann');
  await until(async () => Number(await client.get(`${prefix}rate:holder:ann`)) === 5_000);
  const asked = commands;
  await client.get('nothing');
  t.true(asked < 100, `${asked} commands`);
  t.is(credential('ann').remaining, 100_000 - 5_001);
});

test('I9 a node whose Redis hangs or is gone counts by itself, without waiting', async (t) => {
  const server = await startRedis();
  const client = new Redis(server.url, { commandTimeout: 1_000, maxRetriesPerRequest: 0 });
  client.on('error', () => {});
  t.teardown(async () => {
    client.disconnect();
    await server.stop();
  });
  await client.ping();
  const { credential } = createRateLimits(
    { perCredential: 3, perUser: 100_000, perAddress: 1, windowMs: WINDOW_MS, clock: { now: Date.now } },
    client,
  );
  const four = (key: string) => [1, 2, 3, 4].map(() => credential(key).waitMs > 0);
  process.kill(server.pid, 'SIGSTOP');
  t.deepEqual(four('hung'), [false, false, false, true]);
  process.kill(server.pid, 'SIGCONT');
  await client.ping().catch(() => undefined);
  await server.kill();
  t.deepEqual(four('gone'), [false, false, false, true]);
  await until(() => client.status !== 'ready');
  t.deepEqual(four('later'), [false, false, false, true]);
});

test('I9 a refused request says when to come back, and every answer how much is left', async (t) => {
  const clock = new TurnedClock();
  const rates = createRateLimits({ perCredential: 3, perUser: 100_000, perAddress: 1_000, windowMs: WINDOW_MS, clock });
  const gate = await startGate(t, { operations: [probe, open], rates });
  const ann = await gate.author();
  const get = () => gate.call('GET', '/v1/probe', { token: ann.token });
  const rate = ({ headers }: Response) =>
    ['limit', 'remaining', 'reset'].map((name) => Number(headers.get(`ratelimit-${name}`)));
  t.deepEqual(rate(await get()), [3, 2, 60]);
  clock.advance(500);
  t.deepEqual(rate(await get()), [3, 1, 60], 'whole seconds, rounded up');
  const head = await gate.call('HEAD', '/v1/probe', { token: ann.token });
  t.deepEqual(rate(head), [3, 0, 60], 'HEAD counts');
  const refused = await get();
  t.is(refused.status, 429);
  t.is(refused.headers.get('retry-after'), '60');
  t.deepEqual(rate(refused), [3, 0, 60]);
  t.like(await refused.json(), { code: 'rate_limited', retryAfterMs: 59_500 });
  t.truthy(refused.headers.get('x-request-id'));
  const eve = await gate.author();
  t.is((await gate.call('GET', '/v1/probe', { token: eve.token })).status, 204);
  clock.advance(59_500);
  t.is((await get()).status, 204);
});

test('I9 a user has so many requests over all tokens and sessions', async (t) => {
  const clock = new TurnedClock();
  const rates = createRateLimits({ perCredential: 10, perUser: 3, perAddress: 1_000, windowMs: WINDOW_MS, clock });
  const api = await startApi({ databaseUrl: await migratedDatabase(), rates });
  t.teardown(api.close);
  const ann = await api.author('ann');
  const bob = await api.author('bob');
  const user = { id: ann.userId, handle: ann.handle, role: 'author' } as const;
  const more = await api.sessions.open({ user, userAgent: undefined, ip: undefined, actor: OPERATOR });
  const read = async (token: string) => (await api.call('GET', '/v1/sessions/current', { token })).status;
  t.deepEqual([await read(ann.token), await read(more.token), await read(ann.token)], [200, 200, 200]);
  t.deepEqual([await read(ann.token), await read(more.token), await read(bob.token)], [429, 429, 200]);
});

test('I9 requests with bad credentials, or for public operations, count against their address', async (t) => {
  const clock = new TurnedClock();
  const rates = createRateLimits({ perCredential: 1_000, perUser: 100_000, perAddress: 4, windowMs: WINDOW_MS, clock });
  const gate = await startGate(t, { operations: [probe, open], rates });
  const ann = await gate.author();
  const wrong = await gate.call('GET', '/v1/probe', { token: 'a'.repeat(43) });
  t.is(wrong.status, 401);
  t.is(wrong.headers.get('ratelimit-remaining'), '3');
  t.is((await gate.call('GET', '/v1/probe')).headers.get('ratelimit-remaining'), '2');
  t.is((await gate.call('GET', '/v1/open')).headers.get('ratelimit-remaining'), '1');
  const right = await gate.call('GET', '/v1/probe', { token: ann.token });
  t.is(right.status, 204);
  t.is(right.headers.get('ratelimit-limit'), '1000', 'the limit that is closer to being reached');
  t.is((await gate.call('GET', '/v1/probe', { token: ann.token })).status, 429);
  t.is((await gate.call('GET', '/v1/open')).status, 429);
  const elsewhere = { remoteAddress: '198.51.100.1' };
  t.is((await gate.call('GET', '/v1/probe', { token: ann.token, info: elsewhere })).status, 204);
});
