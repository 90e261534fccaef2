/** Large changes of a resident document by its content: made on a copy, in many turns, and whole or not at all. */
import test from 'ava';
import * as Y from 'yjs';
import type { WriteAnswer } from '../../../../src/actors/document/ports.ts';
import { composedLimits } from '../../../../src/actors/document/update/limits.ts';
import { serverClientIds } from '../../../../src/actors/document/writes/server-client-ids.ts';
import { readContent } from '../../../../src/content/yjs/draft.ts';
import { author, settle } from '../../../support/actors.ts';
import { answerOf, bodyOf, LONG, paragraph, writableDocument } from '../../../support/writable-document.ts';

test('a change is made again when its client id was used meanwhile', async (t) => {
  const h = writableDocument();
  await h.written({ body: bodyOf('first', ...LONG) });
  const { compose } = h.ports.copies;
  const composing: (() => void)[] = [];
  h.ports.copies.compose = async (owner, task) => {
    const composed = await compose(owner, task);
    await new Promise<void>((resolve) => composing.push(resolve));
    return composed;
  };
  const long = await h.write({ body: bodyOf('first', ...LONG, 'last') });
  // Nobody's editor does that: it writes as ann, under the very id that the server writes under for her. That is the second one: the
  // first wrote most of the text.
  const [, theirs = 0] = serverClientIds('doc', 'ann');
  const odd = author('ann', theirs);
  Y.applyUpdate(odd.doc, Y.encodeStateAsUpdate(h.logged()));
  odd.doc.clientID = theirs;
  const first = odd.doc.getXmlFragment('body').get(0) as Y.XmlElement;
  h.resident.handle(
    h.edit(
      odd,
      odd.write(() => (first.get(0) as Y.XmlText).insert(0, 'my ')),
    ),
  );
  t.is(h.journal.entries.length, 2);
  composing.shift()?.();
  await h.rest();
  t.is(composing.length, 1, 'once more');
  composing.shift()?.();
  await h.rest();
  h.journal.commit();
  t.is(answerOf(long), 'at 3');
  t.true(h.text().startsWith('my first\n'));
  t.true(h.text().endsWith('last'));
});

test('what is typed while a long change is made survives it', async (t) => {
  const h = writableDocument();
  await h.written({ body: bodyOf('first', ...LONG) });
  const { compose } = h.ports.copies;
  const hold = Promise.withResolvers<void>();
  h.ports.copies.compose = async (owner, task) => {
    await hold.promise;
    return compose(owner, task);
  };
  const long = await h.write({ body: bodyOf('first', ...LONG, 'last') });
  const queued = await h.write({ append: [paragraph('behind it')] });
  const bob = author('bob', 2);
  Y.applyUpdate(bob.doc, Y.encodeStateAsUpdate(h.logged()));
  const first = bob.doc.getXmlFragment('body').get(0) as Y.XmlElement;
  h.resident.handle(
    h.edit(
      bob,
      bob.write(() => (first.get(0) as Y.XmlText).insert(0, 'my ')),
    ),
  );
  h.journal.commit();
  t.deepEqual([answerOf(long), answerOf(queued)], ['none', 'none']);
  hold.resolve();
  await h.rest();
  h.journal.commit();
  t.deepEqual([answerOf(long), answerOf(queued)], ['at 3', 'at 4']);
  t.true(h.text().startsWith('my first\n'));
  t.true(h.text().endsWith('last\n\nbehind it'));
});

