/** What every listener does with responses: streams, clients that do not read, and handlers that fail. */
import type { TestFn } from 'ava';
import { countedStream, deferred, type Kind, RawClient, settled, start, until } from '../support/listener-harness.ts';

const MEBIBYTE = 1_048_576;

export function responsesContract(test: TestFn, kind: Kind): void {
  const title = (text: string): string => `${kind}: ${text}`;

  test(title('a large streamed response arrives whole, with and without a declared length'), async (t) => {
    const { origin } = await start(t, kind, {
      fetch: (request) => {
        const { stream } = countedStream(200, 50_000);
        return new Response(stream, {
          headers: request.url.endsWith('/length') ? { 'content-length': '10000000' } : {},
        });
      },
    });
    for (const route of ['/length', '/chunked']) {
      const response = await fetch(origin + route);
      t.is(response.headers.get('content-length'), route === '/length' ? '10000000' : null);
      const bytes = await response.bytes();
      t.is(bytes.byteLength, 10_000_000);
      t.true(bytes.every((byte, index) => byte === ((Math.floor(index / 50_000) + 1) & 255)));
    }
  });

  for (const route of ['/length', '/chunked']) {
    test(title(`I9 a client that does not read stops the response's stream (${route})`), async (t) => {
      const source = countedStream(200, MEBIBYTE);
      const { port } = await start(t, kind, {
        fetch: (request) => {
          const length = { 'content-length': String(200 * MEBIBYTE) };
          return new Response(source.stream, { headers: request.url.endsWith('/length') ? length : {} });
        },
      });
      const client = new RawClient(t, port);
      client.socket.pause();
      client.send(`GET ${route} HTTP/1.1\r\nHost: a\r\n\r\n`);
      await until(() => source.made() > 1);
      await settled(source.made);
      t.true(source.made() < 100, `${source.made()} of 200 MiB were made`);
      client.socket.destroy();
      await until(source.cancelled);
    });
  }

  test(title('event streams: each chunk is seen at once, and the client going away cancels the stream'), async (t) => {
    let push: (text: string) => void = () => undefined;
    const cancelled = deferred();
    const signals: AbortSignal[] = [];
    const { origin } = await start(t, kind, {
      fetch: (request) => {
        signals.push(request.signal);
        const stream = new ReadableStream<Uint8Array>({
          start(controller) {
            push = (text) => controller.enqueue(new TextEncoder().encode(text));
            push(': hello\n\n');
          },
          cancel: () => cancelled.resolve(),
        });
        return new Response(stream, { headers: { 'content-type': 'text/event-stream' } });
      },
    });
    const controller = new AbortController();
    const response = await fetch(origin, { signal: controller.signal });
    const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
    t.is((await reader.read()).value, ': hello\n\n');
    for (const text of ['data: 1\n\n', 'data: 2\n\n']) {
      push(text);
      t.is((await reader.read()).value, text);
    }
    controller.abort();
    await reader.read().catch(() => undefined);
    await cancelled.promise;
    t.true(signals[0]!.aborted);
  });

  test(title('a handler that throws gives a 500 without details, and the log has them'), async (t) => {
    const { origin, log } = await start(t, kind, {
      fetch: (request) => {
        if (request.url.endsWith('/sync')) throw new Error('secret of the house');
        return Promise.reject(new Error('secret of the house'));
      },
    });
    for (const route of ['/sync', '/async']) {
      const response = await fetch(origin + route);
      t.is(response.status, 500);
      t.is(response.headers.get('content-type'), 'application/problem+json');
      t.false((await response.text()).includes('secret'));
    }
    t.is(log.lines.filter(({ level }) => level === 'error').length, 2);
  });

  test(title('a response stream that fails half-way cuts the connection: no half for a whole'), async (t) => {
    const { origin, log } = await start(t, kind, {
      fetch: () => {
        let pulls = 0;
        return new Response(
          new ReadableStream<Uint8Array>(
            {
              async pull(controller) {
                pulls += 1;
                if (pulls > 2) throw new Error('the disk is gone');
                controller.enqueue(new Uint8Array(1000));
                await new Promise((resolve) => setImmediate(resolve));
              },
            },
            { highWaterMark: 0 },
          ),
        );
      },
    });
    const response = await fetch(origin);
    await t.throwsAsync(response.arrayBuffer());
    t.true(log.lines.some(({ level }) => level === 'error'));
  });
}
