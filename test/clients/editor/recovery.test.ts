// The author SDK against real nodes that go away, move, and lose messages: nothing typed is lost, and replicas converge.
import { spawn } from 'node:child_process';
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import type { Persistence } from '../../../src/clients/editor/persistence.ts';
import type { Cluster } from '../../../src/ports/cluster.ts';
import { until } from '../../support/helpers.ts';
import { createWorld } from '../../support/node.ts';
import { startProxy } from '../../support/proxy.ts';
import { editor, reads, shows, type, when } from '../../support/sdk.ts';
import { keyPrefix, sharedRedis } from '../../support/shared-services.ts';

test.beforeEach((t) => t.timeout(90_000));

test.serial('I1 what is typed while the server is away is saved when it is back on the same port', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const document = editor(t, node.url, ann).open(doc);
  await shows(document, 'saved');
  type(document, 'before, ');
  await shows(document, 'saved');
  await node.close();
  await shows(document, 'offline');
  for (const letter of 'meanwhile') type(document, letter);
  t.deepEqual(document.status.get(), { kind: 'offline', unsaved: 9 });
  const again = await world.node({ PORT: String(node.port) });
  t.like(await shows(document, 'saved'), { seq: 2 });
  const fresh = editor(t, again.url, ann).open(doc);
  await reads(fresh, (text) => text === 'before, meanwhile');
});

test.serial('I1 an edit whose acknowledgement was lost with the connection is there once', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const proxy = await startProxy(t, node.port);
  const ann = await world.author();
  const doc = await world.document(ann);
  const document = editor(t, proxy.url, ann).open(doc);
  await shows(document, 'saved');
  for (let round = 0; round < 10; round += 1) {
    type(document, `${round}`);
    proxy.cut();
    await shows(document, 'saved');
  }
  const fresh = editor(t, node.url, ann).open(doc);
  await reads(fresh, (text) => text === '0123456789');
  t.is(document.ydoc.getText('body').toString(), '0123456789');
});

test.serial('a draining node hands its authors to another, and nothing is lost', async (t) => {
  const world = await createWorld(t);
  const env = { REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix() };
  const [one, two] = [await world.node(env), await world.node(env)];
  const ann = await world.author();
  const doc = await world.document(ann);
  const document = editor(t, [one.url, two.url], ann, { random: () => 0 }).open(doc);
  await shows(document, 'saved');
  type(document, 'a');
  await shows(document, 'saved');
  const closing = one.close();
  for (const letter of 'bcdefg') {
    type(document, letter);
    await shows(document, 'saved');
  }
  await closing;
  type(document, 'h');
  await shows(document, 'saved');
  const fresh = editor(t, two.url, ann).open(doc);
  await reads(fresh, (text) => text === 'abcdefgh');
  t.is(document.ydoc.getText('body').toString(), 'abcdefgh');
});

/** Two nodes, and a document that is open at the first one; the edits that it sends to the other are lost while `losing`. */
async function apart(t: ExecutionContext, settings: Record<string, string> = {}) {
  const world = await createWorld(t);
  const env = { REDIS_URL: await sharedRedis(), REDIS_PREFIX: keyPrefix(), ...settings };
  const link = lossy();
  const [one, two] = [await world.node(env, { cluster: link.around }), await world.node(env)];
  const ann = await world.author();
  const doc = await world.document(ann);
  const writer = editor(t, one.url, ann).open(doc);
  await shows(writer, 'saved');
  return { link, writer, open: () => editor(t, two.url, ann).open(doc) };
}

/** The edits that a node sends to others are lost while `losing`. */
function lossy(): { losing: boolean; around(cluster: Cluster): Cluster } {
  const link = {
    losing: false,
    around: (cluster: Cluster): Cluster =>
      new Proxy(cluster, {
        get(target, name) {
          const value: unknown = Reflect.get(target, name);
          if (name !== 'post') return typeof value === 'function' ? value.bind(target) : value;
          return (node: string, topic: string, body: unknown): void => {
            if (!(link.losing && topic === 'document.edits')) target.post(node, topic, body);
          };
        },
      }),
  };
  return link;
}

