/** What every listener does with requests that can be answered the short way. */
import http from 'node:http';
import type { TestFn } from 'ava';
import { type QuickHead, type QuickPaths, quickAnswer } from '../../src/gateway/listener/http-fast-path.ts';
import { ask, type Kind, RawClient, start, until } from '../support/listener-harness.ts';

const bytes = (text: string) => Uint8Array.from(Buffer.from(text)).buffer;

/** Answers what `answer` says, below `/quick/`. */
function quickly(answer: (head: QuickHead) => string | undefined): { quick: QuickPaths; asked: string[] } {
  const asked: string[] = [];
  const quick: QuickPaths = {
    prefixes: ['/quick/', '/also/quick/'],
    answer(head) {
      asked.push(head.path);
      const body = answer(head);
      if (body === undefined) return undefined;
      return quickAnswer(
        200,
        [
          ['etag', '"q"'],
          ['x-way', 'short'],
        ],
        bytes(body),
      );
    },
  };
  return { quick, asked };
}

export function quickContract(test: TestFn, kind: Kind): void {
  const title = (text: string): string => `${kind}: ${text}`;

  test(title('a GET below a prefix is answered the short way, and all else the long way'), async (t) => {
    const { quick, asked } = quickly(({ path }) => (path.endsWith('known') ? `short ${path}` : undefined));
    const { origin } = await start(t, kind, { quick, fetch: (request) => new Response(`long ${request.method}`) });
    const text = async (path: string, init?: RequestInit) => (await fetch(`${origin}${path}`, init)).text();
    t.is(await text('/quick/known'), 'short /quick/known');
    t.is(await text('/also/quick/a/known'), 'short /also/quick/a/known');
    t.is(await text('/quick/other'), 'long GET');
    t.deepEqual(asked.splice(0), ['/quick/known', '/also/quick/a/known', '/quick/other']);
    t.is(await text('/known'), 'long GET');
    t.is(await text('/quick'), 'long GET');
    t.is(await text('/quick/known?a=b'), 'long GET');
    t.is(await text('/quick/known', { method: 'POST', body: 'x' }), 'long POST');
    t.is((await fetch(`${origin}/quick/known`, { method: 'HEAD' })).headers.get('x-way'), null);
    t.deepEqual(asked, []);
    const { headers } = await fetch(`${origin}/quick/known`);
    t.deepEqual([headers.get('etag'), headers.get('x-way'), headers.get('content-length')], ['"q"', 'short', '18']);
  });

  test(title('a body that comes with a GET is no part of the next request, the short way as the long'), async (t) => {
    const { quick } = quickly(({ path }) => (path === '/quick/long' ? undefined : `<${path}>`));
    const { port } = await start(t, kind, { quick, fetch: () => new Response('<long>') });
    for (const path of ['/quick/one', '/quick/long']) {
      const client = new RawClient(t, port);
      client.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 35\r\n\r\nGET /quick/smuggled HTTP/1.1\r\nHost:`);
      await client.receives(path === '/quick/long' || kind === 'uws' ? '<long>' : '</quick/one>');
      client.send('GET /quick/two HTTP/1.1\r\nHost: a\r\n\r\n');
      await client.receives('</quick/two>');
      t.false(client.received.includes('smuggled'));
      const chunked = new RawClient(t, port);
      chunked.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`);
      if (kind === 'uws') {
        await chunked.receives('"code":"length_required"');
        await chunked.closes();
      } else {
        chunked.send('GET /quick/two HTTP/1.1\r\nHost: a\r\n\r\n');
        await chunked.receives('</quick/two>');
      }
      const both = new RawClient(t, port);
      both.send(`GET ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`);
      both.send('GET /quick/two HTTP/1.1\r\nHost: a\r\n\r\n');
      await until(() => both.closed || both.received.includes('400 Bad Request'));
      t.false(both.received.includes('200 OK'));
    }
  });

  test(title('what proxies forwarded in lines of their own is one value the short way, as the long'), async (t) => {
    const { quick } = quickly((head) => head.header('x-forwarded-for'));
    const long = (request: Request) => new Response(request.headers.get('x-forwarded-for'));
    const { origin } = await start(t, kind, { quick, fetch: long });
    const headers = { 'x-forwarded-for': ['1.1.1.1', '2.2.2.2, 3.3.3.3'] };
    const forwarded = (path: string) =>
      new Promise<string>((resolve, reject) => {
        http
          .get(`${origin}${path}`, { headers }, (response) => response.on('data', (data) => resolve(String(data))))
          .on('error', reject);
      });
    t.is(await forwarded('/quick/me'), '1.1.1.1, 2.2.2.2, 3.3.3.3');
    t.is(await forwarded('/me'), '1.1.1.1, 2.2.2.2, 3.3.3.3');
  });

  test(title('a request comes from its own connection, whatever others were opened and closed'), async (t) => {
    const { quick } = quickly((head) => head.remoteAddress());
    const { origin } = await start(t, kind, { quick, fetch: (_request, info) => new Response(info.remoteAddress) });
    const agents = ['127.0.0.1', '127.0.0.1', '127.0.0.2', '127.0.0.3'].map((localAddress) => ({
      localAddress,
      agent: new http.Agent({ keepAlive: true, maxSockets: 1, localAddress } as http.AgentOptions),
    }));
    t.teardown(() => {
      for (const { agent } of agents) agent.destroy();
    });
    const checked = async (few: typeof agents) => {
      for (const { agent, localAddress } of few) {
        for (const path of ['/quick/me', '/me']) t.is((await ask(`${origin}${path}`, agent)).body, localAddress);
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
