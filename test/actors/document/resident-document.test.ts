/** A resident document against a journal that commits when the test says so: which messages are sent, to whom, and when. */
import { deepStrictEqual } from 'node:assert/strict';
import test from 'ava';
import fc from 'fast-check';
import * as Y from 'yjs';
import type { DocumentLimits } from '../../../src/actors/document/ports.ts';
import { ResidentDocument } from '../../../src/actors/document/resident-document.ts';
import { DEFAULT_SCAN_LIMITS } from '../../../src/actors/document/update/limits.ts';
import { type Author, actorHarness, author, EMPTY, settle } from '../../support/actors.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);
const CLAIM = { epoch: 3, headSeq: 0 };

function liveDocument(limits: Partial<DocumentLimits> = {}, loaded = EMPTY) {
  const harness = actorHarness(limits);
  harness.journal.epoch = CLAIM.epoch;
  const machineEvents: string[] = [];
  const resident = new ResidentDocument('doc', CLAIM, loaded, harness.ports, harness.refusal, {
    onRefused: () => machineEvents.push('refused'),
    onFenced: () => {
      machineEvents.push('fenced');
      resident.end('deposed');
    },
    onBroken: (error) => {
      machineEvents.push(`broken: ${error}`);
      resident.end('restarted');
    },
  });
  return { ...harness, resident, machineEvents };
}

const type = (who: Author, words: string, at = 0) => who.write((text) => text.insert(at, words));

/** The text that these updates make when they are applied in order. */
function replay(updates: readonly Uint8Array[]): Y.Doc {
  const doc = new Y.Doc();
  for (const update of updates) Y.applyUpdate(doc, update);
  return doc;
}
const bytesOf = (doc: Y.Doc) => Buffer.from(Y.encodeStateAsUpdate(doc)).toString('hex');
/** What the document shows to somebody who has nothing. */
function shown(harness: ReturnType<typeof liveDocument>): Y.Doc {
  const reader = author(`reader ${harness.events.length}`, 999_999);
  harness.resident.handle(harness.open(reader, 'shown'));
  const answer = harness.answers('shown').at(-1);
  if (!answer?.ok || !('update' in answer)) throw new Error('not opened');
  return replay([answer.update]);
}

test('I1 I3 an edit is acknowledged and shown to others only after its commit, and shown first', (t) => {
  const h = liveDocument();
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  h.resident.handle(h.open(ann));
  h.resident.handle(h.open(bob));
  h.events.length = 0;
  h.resident.handle(h.edit(ann, type(ann, 'hello')));
  t.deepEqual(h.events, [], 'nothing before the commit');
  h.journal.commit();
  t.deepEqual(h.story(), ['edits 1-1', 'ann: 1']);
  t.like(h.events[0], { except: 'ann', nodes: ['self'], message: { doc: 'doc', epoch: 3 } });
});

test('I3 an open answers with nothing that is not committed: it waits for the commit of what it shows', (t) => {
  const h = liveDocument();
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  h.resident.handle(h.edit(ann, type(ann, 'hello')));
  h.resident.handle(h.open(bob));
  h.resident.handle(h.edit(ann, type(ann, 'more'), 'ann again'));
  t.deepEqual(h.events, []);
  h.journal.commit(1);
  t.deepEqual(h.story(), ['edits 1-1', 'ann: 1', 'bob opens: 1']);
  const [opened] = h.answers('bob opens');
  t.is(opened?.ok && 'update' in opened && replay([opened.update]).getXmlFragment('body').toString(), 'hello');
  h.journal.commit();
  t.deepEqual(h.story().slice(3), ['edits 2-2', 'ann again: 2']);
});