test('I3 a read of the draft during a large change waits for the whole change', async (t) => {
  const h = writableDocument({ snapshotUpdates: 1 });
  await h.written({ body: bodyOf('first', ...LONG) });
  const snapshots = h.journal.snapshots.length;
  const other = LONG.map((_, index) => `Nothing of that is left: ${index}`);
  const bob = author('bob', 2);
  Y.applyUpdate(bob.doc, Y.encodeStateAsUpdate(h.logged()));
  const first = bob.doc.getXmlFragment('body').get(0) as Y.XmlElement;
  const typed = bob.write(() => (first.get(0) as Y.XmlText).insert(0, 'my '));
  // Committed in the middle of the change: an occasion for a snapshot.
  await h.write({ title: 'T' });
  let written: WriteAnswer | undefined;
  h.resident.handle({
    kind: 'write',
    author: { userId: 'ann', sessionId: 's' },
    change: { body: bodyOf('first', ...other) },
    writeId: 7,
    repeated: false,
    reply: (answer) => {
      written = answer;
    },
  });
  // One turn for the copy, then some of the parts.
  for (let turn = 0; turn < 4; turn += 1) await settle();
  t.is(h.journal.entries.length, 2, 'not whole yet');
  h.journal.commit();
  h.resident.handle(h.open(bob));
  h.resident.handle(h.edit(bob, typed));
  const reading = h.read();
  const state = h.read('state');
  t.deepEqual([h.answers('bob opens'), h.answers('bob')], [[], []]);
  await h.rest();
  t.is(h.journal.entries.length, 4, 'the write, and what was typed after it');
  h.journal.commit();
  await h.rest();
  t.like(written, { ok: true, seq: 3 });
  t.deepEqual(
    h.answers('bob').map((answer) => answer.ok && answer.seq),
    [4],
  );
  const expected = bodyOf('my first', ...other);
  t.deepEqual(readContent(h.logged()).body, expected);
  for (const asked of [await reading, await state]) t.true(asked.answer?.ok && asked.answer.seq >= 3);
  for (const { state: stored } of h.journal.snapshots.slice(snapshots)) {
    const doc = new Y.Doc();
    Y.applyUpdate(doc, stored);
    t.is(readContent(doc).body.content.length, expected.content.length, 'no half of a change is stored');
  }
  // I7: what was broadcast makes the same of the text.
  const [opened] = h.answers('bob opens');
  if (opened?.ok && 'update' in opened) Y.applyUpdate(bob.doc, opened.update);
  for (const event of h.events) if (event.what === 'edits') Y.applyUpdate(bob.doc, event.message.update);
  t.deepEqual(readContent(bob.doc).body, expected);
});

test('a crash in the middle of a large change leaves nothing of it in the journal, and participants get reopen', async (t) => {
  const h = writableDocument();
  await h.written({ body: bodyOf(...LONG) });
  const given: (WriteAnswer | undefined)[] = [];
  const reply = (answer: WriteAnswer) => void given.push(answer);
  const who = { userId: 'ann', sessionId: 's' };
  const change = { body: bodyOf(...LONG.map((_, index) => `Nothing of that is left: ${index}`)) };
  h.resident.handle({ kind: 'write', author: who, change, writeId: 7, repeated: false, reply });
  for (let turn = 0; turn < 4; turn += 1) await settle();
  h.resident.handle({ kind: 'write', author: who, change: { title: 'T' }, writeId: 8, repeated: false, reply });
  t.deepEqual(given, []);
  h.resident.end('deposed');
  await h.rest();
  for (const answer of given) t.like(answer, { ok: false, error: { code: 'reopen' } });
  t.is(given.length, 2);
  t.is(h.journal.entries.length, 1);
});

test('I9 limits apply to writes, and a refused write leaves nothing behind', async (t) => {
  const large = 'word '.repeat(2_000);
  const h = writableDocument({ composed: { ...composedLimits(1_048_576), maxBytes: 4_096 } });
  await h.written({ body: bodyOf('one', 'two') });
  t.is(answerOf(await h.write({ append: [paragraph(large)] })), 'update_too_large');
  t.is(answerOf(await h.write({ body: bodyOf(large) })), 'update_too_large');
  const many = writableDocument({ composed: { ...composedLimits(1_048_576), maxStructs: 100 } });
  await many.written({ body: bodyOf('one', 'two') });
  t.is(answerOf(await many.write({ body: bodyOf(...LONG) })), 'update_limit');
  const full = writableDocument({ maxDocumentBytes: 4_096 });
  await full.written({ body: bodyOf('one', 'two') });
  t.is(answerOf(await full.write({ append: [paragraph(large)] })), 'document_too_large');
  t.is(answerOf(await full.write({ body: bodyOf(large) })), 'document_too_large');
  const behind = writableDocument({ maxUncommittedUpdates: 1 });
  await behind.write({ title: 'one' });
  t.is(answerOf(await behind.write({ title: 'two' })), 'overloaded');
  for (const each of [h, many, full]) {
    t.is(each.text(), 'one\n\ntwo');
    await each.written({ title: 'still alive' });
    t.deepEqual(each.machineEvents, []);
  }
});

test('a change that cannot be made on a copy harms nothing', async (t) => {
  const h = writableDocument();
  await h.written({ body: bodyOf(...LONG) });
  h.ports.copies.compose = () => Promise.reject(new Error('a fault of ours'));
  t.is(answerOf(await h.write({ body: bodyOf('x') })), 'internal');
  h.ports.copies.read = () => Promise.reject(new Error('a fault of ours'));
  t.is(answerOf(await h.read()), 'internal');
  await h.written({ title: 'T' });
  t.deepEqual(h.machineEvents, []);
});
