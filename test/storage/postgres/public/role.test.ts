/** The role of anonymous readers: what it may read in the database, and how it comes about on servers of all kinds. */

import { type AddressInfo, connect, createServer } from 'node:net';
import test, { type ExecutionContext } from 'ava';
import pg from 'pg';
import { migrate } from '../../../../src/storage/postgres/migrate.ts';
import { createPublicReads } from '../../../../src/storage/postgres/public/reads.ts';
import { openOrm } from '../../../support/orm.ts';
import { publicationsOf } from '../../../support/public.ts';
import { startPostgres } from '../../../support/services.ts';
import { freshDatabase } from '../../../support/shared-services.ts';
import { silentLog } from '../../../support/silent-log.ts';

const VIEWS = [
  'public_documents',
  'public_former_names',
  'public_live_drafts',
  'public_live_periods',
  'public_live_snapshots',
  'public_live_updates',
  'public_revisions',
];

/** A connection as public reads have them; in the hands of one who may say anything on it. */
async function asPublic(t: ExecutionContext, databaseUrl: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: databaseUrl, options: '-c role=stet_public' });
  await client.connect();
  t.teardown(() => client.end());
  return client;
}

test('I6 the public role may read its views, and nothing else that the database holds', async (t) => {
  const { databaseUrl, shown, change, orm } = await publicationsOf(t);
  const id = await shown('seen-before', 'text');
  await change(id, { slug: 'seen', live: true });
  await orm.query(
    `with u as (insert into draft_updates (document_id, seq, user_id, session_id, update)
                values ($1, 1, gen_random_uuid(), gen_random_uuid(), '')),
          s as (insert into draft_snapshots (document_id, seq, state) values ($1, 1, ''))
     update draft_heads set head_seq = 1 where document_id = $1`,
    [id],
  );
  const client = await asPublic(t, databaseUrl);
  const { rows: relations } = await client.query<{ name: string; kind: string }>(
    `select c.relname as name, c.relkind as kind from pg_class c
      where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S', 'f')`,
  );
  t.true(relations.length > 30);
  for (const { name } of relations) {
    const read = client.query(`select * from "${name}" limit 1`);
    if (VIEWS.includes(name)) t.is((await read).rows.length, 1, name);
    else t.like(await t.throwsAsync(read), { code: '42501' }, name);
    for (const write of [`insert into "${name}" default values`, `delete from "${name}"`]) {
      await t.throwsAsync(client.query(write), undefined, `${write}`);
    }
  }
  // Nor a column of one of them, and nothing that others make there later.
  const { rows: rights } = await client.query(
    `select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
        and not c.relname = any($1) and has_any_column_privilege('stet_public', c.oid, 'select, insert, update')`,
    [VIEWS],
  );
  t.deepEqual(rights, []);
  const { rows: defaults } = await client.query(
    "select defaclacl::text from pg_default_acl where defaclacl::text like '%stet_public%'",
  );
  t.deepEqual(defaults, []);
});

test('I6 no view shows more than what readers get', async (t) => {
  const { databaseUrl } = await publicationsOf(t);
  const client = await asPublic(t, databaseUrl);
  const { rows } = await client.query<{ view: string; columns: string[]; options: string[] }>(
    `select c.relname as view, c.reloptions as options,
            array_agg(a.attname::text order by a.attname) as columns
       from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0
      where c.relname = any($1) group by 1, 2 order by 1`,
    [VIEWS],
  );
  t.deepEqual(rows, [
    {
      view: 'public_documents',
      options: ['security_barrier=true'],
      columns: [
        'author',
        'first_published_at',
        'id',
        'language',
        'live',
        'live_ended_at',
        'live_started_at',
        'published_at',
        'revision',
        'slug',
        'summary',
        'title',
      ],
    },
    { view: 'public_former_names', options: ['security_barrier=true'], columns: ['at', 'document_id', 'name'] },
    {
      view: 'public_live_drafts',
      options: ['security_barrier=true'],
      columns: ['changed_at', 'document_id', 'head_seq', 'live', 'owner_node', 'revision'],
    },
    {
      view: 'public_live_periods',
      options: ['security_barrier=true'],
      columns: ['document_id', 'ended_at', 'started_at', 'started_seq'],
    },
    { view: 'public_live_snapshots', options: ['security_barrier=true'], columns: ['document_id', 'seq', 'state'] },
    {
      view: 'public_live_updates',
      options: ['security_barrier=true'],
      columns: ['at', 'document_id', 'seq', 'update'],
    },
    {
      view: 'public_revisions',
      options: ['security_barrier=true'],
      columns: ['body', 'document_id', 'number', 'published_at', 'summary', 'title'],
    },
  ]);
});