test('one commit is broadcast as one message, to everybody when it has several authors', (t) => {
  const h = liveDocument();
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  h.resident.handle(h.open(ann));
  h.resident.handle(h.open(bob, 'bob opens', 'elsewhere'));
  h.events.length = 0;
  h.resident.handle(h.edit(ann, type(ann, 'a')));
  h.resident.handle(h.edit(bob, type(bob, 'b')));
  h.journal.commit();
  t.deepEqual(h.story(), ['edits 1-2', 'ann: 1', 'bob: 2']);
  const [edits] = h.events;
  if (edits?.what !== 'edits') return t.fail();
  t.is(edits.except, undefined);
  t.deepEqual(edits.nodes, ['self', 'elsewhere']);
  t.is(bytesOf(replay([edits.message.update])), bytesOf(shown(h)));
});

test('the only participant does not get its own edits; an edit over HTTP reaches everybody', (t) => {
  const h = liveDocument();
  const ann = author('ann', 1);
  h.resident.handle(h.open(ann));
  h.resident.handle(h.edit(ann, type(ann, 'a')));
  h.journal.commit();
  t.deepEqual(h.story(), ['ann opens: 0', 'ann: 1']);
  h.resident.handle({ ...h.edit(author('tool', 7), type(author('tool', 7), 'x')), connection: undefined });
  h.journal.commit();
  t.deepEqual(h.story().slice(2), ['edits 2-2', 'tool: 2']);
  t.is(h.events[2]?.what === 'edits' && h.events[2].except, undefined);
});

test('an update that changes nothing is acknowledged with the present position and not logged', (t) => {
  const h = liveDocument();
  const ann = author('ann', 1);
  const update = type(ann, 'a');
  h.resident.handle(h.edit(ann, update));
  h.resident.handle(h.edit(ann, update, 'again'));
  t.deepEqual(h.events, [], 'not even the repeated one is acknowledged before the commit');
  h.journal.commit();
  h.resident.handle(h.edit(ann, update, 'later'));
  t.deepEqual(h.story(), ['ann: 1', 'again: 1', 'later: 1']);
  t.is(h.journal.entries.length, 1);
});

test("I4 work and opens under another user's client id are refused", async (t) => {
  const h = liveDocument();
  h.resident.handle(h.edit(author('ann', 1), type(author('ann', 1), 'a')));
  const thief = author('thief', 1);
  h.resident.handle(h.edit(thief, type(thief, 'b')));
  await settle();
  h.resident.handle({ ...h.open(thief), clientId: 1 });
  t.deepEqual(h.story(), ['thief: client_forged', 'thief opens: client_forged']);
  t.is(h.journal.entries.length, 1);
  t.deepEqual(h.journal.entries[0]?.newClients, [1]);
});

test("I4 others' work that overtook the answer to an open comes along with one's own, and is nobody's forgery", (t) => {
  const h = liveDocument();
  const [ann, ben] = [author('ann', 1), author('ben', 2)];
  h.resident.handle(h.open(ben));
  const [opened] = h.answers('ben opens');
  const overtaking = type(ann, 'by Ann ');
  h.resident.handle(h.edit(ann, overtaking));
  h.journal.commit();
  Y.applyUpdate(ben.doc, overtaking);
  type(ben, 'by Ben ');
  if (!opened?.ok || !('stateVector' in opened)) return t.fail();
  h.resident.handle(h.edit(ben, Y.encodeStateAsUpdate(ben.doc, opened.stateVector)));
  h.journal.commit();
  t.deepEqual(h.story().slice(1), ['edits 1-1', 'ann: 1', 'ben: 2']);
  t.deepEqual(
    h.journal.entries.map(({ author: { userId }, newClients }) => [userId, newClients]),
    [
      ['ann', [1]],
      ['ben', [2]],
    ],
    'and is logged once, as whose it is',
  );
  t.is(bytesOf(shown(h)), bytesOf(ben.doc));
  h.resident.handle(h.edit(ben, Y.encodeStateAsUpdate(ben.doc), 'all of it again'));
  t.is(h.story().at(-1), 'all of it again: 2');
  t.is(h.journal.entries.length, 2);
});

