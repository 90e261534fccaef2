// A flood of handshakes from everywhere, and the tickets with which signed-in authors come in all the same.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import WebSocket from 'ws';
import { HandshakeRate } from '../../../src/gateway/access/handshake.ts';
import { createHandshakeTickets } from '../../../src/gateway/access/handshake-tickets.ts';
import { connectClient } from '../../support/client.ts';
import { createWorld, LISTENERS, type TestAuthor, type TestNode } from '../../support/node.ts';
import { editor } from '../../support/sdk.ts';

test.beforeEach((t) => t.timeout(60_000));

const DAY_MS = 86_400_000;
const USER = '0199a0b0-0000-7000-8000-000000000001';
const OTHER = '0199a0b0-0000-7000-8000-000000000002';
const LIMITS = {
  maxHandshakesPerSecond: 500,
  maxHandshakesPerAddressPerSecond: 100,
  maxHandshakesPerUserPerSecond: 20,
};

test('I9 two hundred addresses leave a quarter of the handshakes to those with tickets, wherever these come from', (t) => {
  let now = 0;
  const rate = new HandshakeRate(LIMITS, { now: () => now });
  for (let second = 0; second < 5; second += 1) {
    let strangers = 0;
    for (let n = 0; n < 200 * 100; n += 1) if (rate.take(`198.51.100.${n % 200}`)) strangers += 1;
    t.is(strangers, 375);
    t.false(rate.take('203.0.113.1'), 'without a ticket, from a new address');
    for (let n = 0; n < 125; n += 1) t.true(rate.take(`203.0.113.${n}`, `user-${n}`), `${second} s: author ${n}`);
    t.false(rate.take('203.0.113.1', 'one-more'), 'the limit of the node holds');
    now += 1_000;
  }
});

test('I9 an IPv6 network has the handshakes of one address', (t) => {
  const rate = new HandshakeRate(LIMITS, { now: () => 0 });
  const taken = (address: (n: number) => string) =>
    Array.from({ length: 200 }, (_, n) => rate.take(address(n))).filter(Boolean).length;
  t.is(
    taken((n) => `2001:db8::${n.toString(16)}`),
    100,
  );
  t.is(
    taken((n) => `2001:db8:0:1::${n.toString(16)}`),
    100,
    'another network has its own',
  );
});

test('I9 tickets of one user do not use up what is reserved, and beyond count as none', (t) => {
  const rate = new HandshakeRate(LIMITS, { now: () => 0 });
  for (let n = 0; n < 400; n += 1) rate.take(`198.51.100.${n}`);
  const taken = (userId: string) =>
    Array.from({ length: 200 }, (_, n) => rate.take(`203.0.113.${n}`, userId)).filter(Boolean).length;
  t.is(taken(USER), 20);
  t.is(taken(OTHER), 20, 'and leave another theirs');
  const quiet = new HandshakeRate(LIMITS, { now: () => 0 });
  const many = Array.from({ length: 60 }, () => quiet.take('203.0.113.1', USER));
  t.true(many.every(Boolean), 'while nothing storms the node a user may come more often');
});

test('I9 a forged ticket, one of another installation and an expired one are not accepted', (t) => {
  let now = 1_764_000_000_000;
  const secret = new Uint8Array(32).fill(1);
  const tickets = createHandshakeTickets(secret, { now: () => now });
  const { ticket, expiresAt } = tickets.issue(USER, now + DAY_MS);
  t.is(expiresAt, now + DAY_MS);
  const shown = (query: unknown) => tickets.userOf(query, undefined, true);
  t.is(shown(ticket), USER);
  t.is(
    createHandshakeTickets(secret, { now: () => now }).userOf(ticket, undefined, true),
    USER,
    'another node knows it',
  );

  const [user = '', end = '', signature = ''] = ticket.split('.');
  const foreign = createHandshakeTickets(new Uint8Array(32).fill(2), { now: () => now }).issue(USER, now + DAY_MS);
  const forged: unknown[] = [
    foreign.ticket,
    `${OTHER}.${end}.${signature}`,
    `${user}.${(expiresAt + DAY_MS).toString(36)}.${signature}`,
    `${user}.${end}.${signature.startsWith('A') ? 'B' : 'A'}${signature.slice(1)}`,
    `${user}.${end}.${signature.slice(1)}`,
    `${user}.${end}`,
    `${ticket}\n`,
    '',
    [ticket],
    undefined,
    null,
    'x'.repeat(100_000),
  ];
  for (const [at, each] of forged.entries()) t.is(shown(each), undefined, `forgery ${at}`);
  t.is(tickets.userOf(foreign.ticket, `a=b; __Host-stet-ticket=${ticket}`, true), USER, 'the cookie counts besides');
  t.is(tickets.userOf(null, `stet-ticket=${ticket}`, true), undefined, 'not a plain cookie over TLS');
  t.is(tickets.userOf(null, `stet-ticket=${ticket}`, false), USER);

  now += DAY_MS - 1;
  t.is(shown(ticket), USER);
  now += 1;
  t.is(shown(ticket), undefined);
  t.is(tickets.issue(USER, now + 400 * DAY_MS).expiresAt, now + 30 * DAY_MS, 'however long a token lives');
});

