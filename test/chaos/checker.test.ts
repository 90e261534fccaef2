// The checker on histories made by hand: each kind of wrong is found and called by its name, and a right one passes.
import test from 'ava';
import * as Y from 'yjs';
import { type DocumentEvidence, type JournalRow, judge, type Replica, replay, type Written } from './checker.ts';
import { longestAround, percentile, stallOf } from './failovers.ts';
import { FAULT_KINDS, planFaults } from './plan.ts';
import { seededRandom } from './random.ts';
import { misread } from './readers.ts';
import { bodyOf } from './text.ts';

const DOCUMENT = 'a document';
const ANNA = { user: 'anna', client: 1 };
const BERT = { user: 'bert', client: 2 };

type Writer = typeof ANNA;

/** A history of two authors, in which row n inserts the token `[n]`; `[2]` was deleted by row 4. */
function history(): JournalRow[] {
  const rows: JournalRow[] = [];
  const whole = new Y.Doc();
  const write = ({ user, client }: Writer, edit: (text: Y.XmlText) => void): void => {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, Y.encodeStateAsUpdate(whole));
    doc.clientID = client;
    doc.on('update', (update: Uint8Array) => {
      Y.applyUpdate(whole, update);
      rows.push({ seq: rows.length + 1, userId: user, update });
    });
    doc.transact(() => {
      const body = bodyOf(doc);
      if (body.length === 0) {
        const paragraph = new Y.XmlElement('paragraph');
        body.insert(0, [paragraph]);
        paragraph.insert(0, [new Y.XmlText()]);
      }
      edit((body.get(0) as Y.XmlElement).get(0) as Y.XmlText);
    });
  };
  write(ANNA, (text) => text.insert(0, '[1]'));
  write(BERT, (text) => text.insert(3, '[2]'));
  write(ANNA, (text) => text.insert(6, '[3]'));
  write(BERT, (text) => text.delete(3, 3));
  write(BERT, (text) => text.insert(0, '[5]'));
  return rows;
}

function evidence(change: Partial<DocumentEvidence> = {}): DocumentEvidence {
  return {
    documentId: DOCUMENT,
    headSeq: 5,
    rows: history(),
    snapshots: [],
    clients: new Map([
      [ANNA.client, ANNA.user],
      [BERT.client, BERT.user],
    ]),
    ...change,
  };
}

const written = (token: string, change: Partial<Written> = {}): Written => ({
  documentId: DOCUMENT,
  token,
  acked: true,
  deletion: 'none',
  id: undefined,
  ...change,
});

const WRITTEN = [written('[1]'), written('[2]', { deletion: 'acked' }), written('[3]'), written('[5]')];

function stateAfter(rows: readonly JournalRow[]): Uint8Array {
  const doc = replay(rows);
  const state = Y.encodeStateAsUpdate(doc);
  doc.destroy();
  return state;
}

const replica = (rows: readonly JournalRow[]): Replica => ({
  name: 'a copy',
  documentId: DOCUMENT,
  state: stateAfter(rows),
});

const NOTHING_WRONG = { lost: 0, duplicated: 0, gaps: 0, diverged: 0, forged: 0 };

/** The counts alone. */
function counts(...args: Parameters<typeof judge>): object {
  const { problems, acked, ...rest } = judge(...args);
  return rest;
}

test('a right history passes, and every acknowledged edit is counted', (t) => {
  const rows = history();
  const snapshots = [
    { seq: 3, state: stateAfter(rows.slice(0, 3)) },
    { seq: 5, state: stateAfter(rows) },
  ];
  const { acked, problems, ...rest } = judge([evidence({ snapshots })], WRITTEN, [replica(rows)]);
  t.deepEqual(problems, []);
  t.deepEqual(rest, NOTHING_WRONG);
  t.is(acked, 5);
});

test('I7 a hole in the journal is a gap, and so is the work that builds on it', (t) => {
  const rows = history().filter(({ seq }) => seq !== 1);
  t.deepEqual(counts([evidence({ rows })], [], []), { ...NOTHING_WRONG, gaps: 2 });
});

test('I7 a row beside the head is a gap', (t) => {
  t.deepEqual(counts([evidence({ headSeq: 4 })], WRITTEN, []), { ...NOTHING_WRONG, gaps: 1 });
});

test('a row that cannot be decoded is a gap', (t) => {
  const rows = [...history(), { seq: 6, userId: ANNA.user, update: new Uint8Array([1, 1, 9]) }];
  t.deepEqual(counts([evidence({ headSeq: 6, rows })], WRITTEN, []), { ...NOTHING_WRONG, gaps: 1 });
});

