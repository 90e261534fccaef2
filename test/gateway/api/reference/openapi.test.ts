/** The OpenAPI document and the page made from it: valid, complete, and neither more nor less than the routes. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { Validator } from '@seriousme/openapi-schema-validator';
import test from 'ava';
import { ERRORS } from '../../../../schemas/errors.ts';
import { SOCKET_CHANNELS } from '../../../../schemas/sockets.ts';
import { openApiText } from '../../../../scripts/openapi.ts';
import { type ApiPorts, createApi } from '../../../../src/gateway/api/kernel/app.ts';
import { apiOperations, type OperationPorts } from '../../../../src/gateway/api/operations.ts';
import { asyncApiOf } from '../../../../src/gateway/api/reference/asyncapi.ts';
import { DOCS_POLICY, docsPage } from '../../../../src/gateway/api/reference/docs-page.ts';
import { exampleOf } from '../../../../src/gateway/api/reference/example-values.ts';
import { openApiOf } from '../../../../src/gateway/api/reference/openapi.ts';
import type { OperationObject } from '../../../../src/gateway/api/reference/openapi-types.ts';

// What operations say of themselves depends on no port.
const operations = apiOperations({} as OperationPorts, '1.2.3');
const document = openApiOf(operations, '1.2.3');
const sockets = asyncApiOf(SOCKET_CHANNELS, '1.2.3');
const described: [string, string, OperationObject][] = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]): [string, string, OperationObject] => [path, method, operation]),
);

test('the document is valid OpenAPI 3.1', async (t) => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(document) as unknown as Record<string, unknown>);
  t.true(valid, JSON.stringify(errors, null, 2));
  t.is(validator.version, '3.1');
});

test('every reference leads to something, and nothing is there that none leads to', (t) => {
  const text = JSON.stringify(document);
  const wanted = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name]) => name ?? ''));
  t.deepEqual([...wanted].sort(), Object.keys(document.components.schemas).sort());
});

test('the routes are the document’s paths and methods, both ways', (t) => {
  const { routes } = createApi(operations, {} as ApiPorts);
  const answered = routes
    .filter(({ method }) => method !== 'ALL' && method !== 'OPTIONS')
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const documented = described.map(([path, method]) => `${method} ${path}`);
  t.deepEqual(answered.sort(), documented.sort());
  t.is(new Set(answered).size, answered.length);
});

test('every operation has a name of its own, a summary, and all parameters of its path', (t) => {
  const ids = described.map(([, , { operationId }]) => operationId);
  t.is(new Set(ids).size, ids.length);
  for (const [path, method, operation] of described) {
    t.regex(operation.operationId, /^[a-z][A-Za-z]+$/);
    t.true(operation.summary.length > 0, path);
    for (const tag of operation.tags) t.truthy(document.tags.find(({ name }) => name === tag)?.description, tag);
    const inPath = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    const named = operation.parameters.filter((parameter) => parameter.in === 'path').map(({ name }) => name);
    t.deepEqual(named.sort(), inPath.sort(), `${method} ${path}`);
    t.true(Object.keys(operation.responses).some((status) => Number(status) < 300));
  }
});

test('no operation takes a parameter that it does not know, and none that answers with a secret keeps its answer', (t) => {
  for (const { id, checkQuery, acceptsIdempotencyKey, responses } of operations) {
    t.false(checkQuery({ unknown: '1' }).ok, id);
    const hasSecret = /"(?:secret|token)":/.test(JSON.stringify(responses));
    if (hasSecret) t.not(acceptsIdempotencyKey, true, id);
  }
});

test('every error is described with its code, and security says what it takes', (t) => {
  const known = new Set<string>(Object.keys(ERRORS));
  for (const [path, method, { responses, security }] of described) {
    for (const [status, { content, description }] of Object.entries(responses)) {
      if (Number(status) < 400) continue;
      t.deepEqual(Object.keys(content ?? {}), ['application/problem+json'], `${method} ${path} ${status}`);
      for (const part of description.split('\n\n')) {
        const [, code = ''] = /^`(\w+)`: /.exec(part) ?? [];
        t.true(known.has(code), part);
        t.is(String(ERRORS[code as keyof typeof ERRORS].status), status);
      }
    }
    for (const name of security.flatMap((scheme) => Object.keys(scheme))) {
      t.true(name in document.components.securitySchemes, name);
    }
    t.is(security.length === 0, !('401' in responses) || path === '/v1/sessions', path);
  }
});

test('examples pass the check of the operation that they are for', (t) => {
  for (const operation of operations) {
    const check = operation.checkBody['application/json'];
    if (!check) continue;
    const schema = document.paths[`/v1${operation.path}`]?.[operation.method]?.requestBody?.content['application/json'];
    const example = schema && exampleOf(schema.schema, document.components.schemas);
    const checked = check(example);
    t.true(checked.ok, `${operation.id}: ${checked.ok ? '' : checked.detail} ${JSON.stringify(example)}`);
  }
});

test('schemas/openapi.json is what the operations say: `node scripts/openapi.ts` writes it', (t) => {
  t.true(readFileSync(new URL('../../../../schemas/openapi.json', import.meta.url), 'utf8') === openApiText());
});

test('REF1 the reference names every operation and error, and links only to what it has', async (t) => {
  const page = await docsPage(document, sockets);
  const anchors = [...page.matchAll(/ id="([^"]+)"/g)].map(([, anchor]) => anchor ?? '');
  t.is(new Set(anchors).size, anchors.length, 'no anchor twice');
  const here = new Set(anchors);
  for (const [, , { operationId }] of described) t.true(here.has(operationId), operationId);
  for (const code of Object.keys(ERRORS)) t.true(here.has(`error-${code}`), code);
  for (const [, anchor = ''] of page.matchAll(/href="#([^"]+)"/g)) t.true(here.has(anchor), anchor);
  const outside = [...page.matchAll(/(?:href|src)="([^#"][^"]*)"/g)].map(([, target]) => target);
  t.deepEqual([...new Set(outside)], ['/v1/openapi.json', '/v1/asyncapi.json']);
  t.notRegex(page, /<script .|<img|<link| style=| on\w+=|@import|url\(/);
  t.is(page.match(/<script/g)?.length, 1);
  t.notRegex(page.replace(/<script>[\s\S]*<\/script>/, ''), /undefined|\[object|NaN/);
});

test('REF3 the reference’s policy allows its own style and script, and nothing else', async (t) => {
  const page = await docsPage(document, sockets);
  const [, style = ''] = /<style>([\s\S]*?)<\/style>/.exec(page) ?? [];
  const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
  const hash = (text: string) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
  t.is(
    DOCS_POLICY,
    `default-src 'none'; style-src ${hash(style)}; script-src ${hash(script)}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  );
});

function served() {
  const free = { limit: 9, remaining: 8, resetMs: 1_000, waitMs: 0 };
  const ports = {
    rates: { address: async () => free, credential: async () => free },
    isSecure: () => false,
  } as unknown as ApiPorts;
  const api = createApi(operations, ports);
  return (path: string, headers: Record<string, string> = {}) =>
    api.fetch(new Request(`http://localhost${path}`, { headers }), { remoteAddress: '127.0.0.1', secure: false });
}

test('documents and page are served to anyone, the page under its own policy', async (t) => {
  const get = served();
  const json = await get('/v1/openapi.json');
  t.is(json.headers.get('content-type'), 'application/json');
  t.deepEqual(await json.json(), structuredClone(document) as never);
  t.is(json.headers.get('content-security-policy'), "default-src 'none'; frame-ancestors 'none'");
  const socketsJson = await get('/v1/asyncapi.json');
  t.is(socketsJson.headers.get('content-type'), 'application/json');
  t.deepEqual(await socketsJson.json(), structuredClone(sockets) as never);
  const page = await get('/v1/docs');
  t.is(page.headers.get('content-type'), 'text/html; charset=utf-8');
  t.is(page.headers.get('content-security-policy'), DOCS_POLICY);
  t.is(page.headers.get('x-content-type-options'), 'nosniff');
  t.is(await page.text(), await docsPage(document, sockets));
});

test('REF1 the reference shows the fields of every body, and what can be done about every error', async (t) => {
  const page = await docsPage(document, sockets);
  const sectionOf = (id: string) => page.split(` id="${id}"`)[1]?.split('</article>')[0] ?? '';
  for (const [, , { operationId, requestBody, responses }] of described) {
    const section = sectionOf(operationId);
    const contents = [
      requestBody?.content,
      ...Object.entries(responses).map(([status, { content }]) => (status < '400' ? content : undefined)),
    ];
    for (const content of contents) {
      const schema = content?.['application/json']?.schema;
      const name = schema?.$ref?.split('/').at(-1) ?? '';
      for (const field of Object.keys(document.components.schemas[name]?.properties ?? {})) {
        t.true(section.includes(`<code class="name">${field}</code>`), `${operationId}: ${field} of ${name}`);
      }
    }
  }
  for (const [code, { message }] of Object.entries(ERRORS)) {
    const section = page.split(` id="error-${code}"`)[1]?.split('</section>')[0] ?? '';
    t.true(section.includes(`<p>${message}</p>`), code);
    t.regex(section, /What to do:<\/b> \S/, code);
  }
});

test('REF1 a field that contains its own type again is described once', async (t) => {
  const page = await docsPage(document, sockets);
  const section = page.split(' id="appendBlocks"')[1]?.split('<h4>Responses')[0] ?? '';
  t.is(section.match(/<code class="name">content<\/code>/g)?.length, 1);
  t.is(section.match(/<code class="name">marks<\/code>/g)?.length, 1);
});

test('REF3 the reference is at most 60 KB in either coding, and is not sent again to who has it', async (t) => {
  const get = served();
  const plain = await (await get('/v1/docs')).text();
  const decompress = { gzip: gunzipSync, br: brotliDecompressSync };
  for (const coding of ['gzip', 'br'] as const) {
    const response = await get('/v1/docs', { 'accept-encoding': coding });
    t.is(response.headers.get('content-encoding'), coding);
    const body = Buffer.from(await response.arrayBuffer());
    t.true(body.length <= 60_000, `${coding}: ${body.length} bytes`);
    t.is(decompress[coding](body).toString(), plain);
    const again = await get('/v1/docs', {
      'accept-encoding': coding,
      'if-none-match': response.headers.get('etag') ?? '',
    });
    t.is(again.status, 304);
  }
});

test('what a description says is text, whatever is in it', async (t) => {
  const hostile = '<script>alert(1)</script>"\'`<b>`';
  const changed = structuredClone(document) as unknown as { info: { description: string; title: string } };
  changed.info.description = hostile;
  changed.info.title = hostile;
  const page = await docsPage(changed as unknown as typeof document, sockets);
  t.is(page.match(/<script/g)?.length, 1);
  t.notRegex(page, /<script>alert|`<b>`/);
  t.regex(page, /&lt;script&gt;alert\(1\)&lt;\/script&gt;/);
});
