/** What every listener does with raw WebSocket routes. */
import { randomBytes } from 'node:crypto';
import http from 'node:http';
import type { ExecutionContext, TestFn } from 'ava';
import WebSocket from 'ws';
import { ERRORS } from '../../schemas/errors.ts';
import type { RawSocket, SendOutcome, UpgradeRequest, WebSocketRoute } from '../../src/gateway/listener/listener.ts';
import { Rope } from '../../src/lib/msgpack/rope.ts';
import { ask, type Kind, RawClient, start, until } from '../support/listener-harness.ts';

interface Seen {
  opened: RawSocket<string>[];
  messages: (Uint8Array | string)[];
  drained: RawSocket<string>[];
  closed: { socket: RawSocket<string>; code: number; reason: string }[];
  upgrades: UpgradeRequest[];
}

/** A route that accepts everybody, echoes, and keeps what it saw. */
function echo(overrides: Partial<WebSocketRoute<string>> = {}): { route: WebSocketRoute<string>; seen: Seen } {
  const seen: Seen = { opened: [], messages: [], drained: [], closed: [], upgrades: [] };
  const route: WebSocketRoute<string> = {
    path: '/y/*',
    maxPayloadBytes: 100_000,
    idleTimeoutSeconds: 60,
    maxBackpressureBytes: 1_000_000,
    upgrade: (request) => {
      seen.upgrades.push(request);
      return { accept: true, data: new URL(request.url).pathname };
    },
    open: (socket) => seen.opened.push(socket),
    message: (socket, message) => {
      seen.messages.push(message);
      socket.send(message);
    },
    drain: (socket) => seen.drained.push(socket),
    close: (socket, code, reason) => seen.closed.push({ socket, code, reason }),
    ...overrides,
  };
  return { route, seen };
}

/** A ws client that keeps what it received. */
class Client {
  readonly socket: WebSocket;
  readonly received: (Buffer | string)[] = [];
  closed: { code: number; reason: string } | undefined;
  refused: number | undefined;

  constructor(t: ExecutionContext, url: string, protocols: string[] = [], options: WebSocket.ClientOptions = {}) {
    this.socket = new WebSocket(url, protocols, { perMessageDeflate: false, ...options });
    this.socket.on('message', (data: Buffer, isBinary) => this.received.push(isBinary ? data : data.toString()));
    this.socket.on('close', (code, reason) => {
      this.closed = { code, reason: reason.toString() };
    });
    this.socket.on('unexpected-response', (request, response) => {
      this.refused = response.statusCode;
      request.destroy();
    });
    this.socket.on('error', () => undefined);
    t.teardown(() => this.socket.terminate());
  }

  async open(): Promise<this> {
    await until(() => this.socket.readyState === WebSocket.OPEN);
    return this;
  }
}

