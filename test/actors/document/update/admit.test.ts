/** Admission of a scanned update to a document: owners, base, places, and what is cut off. */
import test from 'ava';
import * as Y from 'yjs';
import { baseOf } from '../../../../src/actors/document/update/base.ts';
import { DEFAULT_SCAN_LIMITS } from '../../../../src/actors/document/update/limits.ts';
import { scanUpdate } from '../../../../src/actors/document/update/scan.ts';
import { assertSound, bindings, copyOf, oneBlock, passGate, wire } from '../../../support/update-documents.ts';

/** A document with "abc" by client 7 in text "t", and its bindings. */
function draft() {
  const doc = new Y.Doc();
  doc.clientID = 7;
  doc.getText('t').insert(0, 'abc');
  const state = Y.encodeStateAsUpdate(doc);
  return { state, doc: copyOf(state), owners: bindings([[7, 'ann']]) };
}

const after = (client: number, from: number, originClient: number, originClock: number, text = 'x'): Uint8Array =>
  oneBlock(client, from, 1, (to) => {
    to.b(0x84);
    to.u(originClient, originClock);
    to.s(text);
  });

function code(doc: Y.Doc, update: Uint8Array, owners: ReturnType<typeof bindings>, userId: string): string {
  const outcome = passGate(doc, update, owners, userId);
  assertSound(doc);
  return outcome.admitted ? 'ok' : outcome.code;
}

test("I4 structs under another user's clientID are refused", (t) => {
  const { doc, owners } = draft();
  t.is(code(doc, after(7, 3, 7, 2), owners, 'bob'), 'client_forged');
  t.is(doc.getText('t').toString(), 'abc');
});

test("I4 structs that the document has are nobody's forgery, and bring no new clientID", (t) => {
  const { doc, owners, state } = draft();
  const known = { admitted: true, newClients: [], redundant: true, trim: true } as const;
  t.deepEqual(passGate(doc, state, owners, 'bob'), known);
  t.deepEqual(passGate(doc, state, bindings(), 'bob'), known, 'nor are those that nobody is bound to');
  const bob = copyOf(state);
  bob.clientID = 8;
  bob.getText('t').insert(1, 'bob');
  t.deepEqual(passGate(doc, Y.encodeStateAsUpdate(bob), owners, 'bob'), {
    admitted: true,
    newClients: [8],
    redundant: false,
    trim: true,
  });
  t.is(doc.getText('t').toString(), 'abobbc');
  t.is(owners.ownerOf(7), 'ann');
});

test('I4 known structs of others with one struct more are refused', (t) => {
  const { doc, owners, state } = draft();
  const ann = copyOf(state);
  ann.clientID = 7;
  ann.getText('t').insert(3, 'd');
  t.is(code(doc, Y.encodeStateAsUpdate(ann), owners, 'bob'), 'client_forged');
  t.is(doc.getText('t').toString(), 'abc');
});

/** A document of every kind of content, by client 7. */
function everyKind(): Y.Doc {
  const doc = new Y.Doc();
  doc.clientID = 7;
  const body = doc.getXmlFragment('body');
  const paragraph = new Y.XmlElement('paragraph');
  const text = new Y.XmlText();
  body.insert(0, [paragraph, new Y.XmlElement('image')]);
  paragraph.insert(0, [text]);
  text.insert(0, 'naïve 🙂 text', { bold: {} });
  text.insertEmbed(2, { image: 'a', alt: 'b' });
  paragraph.setAttribute('level', '2');
  const meta = doc.getMap('meta');
  meta.set('title', { words: [1, 'two', null], at: 0.5 });
  meta.set('bytes', new Uint8Array([1, 2, 3]));
  meta.set('list', Y.Array.from(['x', 2 ** 40, { done: true }]));
  return doc;
}

