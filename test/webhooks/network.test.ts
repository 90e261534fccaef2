/** What receivers and resolvers may try on a node that sends webhooks. Real sockets on loopback. */
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import test from 'ava';
import { createPublicResolve, type PostOptions, post } from '../../src/webhooks/post.ts';
import { until } from '../support/helpers.ts';
import { clockAhead, createHooks, startReceiver } from '../support/webhooks.ts';

test.beforeEach((t) => t.timeout(90_000));

const options = (more: Partial<PostOptions> = {}): PostOptions => ({
  headers: {},
  body: '{}',
  resolve: async () => ['127.0.0.1'],
  isAllowed: () => true,
  signal: new AbortController().signal,
  ...more,
});
const refused = { kind: 'unanswered', reason: 'the host has no public address' } as const;

test('WH1 a name that resolves to a private address gets nothing', async (t) => {
  const clock = clockAhead();
  const hooks = await createHooks(t, clock);
  const receiver = await startReceiver(t);
  const ann = await hooks.user();
  const { id } = await hooks.webhook(ann, `http://hook.example:${receiver.port}/`);
  await hooks.deliveries.test(ann, id);
  const asked: string[] = [];
  hooks.sender({
    allowPrivate: false,
    resolve: async (host) => {
      asked.push(host);
      return ['127.0.0.1', '::1', '10.0.0.1'];
    },
  });
  await until(async () => (await hooks.log(ann, id))[0]?.lastError !== null);
  t.like((await hooks.log(ann, id))[0], {
    state: 'pending',
    lastStatus: null,
    lastError: 'the host has no public address',
  });
  t.deepEqual(asked, ['hook.example']);
  t.is(receiver.received.length, 0);
  t.is(receiver.open(), 0);
});

test('WH1 a private address that was allowed once gets nothing when it is not any more', async (t) => {
  const hooks = await createHooks(t);
  const receiver = await startReceiver(t);
  const ann = await hooks.user();
  const { id } = await hooks.webhook(ann, receiver.url);
  await hooks.deliveries.test(ann, id);
  hooks.sender({ allowPrivate: false });
  await until(async () => (await hooks.log(ann, id))[0]?.state === 'failed');
  t.is((await hooks.log(ann, id))[0]?.lastError, 'the URL must have a public address');
  t.is(receiver.received.length, 0);
});

test('WH1 the connection goes to the addresses that were checked, whatever the resolver says next', async (t) => {
  const open = await startReceiver(t);
  const closed = await startReceiver(t, undefined, '127.0.0.2', open.port);
  let asked = 0;
  const resolve = async () => {
    asked += 1;
    return asked % 2 === 1 ? ['127.0.0.1'] : ['127.0.0.2'];
  };
  const isOpen = (address: string) => address === '127.0.0.1';
  const url = new URL(`http://rebound.example:${open.port}/`);
  t.like(await post(url, options({ resolve, isAllowed: isOpen })), { kind: 'answered', status: 204 });
  t.is(asked, 1, 'one question for one attempt');
  t.deepEqual(
    await post(url, options({ resolve, isAllowed: isOpen })),
    refused,
    'the second time it says something else',
  );
  // Of several addresses only the open ones count.
  const both = async () => ['127.0.0.2', '127.0.0.1'];
  t.like(await post(url, options({ resolve: both, isAllowed: isOpen })), { kind: 'answered', status: 204 });
  t.is(open.received.length, 2);
  t.is(open.received[0]?.headers.host, `rebound.example:${open.port}`);
  t.is(closed.received.length, 0);
  t.is(closed.open(), 0);
});

test('WH1 an address in the URL is checked like one that was resolved', async (t) => {
  const receiver = await startReceiver(t);
  const isOpen = () => false;
  t.deepEqual(await post(new URL(receiver.url), options({ isAllowed: isOpen })), refused);
  t.deepEqual(await post(new URL('http://[::1]:9999/'), options({ isAllowed: isOpen })), refused);
  t.is(receiver.received.length, 0);
});

test('WH1 redirects are not followed', async (t) => {
  const clock = clockAhead();
  const hooks = await createHooks(t, clock);
  const inside = await startReceiver(t);
  const statuses = [301, 302, 303, 307, 308];
  const receiver = await startReceiver(t, (response, { path }) =>
    response.writeHead(Number(path.slice(1)), { location: inside.url }).end(),
  );
  const ann = await hooks.user();
  hooks.sender();
  for (const status of statuses) {
    const { id } = await hooks.webhook(ann, `http://127.0.0.1:${receiver.port}/${status}`);
    await hooks.deliveries.test(ann, id);
    await until(async () => (await hooks.log(ann, id))[0]?.lastStatus === status);
    t.like((await hooks.log(ann, id))[0], { state: 'pending', lastError: `responded with HTTP ${status}` });
  }
  t.is(inside.received.length, 0);
});

test('I9 an answer without end is cut off, and counts by its head', async (t) => {
  let sent = 0;
  const receiver = await startReceiver(t, (response) => {
    response.writeHead(200);
    const chunk = Buffer.alloc(65_536);
    const more = (): void => {
      if (response.destroyed) return;
      sent += chunk.byteLength;
      response.write(chunk, more);
    };
    more();
  });
  t.like(await post(new URL(receiver.url), options()), { kind: 'answered', status: 200 });
  await until(() => receiver.open() === 0);
  t.true(sent > 0);
});

