/** Properties of the update gate over honest, mutated and hostile updates. Seeds are fast-check's, printed on failure and at the start. */
import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import { admitUpdate } from '../../../../src/actors/document/update/admit.ts';
import { baseOf } from '../../../../src/actors/document/update/base.ts';
import { DEFAULT_SCAN_LIMITS } from '../../../../src/actors/document/update/limits.ts';
import { scanUpdate } from '../../../../src/actors/document/update/scan.ts';
import { trimKnown, withoutKnown } from '../../../../src/actors/document/update/trim.ts';
import {
  assertSound,
  bindings,
  copyOf,
  hostileUpdate,
  mutate,
  Newsroom,
  passGate,
  randomFrom,
} from '../../../support/update-documents.ts';

const seed = Number(process.env.FUZZ_SEED ?? Math.trunc(performance.timeOrigin)) | 0;
const anySeed = fc.integer({ min: 0, max: 0x7fff_ffff });

function forAll(t: ExecutionContext, numRuns: number, property: (seed: number) => void): void {
  t.log(`FUZZ_SEED=${seed}`);
  fc.assert(fc.property(anySeed, property), { seed, numRuns, endOnFailure: true });
  t.pass();
}

/** The blocks of an update as Yjs reads them. */
function blocksByYjs(update: Uint8Array) {
  const blocks = new Map<number, { from: number; to: number; structs: number }>();
  for (const struct of Y.decodeUpdate(update).structs) {
    const { client, clock } = struct.id;
    const block = blocks.get(client) ?? { from: clock, to: clock, structs: 0 };
    blocks.set(client, { from: block.from, to: clock + struct.length, structs: block.structs + 1 });
  }
  return [...blocks].map(([client, block]) => ({ client, ...block }));
}

test('I10 what honest authors send always passes the gate, and replicas converge', (t) => {
  forAll(t, 40, (run) => {
    const room = new Newsroom(run);
    room.run(80); // throws when anything honest is refused
    for (const author of room.authors) room.pull(author);
    const onServer = room.server.getXmlFragment('body').toString();
    for (const { doc } of room.authors) t.is(doc.getXmlFragment('body').toString(), onServer);
    t.is(copyOf(Y.encodeStateAsUpdate(room.server)).getXmlFragment('body').toString(), onServer);
  });
});

test('I10 the scan reads the same blocks and deletes as Yjs, in single updates, merges, diffs and whole documents', (t) => {
  forAll(t, 25, (run) => {
    const room = new Newsroom(run);
    room.run(60);
    const whole = [room.server, ...room.authors.map(({ doc }) => doc)].map((doc) => Y.encodeStateAsUpdate(doc));
    for (const update of [...room.emitted, ...room.sent.map((sent) => sent.update), ...whole, Y.mergeUpdates(whole)]) {
      const scan = scanUpdate(update, DEFAULT_SCAN_LIMITS);
      if (!scan.ok) throw new Error(`${scan.code} ${scan.detail}`);
      t.deepEqual(
        scan.blocks.map(({ client, from, to, structs }) => ({ client, from, to, structs })),
        blocksByYjs(update),
      );
      const deletes = [...Y.decodeUpdate(update).ds.clients].flatMap(([client, ranges]) =>
        ranges.map(({ clock, len }) => [client, clock, len]),
      );
      t.deepEqual([...scan.deletes], deletes.flat());
    }
  });
});

test('I10 a mutated update is refused, or applied without a throw and with nothing pending', (t) => {
  let admitted = 0;
  forAll(t, 30, (run) => {
    const room = new Newsroom(run);
    room.run(40);
    const random = randomFrom(run);
    for (let i = 0; i < 100; i++) {
      const sent = room.sent[random(room.sent.length)] as (typeof room.sent)[number];
      const other = room.sent[random(room.sent.length)] as (typeof room.sent)[number];
      const doc = copyOf(sent.state);
      if (passGate(doc, mutate(sent.update, other.update, random), bindings(sent.owners), sent.userId).admitted)
        admitted++;
      assertSound(doc);
    }
  });
  t.true(admitted > 0, 'the property was never put to the test');
});

test('I10 a well-formed hostile update is refused, or leaves a document that can be stored and loaded', (t) => {
  let admitted = 0;
  forAll(t, 60, (run) => {
    const random = randomFrom(run);
    const doc = new Y.Doc();
    const owners = bindings();
    for (let i = 0; i < 40; i++) {
      if (passGate(doc, hostileUpdate(doc, [1, 2, 3, 4], random), owners, 'mallory').admitted) admitted++;
      assertSound(doc);
    }
    assertSound(copyOf(Y.encodeStateAsUpdate(doc)));
  });
  t.true(admitted > 0, 'the property was never put to the test');
});

test('I10 every truncation of an honest update is refused', (t) => {
  forAll(t, 10, (run) => {
    const room = new Newsroom(run);
    room.run(30);
    for (const { update } of room.sent) {
      for (let end = 0; end < Math.min(update.length, 200); end++) {
        t.false(scanUpdate(update.subarray(0, end), DEFAULT_SCAN_LIMITS).ok);
      }
    }
  });
});

test('I10 random bytes never make the scan throw', (t) => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const scan = scanUpdate(bytes, DEFAULT_SCAN_LIMITS);
      if (scan.ok) Y.decodeUpdate(bytes);
    }),
    { seed, numRuns: 3_000 },
  );
  t.pass();
});

test('I10 the v2 encoding of an honest document is refused, unless it is harmless', (t) => {
  forAll(t, 20, (run) => {
    const room = new Newsroom(run);
    room.run(40);
    for (const v1 of [...room.emitted.slice(0, 40), Y.encodeStateAsUpdate(room.server)]) {
      const v2 = Y.convertUpdateFormatV1ToV2(v1);
      const doc = new Y.Doc();
      t.false(passGate(doc, v2, bindings(), 'ann').admitted && v2.length > 2);
      assertSound(doc);
    }
  });
});

test('I10 what is left after the cut passes the gate again and has the same effect', (t) => {
  let cuts = 0;
  forAll(t, 25, (run) => {
    const room = new Newsroom(run);
    room.run(60);
    for (const { state, update, scan, owners, userId } of room.sent) {
      const base = baseOf(copyOf(state));
      const admission = admitUpdate(scan, base, bindings(owners), userId);
      if (!admission.ok || !admission.trim) continue;
      cuts++;
      const rest = trimKnown(withoutKnown(update, scan), scan, base);
      const restScan = scanUpdate(rest, DEFAULT_SCAN_LIMITS, base);
      if (!restScan.ok) throw new Error(restScan.detail);
      const again = admitUpdate(restScan, base, bindings(owners), userId);
      t.true(again.ok && !again.trim);
      const whole = copyOf(state);
      const cut = copyOf(state);
      Y.applyUpdate(whole, update);
      Y.applyUpdate(cut, rest);
      t.deepEqual(Y.encodeStateVector(cut), Y.encodeStateVector(whole));
      // A stale clock inside a surrogate pair makes the uncut update damage that character; the cut one does not.
      const expected = whole.getXmlFragment('body').toString();
      if (!expected.includes('\ufffd')) t.is(cut.getXmlFragment('body').toString(), expected);
    }
  });
  t.true(cuts > 0, 'the property was never put to the test');
});
