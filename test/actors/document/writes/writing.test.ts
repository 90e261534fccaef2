/** Reading and writing a resident document by its content, against a journal that commits when the test says so. */
import test from 'ava';
import * as Y from 'yjs';
import type {
  DocumentLimits,
  ReadAnswer,
  ReadKind,
  WriteAnswer,
  WriteRequest,
} from '../../../../src/actors/document/ports.ts';
import { ResidentDocument } from '../../../../src/actors/document/resident-document.ts';
import { composedLimits } from '../../../../src/actors/document/update/limits.ts';
import { serverClientIds } from '../../../../src/actors/document/writes/server-client-ids.ts';
import { renderText } from '../../../../src/content/model/text.ts';
import type { Block, Body, DraftChange } from '../../../../src/content/model/types.ts';
import { readContent, writeContent } from '../../../../src/content/yjs/draft.ts';
import { actorHarness, author, EMPTY, settle } from '../../../support/actors.ts';

/** More than any change here has parts. */
const TURNS = 40;
const CLAIM = { epoch: 3, headSeq: 0 };

const paragraph = (text: string): Block => ({ type: 'paragraph', content: [{ type: 'text', text }] });
const bodyOf = (...texts: string[]): Body => ({ type: 'doc', content: texts.map(paragraph) });
/** Too large to be worked on at once. */
const LONG = Array.from({ length: 600 }, (_, index) => `paragraph number ${index} with some words in it`);

function liveDocument(limits: Partial<DocumentLimits> = {}) {
  const harness = actorHarness(limits);
  harness.journal.epoch = CLAIM.epoch;
  const machineEvents: string[] = [];
  let writes = 0;
  const resident = new ResidentDocument('doc', CLAIM, EMPTY, harness.ports, harness.refusal, {
    onRefused: () => undefined,
    onFenced: () => machineEvents.push('fenced'),
    onBroken: (error) => machineEvents.push(`broken: ${error}`),
  });
  /** Lets everything run: large changes take a turn a part. */
  async function rest(): Promise<void> {
    for (let turn = 0; turn < TURNS; turn += 1) await settle();
  }
  async function answerIn<A>(ask: (reply: (answer: A) => void) => void): Promise<{ answer: A | undefined }> {
    const given: { answer: A | undefined } = { answer: undefined };
    ask((answer) => {
      given.answer = answer;
    });
    await rest();
    return given;
  }
  /** What comes of it, as far as it goes without a commit. */
  const write = (change: DraftChange, more: Partial<WriteRequest> = {}, user = 'ann') =>
    answerIn<WriteAnswer>((reply) => {
      writes += 1;
      const who = { userId: user, sessionId: `session of ${user}` };
      resident.handle({ kind: 'write', author: who, change, writeId: 1_000 + writes, repeated: false, reply, ...more });
    });
  const read = (want: ReadKind = 'content') =>
    answerIn<ReadAnswer>((reply) => resident.handle({ kind: 'read', want, reply }));
  const logged = () => {
    const doc = new Y.Doc();
    for (const { update } of harness.journal.entries) Y.applyUpdate(doc, update);
    return doc;
  };
  return {
    ...harness,
    resident,
    rest,
    machineEvents,
    write,
    read,
    logged,
    text: () => renderText(readContent(logged()).body).trimEnd(),
    /** Writes, commits, and gives the position. */
    async written(change: DraftChange, more: Partial<WriteRequest> = {}, user = 'ann'): Promise<number> {
      const given = await write(change, more, user);
      harness.journal.commit();
      if (!given.answer?.ok) throw new Error(JSON.stringify(given.answer));
      return given.answer.seq;
    },
  };
}

const codeOf = ({ answer }: { answer: WriteAnswer | ReadAnswer | undefined }) =>
  answer === undefined ? 'none' : answer.ok ? `at ${answer.seq}` : answer.error.code;

