/** The life of documents on a node under a simulated clock: claimed, loaded, served, restarted, passivated. */
import test from 'ava';
import fc from 'fast-check';
import { createDocuments } from '../../../src/actors/document/documents.ts';
import type { DocumentLimits } from '../../../src/actors/document/ports.ts';
import { Mailbox } from '../../../src/actors/supervision/mailbox.ts';
import { createNodeSupervisor } from '../../../src/actors/supervision/node-supervisor.ts';
import { DEFAULT_RESTART_POLICY as POLICY, restartDelayMs } from '../../../src/actors/supervision/supervisor.ts';
import { actorHarness, author, EMPTY, settle } from '../../support/actors.ts';

const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

function node(limits: Partial<DocumentLimits> = {}) {
  const harness = actorHarness(limits);
  const supervisor = createNodeSupervisor(harness.clock);
  const documents = createDocuments(harness.ports, supervisor, POLICY);
  const [ann, bob] = [author('ann', 1), author('bob', 2)];
  const write = (words = 'x', name = 'ann') =>
    documents.deliver(
      'doc',
      harness.edit(
        ann,
        ann.write((text) => text.insert(0, words)),
        name,
      ),
    );
  /** Claimed, loaded and live. */
  const live = async () => {
    documents.start('doc', harness.journal.epoch);
    await settle();
  };
  return { ...harness, supervisor, documents, ann, bob, write, live };
}
/** A promise that the test settles. */
function pending<T>() {
  return Promise.withResolvers<T>();
}

test('requests while a document is claimed and loaded are kept and answered once it is live', async (t) => {
  const n = node();
  const claim = pending<{ epoch: number; headSeq: number } | undefined>();
  const load = pending<typeof EMPTY>();
  n.journal.claimWith = () => claim.promise;
  n.journal.loadWith = () => load.promise;
  n.documents.deliver('doc', n.open(n.ann, 'before'));
  t.deepEqual(n.story(), ['before: reopen'], 'not in the tree');
  n.documents.start('doc', 0);
  n.documents.start('doc', 0);
  t.true(n.documents.has('doc'));
  n.documents.deliver('doc', n.open(n.ann, 'claiming'));
  claim.resolve({ epoch: 1, headSeq: 0 });
  await settle();
  n.documents.deliver('doc', n.open(n.bob, 'loading'));
  t.is(n.documents.renew('doc', 'self'), undefined, 'no position before it is live');
  t.is(n.events.length, 1);
  load.resolve(EMPTY);
  await settle();
  t.deepEqual(n.story().slice(1), ['claiming: 0', 'loading: 0']);
  t.deepEqual(n.documents.renew('doc', 'self'), { epoch: 1, seq: 0 });
  t.is(n.journal.claims, 1);
});

test('I2 a lost claim answers reopen and leaves the tree', async (t) => {
  const n = node();
  n.documents.start('doc', 41);
  n.documents.deliver('doc', n.open(n.ann));
  await settle();
  t.deepEqual(n.story(), ['ann opens: reopen']);
  t.false(n.documents.has('doc'));
  t.is(n.documents.count(), 0);
});

test('I2 a deposed document sends reopen to everybody and leaves the tree without a release', async (t) => {
  const n = node();
  await n.live();
  n.documents.deliver('doc', n.open(n.ann));
  n.write();
  n.journal.fence();
  t.deepEqual(n.story(), ['ann opens: 0', 'ann: reopen', 'reopen deposed']);
  t.false(n.documents.has('doc'));
  t.deepEqual(n.journal.released, []);
});

test('an idle document is passivated and released; one that is used is not', async (t) => {
  const n = node({ idleMs: 1_000 });
  await n.live();
  n.documents.deliver('doc', n.open(n.ann));
  for (let quarter = 0; quarter < 40; quarter += 1) n.clock.increment(250);
  t.true(n.documents.has('doc'), 'somebody has it open');
  n.documents.leave('doc', 'self', 'ann');
  n.clock.increment(750);
  t.true(n.documents.has('doc'));
  n.clock.increment(250);
  await settle();
  t.false(n.documents.has('doc'));
  t.deepEqual(n.journal.released, [1]);
});

