/** What the journal gives of the past: updates behind a position, and the draft as it was. */
import { randomUUID } from 'node:crypto';
import anyTest, { type TestFn } from 'ava';
import * as Y from 'yjs';
import type { PostgresJournal } from '../../../../src/storage/postgres/journal/index.ts';
import { type JournalBench, journalBench, openFor } from '../../../support/journal.ts';
import { migratedDatabase } from '../../../support/shared-services.ts';

const test = anyTest as TestFn<{ bench: JournalBench; journal: PostgresJournal }>;

test.before(async (t) => {
  const bench = await journalBench(await migratedDatabase());
  t.context = { bench, journal: bench.journal() };
});
test.after.always((t) => t.context.bench?.close());

test('an update says when it was committed', async (t) => {
  const { bench, journal } = t.context;
  const documentId = await bench.document();
  const before = Date.now();
  const { log } = await openFor(bench, journal, documentId);
  log.append('a');
  await log.through(1);
  const [first] = await journal.updates(documentId, 0, 1);
  // Two clocks on one machine: a second between them is no fault.
  t.true(Math.abs((first?.at ?? 0) - before) < 60_000);
});

test('I9 a read of updates ends after about a mebibyte, and always gives one', async (t) => {
  const { bench, journal } = t.context;
  const documentId = await bench.document();
  const { log } = await openFor(bench, journal, documentId);
  const large = 'x'.repeat(700_000);
  for (const text of [large, large, 'small', large + large, 'last']) log.append(text);
  await log.through(5);
  const give = async (after: number) => (await journal.updates(documentId, after, 100)).map(({ seq }) => seq);
  t.deepEqual(await give(0), [1, 2]);
  t.deepEqual(await give(2), [3, 4]);
  t.deepEqual(await give(3), [4]);
  t.deepEqual(await give(4), [5]);
});

test('the draft as of any position is what a replay up to there makes, whatever snapshots there are', async (t) => {
  const { bench, journal } = t.context;
  const documentId = await bench.document();
  const { log } = await openFor(bench, journal, documentId);
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  const texts = [''];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  for (let seq = 1; seq <= 40; seq += 1) {
    const text = doc.getText('t');
    if (seq % 5 === 0) text.delete(0, 2);
    else text.insert(text.length, `${seq} `);
    texts.push(text.toString());
    log.append('', { update: updates.at(-1)! });
    await log.through(seq);
    if (seq % 8 === 0) {
      await journal.saveSnapshot({ documentId, epoch: 1, seq, state: Y.encodeStateAsUpdate(doc) });
    }
  }
  for (let seq = 0; seq <= 40; seq += 1) {
    const state = await journal.stateAt(documentId, seq);
    const past = new Y.Doc();
    for (const update of state ?? []) Y.applyUpdate(past, update);
    t.is(past.getText('t').toString(), texts[seq]!);
  }
  t.is((await journal.stateAt(documentId, 40))?.length, 1, 'a snapshot is used where there is one');
  t.is((await journal.stateAt(documentId, 33))?.length, 2);
  t.is(await journal.stateAt(documentId, 41), undefined);
  t.is(await journal.stateAt(randomUUID(), 0), undefined);
  await bench.sql('delete from draft_snapshots where document_id = $1', [documentId]);
  t.is((await journal.stateAt(documentId, 33))?.length, 33);
});

test('of the snapshots of a long journal some are kept for good', async (t) => {
  const { bench, journal } = t.context;
  const documentId = await bench.document();
  const { log } = await openFor(bench, journal, documentId);
  for (let seq = 1; seq <= 9_000; seq += 1) log.append('x');
  await log.through(9_000);
  for (const seq of [1_000, 4_000, 4_095, 4_096, 4_500, 5_000, 8_191, 8_192, 8_300, 8_400, 8_500]) {
    await journal.saveSnapshot({ documentId, epoch: 1, seq, state: Buffer.from(`state ${seq}`) });
  }
  const kept = await bench.sql('select seq from draft_snapshots where document_id = $1 order by seq', [documentId]);
  t.deepEqual(
    kept.map(({ seq }) => Number(seq)),
    [4_096, 8_192, 8_400, 8_500],
  );
});

