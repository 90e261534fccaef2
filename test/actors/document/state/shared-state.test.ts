// The state of a large draft is encoded once, a little at a time, and whoever opens it gets what they lack.
import { setImmediate as nextTurn } from 'node:timers/promises';
import test from 'ava';
import * as fc from 'fast-check';
import * as Y from 'yjs';
import { encodeState } from '../../../../src/actors/document/state/encode.ts';
import { SharedState } from '../../../../src/actors/document/state/shared-state.ts';
import { DEFAULT_SCAN_LIMITS } from '../../../../src/actors/document/update/limits.ts';
import { scanUpdate } from '../../../../src/actors/document/update/scan.ts';
import { largeState } from '../../../support/large-drafts.ts';

/** A document that several authors write into, and its shared state beside it, as a draft has it. */
class Desk {
  readonly doc = new Y.Doc({ gc: true });
  readonly shared: SharedState;
  readonly #authors: Y.Doc[];
  /** Every state that the document was in: what a client may come back with. */
  readonly past: Uint8Array[] = [Y.encodeStateVector(new Y.Doc())];

  constructor(authors: number, betweenTurns: () => void = () => undefined) {
    this.#authors = Array.from({ length: authors }, (_, index) => {
      const doc = new Y.Doc();
      doc.clientID = 1_000 + index;
      return doc;
    });
    this.shared = new SharedState(this.doc, async () => {
      await nextTurn();
      betweenTurns();
      return true;
    });
    this.doc.on('update', (update: Uint8Array) => {
      this.shared.append(update);
      this.past.push(Y.encodeStateVector(this.doc));
    });
  }

  /** One author's change, made from what the document has. */
  write(author: number, change: (text: Y.XmlText) => void): void {
    const doc = this.#authors[author % this.#authors.length]!;
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(this.doc, Y.encodeStateVector(doc)));
    const before = Y.encodeStateVector(doc);
    const body = doc.getXmlFragment('body');
    doc.transact(() => {
      if (body.length === 0) body.insert(0, [new Y.XmlText()]);
      change(body.get(0) as Y.XmlText);
    });
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(doc, before));
  }
}

const sameText = (one: Y.Doc, other: Y.Doc): boolean =>
  JSON.stringify(one.getXmlFragment('body').toJSON()) === JSON.stringify(other.getXmlFragment('body').toJSON());

interface Step {
  author: number;
  at: number;
  remove: number;
  insert: string;
  mark: boolean;
}
const steps = fc.array(
  fc.record({
    author: fc.nat(3),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    remove: fc.nat(6),
    insert: fc.string({ maxLength: 12, unit: 'grapheme' }),
    mark: fc.boolean(),
  }),
  { minLength: 1, maxLength: 60 },
);

function take(desk: Desk, { author, at, remove, insert, mark }: Step): void {
  desk.write(author, (text) => {
    const index = Math.floor(at * text.length);
    if (remove > 0 && index < text.length) text.delete(index, Math.min(remove, text.length - index));
    if (insert) text.insert(Math.min(index, text.length), insert, mark ? { bold: true } : {});
  });
}

test('I7 an open returns the whole draft, whatever was written before, while and after it was encoded', async (t) => {
  await fc.assert(
    fc.asyncProperty(steps, steps, steps, async (before, during, after) => {
      const waiting = [...during];
      const desk: Desk = new Desk(4, () => {
        const step = waiting.shift();
        if (step) take(desk, step);
      });
      for (const step of before) take(desk, step);
      await desk.shared.prepare();
      for (const step of [...waiting, ...after]) take(desk, step);
      t.true(desk.shared.isReady);
      // A client that has nothing, and clients that come back with any state that the document was in.
      for (const [index, stateVector] of desk.past.entries()) {
        if (index % 7 > 0 && index < desk.past.length - 2) continue;
        const known = Y.decodeStateVector(stateVector);
        const update = desk.shared.diff(known).toBytes();
        t.like(scanUpdate(update, DEFAULT_SCAN_LIMITS), { ok: true });
        const client = new Y.Doc();
        Y.applyUpdate(client, structsBelow(desk.doc, known));
        Y.applyUpdate(client, update);
        t.is(client.store.pendingStructs, null);
        t.is(client.store.pendingDs, null);
        t.deepEqual(Y.encodeStateVector(client), Y.encodeStateVector(desk.doc));
        t.true(sameText(client, desk.doc));
      }
    }),
    { numRuns: 60 },
  );
});

/** What a client had at an earlier state: the document's structs below its clocks. */
function structsBelow(doc: Y.Doc, known: ReadonlyMap<number, number>): Uint8Array {
  const snapshot = new Y.Snapshot(Y.createDeleteSet(), new Map(known));
  const source = new Y.Doc({ gc: false });
  Y.applyUpdate(source, Y.encodeStateAsUpdate(doc));
  return Y.encodeStateAsUpdate(Y.createDocFromSnapshot(source, snapshot));
}

test('I10 a large state is encoded in many turns, and others have theirs in between', async (t) => {
  const doc = new Y.Doc();
  Y.applyUpdate(doc, largeState(4_194_304, 'typed').state);
  let turns = 0;
  const encoded = await encodeState(doc, async () => {
    turns += 1;
    await nextTurn();
    return true;
  });
  t.true(turns > 3, `${turns} turns`);
  t.true(encoded!.byteLength > 4_000_000);
  t.is(await encodeState(doc, async () => false), undefined);
});

test('I10 answers share their bytes, and a client that lacks little is sent little', async (t) => {
  const doc = new Y.Doc({ gc: true });
  Y.applyUpdate(doc, largeState(4_194_304, 'pasted').state);
  const shared = new SharedState(doc, async () => {
    await nextTurn();
    return true;
  });
  doc.on('update', (update: Uint8Array) => shared.append(update));
  await shared.prepare();
  const before = Y.decodeStateVector(Y.encodeStateVector(doc));
  const [one, other] = [shared.diff(new Map()), shared.diff(new Map())];
  const largest = (pieces: readonly Uint8Array[]) => pieces.reduce((a, b) => (a.byteLength > b.byteLength ? a : b));
  t.is(largest(one.pieces).buffer, largest(other.pieces).buffer);
  doc.getText('body').insert(7, 'a word');
  const more = shared.diff(new Map());
  t.is(largest(more.pieces).buffer, largest(one.pieces).buffer, 'also when the draft went on');
  const opened = new Y.Doc();
  Y.applyUpdate(opened, more.toBytes());
  t.is(opened.getText('body').toString(), doc.getText('body').toString());
  t.true(shared.diff(before).byteLength < 100);
});