test('a passivated document stores a snapshot; a drained one leaves its tail', async (t) => {
  const n = node({ idleMs: 1_000 });
  await n.live();
  n.write();
  n.journal.commit();
  n.clock.increment(1_000);
  await settle();
  t.false(n.documents.has('doc'));
  t.deepEqual(
    n.journal.snapshots.map(({ seq }) => seq),
    [1],
  );

  const hurried = node({});
  await hurried.live();
  hurried.write();
  hurried.journal.commit();
  await hurried.documents.drain();
  t.deepEqual(hurried.journal.snapshots, []);
});

test('documents of a draining node are served until another node claims them', async (t) => {
  const n = node();
  await n.live();
  t.false(await n.documents.handOver('doc'), 'not before the drain');
  n.documents.beginDrain();
  n.write();
  n.journal.commit();
  t.deepEqual(n.story(), ['ann: 1']);
  t.true(await n.documents.handOver('doc'));
  t.false(n.documents.has('doc'));
  t.deepEqual(n.journal.released, [1]);
  n.documents.start('doc', 1);
  t.false(n.documents.has('doc'), 'nothing is started any more');
});

test('a drain flushes what is uncommitted, then releases', async (t) => {
  const n = node();
  await n.live();
  n.documents.deliver('doc', n.open(n.ann));
  n.write();
  const drained = n.documents.drain();
  n.write('late', 'late');
  await settle();
  t.deepEqual(n.story(), ['ann opens: 0', 'late: reopen']);
  t.deepEqual(n.journal.released, [], 'not before the commit');
  n.journal.commit();
  await drained;
  t.deepEqual(n.story().slice(2), ['ann: 1', 'reopen moved']);
  t.deepEqual(n.journal.released, [1]);
});

test('a drain waits for a hung database no longer than its deadline', async (t) => {
  const n = node({ drainMs: 1_000 });
  await n.live();
  n.documents.deliver('doc', n.open(n.ann));
  n.write();
  const drained = n.documents.drain();
  n.clock.increment(999);
  t.true(n.documents.has('doc'));
  n.clock.increment(1);
  await drained;
  t.deepEqual(n.story(), ['ann opens: 0', 'ann: reopen', 'reopen moved']);
});

test('a drain while documents are claimed, loaded or between two lives ends them all', async (t) => {
  for (const state of ['claiming', 'loading', 'backingOff'] as const) {
    const n = node();
    if (state === 'claiming') n.journal.claimWith = () => pending<undefined>().promise;
    if (state === 'loading') n.journal.loadWith = () => pending<typeof EMPTY>().promise;
    if (state === 'backingOff') n.journal.loadWith = () => Promise.reject(new Error('away'));
    n.documents.start('doc', 0);
    n.documents.deliver('doc', n.open(n.ann));
    await settle();
    await n.documents.drain();
    t.is(n.answers('ann opens').length, 1, state);
    t.is(n.documents.count(), 0, state);
    n.clock.increment(60_000);
    t.is(n.documents.count(), 0, state);
  }
});

test('a draining node claims no documents', async (t) => {
  const n = node();
  await n.documents.drain();
  n.documents.start('doc', 0);
  n.documents.deliver('doc', n.open(n.ann));
  t.false(n.documents.has('doc'));
  t.deepEqual(n.story(), ['ann opens: reopen']);
});

