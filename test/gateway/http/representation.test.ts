/** Answers of bytes that are there: content codings (RFC 9110, section 12.5.3), versions, and HEAD. */
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import test from 'ava';
import { chooseCoding, createCodingOf } from '../../../src/gateway/http/content-coding.ts';
import { representationOf, respond } from '../../../src/gateway/http/representation.ts';
import { createBytes } from '../../../src/published/cached-bytes.ts';

const TEXT = 'They come in April. '.repeat(200);
const TYPE = 'text/plain; charset=utf-8';

const send = async (text: string, headers: Record<string, string>, { method = 'GET', status = 200 } = {}) =>
  respond(
    new Request('http://stet.example/', { method, headers }),
    representationOf(
      TYPE,
      createBytes(text, () => undefined),
    ),
    { 'cache-control': 'no-cache' },
    status,
  );

test('the best coding is taken that both sides have', (t) => {
  const cases: [string | null, string | undefined][] = [
    [null, undefined],
    ['', undefined],
    ['gzip, br', 'br'],
    ['GZIP', 'gzip'],
    ['br;q=0, gzip;q=0.1', 'gzip'],
    ['*', 'br'],
    ['*;q=0.1, br;q=0', 'gzip'],
    ['identity, *;q=0', undefined],
    ['deflate', undefined],
    ['gzip ; q = 0.3', 'gzip'],
    ['br;Q=0, ;, gzip', 'gzip'],
  ];
  for (const [accept, coding] of cases) t.is(chooseCoding(accept, ['gzip', 'br']), coding as 'br', String(accept));
  t.is(chooseCoding('br, gzip', ['gzip']), 'gzip');
  t.is(chooseCoding('br, gzip', []), undefined);
  const codingOf = createCodingOf(2, 20);
  for (const accept of ['gzip', 'br', 'gzip', '*', 'deflate', 'gzip', `gzip${' '.repeat(30)}`]) {
    t.is(codingOf(accept), chooseCoding(accept, ['br', 'gzip']), accept);
  }
});

test('each form has a tag of its own, by which it is known again', async (t) => {
  const tags = new Set<string>();
  for (const [accept, decode] of [
    ['', (bytes: Buffer) => bytes],
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ] as const) {
    const answer = await send(TEXT, { 'accept-encoding': accept });
    const etag = answer.headers.get('etag') ?? '';
    tags.add(etag);
    const body = Buffer.from(await answer.arrayBuffer());
    t.is(decode(body).toString(), TEXT);
    t.is(answer.headers.get('content-length'), String(body.length));
    t.is(answer.headers.get('content-encoding') ?? '', accept);
    t.is(answer.headers.get('vary'), 'accept-encoding');
    const again = await send(TEXT, { 'accept-encoding': accept, 'if-none-match': etag });
    t.is(again.status, 304);
    t.is(await again.text(), '');
    t.is(again.headers.get('etag'), etag);
    t.is(again.headers.get('cache-control'), 'no-cache');
    t.is(again.headers.get('content-type'), null);
    t.is((await send(`${TEXT}!`, { 'accept-encoding': accept, 'if-none-match': etag })).status, 200);
  }
  t.is(tags.size, 3);
});

test('what is short is not compressed, HEAD has no body, and an error is sent whatever the client has', async (t) => {
  const short = await send('short', { 'accept-encoding': 'br' });
  t.is(short.headers.get('content-encoding'), null);
  const head = await send('short', {}, { method: 'HEAD' });
  t.is(head.headers.get('content-length'), '5');
  t.is(head.headers.get('content-type'), TYPE);
  t.is(await head.text(), '');
  const missing = await send('short', { 'if-none-match': short.headers.get('etag') ?? '' }, { status: 404 });
  t.is(missing.status, 404);
  t.is(await missing.text(), 'short');
});
