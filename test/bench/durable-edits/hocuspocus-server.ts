/** A Hocuspocus server with its database extension on PostgreSQL: what its documentation shows, nothing more. */
import { Database } from '@hocuspocus/extension-database';
import { Server } from '@hocuspocus/server';
import pg from 'pg';

const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10, options: '-c synchronous_commit=on' });
await pool.query('create table if not exists hocuspocus (name text primary key, data bytea not null)');
const debounce = process.env.DEBOUNCE;

const server = new Server({
  port: 0,
  address: '127.0.0.1',
  quiet: true,
  ...(debounce === undefined ? {} : { debounce: Number(debounce), maxDebounce: Number(debounce) }),
  extensions: [
    new Database({
      fetch: async ({ documentName }) => {
        const { rows } = await pool.query<{ data: Buffer }>('select data from hocuspocus where name = $1', [
          documentName,
        ]);
        return rows[0]?.data ?? null;
      },
      store: async ({ documentName, state }) => {
        await pool.query(
          'insert into hocuspocus (name, data) values ($1, $2) on conflict (name) do update set data = excluded.data',
          [documentName, state],
        );
      },
    }),
  ],
});
await server.listen();
console.log(`listening at ws://127.0.0.1:${server.address.port}`);
