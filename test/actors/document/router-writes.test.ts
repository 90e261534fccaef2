/** Writes and reads on several nodes, over a real PostgreSQL and a real Redis: owners that live elsewhere, die or are deposed. */
import { randomBytes, randomUUID } from 'node:crypto';
import anyTest, { type ExecutionContext, type TestFn } from 'ava';
import * as Y from 'yjs';
import { renderText } from '../../../src/content/model/text.ts';
import type { Block, Body, DraftChange } from '../../../src/content/model/types.ts';
import { readContent } from '../../../src/content/yjs/draft.ts';
import type { Journal, Settled } from '../../../src/ports/journal.ts';
import type { PostgresJournal } from '../../../src/storage/postgres/journal/index.ts';
import { author } from '../../support/actors.ts';
import { type JournalBench, journalBench } from '../../support/journal.ts';
import { type Dies, type Peer, startPeer, startPeerProcess } from '../../support/router-peer.ts';
import { keyPrefix, migratedDatabase, sharedRedis } from '../../support/shared-services.ts';

const test = anyTest as TestFn<{ bench: JournalBench; redisUrl: string }>;

test.before(async (t) => {
  t.context = { bench: await journalBench(await migratedDatabase()), redisUrl: await sharedRedis() };
});
test.after.always((t) => t.context.bench?.close());
test.beforeEach((t) => t.timeout(90_000));

const paragraph = (text: string): Block => ({ type: 'paragraph', content: [{ type: 'text', text }] });
const bodyOf = (...texts: string[]): Body => ({ type: 'doc', content: texts.map(paragraph) });
const append = (text: string): DraftChange => ({ append: [paragraph(text)] });
const someone = () => ({ userId: randomUUID(), sessionId: randomUUID() });

/** A cluster of its own, and a document in it. */
async function world(t: ExecutionContext<{ bench: JournalBench; redisUrl: string }>) {
  const { bench, redisUrl } = t.context;
  const prefix = keyPrefix();
  const documentId = await bench.document();
  const settings = () => ({
    databaseUrl: bench.databaseUrl,
    redisUrl,
    keyPrefix: prefix,
    nodeId: `node-${randomBytes(3).toString('hex')}`,
  });
  const doc = async () => {
    const made = new Y.Doc();
    for (const { update } of await bench.logged(documentId)) Y.applyUpdate(made, update);
    return made;
  };
  return {
    documentId,
    bench,
    doc,
    async peer(through?: (journal: PostgresJournal) => Journal): Promise<Peer> {
      const peer = await startPeer({ ...settings(), ...(through && { through }) });
      t.teardown(() => peer.close());
      return peer;
    },
    async process(dies: Dies) {
      const peer = await startPeerProcess(settings(), dies);
      t.teardown(() => peer.kill());
      await peer.hold(documentId);
      return peer;
    },
    /** What is durable, as paragraphs. */
    paragraphs: async () =>
      renderText(readContent(await doc()).body)
        .split('\n')
        .filter((line) => line !== ''),
    bound: async () =>
      new Map(
        (await bench.sql('select client_id, user_id from draft_clients where document_id = $1', [documentId])).map(
          (row) => [Number(row.client_id), String(row.user_id)],
        ),
      ),
  };
}

test('I1 I4 a write is in the journal when it is answered, under client ids of its author', async (t) => {
  const w = await world(t);
  const node = await w.peer();
  const [ann, bob] = [someone(), someone()];
  t.deepEqual(await node.router.write(w.documentId, { author: ann, change: append('one') }), { ok: true, seq: 1 });
  t.deepEqual(await w.paragraphs(), ['one']);
  t.deepEqual(await node.router.write(w.documentId, { author: bob, change: append('two') }), { ok: true, seq: 2 });
  t.deepEqual(
    (await w.bench.logged(w.documentId)).map(({ userId }) => userId),
    [ann.userId, bob.userId],
  );
  const bound = await w.bound();
  const authors = [...(await w.doc()).store.clients.keys()].map((id) => bound.get(id));
  t.deepEqual(authors.sort(), [ann.userId, bob.userId].sort());
  t.like(await node.router.write(randomUUID(), { author: ann, change: append('x') }), { error: { code: 'not_found' } });
});

