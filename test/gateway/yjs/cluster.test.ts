// Stock y-websocket clients on several nodes: carets cross, owners die or drain, messages are lost, and all that was typed
// ends up in the journal.
import test from 'ava';
import * as Y from 'yjs';
import { makeDocument, makeUsers, startCluster } from '../../chaos/cluster.ts';
import { Operations } from '../../chaos/operations.ts';
import { query, until } from '../../support/helpers.ts';
import { createWorld } from '../../support/node.ts';
import { losing } from '../../support/notices.ts';
import { editor, reads, shows, type } from '../../support/sdk.ts';
import { keyPrefix, sharedRedis } from '../../support/shared-services.ts';
import { stockClient, synced } from '../../support/yjs.ts';

test.beforeEach((t) => t.timeout(120_000));

async function clustered(): Promise<Record<string, string>> {
  return { REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix() };
}

async function journaled(databaseUrl: string, doc: string): Promise<string> {
  const rows = await query(databaseUrl, `select update from draft_updates where document_id = '${doc}' order by seq`);
  const ydoc = new Y.Doc();
  for (const { update } of rows as { update: Uint8Array }[]) Y.applyUpdate(ydoc, update);
  return ydoc.getText('body').toString();
}

test.serial(
  'I4 carets of stock clients and authors cross nodes, newcomers are shown them, and they leave',
  async (t) => {
    const world = await createWorld(t);
    const env = await clustered();
    const [one, two] = [await world.node({ ...env, LISTENER: 'uws' }), await world.node(env)];
    const [ann, bob] = [await world.author('ann'), await world.author('bob')];
    const doc = await world.document(ann);
    await world.grant(doc, bob, 'edit');
    const author = editor(t, one.url, ann).open(doc);
    await shows(author, 'saved');
    author.awareness.setLocalState({});
    const stock = stockClient(t, two.url, bob, doc);
    const other = stockClient(t, two.url, ann, doc);
    // y-protocols shows nobody a state under clock 0, the one that a client is born with.
    stock.provider.awareness.setLocalState({});
    const names = (states: Map<number, { user?: { name?: string } }>, id: number) => states.get(id)?.user?.name;
    for (const client of [stock, other]) {
      await until(() => names(client.provider.awareness.getStates(), author.ydoc.clientID) === ann.handle);
    }
    await until(() => names(author.awareness.getStates(), stock.ydoc.clientID) === bob.handle);
    stock.provider.disconnect();
    await until(() => !author.awareness.getStates().has(stock.ydoc.clientID));
    await until(() => !other.provider.awareness.getStates().has(stock.ydoc.clientID));
    t.deepEqual(other.codes, []);
  },
);

test.serial(
  'I7 what was lost between nodes is read from the journal, in order, and the client notices nothing',
  async (t) => {
    const world = await createWorld(t);
    const env = { ...(await clustered()), SYNC_MS: '50' };
    let isLosing = false;
    const lossy = losing(({ topic }) => isLosing && topic === 'document.edits');
    const [one, two] = [await world.node(env, lossy), await world.node(env)];
    const ann = await world.author();
    const doc = await world.document(ann);
    const writing = stockClient(t, one.url, ann, doc);
    await synced(writing);
    const reading = stockClient(t, two.url, ann, doc);
    await synced(reading);
    isLosing = true;
    writing.type('lost ');
    await until(() => reading.text() === 'lost ');
    writing.type('again ');
    isLosing = false;
    writing.type('heard');
    await until(() => reading.text() === 'lost again heard');
    t.deepEqual(reading.codes, []);
  },
);

test.serial('a node that drains sends its clients elsewhere, and nothing typed meanwhile is lost', async (t) => {
  const world = await createWorld(t);
  const env = await clustered();
  const [one, two] = [await world.node(env), await world.node(env)];
  const ann = await world.author();
  const doc = await world.document(ann);
  const moving = stockClient(t, one.url, ann, doc);
  await synced(moving);
  const staying = stockClient(t, two.url, ann, doc);
  await synced(staying);
  moving.type('a ');
  await until(() => staying.text() === 'a ');
  const closing = one.close();
  // A balancer would do this: its address leads to the other node from now on.
  moving.provider.serverUrl = `${two.url.replace('http', 'ws')}/y`;
  for (let word = 0; word < 20; word += 1) {
    moving.type(`m${word} `);
    staying.type(`s${word} `);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await closing;
  t.true(moving.codes.includes(1012), 'asked to reconnect');
  await until(() => moving.text() === staying.text() && moving.provider.synced);
  await until(async () => (await journaled(world.databaseUrl, doc)) === moving.text());
  for (let word = 0; word < 20; word += 1) t.true(moving.text().includes(`m${word} `));
  t.deepEqual(staying.codes, []);
});

test.serial(
  'I1 I2 the owner is killed while clients of the other node type: all of it converges and is in the journal',
  async (t) => {
    const operations = new Operations(() => undefined);
    const cluster = await startCluster(
      {
        nodes: 2,
        authors: 0,
        mixed: 0,
        seconds: 10,
        seed: 1,
        listener: 'auto',
        faults: [],
        mutant: undefined,
        perturb: false,
        logs: undefined,
      },
      operations,
    );
    t.teardown(() => cluster.stop());
    const [ann, bob] = await makeUsers(cluster, ['ann', 'bob']);
    const [owner, other] = cluster.nodes;
    if (!ann || !bob || !owner || !other) throw new Error('a cluster of two');
    const doc = await makeDocument(cluster, ann, [ann, bob], bob);
    await fetch(`${owner.url}/v1/documents/${doc}/grants/${bob.handle}`, {
      method: 'PUT',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${ann.token}` },
      body: JSON.stringify({ level: 'edit' }),
    });
    const dying = stockClient(t, owner.url, ann, doc);
    await synced(dying);
    const one = stockClient(t, other.url, bob, doc);
    await synced(one);
    const author = editor(t, other.url, { ...ann, userId: '', role: 'author', sessionId: '', expiresAt: 0 }).open(doc);
    await shows(author, 'saved');
    for (let word = 0; word < 60; word += 1) {
      if (word === 20) void owner.kill();
      if (word === 25) dying.provider.serverUrl = `${other.url.replace('http', 'ws')}/y`;
      dying.type(`d${word} `);
      one.type(`o${word} `);
      if (word % 3 === 0) type(author, `a${word} `);
      await new Promise((resolve) => setTimeout(resolve, 15));
    }
    await reads(author, (text) => text.includes('d59 ') && text.includes('o59 '));
    await until(() => one.text() === dying.text() && one.text().includes('a57 '));
    await until(async () => (await journaled(cluster.databaseUrl, doc)) === one.text());
    for (let word = 0; word < 60; word += 1) {
      t.true(one.text().includes(`d${word} `) && one.text().includes(`o${word} `), `${word}`);
    }
    t.is(author.ydoc.getText('body').toString(), one.text());
    t.deepEqual(one.codes, [], 'the client of the surviving node noticed nothing');
  },
);
