/**
 * The OpenAPI document against a running cluster, request by request: whatever is sent, the answer is one that the
 * document names, in the form that it names. Requests come from the document's own schemas, right ones and broken ones.
 */
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { createWorld, type TestAuthor, type TestNode, type World } from '../../support/node.ts';
import { type OpenApi, type Operation, type Parameter, strange, valid, validatorsOf } from '../../support/openapi.ts';
import { startRedis } from '../../support/services.ts';

/** Requests an operation; `FUZZ_RUNS` for a longer look. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 25);
const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 1_000_000_007);

interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: string | Uint8Array | undefined;
}

/** Things to act upon, made anew for each request: any of them may be destroyed by it. */
interface Fixtures {
  author: TestAuthor;
  /** By name of a path parameter. */
  values: Record<string, string>;
}

async function fixtures(world: World, node: TestNode, operation: Operation, path: string): Promise<Fixtures> {
  const author = await world.author('fuzz');
  const made = async (method: string, at: string, json?: unknown) => {
    const response = await node.call(method, at, author, json);
    if (response.status >= 300) throw new Error(`${method} ${at}: ${response.status} ${await response.text()}`);
    return response.status === 204 ? {} : ((await response.json()) as Record<string, string>);
  };
  const values: Record<string, string> = { handle: (await world.author('other')).handle, number: '1' };
  if (path.startsWith('/v1/documents/{id}')) {
    const { id = '' } = await made('POST', '/v1/documents', { title: 'A text' });
    values.id = id;
    await made('PUT', `/v1/documents/${id}/grants/${values.handle}`, { level: 'view' });
    const text = (word: string) => ({ type: 'paragraph', content: [{ type: 'text', text: word }] });
    await made('POST', `/v1/documents/${id}/draft/blocks`, { blocks: [text('one')] });
    await made('POST', `/v1/documents/${id}/publish`);
    if (path.includes('revisions') || path.includes('revert')) {
      await made('POST', `/v1/documents/${id}/draft/blocks`, { blocks: [text('two')] });
      await made('POST', `/v1/documents/${id}/publish`);
      if (path.includes('diff')) values.number = '2';
    }
    if (operation.operationId === 'restoreDocument') await made('DELETE', `/v1/documents/${id}`);
  } else if (path.startsWith('/v1/public/{slug}')) {
    const { id = '', slug = '' } = await made('POST', '/v1/documents', { title: 'A text', visibility: 'public' });
    await made('POST', `/v1/documents/${id}/publish`);
    values.slug = slug;
  } else if (path.startsWith('/v1/webhooks/{id}')) {
    const webhook = await made('POST', '/v1/webhooks', {
      url: 'https://example.org/hook',
      events: ['document.published'],
    });
    values.id = webhook.id ?? '';
    if (path.includes('{delivery}')) {
      await made('POST', `/v1/webhooks/${values.id}/test`);
      const { deliveries } = (await made('GET', `/v1/webhooks/${values.id}/deliveries`)) as unknown as {
        deliveries: { id: string }[];
      };
      values.delivery = deliveries[0]?.id ?? '';
      // Only what is over can be sent again, and nothing leaves this machine.
      await world.orm.query(`update webhook_deliveries set state = 'failed' where id = $1`, [values.delivery]);
    }
  } else if (path.startsWith('/v1/tokens/{id}')) {
    values.id = (await made('POST', '/v1/tokens', { name: 'fuzz', scopes: ['documents:read'] })).id ?? '';
  }
  return { author, values };
}

/** Good values of query parameters and bodies that a schema alone does not give. */
const HAPPY: Record<string, { query?: Record<string, string>; json?: unknown; text?: [type: string, body: string] }> = {
  createDocument: { json: { title: 'A document' } },
  signIn: { json: { handle: 'fuzz', password: 'not the right one' } },
  getHistory: { query: { at: '1' } },
  diffHistory: { query: { from: '0', to: '1' } },
  postUpdate: { text: ['application/octet-stream', '\0\0'] },
  putDraft: { text: ['text/markdown', '# A heading\n\nand *text*'] },
  appendBlocks: { text: ['text/html', '<p>more <b>text</b></p>'] },
  createWebhook: { json: { url: 'https://example.org/hook', events: ['document.edited'] } },
  changeWebhook: { json: { active: false } },
  changeDocument: { json: { title: 'Another title' } },
  createToken: { json: { name: 'fuzz', scopes: ['documents:read'] } },
  schedulePublication: { json: { at: '2029-01-01T00:00:00Z' } },
  publishDocument: { json: {} },
  revertDraft: { json: { revision: 1 } },
  streamEvents: { query: { wait: '0', after: '0.0' } },
};