test('I4 content that differs from what the document has under an id is not acknowledged', (t) => {
  const changes: readonly ((doc: Y.Doc) => void)[] = [
    (doc) => doc.getXmlFragment('body').insert(0, [new Y.XmlElement('heading')]),
    (doc) => doc.getXmlFragment('body').insert(0, [new Y.XmlText('other')]),
    (doc) => doc.getMap('meta').set('title', 'other'),
    (doc) => doc.getText('elsewhere').insert(0, 'words'),
    (doc) => doc.getMap('meta').set('bytes', new Uint8Array([9])),
  ];
  for (const user of ['ann', 'bob']) {
    const doc = copyOf(Y.encodeStateAsUpdate(everyKind()));
    for (const change of changes) {
      const other = new Y.Doc();
      other.clientID = 7;
      change(other);
      t.is(code(doc, Y.encodeStateAsUpdate(other), bindings([[7, 'ann']]), user), 'client_forged');
    }
  }
});

test('I4 known content with a changed byte never passes as the same', (t) => {
  const state = Y.encodeStateAsUpdate(everyKind());
  let contradicted = 0;
  for (let at = 0; at < state.length; at += 1) {
    const changed = Uint8Array.from(state);
    changed[at] = (changed[at] as number) ^ 1;
    const outcome = passGate(copyOf(state), changed, bindings([[7, 'ann']]), 'bob');
    if (!outcome.admitted) contradicted += outcome.code === 'client_forged' ? 1 : 0;
    else if (outcome.redundant) t.is(structsOf(changed), structsOf(state), `byte ${at}`);
  }
  t.true(contradicted > 40, `${contradicted} of ${state.length}`);
});

/** The structs as Yjs reads them. */
function structsOf(update: Uint8Array): string {
  const read = Y.decodeUpdate(update);
  return JSON.stringify(read.structs, (_key, value) => (value instanceof Uint8Array ? [...value] : value));
}

function bytesOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

test('I4 a copy that still has what the document has collected, or has collected what stands there, is the same', (t) => {
  const kept = new Y.Doc({ gc: false });
  Y.applyUpdate(kept, Y.encodeStateAsUpdate(everyKind()));
  const collecting = copyOf(Y.encodeStateAsUpdate(kept));
  collecting.getXmlFragment('body').delete(0, 1);
  collecting.getMap('meta').delete('list');
  const whole = Y.encodeStateAsUpdate(kept);
  const collected = Y.encodeStateAsUpdate(collecting);
  t.true(collected.length < whole.length);
  t.like(passGate(copyOf(collected), whole, bindings([[7, 'ann']]), 'bob'), { admitted: true, redundant: true });
  const known = copyOf(whole);
  t.like(passGate(known, collected, bindings([[7, 'ann']]), 'bob'), { admitted: true, redundant: false });
  t.is(bytesOf(Y.encodeStateAsUpdate(known)), bytesOf(collected));
});

/** A text of which every second character is deleted, and what its last author holds besides. */
function sparse(characters: number) {
  const doc = new Y.Doc();
  doc.clientID = 7;
  doc.getText('t').insert(0, 'x'.repeat(characters));
  doc.transact(() => {
    for (let at = characters - 1; at > 0; at -= 2) doc.getText('t').delete(at, 1);
  });
  return doc;
}

test('I10 recognising what is known looks at no more of the document than the update has bytes', (t) => {
  const typed = new Y.Doc();
  typed.clientID = 7;
  // Always at the front: each character is a struct of its own, deleted or not.
  for (let i = 0; i < 20_000; i += 1) typed.getText('t').insert(0, 'x');
  const state = Y.encodeStateAsUpdate(typed);
  typed.getText('t').delete(0, 20_000);
  let looks = 0;
  const watched = baseOf(typed);
  const base = {
    ...watched,
    structsOf: (client: number) =>
      new Proxy(watched.structsOf(client), {
        get(structs, key) {
          if (typeof key === 'string' && /^\d+$/.test(key)) looks += 1;
          return Reflect.get(structs, key);
        },
      }),
  };
  const touching = wire((to) => {
    to.u(0, 1, 7, 5_000);
    for (let at = 0; at < 5_000; at += 1) to.u(4 * at, 4);
  });
  for (const update of [state, touching, Uint8Array.of(0, 1, 7, 1, 0, 160, 156, 1)]) {
    looks = 0;
    t.true(scanUpdate(update, DEFAULT_SCAN_LIMITS, base).ok);
    t.true(looks <= 2_048 + 6 * update.byteLength, `${looks} for ${update.byteLength} bytes`);
  }
});

