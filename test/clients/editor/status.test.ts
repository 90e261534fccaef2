// What the author SDK shows its author, against a real node: `saved` never comes before the commit, and what is refused or
// closed is said as it is.
import test from 'ava';
import pg from 'pg';
import { until } from '../../support/helpers.ts';
import type { World } from '../../support/node.ts';
import { createWorld } from '../../support/node.ts';
import { editor, reads, shows, type, when } from '../../support/sdk.ts';

test.beforeEach((t) => t.timeout(60_000));

/** Holds the head of a document, so that no append to it can commit. */
async function holdCommits(world: World, doc: string) {
  const client = new pg.Client({ connectionString: world.databaseUrl });
  await client.connect();
  await client.query('begin');
  await client.query('select 1 from draft_heads where document_id = $1 for update', [doc]);
  return {
    /** An append waits for the lock. */
    async isFelt() {
      await until(async () => {
        const rows = await world.orm.query(
          `select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
          [],
        );
        return rows.length > 0;
      });
    },
    async release() {
      await client.query('rollback');
      await client.end();
    },
  };
}

test.serial('I1 saved is said only after the commit, and one edit is in flight at a time', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const client = editor(t, node.url, ann, { timings: { ackTimeoutMs: 20, pingTimeoutMs: 5_000 } });
  const document = client.open(doc);
  t.deepEqual(await shows(document, 'saved'), { kind: 'saved', seq: 0, at: 0 });
  const seen: string[] = [];
  document.status.subscribe((status) => seen.push(status.kind));
  const commits = await holdCommits(world, doc);
  type(document, 'first');
  await commits.isFelt();
  for (const word of ' and what was typed meanwhile'.split('')) type(document, word);
  t.deepEqual(document.status.get(), { kind: 'saving', unsaved: 30 });
  t.deepEqual(await world.orm.query('select 1 from draft_updates where document_id = $1', [doc]), []);
  t.false(seen.includes('saved'));
  await commits.release();
  t.like(await shows(document, 'saved'), { seq: 2 });
  t.is((await world.orm.query('select 1 from draft_updates where document_id = $1', [doc])).length, 2);
  t.is(client.connection.get(), 'connected', 'a node that waits for its database is not given up');
});

test.serial('a value over the limit is reported where it was made, and removing it resolves the error', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({ MAX_UPDATE_BYTES: '2048' });
  const ann = await world.author();
  const doc = await world.document(ann);
  const client = editor(t, node.url, ann);
  const document = client.open(doc);
  await shows(document, 'saved');
  const states: string[] = [];
  client.connection.subscribe((state) => states.push(state));
  const meta = document.ydoc.getMap('meta');
  meta.set('image', 'x'.repeat(100_000));
  t.like(document.status.get(), { kind: 'refused', error: { code: 'update_too_large' } });
  meta.delete('image');
  await shows(document, 'saved');
  type(document, 'fine again');
  await shows(document, 'saved');
  const other = editor(t, node.url, ann).open(doc);
  await reads(other, (text) => text === 'fine again');
  t.deepEqual(states, [], 'the connection was never lost');
});

test.serial('I6 denied, read-only and revoked access are shown as such', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const [ann, bob] = [await world.author('ann'), await world.author('bob')];
  const [doc, secret] = [await world.document(ann), await world.document(ann)];
  await world.grant(doc, bob, 'edit');
  const client = editor(t, node.url, bob);
  const document = client.open(doc);
  t.deepEqual(await shows(client.open(secret), 'denied'), { kind: 'denied' });
  await shows(document, 'saved');
  t.is(document.role.get(), 'edit');
  const grant = `/v1/documents/${doc}/grants/${bob.handle}`;
  await node.call('PUT', grant, ann, { level: 'view' });
  await shows(document, 'readonly');
  type(document, 'not mine to write');
  t.like(document.status.get(), { kind: 'refused', error: { code: 'read_only' } }, 'never called saved');
  await node.call('PUT', grant, ann, { level: 'edit' });
  await shows(document, 'saved');
  await node.call('DELETE', grant, ann);
  await shows(document, 'denied');
  t.is(document.role.get(), null);
});

test.serial('the end of a session is reported, and the client does not hammer the node with reconnects', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const client = editor(t, node.url, ann);
  const document = client.open(doc);
  await shows(document, 'saved');
  await node.call('DELETE', '/v1/sessions/current', ann);
  t.like(await when(client.refusal, (error) => error !== undefined), { code: 'unauthenticated' });
  type(document, 'kept here');
  t.deepEqual(await shows(document, 'offline'), { kind: 'offline', unsaved: 1 });
});

test.serial('I4 a client id that somebody else has used is replaced before anything is written', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const [ann, bob] = [await world.author('ann'), await world.author('bob')];
  const doc = await world.document(ann);
  await world.grant(doc, bob, 'edit');
  const first = editor(t, node.url, ann).open(doc);
  await shows(first, 'saved');
  type(first, 'Ann. ');
  await shows(first, 'saved');
  const second = editor(t, node.url, bob).open(doc);
  second.ydoc.clientID = first.ydoc.clientID;
  second.awareness.clientID = first.ydoc.clientID;
  second.awareness.setLocalState({ writing: 1 });
  await shows(second, 'saved');
  t.not(second.ydoc.clientID, first.ydoc.clientID);
  type(second, 'Bob.');
  await reads(first, (text) => text === 'Ann. Bob.');
  await until(() => first.awareness.getStates().has(second.ydoc.clientID));
  t.like(first.awareness.getStates().get(second.ydoc.clientID), { writing: 1, user: { handle: bob.handle } });
});