function arbitrary(document: OpenApi, method: string, path: string, operation: Operation, { values }: Fixtures) {
  const slots = (kind: Parameter['in']) => operation.parameters.filter((parameter) => parameter.in === kind);
  const asText = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value));
  const parameter = ({ schema }: Parameter) =>
    fc.oneof({ weight: 3, arbitrary: valid(document, schema) }, { weight: 1, arbitrary: strange }).map(asText);
  const inPath = fc.record(
    Object.fromEntries(
      slots('path').map((slot) => [
        slot.name,
        fc.oneof(
          { weight: 6, arbitrary: fc.constant(values[slot.name] ?? 'nothing') },
          { weight: 1, arbitrary: parameter(slot) },
        ),
      ]),
    ),
  );
  const optional = (kind: 'query' | 'header') =>
    fc.record(Object.fromEntries(slots(kind).map((slot) => [slot.name, parameter(slot)])), { requiredKeys: [] });
  const contents = Object.entries(operation.requestBody?.content ?? {});
  const bodies = contents.map(([type, { schema }]) =>
    type === 'application/json'
      ? fc.oneof(
          { weight: 4, arbitrary: valid(document, schema).map((value) => JSON.stringify(value)) },
          { weight: 2, arbitrary: broken(document, schema).map((value) => JSON.stringify(value)) },
          { weight: 1, arbitrary: fc.string() },
        )
      : fc.oneof(
          fc.string({ unit: 'grapheme' }),
          fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
        ),
  );
  const body =
    bodies.length === 0
      ? fc.constant({ type: undefined, content: undefined })
      : fc.oneof(
          ...bodies.map((content, index) => ({
            weight: 8,
            arbitrary: fc.record({ type: fc.constant<string | undefined>(contents[index]?.[0]), content }),
          })),
          {
            weight: 1,
            arbitrary: fc.record({
              type: fc.constantFrom('text/csv', 'application/json; charset=utf-16', 'nonsense'),
              content: fc.string(),
            }),
          },
        );
  return fc.record({ inPath, query: optional('query'), headers: optional('header'), body }).map(
    ({ inPath, query, headers, body }): Sent => ({
      method,
      path: `${path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent((inPath[name] ?? '').toWellFormed()))}${
        Object.keys(query).length > 0 ? `?${new URLSearchParams(query as Record<string, string>)}` : ''
      }`,
      headers: {
        ...(headers as Record<string, string>),
        ...(body.type !== undefined && { 'content-type': body.type }),
      },
      body: body.content,
    }),
  );
}

/** A value of the schema with one thing wrong. */
function broken(document: OpenApi, schema: Parameter['schema']): fc.Arbitrary<unknown> {
  return fc.tuple(valid(document, schema), strange, fc.nat()).map(([value, odd, pick]) => {
    if (value === null || typeof value !== 'object' || Array.isArray(value)) return odd;
    const keys = Object.keys(value);
    const key = keys[pick % Math.max(keys.length, 1)];
    if (key === undefined || pick % 3 === 0) return { ...value, unheardOf: odd };
    if (pick % 3 === 1) return Object.fromEntries(Object.entries(value).filter(([name]) => name !== key));
    return { ...value, [key]: odd };
  });
}

function happy(method: string, path: string, operation: Operation, { values }: Fixtures): Sent | undefined {
  const known = HAPPY[operation.operationId];
  const types = Object.keys(operation.requestBody?.content ?? {});
  if (types.length > 0 && !known?.json && !known?.text) return undefined;
  const query = known?.query ? `?${new URLSearchParams(known.query)}` : '';
  return {
    method,
    path: path.replace(/\{(\w+)\}/g, (_, name: string) => values[name] ?? '') + query,
    headers: { ...(types.length > 0 && { 'content-type': known?.text?.[0] ?? 'application/json' }) },
    body: known?.text?.[1] ?? (known?.json === undefined ? undefined : JSON.stringify(known.json)),
  };
}

