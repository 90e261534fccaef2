/** What every listener does with the bodies of requests: their forms, their limits, and clients that stop sending. */
import type { TestFn } from 'ava';
import { countedStream, deferred, type Kind, RawClient, settled, start } from '../support/listener-harness.ts';

const MEBIBYTE = 1_048_576;

export function bodiesContract(test: TestFn, kind: Kind): void {
  const title = (text: string): string => `${kind}: ${text}`;

  test(title('a request body is text, json, bytes, a form or a stream, whichever is asked for'), async (t) => {
    const { origin } = await start(t, kind, {
      fetch: async (request) => {
        const { pathname } = new URL(request.url);
        if (pathname === '/json') return Response.json(await request.json());
        if (pathname === '/bytes') return new Response(new Uint8Array(await request.arrayBuffer()));
        if (pathname === '/form') return new Response(String((await request.formData()).get('field')));
        if (pathname === '/clone') return new Response((await request.clone().text()) + (await request.text()));
        return new Response(request.body);
      },
    });
    const post = (route: string, body: string | Uint8Array<ArrayBuffer> | URLSearchParams): Promise<Response> =>
      fetch(origin + route, { method: 'POST', body });
    t.deepEqual(await (await post('/json', '{"a":[1]}')).json(), { a: [1] });
    t.deepEqual(await (await post('/bytes', new Uint8Array([0, 255, 1]))).bytes(), new Uint8Array([0, 255, 1]));
    t.is(await (await post('/form', new URLSearchParams({ field: 'é' }))).text(), 'é');
    t.is(await (await post('/clone', 'ab')).text(), 'abab');
    t.is(await (await post('/stream', 'c'.repeat(300_000))).text(), 'c'.repeat(300_000));
  });

  test(title('a request without body has none'), async (t) => {
    const { origin } = await start(t, kind, {
      fetch: async (request) => Response.json([request.body === null, await request.text()]),
    });
    t.deepEqual(await (await fetch(origin)).json(), [true, '']);
    t.deepEqual(await (await fetch(origin, { method: 'POST' })).json(), [true, '']);
  });

  test(title('I9 a body declared over the limit is refused before the handler'), async (t) => {
    let calls = 0;
    const { port } = await start(t, kind, {
      fetch: () => {
        calls += 1;
        return new Response('');
      },
    });
    const client = new RawClient(t, port).send('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000001\r\n\r\nfirst');
    await client.receives('body_too_large');
    t.true(client.received.startsWith('HTTP/1.1 413 '));
    t.regex(client.received, /content-type: application\/problem\+json/i);
    t.regex(client.received, /connection: close/i);
    await client.closes();
    t.is(calls, 0);
  });

  test(title('I9 a body that grows over the limit is refused on the way, and its reader sees an error'), async (t) => {
    const seen = deferred<unknown>();
    const { origin } = await start(t, kind, {
      limits: { maxBodyBytes: 200_000 },
      fetch: async (request) => {
        try {
          for await (const _ of request.body!);
        } catch (error) {
          seen.resolve(error);
        }
        return new Response('never seen');
      },
    });
    const { stream } = countedStream(30, 10_000);
    const response = await fetch(origin, { method: 'POST', body: stream, duplex: 'half' });
    if (kind === 'uws') {
      // Without a length nothing is read (uws-framing.ts).
      t.is(response.status, 411);
      t.like(await response.json(), { code: 'length_required' });
      return;
    }
    t.is(response.status, 413);
    t.like(await response.json(), { code: 'body_too_large' });
    t.true((await seen.promise) instanceof RangeError);
  });

  test(title('I9 gathering a body has its own, smaller limit'), async (t) => {
    const { origin } = await start(t, kind, { fetch: async (request) => new Response(await request.text()) });
    const response = await fetch(origin, { method: 'POST', body: 'x'.repeat(100_001) });
    t.is(response.status, 413);
    t.is((await (await fetch(origin, { method: 'POST', body: 'x'.repeat(100_000) })).text()).length, 100_000);
  });

  test(title('I9 a body that nobody reads holds back its sender'), async (t) => {
    const release = deferred();
    const begun = deferred();
    const { port } = await start(t, kind, {
      limits: { maxBodyBytes: 200 * MEBIBYTE },
      fetch: async (request) => {
        begun.resolve();
        await release.promise;
        let bytes = 0;
        for await (const chunk of request.body!) bytes += chunk.byteLength;
        return new Response(`got ${bytes}`);
      },
    });
    const client = new RawClient(t, port);
    const total = 64 * MEBIBYTE;
    client.send(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${total}\r\n\r\n`);
    for (let sent = 0; sent < total; sent += MEBIBYTE) client.send(new Uint8Array(MEBIBYTE));
    // The system takes some megabytes for both ends; the rest stays with the client for as long as nobody reads.
    await begun.promise;
    await settled(() => client.socket.writableLength);
    t.true(client.socket.writableLength > 32 * MEBIBYTE, `${client.socket.writableLength} bytes buffered`);
    release.resolve();
    await client.receives(`got ${total}`);
  });

  test(title('a handler may answer before the body has come; the connection stays in step'), async (t) => {
    const { port } = await start(t, kind, { fetch: (request) => new Response(`<${new URL(request.url).pathname}>`) });
    const client = new RawClient(t, port).send('POST /one HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345');
    await client.receives('</one>');
    client.send('67890GET /two HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.receives('</two>');
    t.pass();
  });

  test(title('a body that stops coming is answered 408'), async (t) => {
    const { port } = await start(t, kind, {
      limits: { requestTimeoutMs: 100 },
      fetch: async (request) => new Response(await request.text()),
    });
    const client = new RawClient(t, port).send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345');
    await client.receives('request_timeout');
    t.true(client.received.startsWith('HTTP/1.1 408 '));
    await client.closes();
  });

  test(title('a client that goes away in the middle of its body aborts the signal and the reader'), async (t) => {
    const aborted = deferred<boolean>();
    const begun = deferred();
    const { port, origin } = await start(t, kind, {
      fetch: async (request) => {
        if (request.method === 'GET') return new Response('fine');
        begun.resolve();
        await request.text().catch(() => undefined);
        aborted.resolve(request.signal.aborted);
        return new Response('nobody is there');
      },
    });
    const client = new RawClient(t, port).send('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n12345');
    await begun.promise;
    client.socket.destroy();
    t.true(await aborted.promise);
    t.is(await (await fetch(origin)).text(), 'fine');
  });
}
