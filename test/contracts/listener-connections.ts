/** What every listener does with connections: malformed and endless heads, bounds, many at once, and the drain. */
import http from 'node:http';
import net from 'node:net';
import type { TestFn } from 'ava';
import { createListener } from '../../src/gateway/listener/create-listener.ts';
import { UnreadBytes } from '../../src/gateway/listener/unread-bytes.ts';
import {
  ask,
  deferred,
  type Kind,
  limits,
  memoryLog,
  RawClient,
  start,
  unreadLimits,
  until,
} from '../support/listener-harness.ts';

export function connectionsContract(test: TestFn, kind: Kind): void {
  const title = (text: string): string => `${kind}: ${text}`;

  test(title('I10 malformed requests end their own connection and nobody else is concerned'), async (t) => {
    const { port, origin } = await start(t, kind);
    const hostile = [
      'GARBAGE\r\n\r\n',
      'GET / HTTP/9.9\r\nHost: a\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: x\r\n\r\n',
      'GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n',
      'GET / HTTP/1.1\r\nHo st: a\r\n\r\n',
      'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n',
      '\x16\x03\x01\x02\x00\x01\x00\x01',
    ];
    for (const text of hostile) {
      const client = new RawClient(t, port).send(text);
      await until(() => client.closed || /^HTTP\/1.1 (?:4\d\d|505) /.test(client.received));
      client.socket.destroy();
      t.is(await (await fetch(origin)).text(), 'hello', text);
    }
  });

  test(title('I9 a huge head is answered 431 or cut, and others are served'), async (t) => {
    const { port, origin } = await start(t, kind);
    const client = new RawClient(t, port);
    client.send(`GET / HTTP/1.1\r\nHost: a\r\nX-Big: ${'x'.repeat(100_000)}\r\n\r\n`);
    await client.closes();
    t.true(client.received === '' || client.received.startsWith('HTTP/1.1 431 '));
    t.is(await (await fetch(origin)).text(), 'hello');
  });

  test(title('I9 a head that never ends is dropped in time, and others are served meanwhile'), async (t) => {
    const { port, origin } = await start(t, kind, { limits: { headersTimeoutMs: 2_000 } });
    const client = new RawClient(t, port).send('GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    const drip = setInterval(() => client.socket.writable && client.send('x'), 500);
    t.teardown(() => clearInterval(drip));
    t.is(await (await fetch(origin)).text(), 'hello');
    await client.closes();
    t.false(client.received.includes('200 OK'));
  });

  test(
    title(
      'I9 a connection over maxConnections is closed, or the one that has been idle longest, and room made is room again',
    ),
    async (t) => {
      const { port } = await start(t, kind, { limits: { maxConnections: 2 } });
      const one = new RawClient(t, port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      const two = new RawClient(t, port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await Promise.all([one.receives('hello'), two.receives('hello')]);
      if (kind === 'node') {
        // uWS does not show which connections are idle.
        const three = new RawClient(t, port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
        await three.receives('hello');
        await one.closes();
        t.false(two.closed);
        return;
      }
      const three = new RawClient(t, port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await three.closes();
      t.is(three.received, '');
      one.socket.destroy();
      await one.closes();
      let served = '';
      while (served === '') {
        const four = new RawClient(t, port).send('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
        await four.closes();
        served = four.received;
      }
      t.true(served.startsWith('HTTP/1.1 200 OK'));
    },
  );

  test(title('I9 connections of an address over its bound are closed, and those of a proxy are not'), async (t) => {
    const { port } = await start(t, kind, {
      // None may close by itself while the others come, however slow the machine is.
      limits: { maxConnectionsPerAddress: 3, keepAliveTimeoutMs: 120_000 },
      isProxy: (address) => address === '127.0.0.2',
    });
    const openOf = async (localAddress: string): Promise<number> => {
      const sockets: net.Socket[] = [];
      for (let index = 0; index < 12; index += 1) {
        const socket = net.connect({ port, host: '127.0.0.1', localAddress });
        socket.on('error', () => undefined);
        t.teardown(() => socket.destroy());
        socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
        // An answer, or none.
        await new Promise((resolve) => socket.once('data', resolve).once('close', resolve));
        sockets.push(socket);
      }
      return sockets.filter(({ closed }) => !closed).length;
    };
    t.is(await openOf('127.0.0.2'), 12);
    for (const address of ['127.0.0.1', '127.0.0.3']) {
      const open = await openOf(address);
      // uWS does not count by itself: some come in while the system is asked.
      t.true(kind === 'uws' ? open >= 3 && open < 12 : open === 3, `${open} of ${address}`);
    }
  });

  test(title('a thousand requests go over one kept connection'), async (t) => {
    const { origin } = await start(t, kind, { fetch: (request) => new Response(request.url) });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    t.teardown(() => agent.destroy());
    const ports = new Set<number>();
    for (let index = 0; index < 1000; index++) {
      const answer = await ask(`${origin}/${index}`, agent);
      if (answer.body !== `${origin}/${index}`) t.fail(answer.body);
      ports.add(answer.localPort);
    }
    t.is(ports.size, 1);
  });

  test(title('two hundred concurrent requests get each their own answer'), async (t) => {
    const { origin } = await start(t, kind, {
      fetch: async (request) => {
        const text = await request.text();
        await new Promise((resolve) => setImmediate(resolve));
        return new Response(text.toUpperCase());
      },
    });
    const agent = new http.Agent({ keepAlive: true, maxSockets: 50 });
    t.teardown(() => agent.destroy());
    const bodies = Array.from({ length: 200 }, (_, index) => `body-${index}-${'z'.repeat(index * 50)}`);
    const answers = await Promise.all(bodies.map((body) => ask(origin, agent, { method: 'POST' }, body)));
    t.deepEqual(
      answers.map(({ body }) => body),
      bodies.map((body) => body.toUpperCase()),
    );
  });

  test(title('a port in use is a rejection'), async (t) => {
    const { port } = await start(t, kind);
    const second = await createListener(kind, {
      fetch: () => new Response(''),
      unread: new UnreadBytes(unreadLimits),
      limits,
      log: memoryLog(),
    });
    await t.throwsAsync(second.listen({ host: '127.0.0.1', port }));
  });

  test(title('drain: no new connections, kept ones are answered with Connection: close'), async (t) => {
    const { listener, port } = await start(t, kind);
    const kept = new RawClient(t, port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await kept.receives('hello');
    t.notRegex(kept.received, /connection: close/i);
    listener.stopAccepting();
    const late = new RawClient(t, port);
    await late.closes();
    kept.send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => kept.received.split('hello').length === 3);
    t.regex(kept.received, /connection: close/i);
    await kept.closes();
  });

  test(title('drain: close waits for what is in flight'), async (t) => {
    const release = deferred();
    const begun = deferred();
    const { listener, port } = await start(t, kind, {
      fetch: async () => {
        begun.resolve();
        await release.promise;
        return new Response('made it');
      },
    });
    const client = new RawClient(t, port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    await begun.promise;
    let closed = false;
    const closing = listener.close(60_000).then(() => {
      closed = true;
    });
    await new Promise((resolve) => setImmediate(resolve));
    t.false(closed);
    release.resolve();
    await closing;
    await client.closes();
    t.true(client.received.includes('made it'));
  });

  test(title('drain: after the deadline what is in flight is cut and its signal aborts'), async (t) => {
    const begun = deferred<AbortSignal>();
    const { listener, port } = await start(t, kind, {
      fetch: (request) => {
        begun.resolve(request.signal);
        return new Promise<Response>(() => undefined);
      },
    });
    const client = new RawClient(t, port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
    const signal = await begun.promise;
    await listener.close(50);
    await client.closes();
    t.is(client.received, '');
    t.true(signal.aborted);
  });
}