test('a crash answers everybody, and the document is back after a pause that doubles with each crash', async (t) => {
  const n = node();
  const crash = () => Promise.reject(new Error('corrupt'));
  n.journal.loadWith = crash;
  n.documents.start('doc', 0);
  const pauses: number[] = [];
  for (let round = 0; round < POLICY.maxRestarts - 1; round += 1) {
    n.documents.deliver('doc', n.open(n.ann, `waits ${round}`));
    await settle();
    t.deepEqual(n.answers(`waits ${round}`).length, 1);
    n.documents.deliver('doc', n.open(n.ann, `pause ${round}`));
    t.is(n.story().at(-1), `pause ${round}: restarting`);
    // Its own claim raised the epoch: it must not lose against itself.
    n.journal.claimWith = async () => ({ epoch: 9, headSeq: 0 });
    const claims = n.journal.claims;
    let waited = 0;
    while (n.journal.claims === claims) {
      n.clock.increment(1);
      waited += 1;
    }
    pauses.push(waited);
  }
  t.deepEqual(
    pauses,
    pauses.map((_, index) => restartDelayMs(index + 1, POLICY)),
  );
  t.true(pauses.every((pause, index) => index === 0 || pause === 2 * pauses[index - 1]!));
  n.documents.deliver('doc', n.open(n.ann, 'last'));
  await settle();
  t.is(n.answers('last').length, 1);
  t.false(n.documents.has('doc'), 'one crash too many: given up');
});

test('crashes that are long ago are forgotten', async (t) => {
  const n = node();
  n.journal.loadWith = () => Promise.reject(new Error('corrupt'));
  n.journal.claimWith = async () => ({ epoch: 9, headSeq: 0 });
  n.documents.start('doc', 0);
  for (let round = 0; round < POLICY.maxRestarts * 3; round += 1) {
    await settle();
    t.true(n.documents.has('doc'));
    const load = pending<typeof EMPTY>();
    n.journal.loadWith = () => load.promise;
    n.clock.increment(POLICY.backoffMinMs);
    await settle();
    // It runs so long that the earlier crashes fall out of the window.
    n.clock.increment(POLICY.withinMs);
    load.reject(new Error('corrupt again'));
  }
});

test('a crash of one document touches no other', async (t) => {
  const n = node();
  await n.live();
  n.write();
  n.journal.loadWith = () => Promise.reject(new Error('corrupt'));
  n.journal.claimWith = async () => ({ epoch: 9, headSeq: 0 });
  n.documents.start('other', 0);
  for (let round = 0; round < 10; round += 1) {
    await settle();
    n.clock.increment(POLICY.backoffMaxMs);
  }
  t.false(n.documents.has('other'));
  n.journal.commit();
  t.deepEqual(n.story(), ['ann: 1']);
});

test('a document that breaks while it is live comes back with what was committed', async (t) => {
  const n = node();
  await n.live();
  n.documents.deliver('doc', n.open(n.ann));
  n.write('kept ');
  n.journal.commit();
  n.write('more ', 'more');
  n.ports.broadcast.edits = () => {
    throw new Error('a fault in the broadcast');
  };
  n.documents.deliver('doc', n.open(n.bob));
  n.events.length = 0;
  n.journal.commit(2);
  t.deepEqual(n.story(), ['more: 2', 'bob opens: 2', 'reopen restarted'], 'it is committed, whatever broke after that');
  t.true(n.documents.has('doc'));
  n.clock.increment(POLICY.backoffMinMs);
  await settle();
  n.documents.deliver('doc', n.open(n.bob, 'again'));
  const [opened] = n.answers('again');
  t.like(opened, { ok: true, epoch: 2, seq: 2 });
});

test('a request whose handling throws is answered, and so is everything that waits with it', async (t) => {
  const n = node();
  await n.live();
  n.write('a', 'waits');
  n.journal.faulty = true;
  n.write('b', 'throws');
  t.deepEqual(n.story(), ['waits: reopen', 'reopen restarted', 'throws: restarting']);
  n.journal.faulty = true;
  n.clock.increment(POLICY.backoffMinMs);
  const update = n.bob.write((text) => text.insert(0, 'c'));
  n.documents.deliver('doc', n.edit(n.bob, update, 'early'));
  await settle();
  t.like(n.answers('early'), [{ ok: false, error: { code: 'restarting' } }]);
  n.clock.increment(POLICY.backoffMaxMs);
  await settle();
  n.documents.deliver('doc', n.open(n.bob));
  t.like(n.answers('bob opens'), [{ ok: true, seq: 0 }]);
});