test.serial('I7 a message lost between nodes is noticed and recovered', async (t) => {
  const { link, writer, open } = await apart(t, { SYNC_MS: '50' });
  const reader = open();
  await shows(reader, 'saved');
  link.losing = true;
  type(writer, 'the last word');
  await reads(reader, (text) => text === 'the last word');
  link.losing = false;
  type(writer, ', and more');
  await reads(reader, (text) => text === 'the last word, and more');
  t.is(reader.ydoc.getText('body').toString(), 'the last word, and more');
});

test.serial('I7 an edit that changed nothing is not taken for the one that was lost', async (t) => {
  const { link, writer, open } = await apart(t);
  type(writer, 'xa');
  await shows(writer, 'saved');
  const other = open();
  await reads(other, (text) => text === 'xa');
  link.losing = true;
  writer.ydoc.transact(() => {
    writer.ydoc.getText('body').delete(0, 1);
    writer.ydoc.getText('body').insert(1, 'b');
  });
  await when(writer.status, (status) => status.kind === 'saved' && status.seq === 2);
  // The same deletion, at the other node.
  other.ydoc.getText('body').delete(0, 1);
  await reads(other, (text) => text === 'ab');
  t.pass();
});

test.serial('two windows converge whatever is typed and wherever the line is cut', async (t) => {
  const world = await createWorld(t);
  const node = await world.node({ MAX_OPENS_PER_SECOND: '1000' });
  const proxy = await startProxy(t, node.port);
  const ann = await world.author();
  const step = fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({ who: fc.nat(1), at: fc.nat(50), text: fc.string({ minLength: 1, maxLength: 8 }) }),
    },
    { weight: 3, arbitrary: fc.record({ who: fc.nat(1), at: fc.nat(50), erase: fc.integer({ min: 1, max: 6 }) }) },
    { weight: 2, arbitrary: fc.constant('cut' as const) },
    { weight: 2, arbitrary: fc.constant('wait' as const) },
  );
  const seed = Number(process.env.STET_TEST_SEED ?? Date.now() % 1_000_000);
  t.log(`seed ${seed}`);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const doc = await world.document(ann);
      const clients = [editor(t, proxy.url, ann), editor(t, proxy.url, ann)];
      const windows = clients.map((client) => client.open(doc));
      for (const one of steps) {
        if (one === 'cut') proxy.cut();
        else if (one === 'wait') await new Promise((resolve) => setImmediate(resolve));
        else {
          const text = windows[one.who]!.ydoc.getText('body');
          const at = Math.min(one.at, text.length);
          if ('text' in one) text.insert(at, one.text);
          else text.delete(at, Math.min(one.erase, text.length - at));
        }
      }
      await Promise.all(windows.map((window) => shows(window, 'saved')));
      const [left, right] = windows.map(({ ydoc }) => ydoc);
      await until(() => left!.getText('body').toString() === right!.getText('body').toString());
      const fresh = editor(t, node.url, ann);
      const third = fresh.open(doc);
      await third.synced;
      const text = third.ydoc.getText('body').toString();
      await Promise.all([...clients, fresh].map((client) => client.close()));
      if (text !== left!.getText('body').toString()) throw new Error('the server has another text');
    }),
    { numRuns: 12, seed },
  );
  t.pass();
});

test.serial('work kept on a device is sent when it opens again, and is not counted as new meanwhile', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const kept = new Map<string, Uint8Array>();
  const device: Persistence = {
    async attach(documentId, ydoc) {
      const origin = {};
      const state = kept.get(documentId);
      if (state) Y.applyUpdate(ydoc, state, origin);
      const keep = (): void => void kept.set(documentId, Y.encodeStateAsUpdate(ydoc));
      ydoc.on('update', keep);
      return { isOrigin: (one) => one === origin, close: async () => ydoc.off('update', keep) };
    },
  };
  const away = editor(t, 'http://127.0.0.1:1', ann).open(doc, { persistence: device });
  type(away, 'written on a train');
  await shows(away, 'offline');
  await until(() => kept.has(doc));
  await away.close();
  const home = editor(t, node.url, ann).open(doc, { persistence: device });
  t.like(await shows(home, 'saved'), { seq: 1 });
  await home.close();
  // Nothing is new the next time.
  const again = editor(t, node.url, ann).open(doc, { persistence: device });
  t.like(await shows(again, 'saved'), { seq: 1 });
  t.is(again.ydoc.getText('body').toString(), 'written on a train');
});

