/** Many honest people behind one address, as of a school or an office: a real node with its default settings. */
import { setTimeout as delay } from 'node:timers/promises';
import test, { type ExecutionContext } from 'ava';
import WebSocket from 'ws';
import { ERRORS } from '../../../schemas/errors.ts';
import { type Client, connectClient } from '../../support/client.ts';
import { until } from '../../support/helpers.ts';
import { metric } from '../../support/metrics.ts';
import { createWorld, type TestAuthor, type TestNode } from '../../support/node.ts';
import { Article, connectViewer } from '../../support/viewer.ts';

const AUTHORS = 300;
const VIEWERS = 1_000;
const WIDGETS = 1_000;
/** A widget's close code for what passes. */
const OVERLOADED = 4503;
/** Clients that come at a time: so many pages load at once, and the rest soon after. */
const AT_ONCE = 50;
/** Of PROTOCOL, for what is refused: growing pauses with chance in them, milliseconds. */
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 8_000;
/** More than a hundred handshakes a second of one address ask of anybody, however busy the machine is. */
const MAX_TRIES = 40;

/** Retries until it is connected, as PROTOCOL.md asks of clients. */
async function getIn<T>(tryOnce: () => Promise<T | undefined>): Promise<T> {
  let pauseMs = FIRST_PAUSE_MS;
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const client = await tryOnce();
    if (client !== undefined) return client;
    await delay(pauseMs * (0.5 + Math.random() / 2));
    pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
  }
  throw new Error(`not let in after ${MAX_TRIES} tries`);
}

async function allIn<T>(count: number, tryOnce: (index: number) => Promise<T | undefined>): Promise<T[]> {
  const clients: T[] = [];
  let next = 0;
  const lanes = Array.from({ length: AT_ONCE }, async () => {
    while (next < count) {
      const index = next;
      next += 1;
      clients.push(await getIn(() => tryOnce(index)));
    }
  });
  await Promise.all(lanes);
  return clients;
}

/** A refusal is one that passes: 429 at the handshake, `overloaded`, or `unavailable` when the database did not answer in time. */
function connected<C extends Client>(t: ExecutionContext, client: C): C | undefined {
  if (client.socket.connected) return client;
  if (client.refused !== undefined) t.true(ERRORS[client.refused.code].retryable, client.refused.code);
  client.socket.disconnect();
  return undefined;
}

/** A widget's socket that shows its page; undefined when it was refused for now. */
function connectWidget(t: ExecutionContext, { port }: TestNode, slug: string): Promise<WebSocket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/w?documents=${slug}`, { perMessageDeflate: false });
    t.teardown(() => socket.terminate());
    socket.on('error', () => undefined);
    socket.on('message', () => resolve(socket));
    socket.on('close', (code) => {
      if (code === OVERLOADED) resolve(undefined);
      else reject(new Error(`closed with ${code}`));
    });
  });
}

test('I9 300 authors and 2,000 readers behind one address get in', async (t) => {
  t.timeout(600_000);
  const world = await createWorld(t);
  const node = await world.node({ LISTENER: 'uws' });
  const owner = await world.author();
  const article = await Article.make(node, owner);
  await article.publish('one');
  const authors: TestAuthor[] = [];
  while (authors.length < AUTHORS) authors.push(await world.author());

  const [writing, viewing, showing] = await Promise.all([
    allIn(AUTHORS, async (index) => {
      const author = authors[index] ?? owner;
      return connected(t, await connectClient(t, node.url, { author }));
    }),
    allIn(VIEWERS, async () => connected(t, await connectViewer(t, node.url))),
    allIn(WIDGETS, () => connectWidget(t, node, article.slug)),
  ]);

  // All of them at the same time: nobody's coming ended somebody else's socket.
  t.is(writing.filter(({ socket }) => socket.connected).length, AUTHORS);
  t.is(viewing.filter(({ socket }) => socket.connected).length, VIEWERS);
  t.is(showing.filter(({ readyState }) => readyState === WebSocket.OPEN).length, WIDGETS);
  t.is(await metric(node, 'stet_sockets'), AUTHORS);
  t.is(await metric(node, 'stet_viewers'), VIEWERS);
  t.is(await metric(node, 'stet_widgets'), WIDGETS);
  // And all of them hear of what is new.
  const heard = showing.map((socket) => new Promise((resolve) => socket.once('message', resolve)));
  t.true((await viewing[0]?.watch(article.slug))?.ok);
  await article.publish('two');
  await Promise.all(heard);
  await until(() => viewing[0]?.frames.some(({ event }) => event === 'revision') === true);
  const { user, system } = process.cpuUsage();
  t.log(`${Math.round((user + system) / 1e5) / 10} s of CPU for clients, node and start`);
});
