/** What a client sends when it opens again: all that the server lacks, and nothing that it knows. */
import { deepStrictEqual, ok } from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import { unsentUpdate } from '../../../src/clients/editor/unsent.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const STEPS = fc.array(
  fc.record({
    who: fc.constantFrom('server', 'client', 'client', 'up', 'down'),
    what: fc.constantFrom('insert', 'insert', 'delete', 'map', 'nest'),
    at: fc.nat(60),
    size: fc.integer({ min: 1, max: 8 }),
  }),
  { maxLength: 60 },
);
type Step = { who: string; what: string; at: number; size: number };

function change(doc: Y.Doc, { what, at, size }: Step): void {
  const text = doc.getText('body');
  const meta = doc.getMap('meta');
  if (what === 'map') meta.set(`key ${at % 5}`, size);
  else if (what === 'nest') doc.getArray('list').insert(0, [new Y.Map([['a', at]])]);
  else if (what === 'insert' || text.length === 0) text.insert(Math.min(at, text.length), 'x'.repeat(size));
  else {
    const from = Math.min(at, text.length - 1);
    text.delete(from, Math.min(size, text.length - from));
  }
}

/** A server and a client that knew each other, and went apart. */
function pair(plan: readonly Step[]): { server: Y.Doc; client: Y.Doc } {
  const [server, client] = [new Y.Doc(), new Y.Doc()];
  server.clientID = 1;
  client.clientID = 2;
  for (const step of plan) {
    if (step.who === 'up') Y.applyUpdate(server, Y.encodeStateAsUpdate(client));
    else if (step.who === 'down') Y.applyUpdate(client, Y.encodeStateAsUpdate(server));
    else change(step.who === 'server' ? server : client, step);
  }
  return { server, client };
}

/** What happens on an open: the client learns what the server has, then says what the server lacks. */
function reopen(server: Y.Doc, client: Y.Doc): Uint8Array | undefined {
  const answer = Y.encodeStateAsUpdate(server, Y.encodeStateVector(client));
  const vector = Y.encodeStateVector(server);
  Y.applyUpdate(client, answer);
  return unsentUpdate(client, answer, vector);
}

const deletes = (doc: Y.Doc): Set<string> => {
  const all = new Set<string>();
  for (const [client, ranges] of Y.snapshot(doc).ds.clients) {
    for (const { clock, len } of ranges) for (let at = clock; at < clock + len; at += 1) all.add(`${client}:${at}`);
  }
  return all;
};
const content = (doc: Y.Doc) => ({
  body: doc.getText('body').toString(),
  meta: doc.getMap('meta').toJSON(),
  list: doc.getArray('list').toJSON(),
  deletes: [...deletes(doc)].sort(),
});

test('what is unsent makes both sides equal, and holds no struct and no deletion that the server knows', (t) => {
  t.log({ seed });
  t.notThrows(() =>
    fc.assert(
      fc.property(STEPS, (plan) => {
        const { server, client } = pair(plan);
        const known = Y.decodeStateVector(Y.encodeStateVector(server));
        const knownDeletes = deletes(server);
        const update = reopen(server, client);
        if (update) {
          const { structs, ds } = Y.decodeUpdate(update);
          for (const { id, length } of structs) {
            ok(id.clock + length > (known.get(id.client) ?? 0), 'a struct that the server has');
            ok(id.clock >= (known.get(id.client) ?? 0), 'part of a struct that the server has');
          }
          for (const [id, ranges] of ds.clients) {
            for (const { clock, len } of ranges) {
              for (let at = clock; at < clock + len; at += 1) ok(!knownDeletes.has(`${id}:${at}`), 'a known deletion');
            }
          }
          Y.applyUpdate(server, update);
          ok(server.store.pendingStructs === null && server.store.pendingDs === null);
        }
        deepStrictEqual(content(server), content(client));
        deepStrictEqual(reopen(server, client), undefined, 'nothing is missing any more');
      }),
      { seed, numRuns: 500 },
    ),
  );
});

test('the result is undefined exactly when the server lacks nothing', (t) => {
  const { server, client } = pair([]);
  t.is(reopen(server, client), undefined, 'both empty');
  server.getText('body').insert(0, 'hello');
  t.is(reopen(server, client), undefined, 'the client only learned');
  client.getText('body').delete(0, 1);
  const update = reopen(server, client);
  t.truthy(update, 'a deletion alone');
  t.is(Y.decodeUpdate(update!).structs.length, 0);
});

test('thousands of old deletions are not sent again', (t) => {
  const { server, client } = pair([]);
  const text = server.getText('body');
  text.insert(0, 'ab'.repeat(5_000));
  for (let at = 0; at < 5_000; at += 1) text.delete(at, 1);
  Y.applyUpdate(client, Y.encodeStateAsUpdate(server));
  client.getText('body').insert(0, 'new');
  client.getText('body').delete(100, 1);
  const vector = Y.encodeStateVector(server);
  t.true(Y.encodeStateAsUpdate(client, vector).byteLength > 10_000, 'Yjs would repeat them all');
  const update = reopen(server, client);
  t.true(update!.byteLength < 60, `${update!.byteLength} bytes`);
  Y.applyUpdate(server, update!);
  t.deepEqual(content(server), content(client));
});