test('I1 an acknowledged token that the journal lacks is lost', (t) => {
  const rows = history().slice(0, 4);
  t.deepEqual(counts([evidence({ headSeq: 4, rows })], WRITTEN, []), { ...NOTHING_WRONG, lost: 1 });
});

test('I1 all that was acknowledged in a document that is gone is lost', (t) => {
  t.deepEqual(counts([], WRITTEN, []), { ...NOTHING_WRONG, lost: 4 });
});

test('I1 a token that is back from its acknowledged deletion is a loss', (t) => {
  const rows = history().slice(0, 3);
  const expected = [written('[1]'), written('[2]', { deletion: 'acked' }), written('[3]')];
  t.deepEqual(counts([evidence({ headSeq: 3, rows })], expected, []), { ...NOTHING_WRONG, lost: 1 });
});

test('what was not acknowledged may be there or not', (t) => {
  const unsure = [
    written('[1]', { deletion: 'tried' }),
    written('[2]', { deletion: 'tried' }),
    written('[3]', { acked: false }),
    written('[5]', { acked: false }),
    written('[6]', { acked: false }),
  ];
  t.deepEqual(counts([evidence()], unsure, []), NOTHING_WRONG);
});

test('a row logged twice is a duplicate', (t) => {
  const rows = history();
  const again = { ...rows[2]!, seq: 6 };
  t.deepEqual(counts([evidence({ headSeq: 6, rows: [...rows, again] })], WRITTEN, []), {
    ...NOTHING_WRONG,
    duplicated: 1,
  });
});

test('a position given twice is a duplicate', (t) => {
  const rows = history();
  const result = judge(
    [evidence({ rows: rows.map((row) => (row.seq === 4 ? { ...row, seq: 3 } : row)) })],
    WRITTEN,
    [],
  );
  t.is(result.duplicated, 1);
  t.is(result.gaps, 1);
});

test('a token that stands twice is a duplicate', (t) => {
  const rows = history();
  const doc = replay(rows);
  doc.clientID = BERT.client;
  let update = new Uint8Array();
  doc.on('update', (bytes: Uint8Array) => {
    update = new Uint8Array(bytes);
  });
  ((bodyOf(doc).get(0) as Y.XmlElement).get(0) as Y.XmlText).insert(0, '[1]');
  const twice = [...rows, { seq: 6, userId: BERT.user, update }];
  t.deepEqual(counts([evidence({ headSeq: 6, rows: twice })], WRITTEN, []), { ...NOTHING_WRONG, duplicated: 1 });
});

test("I4 work under somebody else's client id, or under one bound to nobody, is forged", (t) => {
  const rows = history().map((row) => (row.seq === 5 ? { ...row, userId: ANNA.user } : row));
  t.deepEqual(counts([evidence({ rows })], WRITTEN, []), { ...NOTHING_WRONG, forged: 1 });
  const clients = new Map([[ANNA.client, ANNA.user]]);
  t.deepEqual(counts([evidence({ clients })], WRITTEN, []), { ...NOTHING_WRONG, forged: 2 });
});

test('a token that nobody wrote is forged', (t) => {
  t.deepEqual(counts([evidence()], WRITTEN.slice(1), []), { ...NOTHING_WRONG, forged: 1 });
});

test('a replica that lacks something has diverged, and so has one that knows more', (t) => {
  const rows = history();
  t.deepEqual(counts([evidence()], WRITTEN, [replica(rows.slice(0, 4)), replica(rows)]), {
    ...NOTHING_WRONG,
    diverged: 1,
  });
  const known = evidence({ headSeq: 4, rows: rows.slice(0, 4) });
  t.deepEqual(counts([known], WRITTEN.slice(0, 3), [replica(rows)]), { ...NOTHING_WRONG, diverged: 1 });
});

test('a replica that lacks only a deletion has diverged', (t) => {
  const rows = history();
  const blind = replica(rows.filter(({ seq }) => seq !== 4));
  t.deepEqual(counts([evidence()], WRITTEN, [blind]), { ...NOTHING_WRONG, diverged: 1 });
});

test('a snapshot that is not what its rows make has diverged', (t) => {
  const rows = history();
  const early = { seq: 4, state: stateAfter(rows.slice(0, 3)) };
  t.deepEqual(counts([evidence({ snapshots: [early] })], WRITTEN, []), { ...NOTHING_WRONG, diverged: 2 });
  const late = { seq: 4, state: stateAfter(rows) };
  t.deepEqual(counts([evidence({ snapshots: [late] })], WRITTEN, []), { ...NOTHING_WRONG, diverged: 1 });
});

