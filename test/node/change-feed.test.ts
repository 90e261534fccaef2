/** What changed in access and publications: nothing is read twice or skipped, whatever the order of commits, and idle costs one question. */
import test, { type ExecutionContext } from 'ava';
import pg from 'pg';
import { createChangeFeed, NAMED_MS } from '../../src/node/change-feed.ts';
import type { ChangeLog, ChangePosition, ReadChanges } from '../../src/ports/changes.ts';
import { createChangeLog } from '../../src/storage/postgres/access-changes.ts';
import { changeFeedContract } from '../contracts/change-feed.ts';
import { until } from '../support/helpers.ts';
import { createWorld, type TestAuthor, type World } from '../support/node.ts';
import { silentLog } from '../support/silent-log.ts';

test.beforeEach((t) => t.timeout(90_000));

const SWEEP_MS = 30_000;

async function prepare(t: ExecutionContext) {
  const world = await createWorld(t);
  let now = 0;
  const pass = (ms: number): void => {
    now += ms;
  };
  return { world, pass, log: createChangeLog(world.orm, () => now) };
}

/** Reads on from where it is; what changed, sorted. */
function reader(log: ChangeLog) {
  let position: ChangePosition | undefined;
  return async (): Promise<string[] | undefined> => {
    const read: ReadChanges = await log.since(position);
    position = read.position;
    return read.changes?.map(({ userId, documentId }) => `${userId ?? '-'} ${documentId ?? '-'}`).toSorted();
  };
}

async function transaction(t: { teardown(end: () => unknown): void }, world: World): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: world.databaseUrl });
  t.teardown(() => client.end());
  await client.connect();
  await client.query('begin');
  return client;
}

const GRANT = 'insert into grants (document_id, user_id, level) values ($1, $2, $3)';

test('I7 changes of a transaction that is committed late, under a savepoint too, are read once and not skipped', async (t) => {
  const { world, log } = await prepare(t);
  const [ann, ben, cleo] = [await world.author(), await world.author(), await world.author()];
  const doc = await world.document(ann);
  const next = reader(log);
  t.is(await next(), undefined, 'where to begin');
  t.deepEqual(await next(), []);
  const late = await transaction(t, world);
  await late.query(GRANT, [doc, ben.userId, 'view']);
  await world.grant(doc, cleo, 'view');
  t.deepEqual(await next(), [`${cleo.userId} ${doc}`]);
  t.deepEqual(await next(), []);
  // Others come and go while it is open, and it writes more under a savepoint.
  await world.orm.query('delete from grants where user_id = $1', [cleo.userId]);
  await late.query('savepoint one');
  await late.query('update grants set level = $2 where user_id = $1', [ben.userId, 'edit']);
  await late.query('release savepoint one');
  t.deepEqual(await next(), [`${cleo.userId} ${doc}`]);
  await late.query('commit');
  t.deepEqual(new Set(await next()), new Set([`${ben.userId} ${doc}`]));
  t.deepEqual(await next(), []);
});

test('a rolled back change, or one that concerns no access, is not reported', async (t) => {
  const { world, log } = await prepare(t);
  const ann = await world.author();
  const doc = await world.document(ann);
  const next = reader(log);
  await next();
  const undone = await transaction(t, world);
  await undone.query('delete from grants where document_id = $1', [doc]);
  await undone.query('rollback');
  for (const sql of [
    `update documents set title = 'x', summary = 'y', updated_at = now() where id = '${doc}'`,
    `update documents set name = name, visibility = visibility, deleted_at = deleted_at where id = '${doc}'`,
    `update draft_heads set epoch = epoch + 1 where document_id = '${doc}'`,
    `update sessions set user_agent = 'x'`,
  ]) {
    await world.orm.query(sql, []);
  }
  await world.author();
  t.deepEqual(await next(), []);
});

