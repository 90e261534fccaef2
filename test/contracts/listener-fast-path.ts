/** What every listener does with requests that the fast path can answer. */
import http from 'node:http';
import type { TestFn } from 'ava';
import { type HttpFastPath, prepareResponse, type RequestHead } from '../../src/gateway/listener/http-fast-path.ts';
import { ask, type Kind, RawClient, start, until } from '../support/listener-harness.ts';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text)).buffer;

/** Answers what `answer` says, below `/fast/` and at `/one`. */
function fastPathOf(answer: (head: RequestHead) => string | undefined): { fastPath: HttpFastPath; asked: string[] } {
  const asked: string[] = [];
  const fastPath: HttpFastPath = {
    prefixes: ['/fast/', '/also/fast/'],
    paths: ['/', '/one'],
    find(head) {
      asked.push(head.path);
      const body = answer(head);
      if (body === undefined) return undefined;
      return prepareResponse(
        200,
        [
          ['etag', '"q"'],
          ['x-path', 'fast'],
        ],
        bytes(body),
      );
    },
  };
  return { fastPath, asked };
}

export function fastPathContract(test: TestFn, kind: Kind): void {
  const title = (text: string): string => `${kind}: ${text}`;

  test(title('a GET at one of the paths is answered on the fast path, and at no longer one'), async (t) => {
    const { fastPath, asked } = fastPathOf(({ path }) => `fast ${path}`);
    const { origin } = await start(t, kind, { fastPath, fetch: (request) => new Response(`full ${request.method}`) });
    const text = async (path: string, init?: RequestInit) => (await fetch(`${origin}${path}`, init)).text();
    t.is(await text('/'), 'fast /');
    t.is(await text('/one'), 'fast /one');
    t.is(await text('/one/more'), 'full GET');
    t.is(await text('/?page=2'), 'full GET');
    t.is(await text('/', { method: 'POST', body: 'x' }), 'full POST');
    t.deepEqual(asked, ['/', '/one']);
  });

  test(title('a GET below a prefix is answered on the fast path, and all else on the full path'), async (t) => {
    const { fastPath, asked } = fastPathOf(({ path }) => (path.endsWith('known') ? `fast ${path}` : undefined));
    const { origin } = await start(t, kind, { fastPath, fetch: (request) => new Response(`full ${request.method}`) });
    const text = async (path: string, init?: RequestInit) => (await fetch(`${origin}${path}`, init)).text();
    t.is(await text('/fast/known'), 'fast /fast/known');
    t.is(await text('/also/fast/a/known'), 'fast /also/fast/a/known');
    t.is(await text('/fast/other'), 'full GET');
    t.deepEqual(asked.splice(0), ['/fast/known', '/also/fast/a/known', '/fast/other']);
    t.is(await text('/known'), 'full GET');
    t.is(await text('/fast'), 'full GET');
    t.is(await text('/fast/known?a=b'), 'full GET');
    t.is(await text('/fast/known', { method: 'POST', body: 'x' }), 'full POST');
    t.is((await fetch(`${origin}/fast/known`, { method: 'HEAD' })).headers.get('x-path'), null);
    t.deepEqual(asked, []);
    const { headers } = await fetch(`${origin}/fast/known`);
    t.deepEqual([headers.get('etag'), headers.get('x-path'), headers.get('content-length')], ['"q"', 'fast', '16']);
  });

  test(
    title('a body that comes with a GET is no part of the next request, on the fast path as on the full'),
    async (t) => {
      const { fastPath } = fastPathOf(({ path }) => (path === '/fast/full' ? undefined : `<${path}>`));
      const { port } = await start(t, kind, { fastPath, fetch: () => new Response('<full>') });
      for (const path of ['/fast/one', '/fast/full']) {
        const client = new RawClient(t, port);
        client.send(
          `GET ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 34\r\n\r\nGET /fast/smuggled HTTP/1.1\r\nHost:`,
        );
        await client.receives(path === '/fast/full' || kind === 'uws' ? '<full>' : '</fast/one>');
        client.send('GET /fast/two HTTP/1.1\r\nHost: a\r\n\r\n');
        await client.receives('</fast/two>');
        t.false(client.received.includes('smuggled'));
        const chunked = new RawClient(t, port);
        chunked.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`);
        if (kind === 'uws') {
          await chunked.receives('"code":"length_required"');
          await chunked.closes();
        } else {
          chunked.send('GET /fast/two HTTP/1.1\r\nHost: a\r\n\r\n');
          await chunked.receives('</fast/two>');
        }
        const both = new RawClient(t, port);
        both.send(
          `GET ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`,
        );
        both.send('GET /fast/two HTTP/1.1\r\nHost: a\r\n\r\n');
        await until(() => both.closed || both.received.includes('400 Bad Request'));
        t.false(both.received.includes('200 OK'));
      }
    },
  );

  test(
    title('what proxies forwarded in lines of their own is one value on the fast path as on the full'),
    async (t) => {
      const { fastPath } = fastPathOf((head) => head.header('x-forwarded-for'));
      const full = (request: Request) => new Response(request.headers.get('x-forwarded-for'));
      const { origin } = await start(t, kind, { fastPath, fetch: full });
      const headers = { 'x-forwarded-for': ['1.1.1.1', '2.2.2.2, 3.3.3.3'] };
      const forwarded = (path: string) =>
        new Promise<string>((resolve, reject) => {
          http
            .get(`${origin}${path}`, { headers }, (response) => response.on('data', (data) => resolve(String(data))))
            .on('error', reject);
        });
      t.is(await forwarded('/fast/me'), '1.1.1.1, 2.2.2.2, 3.3.3.3');
      t.is(await forwarded('/me'), '1.1.1.1, 2.2.2.2, 3.3.3.3');
    },
  );

  test(title('a request comes from its own connection, whatever others were opened and closed'), async (t) => {
    const { fastPath } = fastPathOf((head) => head.remoteAddress());
    const { origin } = await start(t, kind, { fastPath, fetch: (_request, info) => new Response(info.remoteAddress) });
    const agents = ['127.0.0.1', '127.0.0.1', '127.0.0.2', '127.0.0.3'].map((localAddress) => ({
      localAddress,
      agent: new http.Agent({ keepAlive: true, maxSockets: 1, localAddress } as http.AgentOptions),
    }));
    t.teardown(() => {
      for (const { agent } of agents) agent.destroy();
    });
    const checked = async (few: typeof agents) => {
      for (const { agent, localAddress } of few) {
        for (const path of ['/fast/me', '/me']) t.is((await ask(`${origin}${path}`, agent)).body, localAddress);
      }
    };
    for (let opened = 1; opened <= agents.length; opened += 1) await checked(agents.slice(0, opened));
    for (const gone of agents.splice(0, 2)) gone.agent.destroy();
    await checked(agents);
    for (const { agent } of agents) agent.destroy();
    await new Promise((resolve) => setTimeout(resolve, 100));
    await checked(agents.slice(1));
  });
}