test('I9 a state that takes too much to read is not to be had', async (t) => {
  const { bench, journal } = t.context;
  const documentId = await bench.document();
  const { log } = await openFor(bench, journal, documentId);
  const mebibyte = 'x'.repeat(1_048_576);
  for (let seq = 1; seq <= 65; seq += 1) {
    log.append(mebibyte);
    await log.through(seq);
  }
  t.is((await journal.stateAt(documentId, 63))?.length, 63);
  t.is(await journal.stateAt(documentId, 65), undefined);
});

test('I4 ids of writes are forgotten after a day, by the owner alone, and no others', async (t) => {
  const { bench, journal } = t.context;
  const documentId = await bench.document();
  const { log } = await openFor(bench, journal, documentId);
  log.append('a', { newClients: [1, 2, 3] });
  await log.through(1);
  const bound = async () => [...(await journal.load(documentId)).clients.keys()].sort();
  await journal.forgetWrites(documentId, 1, [1, 2]);
  t.deepEqual(await bound(), [1, 2, 3], 'too young');
  await bench.sql(`update draft_clients set bound_at = now() - interval '25 hours' where document_id = $1`, [
    documentId,
  ]);
  await journal.forgetWrites(documentId, 2, [1, 2]);
  t.deepEqual(await bound(), [1, 2, 3], 'another epoch');
  await journal.forgetWrites(documentId, 1, [1, 2]);
  t.deepEqual(await bound(), [3]);
});

test('I4 reserved client ids are loaded by the next owner, the least recently used first', async (t) => {
  const { bench, journal } = t.context;
  const documentId = await bench.document();
  await openFor(bench, journal, documentId);
  const [ann, ben] = [randomUUID(), randomUUID()];
  const reserve = (clients: [number, string][], forget: number[] = [], epoch = 1) =>
    journal.reserve({ documentId, epoch, clients: new Map(clients), forget, lifeMs: 86_400_000 });
  const kept = async () =>
    [...(await journal.load(documentId)).reservations].map(([clientId, { userId }]) => [clientId, userId]);
  t.true(await reserve([[1, ann]]));
  t.true(await reserve([[2, ben]]));
  t.true(await reserve([[3, ann]]));
  t.true(await reserve([[1, ann]]), 'renewed');
  t.deepEqual(await kept(), [
    [2, ben],
    [3, ann],
    [1, ann],
  ]);
  t.true(await reserve([[4, ben]], [3]));
  await bench.sql(
    `update draft_reservations set reserved_at = now() - interval '25 hours' where client_id in (1, 2)`,
    [],
  );
  t.true(await reserve([[2, ann]]), "too old ones end, and may be somebody else's");
  t.deepEqual(await kept(), [
    [4, ben],
    [2, ann],
  ]);
  t.is((await journal.load(documentId)).clients.size, 0);
});

test('I2 a deposed owner reserves nothing, and no claim succeeds in the middle of it', async (t) => {
  const { bench, journal } = t.context;
  const documentId = await bench.document();
  await openFor(bench, journal, documentId);
  const reserve = (clientId: number) =>
    journal.reserve({ documentId, epoch: 1, clients: new Map([[clientId, randomUUID()]]), forget: [], lifeMs: 1_000 });
  const claimed = (async () => {
    t.truthy(await journal.claim(documentId, 1));
    return await journal.load(documentId);
  })();
  const outcomes = await Promise.all(Array.from({ length: 20 }, (_, clientId) => reserve(clientId)));
  t.is((await claimed).reservations.size, outcomes.filter(Boolean).length, 'what was confirmed is loaded');
  t.false(await reserve(99));
});