// What changes, and who is named for it.
const CHANGES: Readonly<Record<string, (ann: TestAuthor, doc: string) => [sql: string, named: string[]]>> = {
  'a grant that changes': (ann, doc) => [
    `update grants set level = 'view' where document_id = '${doc}'`,
    [`${ann.userId} ${doc}`],
  ],
  'a grant that goes': (ann, doc) => [`delete from grants where document_id = '${doc}'`, [`${ann.userId} ${doc}`]],
  'a session that is revoked': ({ sessionId, userId }) => [
    `update sessions set revoked_at = now() where id = '${sessionId}'`,
    [`${userId} -`],
  ],
  'a session that ends earlier': ({ sessionId, userId }) => [
    `update sessions set expires_at = now() where id = '${sessionId}'`,
    [`${userId} -`],
  ],
  'a session that is deleted': ({ sessionId, userId }) => [
    `delete from sessions where id = '${sessionId}'`,
    [`${userId} -`],
  ],
  'a user who is deleted with the documents': ({ userId }, doc) => [
    `with gone as (delete from documents where id = '${doc}') delete from sessions where user_id = '${userId}'`,
    [`- ${doc}`, `${userId} -`, `${userId} ${doc}`],
  ],
  'a document that is deleted': ({ userId }, doc) => [
    `update documents set deleted_at = now() where id = '${doc}'`,
    [`- ${doc}`, `${userId} ${doc}`],
  ],
  'a document that becomes public': (_ann, doc) => [
    `update documents set visibility = 'public' where id = '${doc}'`,
    [`- ${doc}`],
  ],
  'a document under another name': (_ann, doc) => [
    `update documents set name = 'another-name' where id = '${doc}'`,
    [`- ${doc}`],
  ],
  'a document that is shown live': (_ann, doc) => [
    `update documents set live = not live where id = '${doc}'`,
    [`- ${doc}`],
  ],
};

for (const [name, change] of Object.entries(CHANGES)) {
  test(`I6 ${name} reports whose access to check again`, async (t) => {
    const { world, log } = await prepare(t);
    const ann = await world.author();
    const doc = await world.document(ann);
    const next = reader(log);
    await next();
    const [sql, named] = change(ann, doc);
    await world.orm.query(sql, []);
    t.deepEqual([...new Set(await next())], named);
  });
}

test('I6 I13 what was or is public changes lists, as does what is noted without saying so; nothing else does', async (t) => {
  const { world, log } = await prepare(t);
  const [ann, ben] = [await world.author(), await world.author()];
  const doc = await world.document(ann);
  const node = await world.node();
  t.is((await node.call('POST', `/v1/documents/${doc}/publish`, ann)).status, 201);
  let { position } = await log.since(undefined);
  const changesLists = async (sql: string): Promise<boolean> => {
    await world.orm.query(sql, []);
    const read = await log.since(position);
    position = read.position;
    return read.changes?.some((change) => change.changesLists) ?? true;
  };
  const set = (columns: string) => changesLists(`update documents set ${columns} where id = '${doc}'`);
  t.false(await set(`name = 'private-name'`));
  t.false(await set('live = true'));
  await world.grant(doc, ben, 'view');
  t.false(await changesLists(`update grants set level = 'edit' where user_id = '${ben.userId}'`));
  t.false(await changesLists(`update sessions set revoked_at = now() where user_id = '${ben.userId}'`));
  t.true(await set(`visibility = 'public'`));
  t.false(await set(`title = 'x', summary = 'y'`), 'lists have those of the revision');
  t.true(await set(`name = 'public-name'`));
  t.true(await set('deleted_at = now()'));
  t.false(await set(`name = 'deleted-name'`));
  t.true(await set('deleted_at = null'));
  t.true(await set('published_revision = null'));
  t.false(await set(`name = 'withdrawn-name'`));
  t.true(await set('published_revision = 1'));
  t.true(await set(`visibility = 'private'`));
  t.true(await set(`visibility = 'public'`));
  t.true(await changesLists(`delete from documents where id = '${doc}'`));
  t.true(await changesLists(`insert into access_changes (document_id) values ('${doc}')`));
});

test('I6 a revoked token and a withdrawal report whose access to check again', async (t) => {
  const { world, log } = await prepare(t);
  const ann = await world.author();
  const doc = await world.document(ann);
  const node = await world.node();
  const made = await node.call('POST', '/v1/tokens', ann, { name: 'x', scopes: ['documents:read'] });
  const { id } = (await made.json()) as { id: string };
  t.is((await node.call('POST', `/v1/documents/${doc}/publish`, ann)).status, 201);
  const next = reader(log);
  await next();
  t.is((await node.call('DELETE', `/v1/tokens/${id}`, ann)).status, 204);
  t.deepEqual(await next(), [`${ann.userId} -`]);
  await node.call('POST', `/v1/documents/${doc}/unpublish`, ann);
  t.deepEqual(await next(), [`- ${doc}`]);
});

