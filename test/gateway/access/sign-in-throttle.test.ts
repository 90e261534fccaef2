/** Limits of sign-in: over all nodes in a real Redis, in the process while Redis is away or hangs, and what a siege does. */
import test from 'ava';
import { Redis } from 'ioredis';
import { createExponentialDelays } from '../../../src/gateway/access/exponential-delays.ts';
import { createSignInThrottle, type SignInThrottleRules } from '../../../src/gateway/access/sign-in-throttle.ts';
import { SIGN_IN_ATTEMPTS } from '../../../src/node/settings.ts';
import { startRedis } from '../../support/services.ts';

const RULE = { freeAttempts: 3, firstMs: 60_000, maxMs: 60_000, forgetMs: 600_000 };
const FREE = { ...RULE, freeAttempts: 1_000 };
const LIMITS: SignInThrottleRules = { device: RULE, pair: RULE, account: FREE, network: FREE };

const stranger = (handle: string, address: string, device?: string) => ({
  handle,
  address,
  device,
  isKnownNetwork: async () => false,
});

/** A limiter in this process whose clock the test turns. */
function limiterOf(limits: SignInThrottleRules = SIGN_IN_ATTEMPTS) {
  let now = 0;
  const clock = () => now;
  const limiter = createSignInThrottle(limits, undefined, createExponentialDelays(undefined, clock), clock);
  const advance = (ms: number): void => {
    now += ms;
  };
  return { ...limiter, advance, now: () => now };
}

test.serial('I9 nodes count together, and a node without its Redis counts alone', async (t) => {
  const server = await startRedis();
  const clients = [new Redis(server.url), new Redis(server.url)];
  for (const client of clients) client.on('error', () => {});
  t.teardown(async () => {
    for (const client of clients) client.disconnect();
    await server.stop();
  });
  const [one, two] = clients.map((client) => createSignInThrottle(LIMITS, client));
  if (!one || !two) return t.fail();
  await Promise.all(clients.map((client) => client.ping()));
  const ada = stranger('ada', '192.0.2.1');

  t.is((await one.attempt(ada)).kind, 'counted');
  t.is((await two.attempt(ada)).kind, 'counted');
  const third = await one.attempt(ada);
  const refused = await two.attempt(ada);
  t.true(refused.kind === 'refused' && refused.waitMs > 0 && refused.waitMs <= 60_000, JSON.stringify(refused));

  const other = createSignInThrottle({ ...LIMITS, keyPrefix: 'other:' }, clients[0]);
  t.is((await other.attempt(ada)).kind, 'counted', 'another cluster on the same Redis counts apart');

  if (third.kind === 'counted') third.refund();
  t.is((await one.attempt(ada)).kind, 'counted', 'one was not counted');
  t.is((await two.attempt(ada)).kind, 'refused');

  process.kill(server.pid, 'SIGSTOP');
  const hung = await Promise.all(Array.from({ length: 4 }, () => one.attempt(stranger('eve', '192.0.2.1'))));
  t.is(hung.filter(({ kind }) => kind === 'counted').length, 3, 'counted here while Redis hangs');
  process.kill(server.pid, 'SIGCONT');

  await server.kill();
  const after = [];
  for (let n = 0; n < 5; n += 1) after.push((await one.attempt(stranger('bob', '192.0.2.1'))).kind);
  t.deepEqual(after, ['counted', 'counted', 'counted', 'refused', 'refused'], 'limited without Redis');
});

test.serial('I9 the pause grows the same way in Redis and in the process', async (t) => {
  const server = await startRedis();
  const client = new Redis(server.url);
  t.teardown(async () => {
    client.disconnect();
    await server.stop();
  });
  await client.ping();
  const rule = { freeAttempts: 1, firstMs: 100_000, maxMs: 300_000, forgetMs: 600_000 };
  for (const delays of [createExponentialDelays(client), createExponentialDelays(undefined)]) {
    const attempt = (key: string, more: Partial<typeof rule> = {}) =>
      delays.attempt([{ key, rule: { ...rule, ...more } }]);
    t.is(await attempt('a'), 0);
    const first = await attempt('a');
    t.true(first > 90_000 && first <= 100_000, String(first));
    // As if what was waited for were over: each further attempt doubles what the next one waits for.
    t.is(await attempt('a', { freeAttempts: 2 }), 0);
    const second = await attempt('a');
    t.true(second > 190_000 && second <= 200_000, String(second));
    t.is(await attempt('a', { freeAttempts: 3 }), 0);
    const third = await attempt('a');
    t.true(third > 290_000 && third <= 300_000, String(third));
    t.true(
      (await delays.attempt([
        { key: 'b', rule },
        { key: 'a', rule },
      ])) > 0,
    );
    t.is(await attempt('b'), 0, 'what one key refused counted at no other');
  }
});

