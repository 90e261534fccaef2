// What operators ask of a node: whether it lives, whether it may get work, and what it counts.
import test from 'ava';
import { resolveConfig } from '../../../src/config/config.ts';
import { connectClient, Desk } from '../../support/client.ts';
import { query, until } from '../../support/helpers.ts';
import { metric, untilMetric } from '../../support/metrics.ts';
import { createWorld, LISTENERS, type TestNode } from '../../support/node.ts';
import { startPostgres } from '../../support/services.ts';
import { keyPrefix, sharedRedis } from '../../support/shared-services.ts';

test.beforeEach((t) => t.timeout(90_000));

const statusOf = async (node: TestNode, path: string): Promise<number> => (await node.call('GET', path)).status;

test.serial(
  'readyz says 503 while PostgreSQL is away and 200 when it is back, healthz stays, and writing goes on',
  async (t) => {
    const postgres = await startPostgres();
    t.teardown(() => postgres.stop());
    const world = await createWorld(t, { databaseUrl: await postgres.createDatabase() });
    const node = await world.node();
    const ann = await world.author();
    const doc = await world.document(ann);
    const desk = new Desk(await connectClient(t, node.url, { author: ann }), doc);
    await desk.open();
    t.like(await desk.send(desk.type('a')), { ok: true, seq: 1 });
    t.is(await statusOf(node, '/readyz'), 200);
    await postgres.stopImmediate();
    const waiting = desk.send(desk.type('b'));
    await until(async () => (await statusOf(node, '/readyz')) === 503);
    t.is(await (await node.call('GET', '/readyz')).text(), 'unready\n', 'why is for operators');
    t.not(await (await node.ops('/readyz')).text(), 'unready\n');
    t.is((await node.ops('/readyz')).status, 503);
    t.is(await statusOf(node, '/healthz'), 200);
    await postgres.start();
    await until(async () => (await statusOf(node, '/readyz')) === 200);
    t.like(await waiting, { ok: true, seq: 2 });
  },
);

test.serial('readyz is 200 again after PostgreSQL restarted while nobody wrote', async (t) => {
  const postgres = await startPostgres();
  t.teardown(() => postgres.stop());
  const world = await createWorld(t, { databaseUrl: await postgres.createDatabase() });
  const node = await world.node();
  await until(async () => (await statusOf(node, '/readyz')) === 200);
  await postgres.kill9();
  await until(async () => (await statusOf(node, '/readyz')) === 503);
  await postgres.start();
  await until(async () => (await statusOf(node, '/readyz')) === 200);
  t.pass();
});

test.serial(
  'I1 a database that is read-only for a while: readyz says so, then authors are saved and records written on every session',
  async (t) => {
    const postgres = await startPostgres();
    t.teardown(() => postgres.stop());
    const world = await createWorld(t, { databaseUrl: await postgres.createDatabase() });
    const node = await world.node();
    const ann = await world.author();
    const doc = await world.document(ann);
    const desk = new Desk(await connectClient(t, node.url, { author: ann }), doc);
    await desk.open();
    t.like(await desk.send(desk.type('a')), { ok: true, seq: 1 });
    const database = new URL(world.databaseUrl).pathname.slice(1);
    await query(postgres.url, `alter database ${database} set default_transaction_read_only = on`);
    await query(
      postgres.url,
      `select pg_terminate_backend(pid) from pg_stat_activity where application_name like 'stet%' and datname = '${database}'`,
    );
    await until(async () => (await (await node.ops('/readyz')).text()).includes('the database is read-only'));
    t.is(await statusOf(node, '/readyz'), 503);
    const waiting = desk.send(desk.type('b'));
    // Sessions of the pool that began now are read-only, and as many as there may be.
    const rename = () => node.call('PATCH', `/v1/documents/${doc}`, ann, { title: 'Another' });
    const refused = await Promise.all(Array.from({ length: 16 }, rename));
    t.deepEqual([...new Set(refused.map(({ status }) => status))], [503]);
    await query(postgres.url, `alter database ${database} reset default_transaction_read_only`);
    t.like(await waiting, { ok: true, seq: 2 });
    await until(async () => (await statusOf(node, '/readyz')) === 200);
    await until(async () => (await rename()).status === 200);
    const written = await Promise.all(Array.from({ length: 16 }, rename));
    t.deepEqual([...new Set(written.map(({ status }) => status))], [200]);
  },
);

