import test from 'ava';
import fc from 'fast-check';
import { LazyRequest } from '../../../src/gateway/listener/lazy-request.ts';
import { RequestBody } from '../../../src/gateway/listener/request-body.ts';
import {
  absoluteUrl,
  declaredBodyBytes,
  offeredProtocols,
  pathMatches,
} from '../../../src/gateway/listener/request-target.ts';

test('LISTENER1 any target and host give the URL that the URL parser would write, or none', (t) => {
  const printable = fc.string({ unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)) });
  const target = printable.map((text) => `/${text}`);
  const host = fc.oneof(
    fc.constantFrom(
      'a',
      'A.example:80',
      'a.example:8080',
      '127.0.0.1:65535',
      '[::1]:8080',
      '1.2.3.999',
      'xn--a',
      'a_b',
    ),
    printable,
  );
  fc.assert(
    fc.property(target, host, (path, name) => {
      const url = absoluteUrl(false, name, path);
      if (url === null) return;
      const parsed = new URL(url);
      t.is(parsed.href, url);
      t.is(parsed.hash, '');
      t.is(parsed.username, '');
      if (!path.includes('#')) t.is(url, new URL(`http://${name === '' ? 'localhost' : name}${path}`).href);
    }),
    { numRuns: 2_000 },
  );
});

test('LISTENER1 a Host that is more than a host gives no URL', (t) => {
  for (const host of ['a b', 'a/b', 'a@b', 'a?b', 'a#b', 'a\\b', 'a:b:c', '[::1'])
    t.is(absoluteUrl(false, host, '/'), null, host);
});

test('LISTENER1 absolute and asterisk forms keep the Host header as the host', (t) => {
  t.is(absoluteUrl(true, 'a', 'http://evil.example/x?y'), 'https://a/x?y');
  t.is(absoluteUrl(false, 'a', '*'), 'http://a/');
  t.is(absoluteUrl(false, 'a', 'x'), null);
});

test('a declared body size is a number of bytes, chunked, nothing, or unreadable', (t) => {
  t.is(declaredBodyBytes('', ''), 0);
  t.is(declaredBodyBytes('12', ''), 12);
  t.is(declaredBodyBytes('12', 'chunked'), 'chunked');
  for (const bad of ['-1', '1.5', '0x1', '1, 1', '9'.repeat(16), '9'.repeat(30)])
    t.is(declaredBodyBytes(bad, ''), null, bad);
});

test('protocols and paths are read as they are meant', (t) => {
  t.deepEqual(offeredProtocols(' a, b ,,c'), ['a', 'b', 'c']);
  t.deepEqual(offeredProtocols(''), []);
  t.true(pathMatches('/y/*', '/y/a/b'));
  t.false(pathMatches('/y/*', '/yes'));
  t.true(pathMatches('/y', '/y'));
  t.false(pathMatches('/y', '/y/'));
});

function body(limitBytes = 1_000_000): { body: RequestBody; events: string[] } {
  const events: string[] = [];
  const flow = {
    limitBytes,
    gatherLimitBytes: limitBytes,
    pause: () => events.push('pause'),
    resume: () => events.push('resume'),
    onTooLarge: () => events.push('too large'),
  };
  return { body: new RequestBody(flow), events };
}

test('BODY1 the socket is paused while much waits and resumed when it is read', async (t) => {
  const { body: incoming, events } = body();
  incoming.push(new Uint8Array(40_000));
  t.deepEqual(events, []);
  incoming.push(new Uint8Array(40_000));
  t.deepEqual(events, ['pause']);
  const reader = incoming.stream().getReader();
  await reader.read();
  t.deepEqual(events, ['pause']);
  await reader.read();
  t.deepEqual(events, ['pause', 'resume']);
});

test('BODY2 a body over its limit is reported once, and every reader of it fails', async (t) => {
  const { body: incoming, events } = body(10);
  incoming.push(new Uint8Array(8));
  incoming.push(new Uint8Array(8));
  incoming.push(new Uint8Array(8));
  incoming.finish();
  t.deepEqual(events, ['too large']);
  await t.throwsAsync(incoming.gather(), { instanceOf: RangeError });
});

test('BODY3 what is discarded is gone, and the socket runs on', async (t) => {
  const { body: incoming, events } = body();
  incoming.push(new Uint8Array(70_000));
  incoming.discard();
  incoming.push(new Uint8Array(70_000));
  t.deepEqual(events, ['pause', 'resume']);
  await t.throwsAsync(incoming.gather(), { instanceOf: TypeError });
});

test('a body is read once', async (t) => {
  const { body: incoming } = body();
  incoming.push(new TextEncoder().encode('once'));
  incoming.finish();
  const request = new LazyRequest('POST', 'http://a/', [], incoming);
  t.false(request.bodyUsed);
  t.is(await request.text(), 'once');
  t.true(request.bodyUsed);
  await t.throwsAsync(request.text(), { instanceOf: TypeError });
});

test('a lazy request is a Request to all who ask, and its clone is a native one', async (t) => {
  const { body: incoming } = body();
  incoming.push(new TextEncoder().encode('text'));
  incoming.finish();
  const request = new LazyRequest('PUT', 'http://a/b', ['X-A', '1', 'x-a', '2', 'bad name', '3'], incoming);
  t.true(request.asRequest() instanceof Request);
  t.is(request.headers.get('x-a'), '1, 2');
  const clone = request.clone();
  t.is(clone.method, 'PUT');
  t.is(await new Request(clone).text(), 'text');
  t.is(await request.text(), 'text');
});

test('a signal that is first read after the client left is aborted', (t) => {
  const request = new LazyRequest('GET', 'http://a/', [], null);
  request.abortWith(new Error('gone'));
  t.true(request.signal.aborted);
});