test('I9 a mailbox takes so many requests and answers the others at once', async (t) => {
  const n = node({ maxMailbox: 5 });
  await n.live();
  for (let index = 0; index < 8; index += 1) n.write('x');
  t.deepEqual(n.story(), ['ann: overloaded', 'ann: overloaded', 'ann: overloaded']);
  n.journal.commit();
  t.is(n.answers('ann').filter(({ ok }) => ok).length, 5);
});

test('a mailbox answers each request once, whoever answers first', (t) => {
  const answers: string[] = [];
  const mailbox = new Mailbox<{ ok: true }>(2);
  const first = mailbox.admit((answer) => answers.push(`first ${answer.ok}`));
  const second = mailbox.admit((answer) => answers.push(`second ${answer.ok}`));
  t.is(
    mailbox.admit((answer) => answers.push(answer.ok ? '?' : answer.error.code)),
    undefined,
  );
  first?.({ ok: true });
  first?.({ ok: true });
  t.is(mailbox.length, 1);
  mailbox.failAll({ ok: false, error: { code: 'reopen', message: '' } });
  second?.({ ok: true });
  t.deepEqual(answers, ['overloaded', 'first true', 'second false']);
  t.is(mailbox.length, 0);
});

test('whatever happens to a document, each request is answered exactly once', async (t) => {
  t.log({ seed });
  const steps = fc.array(
    fc.constantFrom(
      'edit',
      'edit',
      'edit',
      'open',
      'open',
      'commit',
      'settle',
      'fence',
      'crash',
      'fault',
      'heal',
      'tick',
      'start',
      'leave',
    ),
    { maxLength: 80 },
  );
  await t.notThrowsAsync(
    fc.assert(
      fc.asyncProperty(steps, async (plan) => {
        const n = node({ maxMailbox: 6, idleMs: 2_000, snapshotUpdates: 3 });
        const counts: number[] = [];
        const counted = <R extends { reply: (answer: never) => void }>(request: R): R => {
          const mine = counts.push(0) - 1;
          return {
            ...request,
            reply: () => {
              counts[mine]! += 1;
            },
          };
        };
        for (const step of plan) {
          switch (step) {
            case 'edit':
              n.documents.deliver(
                'doc',
                counted(
                  n.edit(
                    n.ann,
                    n.ann.write((text) => text.insert(0, 'x')),
                  ),
                ),
              );
              break;
            case 'open':
              n.documents.deliver('doc', counted(n.open(n.bob)));
              break;
            case 'commit':
              n.journal.commit();
              break;
            case 'settle':
              await settle();
              break;
            case 'fence':
              n.journal.fence();
              break;
            case 'crash':
              n.journal.loadWith = () => Promise.reject(new Error('crash'));
              n.ports.broadcast.edits = () => {
                throw new Error('crash');
              };
              break;
            case 'fault':
              n.journal.faulty = true;
              break;
            case 'heal':
              n.journal.loadWith = undefined;
              n.ports.broadcast.edits = () => undefined;
              break;
            case 'tick':
              n.clock.increment(600);
              break;
            case 'start':
              n.documents.start('doc', n.journal.epoch);
              break;
            case 'leave':
              n.documents.leave('doc', 'self', 'bob');
              break;
          }
          if (counts.some((count) => count > 1)) throw new Error('answered twice');
        }
        await settle();
        const drained = n.documents.drain();
        await settle();
        n.clock.increment(10_000);
        await drained;
        await settle();
        if (counts.some((count) => count !== 1)) throw new Error(`answers: ${counts.join(' ')}`);
      }),
      { seed, numRuns: 200 },
    ),
  );
});