test('I9 more changes than fit into a read, and a server that may have lost some, count as not known', async (t) => {
  const { world, log } = await prepare(t);
  const next = reader(log);
  await next();
  await world.orm.query(
    'insert into access_changes (user_id) select gen_random_uuid() from generate_series(1, 10001)',
    [],
  );
  t.is(await next(), undefined);
  t.deepEqual(await next(), []);
  const { position } = await log.since(undefined);
  t.is((await log.since({ ...position, server: 'before a restart' })).changes, undefined);
  // The clock of a machine stands still while it is suspended; the server's does not.
  t.deepEqual((await log.since({ ...position, at: position.at - 599_000 })).changes, []);
  t.is((await log.since({ ...position, at: position.at - 601_000 })).changes, undefined);
  t.is((await log.since({ ...position, at: position.at + 60_000 })).changes, undefined, 'the clock went back');
});

test('changes that every node has read long ago are forgotten', async (t) => {
  const { world, log, pass } = await prepare(t);
  const note = (userId: string) => world.orm.query('insert into access_changes (user_id) values ($1)', [userId]);
  const noted = async (userId: string) =>
    (await world.orm.query('select from access_changes where user_id = $1', [userId])).length;
  const [early, late] = [crypto.randomUUID(), crypto.randomUUID()];
  await note(early);
  await log.purge();
  await note(late);
  pass(60_000);
  await log.purge();
  t.is(await noted(early), 1, 'too early');
  pass(3_540_000);
  await log.purge();
  t.is(await noted(late), 1);
  // Transactions of other databases of the server may be open as well, and are over some time.
  await until(async () => {
    pass(3_600_000);
    await log.purge();
    return (await noted(early)) === 0 && (await noted(late)) === 0;
  });
});

test('I7 what a transaction of more than an hour writes is read before it is forgotten', async (t) => {
  const { world, log, pass } = await prepare(t);
  const ann = await world.author();
  const next = reader(log);
  await next();
  const long = await transaction(t, world);
  await long.query(`insert into access_changes (user_id, at) values ($1, now() - interval '2 hours')`, [ann.userId]);
  await log.purge();
  pass(3_600_000);
  await long.query('commit');
  await log.purge();
  t.deepEqual(await next(), [`${ann.userId} -`]);
  await until(async () => {
    pass(3_600_000);
    await log.purge();
    return (await world.orm.query('select from access_changes where user_id = $1', [ann.userId])).length === 0;
  });
});

changeFeedContract(test, 'feed of a log', (t) => {
  let now = 0;
  let answer: () => ReadChanges['changes'] = () => [];
  let asked = 0;
  const feed = createChangeFeed({
    source: {
      async since() {
        asked += 1;
        return { position: { snapshot: '', server: '', at: 0 }, changes: answer() };
      },
    },
    pollMs: 1,
    sweepMs: SWEEP_MS,
    now: () => now,
    log: silentLog,
  });
  t.teardown(() => feed.close());
  return Promise.resolve({
    feed,
    sweepMs: SWEEP_MS,
    namedMs: NAMED_MS,
    pass(ms) {
      now += ms;
    },
    changes(next) {
      answer = next;
    },
    async polled() {
      // The one under way may have begun before.
      const from = asked + 2;
      await until(() => asked >= from);
    },
  });
});

test('I6 a session that is revoked in a transaction that commits late loses its socket, also when no notice comes', async (t) => {
  const { world } = await prepare(t);
  const { connectClient } = await import('../support/client.ts');
  const node = await world.node({}, { recheckMs: 50 });
  const [ann, ben] = [await world.author(), await world.author()];
  const [slow, quick] = [
    await connectClient(t, node.url, { author: ann }),
    await connectClient(t, node.url, { author: ben }),
  ];
  const late = await transaction(t, world);
  await late.query('update sessions set revoked_at = now() where id = $1', [ann.sessionId]);
  await world.orm.query('update sessions set revoked_at = now() where id = $1', [ben.sessionId]);
  await until(() => !quick.socket.connected);
  t.true(slow.socket.connected);
  await late.query('commit');
  await until(() => !slow.socket.connected);
  t.pass();
});