test('I4 work under a client id that another user has is not acknowledged, however little it is', async (t) => {
  const h = liveDocument();
  h.resident.handle(h.edit(author('ann', 1), type(author('ann', 1), 'a long text')));
  h.journal.commit();
  for (const name of ['ann', 'ben']) {
    const other = author(name, 1);
    h.resident.handle(h.edit(other, type(other, 'b'), `${name} elsewhere`));
    await settle();
    t.is(h.story().at(-1), `${name} elsewhere: client_forged`);
  }
  t.is(h.journal.entries.length, 1);
});

test('I9 what the draft has already counts neither as structs nor as deletions, nor against the size of an update', (t) => {
  const scan = { ...DEFAULT_SCAN_LIMITS, maxBytes: 8_000, maxStructs: 10, maxDeleteRanges: 10 };
  const h = liveDocument({ maxUpdateBytes: 2_000, scan });
  const [ann, ben] = [author('ann', 1), author('ben', 2)];
  h.resident.handle(h.edit(ann, type(ann, 'x'.repeat(600))));
  for (let at = 599; at > 1; at -= 2)
    h.resident.handle(
      h.edit(
        ann,
        ann.write((text) => text.delete(at, 1)),
      ),
    );
  h.journal.commit();
  Y.applyUpdate(ben.doc, Y.encodeStateAsUpdate(shown(h)));
  type(ben, 'by Ben ');
  const whole = Y.encodeStateAsUpdate(ben.doc);
  t.true(whole.byteLength > 2_000);
  h.resident.handle(h.edit(ben, whole));
  h.journal.commit();
  t.is(h.story().at(-1), 'ben: 301');
  t.true(h.journal.entries.at(-1)!.update.byteLength < 100);
  h.resident.handle(h.edit(ben, type(ben, 'z'.repeat(2_000)), 'too much'));
  t.is(h.story().at(-1), 'too much: update_too_large');
});

test('I2 I4 a deposed owner does not refuse as forged what its successor committed', async (t) => {
  const h = liveDocument();
  const ann = author('ann', 1);
  h.resident.handle(h.edit(ann, type(ann, 'a')));
  h.journal.commit();
  // Elsewhere ann wrote on, and ben has it.
  h.journal.epoch += 1;
  type(ann, 'b');
  const ben = author('ben', 2);
  h.resident.handle(h.edit(ben, Y.encodeStateAsUpdate(ann.doc)));
  await settle();
  t.deepEqual(h.story(), ['ann: 1', 'ben: reopen', 'reopen deposed']);
  t.deepEqual(h.machineEvents, ['fenced']);
  t.is(h.journal.entries.length, 1);
});

test('I4 while the directory cannot be read nothing is refused as forged', async (t) => {
  const h = liveDocument();
  h.resident.handle(h.edit(author('ann', 1), type(author('ann', 1), 'a')));
  h.journal.headWith = () => Promise.reject(new Error('away'));
  const thief = author('thief', 1);
  h.resident.handle(h.edit(thief, type(thief, 'b')));
  await settle();
  t.deepEqual(h.story(), ['thief: unavailable']);
  t.deepEqual(h.machineEvents, []);
});

test('I9 updates and bytes that wait for their commit are bounded', (t) => {
  for (const limits of [{ maxUncommittedUpdates: 3 }, { maxUncommittedBytes: 60 }]) {
    const h = liveDocument(limits);
    const ann = author('ann', 1);
    for (let index = 0; index < 20; index += 1) h.resident.handle(h.edit(ann, type(ann, 'abc')));
    const refused = h.story().length;
    t.true(refused > 0 && refused < 20);
    t.deepEqual(new Set(h.story()), new Set(['ann: overloaded']));
    t.is(h.journal.entries.length, 20 - refused);
    h.journal.commit();
    h.events.length = 0;
    h.resident.handle(h.edit(ann, Y.encodeStateAsUpdate(ann.doc), 'after'));
    h.journal.commit();
    t.deepEqual(h.story(), [`after: ${20 - refused + 1}`], 'there is room again');
  }
});

