/** The HTTP client: what it repeats, how it reads events, and that its types are those of the document. */
import { readFileSync } from 'node:fs';
import test from 'ava';
import { type OpenApi, typesOf } from '../../../scripts/openapi-types.ts';
import { readEvents } from '../../../src/clients/http/events.ts';
import { createStetClient } from '../../../src/clients/http/index.ts';
import { formatted } from '../../support/format.ts';

const read = (path: string) => readFileSync(new URL(path, import.meta.url), 'utf8');

/** Answers in turn; records what came. */
function answering(...answers: (Response | Error)[]) {
  const seen: Request[] = [];
  const fetch = (async (...[input, init]: Parameters<typeof globalThis.fetch>) => {
    seen.push(new Request(input, init));
    const answer = answers.shift();
    if (answer === undefined) throw new Error('nothing more was expected');
    if (answer instanceof Error) throw answer;
    return answer;
  }) as typeof globalThis.fetch;
  return { seen, fetch };
}
const json = (status: number, value: unknown, headers: Record<string, string> = {}) =>
  new Response(JSON.stringify(value), { status, headers: { 'content-type': 'application/json', ...headers } });
const URL_ = 'https://stet.example';

test('CLIENT1 the types are those that the OpenAPI document makes', async (t) => {
  const document = JSON.parse(read('../../../schemas/openapi.json')) as OpenApi;
  t.is(await formatted(typesOf(document)), read('../../../src/clients/http/types.ts'), 'run scripts/openapi-types.ts');
});

test('CLIENT2 a request that was not answered is sent again, a POST under one Idempotency-Key', async (t) => {
  const { fetch, seen } = answering(new TypeError('broken'), json(503, {}), json(201, { id: 'x' }));
  const client = createStetClient({ url: URL_, token: 'secret', fetch, retryDelayMs: 1 });
  const { data } = await client.POST('/v1/documents', { body: { title: 'One' } });
  t.like(data, { id: 'x' });
  t.is(seen.length, 3);
  const keys = new Set(seen.map(({ headers }) => headers.get('idempotency-key')));
  t.is(keys.size, 1);
  t.truthy([...keys][0]);
  t.deepEqual(await Promise.all(seen.map((request) => request.json())), Array(3).fill({ title: 'One' }));
  t.is(seen[0]?.headers.get('authorization'), 'Bearer secret');
});

test('CLIENT2 a refused request is not sent again, and the error says why', async (t) => {
  const { fetch, seen } = answering(json(404, { code: 'not_found' }));
  const client = createStetClient({ url: URL_, fetch });
  const { data, error } = await client.GET('/v1/documents/{id}', { params: { path: { id: 'x' } } });
  t.is(data, undefined);
  t.like(error, { code: 'not_found' });
  t.is(seen.length, 1);
});

test('CLIENT2 tries end: the last answer is the answer', async (t) => {
  const { fetch, seen } = answering(json(429, { code: 'rate_limited' }), json(429, { code: 'rate_limited' }));
  const client = createStetClient({ url: URL_, fetch, retries: 1, retryDelayMs: 1 });
  const { response } = await client.GET('/v1/documents');
  t.is(response.status, 429);
  t.is(seen.length, 2);
});

test('CLIENT3 events are read over chunks cut anywhere, comments and line ends of all kinds', async (t) => {
  const text =
    ': hello\r\nretry: 5\r\n\r\nid: 1.0\nevent: update\ndata: {"a":\ndata: "ü"}\n\nid: 2.0\nevent: changed\ndata: {}\n\nid: 3';
  const bytes = new TextEncoder().encode(text);
  for (const size of [1, 2, 7, bytes.length]) {
    const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, at) =>
      bytes.slice(at * size, (at + 1) * size),
    );
    const events = [];
    for await (const event of readEvents(new Response(ReadableStream.from(chunks)))) events.push(event);
    t.deepEqual(
      events,
      [
        { id: '1.0', type: 'update', data: '{"a":\n"ü"}' },
        { id: '2.0', type: 'changed', data: '{}' },
      ],
      `chunks of ${size}`,
    );
  }
});

test('CLIENT3 an id alone is a position, one with U+0000 is none, and no field is taken for another', async (t) => {
  const text = [
    '\ufeffid: 1.0\n\n',
    'id: 2\u0000.0\ndata: {}\n\n',
    'data\n\n',
    'database: 1\nevent : published\n: data: no\ndata:  two spaces\n\n',
    'event: changed\n\n',
    `data: ${'x'.repeat(300_000)}\n\n`,
  ].join('');
  const events = [];
  for await (const event of readEvents(new Response(text))) events.push(event);
  t.deepEqual(events, [
    { id: '1.0', type: 'message', data: '' },
    { id: undefined, type: 'message', data: '{}' },
    { id: undefined, type: 'message', data: '' },
    { id: undefined, type: 'message', data: ' two spaces' },
    { id: undefined, type: 'message', data: 'x'.repeat(300_000) },
  ]);
});

test('CLIENT4 a stream that breaks goes on behind the last event; a refusal ends it', async (t) => {
  const stream = (text: string) => new Response(text, { headers: { 'content-type': 'text/event-stream' } });
  const { fetch, seen } = answering(
    stream('id: 1.0\nevent: update\ndata: {"seq":1}\n\n'),
    new TypeError('broken'),
    json(503, {}),
    stream('id: 2.0\nevent: update\ndata: {"seq":2}\n\n'),
    json(404, { code: 'not_found' }),
  );
  const client = createStetClient({ url: URL_, token: 'secret', fetch });
  const got: unknown[] = [];
  const error = await t.throwsAsync(async () => {
    for await (const { data } of client.events('some-id', { retryDelayMs: 1 })) got.push(data);
  });
  t.deepEqual(got, [{ seq: 1 }, { seq: 2 }]);
  t.is(error?.name, 'EventsRefused');
  t.deepEqual(
    seen.map(({ headers }) => headers.get('last-event-id')),
    [null, '1.0', '1.0', '1.0', '2.0'],
  );
  t.is(seen[0]?.headers.get('accept'), 'text/event-stream');
});