for (const kind of LISTENERS) {
  test.serial(
    `${kind}: metrics count sockets, actors, batches, commits, acks, restarts, claims, calls and the loop's lag`,
    async (t) => {
      const world = await createWorld(t);
      const env = { LISTENER: kind, REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix(), IDLE_MS: '60' };
      const [node, other] = [await world.node(env), await world.node(env)];
      const ann = await world.author();
      const doc = await world.document(ann);
      const desk = new Desk(await connectClient(t, node.url, { author: ann }), doc);
      t.is(await metric(node, 'stet_document_actors{state="serving"}'), 0);
      await desk.open();
      await desk.send(desk.type('x'));
      t.is(await metric(node, 'stet_sockets'), 1);
      t.is(await metric(node, 'stet_users_present'), 1);
      t.is(await metric(node, 'stet_document_actors{state="serving"}'), 1);
      for (const state of ['claiming', 'loading', 'draining', 'backingOff']) {
        t.is(await metric(node, `stet_document_actors{state="${state}"}`), 0, state);
      }
      t.is(await metric(node, 'stet_journal_batch_entries_sum'), 1);
      t.is(await metric(node, 'stet_journal_commit_seconds_count'), 1);
      t.is(await metric(node, 'stet_acks_total'), 1);
      t.is(await metric(node, 'stet_claims_total'), 1);
      t.is(await metric(node, 'stet_document_restarts_total'), 0);
      t.true(((await metric(node, 'nodejs_eventloop_lag_seconds')) ?? -1) >= 0);
      const far = new Desk(await connectClient(t, other.url, { author: ann }), doc);
      await far.open();
      t.is(await metric(other, 'stet_forwarded_calls_total{method="document.open",outcome="ok"}'), 1);
      for (const one of [desk, far]) one.client.socket.disconnect();
      await untilMetric(node, 'stet_document_actors{state="serving"}', 0);
    },
  );

  test.serial(
    `${kind}: wrong JSON, wrong paths, huge bodies and huge headers get their codes, and the next request is served`,
    async (t) => {
      const world = await createWorld(t);
      const node = await world.node({ LISTENER: kind });
      const ann = await world.author();
      const send = (path: string, init: RequestInit, type = 'application/json') =>
        fetch(`${node.url}${path}`, {
          method: 'POST',
          ...init,
          headers: { authorization: `Bearer ${ann.token}`, 'content-type': type, ...(init.headers as object) },
        });
      const code = async (answer: Promise<Response>): Promise<unknown[]> => {
        const { status, headers, ...rest } = await answer.then(async (response) => ({
          status: response.status,
          headers: response.headers,
          body: (await response.json().catch(() => ({}))) as { code?: string },
        }));
        return [status, headers.get('content-type')?.split(';')[0], rest.body.code];
      };
      const problem = 'application/problem+json';
      t.deepEqual(await code(send('/v1/documents', { body: '{"title": ' })), [400, problem, 'bad_request']);
      t.deepEqual(await code(send('/v1/documents', { body: '[]' })), [400, problem, 'bad_request']);
      t.deepEqual(await code(send('/v1/documents', { body: '{"title":"x","__proto__":{"a":1}}' })), [
        400,
        problem,
        'bad_request',
      ]);
      t.deepEqual(await code(send('/v1/documents', { body: '['.repeat(50_000) })), [400, problem, 'bad_request']);
      t.deepEqual(await code(send('/v1/documents', { body: `{"title":"${'x'.repeat(100_000)}"}` })), [
        413,
        problem,
        'body_too_large',
      ]);
      t.deepEqual(await code(send('/v1/documents', { body: 'x' }, 'text/plain')), [
        415,
        problem,
        'unsupported_media_type',
      ]);
      t.deepEqual(await code(send('/v1/nothing', { body: '{}' })), [404, problem, 'not_found']);
      const doc = await world.document(ann);
      const octets = 'application/octet-stream';
      t.deepEqual(await code(send(`/v1/documents/${doc}/updates`, { body: 'junk' }, octets)), [
        400,
        problem,
        'update_malformed',
      ]);
      const limit = resolveConfig({}).maxUpdateBytes;
      t.is((await send(`/v1/documents/${doc}/updates`, { body: new Uint8Array(limit + 1) }, octets)).status, 413);
      const huge = await send('/v1/documents', { body: '{}', headers: { 'x-huge': 'x'.repeat(60_000) } }).then(
        (response) => response.status,
        () => 'cut',
      );
      t.true(huge === 431 || huge === 'cut', `${huge}`);
      t.is((await send('/v1/documents', { body: '{"title":"fine"}' })).status, 201);
      t.is(await statusOf(node, '/healthz'), 200);
    },
  );
}