test('I9 what the document has already counts against no limit', (t) => {
  const limits = { ...DEFAULT_SCAN_LIMITS, maxStructs: 2, maxDeleteRanges: 2, maxClients: 1, maxClockAdvance: 10 };
  const doc = sparse(200);
  const owners = bindings([[7, 'ann']]);
  const bob = copyOf(Y.encodeStateAsUpdate(doc));
  bob.clientID = 8;
  bob.getText('t').insert(0, 'b');
  bob.getText('t').delete(5, 1);
  t.deepEqual(passGate(doc, Y.encodeStateAsUpdate(bob), owners, 'bob', limits), {
    admitted: true,
    newClients: [8],
    redundant: false,
    trim: true,
  });
  t.is(doc.getText('t').toString(), bob.getText('t').toString());
  for (let at = 1; at < 20; at += 2) bob.getText('t').delete(at, 1);
  t.like(passGate(doc, Y.encodeStateAsUpdate(bob), owners, 'bob', limits), { admitted: false, code: 'update_limit' });
  bob.getText('t').insert(0, 'more than ten');
  t.like(passGate(doc, Y.encodeStateAsUpdate(bob), owners, 'bob', limits), { admitted: false, code: 'update_limit' });
});

test('I4 content under a client id without a user cannot be continued', (t) => {
  const { doc } = draft();
  t.is(code(doc, after(7, 3, 7, 2), bindings(), 'ann'), 'client_forged');
});

test('I4 new clientIDs are reported for binding, own ones are not', (t) => {
  const { doc, owners } = draft();
  t.deepEqual(passGate(doc, after(8, 0, 7, 2), owners, 'bob'), {
    admitted: true,
    newClients: [8],
    redundant: false,
    trim: false,
  });
  t.deepEqual(passGate(doc, after(8, 1, 8, 0), owners, 'bob'), {
    admitted: true,
    newClients: [],
    redundant: false,
    trim: false,
  });
  t.is(owners.ownerOf(8), 'bob');
  t.is(doc.getText('t').toString(), 'abcxx');
});

test('I4 a user may delete what others wrote without owning a clientID', (t) => {
  const { doc, owners } = draft();
  t.deepEqual(passGate(doc, Uint8Array.of(0, 1, 7, 1, 1, 1), owners, 'bob'), {
    admitted: true,
    newClients: [],
    redundant: false,
    trim: false,
  });
  t.is(doc.getText('t').toString(), 'ac');
});

test('I10 an update that builds on what the document lacks is refused, and nothing is left pending', (t) => {
  const { doc, owners } = draft();
  for (const update of [
    after(7, 4, 7, 2),
    after(8, 0, 9, 0),
    after(8, 0, 7, 3),
    after(8, 1, 7, 0),
    oneBlock(8, 0, 1, (to) => {
      to.b(0x44);
      to.u(9, 0);
      to.s('x');
    }),
    oneBlock(8, 0, 1, (to) => {
      to.b(4);
      to.u(0, 9, 0);
      to.s('x');
    }),
    Uint8Array.of(0, 1, 7, 1, 2, 2),
    Uint8Array.of(0, 1, 9, 1, 0, 1),
  ]) {
    t.is(code(doc, update, owners, 'ann'), 'update_unknown_base');
  }
});

