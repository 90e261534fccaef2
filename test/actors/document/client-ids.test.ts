/** Whose a client id is before anything is written under it: reservations of editors, and what viewers cannot do. */
import test from 'ava';
import type { DocumentLimits, OpenRequest } from '../../../src/actors/document/ports.ts';
import type { LoadedDraft } from '../../../src/ports/journal.ts';
import { author, EMPTY, settle } from '../../support/actors.ts';
import { residentDocument, typed } from '../../support/resident-document.ts';

const DAY_MS = 86_400_000;

function speakingDocument(limits: Partial<DocumentLimits> = {}, loaded: LoadedDraft = EMPTY) {
  const harness = residentDocument(limits, loaded);
  const { resident } = harness;
  /** Opens under a client id; what came of it. */
  const speak = async (name: string, clientId: number, role: OpenRequest['participant']['role'] = 'edit') => {
    const connection = `${name} ${clientId} ${role}`;
    const request = harness.open(author(name, clientId), connection);
    resident.handle({ ...request, clientId, participant: { ...request.participant, connection, role } });
    await settle();
    return harness
      .story()
      .findLast((line) => line.startsWith(`${connection}: `))
      ?.slice(connection.length + 2);
  };
  const leave = (name: string, clientId: number, role = 'edit') =>
    resident.leave('self', `${name} ${clientId} ${role}`);
  return { ...harness, speak, leave };
}

test("I4 an editor's open is answered once its client id is kept in the journal", async (t) => {
  const h = speakingDocument();
  const stored = Promise.withResolvers<boolean>();
  h.journal.reserveWith = () => stored.promise;
  t.is(await h.speak('ann', 7), undefined);
  t.is(h.journal.reserved.length, 1);
  t.like(h.journal.reserved[0], { documentId: 'doc', epoch: 3, clients: new Map([[7, 'ann']]), forget: [] });
  t.is(await h.speak('ben', 7), 'client_forged', 'from the first moment');
  stored.resolve(true);
  await settle();
  t.deepEqual(
    h.answers('ann 7 edit').map(({ ok }) => ok),
    [true],
  );
  t.is(await h.speak('ann', 7), '0');
  t.is(h.journal.reserved.length, 1, 'once is enough');
});

test("I4 an id stays its user's when that one leaves, writes nothing, and the document is loaded again", async (t) => {
  const before = speakingDocument();
  t.is(await before.speak('ann', 7), '0');
  before.leave('ann', 7);
  const after = speakingDocument({}, { ...EMPTY, reservations: new Map([[7, { userId: 'ann', at: 0 }]]) });
  for (const h of [before, after]) {
    t.is(await h.speak('eve', 7, 'view'), 'client_forged');
    t.is(await h.speak('ben', 7), 'client_forged');
    const forger = author('ben', 7);
    h.resident.handle(h.edit(forger, typed(forger, 'x')));
    await settle();
    t.is(h.story().at(-1), 'ben: client_forged');
    const ann = author('ann', 7);
    h.resident.handle(h.edit(ann, typed(ann, 'written offline')));
    h.journal.commit();
    t.is(h.story().at(-1), 'ann: 1');
  }
});

test('I4 a viewer reserves no client id, keeps its id only while connected, and yields it to editors', async (t) => {
  const h = speakingDocument();
  t.is(await h.speak('eve', 7, 'view'), '0');
  t.is(await h.speak('fay', 7, 'view'), 'client_forged', 'nobody speaks under the id of another');
  h.leave('eve', 7, 'view');
  t.is(await h.speak('fay', 7, 'view'), '0');
  t.deepEqual(h.journal.reserved, []);
  const ann = author('ann', 7);
  h.resident.handle(h.edit(ann, typed(ann, 'written offline')));
  h.journal.commit();
  t.is(h.story().at(-1), 'ann: 1', 'nor does it keep an author from writing');

  t.is(await h.speak('fay', 8, 'view'), '1');
  h.events.length = 0;
  t.is(await h.speak('ben', 8), '1');
  t.deepEqual(h.story()[0], 'reopen moved', 'whoever spoke under it opens again');
  t.is(await h.speak('fay', 8, 'view'), 'client_forged');
});

test('I9 a user has so many reservations in a document: the oldest that is not in use goes first', async (t) => {
  const h = speakingDocument({ maxReservedClientIds: 3 });
  for (const clientId of [1, 2, 3]) await h.speak('ann', clientId);
  await h.speak('ben', 9);
  t.is(await h.speak('ann', 4), 'too_many_sockets', 'all are in use');
  h.leave('ann', 2);
  h.leave('ann', 3);
  t.is(await h.speak('ann', 4), '0');
  t.deepEqual(h.journal.reserved.at(-1)?.forget, [2]);
  t.is(await h.speak('ben', 2), '0');
  t.is(await h.speak('ben', 3), 'client_forged');
  const ann = author('ann', 1);
  h.resident.handle(h.edit(ann, typed(ann, 'words')));
  h.journal.commit();
  t.is(await h.speak('ann', 5), '1', 'what is written under needs no keeping');
  t.deepEqual(h.journal.reserved.at(-1)?.forget, [1]);
  t.is(await h.speak('ben', 3), 'client_forged');
  t.is(await h.speak('ben', 1), 'client_forged');
});

test('I9 a reservation ends some time after its last use, which is noted once a day', async (t) => {
  const h = speakingDocument({ reservedClientIdMs: 10 * DAY_MS });
  await h.speak('ann', 7);
  h.clock.increment(DAY_MS - 1);
  await h.speak('ann', 7);
  t.is(h.journal.reserved.length, 1);
  h.clock.increment(1);
  await h.speak('ann', 7);
  t.is(h.journal.reserved.length, 2);
  h.clock.increment(20 * DAY_MS);
  t.is(await h.speak('ben', 7), 'client_forged', 'it is still in use');
  h.leave('ann', 7);
  t.is(await h.speak('ben', 7), '0');
  t.is(await h.speak('ann', 7), 'client_forged');
});

test('I4 a reservation that cannot be stored is not kept, and its open fails', async (t) => {
  const h = speakingDocument();
  h.journal.reserveWith = () => Promise.reject(new Error('away'));
  t.is(await h.speak('ann', 7), 'unavailable');
  h.journal.reserveWith = undefined;
  t.is(await h.speak('ben', 7), '0');
  t.deepEqual(h.machineEvents, []);
});

test('I2 a deposed owner reserves nothing', async (t) => {
  const h = speakingDocument();
  h.journal.reserveWith = async () => false;
  t.is(await h.speak('ann', 7), 'reopen');
  t.deepEqual(h.machineEvents, ['fenced']);
});

test('what is to be kept while the journal is busy is stored together, and asked for once', async (t) => {
  const h = speakingDocument();
  const first = Promise.withResolvers<boolean>();
  h.journal.reserveWith = () => first.promise;
  await h.speak('ann', 1);
  h.journal.reserveWith = undefined;
  await h.speak('ann', 1, 'own');
  await Promise.all([h.speak('ben', 2), h.speak('cyd', 3)]);
  t.is(h.journal.reserved.length, 1);
  first.resolve(true);
  await settle();
  t.deepEqual(
    h.journal.reserved.map(({ clients }) => [...clients]),
    [
      [[1, 'ann']],
      [
        [2, 'ben'],
        [3, 'cyd'],
      ],
    ],
  );
  t.deepEqual(
    ['ann 1 edit', 'ann 1 own', 'ben 2 edit', 'cyd 3 edit'].map((name) => h.answers(name).map(({ ok }) => ok)),
    [[true], [true], [true], [true]],
  );
});
