/** What the listeners answer by themselves: problem documents that say to browsers what the site's answers say. */
import test, { type ExecutionContext } from 'ava';
import { Server } from 'socket.io';
import { createAddressQuota } from '../../../src/gateway/access/address-quota.ts';
import { securityHeaders } from '../../../src/gateway/http/security-headers.ts';
import type { Listener } from '../../../src/gateway/listener/listener.ts';
import { loadUws } from '../../../src/gateway/listener/uws-module.ts';
import { type Kind, limits, RawClient, start } from '../../support/listener-harness.ts';

const loaded = loadUws(limits.maxHeaderBytes);
const KINDS: readonly Kind[] = loaded.ok ? ['uws', 'node'] : ['node'];

const TLS = 'X-Forwarded-Proto: https\r\n';
const UPGRADE = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
const KEY = 'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
const head = (request: string, headers: string, host = 'stet.example'): string =>
  `${request} HTTP/1.1\r\nHost: ${host}\r\n${headers}\r\n`;

/** A listener that refuses whatever comes. */
async function refusing(t: ExecutionContext, kind: Kind): Promise<{ listener: Listener; port: number }> {
  const io = new Server({
    transports: ['websocket'],
    serveClient: false,
    allowRequest: ({ headers }, decide) => decide(headers['x-busy'] ? 'rate_limited' : null, false),
  });
  t.teardown(() => io.close());
  const requests = createAddressQuota(1);
  return await start(t, kind, {
    limits: { requestTimeoutMs: 100 },
    requests,
    clientOf: (_address, header) => header('x-real-ip') ?? '1.1.1.1',
    securityHeadersOf: ({ secure }, header) =>
      securityHeaders(header('host'), secure || header('x-forwarded-proto') === 'https'),
    fetch: async (request) => {
      if (request.url.endsWith('/fails')) throw new Error('as it should');
      requests.acquire('2.2.2.2');
      return new Response(await request.text());
    },
    setup: (listener) => {
      listener.attachSocketIo(io);
      listener.route({
        path: '/socket',
        maxPayloadBytes: 1_000,
        idleTimeoutSeconds: 30,
        maxBackpressureBytes: 1_000_000,
        upgrade: ({ headers }) => {
          if (headers.has('x-fails')) throw new Error('as it should');
          if (headers.has('x-comes-in')) return { accept: true, data: undefined };
          return { accept: false, code: 'forbidden' };
        },
        open: () => undefined,
        message: () => undefined,
        close: () => undefined,
      });
    },
  });
}

/** An answer by its parts, once its connection is closed or it is whole. */
async function answerTo(t: ExecutionContext, port: number, request: string) {
  const client = new RawClient(t, port).send(request);
  await client.receives('\r\n\r\n{');
  await client.receives('}');
  client.socket.destroy();
  const [start = '', body = ''] = client.received.split('\r\n\r\n');
  const [line = '', ...fields] = start.split('\r\n');
  const headers = new Map(fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field]));
  return { status: Number(line.split(' ')[1]), headers, code: (JSON.parse(body) as { code: string }).code };
}

type Case = readonly [status: number, code: string, request: string];