const validHeader = (value: string): boolean => /^[\t\x20-\x7e\x80-\xff]*$/.test(value) && value === value.trim();

async function check(
  t: ExecutionContext,
  check: ReturnType<typeof validatorsOf>,
  operation: Operation,
  node: TestNode,
  author: TestAuthor,
  sent: Sent,
): Promise<number> {
  const headers = Object.fromEntries(Object.entries(sent.headers).filter(([, value]) => validHeader(value)));
  // A poll that waits for what nobody does would wait its full minute.
  const path = sent.path.replace(/([?&]wait)=\d+/, '$1=0');
  const response = await fetch(new URL(path, node.url), {
    method: sent.method.toUpperCase(),
    headers: { authorization: `Bearer ${author.token}`, ...headers },
    ...(sent.body !== undefined && { body: sent.body as string }),
    redirect: 'manual',
    signal: AbortSignal.timeout(30_000),
  }).catch((error: unknown) => {
    throw new Error(`${sent.method} ${path}: no answer`, { cause: error });
  });
  const what = `${sent.method.toUpperCase()} ${sent.path.slice(0, 200)} ${JSON.stringify(headers)} ${String(sent.body).slice(0, 300)}`;
  const rule = operation.responses[String(response.status)];
  const type = response.headers.get('content-type')?.split(';')[0] ?? '';
  if (type === 'text/event-stream') {
    await response.body?.cancel();
    if (!rule?.content?.[type]) t.fail(`${what}: a stream that the document does not name`);
    return response.status;
  }
  const text = await response.text();
  if (!rule) {
    t.fail(`${what}: ${response.status} is not in the document: ${text.slice(0, 300)}`);
    return response.status;
  }
  if (response.status >= 500 && response.status !== 503) t.fail(`${what}: ${response.status} ${text}`);
  const content = rule.content?.[type];
  if (rule.content && !content) t.fail(`${what}: ${response.status} came as ${type}`);
  if (!rule.content && text !== '') t.fail(`${what}: ${response.status} came with a body`);
  if (content && type.endsWith('json')) {
    const wrong = check(content.schema, JSON.parse(text));
    if (wrong !== undefined) t.fail(`${what}: ${response.status} ${wrong}: ${text.slice(0, 300)}`);
  }
  return response.status;
}

test('API1 every answer to every request, right or wrong, is one that the OpenAPI document names', async (t) => {
  t.timeout(600_000);
  const redis = await startRedis();
  t.teardown(() => redis.stop());
  const world = await createWorld(t);
  const env = { REDIS_URL: redis.url, API_REQUESTS_PER_ADDRESS_PER_MINUTE: '1000000' };
  const nodes = [await world.node(env), await world.node({ ...env, LISTENER: 'uws' })] as const;
  const document = (await (await fetch(`${nodes[0].url}/v1/openapi.json`)).json()) as OpenApi;
  const validate = validatorsOf(document);
  t.log(`seed ${SEED}, ${RUNS} requests an operation`);

  const never: string[] = [];
  let requests = 0;
  for (const [path, operations] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(operations)) {
      const statuses = new Set<number>();
      const made = await fixtures(world, nodes[0], operation, path);
      const sample = fc.sample(arbitrary(document, method, path, operation, made), { seed: SEED, numRuns: RUNS });
      const first = happy(method, path, operation, made);
      for (const [index, sent] of [...(first ? [first] : []), ...sample].entries()) {
        const node = nodes[index % 2] ?? nodes[0];
        statuses.add(await check(t, validate, operation, node, made.author, sent));
        requests += 1;
      }
      // A sign-in that succeeds needs a password: test/gateway/api/operations/sessions.test.ts has those.
      const succeeded = [...statuses].some((status) => status < 400) || operation.operationId === 'signIn';
      if (!succeeded) never.push(`${operation.operationId}: ${[...statuses].join(', ')}`);
    }
  }
  t.log(`${requests} requests`);
  t.deepEqual(never, [], 'each operation succeeds at least once');
  for (const node of nodes) t.is((await fetch(`${node.url}/readyz`)).status, 200);
});
