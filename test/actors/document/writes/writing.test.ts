/** Reading and writing a resident document by its content: when it is answered, under which client ids, from which position, and once. */
import test from 'ava';
import * as Y from 'yjs';
import { serverClientIds } from '../../../../src/actors/document/writes/server-client-ids.ts';
import { renderText } from '../../../../src/content/model/text.ts';
import { readContent, writeContent } from '../../../../src/content/yjs/draft.ts';
import { author } from '../../../support/actors.ts';
import { answerOf, bodyOf, LONG, paragraph, writableDocument } from '../../../support/writable-document.ts';

test('I1 I3 a write is answered after its commit, and co-authors are shown it then', async (t) => {
  const h = writableDocument();
  const bob = author('bob', 2);
  h.resident.handle(h.open(bob));
  for (const [n, change] of [{ title: 'T' }, { body: bodyOf('one') }, { append: [paragraph('two')] }].entries()) {
    const given = await h.write(change);
    t.is(answerOf(given), 'none', 'nothing before the commit');
    h.journal.commit();
    t.is(answerOf(given), `at ${n + 1}`);
  }
  t.deepEqual(h.story(), ['bob opens: 0', 'edits 1-1', 'edits 2-2', 'edits 3-3']);
  for (const event of h.events) if (event.what === 'edits') Y.applyUpdate(bob.doc, event.message.update);
  t.is(renderText(readContent(bob.doc).body).trimEnd(), 'one\n\ntwo');
  t.is(readContent(bob.doc).title, 'T');
  t.deepEqual(h.commits, [1, 2, 3], 'the port gets each commit');
});

test('I3 a read shows committed content only, and costs nothing the second time', async (t) => {
  const h = writableDocument();
  await h.written({ body: bodyOf(...LONG) });
  let reads = 0;
  const { read } = h.ports.copies;
  h.ports.copies.read = (owner, state) => {
    reads += 1;
    return read(owner, state);
  };
  await h.write({ append: [paragraph('not committed')] });
  const [waits, state] = [await h.read(), await h.read('state')];
  t.deepEqual([answerOf(waits), answerOf(state)], ['none', 'none']);
  h.journal.commit();
  t.deepEqual([answerOf(waits), answerOf(state)], ['at 2', 'at 2']);
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
  const h = writableDocument();
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
  const h = writableDocument();
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
  const h = writableDocument();
  t.is(await h.written({ title: 'one' }, { ifSeq: 0 }), 1);
  t.is(answerOf(await h.write({ title: 'two' }, { ifSeq: 0 })), 'precondition_failed');
  // Against what is applied, not against what is committed: the write would come after it.
  await h.write({ title: 'three' });
  t.is(answerOf(await h.write({ title: 'four' }, { ifSeq: 1 })), 'precondition_failed');
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
  t.is(answerOf(long), 'precondition_failed');
  t.is(h.journal.entries.length, 3);
});

test('a write from an older draft keeps what was typed since, also in the same paragraph', async (t) => {
  for (const filler of [[], LONG]) {
    const h = writableDocument();
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
    t.is(answerOf(await h.write({ title: 'x' }, { base: 99 })), 'bad_request', 'a position that is not there yet');
  }
});

test('what an older draft had already is no change, and what others made of it since stays', async (t) => {
  const h = writableDocument();
  const base = await h.written({ title: 'A', body: bodyOf('one', 'two') });
  await h.written({ title: 'B' }, {}, 'bob');
  t.is(await h.written({ title: 'A' }, { base }), 2);
  t.is(readContent(h.logged()).title, 'B');
  await h.written({ title: 'A' }, { base: 2 });
  t.is(readContent(h.logged()).title, 'A');
});

test('a write that is repeated because its outcome is unknown is made once', async (t) => {
  const h = writableDocument();
  await h.written({ append: [paragraph('a')] }, { writeId: 77 });
  t.is(await h.written({ append: [paragraph('a')] }, { writeId: 77, repeated: true }), 1);
  t.is(h.text(), 'a');
  await h.written({ append: [paragraph('b')] }, { writeId: 78, repeated: true });
  t.is(h.text(), 'a\n\nb', 'the first try never came to anything');
  await h.written({ append: [paragraph('c')] }, { writeId: 77 });
  t.is(h.text(), 'a\n\nb\n\nc', 'an id that chance drew twice hides nothing');
  t.is(answerOf(await h.write({ append: [paragraph('d')] }, { epoch: 2 })), 'reopen', 'a call that was late');
  t.is(h.text(), 'a\n\nb\n\nc');
});

test('a write can be repeated for a day, and no client id is mistaken for a write id', async (t) => {
  const h = writableDocument();
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
  const h = writableDocument();
  const first = await h.write({ title: 'T', body: bodyOf('x') });
  const same = [await h.write({ body: bodyOf('x') }), await h.write({ title: 'T' }), await h.write({})];
  t.deepEqual(same.map(answerOf), ['none', 'none', 'none']);
  h.journal.commit();
  t.deepEqual([first, ...same].map(answerOf), ['at 1', 'at 1', 'at 1', 'at 1']);
  t.is(h.journal.entries.length, 1);
});

test('reads and writes that wait are answered when the document ends', async (t) => {
  const h = writableDocument();
  await h.written({ body: bodyOf(...LONG) });
  const hold = Promise.withResolvers<never>();
  h.ports.copies.compose = () => hold.promise;
  h.ports.copies.read = () => hold.promise;
  const given = [await h.write({ body: bodyOf('x') }), await h.write({ title: 'T' }), await h.read(), await h.read()];
  t.deepEqual(given.map(answerOf), ['none', 'none', 'none', 'none']);
  t.false(h.resident.isIdle());
  h.resident.end('deposed');
  hold.reject(new Error('closed'));
  await h.rest();
  t.deepEqual([answerOf(given[1]!), answerOf(given[2]!), answerOf(given[3]!)], ['reopen', 'reopen', 'reopen']);
  t.not(answerOf(given[0]!), 'none');
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
    const h = writableDocument();
    const mallory = author('mallory', 9);
    const doc = new Y.Doc();
    prepare(doc);
    h.resident.handle(h.edit(mallory, Y.encodeStateAsUpdate(doc)));
    h.journal.commit();
    t.is(answerOf(await h.read()), `at ${h.journal.entries.length}`);
    const seq = await h.written({ title: 'T', append: [paragraph('added')] });
    t.is(answerOf(await h.write({ body: bodyOf('one', 'two') }, { base: seq })), 'none');
    h.journal.commit();
    t.is(h.text(), 'one\n\ntwo', String(prepare));
    await h.written({ append: [paragraph('three')] });
    t.is(h.text(), 'one\n\ntwo\n\nthree');
    t.deepEqual(h.machineEvents, []);
  }
});

test('what is written by content replays from the journal to the very same text', async (t) => {
  const h = writableDocument();
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