const CASES: readonly Case[] = [
  [408, 'request_timeout', `${head('POST /', `${TLS}Content-Length: 5\r\n`)}hel`],
  [413, 'body_too_large', head('POST /', `${TLS}Content-Length: 1000001\r\n`)],
  [500, 'internal', head('GET /fails', TLS)],
  [400, 'websocket_only', head('GET /socket.io/?EIO=4&transport=polling', TLS)],
  [403, 'forbidden', head('GET /socket', TLS + UPGRADE + KEY)],
  [500, 'internal', head('GET /socket', `${TLS}X-Fails: yes\r\n${UPGRADE}${KEY}`)],
  [403, 'forbidden', head('GET /socket.io/?EIO=4&transport=websocket', TLS + UPGRADE + KEY)],
  [429, 'rate_limited', head('GET /socket.io/?EIO=4&transport=websocket', `${TLS}X-Busy: yes\r\n${UPGRADE}${KEY}`)],
  [400, 'bad_request', head('GET /socket.io/?EIO=4&transport=pigeon', TLS + UPGRADE + KEY)],
];
const OF_ONE: Readonly<Record<Kind, readonly Case[]>> = {
  // What uWS cannot read it answers by itself, as no browser asks.
  uws: [
    [400, 'bad_request', `${head('POST /', `${TLS}Content-Length: 5\r\nContent-Length: 5\r\n`)}hello`],
    [411, 'length_required', `${head('POST /', `${TLS}Transfer-Encoding: chunked\r\n`)}0\r\n\r\n`],
    [400, 'bad_request', head('GET /socket', `${TLS + UPGRADE + KEY}Content-Length: 5\r\n`)],
    [400, 'bad_request', head('GET /socket.io/?EIO=4', `${TLS + UPGRADE + KEY}Content-Length: 5\r\n`)],
  ],
  node: [
    [400, 'bad_request', head('GET http://a:99999/', TLS)],
    [400, 'bad_request', head('GET /socket', `${TLS + UPGRADE}X-Comes-In: yes\r\nSec-WebSocket-Key: short\r\n`)],
    [400, 'bad_request', head('GET /socket.io/?EIO=4&transport=pigeon', `${TLS + UPGRADE}Sec-WebSocket-Key: a\r\n`)],
  ],
};
/** Nobody knows what these would be about. */
const UNREADABLE: readonly Case[] = [
  [400, 'bad_request', head('POST /', 'Content-Length: 5, 5\r\n')],
  [400, 'bad_request', 'GARBAGE\r\n\r\n'],
  [400, 'bad_request', `GET / HTTP/1.1\r\n${TLS}\r\n`],
  [431, 'headers_too_large', head('GET /', `X-Big: ${'x'.repeat(100_000)}\r\n`)],
];

for (const kind of KINDS) {
  test(`${kind}: the listener's own answers bear the policies of the site`, async (t) => {
    const { port } = await refusing(t, kind);
    for (const [status, code, request] of [...CASES, ...OF_ONE[kind]]) {
      const title = request.slice(0, 200);
      const answer = await answerTo(t, port, request);
      t.is(answer.status, status, title);
      t.is(answer.code, code, title);
      t.regex(answer.headers.get('content-security-policy') ?? '', /: default-src 'none'/, title);
      t.regex(answer.headers.get('x-content-type-options') ?? '', /: nosniff$/, title);
      t.regex(answer.headers.get('strict-transport-security') ?? '', /: max-age=31536000$/, title);
      for (const other of [request.replace(TLS, ''), request.replace('stet.example', 'localhost:8443')]) {
        t.false((await answerTo(t, port, other)).headers.has('strict-transport-security'), title);
      }
    }
  });

  test(`${kind}: so do those of requests over an address's share, and of a node that goes away`, async (t) => {
    const { listener, port } = await refusing(t, kind);
    const rateLimited = head('GET /', `${TLS}X-Real-IP: 2.2.2.2\r\n`);
    const kept = new RawClient(t, port).send(head('GET /', '')); // takes the other's share
    await kept.receives('200 OK');
    const answer = await answerTo(t, port, rateLimited);
    t.is(answer.code, 'rate_limited');
    t.true(answer.headers.has('strict-transport-security'));
    const late = new RawClient(t, port).send(head('GET /', ''));
    await late.receives('200 OK');
    listener.stopAccepting();
    late.send(head('GET /socket', TLS + UPGRADE + KEY));
    await late.receives('draining');
    t.regex(late.received, /strict-transport-security: max-age=31536000\r\n/i);
  });
}

test('node: what could not be read is answered with the policies that need no host', async (t) => {
  const { port } = await refusing(t, 'node');
  for (const [status, code, request] of UNREADABLE) {
    const answer = await answerTo(t, port, request);
    t.is(answer.status, status);
    t.is(answer.code, code);
    t.true(answer.headers.has('content-security-policy'));
    t.true(answer.headers.has('x-content-type-options'));
    t.false(answer.headers.has('strict-transport-security'));
  }
});

test('a request without a host says of none that it is for TLS alone', (t) => {
  for (const host of [null, undefined, ''])
    t.false(securityHeaders(host, true).some(([name]) => name.startsWith('strict')));
});