test('I6 a connection that is not under the role is not used', async (t) => {
  const { databaseUrl, shown } = await publicationsOf(t);
  await shown('seen', 'text');
  // As a pooler in between does: what the start-up packet asks for does not arrive.
  const { hostname, port } = new URL(databaseUrl);
  const pooler = createServer((socket) => {
    const upstream = connect({ host: hostname, port: Number(port) });
    for (const one of [socket, upstream]) one.on('error', () => undefined);
    socket.on('data', (bytes) => {
      const text = Buffer.from(bytes).toString('latin1').replace('role=stet_public', 'lock_timeout=500');
      upstream.write(Buffer.from(text, 'latin1'));
    });
    socket.on('close', () => upstream.destroy());
    upstream.pipe(socket);
  });
  await new Promise<void>((resolve) => pooler.listen(0, '127.0.0.1', resolve));
  t.teardown(() => pooler.close());
  const url = new URL(databaseUrl);
  url.port = String((pooler.address() as AddressInfo).port);
  const pool = createPublicReads({
    databaseUrl: url.href,
    log: silentLog,
    poolSize: 1,
    statementTimeoutMs: 5_000,
    maxWaiting: 5,
  });
  t.teardown(() => pool.close());
  await t.throwsAsync(pool.bySlug('seen'), { message: /must run as stet_public/ });
  await t.throwsAsync(pool.check(), { message: /must run as stet_public/ });
});

test('I6 settings in the address of the database stand beside the role', async (t) => {
  const { databaseUrl, shown } = await publicationsOf(t);
  await shown('seen', 'text');
  const url = new URL(databaseUrl);
  url.searchParams.set('options', '-c role=none -c work_mem=8MB');
  const pool = createPublicReads({
    databaseUrl: url.href,
    log: silentLog,
    poolSize: 1,
    statementTimeoutMs: 5_000,
    maxWaiting: 5,
  });
  t.teardown(() => pool.close());
  t.like(await pool.bySlug('seen'), { slug: 'seen' });
});

test('I9 queries that wait for a connection are limited, and the next one fails as overloaded', async (t) => {
  const { databaseUrl, shown } = await publicationsOf(t);
  await shown('seen', 'text');
  const pool = createPublicReads({
    databaseUrl,
    log: silentLog,
    poolSize: 1,
    statementTimeoutMs: 5_000,
    maxWaiting: 3,
  });
  t.teardown(() => pool.close());
  await pool.check();
  const outcomes = await Promise.allSettled(Array.from({ length: 10 }, () => pool.bySlug('seen')));
  const refused = outcomes.filter(({ status }) => status === 'rejected');
  t.true(refused.length > 0 && refused.length <= 7);
  for (const one of refused) t.like((one as PromiseRejectedResult).reason, { code: '53300' });
  t.like(await pool.bySlug('seen'), { slug: 'seen' });
});

test('many databases of one server migrate at once', async (t) => {
  const urls = await Promise.all(Array.from({ length: 5 }, () => freshDatabase()));
  await Promise.all(
    urls.map(async (databaseUrl) => {
      const orm = await openOrm(databaseUrl, 2);
      t.teardown(() => orm.close());
      await migrate(orm, silentLog);
    }),
  );
  for (const url of urls)
    t.deepEqual((await (await asPublic(t, url)).query('select * from public_documents')).rows, []);
});

test.serial(
  'an owner of a database who may make roles makes it; for one who may not, the error says what an administrator runs',
  async (t) => {
    const server = await startPostgres();
    t.teardown(() => server.stop());
    const admin = new pg.Client({ connectionString: server.url });
    await admin.connect();
    t.teardown(() => admin.end());

    async function owned(name: string, attributes: string) {
      await admin.query(`create role ${pg.escapeIdentifier(name)} login password 'x' ${attributes}`);
      const url = new URL(await server.createDatabase());
      await admin.query(`alter database "${url.pathname.slice(1)}" owner to ${pg.escapeIdentifier(name)}`);
      url.username = encodeURIComponent(name);
      url.password = 'x';
      const orm = await openOrm(url.href, 2);
      t.teardown(() => orm.close());
      return { url: url.href, orm };
    }
    const reads = async (url: string) => {
      const pool = createPublicReads({
        databaseUrl: url,
        log: silentLog,
        poolSize: 1,
        statementTimeoutMs: 5_000,
        maxWaiting: 5,
      });
      await pool.check();
      t.deepEqual(await pool.latest(1), []);
      await pool.close();
    };

    const plain = await owned('Plain "app"', '');
    const refused = await t.throwsAsync(migrate(plain.orm, silentLog));
    const sql = /runs: (.+;)/.exec(String(refused?.message))?.[1] ?? '';
    t.is(sql, 'create role stet_public nologin; grant stet_public to "Plain ""app""";');

    const maker = await owned('maker', 'createrole');
    await migrate(maker.orm, silentLog);
    await reads(maker.url);

    // Somebody else made it meanwhile: what is to be run is only the rest, and then it works.
    const other = await owned('other', 'createrole');
    const first = await migrate(other.orm, silentLog).catch((error: Error) => error.message);
    if (typeof first === 'string') {
      t.regex(first, /runs: grant stet_public to other;/);
      await admin.query('grant stet_public to other');
      await migrate(other.orm, silentLog);
    }
    await reads(other.url);
    const again = await t.throwsAsync(migrate(plain.orm, silentLog));
    t.regex(String(again?.message), /runs: grant stet_public to "Plain ""app""";/);
    await admin.query('grant stet_public to "Plain ""app"""');
    await migrate(plain.orm, silentLog);
    await reads(plain.url);
  },
);
