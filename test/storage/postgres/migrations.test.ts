/** Migrations: the schema they make, several nodes at once, table locks, and that the entities map it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import type { EntitySchema } from '@mikro-orm/core';
import test, { type ExecutionContext } from 'ava';
import pg from 'pg';
import { MIGRATIONS } from '../../../migrations/index.ts';
import { ENTITIES } from '../../../src/storage/postgres/entities/index.ts';
import { migrate } from '../../../src/storage/postgres/migrate.ts';
import { createOrm, type Orm } from '../../../src/storage/postgres/orm.ts';
import { quiet } from '../../support/api.ts';
import { freshDatabase } from '../../support/shared-services.ts';

/** Closed when the test ends, however it ends. */
async function open(t: ExecutionContext, databaseUrl: string): Promise<Orm> {
  const orm = await createOrm({ databaseUrl, log: quiet, poolSize: 3 });
  t.teardown(() => orm.close());
  return orm;
}

async function connect(t: ExecutionContext, databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  t.teardown(() => client.end());
  return client;
}

test('every migration in the folder is listed, in the order of its name', (t) => {
  const files = readdirSync(new URL('../../../migrations/', import.meta.url))
    .filter((name) => /^\d{4}-/.test(name))
    .map((name) => name.replace(/\.ts$/, ''))
    .sort();
  t.deepEqual(
    MIGRATIONS.map(({ name }) => name),
    files,
  );
});

test('migrating twice does the work once', async (t) => {
  const orm = await open(t, await freshDatabase());
  t.deepEqual(await migrate(orm, quiet), { applied: MIGRATIONS.map(({ name }) => name) });
  t.deepEqual(await migrate(orm, quiet), { applied: [] });
});

test('two processes that migrate at once do the work once', async (t) => {
  const databaseUrl = await freshDatabase();
  const at = (path: string) => JSON.stringify(new URL(path, import.meta.url).href);
  const program = `
    const { createOrm } = await import(${at('../../../src/storage/postgres/orm.ts')});
    const { migrate } = await import(${at('../../../src/storage/postgres/migrate.ts')});
    const { quiet } = await import(${at('../../support/api.ts')});
    const orm = await createOrm({ databaseUrl: process.env.DATABASE_URL, log: quiet, poolSize: 2 });
    const { applied } = await migrate(orm, quiet);
    await orm.close();
    process.stdout.write(String(applied.length));`;
  const run = async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: { ...process.env, DATABASE_URL: databaseUrl },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    const [code] = await once(child, 'close');
    return { code, output };
  };
  const outcomes = await Promise.all([run(), run()]);
  t.deepEqual(outcomes.map(({ code, output }) => `${code}:${output}`).sort(), ['0:0', `0:${MIGRATIONS.length}`]);
});

test('a node waits for the one that migrates, and gives up in the end', async (t) => {
  const databaseUrl = await freshDatabase();
  const other = await connect(t, databaseUrl);
  await other.query('select pg_advisory_lock($1)', [0x73746574]);
  const orm = await open(t, databaseUrl);
  await t.throwsAsync(migrate(orm, quiet, 0), { message: /migration lock/ });

  let waiting = false;
  const log = {
    ...quiet,
    info(_fields: object, message: string) {
      if (!message.startsWith('waiting')) return;
      waiting = true;
      void other.query('select pg_advisory_unlock($1)', [0x73746574]);
    },
  };
  t.is((await migrate(orm, log)).applied.length, MIGRATIONS.length);
  t.true(waiting);
  // The lock goes with its session: another node gets it.
  await t.notThrowsAsync(other.query('select pg_advisory_lock($1)', [0x73746574]));
});