const ws = (port: number, path = '/y/1'): string => `ws://127.0.0.1:${port}${path}`;

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

  test(
    title(
      'I9 sends to a slow consumer answer buffered, then dropped, and it is disconnected, with bounded bytes waiting',
    ),
    async (t) => {
      const { route, seen } = echo();
      const { port } = await start(t, kind, { setup: (listener) => listener.route(route) });
      const client = await new Client(t, ws(port)).open();
      await until(() => seen.opened.length === 1);
      client.socket.pause();
      const [socket] = seen.opened;
      const chunk = new Uint8Array(50_000);
      const outcomes = new Set<SendOutcome>();
      let most = 0;
      // The system's own buffers take some megabytes; a hundred of them could not hide.
      for (let sent = 0; sent < 2_000 && !outcomes.has('dropped'); sent++) {
        outcomes.add(socket!.send(chunk));
        most = Math.max(most, socket!.bufferedBytes());
        if (sent % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
      }
      t.deepEqual([...outcomes], ['sent', 'buffered', 'dropped']);
      t.true(most <= route.maxBackpressureBytes + 60_000, `${most} bytes waited`);
      await until(() => seen.closed.length === 1);
      t.is(socket!.send(chunk), 'dropped');
    },
  );

  test(title('drain is called for the socket that was buffered, and for no other'), async (t) => {
    const { route, seen } = echo({ maxBackpressureBytes: 50_000_000 });
    const { port } = await start(t, kind, { setup: (listener) => listener.route(route) });
    const slow = await new Client(t, ws(port)).open();
    const quick = await new Client(t, ws(port)).open();
    await until(() => seen.opened.length === 2);
    slow.socket.pause();
    let outcome: SendOutcome = 'sent';
    while (outcome === 'sent') outcome = seen.opened[0]!.send(new Uint8Array(500_000));
    t.is(outcome, 'buffered');
    seen.opened[1]!.send('quick');
    await until(() => quick.received.length === 1);
    t.is(seen.drained.length, 0);
    slow.socket.resume();
    await until(() => seen.drained.length > 0);
    t.is(seen.opened[0]!.bufferedBytes(), 0);
    t.true(seen.drained.every((socket) => socket === seen.opened[0]));
  });

  test(title('publish reaches every subscriber of a topic and nobody else'), async (t) => {
    const { route, seen } = echo();
    const { port, listener } = await start(t, kind, { setup: (each) => each.route(route) });
    const clients: Client[] = [];
    for (let index = 0; index < 4; index++) {
      clients.push(await new Client(t, ws(port)).open());
      await until(() => seen.opened.length === index + 1);
    }
    for (const socket of seen.opened.slice(0, 3)) socket.subscribe('news');
    seen.opened[2]!.unsubscribe('news');
    listener.publish('news', 'text');
    listener.publish('news', new Uint8Array([9]));
    listener.publish('other', 'nobody');
    for (const socket of seen.opened) socket.send('end');
    await until(() => clients.every(({ received }) => received.at(-1) === 'end'));
    t.deepEqual(
      clients.map(({ received }) => received.slice(0, -1)),
      [['text', Buffer.from([9])], ['text', Buffer.from([9])], [], []],
    );
  });

  test(title('I7 sends and publishes reach a socket in the order of their calls'), async (t) => {
    const { route, seen } = echo();
    const { port, listener } = await start(t, kind, { setup: (each) => each.route(route) });
    const client = await new Client(t, ws(port)).open();
    await until(() => seen.opened.length === 1);
    seen.opened[0]!.subscribe('topic');
    const expected: string[] = [];
    for (let index = 0; index < 500; index++) {
      const text = `${index}-${'x'.repeat((index % 7) * 3000)}`;
      expected.push(text);
      if (index % 3 === 0) seen.opened[0]!.send(text);
      else listener.publish('topic', text);
      if (index % 50 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    await until(() => client.received.length === expected.length || client.closed !== undefined);
    t.deepEqual(client.received, expected);
  });

  test(title('I9 a slow subscriber is ended by publishes and the others get everything'), async (t) => {
    const { route, seen } = echo();
    const { port, listener } = await start(t, kind, { setup: (each) => each.route(route) });
    const slow = await new Client(t, ws(port)).open();
    const quick = await new Client(t, ws(port)).open();
    await until(() => seen.opened.length === 2);
    for (const socket of seen.opened) socket.subscribe('topic');
    slow.socket.pause();
    let sent = 0;
    while (seen.closed.length === 0 && sent < 2_000) {
      listener.publish('topic', new Uint8Array(50_000));
      sent += 1;
      await until(() => quick.received.length === sent || quick.closed !== undefined);
    }
    t.is(seen.closed[0]?.socket, seen.opened[0]);
    t.is(quick.closed, undefined);
    t.is(quick.received.length, sent);
  });

  test(title('I9 a message far over the limit drains as one unit, and what follows waits in its order'), async (t) => {
    const { route, seen } = echo();
    const { port, listener } = await start(t, kind, { setup: (each) => each.route(route) });
    const slow = await new Client(t, ws(port)).open();
    const quick = await new Client(t, ws(port)).open();
    await until(() => seen.opened.length === 2);
    for (const socket of seen.opened) socket.subscribe('topic');
    const [socket] = seen.opened;
    const large = new Uint8Array(randomBytes(20_000_000));
    listener.publish('topic', 'before');
    await until(() => slow.received.length === 1);
    slow.socket.pause();
    t.is(socket!.send(large), 'buffered');
    t.true(socket!.bufferedBytes() > route.maxBackpressureBytes);
    for (let index = 0; index < 10; index += 1) {
      listener.publish('topic', `published ${index}`);
      socket!.send(`sent ${index}`);
    }
    socket!.unsubscribe('topic');
    listener.publish('topic', 'for the other');
    socket!.subscribe('news');
    listener.publish('news', 'news');
    await until(() => quick.received.at(-1) === 'for the other');
    t.is(seen.drained.length, 0);
    slow.socket.resume();
    await until(() => slow.received.at(-1) === 'news' || slow.closed !== undefined);
    t.is(slow.closed, undefined);
    t.true(large.every((byte, at) => byte === (slow.received[1] as Buffer)[at]));
    const following = Array.from({ length: 10 }, (_, index) => [`published ${index}`, `sent ${index}`]).flat();
    t.deepEqual(slow.received.slice(2), [...following, 'news']);
    await until(() => seen.drained.length > 0);
    t.is(socket!.bufferedBytes(), 0);
    listener.publish('news', 'natively again');
    socket!.send('end');
    await until(() => slow.received.at(-1) === 'end');
    t.is(slow.received.at(-2), 'natively again');
  });

  test(title('a large message in pieces, text or bytes, arrives as one'), async (t) => {
    const { route, seen } = echo();
    const { port, listener } = await start(t, kind, { setup: (each) => each.route(route) });
    const client = await new Client(t, ws(port)).open();
    await until(() => seen.opened.length === 1);
    const [socket] = seen.opened;
    const bytes = new Uint8Array(randomBytes(300_000));
    socket!.send(
      new Rope([bytes.subarray(0, 3), new Uint8Array(0), bytes.subarray(3, 200_000), bytes.subarray(200_000)]),
    );
    socket!.send(new Rope([bytes.subarray(0, 3), bytes.subarray(3, 9)]));
    const text = 'Gänsefüßchen \u{1f426} '.repeat(20_000);
    socket!.send(text);
    socket!.subscribe('topic');
    listener.publish('topic', text);
    await until(() => client.received.length === 4 || client.closed !== undefined);
    t.deepEqual(client.received, [Buffer.from(bytes), Buffer.from(bytes.subarray(0, 9)), text, text]);
  });

  test(title('I9 the limit of buffered bytes holds behind a large message too'), async (t) => {
    const { route, seen } = echo();
    const { port } = await start(t, kind, { setup: (each) => each.route(route) });
    const client = await new Client(t, ws(port)).open();
    await until(() => seen.opened.length === 1);
    client.socket.pause();
    const [socket] = seen.opened;
    const large = new Uint8Array(20_000_000);
    socket!.send(large);
    let most = 0;
    for (let sent = 0; sent < 100 && socket!.send(new Uint8Array(50_000)) !== 'dropped'; sent += 1) {
      most = socket!.bufferedBytes();
    }
    t.true(most <= large.byteLength + route.maxBackpressureBytes + 100_000, `${most} bytes waited`);
    await until(() => seen.closed.length === 1);
  });

  test(title('I9 a client that stops reading a large message is ended, whatever else it says'), async (t) => {
    const { route, seen } = echo();
    const { port } = await start(t, kind, { setup: (each) => each.route(route) });
    const client = await new Client(t, ws(port)).open();
    await until(() => seen.opened.length === 1);
    client.socket.pause();
    seen.opened[0]!.send(new Uint8Array(20_000_000));
    while (seen.closed.length === 0) {
      if (client.socket.readyState === WebSocket.OPEN) client.socket.send('here');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    t.is(seen.closed[0]!.code, 1006);
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
