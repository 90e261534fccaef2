/** Real nodes on a primary and its streaming replica: what a session wrote it lists, at any node, however far the replica is. */
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import { until } from '../../../support/helpers.ts';
import { untilMetric } from '../../../support/metrics.ts';
import { createWorld, type TestAuthor, type TestNode, type World } from '../../../support/node.ts';
import { startReplica, type TestReplica } from '../../../support/replica.ts';
import { startPostgres, type TestPostgres } from '../../../support/services.ts';
import { keyPrefix, sharedRedis } from '../../../support/shared-services.ts';

interface Context {
  postgres: TestPostgres;
  replica: TestReplica;
}
const test = anyTest as TestFn<Context>;

// One primary and one replica, and one test at a time: each stops the replay of all.
test.before(async (t) => {
  const postgres = await startPostgres();
  t.context = { postgres, replica: await startReplica(postgres.url) };
});
test.after.always(async (t) => {
  await t.context.replica?.stop();
  await t.context.postgres?.stop();
});

interface Pair {
  world: World;
  a: TestNode;
  b: TestNode;
}

/** Two nodes of a cluster that use the replica. */
async function pair(t: ExecutionContext<Context>, env: Record<string, string> = {}): Promise<Pair> {
  const { postgres, replica } = t.context;
  const databaseUrl = await postgres.createDatabase();
  t.teardown(() => replica.resumeReplay());
  const world = await createWorld(t, { databaseUrl });
  const settings = {
    DATABASE_REPLICA_URLS: replica.urlOf(databaseUrl),
    REPLICA_MAX_LAG_MS: '600000',
    REDIS_URL: await sharedRedis(),
    REDIS_PREFIX: keyPrefix(),
    API_REQUESTS_PER_MINUTE: '1000000',
    API_REQUESTS_PER_USER_PER_MINUTE: '1000000',
    API_REQUESTS_PER_ADDRESS_PER_MINUTE: '1000000',
    ...env,
  };
  const [a, b] = await Promise.all([world.node(settings), world.node(settings)]);
  await Promise.all([untilMetric(a, IN_USE, 1), untilMetric(b, IN_USE, 1)]);
  return { world, a, b };
}

const IN_USE = 'stet_replicas_in_use';