test('I10 structs of several clients of one update may refer to each other, but not in a circle', (t) => {
  const { doc, owners } = draft();
  const crossed = (first: number) =>
    wire((to) => {
      to.u(2, 2, 9, 0);
      to.b(0x84);
      to.u(8, first);
      to.s('n');
      to.b(0x84);
      to.u(9, 0);
      to.s('m');
      to.u(2, 8, 0);
      to.b(0x84);
      to.u(7, 2);
      to.s('e');
      to.b(0x84);
      to.u(9, 1);
      to.s('f');
      to.u(0);
    });
  t.is(code(doc, crossed(1), owners, 'ann'), 'update_malformed');
  t.is(code(doc, crossed(0), owners, 'ann'), 'ok');
  t.is(doc.getText('t').toString(), 'abcenmf');
});

test('I9 types cannot be nested without bound, not even over several updates', (t) => {
  const { doc, owners } = draft();
  const nest = (from: number, count: number) =>
    oneBlock(8, from, count, (to) => {
      for (let i = from; i < from + count; i++) {
        to.b(7);
        if (i === 0) {
          to.u(1);
          to.s('deep');
        } else to.u(0, 8, i - 1);
        to.u(0);
      }
    });
  t.is(code(doc, nest(0, 201), owners, 'bob'), 'update_limit');
  t.is(code(doc, nest(0, 150), owners, 'bob'), 'ok');
  t.is(code(doc, nest(150, 51), owners, 'bob'), 'update_limit');
  t.is(code(doc, nest(150, 50), owners, 'bob'), 'ok');
});

/** A map in "meta", and an entry "k" in it that holds three units. */
const longEntry = (deletes: readonly number[]) =>
  wire((to) => {
    to.u(1, 2, 8, 0);
    to.b(0x27);
    to.u(1);
    to.s('meta');
    to.s('map');
    to.u(1);
    to.b(0x24);
    to.u(0, 8, 0);
    to.s('k');
    to.s('abc');
    to.u(...deletes);
  });

test('I10 a map entry of several values is refused, for deleting a part of it would break Yjs later', (t) => {
  const { doc, owners } = draft();
  t.is(code(doc, longEntry([0]), owners, 'bob'), 'update_malformed');
  t.is(code(doc, longEntry([1, 8, 1, 1, 2]), owners, 'bob'), 'update_malformed');
  const unguarded = new Y.Doc();
  Y.applyUpdate(unguarded, longEntry([0]));
  Y.applyUpdate(unguarded, Uint8Array.of(0, 1, 8, 1, 2, 1));
  t.throws(() => Y.applyUpdate(unguarded, Uint8Array.of(0, 1, 8, 1, 0, 1)));
});

test('I10 joined map entries that an undo manager kept are admitted when they come deleted', (t) => {
  const { doc, owners } = draft();
  t.is(code(doc, longEntry([1, 8, 1, 1, 3]), owners, 'bob'), 'ok');
});

test('I10 known structs are admitted as redundant, and a struct that runs on is cut', (t) => {
  const { doc, owners, state } = draft();
  t.deepEqual(passGate(doc, state, owners, 'ann'), { admitted: true, newClients: [], redundant: true, trim: true });
  const longer = copyOf(state);
  longer.clientID = 7;
  longer.getText('t').insert(3, 'def');
  t.deepEqual(passGate(doc, Y.encodeStateAsUpdate(longer), owners, 'ann'), {
    admitted: true,
    newClients: [],
    redundant: false,
    trim: true,
  });
  t.is(doc.getText('t').toString(), 'abcdef');
});

test('I10 a struct that contradicts the known content it runs on from does no harm', (t) => {
  const doc = new Y.Doc();
  const owners = bindings([[7, 'ann']]);
  Y.applyUpdate(doc, Uint8Array.of(1, 1, 7, 0, 0, 3, 0));
  const update = oneBlock(7, 0, 1, (to) => {
    to.b(4);
    to.u(1);
    to.s('t');
    to.s('abcdef');
  });
  t.throws(() => Y.applyUpdate(copyOf(Y.encodeStateAsUpdate(doc)), update));
  t.is(code(doc, update, owners, 'ann'), 'ok');
  t.is(Y.getState(doc.store, 7), 6);
});