test('I6 documents that were unpublished by an older version are recognised', async (t) => {
  const orm = await open(t, await freshDatabase());
  await migrate(orm, quiet);
  const name = '0008-taken-back-before';
  const [owner] = await orm.query<{ id: string }>(
    "insert into users (handle, password_hash, role) values ('ana', 'x', 'author') returning id",
    [],
  );
  /** A document with four revisions that was unpublished at one of them. */
  const made = async (published: number | null, unpublishedAt?: number) => {
    const [document] = await orm.query<{ id: string }>(
      `with d as (insert into documents (title, owner_id, published_revision) values ('T', $1, $2) returning id),
            r as (insert into revisions (document_id, number, title, summary, body, seq, published_by)
                  select d.id, n, 'T', '', '{}', n, $1 from d, generate_series(1, 4) n),
            e as (insert into audit_events (id, at, actor_kind, action, target_kind, target_id, outcome, before)
                  select gen_random_uuid(), now(), 'user', 'document.unpublished', 'document', d.id::text, 'ok',
                         jsonb_build_object('revision', $3::int) from d where $3::int is not null)
       select id from d`,
      [owner?.id, published, unpublishedAt ?? null],
    );
    return document?.id;
  };
  const [always, gone, back] = [await made(4), await made(null, 4), await made(4, 2)];
  await orm.query('delete from migrations where name = $1', [name]);
  t.deepEqual(await migrate(orm, quiet), { applied: [name] });
  const rows = await orm.query<{ id: string; taken_back: number }>('select id, taken_back from documents', []);
  const takenBack = Object.fromEntries(rows.map((row) => [row.id, row.taken_back]));
  t.deepEqual(takenBack, { [`${always}`]: 0, [`${gone}`]: 4, [`${back}`]: 2 });
});

test('ADDR2 I13 the slugs of untitled drafts follow the title from the upgrade on, and no slug that somebody may have chosen', async (t) => {
  const orm = await open(t, await freshDatabase());
  await migrate(orm, quiet);
  const name = '0022-placeholder-names';
  const [owner] = await orm.query<{ id: string }>(
    "insert into users (handle, password_hash, role) values ('ana', 'x', 'author') returning id",
    [],
  );
  // As nodes of the version before write them; the first one as those before that did.
  const written = [
    ['untitled-aaaaa0', null, 0, false],
    ['x-1', 'untitled-wbhgi6', 0, false],
    ['x-2', 'untitled-wbhgi7', 0, true],
    ['x-3', 'untitled-wbhgi8', 3, false],
    ['x-4', 'untitled-story', 0, false],
    ['x-5', 'storm-wbhgi6', 0, false],
  ] as const;
  for (const [slug, given, takenBack, isPublished] of written) {
    await orm.query(
      `insert into documents (title, owner_id, slug, name, taken_back, published_revision) values ('T', $1, $2, $3, $4, $5)`,
      [owner?.id, slug, given, takenBack, isPublished ? 1 : null],
    );
  }
  await orm.query('delete from migrations where name = $1', [name]);
  t.deepEqual(await migrate(orm, quiet), { applied: [name] });
  const rows = await orm.query<{ made_name: string }>(
    'select made_name from documents where made_name is not null order by 1',
    [],
  );
  t.deepEqual(
    rows.map((row) => row.made_name),
    ['untitled-aaaaa0', 'untitled-wbhgi6'],
  );
});

test('ADDR3 I13 the address that a node of the version before changes leads on as well', async (t) => {
  const orm = await open(t, await freshDatabase());
  await migrate(orm, quiet);
  const [document] = await orm.query<{ id: string }>(
    `with u as (insert into users (handle, password_hash, role) values ('ana', 'x', 'author') returning id)
     insert into documents (title, owner_id, slug, visibility, published_revision) select 'T', id, 'first', 'public', 1 from u returning id`,
    [],
  );
  const change = (set: string) => orm.query(`update documents set ${set} where id = $1`, [document?.id]);
  await change(`slug = 'second'`);
  await change(`name = 'third', visibility = 'public'`);
  await change(`title = 'Another'`);
  await change(`visibility = 'private'`);
  await change(`name = 'fourth'`);
  await change(`published_revision = null`);
  const rows = await orm.query<{ name: string; public: boolean }>(
    'select name, public from former_names order by at',
    [],
  );
  t.deepEqual(
    rows.map((row) => [row.name, row.public]),
    [
      ['first', true],
      ['second', true],
      ['third', true],
      ['fourth', false],
    ],
  );
});

