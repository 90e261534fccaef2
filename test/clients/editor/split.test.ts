/** How the SDK cuts work that is larger than a node takes: nothing lost, nothing early, nothing over a limit. */
import { deepStrictEqual, ok } from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import { admitUpdate } from '../../../src/actors/document/update/admit.ts';
import { baseOf } from '../../../src/actors/document/update/base.ts';
import { DEFAULT_SCAN_LIMITS } from '../../../src/actors/document/update/limits.ts';
import { scanUpdate } from '../../../src/actors/document/update/scan.ts';
import { type PieceLimits, splitUpdate } from '../../../src/clients/editor/split.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** Applies each piece as a node does, with its checks, and within the limits. */
function take(server: Y.Doc, pieces: readonly Uint8Array[], limits: PieceLimits): void {
  const scanLimits = {
    ...DEFAULT_SCAN_LIMITS,
    maxBytes: limits.maxBytes,
    maxStructs: limits.maxStructs,
    maxDeleteRanges: limits.maxDeleteRanges,
    maxClockAdvance: limits.maxUnits,
  };
  for (const piece of pieces) {
    const scan = scanUpdate(piece, scanLimits);
    ok(scan.ok, scan.ok ? '' : `${scan.code}: ${scan.detail}`);
    const admission = admitUpdate(scan, baseOf(server), { ownerOf: () => 'me' }, 'me');
    ok(admission.ok, admission.ok ? '' : `${admission.code}: ${admission.detail}`);
    ok(!admission.trim && !admission.redundant, 'nothing is sent twice');
    Y.applyUpdate(server, piece);
    ok(server.store.pendingStructs === null && server.store.pendingDs === null, 'nothing is left pending');
  }
}

const STEPS = fc.array(
  fc.record({
    who: fc.nat(2),
    what: fc.constantFrom('insert', 'insert', 'insert', 'delete', 'map', 'nest', 'format', 'list', 'exchange'),
    at: fc.nat(400),
    text: fc.string({ unit: 'binary', minLength: 1, maxLength: 300 }),
    size: fc.integer({ min: 1, max: 200 }),
  }),
  { maxLength: 60 },
);

/** A place that is not inside of a character: Yjs itself loses one that is cut through. */
function boundary(text: Y.Text, at: number): number {
  const place = Math.min(at, text.length);
  return /[\ud800-\udbff]/.test(text.toString().charAt(place - 1)) ? place - 1 : place;
}

/** Three devices of one author write, and hear of each other now and then. */
function write(
  docs: readonly Y.Doc[],
  { who, what, at, text: words, size }: typeof STEPS extends fc.Arbitrary<(infer S)[]> ? S : never,
): void {
  const doc = docs[who]!;
  const text = doc.getText('body');
  switch (what) {
    case 'insert':
      text.insert(boundary(text, at), words);
      return;
    case 'delete':
      text.delete(boundary(text, at), boundary(text, at + size) - boundary(text, at));
      return;
    case 'map':
      doc.getMap('meta').set(`key ${at % 5}`, words);
      return;
    case 'nest':
      doc.getXmlFragment('tree').insert(0, [new Y.XmlElement('p'), new Y.XmlText(words)]);
      return;
    case 'format':
      text.format(boundary(text, at), boundary(text, at + 2) - boundary(text, at), { bold: size % 2 === 0 });
      return;
    case 'list':
      doc.getArray('list').insert(
        0,
        Array.from({ length: size }, () => [...words].slice(0, 9).join('')),
      );
      return;
    case 'exchange':
      Y.applyUpdate(docs[(who + 1) % docs.length]!, Y.encodeStateAsUpdate(doc));
      return;
  }
}

test('pieces of anything that was written are all taken, in order, and make the whole', (t) => {
  t.log({ seed });
  t.notThrows(() =>
    fc.assert(
      fc.property(
        STEPS,
        STEPS,
        fc.integer({ min: 700, max: 8_000 }),
        fc.integer({ min: 2, max: 40 }),
        fc.boolean(),
        fc.boolean(),
        (before, after, maxBytes, max, oneClient, deletesFirst) => {
          const docs = [1, 2, 3].map((clientID) => Object.assign(new Y.Doc({ gc: clientID !== 2 }), { clientID }));
          for (const step of before) write(docs, step);
          const server = new Y.Doc();
          Y.applyUpdate(server, Y.encodeStateAsUpdate(docs[0]!));
          for (const step of after) write(docs, step);
          const client = docs[0]!;
          for (const doc of docs) Y.applyUpdate(client, Y.encodeStateAsUpdate(doc));
          const update = Y.encodeStateAsUpdate(client, Y.encodeStateVector(server));
          const limits = {
            maxBytes,
            maxStructs: max,
            maxDeleteRanges: max,
            maxUnits: 1_000,
            maxDeletedUnits: 500,
            oneClient,
            deletesFirst,
          };
          const { pieces, blocked } = splitUpdate(update, limits);
          // A map entry or an embedded value is one unit: of those made here none is larger than a piece.
          deepStrictEqual(
            blocked.filter(({ bytes }) => bytes < maxBytes - 200),
            [],
          );
          if (blocked.length > 0) return;
          if (oneClient)
            for (const piece of pieces) ok(new Set(Y.decodeUpdate(piece).structs.map((s) => s.id.client)).size < 2);
          take(
            server,
            pieces.filter((piece) => piece.byteLength > 0),
            { ...limits, maxClients: 256 } as never,
          );
          deepStrictEqual(Y.encodeStateVector(server), Y.encodeStateVector(client));
          deepStrictEqual(server.getText('body').toDelta(), client.getText('body').toDelta());
          deepStrictEqual(server.getMap('meta').toJSON(), client.getMap('meta').toJSON());
          deepStrictEqual(server.getArray('list').toJSON(), client.getArray('list').toJSON());
          deepStrictEqual(server.getXmlFragment('tree').toString(), client.getXmlFragment('tree').toString());
        },
      ),
      { seed, numRuns: 400 },
    ),
  );
});
