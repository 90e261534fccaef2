// Connections to PostgreSQL that break where nobody listens: they must not end the process.
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'ava';
import pg from 'pg';
import { createPooledSessions } from '../../../src/storage/postgres/pooled-session.ts';
import { Session } from '../../../src/storage/postgres/session.ts';
import { until } from '../../support/helpers.ts';
import { ROOT } from '../../support/root.ts';
import { startPostgres } from '../../support/services.ts';

test('a session that breaks in the moment it is handed out ends nothing, and is replaced', async (t) => {
  const postgres = await startPostgres();
  t.teardown(() => postgres.stop());
  for (const Client of [Session, createPooledSessions().Client]) {
    const pool = new pg.Pool({ connectionString: postgres.url, max: 1, Client });
    pool.on('error', () => undefined);
    t.teardown(() => pool.end());
    // The pool listens no more, and whoever waits for its promise does not listen yet.
    const session = await new Promise<pg.PoolClient>((resolve, reject) => {
      pool.connect((error, client) => {
        if (!client) return reject(error);
        t.notThrows(() => client.emit('error', new Error('terminating connection due to unexpected postmaster exit')));
        resolve(client);
      });
    });
    const killer = new Session({ connectionString: postgres.url });
    await killer.connect();
    const { rows } = await session.query<{ pid: number }>('select pg_backend_pid() as pid');
    await killer.query('select pg_terminate_backend($1)', [rows[0]?.pid]);
    await killer.end();
    await until(() =>
      session.query('select').then(
        () => false,
        () => true,
      ),
    );
    session.release(true);
    t.deepEqual((await pool.query('select 1 as one')).rows, [{ one: 1 }]);
  }
});

test('no pool has sessions of another kind', (t) => {
  const pools = globSync('src/**/*.ts', { cwd: ROOT }).flatMap((file) => {
    const text = readFileSync(join(ROOT, file), 'utf8');
    return [...text.matchAll(/new pg\.Pool\(\{(.*?)\}\)/gs)].map(([, options = '']) => ({ file, options }));
  });
  t.true(pools.length >= 4);
  // `common`: what the pools of a replica share.
  for (const { file, options } of pools) t.regex(options, /Client: (?:Session|sessions\.Client)|\.\.\.common/, file);
});