test('I1 I3 a write is answered after its commit, and co-authors are shown it then', async (t) => {
  const h = liveDocument();
  const bob = author('bob', 2);
  h.resident.handle(h.open(bob));
  for (const [n, change] of [{ title: 'T' }, { body: bodyOf('one') }, { append: [paragraph('two')] }].entries()) {
    const given = await h.write(change);
    t.is(codeOf(given), 'none', 'nothing before the commit');
    h.journal.commit();
    t.is(codeOf(given), `at ${n + 1}`);
  }
  t.deepEqual(h.story(), ['bob opens: 0', 'edits 1-1', 'edits 2-2', 'edits 3-3']);
  for (const event of h.events) if (event.what === 'edits') Y.applyUpdate(bob.doc, event.message.update);
  t.is(renderText(readContent(bob.doc).body).trimEnd(), 'one\n\ntwo');
  t.is(readContent(bob.doc).title, 'T');
  t.deepEqual(h.commits, [1, 2, 3], 'the port gets each commit');
});

test('I3 a read shows committed content only, and costs nothing the second time', async (t) => {
  const h = liveDocument();
  await h.written({ body: bodyOf(...LONG) });
  let reads = 0;
  const { read } = h.ports.copies;
  h.ports.copies.read = (owner, state) => {
    reads += 1;
    return read(owner, state);
  };
  await h.write({ append: [paragraph('not committed')] });
  const [waits, state] = [await h.read(), await h.read('state')];
  t.deepEqual([codeOf(waits), codeOf(state)], ['none', 'none']);
  h.journal.commit();
  t.deepEqual([codeOf(waits), codeOf(state)], ['at 2', 'at 2']);
  if (!waits.answer?.ok || !('content' in waits.answer)) return t.fail();
  t.is(waits.answer.epoch, 3);
  t.is(waits.answer.content.body.content.length, LONG.length + 1);
  const again = await h.read();
  t.true(again.answer?.ok && 'content' in again.answer && again.answer.content === waits.answer.content);
  t.is(reads, 1);
  await Promise.all([h.written({ title: 'T' }), h.read(), h.read(), h.read()]);
  t.true(reads <= 3, 'a request that comes during a read shares the next one');
  const doc = new Y.Doc();
  if (state.answer?.ok && 'state' in state.answer) Y.applyUpdate(doc, state.answer.state);
  t.is(readContent(doc).body.content.length, LONG.length + 1);
});

test('I4 all that is written stands under client ids bound to its author, the same ones each time', async (t) => {
  const h = liveDocument();
  for (const user of ['ann', 'bob', 'ann', 'bob']) {
    await h.written({ append: [paragraph(`of ${user}`)] }, {}, user);
    await h.written({ body: bodyOf(...LONG, user) }, {}, user);
  }
  const bound = new Map<number, string>();
  for (const { author: who, newClients } of h.journal.entries) {
    for (const id of newClients) {
      t.false(bound.has(id), 'bound once');
      bound.set(id, who.userId);
    }
  }
  const doc = h.logged();
  t.deepEqual([...doc.store.clients.keys()].map((id) => bound.get(id)).sort(), ['ann', 'bob']);
  t.true(doc.store.clients.has(serverClientIds('doc', 'ann')[0]!));
});

test('I4 ids that a co-author has reserved or uses are skipped', async (t) => {
  const h = liveDocument();
  const ids = serverClientIds('doc', 'ann');
  const mallory = author('mallory', ids[0]!);
  h.resident.handle(
    h.edit(
      mallory,
      mallory.write((text) => text.insert(0, 'x')),
    ),
  );
  h.resident.handle({ ...h.open(author('eve', ids[1]!)), clientId: ids[1] });
  h.journal.commit();
  await h.written({ append: [paragraph('mine')] });
  t.true(h.journal.entries.at(-1)!.newClients.includes(ids[2]!));
  t.is(h.journal.entries.at(-1)!.author.userId, 'ann');
});

