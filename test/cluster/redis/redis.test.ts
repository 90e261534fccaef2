// The cluster when things break: peers killed and paused, Redis killed, paused, flushed. Real processes, real Redis.
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { connectRedisCluster, type RedisCluster } from '../../../src/cluster/redis/connect.ts';
import type { ClusterEvent } from '../../../src/cluster/redis/events.ts';
import { until } from '../../contracts/cluster.ts';
import { type PeerProcess, startPeer } from '../../support/cluster-peer.ts';
import { startRedis, type TestRedis } from '../../support/services.ts';
import { silentLog } from '../../support/silent-log.ts';

interface Stage {
  redis: TestRedis;
  node: RedisCluster;
  peer: PeerProcess;
  events: ClusterEvent[];
}

async function stage(t: ExecutionContext): Promise<Stage> {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const peer = await startPeer(redis.url, 'peer', 'test:');
  t.teardown(() => peer.kill());
  const events: ClusterEvent[] = [];
  const node = await join(t, redis, 'node', { onEvent: (event) => events.push(event) });
  await until('the peer is heard', () => node.liveness('peer') === 'alive');
  return { redis, node, peer, events };
}

async function join(
  t: ExecutionContext,
  redis: TestRedis,
  nodeId: string,
  options: Partial<Parameters<typeof connectRedisCluster>[0]> = {},
): Promise<RedisCluster> {
  const url = redis.url;
  const node = await connectRedisCluster({ url, nodeId, log: silentLog, keyPrefix: 'test:', ...options });
  t.teardown(() => node.close());
  return node;
}

const echo = (node: RedisCluster, value: unknown = 1) => node.call('peer', 'echo', value, 5000);
const OK = { ok: true, value: 1 } as const;
const DEAD = { ok: false, reason: 'dead' } as const;
const DISCONNECTED = { ok: false, reason: 'disconnected' } as const;

/** Verdicts on silent channels count only a lease after the link came up to a young Redis: wait for that. */
async function untilSettled(node: RedisCluster): Promise<void> {
  await until(
    'verdicts count',
    async () => (await node.call('never-was', 'x', 1, 5000)).ok === false && node.liveness('never-was') === 'dead',
  );
}

test.serial('I2 a killed peer is dead at the first call', async (t) => {
  const { node, peer } = await stage(t);
  await untilSettled(node);
  t.deepEqual(await echo(node), OK);
  await peer.kill();
  t.deepEqual(await echo(node), DEAD);
  t.is(node.liveness('peer'), 'dead');
  t.deepEqual(node.nodes(), ['node']);
});

test.serial('I2 a call under way ends as dead when its peer is killed, long before its deadline', async (t) => {
  const { node, peer } = await stage(t);
  await untilSettled(node);
  const waiting = node.call('peer', 'silent', 1, 600_000);
  await echo(node);
  await peer.kill();
  t.deepEqual(await waiting, DEAD);
});

test.serial(
  'I2 a call under way ends as dead when its peer hangs past its lease, long before its deadline',
  async (t) => {
    const { node, peer } = await stage(t);
    const waiting = node.call('peer', 'silent', 1, 600_000);
    await echo(node);
    peer.signal('SIGSTOP');
    t.deepEqual(await waiting, DEAD);
    peer.signal('SIGCONT');
  },
);

test.serial('a peer that leaves is dead at once and its process ends by itself', async (t) => {
  const { node, peer } = await stage(t);
  const waiting = node.call('peer', 'silent', 1, 600_000);
  t.is(await peer.leave(), 0);
  t.deepEqual(await waiting, DEAD);
  t.is(node.liveness('peer'), 'dead');
  t.deepEqual(await echo(node), DEAD);
});

test.serial('I2 a paused peer times out, is dead after its lease, and alive again when it goes on', async (t) => {
  const { node, peer, events } = await stage(t);
  peer.signal('SIGSTOP');
  t.deepEqual(await node.call('peer', 'echo', 1, 100), { ok: false, reason: 'timeout' });
  t.not(node.liveness('peer'), 'dead', 'not before the lease');
  const lastReported = () => events.flatMap((event) => (event.kind === 'peer' ? [event.liveness] : [])).at(-1);
  await until('it is dead', () => node.liveness('peer') === 'dead');
  await until('its death is reported', () => lastReported() === 'dead');
  t.true(node.connected());
  peer.signal('SIGCONT');
  await until('it is alive', () => node.liveness('peer') === 'alive');
  t.deepEqual(await echo(node), OK);
  await until('its return is reported', () => lastReported() === 'alive');
});