test('I9 a receiver that is silent, trickles its head, or breaks off costs one attempt of bounded time', async (t) => {
  const clock = clockAhead();
  const hooks = await createHooks(t, clock);
  const receiver = await startReceiver(t, (response, { path }) => {
    if (path === '/trickle') {
      const timer = setInterval(() => response.socket?.write('HTTP/1.1 103 Early Hints\r\n\r\n'), 5);
      response.on('close', () => clearInterval(timer));
    }
    if (path === '/headers') {
      response.socket?.write('HTTP/1.1 200 OK\r\n');
      const timer = setInterval(() => response.socket?.write(`x-more: ${'x'.repeat(4_000)}\r\n`), 1);
      response.on('close', () => clearInterval(timer));
    }
    if (path === '/body') response.writeHead(200).write('beginning');
    if (path === '/reset') response.socket?.resetAndDestroy();
    if (path === '/end') response.socket?.end();
    if (path === '/garbage') response.socket?.end('what?\r\n\r\n');
    if (path === '/switch') {
      response.socket?.end('HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n');
    }
  });
  const ann = await hooks.user();
  hooks.sender({ limits: { timeoutMs: 300 } });
  const results: Record<string, unknown> = {};
  for (const path of ['silent', 'trickle', 'headers', 'body', 'reset', 'end', 'garbage', 'switch']) {
    const { id } = await hooks.webhook(ann, `http://127.0.0.1:${receiver.port}/${path}`);
    await hooks.deliveries.test(ann, id);
    await until(async () => {
      const [delivery] = await hooks.log(ann, id);
      return delivery?.lastError != null || delivery?.state === 'delivered';
    });
    const [delivery] = await hooks.log(ann, id);
    results[path] = delivery?.lastError ?? delivery?.state;
  }
  t.deepEqual(results, {
    silent: 'no response in time',
    trickle: 'no response in time',
    headers: 'the request failed (HPE_HEADER_OVERFLOW)',
    body: 'delivered',
    reset: 'the connection was lost',
    end: 'the connection was lost',
    garbage: 'the request failed (HPE_INVALID_CONSTANT)',
    switch: 'the connection was lost',
  });
  await until(() => receiver.open() === 0);
});

test('I9 receivers that hang hold up neither other hosts nor other users', async (t) => {
  const hooks = await createHooks(t);
  const slow = await startReceiver(t, () => undefined);
  const fast = await startReceiver(t);
  const [ann, bob] = [await hooks.user(), await hooks.user()];
  const resolve = async () => ['127.0.0.1'];
  for (let host = 0; host < 5; host += 1) {
    const { id } = await hooks.webhook(ann, `http://slow${host}.example:${slow.port}/`);
    for (let n = 0; n < 5; n += 1) await hooks.deliveries.test(ann, id);
  }
  hooks.sender({ resolve, limits: { parallel: 6, perHost: 2, perUser: 4 } });
  await until(() => slow.received.length === 4);
  const hosts = slow.received.map(({ headers }) => headers.host ?? '');
  for (const host of hosts) t.true(hosts.filter((other) => other === host).length <= 2, hosts.join());
  const { id } = await hooks.webhook(bob, `http://fast.example:${fast.port}/`);
  for (let n = 0; n < 20; n += 1) await hooks.deliveries.test(bob, id);
  await until(() => fast.received.length === 20);
  t.is(slow.received.length, 4);
});

test('WH1 a resolver that never answers ends with the attempt', async (t) => {
  const abort = new AbortController();
  const posting = post(
    new URL('http://silent.example/'),
    options({ resolve: () => new Promise(() => undefined), signal: abort.signal }),
  );
  abort.abort();
  t.deepEqual(await posting, { kind: 'unanswered', reason: 'no response in time' });
  t.deepEqual(await post(new URL('http://x.example/'), options({ signal: abort.signal })), {
    kind: 'unanswered',
    reason: 'no response in time',
  });
});

test('WH1 names are asked of DNS, both kinds of address', async (t) => {
  const server = createSocket('udp4');
  t.teardown(() => server.close());
  // Answers A with 192.0.2.7, AAAA with 2001:db8::7 - and says of nothing.example that there is none.
  server.on('message', (question, from) => {
    const missing = question.includes('nothing');
    const end = question.indexOf(0, 12) + 5;
    const asked = question.subarray(12, end);
    const kind = question.readUInt16BE(end - 4);
    const data = kind === 1 ? Buffer.from([192, 0, 2, 7]) : Buffer.from('20010db8000000000000000000000007', 'hex');
    const head = Buffer.alloc(12);
    question.copy(head, 0, 0, 2);
    head.writeUInt16BE(missing ? 0x8183 : 0x8180, 2);
    head.writeUInt16BE(1, 4);
    head.writeUInt16BE(missing ? 0 : 1, 6);
    const record = Buffer.alloc(12);
    record.writeUInt16BE(0xc00c, 0);
    record.writeUInt16BE(kind, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(1, 6);
    record.writeUInt16BE(data.length, 10);
    server.send(Buffer.concat(missing ? [head, asked] : [head, asked, record, data]), from.port, from.address);
  });
  server.bind(0, '127.0.0.1');
  await once(server, 'listening');
  const resolve = createPublicResolve([`127.0.0.1:${server.address().port}`]);
  t.deepEqual([...(await resolve('hook.example'))].sort(), ['192.0.2.7', '2001:db8::7']);
  await t.throwsAsync(resolve('nothing.example'), { code: 'ENOTFOUND' });
  const posted = await post(new URL('http://nothing.example/'), options({ resolve }));
  t.deepEqual(posted, { kind: 'unanswered', reason: 'the host name does not exist' });
  const unspecified = await post(new URL('http://hook.example/'), options({ resolve, isAllowed: () => false }));
  t.deepEqual(unspecified, refused);
});
