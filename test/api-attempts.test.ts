/** Limits of sign-in counted in a real Redis: over all nodes, and in the process while Redis is away or hangs. */
import test from 'ava';
import { Redis } from 'ioredis';
import { createAttemptLimiter, networkOf } from '../src/gateway/api/attempts.ts';
import { startRedis } from './support/services.ts';

const LIMITS = { perHandle: 3, perAddress: 100, windowMs: 60_000 };

test.serial('I9 nodes count together, and a node without its Redis counts alone', async (t) => {
  const server = await startRedis();
  const clients = [new Redis(server.url), new Redis(server.url)];
  for (const client of clients) client.on('error', () => {});
  t.teardown(async () => {
    for (const client of clients) client.disconnect();
    await server.stop();
  });
  const [one, two] = clients.map((client) => createAttemptLimiter(LIMITS, client));
  if (!one || !two) return t.fail();
  await Promise.all(clients.map((client) => client.ping()));

  t.is(await one.attempt('ada', '192.0.2.1'), 0);
  t.is(await two.attempt('ada', '192.0.2.1'), 0);
  t.is(await one.attempt('ada', '192.0.2.1'), 0);
  const waitMs = await two.attempt('ada', '192.0.2.1');
  t.true(waitMs > 0 && waitMs <= 60_000, String(waitMs));

  const other = createAttemptLimiter({ ...LIMITS, keyPrefix: 'other:' }, clients[0]);
  t.is(await other.attempt('ada', '192.0.2.1'), 0, 'another cluster on the same Redis counts apart');

  two.succeeded('ada', '192.0.2.1');
  t.is(await two.attempt('ada', '192.0.2.1'), 0, 'forgotten on both');
  t.is(await one.attempt('ada', '192.0.2.1'), 0);

  process.kill(server.pid, 'SIGSTOP');
  const hung = await Promise.all(Array.from({ length: 4 }, () => one.attempt('eve', '192.0.2.1')));
  t.is(hung.filter((wait) => wait === 0).length, 3, 'counted here while Redis hangs');
  process.kill(server.pid, 'SIGCONT');

  await server.kill();
  t.is(await one.attempt('bob', '192.0.2.1'), 0);
  t.is(await one.attempt('bob', '192.0.2.1'), 0);
  one.succeeded('bob', '192.0.2.1');
  const after = await Promise.all(Array.from({ length: 5 }, () => one.attempt('bob', '192.0.2.1')));
  t.true(
    after.some((wait) => wait > 0),
    'limited without Redis',
  );
});

test('an IPv6 network counts as one address, an IPv4 address as itself', (t) => {
  t.is(networkOf('192.0.2.1'), '192.0.2.1');
  t.is(networkOf('::ffff:192.0.2.1'), '192.0.2.1');
  t.is(networkOf('::1'), '0:0:0:0::/64');
  t.is(networkOf('2001:db8::1'), networkOf('2001:0DB8:0:0:ffff::'));
  t.is(networkOf('fe80::1%eth0'), networkOf('fe80::2'));
  t.not(networkOf('2001:db8:0:1::1'), networkOf('2001:db8:0:2::1'));
  t.is(networkOf('1:2:3:4:5:6:7:8'), '1:2:3:4::/64');
  t.is(networkOf(''), '');
});