test('hostile state vectors and updates are answered and harm nobody', (t) => {
  const h = liveDocument({ maxStateVectorBytes: 100 });
  const ann = author('ann', 1);
  for (const stateVector of [new Uint8Array(101), new Uint8Array([255, 255, 255, 255]), new Uint8Array([200, 1])]) {
    h.resident.handle({ ...h.open(ann), stateVector });
  }
  h.resident.handle(h.edit(ann, new Uint8Array([1, 2, 3])));
  t.deepEqual(h.story(), [
    'ann opens: bad_request',
    'ann opens: bad_request',
    'ann opens: bad_request',
    'ann: update_malformed',
  ]);
  t.deepEqual(h.machineEvents, []);
});

test('I2 fenced in mid-flight: waiting requests and participants get reopen, and nothing is acknowledged', (t) => {
  const h = liveDocument();
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  h.resident.handle(h.open(ann));
  h.events.length = 0;
  h.resident.handle(h.edit(ann, type(ann, 'a')));
  h.resident.handle(h.open(bob));
  h.journal.fence();
  t.deepEqual(h.story(), ['ann: reopen', 'bob opens: reopen', 'reopen deposed']);
  h.resident.handle(h.edit(ann, type(ann, 'b'), 'late'));
  t.is(h.story().at(-1), 'late: reopen');
  h.journal.commit();
  t.is(h.events.length, 4, 'later outcomes send nothing');
});

test('the journal is closed: waiting requests get reopen', async (t) => {
  const h = liveDocument();
  const ann = author('ann', 1);
  h.resident.handle(h.edit(ann, type(ann, 'a')));
  const flushed = h.resident.flush(false);
  h.journal.shut();
  t.is(h.story()[0], 'ann: reopen');
  await flushed;
});

test('flush resolves when everything that was applied is committed', async (t) => {
  const h = liveDocument();
  const ann = author('ann', 1);
  h.resident.handle(h.edit(ann, type(ann, 'a')));
  h.resident.handle(h.edit(ann, type(ann, 'b')));
  let done = false;
  const flushed = h.resident.flush(false).then(() => {
    done = true;
  });
  h.journal.commit(1);
  await settle();
  t.false(done);
  h.journal.commit();
  await flushed;
  t.true(done);
});

test('a snapshot is stored when its threshold is reached and holds exactly the updates up to its position', async (t) => {
  const h = liveDocument({ snapshotUpdates: 3 });
  const ann = author('ann', 1);
  for (let index = 0; index < 3; index += 1) h.resident.handle(h.edit(ann, type(ann, `${index} `)));
  h.journal.commit(2);
  await settle();
  t.deepEqual(h.journal.snapshots, [], 'not yet');
  h.journal.commit(3);
  // Applied while the snapshot is on its way: not in it.
  h.resident.handle(h.edit(ann, type(ann, 'later ')));
  await settle();
  t.is(h.journal.snapshots.length, 1);
  const [snapshot] = h.journal.snapshots;
  t.like(snapshot, { documentId: 'doc', epoch: 3, seq: 3 });
  t.is(bytesOf(replay([snapshot!.state])), bytesOf(replay(h.journal.entries.slice(0, 3).map(({ update }) => update))));
});

