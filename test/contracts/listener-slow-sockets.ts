/** What every listener does with WebSockets that read slowly: what is buffered, in which order it drains, and who is disconnected. */
import { randomBytes } from 'node:crypto';
import type { TestFn } from 'ava';
import WebSocket from 'ws';
import type { SendOutcome } from '../../src/gateway/listener/listener.ts';
import { Rope } from '../../src/lib/msgpack/rope.ts';
import { type Kind, start, until } from '../support/listener-harness.ts';
import { Client, echo, ws } from '../support/web-sockets.ts';

export function slowSocketsContract(test: TestFn, kind: Kind): void {
  const title = (text: string): string => `${kind}: ${text}`;

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
}
