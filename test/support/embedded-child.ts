// A process of its own that starts the embedded database, commits one row and waits to be killed.
// Arguments: data directory, value. Prints one JSON line `{url, pid}` when the row is committed.
import pg from 'pg';
import { startEmbeddedPostgres } from '../../src/embedded/postgres.ts';
import { silentLog } from './silent-log.ts';

const [dataDir = '', value = ''] = process.argv.slice(2);
const database = await startEmbeddedPostgres({ dataDir, log: silentLog });
const client = new pg.Client({ connectionString: database.url });
await client.connect();
await client.query('CREATE TABLE IF NOT EXISTS kept (value text)');
await client.query('INSERT INTO kept VALUES ($1)', [value]);
process.stdout.write(`${JSON.stringify({ url: database.url, pid: database.pid })}\n`);
setInterval(() => undefined, 1_000);