async function ask<T>(node: TestNode, method: string, path: string, author: TestAuthor, json?: unknown): Promise<T> {
  const answer = await node.call(method, `/v1${path}`, author, json);
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

interface Listed {
  id: string;
  seq: number;
  role: string;
}
async function listed(node: TestNode, author: TestAuthor, query = ''): Promise<Listed[]> {
  return (await ask<{ documents: Listed[] }>(node, 'GET', `/documents${query}`, author)).documents;
}
const make = async (node: TestNode, author: TestAuthor, title: string): Promise<string> =>
  (await ask<{ id: string }>(node, 'POST', '/documents', author, { title })).id;
const ids = (documents: readonly { id: string }[]) => documents.map(({ id }) => id);
const paragraph = (text: string) => ({ blocks: [{ type: 'paragraph', content: [{ type: 'text', text }] }] });

/** Waits until the replica has all that there is so far: what a second session has not written itself shows there. */
async function replayed(t: ExecutionContext<Context>, { world }: Pair): Promise<void> {
  const [row] = await world.orm.query<{ lsn: string }>('select pg_current_wal_lsn()::text as lsn', []);
  await until(async () => t.context.replica.hasReplayed(row?.lsn ?? ''));
}

test.serial('READ2 a document that is made at one node is listed and found by its session at every node', async (t) => {
  const nodes = await pair(t);
  const { world, a, b } = nodes;
  const ann = await world.author();
  const elsewhere = await world.session(ann);
  const old = await make(a, ann, 'A zebra of old');
  await replayed(t, nodes);
  await t.context.replica.pauseReplay();
  const id = await make(a, ann, 'A new zebra');
  for (const node of [a, b]) {
    t.deepEqual(ids(await listed(node, ann)), [id, old]);
    t.deepEqual(ids(await listed(node, ann, '?q=zebra')), [id, old]);
    // The replica answers whoever has written nothing: that is what it has.
    t.deepEqual(ids(await listed(node, elsewhere)), [old]);
    t.deepEqual(ids(await listed(node, elsewhere, '?q=zebra')), [old], 'it searches, too');
  }
  await t.context.replica.resumeReplay();
  await until(async () => (await listed(b, elsewhere)).length === 2);
});

test.serial('READ2 what is published and audited is listed to its session at every node', async (t) => {
  const nodes = await pair(t);
  const { world, a, b } = nodes;
  const ann = await world.author();
  const elsewhere = await world.session(ann);
  const id = await make(a, ann, 'A text');
  await replayed(t, nodes);
  await t.context.replica.pauseReplay();
  await ask(a, 'POST', `/documents/${id}/publish`, ann);
  const revisions = async (author: TestAuthor) =>
    (await ask<{ revisions: object[] }>(b, 'GET', `/documents/${id}/revisions`, author)).revisions.length;
  const actions = async (author: TestAuthor) =>
    (await ask<{ events: { action: string }[] }>(b, 'GET', `/documents/${id}/audit`, author)).events.map(
      ({ action }) => action,
    );
  t.is(await revisions(ann), 1);
  t.true((await actions(ann)).includes('document.published'));
  t.is(await revisions(elsewhere), 0, 'the replica answers');
  t.deepEqual(await actions(elsewhere), ['document.created']);
  const { number } = await ask<{ number: number }>(b, 'GET', `/documents/${id}/revisions/1`, elsewhere);
  t.is(number, 1, 'what the replica does not have is asked of the primary');
});

test.serial('READ8 the past of a draft is whole, whether or not the replica has got so far', async (t) => {
  const nodes = await pair(t);
  const { world, a, b } = nodes;
  const ann = await world.author();
  const id = await make(a, ann, 'A text');
  await ask(a, 'POST', `/documents/${id}/draft/blocks`, ann, paragraph('one'));
  await replayed(t, nodes);
  await t.context.replica.pauseReplay();
  await ask(a, 'POST', `/documents/${id}/draft/blocks`, ann, paragraph('two'));
  for (const [at, words] of [
    [1, ['one']],
    [2, ['one', 'two']],
  ] as const) {
    const past = await b.call('GET', `/v1/documents/${id}/history?at=${at}&format=text`, ann);
    t.is(past.status, 200);
    const text = await past.text();
    t.deepEqual(
      ['one', 'two'].filter((word) => text.includes(word)),
      [...words],
    );
  }
  const { sessions } = await ask<{ sessions: object[] }>(b, 'GET', `/documents/${id}/writing-sessions`, ann);
  t.is(sessions.length, 1);
  t.like(sessions[0], { firstSeq: 1, lastSeq: 2, edits: 2 });
  t.like(await ask(b, 'GET', `/documents/${id}/history/diff?from=1`, ann), {
    from: { seq: 1, editedBy: ann.handle },
    to: { seq: 2, editedBy: ann.handle },
  });
});

test.serial('I6 the primary says who may see what a replica lists, and how far the drafts are', async (t) => {
  const nodes = await pair(t);
  const { world, a, b } = nodes;
  const [ann, bert] = [await world.author(), await world.author()];
  const [shared, secret, gone] = [
    await make(a, ann, 'A shared zebra'),
    await make(a, ann, 'A secret zebra'),
    await make(a, ann, 'A zebra that goes'),
  ];
  for (const id of [shared, secret, gone]) {
    await ask(a, 'PUT', `/documents/${id}/grants/${bert.handle}`, ann, { level: 'edit' });
  }
  await replayed(t, nodes);
  t.is((await listed(b, bert)).length, 3);
  await t.context.replica.pauseReplay();
  await ask(a, 'DELETE', `/documents/${secret}/grants/${bert.handle}`, ann);
  await ask(a, 'PUT', `/documents/${shared}/grants/${bert.handle}`, ann, { level: 'view' });
  await ask(a, 'DELETE', `/documents/${gone}`, ann);
  await ask(a, 'POST', `/documents/${shared}/draft/blocks`, ann, paragraph('one'));
  for (const query of ['', '?q=zebra']) {
    t.deepEqual(
      (await listed(b, bert, query)).map(({ id, role, seq }) => ({ id, role, seq })),
      [{ id: shared, role: 'view', seq: 1 }],
    );
  }
  t.deepEqual(await listed(b, bert, '?state=deleted'), []);
  const other = await make(a, ann, 'Nothing to do with it');
  t.deepEqual(ids(await listed(b, bert)), [shared], 'the replica answers still');
  t.true(ids(await listed(b, ann)).includes(other));
});

test.serial('READ5 a replica that dies in a storm of lists fails no request, and comes back', async (t) => {
  const { world, a, b } = await pair(t);
  const { replica } = t.context;
  const ann = await world.author();
  const elsewhere = await world.session(ann);
  const id = await make(a, ann, 'A text');
  await until(async () => (await listed(b, elsewhere)).length === 1);
  let isOver = false;
  const seen: string[][] = [];
  const storm = Array.from({ length: 12 }, async (_, worker) => {
    while (!isOver) seen.push(ids(await listed(worker % 2 === 0 ? a : b, worker % 3 === 0 ? ann : elsewhere)));
  });
  await until(() => seen.length > 50);
  await replica.kill9();
  await Promise.all([untilMetric(a, IN_USE, 0), untilMetric(b, IN_USE, 0)]);
  const atDeath = seen.length;
  await until(() => seen.length > atDeath + 50);
  await replica.start();
  await Promise.all([untilMetric(a, IN_USE, 1), untilMetric(b, IN_USE, 1)]);
  isOver = true;
  await t.notThrowsAsync(Promise.all(storm));
  t.true(seen.every((found) => found.length === 1 && found[0] === id));
});

test.serial('READ4 a replica that lags is left out by itself: others see what was written, too', async (t) => {
  const { world, a, b } = await pair(t, { REPLICA_MAX_LAG_MS: '300' });
  const ann = await world.author();
  const elsewhere = await world.session(ann);
  await t.context.replica.pauseReplay();
  const id = await make(a, ann, 'A text');
  await untilMetric(b, IN_USE, 0);
  t.deepEqual(ids(await listed(b, elsewhere)), [id]);
  await t.context.replica.resumeReplay();
  await untilMetric(b, IN_USE, 1);
  t.deepEqual(ids(await listed(b, elsewhere)), [id]);
});