test('I3 writes and reads find the owner on another node', async (t) => {
  const w = await world(t);
  const [one, two] = [await w.peer(), await w.peer()];
  const ann = someone();
  t.like(await one.router.write(w.documentId, { author: ann, change: { title: 'T', body: bodyOf('one') } }), {
    seq: 1,
  });
  t.like(await two.router.write(w.documentId, { author: ann, change: append('two') }), { ok: true, seq: 2 });
  const read = await two.router.read(w.documentId, 'content');
  t.like(read, { ok: true, epoch: 1, seq: 2, content: { title: 'T', body: bodyOf('one', 'two') } });
  const state = await two.router.read(w.documentId, 'state');
  if (!state.ok) return t.fail(state.error.code);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state.state);
  t.deepEqual(readContent(doc).body, bodyOf('one', 'two'));
  t.deepEqual([one.documents.count(), two.documents.count()], [1, 0], 'the document stays where it was');
  t.like(await two.router.write(w.documentId, { author: ann, change: { title: 'x' }, ifSeq: 1 }), {
    error: { code: 'precondition_failed' },
  });
});

test('two writers and a typing author converge, and nothing is lost', async (t) => {
  const w = await world(t);
  const [one, two] = [await w.peer(), await w.peer()];
  const [ann, bob, cat] = [someone(), someone(), someone()];
  await one.router.write(w.documentId, { author: ann, change: { body: bodyOf('start') } });
  const typist = author('cat', 77);
  Y.applyUpdate(typist.doc, Y.encodeStateAsUpdate(await w.doc()));
  const first = (typist.doc.getXmlFragment('body').get(0) as Y.XmlElement).get(0) as Y.XmlText;
  const ROUNDS = 25;
  const appends = async (router: Peer['router'], who: typeof ann, name: string) => {
    for (let n = 0; n < ROUNDS; n += 1) {
      const answer = await router.write(w.documentId, { author: who, change: append(`${name}${n}`) });
      t.true(answer.ok, JSON.stringify(answer));
    }
  };
  const types = async () => {
    for (let n = 0; n < ROUNDS; n += 1) {
      const update = typist.write(() => first.insert(first.length, '!'));
      t.true((await two.router.editAnywhere(w.documentId, { connection: undefined, author: cat, update })).ok);
    }
  };
  await Promise.all([appends(one.router, ann, 'a'), appends(two.router, bob, 'b'), types()]);
  const paragraphs = await w.paragraphs();
  t.is(paragraphs[0], `start${'!'.repeat(ROUNDS)}`);
  for (const name of ['a', 'b']) {
    t.deepEqual(
      paragraphs.filter((text) => text.startsWith(name)),
      Array.from({ length: ROUNDS }, (_, n) => `${name}${n}`),
      'each once, in the order in which they were written',
    );
  }
  const read = await one.router.read(w.documentId, 'content');
  t.deepEqual(read.ok && read.content, readContent(await w.doc()));
});

test('a write from an older draft is merged by any node, long after it', async (t) => {
  const w = await world(t);
  const [one, two] = [await w.peer(), await w.peer()];
  const [ann, bob] = [someone(), someone()];
  const base = await one.router.write(w.documentId, { author: ann, change: { body: bodyOf('The quick fox jumps') } });
  if (!base.ok) return t.fail(base.error.code);
  for (const text of ['The quick fox jumps over the dog', 'The quick fox jumps over the lazy dog']) {
    await one.router.write(w.documentId, { author: bob, change: { body: bodyOf(text) } });
  }
  const change = { body: bodyOf('The slow fox jumps') };
  t.like(await two.router.write(w.documentId, { author: ann, change, base: base.seq }), { ok: true });
  t.deepEqual(await w.paragraphs(), ['The slow fox jumps over the lazy dog']);
  t.like(await two.router.write(w.documentId, { author: ann, change, base: 1_000 }), {
    error: { code: 'bad_request' },
  });
});

for (const dies of ['applied', 'committed'] as const) {
  test(`I1 an owner that is killed when a write is ${dies} leaves it done once`, async (t) => {
    const w = await world(t);
    const owner = await w.process(dies);
    const survivor = await w.peer();
    const answer = await survivor.router.write(w.documentId, { author: someone(), change: append('once') });
    await owner.exited;
    t.deepEqual(answer, { ok: true, seq: 1 });
    t.deepEqual(await w.paragraphs(), ['once']);
    t.is((await w.bench.head(w.documentId)).epoch, 2);
    t.deepEqual(await survivor.router.write(w.documentId, { author: someone(), change: append('then') }), {
      ok: true,
      seq: 2,
    });
    t.deepEqual(await w.paragraphs(), ['once', 'then']);
  });
}

