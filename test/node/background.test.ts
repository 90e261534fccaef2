/** Work in the background: what it cannot do at the moment does not keep a node from serving. */
import test from 'ava';
import pg from 'pg';
import { createWorld } from '../support/node.ts';

/** The lock under which partitions of the audit trail are made. */
const PARTITIONS_LOCK = 0x61_75_64_74;

test('I5 a node starts while partitions of the audit trail cannot be made, and loses no event', async (t) => {
  const world = await createWorld(t);
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  t.teardown(() => client.end());
  await client.query('select pg_advisory_lock($1)', [PARTITIONS_LOCK]);
  const missing = await client.query(`select from pg_class where relname ~ '^audit_events_\\d{4}_\\d{2}$'`);
  t.is(missing.rowCount, 0, 'there is something to make');
  const node = await world.node();
  const ann = await world.author();
  const made = await node.call('POST', '/v1/documents', ann, { title: 'Early' });
  t.is(made.status, 201);
  const { id } = (await made.json()) as { id: string };
  const events = await client.query('select action from audit_events where target_id = $1', [id]);
  t.deepEqual(events.rows, [{ action: 'document.created' }]);
});