test('a write meant for one position is refused at any other', async (t) => {
  const h = liveDocument();
  t.is(await h.written({ title: 'one' }, { ifSeq: 0 }), 1);
  t.is(codeOf(await h.write({ title: 'two' }, { ifSeq: 0 })), 'precondition_failed');
  // Against what is applied, not against what is committed: the write would come after it.
  await h.write({ title: 'three' });
  t.is(codeOf(await h.write({ title: 'four' }, { ifSeq: 1 })), 'precondition_failed');
  // What was true when a long change was begun need not be when it is made.
  const { compose } = h.ports.copies;
  const hold = Promise.withResolvers<void>();
  h.ports.copies.compose = async (owner, task) => {
    await hold.promise;
    return compose(owner, task);
  };
  const long = await h.write({ body: bodyOf(...LONG) }, { ifSeq: 2 });
  const bob = author('bob', 2);
  h.resident.handle(
    h.edit(
      bob,
      bob.write((text) => text.insert(0, 'x')),
    ),
  );
  hold.resolve();
  await h.rest();
  t.is(codeOf(long), 'precondition_failed');
  t.is(h.journal.entries.length, 3);
});

test('a write from an older draft keeps what was typed since, also in the same paragraph', async (t) => {
  for (const filler of [[], LONG]) {
    const h = liveDocument();
    const base = await h.written({ body: bodyOf('The quick fox jumps', ...filler) });
    const bob = author('bob', 2);
    Y.applyUpdate(bob.doc, Y.encodeStateAsUpdate(h.logged()));
    const first = bob.doc.getXmlFragment('body').get(0) as Y.XmlElement;
    h.resident.handle(
      h.edit(
        bob,
        bob.write(() => (first.get(0) as Y.XmlText).insert(19, ' over the dog')),
      ),
    );
    h.journal.commit();
    await h.written({ body: bodyOf('The slow fox jumps', ...filler) }, { base });
    t.is(h.text().split('\n')[0], 'The slow fox jumps over the dog');
    // The same writer from the same draft again: its first id has moved on.
    await h.written({ body: bodyOf('The quick red fox jumps', ...filler) }, { base });
    t.is(h.text().split('\n')[0], 'The slow red fox jumps over the dog');
    t.is(codeOf(await h.write({ title: 'x' }, { base: 99 })), 'bad_request', 'a position that is not there yet');
  }
});

test('what an older draft had already is no change, and what others made of it since stays', async (t) => {
  const h = liveDocument();
  const base = await h.written({ title: 'A', body: bodyOf('one', 'two') });
  await h.written({ title: 'B' }, {}, 'bob');
  t.is(await h.written({ title: 'A' }, { base }), 2);
  t.is(readContent(h.logged()).title, 'B');
  await h.written({ title: 'A' }, { base: 2 });
  t.is(readContent(h.logged()).title, 'A');
});

test('a change is made again when its client id was used meanwhile', async (t) => {
  const h = liveDocument();
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
  // first wrote most of what is there.
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
  t.is(codeOf(long), 'at 3');
  t.true(h.text().startsWith('my first\n'));
  t.true(h.text().endsWith('last'));
});

test('what is typed while a long change is made survives it', async (t) => {
  const h = liveDocument();
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
  t.deepEqual([codeOf(long), codeOf(queued)], ['none', 'none']);
  hold.resolve();
  await h.rest();
  h.journal.commit();
  t.deepEqual([codeOf(long), codeOf(queued)], ['at 3', 'at 4']);
  t.true(h.text().startsWith('my first\n'));
  t.true(h.text().endsWith('last\n\nbehind it'));
});

