/** One address does not take what all have to share. Real nodes on both listeners; the clients come from loopback addresses. */
import { once } from 'node:events';
import { request } from 'node:http';
import { connect, type Socket } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import WebSocket from 'ws';
import { createAddressQuota } from '../../../src/gateway/access/address-quota.ts';
import { connectClient } from '../../support/client.ts';
import { until } from '../../support/helpers.ts';
import { metricSum } from '../../support/metrics.ts';
import { createWorld, LISTENERS, type TestNode } from '../../support/node.ts';
import { Article, connectViewer } from '../../support/viewer.ts';

test.beforeEach((t) => t.timeout(120_000));

/** Connections that say nothing, or the beginning of a head. */
async function idle(t: ExecutionContext, { port }: TestNode, address: string, count: number, says = '') {
  const sockets: Socket[] = [];
  for (let index = 0; index < count; index += 1) {
    const socket = connect({ port, host: '127.0.0.1', localAddress: address });
    socket.on('error', () => undefined);
    t.teardown(() => socket.destroy());
    await once(socket, 'connect');
    if (says) socket.write(says);
    sockets.push(socket);
  }
  return { sockets, open: () => sockets.filter((socket) => !socket.closed).length };
}

/** The status of a request from an address; 0: the connection was closed. */
function statusFrom({ url }: TestNode, localAddress: string, path = '/healthz'): Promise<number> {
  return new Promise((resolve) => {
    const sent = request(`${url}${path}`, { localAddress, agent: false }, (answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
    });
    sent.on('error', () => resolve(0));
    sent.end();
  });
}

/** "I have nothing", of the y-websocket protocol. */
const EMPTY_STEP_1 = Uint8Array.of(0, 0, 1, 0);

const signedInSockets = (node: TestNode): Promise<number> =>
  metricSum(node, 'stet_sockets', 'stet_followers', 'stet_viewers');

test('an address has a quota, and what is released can be used again', (t) => {
  let room = true;
  const shares = createAddressQuota(2, () => room);
  t.true(shares.acquire('a') && shares.acquire('a'));
  t.false(shares.acquire('a'));
  t.true(shares.acquire('b'));
  t.is(shares.total(), 3);
  t.is(shares.count('a'), 2);
  t.is(shares.count('c'), 0);
  shares.release('a');
  t.true(shares.hasRoom('a') && shares.acquire('a'));
  room = false;
  t.false(shares.acquire('c') || shares.hasRoom('c'));
  for (const one of ['a', 'a', 'a', 'b', 'never']) shares.release(one);
  t.is(shares.total(), 0);
});