test('I3 a snapshot that holds uncommitted work waits for its commit', async (t) => {
  const h = liveDocument({ snapshotUpdates: 1 });
  const ann = author('ann', 1);
  h.resident.handle(h.edit(ann, type(ann, 'a')));
  h.resident.handle(h.edit(ann, type(ann, 'b')));
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
  const h = liveDocument({ snapshotUpdates: 1 });
  const ann = author('ann', 1);
  let tries = 0;
  h.journal.saveWith = () => {
    tries += 1;
    return Promise.reject(new Error('the database is away'));
  };
  const write = async () => {
    h.resident.handle(h.edit(ann, type(ann, 'a')));
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

test('a document is idle when nobody has it open, nothing waits and nothing happened for a while', (t) => {
  const h = liveDocument({ idleMs: 1_000, participantLeaseMs: 400 });
  const ann = author('ann', 1);
  h.resident.handle(h.open(ann, 'ann opens', 'elsewhere'));
  t.false(h.resident.isIdle());
  h.clock.increment(300);
  h.resident.renew('elsewhere');
  h.clock.increment(300);
  t.false(h.resident.isIdle(), 'open on another node that says so');
  h.resident.handle(h.edit(ann, type(ann, 'a')));
  h.clock.increment(5_000);
  t.false(h.resident.isIdle(), 'an edit waits for its commit');
  h.journal.commit();
  t.true(h.resident.isIdle(), 'a node that no longer renews counts for nothing');
  h.resident.handle(h.open(ann));
  h.clock.increment(5_000);
  t.false(h.resident.isIdle(), 'open here needs no renewing');
  h.resident.leave('self', 'ann');
  t.false(h.resident.isIdle());
  h.clock.increment(1_000);
  t.true(h.resident.isIdle());
});

/** Two authors who make the same word bold: Yjs emits a second update when it removes the doubled marks. */
function sameFormatTwice() {
  const h = liveDocument();
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  const base = type(ann, 'hello world');
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
        const h = liveDocument({ snapshotUpdates: 7 });
        const authors = [author('ann', 1), author('bob', 2), author('cyd', 3)];
        const [ann] = authors as [Author];
        const base = type(ann, 'begin');
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

test('I10 an update that is tried in a worker first is answered whatever comes of the trial', async (t) => {
  for (const [outcome, answer] of [
    [{ ok: true }, 'ann: 1'],
    [{ ok: false, code: 'update_too_expensive' }, 'ann: update_too_expensive'],
    [{ ok: false, code: 'update_malformed' }, 'ann: update_malformed'],
    [{ ok: false, code: 'trial_busy' }, 'ann: overloaded'],
  ] as const) {
    const h = liveDocument();
    const ann = author('ann', 1);
    h.resident.handle(h.edit(ann, type(ann, 'x'.repeat(200_000))));
    t.is(h.trials.length, 1, 'tried first');
    t.deepEqual(h.story(), []);
    h.trials[0]?.(outcome);
    await settle();
    h.journal.commit();
    t.deepEqual(h.story(), [answer]);
  }
});

test('I10 a trial that ends after the document did, or that fails itself, is neither lost nor fatal', async (t) => {
  const h = liveDocument();
  const ann = author('ann', 1);
  h.resident.handle(h.edit(ann, type(ann, 'x'.repeat(200_000))));
  h.resident.end('moved');
  h.trials[0]?.({ ok: true });
  await settle();
  t.is(h.story().at(-1), 'ann: reopen');

  const other = liveDocument();
  other.ports.trial.run = () => Promise.reject(new Error('no threads left'));
  const bob = author('bob', 2);
  other.resident.handle(other.edit(bob, type(bob, 'y'.repeat(200_000))));
  await settle();
  t.deepEqual(other.machineEvents, ['broken: Error: no threads left'], 'the supervisor gets it, not the process');
});

test('I1 an append that is refused ends this life: its author gets the refusal at once, the others open again', async (t) => {
  const h = liveDocument();
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  h.resident.handle(h.open(ann));
  h.resident.handle(h.open(bob));
  h.events.length = 0;
  h.resident.handle(h.edit(ann, type(ann, 'a')));
  h.resident.handle(h.open(bob, 'bob opens'));
  h.journal.refuse(Object.assign(new Error('no'), { code: '23514' }));
  t.deepEqual(h.story(), ['ann: append_refused', 'bob opens: reopen', 'reopen restarted']);
  t.like(h.answers('ann'), [{ error: { code: 'append_refused', retryAfterMs: 1_000 } }]);
  t.deepEqual(h.machineEvents, ['refused']);
  t.deepEqual(h.journal.refusals, ['23514']);
});

test('I9 while an append is refused nothing is applied or written; tries come ever more rarely, and one that is written ends it', async (t) => {
  const h = liveDocument();
  const ann = author('ann', 1);
  const update = type(ann, 'a');
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