test('a write that is repeated because its outcome is unknown is made once', async (t) => {
  const h = liveDocument();
  await h.written({ append: [paragraph('a')] }, { writeId: 77 });
  t.is(await h.written({ append: [paragraph('a')] }, { writeId: 77, repeated: true }), 1);
  t.is(h.text(), 'a');
  await h.written({ append: [paragraph('b')] }, { writeId: 78, repeated: true });
  t.is(h.text(), 'a\n\nb', 'the first try never came to anything');
  await h.written({ append: [paragraph('c')] }, { writeId: 77 });
  t.is(h.text(), 'a\n\nb\n\nc', 'an id that chance drew twice hides nothing');
  t.is(codeOf(await h.write({ append: [paragraph('d')] }, { epoch: 2 })), 'reopen', 'a call that was late');
  t.is(h.text(), 'a\n\nb\n\nc');
});

test('a write can be repeated for a day, and no client id is mistaken for a write id', async (t) => {
  const h = liveDocument();
  const again = { writeId: 77, repeated: true };
  await h.written({ append: [paragraph('a')] }, again);
  h.clock.increment(86_399_000);
  t.is(await h.written({ append: [paragraph('a')] }, again), 1);
  h.clock.increment(1_000);
  t.is(await h.written({ append: [paragraph('a')] }, again), 2);
  h.clock.increment(86_399_000);
  t.is(await h.written({ append: [paragraph('a')] }, again), 2, 'a day from then on');
  t.is(h.text(), 'a\n\na');
  const ann = author('ann', 99);
  h.resident.handle(
    h.edit(
      ann,
      ann.write((text) => text.insert(0, 'typed')),
    ),
  );
  h.journal.commit();
  await h.written({ append: [paragraph('b')] }, { writeId: 99, repeated: true });
  t.true(h.text().endsWith('b'));
});

test('a write that changes nothing takes no position, and waits for the one that it found', async (t) => {
  const h = liveDocument();
  const first = await h.write({ title: 'T', body: bodyOf('x') });
  const same = [await h.write({ body: bodyOf('x') }), await h.write({ title: 'T' }), await h.write({})];
  t.deepEqual(same.map(codeOf), ['none', 'none', 'none']);
  h.journal.commit();
  t.deepEqual([first, ...same].map(codeOf), ['at 1', 'at 1', 'at 1', 'at 1']);
  t.is(h.journal.entries.length, 1);
});

test('I3 a read of the draft during a large change waits for the whole change', async (t) => {
  const h = liveDocument({ snapshotUpdates: 1 });
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
  const h = liveDocument();
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
  const h = liveDocument({ composed: { ...composedLimits(1_048_576), maxBytes: 4_096 } });
  await h.written({ body: bodyOf('one', 'two') });
  t.is(codeOf(await h.write({ append: [paragraph(large)] })), 'update_too_large');
  t.is(codeOf(await h.write({ body: bodyOf(large) })), 'update_too_large');
  const many = liveDocument({ composed: { ...composedLimits(1_048_576), maxStructs: 100 } });
  await many.written({ body: bodyOf('one', 'two') });
  t.is(codeOf(await many.write({ body: bodyOf(...LONG) })), 'update_limit');
  const full = liveDocument({ maxDocumentBytes: 4_096 });
  await full.written({ body: bodyOf('one', 'two') });
  t.is(codeOf(await full.write({ append: [paragraph(large)] })), 'document_too_large');
  t.is(codeOf(await full.write({ body: bodyOf(large) })), 'document_too_large');
  const behind = liveDocument({ maxUncommittedUpdates: 1 });
  await behind.write({ title: 'one' });
  t.is(codeOf(await behind.write({ title: 'two' })), 'overloaded');
  for (const each of [h, many, full]) {
    t.is(each.text(), 'one\n\ntwo');
    await each.written({ title: 'still alive' });
    t.deepEqual(each.machineEvents, []);
  }
});

test('a change that cannot be made on a copy harms nothing', async (t) => {
  const h = liveDocument();
  await h.written({ body: bodyOf(...LONG) });
  h.ports.copies.compose = () => Promise.reject(new Error('a fault of ours'));
  t.is(codeOf(await h.write({ body: bodyOf('x') })), 'internal');
  h.ports.copies.read = () => Promise.reject(new Error('a fault of ours'));
  t.is(codeOf(await h.read()), 'internal');
  await h.written({ title: 'T' });
  t.deepEqual(h.machineEvents, []);
});

