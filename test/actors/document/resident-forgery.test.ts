/** Work under client ids of others, and work that the draft has already: what is refused and what is nobody’s forgery. */
import test from 'ava';
import * as Y from 'yjs';
import { DEFAULT_SCAN_LIMITS } from '../../../src/actors/document/update/limits.ts';
import { author, settle } from '../../support/actors.ts';
import { bytesOf, residentDocument, shown, typed } from '../../support/resident-document.ts';

test("I4 work and opens under another user's client id are refused", async (t) => {
  const h = residentDocument();
  h.resident.handle(h.edit(author('ann', 1), typed(author('ann', 1), 'a')));
  const thief = author('thief', 1);
  h.resident.handle(h.edit(thief, typed(thief, 'b')));
  await settle();
  h.resident.handle({ ...h.open(thief), clientId: 1 });
  t.deepEqual(h.story(), ['thief: client_forged', 'thief opens: client_forged']);
  t.is(h.journal.entries.length, 1);
  t.deepEqual(h.journal.entries[0]?.newClients, [1]);
});

test("I4 others' work that overtook the answer to an open comes along with one's own, and is nobody's forgery", (t) => {
  const h = residentDocument();
  const [ann, ben] = [author('ann', 1), author('ben', 2)];
  h.resident.handle(h.open(ben));
  const [opened] = h.answers('ben opens');
  const overtaking = typed(ann, 'by Ann ');
  h.resident.handle(h.edit(ann, overtaking));
  h.journal.commit();
  Y.applyUpdate(ben.doc, overtaking);
  typed(ben, 'by Ben ');
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
  const h = residentDocument();
  h.resident.handle(h.edit(author('ann', 1), typed(author('ann', 1), 'a long text')));
  h.journal.commit();
  for (const name of ['ann', 'ben']) {
    const other = author(name, 1);
    h.resident.handle(h.edit(other, typed(other, 'b'), `${name} elsewhere`));
    await settle();
    t.is(h.story().at(-1), `${name} elsewhere: client_forged`);
  }
  t.is(h.journal.entries.length, 1);
});

test('I9 what the draft has already counts neither as structs nor as deletions, nor against the size of an update', (t) => {
  const scan = { ...DEFAULT_SCAN_LIMITS, maxBytes: 8_000, maxStructs: 10, maxDeleteRanges: 10 };
  const h = residentDocument({ maxUpdateBytes: 2_000, scan });
  const [ann, ben] = [author('ann', 1), author('ben', 2)];
  h.resident.handle(h.edit(ann, typed(ann, 'x'.repeat(600))));
  for (let at = 599; at > 1; at -= 2)
    h.resident.handle(
      h.edit(
        ann,
        ann.write((text) => text.delete(at, 1)),
      ),
    );
  h.journal.commit();
  Y.applyUpdate(ben.doc, Y.encodeStateAsUpdate(shown(h)));
  typed(ben, 'by Ben ');
  const whole = Y.encodeStateAsUpdate(ben.doc);
  t.true(whole.byteLength > 2_000);
  h.resident.handle(h.edit(ben, whole));
  h.journal.commit();
  t.is(h.story().at(-1), 'ben: 301');
  t.true(h.journal.entries.at(-1)!.update.byteLength < 100);
  h.resident.handle(h.edit(ben, typed(ben, 'z'.repeat(2_000)), 'too much'));
  t.is(h.story().at(-1), 'too much: update_too_large');
});

test('I2 I4 a deposed owner does not refuse as forged what its successor committed', async (t) => {
  const h = residentDocument();
  const ann = author('ann', 1);
  h.resident.handle(h.edit(ann, typed(ann, 'a')));
  h.journal.commit();
  // Elsewhere ann wrote on, and ben has it.
  h.journal.epoch += 1;
  typed(ann, 'b');
  const ben = author('ben', 2);
  h.resident.handle(h.edit(ben, Y.encodeStateAsUpdate(ann.doc)));
  await settle();
  t.deepEqual(h.story(), ['ann: 1', 'ben: reopen', 'reopen deposed']);
  t.deepEqual(h.machineEvents, ['fenced']);
  t.is(h.journal.entries.length, 1);
});

test('I4 while the directory cannot be read nothing is refused as forged', async (t) => {
  const h = residentDocument();
  h.resident.handle(h.edit(author('ann', 1), typed(author('ann', 1), 'a')));
  h.journal.headWith = () => Promise.reject(new Error('away'));
  const thief = author('thief', 1);
  h.resident.handle(h.edit(thief, typed(thief, 'b')));
  await settle();
  t.deepEqual(h.story(), ['thief: unavailable']);
  t.deepEqual(h.machineEvents, []);
});
