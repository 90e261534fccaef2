/**
 * Where requests end: shapes on which HTTP parsers differ, on both listeners, direct and behind proxies that keep their
 * connections. Whatever is done about a shape, no handler sees a request that nobody sent, and the next one gets its own
 * answer.
 */
import test, { type ExecutionContext } from 'ava';
import { ERRORS } from '../../../schemas/errors.ts';
import { type HttpFastPath, prepareResponse } from '../../../src/gateway/listener/http-fast-path.ts';
import { loadUws } from '../../../src/gateway/listener/uws-module.ts';
import { HTTP_PROXIES } from '../../support/http-proxies.ts';
import { type Kind, limits, RawClient, start, until } from '../../support/listener-harness.ts';

type Outcome = 'served' | 'bad_request' | 'length_required' | 'refused';

/** Complete in itself, where it is taken for one. */
const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';
const SIZE = SMUGGLED.length;
const hex = (size: number): string => size.toString(16);

/** What follows the request line and the host, and what each listener does; `refused`: with a code of its own, or a cut. */
type Shape = readonly [name: string, rest: string, node: Outcome, uws: Outcome];

const lengths = (...values: string[]) => values.map((value) => `Content-Length: ${value}\r\n`).join('');
const CHUNKED = 'Transfer-Encoding: chunked\r\n\r\n';
const WHOLE = `${hex(SIZE)}\r\n${SMUGGLED}\r\n0\r\n\r\n`;

const SHAPES: readonly Shape[] = [
  ['no body', '\r\n', 'served', 'served'],
  ['a length', `${lengths(`${SIZE}`)}\r\n${SMUGGLED}`, 'served', 'served'],
  ['the length 0', `${lengths('0')}\r\n`, 'served', 'served'],
  ['the same length twice', `${lengths(`${SIZE}`, `${SIZE}`)}\r\n${SMUGGLED}`, 'refused', 'refused'],
  ['two lengths, the first 0', `${lengths('0', `${SIZE}`)}\r\n${SMUGGLED}`, 'refused', 'refused'],
  ['two lengths, the second 0', `${lengths(`${SIZE}`, '0')}\r\n${SMUGGLED}`, 'refused', 'refused'],
  ['an empty length and another', `${lengths('', `${SIZE}`)}\r\n${SMUGGLED}`, 'refused', 'refused'],
  ...['', '+5', '-5', '0x5', '5,5', '5, 5', '1e1', '5.0', '5 5', '99999999999999999999'].map(
    (length): Shape => [`the length "${length}"`, `${lengths(length)}\r\nhello`, 'refused', 'refused'],
  ),
  ['chunks', CHUNKED + WHOLE, 'served', 'length_required'],
  ['chunks with a trailer', `${CHUNKED}5\r\nhello\r\n0\r\nX-A: b\r\n\r\n`, 'served', 'refused'],
  ['a trailer that is a request', `${CHUNKED}5\r\nhello\r\n0\r\n${SMUGGLED}`, 'refused', 'refused'],
  ['a chunk that is longer than said', `${CHUNKED}5\r\nhelloXX0\r\n\r\n${SMUGGLED}`, 'refused', 'refused'],
  ['bare line feeds between chunks', `${CHUNKED}5\nhello\n0\n\n${SMUGGLED}`, 'refused', 'refused'],
  ['a chunk extension', `${CHUNKED}5;a=b\r\nhello\r\n0\r\n\r\n`, 'served', 'length_required'],
  ['a chunk size out of bounds', `${CHUNKED}fffffffffffffffff\r\nhello\r\n0\r\n\r\n`, 'refused', 'refused'],
  ['a chunk size that is none', `${CHUNKED}xyz\r\nhello\r\n0\r\n\r\n`, 'refused', 'refused'],
  ...['xchunked', 'chunked, identity', 'gzip', 'identity', 'chunked;q=1', '"chunked"', 'chunked, chunked'].map(
    (coding): Shape => [`the coding ${coding}`, `Transfer-Encoding: ${coding}\r\n\r\n${WHOLE}`, 'refused', 'refused'],
  ),
  ['chunked twice', `Transfer-Encoding: chunked\r\n${CHUNKED}${WHOLE}`, 'refused', 'refused'],
  ['a length and chunks', `${lengths('5')}${CHUNKED}${WHOLE}`, 'refused', 'refused'],
  ['chunks and a length', `Transfer-Encoding: chunked\r\n${lengths('5')}\r\n${WHOLE}`, 'refused', 'refused'],
  ['a space before the colon', `Transfer-Encoding : chunked\r\n\r\n${WHOLE}`, 'refused', 'refused'],
  ['a folded header', `X-A: b\r\n c: d\r\n\r\n`, 'refused', 'refused'],
  ['a bare line feed after a header', `X-A: b\nX-B: c\r\n\r\n`, 'refused', 'refused'],
];

const TARGETS = ['/shape', '/fast/shape', '/fast/unknown', '/socket'] as const;

const fastPath: HttpFastPath = {
  prefixes: ['/fast/'],
  paths: [],
  find: ({ path }) =>
    path === '/fast/shape'
      ? prepareResponse(200, [['x-path', path]], Uint8Array.from(Buffer.from('fast')).buffer)
      : undefined,
};