test.serial('FLUSHALL is harmless', async (t) => {
  const { redis, node, events } = await stage(t);
  for (let i = 0; i < 5; i++) {
    await redis.flushAll();
    t.deepEqual(await echo(node), OK);
    t.is(node.liveness('peer'), 'alive');
  }
  t.false(events.some((event) => event.kind === 'peer' && event.liveness !== 'alive'));
});

test.serial('Redis killed and restarted: calls fail at once, then everything is back in place', async (t) => {
  const { redis, node, events } = await stage(t);
  let reconnected = 0;
  const heard: unknown[] = [];
  node.onReconnected(() => {
    reconnected++;
    node.publish('news', 'after');
  });
  node.subscribe('heard', (value) => heard.push(value));
  const waiting = node.call('peer', 'silent', 1, 600_000);
  await echo(node);

  await redis.kill();
  t.deepEqual(await waiting, DISCONNECTED);
  t.false(node.connected());
  t.is(node.liveness('peer'), 'unknown');
  t.deepEqual(await echo(node), DISCONNECTED);
  t.deepEqual(await node.call('node', 'none', 1, 100), { ok: false, reason: 'failed' }, 'a node still reaches itself');
  await t.throwsAsync(node.redis().get('x'));
  node.post('peer', 'x', 1);
  t.is(reconnected, 0);

  await redis.restart();
  await until('the link is back', () => node.connected());
  t.is(reconnected, 1);
  await until('the peer is back', () => node.liveness('peer') === 'alive');
  await until('calls work', async () => (await echo(node)).ok);
  node.publish('news', 'again');
  await until('publications go round', () => heard.includes('again'));
  await until('shared client is back', () => node.redis().status === 'ready');
  t.false(
    events.some((event) => event.kind === 'peer' && event.liveness === 'dead'),
    'nobody was called dead',
  );
});

test.serial('Redis that hangs is noticed, nobody is called dead, and it recovers', async (t) => {
  const { redis, node, events } = await stage(t);
  const shared = node.redis();
  await until('the shared client is ready', () => shared.status === 'ready');
  process.kill(redis.pid, 'SIGSTOP');
  try {
    const waiting = node.call('peer', 'echo', 1, 600_000);
    await t.throwsAsync(shared.get('x'), undefined, 'commands do not wait for ever');
    t.deepEqual(await waiting, DISCONNECTED);
    await until('the link is down', () => !node.connected());
    await until('the shared connection is given up', () => shared.status !== 'ready');
    t.is(node.liveness('peer'), 'unknown');
    t.deepEqual(await echo(node), DISCONNECTED);
  } finally {
    process.kill(redis.pid, 'SIGCONT');
  }
  await until('the link is back', () => node.connected());
  await until('calls work', async () => (await echo(node)).ok);
  await until('the shared client works', async () => (await shared.get('x').catch(() => 'failed')) === null);
  t.false(events.some((event) => event.kind === 'peer' && event.liveness === 'dead'));
});

test.serial('a node starts without Redis and joins when it comes', async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  await redis.kill();
  const node = await join(t, redis, 'node', { startWaitMs: 50 });
  t.false(node.connected());
  let joined = 0;
  let placed = 0;
  node.onReconnected(() => joined++);
  node.subscribe(
    'c',
    () => {},
    () => placed++,
  );
  node.handle('echo', async (value) => value);
  t.deepEqual(await node.call('node', 'echo', 1, 5000), OK);
  t.deepEqual(await echo(node), DISCONNECTED);
  t.is(node.liveness('peer'), 'unknown');
  await redis.restart();
  await until('it joined', () => joined === 1);
  t.is(placed, 1);
  t.true(node.connected());
});

test.serial('closing while Redis hangs or is gone does not hang', async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const [a, b] = [await join(t, redis, 'a'), await join(t, redis, 'b')];
  process.kill(redis.pid, 'SIGSTOP');
  await a.close();
  await redis.kill();
  await b.close();
  t.false(a.connected() || b.connected());
});

test.serial('I7 posts of one sender arrive in order under load, while others send too', async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const names = ['a', 'b', 'c'];
  const senders = await Promise.all(names.map((name) => join(t, redis, name)));
  const receiver = await join(t, redis, 'receiver');
  const arrived = new Map<string, number[]>(names.map((name) => [name, []]));
  receiver.onPost('n', (value, from) => arrived.get(from)?.push((value as { n: number }).n));
  const each = 20_000;
  const pad = Buffer.alloc(200, 7);
  for (let n = 0; n < each; n++) {
    for (const sender of senders) sender.post('receiver', 'n', { n, pad });
    if (n % 50 === 49) await new Promise((resolve) => setImmediate(resolve));
  }
  await until('all arrived', () => names.every((name) => arrived.get(name)?.length === each));
  for (const name of names)
    t.true(
      arrived.get(name)?.every((n, i) => n === i),
      name,
    );
});