test('ONAIR7 I13 the times at which a node of the version before makes a document live and ends it are noted', async (t) => {
  const orm = await open(t, await freshDatabase());
  await migrate(orm, quiet);
  const [document] = await orm.query<{ id: string }>(
    `with u as (insert into users (handle, password_hash, role) values ('ana', 'x', 'author') returning id),
          d as (insert into documents (title, owner_id, slug) select 'T', id, 'first' from u returning id)
     insert into draft_heads (document_id, head_seq) select id, 7 from d returning document_id as id`,
    [],
  );
  const change = (set: string) => orm.query(`update documents set ${set} where id = $1`, [document?.id]);
  const periods = async () =>
    (
      await orm.query<{ started_seq: string; ended: boolean }>(
        'select started_seq, ended_at is not null as ended from live_periods order by started_at',
        [],
      )
    ).map(({ started_seq, ended }) => `${started_seq}${ended ? ' ended' : ''}`);
  await change('live = true');
  t.deepEqual(await periods(), [], 'readers see nothing before it is published');
  await change('published_revision = 1');
  t.deepEqual(await periods(), ['7']);
  await change(`published_revision = 2, title = 'Another'`);
  await change(`visibility = 'public'`);
  t.deepEqual(await periods(), ['7']);
  await orm.query('update draft_heads set head_seq = 9', []);
  await change('deleted_at = now()');
  await change('deleted_at = null');
  t.deepEqual(await periods(), ['7 ended', '9']);
  await change('live = false');
  t.deepEqual(await periods(), ['7 ended', '9 ended']);
});

test('every entity maps its table, column by column', async (t) => {
  const databaseUrl = await freshDatabase();
  const orm = await open(t, databaseUrl);
  await migrate(orm, quiet);
  const columns = await orm.query<{ table: string; name: string; nullable: boolean }>(
    `select table_name as table, column_name as name, is_nullable = 'YES' as nullable
       from information_schema.columns join information_schema.tables using (table_schema, table_name)
      where table_schema = 'public' and table_type = 'BASE TABLE'`,
    [],
  );
  const tables = new Set<string>();
  for (const entity of ENTITIES as readonly EntitySchema[]) {
    const meta = orm.orm.getMetadata().get(entity);
    tables.add(meta.tableName);
    const mapped = meta.props.map((prop) => `${prop.fieldNames[0]}${prop.nullable ? '?' : ''}`).sort();
    const real = columns
      .filter(({ table }) => table === meta.tableName)
      .map(({ name, nullable }) => `${name}${nullable ? '?' : ''}`)
      .sort();
    t.deepEqual(mapped, real, meta.tableName);
    t.deepEqual(await orm.em().find(entity, {}), []);
  }
  const unmapped = new Set(columns.map(({ table }) => table).filter((table) => !tables.has(table)));
  t.deepEqual(
    [...unmapped].toSorted().filter((table) => !/^(draft_updates_\d|audit_events_(default|\d{4}_\d{2}))$/.test(table)),
    // The migrator's own, and what plain SQL alone reads and writes.
    [
      'access_changes',
      'document_uses',
      'draft_refusals',
      'draft_words',
      'draft_words_backfill',
      'former_names',
      'idempotency_keys',
      'live_periods',
      'migrations',
      'server_secrets',
    ],
  );
});