async function world(t: ExecutionContext, kind: Kind) {
  /** Paths, and whether a proxy passed the request on by itself. */
  const seen: { path: string; via: string | null }[] = [];
  const { port } = await start(t, kind, {
    fastPath,
    fetch: async (request) => {
      const { pathname } = new URL(request.url);
      seen.push({ path: pathname, via: request.headers.get('x-via') });
      await request.arrayBuffer();
      return new Response(`<${pathname}>`);
    },
    setup: (listener) =>
      listener.route({
        path: '/socket',
        maxPayloadBytes: 1_000,
        idleTimeoutSeconds: 30,
        maxBackpressureBytes: 1_000_000,
        upgrade: () => ({ accept: false, code: 'forbidden' }),
        open: () => undefined,
        message: () => undefined,
        close: () => undefined,
      }),
  });
  return { port, seen };
}

function requestOf(target: (typeof TARGETS)[number], rest: string): string {
  const method = target === '/shape' ? 'POST' : 'GET';
  const upgrade =
    'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n';
  return `${method} ${target} HTTP/1.1\r\nHost: a\r\n${target === '/socket' ? upgrade : ''}${rest}`;
}

/** What came of it: the status of the first answer and its code, or nothing. */
async function outcomeOf(client: RawClient): Promise<{ status: number | undefined; code: string | undefined }> {
  await until(() => client.closed || /\r\n\r\n[\s\S]/.test(client.received));
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(client.received) ?? [];
  const [, code] = /"code":"(\w+)"/.exec(client.received) ?? [];
  return { status: status === undefined ? undefined : Number(status), code };
}

const loaded = loadUws(limits.maxHeaderBytes);
const KINDS: readonly Kind[] = loaded.ok ? ['uws', 'node'] : ['node'];

for (const kind of KINDS) {
  for (const target of TARGETS) {
    test(`${kind}: I10 of ${SHAPES.length} shapes each ends where everybody says it does, or is refused (${target})`, async (t) => {
      const { port, seen } = await world(t, kind);
      for (const [name, rest, node, uws] of SHAPES) {
        const client = new RawClient(t, port).send(requestOf(target, rest));
        const { status, code } = await outcomeOf(client);
        if (code !== undefined) t.true(Object.hasOwn(ERRORS, code), `${name}: ${code} is registered`);
        const expected = kind === 'uws' ? uws : node;
        const isServed = status === 200 || (target === '/socket' && code === 'forbidden');
        if (target === '/shape') {
          t.is(isServed, expected === 'served', `${name}: ${status} ${code}`);
          if (expected === 'length_required' || expected === 'bad_request') t.is(code, expected, name);
        }
        // node:http hands a request over before its body has come, and ends the connection when that is broken.
        else if (expected === 'refused' && kind === 'uws') t.false(isServed, `${name}: ${status} ${code}`);
        if (expected !== 'served' && target !== '/socket') await client.closes();
        else client.socket.destroy();
        const next = new RawClient(t, port).send('GET /next HTTP/1.1\r\nHost: a\r\n\r\n');
        await next.receives('</next>');
        next.socket.destroy();
      }
      t.false(seen.some(({ path }) => path === '/smuggled'));
    });
  }

  test(`${kind}: I10 a request behind an answer that is not ready is never answered out of turn`, async (t) => {
    const ready = Promise.withResolvers<void>();
    const seen: string[] = [];
    const aborted: string[] = [];
    const { port } = await start(t, kind, {
      fetch: async (request) => {
        const { pathname } = new URL(request.url);
        seen.push(pathname);
        request.signal.addEventListener('abort', () => aborted.push(pathname));
        await ready.promise;
        return new Response(`<${pathname}>`);
      },
    });
    const client = new RawClient(t, port).send('GET /one HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => seen.length === 1);
    client.send('GET /two HTTP/1.1\r\nHost: a\r\n\r\n');
    if (kind === 'uws') {
      // RFC 9112, section 9.3.2: the client asks again for what it has no answer to.
      await client.closes();
      ready.resolve();
      t.is(client.received, '');
      t.deepEqual(seen, ['/one']);
      t.deepEqual(aborted, ['/one']);
    } else {
      ready.resolve();
      await client.receives('</two>');
      t.true(client.received.indexOf('</one>') < client.received.indexOf('</two>'));
      t.deepEqual(seen, ['/one', '/two']);
    }
    const next = new RawClient(t, port).send('GET /next HTTP/1.1\r\nHost: a\r\n\r\n');
    await next.receives('</next>');
  });

  for (const [proxy, startProxy] of Object.entries(HTTP_PROXIES)) {
    test(`${kind}: I10 behind ${proxy} no shape becomes another client's request`, async (t) => {
      if (startProxy === undefined) {
        t.log(`${proxy} is not here`);
        t.pass();
        return;
      }
      const { port, seen } = await world(t, kind);
      const before = await startProxy(port);
      t.teardown(() => before.stop());
      for (const target of TARGETS.slice(0, 3)) {
        for (const [name, rest] of SHAPES) {
          const client = new RawClient(t, before.port).send(requestOf(target, rest));
          // Some shapes are incomplete to the proxy: others' requests meanwhile have to be answered all the same.
          await Promise.race([outcomeOf(client), new Promise((resolve) => setTimeout(resolve, 50))]);
          for (const path of ['/one', '/two', '/three']) {
            const next = new RawClient(t, before.port).send(
              `GET ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`,
            );
            await next.closes();
            t.true(next.received.includes(`<${path}>`), `${name}, ${target}: ${next.received.slice(0, 200)}`);
          }
          client.socket.destroy();
        }
      }
      // Where a proxy itself takes the rest for the same client's next request, it is one.
      t.deepEqual(
        seen.filter(({ path, via }) => path === '/smuggled' && via === null),
        [],
      );
    });
  }
}