test('reads and writes that wait are answered when the document ends', async (t) => {
  const h = liveDocument();
  await h.written({ body: bodyOf(...LONG) });
  const hold = Promise.withResolvers<never>();
  h.ports.copies.compose = () => hold.promise;
  h.ports.copies.read = () => hold.promise;
  const given = [await h.write({ body: bodyOf('x') }), await h.write({ title: 'T' }), await h.read(), await h.read()];
  t.deepEqual(given.map(codeOf), ['none', 'none', 'none', 'none']);
  t.false(h.resident.isIdle());
  h.resident.end('deposed');
  hold.reject(new Error('closed'));
  await h.rest();
  t.deepEqual([codeOf(given[1]!), codeOf(given[2]!), codeOf(given[3]!)], ['reopen', 'reopen', 'reopen']);
  t.not(codeOf(given[0]!), 'none');
});

test('I10 whatever authors put into the draft by Yjs, it can be read and written', async (t) => {
  const hostile: ((doc: Y.Doc) => void)[] = [
    (doc) => doc.getMap('body').set('title', 'a map'),
    (doc) => doc.getText('meta').insert(0, 'a text'),
    (doc) => doc.getMap('meta').set('title', new Y.XmlText('a type')),
    (doc) => doc.getArray('body').insert(0, [1, 'two', { three: 3 }]),
    (doc) => doc.getXmlFragment('body').insert(0, [new Y.XmlHook('hook') as unknown as Y.XmlElement]),
    (doc) => {
      let parent: Y.XmlElement | Y.XmlFragment = doc.getXmlFragment('body');
      for (let depth = 0; depth < 150; depth += 1) {
        const child = new Y.XmlElement(depth % 2 ? 'blockquote' : 'bulletList');
        parent.insert(0, [child]);
        parent = child;
      }
    },
    (doc) => {
      const text = new Y.XmlText();
      doc.getXmlFragment('body').insert(0, [text, new Y.XmlText(), new Y.XmlElement('__proto__')]);
      text.insertEmbed(0, { type: 'image' });
      text.insert(0, '\u0000\ud800', { bold: 'not a mark', constructor: 1 } as object);
    },
  ];
  for (const prepare of hostile) {
    const h = liveDocument();
    const mallory = author('mallory', 9);
    const doc = new Y.Doc();
    prepare(doc);
    h.resident.handle(h.edit(mallory, Y.encodeStateAsUpdate(doc)));
    h.journal.commit();
    t.is(codeOf(await h.read()), `at ${h.journal.entries.length}`);
    const seq = await h.written({ title: 'T', append: [paragraph('added')] });
    t.is(codeOf(await h.write({ body: bodyOf('one', 'two') }, { base: seq })), 'none');
    h.journal.commit();
    t.is(h.text(), 'one\n\ntwo', String(prepare));
    await h.written({ append: [paragraph('three')] });
    t.is(h.text(), 'one\n\ntwo\n\nthree');
    t.deepEqual(h.machineEvents, []);
  }
});

test('what is written by content replays from the journal to the very same text', async (t) => {
  const h = liveDocument();
  const ann = author('ann', 1);
  writeContent(ann.doc, { body: bodyOf('typed') });
  h.resident.handle(h.edit(ann, Y.encodeStateAsUpdate(ann.doc)));
  await h.written({ body: bodyOf('typed and replaced', 'more') });
  await h.written({ append: [{ type: 'heading', attrs: { level: 2 }, content: [{ type: 'text', text: 'H' }] }] });
  await h.written({ title: 'T', summary: 'S' });
  await h.written({ title: 'T2' });
  const state = await h.read('state');
  if (!state.answer?.ok || !('state' in state.answer)) return t.fail();
  t.deepEqual(Buffer.from(Y.encodeStateAsUpdate(h.logged())), Buffer.from(state.answer.state));
});