test('I9 a hundred addresses get few guesses of one password in an hour, and the owner comes in', async (t) => {
  const { advance, attempt, now } = limiterOf();
  const addresses = Array.from({ length: 100 }, (_, index) => `198.51.100.${index}`);
  let guesses = 0;
  let worstWaitMs = 0;
  let ownerWaits = 0;
  for (let second = 0; second < 3_600; second += 1) {
    for (const address of addresses) {
      if ((await attempt(stranger('mara', address))).kind === 'counted') guesses += 1;
    }
    if (second === 3) t.true(guesses <= 13, `${guesses} guesses in the first seconds`);
    const known = await attempt(stranger('mara', '203.0.113.9', 'her-laptop'));
    t.is(known.kind, 'counted', 'a known device never waits for strangers');
    if (known.kind === 'counted') known.refund();
    const home = await attempt({ ...stranger('mara', '203.0.113.7'), isKnownNetwork: async () => true });
    t.is(home.kind, 'counted', 'nor does a network that she came from before');
    if (home.kind === 'counted') home.refund();
    // From an address that nobody knows she has to be as quick as whoever guesses; she retries when the answer said so.
    if (second * 1_000 >= ownerWaits) {
      const away = await attempt(stranger('mara', '203.0.113.8'));
      if (away.kind === 'refused') {
        ownerWaits = now() + away.waitMs;
        worstWaitMs = Math.max(worstWaitMs, away.waitMs);
      } else away.refund();
    }
    advance(1_000);
  }
  t.true(guesses < 80, `${guesses} guesses in an hour`);
  t.true(worstWaitMs <= 60_000);
});

test('I9 refused attempts do not ask the database each', async (t) => {
  const { advance, attempt } = limiterOf(LIMITS);
  let asked = 0;
  let isKnown = false;
  const guess = (handle = 'ada') =>
    attempt({
      ...stranger(handle, '192.0.2.1'),
      isKnownNetwork: async () => {
        asked += 1;
        return isKnown;
      },
    });
  for (let index = 0; index < RULE.freeAttempts; index += 1) t.is((await guess()).kind, 'counted');
  t.is(asked, 0);
  await Promise.all(Array.from({ length: 50 }, () => guess()));
  t.is(asked, 1);
  // The owner signed in from there by another way: that is known a little later.
  isKnown = true;
  t.is((await guess()).kind, 'refused');
  advance(10_000);
  t.like(await guess(), { kind: 'counted', isKnown: true });
  t.is(asked, 2);
});

test('a check that could not be made is made again', async (t) => {
  const { attempt } = limiterOf(LIMITS);
  const guess = (isKnownNetwork: () => Promise<boolean>) =>
    attempt({ ...stranger('ada', '192.0.2.1'), isKnownNetwork });
  for (let index = 0; index < RULE.freeAttempts; index += 1) await guess(async () => false);
  await t.throwsAsync(
    guess(() => Promise.reject(new Error('away'))),
    { message: 'away' },
  );
  t.like(await guess(async () => true), { kind: 'counted' });
});

test('I9 one address has few guesses of a password, more of many, and none of a device', async (t) => {
  const { advance, attempt } = limiterOf();
  const counted = async (handles: readonly string[]) => {
    let n = 0;
    for (const handle of handles) if ((await attempt(stranger(handle, '192.0.2.1'))).kind === 'counted') n += 1;
    return n;
  };
  t.is(await counted(Array(50).fill('ada')), SIGN_IN_ATTEMPTS.pair.freeAttempts);
  t.is(
    await counted(Array.from({ length: 500 }, (_, index) => `user-${index}`)),
    SIGN_IN_ATTEMPTS.network.freeAttempts - SIGN_IN_ATTEMPTS.pair.freeAttempts,
  );
  t.is((await attempt(stranger('ada', '192.0.2.2'))).kind, 'counted', 'another address');
  t.is((await attempt(stranger('ada', '192.0.2.1', 'laptop'))).kind, 'counted');
  advance(3_600_000);
  t.is(await counted(Array(50).fill('ada')), SIGN_IN_ATTEMPTS.pair.freeAttempts, 'forgotten');
});
