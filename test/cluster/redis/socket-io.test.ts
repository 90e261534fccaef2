// Socket.IO's Redis adapter on our connections: two servers, real sockets, real Redis that dies and hangs.
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { ExecutionContext } from 'ava';
import test from 'ava';
import { Server } from 'socket.io';
import { io as connect, type Socket } from 'socket.io-client';
import { connectRedisCluster } from '../../../src/cluster/redis/connect.ts';
import type { ClusterEvent } from '../../../src/cluster/redis/events.ts';
import { redisAdapter } from '../../../src/cluster/redis/socket-io-adapter.ts';
import { until } from '../../contracts/cluster.ts';
import { startRedis, type TestRedis } from '../../support/services.ts';
import { silentLog } from '../../support/silent-log.ts';

interface Site {
  io: Server;
  client: Socket;
  got: unknown[];
  events: ClusterEvent[];
  close(): Promise<void>;
}

async function startSite(redis: TestRedis, nodeId: string, keyPrefix = 'test:'): Promise<Site> {
  const events: ClusterEvent[] = [];
  const onEvent = (event: ClusterEvent): void => void events.push(event);
  const cluster = await connectRedisCluster({ url: redis.url, nodeId, log: silentLog, keyPrefix, onEvent });
  const http = createServer();
  const adapter = redisAdapter(cluster, { log: silentLog, requestsTimeoutMs: 300, maxUnconfirmedBytes: 100_000 });
  const io = new Server(http, { transports: ['websocket'], adapter });
  io.on('connection', (socket) => void socket.join('room'));
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  const client = connect(`http://127.0.0.1:${port}`, { transports: ['websocket'], forceNew: true });
  const got: unknown[] = [];
  client.on('news', (value: unknown) => got.push(value));
  client.on('ask', (answer: (value: string) => void) => answer(nodeId));
  await new Promise<void>((resolve) => client.on('connect', () => resolve()));
  return {
    io,
    client,
    got,
    events,
    async close() {
      client.disconnect();
      await io.close();
      await cluster.close();
    },
  };
}

async function startSites(t: ExecutionContext): Promise<{ redis: TestRedis; a: Site; b: Site }> {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const [a, b] = await Promise.all([startSite(redis, 'a'), startSite(redis, 'b')]);
  t.teardown(() => Promise.all([a.close(), b.close()]));
  await untilTheyMeet(a, b);
  return { redis, a, b };
}

let meetings = 0;

async function untilTheyMeet(a: Site, b: Site): Promise<void> {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    const mark = `meet ${++meetings}`;
    await until('an emit crosses', () => {
      from.io.to('room').emit('news', mark);
      return to.got.includes(mark);
    });
  }
  // What was repeated until it crossed may still be under way: what follows it shows when it has arrived.
  a.io.emit('news', 'clear');
  b.io.emit('news', 'clear');
  for (const site of [a, b]) {
    await until('both marks came', () => site.got.filter((value) => value === 'clear').length === 2);
    site.got.length = 0;
  }
}

test.serial('emits, sockets, acknowledgements and server-side emits cross the nodes', async (t) => {
  const { a, b } = await startSites(t);
  const bytes = Buffer.from([1, 2, 255]);
  a.io.to('room').emit('news', bytes);
  await until('both got it', () => a.got.length === 1 && b.got.length === 1);
  t.deepEqual(Buffer.from(b.got[0] as Uint8Array), bytes);

  t.is((await a.io.in('room').fetchSockets()).length, 2);
  t.deepEqual(((await a.io.timeout(5000).emitWithAck('ask')) as string[]).sort(), ['a', 'b']);
  b.io.on('hello', (name: string, answer: (value: string) => void) => answer(`hello ${name}`));
  t.deepEqual(await a.io.serverSideEmitWithAck('hello', 'a'), ['hello a']);
  a.io.in('room').socketsLeave('room');
  await until('all left', async () => (await b.io.in('room').fetchSockets()).length === 0);
});

test.serial('I7 broadcasts of one node arrive in order at the other', async (t) => {
  const { a, b } = await startSites(t);
  for (let n = 0; n < 3000; n++) {
    a.io.to('room').emit('news', n);
    if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
  await until('all arrived', () => b.got.length === 3000 && a.got.length === 3000);
  t.true(b.got.every((value, n) => value === n));
});

test.serial('without Redis local emits work and requests end; when it is back emits cross again', async (t) => {
  const { redis, a, b } = await startSites(t);
  await redis.kill();
  for (let n = 0; n < 50; n++) a.io.to('room').emit('news', n);
  await until('the local socket got all', () => a.got.length === 50);
  t.deepEqual(b.got, []);
  await t.throwsAsync(a.io.in('room').fetchSockets());
  await t.throwsAsync(a.io.serverSideEmitWithAck('hello'));
  t.true(a.events.some((event) => event.kind === 'dropped' && event.what === 'broadcast'));
  t.true(a.client.connected && b.client.connected);

  await redis.restart();
  await untilTheyMeet(a, b);
  t.is((await a.io.in('room').fetchSockets()).length, 2);
});

test.serial('I9 while Redis hangs local emits work and what waits for it is bounded', async (t) => {
  const { redis, a, b } = await startSites(t);
  process.kill(redis.pid, 'SIGSTOP');
  try {
    for (let n = 0; n < 500; n++) a.io.to('room').emit('news', 'x'.repeat(1000));
    await until('the local socket got all', () => a.got.length === 500);
    const dropped = a.events.filter((event) => event.kind === 'dropped').length;
    t.true(dropped > 300, `${dropped} of 500 were dropped`);
    await t.throwsAsync(a.io.in('room').fetchSockets());
  } finally {
    process.kill(redis.pid, 'SIGCONT');
  }
  await untilTheyMeet(a, b);
  t.is((await a.io.in('room').fetchSockets()).length, 2);
});

test.serial('I10 garbage on the adapter channels is counted and ends nothing', async (t) => {
  const { redis, a, b } = await startSites(t);
  const other = await connectRedisCluster({ url: redis.url, nodeId: 'c', log: silentLog, keyPrefix: 'test:' });
  t.teardown(() => other.close());
  const wire = other.redis();
  await until('the client is ready', () => wire.status === 'ready');
  for (const garbage of ['', 'null', '{}', '{"type":5}', '\xc1', '[]']) {
    await wire.publish('test:socket.io#/#', garbage);
    await wire.publish('test:socket.io-request#/#', garbage);
    await wire.publish('test:socket.io-response#/#', garbage);
  }
  await until('it was seen', () => a.events.filter((event) => event.kind === 'garbage').length > 3);
  await untilTheyMeet(a, b);
  t.pass();
});

test.serial('servers with different prefixes do not meet', async (t) => {
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const sites = [await startSite(redis, 'a'), await startSite(redis, 'b', 'other:'), await startSite(redis, 'c')];
  const [a, b, c] = sites as [Site, Site, Site];
  t.teardown(() => Promise.all(sites.map((site) => site.close())));
  await untilTheyMeet(a, c);
  t.deepEqual(b.got, []);
});
