/** A resident document and its journal: snapshots, fences, what replays to the text, and appends that are refused. */
import { deepStrictEqual } from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import { ResidentDocument } from '../../../src/actors/document/resident-document.ts';
import { type Author, author, EMPTY, settle } from '../../support/actors.ts';
import { bytesOf, CLAIM, replay, residentDocument, shown, typed } from '../../support/resident-document.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

test('I2 fenced in mid-flight: waiting requests and participants get reopen, and nothing is acknowledged', (t) => {
  const h = residentDocument();
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  h.resident.handle(h.open(ann));
  h.events.length = 0;
  h.resident.handle(h.edit(ann, typed(ann, 'a')));
  h.resident.handle(h.open(bob));
  h.journal.fence();
  t.deepEqual(h.story(), ['ann: reopen', 'bob opens: reopen', 'reopen deposed']);
  h.resident.handle(h.edit(ann, typed(ann, 'b'), 'late'));
  t.is(h.story().at(-1), 'late: reopen');
  h.journal.commit();
  t.is(h.events.length, 4, 'later outcomes send nothing');
});

test('the journal is closed: waiting requests get reopen', async (t) => {
  const h = residentDocument();
  const ann = author('ann', 1);
  h.resident.handle(h.edit(ann, typed(ann, 'a')));
  const flushed = h.resident.flush(false);
  h.journal.shut();
  t.is(h.story()[0], 'ann: reopen');
  await flushed;
});

test('a snapshot is stored when its threshold is reached and holds exactly the updates up to its position', async (t) => {
  const h = residentDocument({ snapshotUpdates: 3 });
  const ann = author('ann', 1);
  for (let index = 0; index < 3; index += 1) h.resident.handle(h.edit(ann, typed(ann, `${index} `)));
  h.journal.commit(2);
  await settle();
  t.deepEqual(h.journal.snapshots, [], 'not yet');
  h.journal.commit(3);
  // Applied while the snapshot is on its way: not in it.
  h.resident.handle(h.edit(ann, typed(ann, 'later ')));
  await settle();
  t.is(h.journal.snapshots.length, 1);
  const [snapshot] = h.journal.snapshots;
  t.like(snapshot, { documentId: 'doc', epoch: 3, seq: 3 });
  t.is(bytesOf(replay([snapshot!.state])), bytesOf(replay(h.journal.entries.slice(0, 3).map(({ update }) => update))));
});

test('I3 a snapshot that holds uncommitted work waits for its commit', async (t) => {
  const h = residentDocument({ snapshotUpdates: 1 });
  const ann = author('ann', 1);
  h.resident.handle(h.edit(ann, typed(ann, 'a')));
  h.resident.handle(h.edit(ann, typed(ann, 'b')));
  h.journal.commit(1);
  await settle();
  t.deepEqual(h.journal.snapshots, []);
  h.journal.commit(2);
  await settle();
  t.deepEqual(
    h.journal.snapshots.map(({ seq }) => seq),
    [2],
  );
});

test('a snapshot that cannot be stored is tried again after a pause, one that is fenced deposes', async (t) => {
  const h = residentDocument({ snapshotUpdates: 1 });
  const ann = author('ann', 1);
  let tries = 0;
  h.journal.saveWith = () => {
    tries += 1;
    return Promise.reject(new Error('the database is away'));
  };
  const write = async () => {
    h.resident.handle(h.edit(ann, typed(ann, 'a')));
    h.journal.commit();
    await settle();
  };
  await write();
  await write();
  t.is(tries, 1, 'not with every commit');
  h.clock.increment(5_000);
  await write();
  t.is(tries, 2);
  h.clock.increment(5_000);
  h.journal.saveWith = () => Promise.resolve(false);
  await write();
  t.deepEqual(h.machineEvents, ['fenced']);
});

/** Two authors who make the same word bold: Yjs emits a second update when it removes the doubled marks. */
function sameFormatTwice() {
  const h = residentDocument();
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  const base = typed(ann, 'hello world');
  Y.applyUpdate(bob.doc, base);
  const bold = (who: Author) => who.write((text) => text.format(0, 5, { bold: true }));
  return { h, ann, bob, updates: [base, bold(ann)], second: bold(bob) };
}

test('what Yjs cleans up behind an update is journaled with it: the journal replays to the very same text', (t) => {
  const { h, ann, bob, updates, second } = sameFormatTwice();
  for (const update of updates) h.resident.handle(h.edit(ann, update));
  h.resident.handle(h.edit(bob, second));
  h.journal.commit();
  const probe = replay(updates);
  let emitted = 0;
  probe.on('update', () => {
    emitted += 1;
  });
  Y.applyUpdate(probe, second);
  t.is(emitted, 2, 'Yjs does emit twice here');
  t.is(h.journal.entries.length, 3);
  const copy = new Y.Doc();
  copy.transact(() => {
    for (const { update } of h.journal.entries) Y.applyUpdate(copy, update);
  });
  t.is(bytesOf(copy), bytesOf(shown(h)));
});