for (const LISTENER of LISTENERS) {
  test.serial(`${LISTENER}: I9 idle and dripping connections of one address leave room for others`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER, MAX_CONNECTIONS_PER_ADDRESS: '50' });
    const ann = await world.author();
    const silent = await idle(t, node, '127.0.0.2', 200);
    const dripping = await idle(t, node, '127.0.0.3', 200, 'GET / HTTP/1.1\r\nHost: a\r\nX-Slow: ');
    await until(() => silent.open() <= 50 && dripping.open() <= 50);
    t.is(await statusFrom(node, '127.0.0.4'), 200);
    t.true((await connectClient(t, node.url, { author: ann })).socket.connected);
    // What is closed is room again.
    for (const { sockets } of [silent, dripping]) for (const socket of sockets) socket.destroy();
    await until(async () => (await statusFrom(node, '127.0.0.2')) === 200);
  });

  test.serial(`${LISTENER}: I9 a node full of anonymous connections accepts a returning author`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER, MAX_SOCKETS: '100', RESERVED_AUTHOR_PERCENT: '10' });
    const ann = await world.author();
    const before = await connectClient(t, node.url, { author: ann });
    before.socket.close();
    // They come from elsewhere, and again as soon as they are closed.
    const addresses = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
    const crowds = await Promise.all(addresses.map((address) => idle(t, node, address, 60)));
    let isOver = false;
    const coming = (async () => {
      while (!isOver) for (const address of addresses) crowds.push(await idle(t, node, address, 3));
    })();
    for (let tries = 0; tries < 5; tries += 1) {
      const { socket } = await connectClient(t, node.url, { author: ann });
      t.true(socket.connected, `try ${tries}`);
      socket.close();
    }
    isOver = true;
    await coming;
  });

  test.serial(
    `${LISTENER}: I9 signed-in users do not use up the quota of anonymous users of their address`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER, MAX_CONNECTIONS_PER_ADDRESS: '20' });
      const ann = await world.author();
      const doc = await world.document(ann);
      const signedIn: { close: () => void }[] = [];
      // Three times as many as the address may have of strangers: authors, signed-in viewers, stock Yjs clients.
      for (let index = 0; index < 20; index += 1) {
        const author = await connectClient(t, node.url, { author: ann });
        const viewer = await connectViewer(t, node.url, { author: ann });
        const stock = new WebSocket(`ws://127.0.0.1:${node.port}/y/${doc}?token=${ann.token}`);
        t.teardown(() => stock.terminate());
        let hears = false;
        stock.on('error', () => undefined);
        stock.on('open', () => stock.send(EMPTY_STEP_1));
        stock.on('message', () => {
          hears = true;
        });
        await until(() => hears || stock.readyState === WebSocket.CLOSED);
        const refusals = [author.refused?.code ?? author.ended, viewer.refused?.code ?? viewer.ended];
        t.deepEqual([...refusals, hears], [undefined, undefined, true], `after ${3 * index}`);
        signedIn.push(author.socket, viewer.socket, stock);
      }
      // A few at a time, and again: uWS counts what comes while it asks the system twice, for a moment.
      const strangers: Awaited<ReturnType<typeof idle>>[] = [];
      const open = () => strangers.reduce((sum, some) => sum + some.open(), 0);
      const fiveMore = async () => void strangers.push(await idle(t, node, '127.0.0.1', 5));
      await until(async () => {
        await fiveMore();
        return open() >= 20;
      });
      // Who has left leaves strangers nothing.
      for (const one of signedIn) one.close();
      await until(async () => (await signedInSockets(node)) === 0);
      await until(async () => {
        await fiveMore();
        return (await statusFrom(node, '127.0.0.1')) === 0;
      });
      t.true(open() < 40, `${open()} open`);
    },
  );

  test.serial(`${LISTENER}: I9 widgets of one address leave room for those of others, and for authors`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({
      LISTENER,
      MAX_WIDGETS_PER_ADDRESS: '10',
      MAX_SOCKETS: '30',
      RESERVED_AUTHOR_PERCENT: '50',
    });
    const ann = await world.author();
    const article = await Article.make(node, ann);
    await article.publish('one');
    const follow = (localAddress: string) => {
      const socket = new WebSocket(`ws://127.0.0.1:${node.port}/w?documents=${article.slug}`, { localAddress });
      const state = { shown: false, code: 0 };
      socket.on('message', () => {
        state.shown = true;
      });
      socket.on('close', (code) => {
        state.code = code;
      });
      socket.on('error', () => undefined);
      t.teardown(() => socket.terminate());
      return { socket, state };
    };
    const settled = ({ state }: ReturnType<typeof follow>) => state.shown || state.code !== 0;
    const greedy = [];
    for (let index = 0; index < 14; index += 1) {
      const one = follow('127.0.0.2');
      await until(() => settled(one));
      greedy.push(one);
    }
    t.is(greedy.filter(({ state }) => state.shown).length, 10);
    t.true(
      greedy.slice(10).every(({ state }) => state.code === 4503),
      JSON.stringify(greedy.map(({ state }) => state)),
    );
    // Of 30 connections strangers have 15.
    const others = [];
    for (let index = 0; index < 8; index += 1) {
      const one = follow(`127.0.0.${10 + index}`);
      await until(() => settled(one));
      others.push(one);
    }
    t.is(others.filter(({ state }) => state.shown).length, 5);
    for (let index = 0; index < 5; index += 1) {
      t.true((await connectClient(t, node.url, { author: ann })).socket.connected);
    }
    greedy[0]?.socket.terminate();
    await until(async () => {
      const one = follow('127.0.0.2');
      await until(() => settled(one));
      return one.state.shown;
    });
  });

  test.serial(`${LISTENER}: I9 requests in progress of one address are bounded, and others are answered`, async (t) => {
    const world = await createWorld(t);
    const node = await world.node({ LISTENER, MAX_REQUESTS_PER_ADDRESS: '5' });
    const article = await Article.make(node, await world.author());
    await article.publish('one');
    const path = `/v1/public/${article.slug}/events?after=1&wait=60`;
    const waiting: Socket[] = [];
    for (let index = 0; index < 5; index += 1) {
      const socket = connect({ port: node.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
      socket.on('error', () => undefined);
      t.teardown(() => socket.destroy());
      socket.write(`GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`);
      waiting.push(socket);
    }
    await until(async () => (await statusFrom(node, '127.0.0.2')) === 429);
    t.is(await statusFrom(node, '127.0.0.3'), 200);
    for (const socket of waiting) socket.destroy();
    await until(async () => (await statusFrom(node, '127.0.0.2')) === 200);
  });

  test.serial(`${LISTENER}: I9 event streams and long polls of signed-in users count by user`, async (t) => {
    const world = await createWorld(t);
    const limits = { MAX_REQUESTS_PER_ADDRESS: '5', MAX_CONNECTIONS_PER_ADDRESS: '20', MAX_SOCKETS_PER_USER: '30' };
    const node = await world.node({ LISTENER, ...limits });
    const ann = await world.author();
    const doc = await world.document(ann);
    const follow = (how: string, head: string): Socket => {
      const socket = connect({ port: node.port, host: '127.0.0.1', localAddress: '127.0.0.2' });
      socket.on('error', () => undefined);
      t.teardown(() => socket.destroy());
      socket.write(
        `GET /v1/documents/${doc}/events${how} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${ann.token}\r\n${head}\r\n`,
      );
      return socket;
    };
    const open: Socket[] = [];
    // Five times the requests of an address, and more than its connections. The next comes when the one before is in.
    for (let index = 0; index < 15; index += 1) {
      open.push(follow('', 'Accept: text/event-stream\r\n'), follow('?wait=30', ''));
      await until(async () => (await signedInSockets(node)) === open.length);
    }
    t.is(await statusFrom(node, '127.0.0.2'), 200);
    // The user has a bound.
    const more = follow('', 'Accept: text/event-stream\r\n');
    t.regex(String(await once(more, 'data')), /^HTTP\/1.1 429 /);
    more.destroy();
    // Whoever leaves takes the room along.
    for (const socket of open) socket.destroy();
    await until(async () => (await signedInSockets(node)) === 0);
    const strangers: Awaited<ReturnType<typeof idle>>[] = [];
    await until(async () => {
      strangers.push(await idle(t, node, '127.0.0.2', 5));
      return (await statusFrom(node, '127.0.0.2')) === 0;
    });
    // Some more than 20 come in while the system is asked. Had the 30 left their room to strangers, it would be 50.
    const left = strangers.reduce((sum, some) => sum + some.open(), 0);
    t.true(left < 45, `${left} open`);
  });
}
