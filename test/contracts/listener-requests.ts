/** What every listener does with requests: heads, targets, peers and the shortest responses. */
import { spawnSync } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import https from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestFn } from 'ava';
import { ask, type Kind, RawClient, start, until } from '../support/listener-harness.ts';

export function requestsContract(test: TestFn, kind: Kind): void {
  const title = (text: string): string => `${kind}: ${text}`;

  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
    test(title(`${method} reaches the handler with its method, url and headers`), async (t) => {
      const { origin } = await start(t, kind, {
        fetch: (request) => Response.json([request.method, request.url, request.headers.get('x-probe')]),
      });
      const response = await fetch(`${origin}/a/b?c=d&e`, { method, headers: { 'x-probe': 'yes' } });
      t.deepEqual(await response.json(), [method, `${origin}/a/b?c=d&e`, 'yes']);
    });
  }

  test(title('HEAD gives the headers of a response and none of its body'), async (t) => {
    const { port } = await start(t, kind, {
      fetch: (request) => new Response('12345', { headers: { 'content-length': '5', 'x-method': request.method } }),
    });
    const client = new RawClient(t, port).send('HEAD / HTTP/1.1\r\nHost: a\r\n\r\n');
    await client.receives('\r\n\r\n');
    client.send('HEAD /second HTTP/1.1\r\nHost: a\r\n\r\n');
    await until(() => client.received.split('HTTP/1.1 200 OK').length === 3 && client.received.endsWith('\r\n\r\n'));
    t.regex(client.received, /x-method: HEAD/i);
    t.regex(client.received, /content-length: 5\r\n/i);
    t.false(client.received.includes('12345'));
  });

  for (const status of [204, 304]) {
    test(title(`a ${status} has no body and the connection goes on`), async (t) => {
      const { port } = await start(t, kind, {
        fetch: (request) => (request.url.endsWith('/next') ? new Response('next') : new Response(null, { status })),
      });
      const client = new RawClient(t, port).send('GET / HTTP/1.1\r\nHost: a\r\n\r\n');
      await client.receives('\r\n\r\n');
      t.true(client.received.startsWith(`HTTP/1.1 ${status} `));
      t.notRegex(client.received, /transfer-encoding|content-length: [1-9]/i);
      client.send('GET /next HTTP/1.1\r\nHost: a\r\n\r\n');
      await client.receives('next');
    });
  }

  test(title('a response without body has length 0'), async (t) => {
    const { origin } = await start(t, kind, { fetch: () => new Response(null, { status: 201 }) });
    const response = await fetch(origin, { method: 'POST' });
    t.is(response.status, 201);
    t.is(response.headers.get('content-length'), '0');
    t.is(await response.text(), '');
  });

  test(title('many headers and several Set-Cookie come through both ways'), async (t) => {
    const { origin } = await start(t, kind, {
      fetch: (request) => {
        const headers = new Headers();
        for (const [name, value] of request.headers) if (name.startsWith('x-')) headers.append(name, value);
        headers.append('set-cookie', 'a=1; Path=/');
        headers.append('set-cookie', 'b=2; HttpOnly');
        return new Response('', { headers });
      },
    });
    const headers = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`x-${index}`, `value ${index}`]));
    const response = await fetch(origin, { headers });
    for (const [name, value] of Object.entries(headers)) t.is(response.headers.get(name), value);
    t.deepEqual(response.headers.getSetCookie(), ['a=1; Path=/', 'b=2; HttpOnly']);
  });

  test(title('percent-encoded targets arrive as the URL parser writes them'), async (t) => {
    const { port } = await start(t, kind, { fetch: (request) => new Response(`<${request.url}>`) });
    const cases: [string, string][] = [
      ['/a%20b/%C3%A9?q=%26%3d', 'http://h.example/a%20b/%C3%A9?q=%26%3d'],
      ['/a/../b/%2e/c', 'http://h.example/b/c'],
      ['//evil.example/x', 'http://h.example//evil.example/x'],
      ["/it's?it's", "http://h.example/it's?it%27s"],
    ];
    for (const [target, url] of cases) {
      const client = new RawClient(t, port).send(`GET ${target} HTTP/1.1\r\nHost: h.example\r\n\r\n`);
      await client.receives(`<${url}>`);
    }
    t.pass();
  });

  test(title('remoteAddress is the peer, plain IPv4, and nothing is TLS here'), async (t) => {
    const { origin } = await start(t, kind, { fetch: (_request, info) => Response.json(info) });
    t.deepEqual(await (await fetch(origin)).json(), { remoteAddress: '127.0.0.1', secure: false });
  });

  test(title('IPv4 peers of a listener on every address are plain IPv4'), async (t) => {
    const { origin } = await start(t, kind, {
      host: '::',
      fetch: (_request, info) => new Response(info.remoteAddress),
    });
    t.is(await (await fetch(origin)).text(), '127.0.0.1');
  });

  test(title('with a certificate it serves TLS, and says so'), async (t) => {
    const folder = await mkdtemp(path.join(tmpdir(), 'stet-tls-'));
    t.teardown(() => rm(folder, { recursive: true }));
    const tls = { keyFile: path.join(folder, 'key.pem'), certFile: path.join(folder, 'cert.pem') };
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'],
      ...['-subj', '/CN=localhost', '-keyout', tls.keyFile, '-out', tls.certFile],
    ]);
    if (made.status !== 0) {
      t.log('openssl is not here to make a certificate');
      t.pass();
      return;
    }
    const { port } = await start(t, kind, { tls, fetch: (request, info) => Response.json([request.url, info.secure]) });
    const agent = new https.Agent({ rejectUnauthorized: false });
    t.teardown(() => agent.destroy());
    const answer = await ask(`https://127.0.0.1:${port}/x`, agent);
    t.deepEqual(JSON.parse(answer.body), [`https://127.0.0.1:${port}/x`, true]);
  });
}
