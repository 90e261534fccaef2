/** What every listener does for clients that ask for much and read slowly, or not at all. */
import type { ExecutionContext, TestFn } from 'ava';
import { sharedBody } from '../../src/gateway/http/shared-body.ts';
import { type HttpFastPath, prepareResponse } from '../../src/gateway/listener/http-fast-path.ts';
import { type Kind, RawClient, start, until } from '../support/listener-harness.ts';

const MEBIBYTE = 1_048_576;
const REQUEST = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`;

/** Bytes whose place shows in them. */
function patterned(bytes: number): Uint8Array<ArrayBuffer> {
  const made = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 1_000) made.fill(97 + ((at / 1_000) % 26), at, at + 1_000);
  return made;
}

const fastPathOf = (body: Uint8Array<ArrayBuffer>): HttpFastPath => ({
  prefixes: ['/fast/'],
  paths: [],
  find: () => prepareResponse(200, [['etag', '"q"']], body.buffer),
});

/** A client that sends requests and reads no response before the test asks it to. */
class SlowClient {
  readonly socket: RawClient['socket'];
  readonly raw: RawClient;
  #chunks: Buffer[] = [];
  bytes = 0;

  constructor(t: ExecutionContext, port: number, request: string) {
    this.raw = new RawClient(t, port);
    this.socket = this.raw.socket;
    this.socket.removeAllListeners('data');
    this.socket.on('data', (chunk: Buffer) => {
      this.#chunks.push(chunk);
      this.bytes += chunk.length;
    });
    this.socket.pause();
    this.raw.send(request);
  }

  /** The body, once all of it has come. */
  async body(length: number): Promise<Buffer> {
    this.socket.resume();
    const all = () => Buffer.concat(this.#chunks);
    await until(() => this.raw.closed || this.bytes > length);
    const start = all().indexOf('\r\n\r\n') + 4;
    await until(() => this.raw.closed || this.bytes >= start + length);
    return all().subarray(start);
  }
}

export function unreadContract(test: TestFn, kind: Kind): void {
  const title = (text: string): string => `${kind}: ${text}`;

  for (const [way, path] of [
    ['the fast path', '/fast/page'],
    ['a handler', '/page'],
  ] as const) {
    test.serial(
      title(`I9 many who do not read the same answer wait for one buffer, and get it whole (${way})`),
      async (t) => {
        const clients = 60;
        const body = patterned(6 * MEBIBYTE);
        const { unread, port } = await start(t, kind, {
          fastPath: fastPathOf(body),
          fetch: () => new Response(sharedBody(body)),
        });
        const rssBefore = process.memoryUsage.rss();
        const slow = Array.from({ length: clients }, () => new SlowClient(t, port, REQUEST(path)));
        const begun = new RawClient(t, port).send(REQUEST(path));
        await begun.receives('zzzzaaaa');
        await until(() => unread.bytes > 0);
        t.is(unread.bytes, body.byteLength);
        const grownMiB = (process.memoryUsage.rss() - rssBefore) / MEBIBYTE;
        t.log(`${clients} clients, ${body.byteLength / MEBIBYTE} MiB each: ${grownMiB.toFixed(0)} MiB more`);
        t.true(grownMiB < (clients * 6) / 3, `${grownMiB} MiB`);
        for (const client of slow.slice(0, 5)) {
          t.true((await client.body(body.byteLength)).equals(body));
          client.socket.destroy();
        }
        for (const client of slow) client.socket.destroy();
        await until(() => unread.bytes === 0);
      },
    );
  }

  test.serial(title('I9 answers are not buffered for a client that pipelines requests and reads none'), async (t) => {
    const body = patterned(12_000);
    const { port, origin } = await start(t, kind, { fastPath: fastPathOf(body), fetch: () => new Response(body) });
    for (const path of ['/fast/page', '/page']) {
      const rssBefore = process.memoryUsage.rss();
      const client = new SlowClient(t, port, '');
      const batch = REQUEST(path).repeat(1_000);
      for (let sent = 0; sent < 20 && !client.raw.closed; sent += 1) client.raw.send(batch);
      await until(() => client.raw.closed || client.socket.writableLength > 0 || client.socket.bytesWritten > 0);
      t.is((await (await fetch(`${origin}/fast/page`)).bytes()).byteLength, body.byteLength);
      t.is((await (await fetch(`${origin}/page`)).bytes()).byteLength, body.byteLength);
      const grownMiB = (process.memoryUsage.rss() - rssBefore) / MEBIBYTE;
      t.true(grownMiB < 150, `${grownMiB} MiB for ${path}`);
      client.socket.destroy();
    }
  });

  test(
    title('I9 of an address that waits for too much, the one that has waited longest is cut, and nobody else'),
    async (t) => {
      const size = 8 * MEBIBYTE;
      const { unread, port } = await start(t, kind, {
        unreadLimits: { maxUnreadBytesPerAddress: 3 * size },
        clientOf: (address, header) => header('x-forwarded-for') || address,
        fetch: () => new Response(patterned(size)),
      });
      const ask = (client: string) => `GET /own HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${client}\r\n\r\n`;
      const honest = new SlowClient(t, port, ask('192.0.2.1'));
      await until(() => unread.bytes === size);
      const greedy: SlowClient[] = [];
      for (let index = 1; index <= 4; index += 1) {
        greedy.push(new SlowClient(t, port, ask('192.0.2.2')));
        await until(() => unread.bytes === size * (1 + Math.min(index, 3)));
      }
      const [first, ...others] = greedy;
      t.true((await first!.body(size)).length < size);
      for (const client of [honest, ...others]) t.is((await client.body(size)).length, size);
      await until(() => unread.bytes === 0);
    },
  );

  test.serial(
    title('I9 when too much is buffered over all clients, the client with the most is disconnected'),
    async (t) => {
      const size = 8 * MEBIBYTE;
      const { unread, port } = await start(t, kind, {
        unreadLimits: { maxUnreadBytes: 3 * size },
        clientOf: (address, header) => header('x-forwarded-for') || address,
        fetch: () => new Response(patterned(size)),
      });
      const ask = (client: string) => `GET /own HTTP/1.1\r\nHost: a\r\nX-Forwarded-For: ${client}\r\n\r\n`;
      const clients: SlowClient[] = [];
      for (const address of ['192.0.2.1', '192.0.2.2', '192.0.2.2', '192.0.2.3']) {
        clients.push(new SlowClient(t, port, ask(address)));
        const count = Math.min(clients.length, 3);
        await until(() => unread.bytes === size * count);
      }
      const [one, cut, two, three] = clients;
      t.true((await cut!.body(size)).length < size);
      for (const client of [one, two, three]) t.is((await client!.body(size)).length, size);
    },
  );

  test.serial(title('I9 an answer too large to wait is cut when its client does not take it at once'), async (t) => {
    const { port } = await start(t, kind, {
      unreadLimits: { maxUnreadBytesPerConnection: MEBIBYTE },
      fetch: () => new Response(patterned(32 * MEBIBYTE)),
    });
    const client = new SlowClient(t, port, REQUEST('/own'));
    t.true((await client.body(32 * MEBIBYTE)).length < 32 * MEBIBYTE);
  });

  test.serial(title('I9 a client that takes nothing of a waiting answer is cut in time'), async (t) => {
    const body = patterned(16 * MEBIBYTE);
    const { unread, port } = await start(t, kind, {
      limits: { unreadTimeoutMs: 500 },
      fastPath: fastPathOf(body),
      fetch: () => new Response(sharedBody(body)),
    });
    for (const path of ['/fast/page', '/page']) new SlowClient(t, port, REQUEST(path));
    await until(() => unread.bytes > 0);
    await until(() => unread.bytes === 0);
    t.pass();
  });

  test.serial(title('a client that reads slowly and steadily gets all, however long it takes'), async (t) => {
    const body = patterned(12 * MEBIBYTE);
    const { port } = await start(t, kind, {
      limits: { unreadTimeoutMs: 1_000 },
      fastPath: fastPathOf(body),
      fetch: () => new Response(sharedBody(body)),
    });
    const steady = ['/fast/page', '/page'].map(async (path) => {
      const client = new SlowClient(t, port, REQUEST(path));
      let seen = -1;
      while (client.bytes !== seen || client.bytes < body.byteLength) {
        seen = client.bytes;
        client.socket.resume();
        await until(() => client.raw.closed || client.bytes > seen || client.bytes >= body.byteLength);
        client.socket.pause();
        if (client.raw.closed) break;
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      return (await client.body(body.byteLength)).equals(body);
    });
    t.deepEqual(await Promise.all(steady), [true, true]);
  });

  test.serial(title('I7 what a slow client has missed of a stream arrives though nothing follows it'), async (t) => {
    const chunk = patterned(6 * MEBIBYTE);
    const { unread, port } = await start(t, kind, {
      fetch: () =>
        new Response(
          new ReadableStream({
            start(controller) {
              controller.enqueue(new TextEncoder().encode(': begins\n'));
              setImmediate(() => controller.enqueue(chunk));
            },
          }),
        ),
    });
    const client = new SlowClient(t, port, REQUEST('/stream'));
    await until(() => unread.bytes > 0);
    client.socket.resume();
    await until(() => client.raw.closed || client.bytes > chunk.byteLength);
    const text = (await client.body(chunk.byteLength)).toString('latin1');
    const framed = text.replace(/\r\n[0-9a-f]+\r\n|^[0-9a-f]+\r\n/gi, '');
    t.true(framed.includes(Buffer.from(chunk).toString('latin1')));
    t.is(unread.bytes, 0);
  });
}
