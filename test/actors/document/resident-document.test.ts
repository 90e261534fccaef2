/** A resident document against a journal that commits when the test says so: which messages are sent, to whom, and when. */
import test from 'ava';
import * as Y from 'yjs';
import { author, settle } from '../../support/actors.ts';
import { bytesOf, replay, residentDocument, shown, typed } from '../../support/resident-document.ts';

test('I1 I3 an edit is acknowledged and shown to others only after its commit, and shown first', (t) => {
  const h = residentDocument();
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  h.resident.handle(h.open(ann));
  h.resident.handle(h.open(bob));
  h.events.length = 0;
  h.resident.handle(h.edit(ann, typed(ann, 'hello')));
  t.deepEqual(h.events, [], 'nothing before the commit');
  h.journal.commit();
  t.deepEqual(h.story(), ['edits 1-1', 'ann: 1']);
  t.like(h.events[0], { except: 'ann', nodes: ['self'], message: { doc: 'doc', epoch: 3 } });
});

test('I3 an open answers with nothing that is not committed: it waits for the commit of what it shows', (t) => {
  const h = residentDocument();
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  h.resident.handle(h.edit(ann, typed(ann, 'hello')));
  h.resident.handle(h.open(bob));
  h.resident.handle(h.edit(ann, typed(ann, 'more'), 'ann again'));
  t.deepEqual(h.events, []);
  h.journal.commit(1);
  t.deepEqual(h.story(), ['edits 1-1', 'ann: 1', 'bob opens: 1']);
  const [opened] = h.answers('bob opens');
  t.is(opened?.ok && 'update' in opened && replay([opened.update]).getXmlFragment('body').toString(), 'hello');
  h.journal.commit();
  t.deepEqual(h.story().slice(3), ['edits 2-2', 'ann again: 2']);
});

test('one commit is broadcast as one message, to everybody when it has several authors', (t) => {
  const h = residentDocument();
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  h.resident.handle(h.open(ann));
  h.resident.handle(h.open(bob, 'bob opens', 'elsewhere'));
  h.events.length = 0;
  h.resident.handle(h.edit(ann, typed(ann, 'a')));
  h.resident.handle(h.edit(bob, typed(bob, 'b')));
  h.journal.commit();
  t.deepEqual(h.story(), ['edits 1-2', 'ann: 1', 'bob: 2']);
  const [edits] = h.events;
  if (edits?.what !== 'edits') return t.fail();
  t.is(edits.except, undefined);
  t.deepEqual(edits.nodes, ['self', 'elsewhere']);
  t.is(bytesOf(replay([edits.message.update])), bytesOf(shown(h)));
});

test('the only participant does not get its own edits; an edit over HTTP reaches everybody', (t) => {
  const h = residentDocument();
  const ann = author('ann', 1);
  h.resident.handle(h.open(ann));
  h.resident.handle(h.edit(ann, typed(ann, 'a')));
  h.journal.commit();
  t.deepEqual(h.story(), ['ann opens: 0', 'ann: 1']);
  h.resident.handle({ ...h.edit(author('tool', 7), typed(author('tool', 7), 'x')), connection: undefined });
  h.journal.commit();
  t.deepEqual(h.story().slice(2), ['edits 2-2', 'tool: 2']);
  t.is(h.events[2]?.what === 'edits' && h.events[2].except, undefined);
});

test('an update that changes nothing is acknowledged with the present position and not logged', (t) => {
  const h = residentDocument();
  const ann = author('ann', 1);
  const update = typed(ann, 'a');
  h.resident.handle(h.edit(ann, update));
  h.resident.handle(h.edit(ann, update, 'again'));
  t.deepEqual(h.events, [], 'not even the repeated one is acknowledged before the commit');
  h.journal.commit();
  h.resident.handle(h.edit(ann, update, 'later'));
  t.deepEqual(h.story(), ['ann: 1', 'again: 1', 'later: 1']);
  t.is(h.journal.entries.length, 1);
});

test('I9 updates and bytes that wait for their commit are bounded', (t) => {
  for (const limits of [{ maxUncommittedUpdates: 3 }, { maxUncommittedBytes: 60 }]) {
    const h = residentDocument(limits);
    const ann = author('ann', 1);
    for (let index = 0; index < 20; index += 1) h.resident.handle(h.edit(ann, typed(ann, 'abc')));
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
  const h = residentDocument({ maxStateVectorBytes: 100 });
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

test('flush resolves when everything that was applied is committed', async (t) => {
  const h = residentDocument();
  const ann = author('ann', 1);
  h.resident.handle(h.edit(ann, typed(ann, 'a')));
  h.resident.handle(h.edit(ann, typed(ann, 'b')));
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

test('a document is idle when nobody has it open, nothing waits and nothing happened for a while', (t) => {
  const h = residentDocument({ idleMs: 1_000, participantLeaseMs: 400 });
  const ann = author('ann', 1);
  h.resident.handle(h.open(ann, 'ann opens', 'elsewhere'));
  t.false(h.resident.isIdle());
  h.clock.increment(300);
  h.resident.renew('elsewhere');
  h.clock.increment(300);
  t.false(h.resident.isIdle(), 'open on another node that says so');
  h.resident.handle(h.edit(ann, typed(ann, 'a')));
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

test('I10 an update that is tried in a worker first is answered whatever comes of the trial', async (t) => {
  for (const [outcome, answer] of [
    [{ ok: true }, 'ann: 1'],
    [{ ok: false, code: 'update_too_expensive' }, 'ann: update_too_expensive'],
    [{ ok: false, code: 'update_malformed' }, 'ann: update_malformed'],
    [{ ok: false, code: 'trial_busy' }, 'ann: overloaded'],
  ] as const) {
    const h = residentDocument();
    const ann = author('ann', 1);
    h.resident.handle(h.edit(ann, typed(ann, 'x'.repeat(200_000))));
    t.is(h.trials.length, 1, 'tried first');
    t.deepEqual(h.story(), []);
    h.trials[0]?.(outcome);
    await settle();
    h.journal.commit();
    t.deepEqual(h.story(), [answer]);
  }
});

test('I10 a trial that ends after the document did, or that fails itself, is neither lost nor fatal', async (t) => {
  const h = residentDocument();
  const ann = author('ann', 1);
  h.resident.handle(h.edit(ann, typed(ann, 'x'.repeat(200_000))));
  h.resident.end('moved');
  h.trials[0]?.({ ok: true });
  await settle();
  t.is(h.story().at(-1), 'ann: reopen');

  const other = residentDocument();
  other.ports.trial.run = () => Promise.reject(new Error('no threads left'));
  const bob = author('bob', 2);
  other.resident.handle(other.edit(bob, typed(bob, 'y'.repeat(200_000))));
  await settle();
  t.deepEqual(other.machineEvents, ['broken: Error: no threads left'], 'the supervisor gets it, not the process');
});
