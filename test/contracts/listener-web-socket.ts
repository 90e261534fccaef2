/** What every listener does with raw WebSocket routes: upgrades, messages, ends. */
import http from 'node:http';
import type { TestFn } from 'ava';
import WebSocket from 'ws';
import { ERRORS } from '../../schemas/errors.ts';
import { ask, type Kind, RawClient, start, until } from '../support/listener-harness.ts';
import { Client, echo, ws } from '../support/web-sockets.ts';

export function webSocketContract(test: TestFn, kind: Kind): void {
  const title = (text: string): string => `${kind}: ${text}`;

  test(title('text and binary messages are echoed as what they are, in order'), async (t) => {
    const { route, seen } = echo();
    const { port } = await start(t, kind, { setup: (listener) => listener.route(route) });
    const client = await new Client(t, ws(port)).open();
    client.socket.send('héllo');
    client.socket.send(Buffer.from([0, 255, 7]));
    client.socket.send('');
    client.socket.send(Buffer.alloc(90_000, 3));
    await until(() => client.received.length === 4);
    t.deepEqual(client.received, ['héllo', Buffer.from([0, 255, 7]), '', Buffer.alloc(90_000, 3)]);
    t.deepEqual([...(seen.messages[1] as Uint8Array)], [0, 255, 7]);
    t.is(seen.opened[0]!.data, '/y/1');
  });

  test(title('a socket that was let in stays open, whatever its opening allocates'), async (t) => {
    const { route, seen } = echo({
      open: (socket) => {
        // U9: takes, whatever its size, what the HTTP response gave back to the allocator.
        for (let bytes = 16; bytes <= 1_024; bytes += 8) Buffer.allocUnsafeSlow(bytes).fill(0x10);
        seen.opened.push(socket);
      },
    });
    const { port } = await start(t, kind, { setup: (listener) => listener.route(route) });
    const clients = Array.from({ length: 20 }, () => new Client(t, ws(port)));
    for (const { socket } of clients) socket.on('open', () => socket.send('still here'));
    await until(() => clients.every(({ received, closed }) => closed || received.length === 1));
    t.deepEqual(
      clients.flatMap(({ closed }) => closed ?? []),
      [],
    );
    t.is(seen.opened.length, 20);
  });

  test(title('a request without Connection: upgrade is not upgraded'), async (t) => {
    const { route, seen } = echo();
    const { port } = await start(t, kind, { setup: (listener) => listener.route(route) });
    for (const connection of ['close', 'keep-alive']) {
      const client = new RawClient(t, port);
      client.send(
        `GET /y/1 HTTP/1.1\r\nHost: a\r\nConnection: ${connection}\r\nUpgrade: websocket\r\n` +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      await until(() => client.received.includes('\r\n\r\n'));
      t.notRegex(client.received, /^HTTP\/1\.1 101/);
    }
    t.deepEqual(seen.upgrades, []);
  });

  test(title('messages may be kept: their bytes belong to the handler'), async (t) => {
    const { route, seen } = echo();
    const { port } = await start(t, kind, { setup: (listener) => listener.route(route) });
    const client = await new Client(t, ws(port)).open();
    for (let index = 0; index < 50; index++) client.socket.send(Buffer.alloc(1000, index));
    await until(() => client.received.length === 50);
    t.true(seen.messages.every((message, index) => (message as Uint8Array).every((byte) => byte === index)));
  });

  test(title('the upgrade request has url, headers, protocols and address; one protocol is chosen'), async (t) => {
    const { route, seen } = echo();
    route.upgrade = (request) => {
      seen.upgrades.push(request);
      return { accept: true, data: '', protocol: request.protocols[1]! };
    };
    const { port, origin } = await start(t, kind, { setup: (listener) => listener.route(route) });
    const client = await new Client(t, ws(port, '/y/a?b=c'), ['one', 'two'], { headers: { 'x-probe': 'p' } }).open();
    t.is(client.socket.protocol, 'two');
    const [request] = seen.upgrades;
    t.is(request!.url, `${origin}/y/a?b=c`);
    t.is(request!.headers.get('x-probe'), 'p');
    t.deepEqual(request!.protocols, ['one', 'two']);
    t.deepEqual(request!.info, { remoteAddress: '127.0.0.1', secure: false });
  });

  for (const code of ['unauthenticated', 'forbidden', 'not_found', 'rate_limited'] as const) {
    const { status } = ERRORS[code];
    test(title(`an upgrade refused with ${status} is a problem document`), async (t) => {
      const { route, seen } = echo();
      route.upgrade = () => ({ accept: false, code });
      const { port } = await start(t, kind, { setup: (listener) => listener.route(route) });
      const client = new RawClient(t, port).send(
        'GET /y/1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n',
      );
      await client.closes();
      t.true(client.received.startsWith(`HTTP/1.1 ${status} `));
      t.regex(client.received, /content-type: application\/problem\+json/i);
      t.true(client.received.includes(`"code":"${code}"`));
      t.is(seen.opened.length, 0);
    });
  }

  test(title('an upgrade handler that fails is a 500 and a log line'), async (t) => {
    const { route } = echo();
    route.upgrade = () => {
      throw new Error('secret');
    };
    const { port, log } = await start(t, kind, { setup: (listener) => listener.route(route) });
    const client = new Client(t, ws(port));
    await until(() => client.refused !== undefined);
    t.is(client.refused, 500);
    t.true(log.lines.some(({ level }) => level === 'error'));
  });

  test(title('paths: a prefix route and an exact one; other paths are the fetch handler’s'), async (t) => {
    const exact = echo({ path: '/exact' });
    const prefix = echo();
    const { port, origin } = await start(t, kind, {
      fetch: () => new Response('no socket here', { status: 404 }),
      setup: (listener) => {
        listener.route(exact.route);
        listener.route(prefix.route);
      },
    });
    await new Client(t, ws(port, '/exact')).open();
    await new Client(t, ws(port, '/y/deep/er')).open();
    t.is(exact.seen.opened.length, 1);
    t.is(prefix.seen.opened[0]!.data, '/y/deep/er');
    for (const path of ['/exact/more', '/other']) {
      const client = new Client(t, ws(port, path));
      await until(() => client.refused !== undefined);
      t.is(client.refused, 404);
    }
    t.is(await (await fetch(`${origin}/exact`)).text(), 'no socket here');
  });

  test(title('I9 a message over maxPayloadBytes ends its socket with 1009'), async (t) => {
    const { route, seen } = echo();
    const { port } = await start(t, kind, { setup: (listener) => listener.route(route) });
    const other = await new Client(t, ws(port)).open();
    const client = await new Client(t, ws(port)).open();
    client.socket.send(Buffer.alloc(100_001));
    await until(() => client.closed !== undefined && seen.closed.length === 1);
    t.is(client.closed!.code, 1009);
    t.is(seen.messages.length, 0);
    other.socket.send('still here');
    await until(() => other.received.length === 1);
  });

  test(title('I9 a message far over maxPayloadBytes ends its socket'), async (t) => {
    const { route, seen } = echo();
    const { port } = await start(t, kind, { setup: (listener) => listener.route(route) });
    const client = await new Client(t, ws(port)).open();
    client.socket.send(Buffer.alloc(10_000_000));
    await until(() => client.closed !== undefined && seen.closed.length === 1);
    t.is(seen.messages.length, 0);
    t.is(seen.closed[0]!.code, 1009);
    t.is(client.closed!.code === 1009 || client.closed!.code === 1006, true);
  });

  test(title('closing gives code and reason to the other side, either way'), async (t) => {
    const { route, seen } = echo();
    const { port } = await start(t, kind, { setup: (listener) => listener.route(route) });
    const one = await new Client(t, ws(port)).open();
    await until(() => seen.opened.length === 1);
    seen.opened[0]!.close(4001, 'go away');
    await until(() => one.closed !== undefined);
    t.deepEqual(one.closed, { code: 4001, reason: 'go away' });
    const two = await new Client(t, ws(port)).open();
    two.socket.close(4002, 'bye');
    await until(() => seen.closed.length === 2);
    t.like(seen.closed[1], { code: 4002, reason: 'bye' });
    const three = await new Client(t, ws(port)).open();
    await until(() => seen.opened.length === 3);
    seen.opened[2]!.terminate();
    await until(() => three.closed !== undefined && seen.closed.length === 3);
    t.is(three.closed!.code, 1006);
    t.is(seen.closed[2]!.code, 1006);
  });

  test(title('a closed socket may be used by mistake and does nothing'), async (t) => {
    const { route, seen } = echo();
    const { port } = await start(t, kind, { setup: (listener) => listener.route(route) });
    const client = await new Client(t, ws(port)).open();
    client.socket.terminate();
    await until(() => seen.closed.length === 1);
    const { socket } = seen.closed[0]!;
    t.is(socket.send('x'), 'dropped');
    t.is(socket.bufferedBytes(), 0);
    socket.subscribe('a');
    socket.unsubscribe('a');
    socket.close(1000, '');
    socket.terminate();
    t.is(seen.closed.length, 1);
  });

  test(title('a handler that throws ends its own socket with 1011'), async (t) => {
    const { route } = echo({
      message: () => {
        throw new Error('secret');
      },
    });
    const { port, log } = await start(t, kind, { setup: (listener) => listener.route(route) });
    const client = await new Client(t, ws(port)).open();
    client.socket.send('x');
    await until(() => client.closed !== undefined);
    t.is(client.closed!.code, 1011);
    t.false(client.closed!.reason.includes('secret'));
    t.true(log.lines.some(({ level }) => level === 'error'));
  });

  test(title('settings that a listener could not keep are refused when the route is made'), async (t) => {
    const { listener } = await start(t, kind);
    t.throws(() => listener.route(echo({ idleTimeoutSeconds: 5 }).route), { instanceOf: RangeError });
    t.throws(() => listener.route(echo({ path: 'y' }).route), { instanceOf: RangeError });
    t.throws(() => listener.route(echo({ maxPayloadBytes: 0 }).route), { instanceOf: RangeError });
  });

  test(title('I9 WebSockets count as connections until they are closed'), async (t) => {
    const { route } = echo();
    const { port } = await start(t, kind, { limits: { maxConnections: 2 }, setup: (each) => each.route(route) });
    const one = await new Client(t, ws(port)).open();
    await new Client(t, ws(port)).open();
    const third = new Client(t, ws(port));
    await until(() => third.closed !== undefined);
    one.socket.close();
    await until(() => one.closed !== undefined);
    for (;;) {
      const next = new Client(t, ws(port));
      await until(() => next.closed !== undefined || next.socket.readyState === WebSocket.OPEN);
      if (next.closed === undefined) break;
    }
    t.pass();
  });

  test(title('drain: open sockets live on, upgrades on kept connections are refused, close sends 1001'), async (t) => {
    const { route, seen } = echo();
    const { port, origin, listener } = await start(t, kind, { setup: (each) => each.route(route) });
    const client = await new Client(t, ws(port)).open();
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    t.teardown(() => agent.destroy());
    await ask(origin, agent);
    listener.stopAccepting();
    client.socket.send('alive');
    await until(() => client.received.length === 1);
    const late = new Client(t, ws(port), [], { agent });
    await until(() => late.refused !== undefined);
    t.is(late.refused, 503);
    await listener.close(1_000);
    await until(() => client.closed !== undefined && seen.closed.length === 1);
    t.is(client.closed!.code, 1001);
  });
}