test('I7 whatever several authors do, the journal replayed in order is the text that is shown', (t) => {
  t.log({ seed });
  const steps = fc.array(
    fc.record({
      who: fc.nat(2),
      what: fc.constantFrom('insert', 'insert', 'delete', 'format', 'merge', 'commit'),
      at: fc.nat(40),
      size: fc.integer({ min: 1, max: 6 }),
    }),
    { maxLength: 60 },
  );
  t.notThrows(() =>
    fc.assert(
      fc.property(steps, (plan) => {
        const h = residentDocument({ snapshotUpdates: 7 });
        const authors = [author('ann', 1), author('bob', 2), author('cyd', 3)];
        const [ann] = authors as [Author];
        const base = typed(ann, 'begin');
        h.resident.handle(h.edit(ann, base));
        for (const { doc } of authors) Y.applyUpdate(doc, base);
        let sent = 1;
        for (const { who, what, at, size } of plan) {
          const one = authors[who]!;
          const { length } = one.text;
          const from = Math.min(at, length);
          if (what === 'commit') h.journal.commit();
          else if (what === 'merge')
            Y.applyUpdate(one.doc, Y.encodeStateAsUpdate(replay(h.journal.entries.map(({ update }) => update))));
          else {
            const update = one.write((text) => {
              if (what === 'insert' || length === 0) text.insert(from, 'x'.repeat(size));
              else if (what === 'delete')
                text.delete(Math.min(from, length - 1), Math.min(size, length - Math.min(from, length - 1)));
              else
                text.format(Math.min(from, length - 1), Math.min(size, length - Math.min(from, length - 1)), {
                  bold: at % 2 === 0 || null,
                });
            });
            // Cleaning up behind others' formats is everybody's: an author may hold work that was never sent.
            const missing = Y.encodeStateAsUpdate(
              one.doc,
              Y.encodeStateVector(replay(h.journal.entries.map(({ update: known }) => known))),
            );
            h.resident.handle(h.edit(one, update.byteLength > 2 ? missing : update));
            sent += 1;
          }
        }
        h.journal.commit();
        const answers = authors.flatMap(({ name }) => h.answers(name));
        deepStrictEqual(
          answers.filter((answer) => !answer.ok),
          [],
        );
        deepStrictEqual(answers.length, sent);
        deepStrictEqual(h.machineEvents, []);
        const copy = new Y.Doc();
        copy.transact(() => {
          for (const { update } of h.journal.entries) Y.applyUpdate(copy, update);
        });
        deepStrictEqual(bytesOf(copy), bytesOf(shown(h)));
      }),
      { seed, numRuns: 150 },
    ),
  );
});

test('I1 an append that is refused ends this life: its author gets the refusal at once, the others open again', async (t) => {
  const h = residentDocument();
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  h.resident.handle(h.open(ann));
  h.resident.handle(h.open(bob));
  h.events.length = 0;
  h.resident.handle(h.edit(ann, typed(ann, 'a')));
  h.resident.handle(h.open(bob, 'bob opens'));
  h.journal.refuse(Object.assign(new Error('no'), { code: '23514' }));
  t.deepEqual(h.story(), ['ann: append_refused', 'bob opens: reopen', 'reopen restarted']);
  t.like(h.answers('ann'), [{ error: { code: 'append_refused', retryAfterMs: 1_000 } }]);
  t.deepEqual(h.machineEvents, ['refused']);
  t.deepEqual(h.journal.refusals, ['23514']);
});

test('I9 while an append is refused nothing is applied or written; tries come ever more rarely, and one that is written ends it', async (t) => {
  const h = residentDocument();
  const ann = author('ann', 1);
  const update = typed(ann, 'a');
  const pauses: (number | undefined)[] = [];
  for (let tries = 0; tries < 8; tries += 1) {
    const resident = new ResidentDocument('doc', CLAIM, EMPTY, h.ports, h.refusal, {
      onFenced: () => t.fail(),
      onRefused: () => undefined,
      onBroken: () => t.fail(),
    });
    resident.handle(h.edit(ann, update, `try ${tries}`));
    t.is(h.journal.entries.length, 1);
    h.journal.refuse(new Error('no'));
    const [answer] = h.answers(`try ${tries}`);
    pauses.push(answer && !answer.ok ? answer.error.retryAfterMs : undefined);
    const next = new ResidentDocument('doc', CLAIM, EMPTY, h.ports, h.refusal, {
      onFenced: () => t.fail(),
      onRefused: () => t.fail(),
      onBroken: () => t.fail(),
    });
    next.handle(h.edit(ann, update, `early ${tries}`));
    next.handle(h.open(author('bob', 2), `bob ${tries}`));
    t.like(h.answers(`early ${tries}`), [{ ok: false, error: { code: 'append_refused' } }]);
    t.like(h.answers(`bob ${tries}`), [{ ok: true, seq: 0 }]);
    t.is(h.journal.entries.length, 0);
    next.end('moved');
    h.passRefusal(pauses.at(-1) ?? 0);
  }
  t.deepEqual(pauses, [1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000]);
  const resident = new ResidentDocument('doc', CLAIM, EMPTY, h.ports, h.refusal, {
    onFenced: () => t.fail(),
    onRefused: () => t.fail(),
    onBroken: () => t.fail(),
  });
  resident.handle(h.edit(ann, update, 'at last'));
  h.journal.commit();
  t.like(h.answers('at last'), [{ ok: true, seq: 1 }]);
  t.false(h.refusal.isActive);
  t.is(h.journal.refusals.at(-1), undefined);
});