test.serial(
  'I1 a part that the device has lost keeps nothing that is written afterwards from being saved',
  async (t) => {
    const world = await createWorld(t);
    const node = await world.node();
    const ann = await world.author('ann');
    const doc = await world.document(ann);
    const earlier = new Y.Doc();
    const updates: Uint8Array[] = [];
    earlier.on('update', (update: Uint8Array) => updates.push(update));
    for (const words of ['first ', 'lost ', 'waiting ']) earlier.getText('body').insert(0, words);
    const [first, lost, waiting] = updates;
    // Its store was too full for the second one.
    const persistence: Persistence = {
      attach: async (_documentId, ydoc) => {
        for (const update of [first, waiting]) if (update) Y.applyUpdate(ydoc, update, persistence);
        return { isOrigin: (origin) => origin === persistence, close: async () => undefined };
      },
    };
    const document = editor(t, node.url, ann).open(doc, { persistence });
    await shows(document, 'saved');
    type(document, 'and more');
    await shows(document, 'saving');
    await shows(document, 'saved');
    const fresh = editor(t, node.url, ann).open(doc);
    await shows(fresh, 'saved');
    t.is(fresh.ydoc.getText('body').toString(), 'first and more');
    // Another device of hers has it after all: what waited for it goes to the server as well.
    const other = editor(t, node.url, ann).open(doc);
    await shows(other, 'saved');
    if (lost) Y.applyUpdate(other.ydoc, lost);
    await reads(fresh, (text) => text === 'waiting lost first and more');
  },
);

test.serial('carets are seen again after the line was cut', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const proxy = await startProxy(t, node.port);
  const [ann, bob] = [await world.author('ann'), await world.author('bob')];
  const doc = await world.document(ann);
  await world.grant(doc, bob, 'edit');
  const left = editor(t, proxy.url, ann).open(doc);
  const right = editor(t, node.url, bob).open(doc);
  const sees = (one: typeof left, other: typeof left): boolean => one.awareness.getStates().has(other.ydoc.clientID);
  for (let round = 0; round < 3; round += 1) {
    await until(() => sees(left, right) && sees(right, left));
    proxy.open(false);
    await until(() => !sees(right, left) && !sees(left, right));
    proxy.open(true);
  }
  await until(() => sees(left, right) && sees(right, left));
  t.pass();
});

test.serial('after close nothing of the client keeps the process alive', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const code = `
    import { connect } from './src/clients/editor/index.ts';
    const [, , url, token, doc] = process.argv;
    for (const at of [url, 'http://127.0.0.1:1', 'http://10.255.255.1']) {
      const client = connect({ url: at, token, connectTimeoutMs: 3_600_000, reconnectMinMs: 3_600_000 });
      const document = client.open(doc);
      document.ydoc.getText('body').insert(0, 'x');
      if (at === url) await new Promise((resolve) =>
        document.status.subscribe(({ kind }) => kind === 'saved' && resolve()));
      await client.close();
    }
    console.log('closed');`;
  const child = spawn(process.execPath, ['--input-type=module', '-', node.url, ann.token, doc], {
    cwd: new URL('../../..', import.meta.url),
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  t.teardown(() => child.kill('SIGKILL'));
  child.stdin.end(code);
  let said = '';
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString();
  });
  const exitCode = await new Promise((resolve) => child.on('exit', resolve));
  t.is(exitCode, 0);
  t.is(said.trim(), 'closed');
});

test.serial('opening does not wait for a document that was closed at once', async (t) => {
  const world = await createWorld(t);
  const node = await world.node();
  const ann = await world.author();
  const doc = await world.document(ann);
  const client = editor(t, node.url, ann);
  let closed = 0;
  const slow = Promise.withResolvers<void>();
  const device: Persistence = {
    async attach() {
      await slow.promise;
      return {
        isOrigin: () => false,
        async close() {
          closed += 1;
        },
      };
    },
  };
  await client.open(doc, { persistence: device }).close();
  slow.resolve();
  await until(() => closed === 1);
  await shows(client.open(doc), 'saved');
  t.is(await when(client.connection, (state) => state === 'connected'), 'connected');
});
