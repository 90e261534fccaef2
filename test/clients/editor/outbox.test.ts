/** The SDK's outbox: what goes together, what is cut, and what becomes of a piece that a node refuses. */
import test from 'ava';
import * as Y from 'yjs';
import { type ErrorCode, failure } from '../../../schemas/errors.ts';
import { Outbox } from '../../../src/clients/editor/outbox.ts';

const error = (code: ErrorCode) => failure(code).error;

/** A document whose updates go to an outbox, and a server that takes them as `refuses` says. */
function pair(limits: { maxBytes?: number; maxStructs?: number } = {}) {
  const [client, server] = [new Y.Doc(), new Y.Doc()];
  const outbox = new Outbox();
  outbox.replace(undefined, limits);
  client.on('update', (update: Uint8Array) => outbox.add(update));
  return {
    client,
    server,
    outbox,
    /** Sends until nothing is left. @returns how many pieces were sent, refused ones too */
    deliver(refuses: (update: Uint8Array) => ErrorCode | undefined = () => undefined): number {
      let sent = 0;
      for (let piece = outbox.take(); piece; piece = outbox.take()) {
        sent += 1;
        const code = refuses(piece);
        if (code) {
          if (!outbox.refuse(error(code))) return sent;
        } else {
          Y.applyUpdate(server, piece);
          outbox.acknowledged();
        }
      }
      return sent;
    },
    reopen() {
      outbox.replace(Y.encodeStateAsUpdate(client, Y.encodeStateVector(server)), limits);
    },
  };
}

const holds = (update: Uint8Array, word: string): boolean => Buffer.from(update).includes(word);

test('waiting updates are sent together within the limit, in order', (t) => {
  const { client, server, outbox, deliver } = pair({ maxBytes: 1_000 });
  const text = client.getText('body');
  for (let at = 0; at < 10; at += 1) text.insert(text.length, `${at}`.repeat(300));
  t.is(outbox.unsaved, 10);
  t.is(deliver(), 4, 'three of 300 fit, four do not');
  t.is(outbox.unsaved, 0);
  t.is(server.getText('body').toString(), text.toString());
});

test('thousands of waiting updates are merged in little time', (t) => {
  const { client, server, deliver } = pair();
  const text = client.getText('body');
  for (let at = 0; at < 20_000; at += 1) text.insert(at % 2 === 0 ? 0 : text.length, 'x');
  t.is(deliver(), 1);
  t.is(server.getText('body').length, 20_000);
});

for (const code of ['update_unsupported', 'update_limit', 'update_too_expensive', 'update_malformed'] as const) {
  test(`what a node refuses with ${code} is found, named, and keeps nothing else back`, (t) => {
    const { client, server, outbox, deliver, reopen } = pair();
    const list = client.getArray<string>('list');
    const other = client.getText('body');
    client.transact(() => {
      for (let at = 0; at < 100; at += 1) list.push([at === 57 ? 'poison' : `fine ${at}`]);
    });
    const refuses = (update: Uint8Array): ErrorCode | undefined => (holds(update, 'poison') ? code : undefined);
    const sent = deliver(refuses);
    t.true(sent < 40, `${sent} pieces`);
    t.true(outbox.needsWhole, 'the other half of what was written is left out');
    reopen();
    deliver(refuses);
    t.is(outbox.refused.length, 1);
    t.like(outbox.refused[0], { client: client.clientID, clock: 57, error: { code } });
    t.is(server.getArray('list').length, 57);
    // Work under another client id goes on.
    client.clientID += 1;
    other.insert(0, 'elsewhere');
    t.is(deliver(), 1);
    t.is(server.getText('body').toString(), 'elsewhere');
    t.false(outbox.needsWhole);
    // What builds on the refused part waits with it.
    list.insert(58, ['beside it']);
    t.is(deliver(), 0);
    t.true(outbox.needsWhole);
    list.delete(57, 1);
    reopen();
    deliver(refuses);
    t.deepEqual(outbox.refused, []);
    t.deepEqual(server.getArray('list').toJSON(), list.toJSON());
  });
}

test('what was refused as it stands is not tried again by each opening', (t) => {
  const { client, outbox, deliver, reopen } = pair();
  client.getMap('meta').set('a', 'poison');
  client.getMap('meta').set('b', 'after');
  const refuses = (update: Uint8Array): ErrorCode | undefined =>
    holds(update, 'poison') ? 'update_unsupported' : undefined;
  t.true(deliver(refuses) > 0);
  t.is(outbox.refused.length, 1);
  reopen();
  t.is(deliver(refuses), 0);
  t.is(outbox.refused.length, 1);
  t.like(outbox.refused[0], { error: { code: 'update_unsupported' } });
});

test('a node whose limit is smaller than it said gets smaller pieces', (t) => {
  const { client, server, outbox, deliver } = pair({ maxBytes: 1_000_000 });
  client.getText('body').insert(0, 'x'.repeat(500_000));
  deliver((update) => (update.byteLength > 70_000 ? 'update_too_large' : undefined));
  t.deepEqual(outbox.refused, []);
  t.is(server.getText('body').length, 500_000);
});

test('deletions that take too long together go one after the other', (t) => {
  const { client, server, outbox, deliver } = pair();
  const text = client.getText('body');
  text.insert(0, 'x'.repeat(10_000));
  deliver();
  text.delete(0, 10_000);
  const tooMuch = (update: Uint8Array): ErrorCode | undefined => {
    const ranges = [...Y.decodeUpdate(update).ds.clients.values()].flat();
    return ranges.reduce((sum, { len }) => sum + len, 0) > 1_000 ? 'update_too_expensive' : undefined;
  };
  deliver(tooMuch);
  t.is(outbox.unsaved, 0);
  t.is(server.getText('body').length, 0);
});

test('a piece that was lost with its connection is followed by smaller ones, and these grow again', (t) => {
  const { client, server, outbox, deliver, reopen } = pair({ maxBytes: 1_000_000 });
  client.getText('body').insert(0, 'x'.repeat(800_000));
  const sizes: number[] = [];
  for (let lost = 0; lost < 3; lost += 1) {
    sizes.push(outbox.take()!.byteLength);
    outbox.lost();
    reopen();
  }
  deliver((update) => {
    sizes.push(update.byteLength);
    return undefined;
  });
  t.true(sizes[1]! < 410_000 && sizes[2]! < 210_000 && sizes[3]! < 110_000, sizes.join());
  t.true(sizes[4]! > sizes[3]!, sizes.join());
  t.is(server.getText('body').length, 800_000);
});

test('what a page can still send is a beginning that stands by itself', (t) => {
  const { client, server, outbox } = pair();
  const text = client.getText('body');
  for (let at = 0; at < 5; at += 1) text.insert(text.length, `${at}`.repeat(20_000));
  outbox.take();
  text.insert(text.length, 'the end');
  t.is(outbox.beginning(1_000_000)!.byteLength > 100_000, true);
  const beginning = outbox.beginning(64_000)!;
  t.true(beginning.byteLength <= 64_000 && beginning.byteLength > 60_000);
  Y.applyUpdate(server, beginning);
  t.is(server.store.pendingStructs, null);
  t.true(text.toString().startsWith(server.getText('body').toString()));
  t.is(pair().outbox.beginning(64_000), undefined);
});