test('the same seed plans the same faults, and another seed others', (t) => {
  const plan = (seed: number) => planFaults({ nodes: 3, seconds: 60, faults: FAULT_KINDS }, seededRandom(seed));
  t.deepEqual(plan(1), plan(1));
  t.notDeepEqual(plan(1), plan(2));
  t.true(plan(1).length > 5);
  t.true(plan(1).every(({ atMs }) => atMs > 0 && atMs < 60_000));
});

test('a stall is the longest wait around the fault, unless the author had a reason of its own', (t) => {
  const until = Number.POSITIVE_INFINITY;
  const acks = [100, 200, 300, 900, 1_000];
  t.deepEqual(stallOf({ at: 310, until, acks, excused: [] }), { from: 300, to: 900 });
  t.is(stallOf({ at: 310, until, acks, excused: [{ from: 800, to: 850 }] }), undefined);
  t.is(stallOf({ at: 50, until, acks, excused: [] }), undefined);
  t.deepEqual(stallOf({ at: 150, until: 250, acks, excused: [] }), { from: 100, to: 200 });
  t.is(longestAround(20_000, until, [{ from: 1, to: 2 }]), undefined);
  t.is(percentile([3, 1, 2], 0.5), 2);
  t.is(percentile([], 0.5), 0);
});

const mixed = { documentIds: new Set([DOCUMENT]), copiers: new Set<string>() };

test('I1 where text is also written over HTTP, what was acknowledged is in the journal, whatever became of it', (t) => {
  const deleted = judge([evidence()], [written('[2]', { acked: true })], [], mixed);
  t.like(deleted, { acked: 1, lost: 0, duplicated: 0 });
  const missing = judge([evidence()], [written('[9]', { acked: true })], [], mixed);
  t.like(missing, { acked: 1, lost: 1 });
  t.is(judge([evidence()], [written('[9]', { acked: false })], [], mixed).lost, 0, 'it was not acknowledged');
});

test('I1 what somebody copies counts as there, and not as doubled', (t) => {
  const rows = history();
  const doc = replay(rows);
  doc.clientID = BERT.client;
  doc.on('update', (update: Uint8Array) => rows.push({ seq: 6, userId: BERT.user, update }));
  ((bodyOf(doc).get(0) as Y.XmlElement).get(0) as Y.XmlText).insert(0, '[1]');
  const twice = [evidence({ rows, headSeq: 6 })];
  t.is(judge(twice, [written('[1]', { acked: true })], [], mixed).duplicated, 1);
  const copiers = new Set([BERT.user]);
  t.like(judge(twice, [written('[1]', { acked: true })], [], { ...mixed, copiers }), { lost: 0, duplicated: 0 });
  t.is(judge(twice, [written('[5]', { acked: true })], [], { ...mixed, copiers }).lost, 0);
});

test('I1 what arrived where somebody had taken the paragraph away is in the journal without its text', (t) => {
  const rows = history();
  const doc = replay(rows);
  const copy = replay(rows);
  copy.clientID = ANNA.client;
  const id = { client: ANNA.client, clock: Y.getState(copy.store, ANNA.client) };
  const before = Y.encodeStateVector(copy);
  ((bodyOf(copy).get(0) as Y.XmlElement).get(0) as Y.XmlText).insert(0, '[7]');
  const late = Y.encodeStateAsUpdate(copy, before);
  doc.clientID = BERT.client;
  let userId = BERT.user;
  doc.on('update', (update: Uint8Array) => rows.push({ seq: rows.length + 1, userId, update }));
  bodyOf(doc).delete(0, 1);
  userId = ANNA.user;
  Y.applyUpdate(doc, late);
  const after = [evidence({ rows, headSeq: rows.length })];
  t.is(judge(after, [written('[7]', { id })], [], mixed).lost, 0);
  t.is(judge(after, [written('[7]', { id: { ...id, clock: id.clock + 3 } })], [], mixed).lost, 1);
  t.is(
    judge(
      after.map((one) => ({ ...one, rows: rows.slice(0, -1) })),
      [written('[7]', { id })],
      [],
      mixed,
    ).lost,
    1,
  );
});

test('I7 a reader who missed a revision, saw one twice or out of order is found', (t) => {
  t.deepEqual(misread([2, 3], 3), []);
  t.deepEqual(misread([], 1), []);
  for (const seen of [[3], [2, 2, 3], [3, 2], [1, 2, 3], [2], []]) t.true(misread(seen, 3).length > 0, seen.join(' '));
});