/** A client at an address, behind a proxy that speaks TLS. */
const from = (address: string) => ({ 'x-forwarded-for': address, 'x-forwarded-proto': 'https' });

/** Two hundred addresses come in and say nothing, until each kind of socket is refused. */
async function flood(t: ExecutionContext, { url }: TestNode, documentId: string): Promise<void> {
  const attempt = (path: string, n: number): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = new WebSocket(url.replace('http', 'ws') + path, { headers: from(`198.51.100.${n}`) });
      t.teardown(() => socket.terminate());
      socket.on('open', () => resolve(true));
      socket.on('error', () => resolve(false));
    });
  for (const path of ['/socket.io/?EIO=4&transport=websocket', `/y/${documentId}?token=none`]) {
    let isRefused = false;
    while (!isRefused) {
      const crowd = await Promise.all(Array.from({ length: 200 }, (_, n) => attempt(path, n)));
      isRefused = crowd.includes(false);
    }
  }
}

async function ticketOf(node: TestNode, author: TestAuthor): Promise<string> {
  const answer = await node.call('GET', '/v1/handshake-ticket', author);
  return ((await answer.json()) as { ticket: string }).ticket;
}

for (const LISTENER of LISTENERS) {
  test.serial(
    `${LISTENER} I9 in a flood from two hundred addresses authors with tickets come in from new ones, at a node that just started`,
    async (t) => {
      const world = await createWorld(t);
      const authors = await Promise.all(Array.from({ length: 5 }, () => world.author()));
      const documents = await Promise.all(authors.map((author) => world.document(author)));
      const [first = ''] = documents;
      const earlier = await world.node({ LISTENER });
      const tickets = await Promise.all(authors.map((author) => ticketOf(earlier, author)));
      await earlier.close();
      // 30 are reserved, and the authors come with 20.
      const node = await world.node({ LISTENER, TRUSTED_PROXIES: '127.0.0.1', MAX_HANDSHAKES_PER_SECOND: '120' });
      const overY = (n: number, query: Record<string, string>, headers: Record<string, string>): Promise<number> =>
        new Promise((resolve, reject) => {
          const address = `${node.url.replace('http', 'ws')}/y/${documents[n]}?${new URLSearchParams(query)}`;
          const socket = new WebSocket(address, { headers });
          t.teardown(() => socket.terminate());
          socket.on('message', (data: Buffer) => resolve(data[0] ?? -1));
          socket.on('close', (code, reason) => reject(new Error(`${code} ${reason}`)));
          socket.on('error', reject);
        });
      await flood(t, node, first);
      const [, frames] = await Promise.all([
        Promise.all(
          authors.flatMap(({ token }, n) =>
            [
              { query: { ticket: tickets[n] ?? '' }, auth: { token }, headers: from(`203.0.113.${n}`) },
              {
                headers: {
                  ...from(`203.0.113.${n + 100}`),
                  cookie: `__Host-stet=${token}; __Host-stet-ticket=${tickets[n]}`,
                },
                auth: {},
              },
            ].map(async (options) => {
              const { socket, ended } = await connectClient(t, node.url, options);
              t.true(socket.connected, ended);
            }),
          ),
        ),
        Promise.all(
          authors.flatMap(({ token }, n) => [
            overY(n, { token, ticket: tickets[n] ?? '' }, from(`203.0.113.${n + 50}`)),
            overY(
              n,
              {},
              {
                ...from(`203.0.113.${n + 150}`),
                cookie: `__Host-stet=${token}; __Host-stet-ticket=${tickets[n]}`,
              },
            ),
          ]),
        ),
        flood(t, node, first),
      ]);
      t.is(frames.length, 10);
    },
  );
}

test('I9 the SDK shows a ticket once a handshake was refused', async (t) => {
  const shown: (string | null)[] = [];
  const asked: (string | undefined)[] = [];
  let found: (() => void) | undefined;
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ ticket: 'the-ticket', expiresAt: new Date(Date.now() + 30 * DAY_MS).toISOString() }));
  });
  server.on('upgrade', (request, socket) => {
    shown.push(new URL(request.url ?? '', 'http://localhost').searchParams.get('ticket'));
    socket.on('error', () => undefined);
    socket.end('HTTP/1.1 429 Too Many Requests\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
    if (shown.filter((ticket) => ticket !== null).length === 3) found?.();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.teardown(() => server.close());
  await new Promise<void>((resolve) => {
    found = resolve;
    editor(t, `http://127.0.0.1:${(server.address() as AddressInfo).port}`, { token: 'secret' } as TestAuthor);
  });
  t.is(shown[0], null, 'nothing is asked for in advance');
  t.is(shown.at(-1), 'the-ticket');
  t.deepEqual(asked, ['Bearer secret'], 'once');
});