test('I2 updates of a head are HOT: nothing but its key is indexed, and its pages have room', async (t) => {
  const databaseUrl = await freshDatabase();
  const orm = await open(t, databaseUrl);
  await migrate(orm, quiet);
  const indexes = await orm.query<{ indexname: string }>(
    "select indexname from pg_indexes where tablename = 'draft_heads'",
    [],
  );
  t.is(indexes.length, 1);
  const owner = await orm.query<{ id: string }>(
    "insert into users (handle, password_hash, role) values ('hot', 'x', 'author') returning id",
    [],
  );
  await orm.query(
    `with d as (insert into documents (title, owner_id) select 'T', $1 from generate_series(1, 20) returning id)
     insert into draft_heads (document_id) select id from d`,
    [owner[0]?.id],
  );
  // Counters of this connection reach the shared ones at its end: one connection makes the updates and closes.
  const client = await connect(t, databaseUrl);
  for (let n = 0; n < 20; n += 1) await client.query('update draft_heads set head_seq = head_seq + 1');
  await client.query('select pg_stat_force_next_flush()');
  const { rows } = await client.query(
    "select n_tup_upd::int as updates, n_tup_hot_upd::int as hot from pg_stat_user_tables where relname = 'draft_heads'",
  );
  // Not all of them: a page is cleared when its dead rows are old enough. With an index too many there are none.
  t.is(rows[0].updates, 400);
  t.true(rows[0].hot > 200, `${rows[0].hot} of 400`);
});

test('I2 the journal is partitioned, and large updates are stored as they are', async (t) => {
  const orm = await open(t, await freshDatabase());
  await migrate(orm, quiet);
  const storage = await orm.query<{ relname: string; attstorage: string }>(
    `select c.relname, a.attstorage from pg_class c join pg_attribute a on a.attrelid = c.oid
      where c.relname like 'draft\\_updates\\__' and c.relkind = 'r' and a.attname = 'update'`,
    [],
  );
  t.is(storage.length, 8);
  t.true(storage.every(({ attstorage }) => attstorage === 'e'));
});

test('I1 every connection commits durably, whatever the default of the database', async (t) => {
  const databaseUrl = await freshDatabase();
  const client = await connect(t, databaseUrl);
  await client.query(`alter database ${new URL(databaseUrl).pathname.slice(1)} set synchronous_commit = off`);
  const orm = await open(t, databaseUrl);
  const settings = await Promise.all(
    Array.from({ length: 3 }, () => orm.query('select current_setting($1), pg_sleep(0.01)', ['synchronous_commit'])),
  );
  for (const [row] of settings) t.like(row, { current_setting: 'on' });
});

test('I13 what a node of the version before writes as a slug is the name of its document', async (t) => {
  const databaseUrl = await freshDatabase();
  await migrate(await open(t, databaseUrl), quiet);
  const client = await connect(t, databaseUrl);
  const { rows: users } = await client.query(
    `insert into users (id, handle, password_hash, role, created_at)
     values (gen_random_uuid(), 'ann', 'none', 'author', now()) returning id`,
  );
  const insert = `insert into documents (id, slug, title, summary, visibility, owner_id, created_at, updated_at)
    values (gen_random_uuid(), $1, '', '', 'private', $2, now(), now()) on conflict (slug) do nothing returning id, coalesce(name, slug) as name`;
  const { rows } = await client.query(insert, ['cranes', users[0].id]);
  t.is(rows[0].name, 'cranes');
  t.is((await client.query(insert, ['cranes', users[0].id])).rows.length, 0);
  const update = async (set: string) =>
    (
      await client.query(`update documents set ${set} where id = $1 returning coalesce(name, slug) as name`, [
        rows[0].id,
      ])
    ).rows[0].name;
  t.is(await update(`slug = 'storks'`), 'storks');
  t.is(await update(`name = 'geese'`), 'geese');
  t.is(await update(`slug = 'storks', title = 'B'`), 'geese', 'a slug that stays says nothing');
  t.is(await update(`slug = 'swans'`), 'swans');
});