test.serial('I10 garbage on a node channel is counted and harms nobody', async (t) => {
  const { node, events } = await stage(t);
  const wire = node.redis();
  await until('the shared client is ready', () => wire.status === 'ready');
  const header = Buffer.from([0x53, 0x74, 1, 0, 4, ...Buffer.from('evil')]);
  const garbage = [
    Buffer.alloc(0),
    Buffer.from('hello'),
    Buffer.from([0x53, 0x74, 1, 0, 255, 1]),
    Buffer.concat([header, Buffer.from([0xdd, 0xff, 0xff, 0xff, 0xff])]),
    Buffer.concat([header, Buffer.from([0x93, 0, 0xc0, 0xc0])]),
    Buffer.alloc(10_000, 0xa5),
  ];
  for (const bytes of garbage) {
    for (const channel of ['test:node:node', 'test:beat', 'test:channel:c']) await wire.publish(channel, bytes);
  }
  await until(
    'all of it is counted',
    () => events.filter(({ kind }) => kind === 'garbage').length === garbage.length * 2,
  );
  t.deepEqual(await echo(node), OK);
});

test.serial('a message of an unknown version is refused, and a refusal ends the calls at once', async (t) => {
  const { redis, node } = await stage(t);
  const stranger = node.dedicated('stranger').client;
  await until('the stranger is ready', () => stranger.status === 'ready');
  const heard: Buffer[] = [];
  stranger.on('messageBuffer', (_channel: Buffer, bytes: Buffer) => heard.push(bytes));
  await stranger.subscribe('test:node:new');
  const id = Buffer.from('new');
  const wire = node.dedicated('wire').client;
  await until('the wire is ready', () => wire.status === 'ready');

  await wire.publish('test:node:node', Buffer.from([0x53, 0x74, 9, 0, id.length, ...id, 1, 2, 3]));
  await until('the refusal came', () => heard.length > 0);
  t.deepEqual(heard[0], Buffer.from([0x53, 0x74, 1, 1, 4, ...Buffer.from('node')]));

  const waiting = node.call('new', 'echo', 1, 600_000);
  await until('the call came', () => heard.length > 1);
  await wire.publish('test:node:node', Buffer.from([0x53, 0x74, 9, 1, id.length, ...id]));
  t.deepEqual(await waiting, { ok: false, reason: 'failed' });
  t.is(heard.length, 2, 'a refusal is not refused');
  t.truthy(redis);
});

test.serial('clusters with different prefixes do not meet', async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const here = await join(t, redis, 'here');
  const there = await join(t, redis, 'there', { keyPrefix: 'other:' });
  const twin = await join(t, redis, 'twin');
  const got: string[] = [];
  await new Promise<void>((placed) => there.subscribe('c', () => got.push('there'), placed));
  await new Promise<void>((placed) => twin.subscribe('c', () => got.push('twin'), placed));
  here.publish('c', 1);
  await until('the twin got it', () => got.length > 0);
  await until('they are judged', () => here.liveness('there') === 'dead' && there.liveness('here') === 'dead');
  t.is(here.liveness('twin'), 'alive');
  t.deepEqual(got, ['twin']);
  t.deepEqual([...here.nodes()].sort(), ['here', 'twin']);
});

test.serial('I9 what Redis has not confirmed is bounded', async (t) => {
  const { redis, node, events } = await stage(t);
  const small = await join(t, redis, 'small', { maxUnconfirmedBytes: 10_000, onEvent: (event) => events.push(event) });
  await until('the peer is heard', () => small.liveness('peer') === 'alive');
  t.deepEqual(await small.call('peer', 'echo', new Uint8Array(20_000), 600_000), { ok: false, reason: 'failed' });
  for (let i = 0; i < 20; i++) small.post('peer', 'x', new Uint8Array(1000));
  t.true(events.filter((event) => event.kind === 'dropped' && event.what === 'post').length >= 10);
  await until('it works again', async () => (await echo(small)).ok);
  t.true((await node.call('peer', 'echo', new Uint8Array(2_000_000), 20_000)).ok);
});

test.serial('options that make no sense are refused', async (t) => {
  const url = 'redis://127.0.0.1:1';
  await t.throwsAsync(connectRedisCluster({ url, nodeId: 'n', log: silentLog, leaseMs: 500 }), {
    instanceOf: RangeError,
  });
  await t.throwsAsync(connectRedisCluster({ url, nodeId: 'n', log: silentLog, keyPrefix: 'a*' }), {
    instanceOf: RangeError,
  });
  await t.throwsAsync(connectRedisCluster({ url, nodeId: '', log: silentLog }), { instanceOf: RangeError });
});