test('I1 a write that is repeated under its id, at another node and after a crash, is made once', async (t) => {
  const w = await world(t);
  const [one, two] = [await w.peer(), await w.peer()];
  const ann = someone();
  const asked = { author: ann, change: append('once'), writeId: 0xfedcba98 };
  t.deepEqual(await one.router.write(w.documentId, asked), { ok: true, seq: 1 });
  t.deepEqual(await one.router.write(w.documentId, asked), { ok: true, seq: 1 });
  t.deepEqual(
    await two.router.write(w.documentId, { ...asked, ifSeq: 0 }),
    { ok: true, seq: 1 },
    'what it asks for is done',
  );
  await one.close();
  t.deepEqual(await two.router.write(w.documentId, asked), { ok: true, seq: 1 });
  t.like(await two.router.write(w.documentId, { ...asked, writeId: 5 }), { seq: 2 });
  t.like(await two.router.write(w.documentId, { ...asked, author: someone() }), { seq: 3 }, 'an id is its user’s');
  t.deepEqual(await w.paragraphs(), ['once', 'once', 'once']);
});

test('I2 a write that was sent to a deposed owner is made once, by the next owner', async (t) => {
  const w = await world(t);
  const [one, two] = [await w.peer(), await w.peer()];
  const ann = someone();
  await one.router.write(w.documentId, { author: ann, change: append('one') });
  // Taken over behind the owner's back, as by a node that saw it dead.
  t.truthy(await two.journal.claim(w.documentId, 1));
  t.deepEqual(await one.router.write(w.documentId, { author: ann, change: append('two') }), { ok: true, seq: 2 });
  t.deepEqual(await w.paragraphs(), ['one', 'two']);
  t.is((await w.bench.head(w.documentId)).epoch, 3, 'it had to claim the document again');
});

test('I1 a commit whose outcome the owner never got is found when the write is repeated', async (t) => {
  const w = await world(t);
  let deaf = false;
  const node = await w.peer((journal) => ({
    ...journal,
    openLog: (documentId, claim, settled) =>
      journal.openLog(documentId, claim, (outcome: Settled) => {
        if (!deaf || outcome.kind !== 'committed') settled(outcome);
        else {
          // Durable, and yet the document's life ends as if nobody knew.
          deaf = false;
          settled({ kind: 'fenced' });
        }
      }),
  }));
  const ann = someone();
  await node.router.write(w.documentId, { author: ann, change: append('one') });
  deaf = true;
  t.deepEqual(await node.router.write(w.documentId, { author: ann, change: append('two') }), { ok: true, seq: 2 });
  t.deepEqual(await w.paragraphs(), ['one', 'two']);
  t.is((await w.bench.head(w.documentId)).epoch, 2);
});

test('I2 a call that arrives when the document has moved on is not carried out', async (t) => {
  const w = await world(t);
  const [one, two] = [await w.peer(), await w.peer()];
  const ann = someone();
  await one.router.write(w.documentId, { author: ann, change: append('one') });
  const late = (epoch: number) =>
    two.cluster.call(
      one.nodeId,
      'document.write',
      {
        documentId: w.documentId,
        author: ann,
        change: JSON.stringify(append('late')),
        writeId: 5,
        repeated: false,
        epoch,
      },
      5_000,
    );
  t.like(await late(0), { ok: true, value: { ok: false, error: { code: 'reopen' } } });
  t.deepEqual(await w.paragraphs(), ['one']);
  t.like(await late(1), { ok: true, value: { ok: true, seq: 2 } });
});

test('I10 a large text is read and replaced in a thread, also for another node', async (t) => {
  const w = await world(t);
  const [one, two] = [await w.peer(), await w.peer()];
  const ann = someone();
  const texts = Array.from({ length: 3_000 }, (_, n) => `paragraph ${n} with some words`);
  t.like(await one.router.write(w.documentId, { author: ann, change: { body: bodyOf(...texts) } }), {
    ok: true,
    seq: 1,
  });
  const read = await two.router.read(w.documentId, 'content');
  t.is(read.ok && read.content.body.content.length, texts.length);
  t.like(await two.router.write(w.documentId, { author: ann, change: { body: bodyOf(...texts, 'more') } }), { seq: 2 });
  t.is((await w.paragraphs()).length, texts.length + 1);
});
