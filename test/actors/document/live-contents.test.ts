/** Texts for readers of live documents: from the owner, wherever it is, and from the journal when it does not answer. */
import test from 'ava';
import * as Y from 'yjs';
import { failure } from '../../../schemas/errors.ts';
import { createLiveContents } from '../../../src/actors/document/live-contents.ts';
import type { DocumentRequest, ReadAnswer } from '../../../src/actors/document/ports.ts';
import { copyOf } from '../../../src/actors/document/writes/compose.ts';
import { readContent, writeContent } from '../../../src/content/yjs/draft.ts';
import { sectionStarts } from '../../../src/content/yjs/section-starts.ts';
import type { Liveness } from '../../../src/ports/cluster.ts';
import { bodyOf, heading, LIVE_ID, paragraph } from '../../support/live-documents.ts';
import { silentLog } from '../../support/silent-log.ts';

const textAt = (words: string) => ({ title: words, summary: '', body: bodyOf(paragraph(words)) });
const answer = (seq: number, words: string): ReadAnswer => ({ ok: true, epoch: 1, seq, content: textAt(words) });

function world({ ownerMs = 10_000, maxTasks = 10 } = {}) {
  const log: string[] = [];
  let isHere = false;
  let here: Promise<ReadAnswer> | ReadAnswer = answer(5, 'here');
  let there: Promise<unknown> | undefined;
  let liveness: Liveness = 'alive';
  let journal: readonly Uint8Array[] | Error | undefined;
  let turn: Promise<void> | undefined;
  const contents = createLiveContents({
    documents: {
      has: () => isHere,
      deliver(_id, request: DocumentRequest) {
        log.push(`deliver ${request.kind}`);
        void Promise.resolve(here).then((given) => request.reply(given as never));
      },
    },
    remote: {
      async read(owner: string) {
        log.push(`ask ${owner}`);
        return (await there) as never;
      },
    },
    cluster: { nodeId: 'self', liveness: () => liveness },
    async stateAt(_id, seq) {
      log.push(`journal at ${seq}`);
      if (journal instanceof Error) throw journal;
      return journal && [...journal];
    },
    copies: {
      readLoaded: async (owner, load) => {
        log.push(`queued for ${owner}`);
        await turn;
        const updates = await load();
        return { ok: true, content: updates && readContent(copyOf(updates)) };
      },
      async sectionStarts(owner, load) {
        log.push(`queued for ${owner}`);
        await turn;
        const task = await load();
        const doc = copyOf(task?.updates ?? []);
        return { ok: true, starts: task && sectionStarts(doc, readContent(doc).body, task.log) };
      },
    },
    ownerMs,
    loadMs: 10_000,
    maxTasks,
    log: silentLog,
  });
  const draft = new Y.Doc();
  writeContent(draft, textAt('logged'));
  journal = [Y.encodeStateAsUpdate(draft)];
  return {
    log,
    contents,
    async read(seq: number, ownerNode: string | null = 'other', documentId = LIVE_ID) {
      const found = await contents.read(documentId, { seq, ownerNode });
      return found && `${found.content.title} at ${found.seq}`;
    },
    set(next: {
      isHere?: boolean;
      here?: typeof here;
      there?: Promise<unknown>;
      liveness?: Liveness;
      journal?: typeof journal;
      turn?: typeof turn;
    }) {
      isHere = next.isHere ?? isHere;
      here = next.here ?? here;
      there = next.there ?? there;
      liveness = next.liveness ?? liveness;
      if ('journal' in next) journal = next.journal;
      turn = next.turn ?? turn;
    },
  };
}
const never = new Promise<never>(() => undefined);
const answered = (value: unknown) => Promise.resolve({ ok: true, value });

test('ONAIR3 the owner gives the text, on this node or on another one', async (t) => {
  const { read, set, log } = world();
  set({ isHere: true });
  t.is(await read(5), 'here at 5');
  set({ isHere: false, there: answered(answer(7, 'there')) });
  t.is(await read(5), 'there at 7', 'what is newer is as good');
  t.deepEqual(log, ['deliver read', 'ask other']);
});

test('ONAIR5 a document that no node owns is read from the journal, and nobody is asked', async (t) => {
  const { read, set, log } = world();
  t.is(await read(4, null), 'logged at 4');
  t.is(await read(4, 'self'), 'logged at 4', 'it was owned here before');
  set({ liveness: 'dead' });
  t.is(await read(4), 'logged at 4');
  t.deepEqual(
    log,
    Array(3)
      .fill([`queued for ${LIVE_ID}`, 'journal at 4'])
      .flat(),
  );
});

test('ONAIR5 an owner that is gone, refuses, or has the document no longer leaves the journal', async (t) => {
  const { read, set } = world();
  for (const there of [
    Promise.resolve({ ok: false, reason: 'dead' }),
    answered('not-owner'),
    answered(failure('overloaded')),
    Promise.reject(new Error('cut off')),
  ]) {
    set({ there });
    t.is(await read(4), 'logged at 4');
  }
  set({ isHere: true, here: failure('reopen') });
  t.is(await read(4), 'logged at 4');
});

test('ONAIR5 I2 what a deposed owner has is not taken', async (t) => {
  const { read, set } = world();
  set({ there: answered(answer(3, 'old')) });
  t.is(await read(4), 'logged at 4');
});

test('ONAIR5 I9 an owner that hangs is waited for once, and not asked again meanwhile', async (t) => {
  const { read, set, log } = world({ ownerMs: 1 });
  set({ there: never });
  t.is(await read(4), 'logged at 4');
  t.is(await read(5), 'logged at 5');
  t.deepEqual(
    log.filter((one) => one.startsWith('ask')),
    ['ask other'],
  );
});

test('ONAIR3 I9 all who ask an owner at the same time share its answer, and the journal is not read', async (t) => {
  const { read, set, log } = world();
  const { promise, resolve } = Promise.withResolvers<ReadAnswer>();
  set({ isHere: true, here: promise });
  const reading = Promise.all(Array.from({ length: 200 }, () => read(5)));
  resolve(answer(5, 'here'));
  t.deepEqual(new Set(await reading), new Set(['here at 5']));
  t.deepEqual(log, ['deliver read']);
});

test('ONAIR3 I9 an answer that is older than what some of them asked for has the owner asked once more for all of these', async (t) => {
  const { read, set, log } = world();
  const { promise, resolve } = Promise.withResolvers<ReadAnswer>();
  set({ isHere: true, here: promise });
  const first = read(5);
  const later = Promise.all([read(6), read(7), read(6)]);
  set({ here: answer(7, 'then') });
  resolve(answer(5, 'here'));
  t.is(await first, 'here at 5');
  t.deepEqual(await later, Array(3).fill('then at 7'));
  t.deepEqual(log, ['deliver read', 'deliver read']);
});

test('ONAIR5 I9 all who read one document from the journal share a read, and those who ask for more the next one', async (t) => {
  const { read, set, log } = world();
  const { promise, resolve } = Promise.withResolvers<void>();
  set({ turn: promise });
  const reading = Promise.all([4, 4, 3, 5, 7, 6].map((seq) => read(seq, null)));
  resolve();
  t.deepEqual(await reading, [...Array(3).fill('logged at 4'), 'logged at 7', 'logged at 7', 'logged at 7']);
  t.deepEqual(
    log.filter((one) => one.startsWith('journal')),
    ['journal at 4', 'journal at 7'],
  );
});

test('ONAIR5 I9 each document has a turn of its own, for which nothing is loaded before it comes, and few wait at once', async (t) => {
  const { contents, read, set, log } = world({ maxTasks: 2 });
  const { promise, resolve } = Promise.withResolvers<void>();
  set({ turn: promise });
  const [one, other] = [read(4, null, 'one'), contents.sectionStarts('other', 4, [])];
  t.is(await read(4, null, 'third'), undefined, 'there is no room: readers see the revision');
  t.deepEqual(log.toSorted(), ['queued for one', 'queued for other']);
  resolve();
  t.is(await one, 'logged at 4');
  t.deepEqual(await other, []);
  t.is(await read(4, null, 'third'), 'logged at 4');
});

test('ONAIR5 without owner and journal there is no text, and no error', async (t) => {
  const { read, set } = world();
  set({ journal: undefined });
  t.is(await read(4, null), undefined);
  set({ journal: new Error('the database is away') });
  t.is(await read(4, null), undefined);
});

test('ONAIR7 beginnings of sections are found in the state and the updates of the journal', async (t) => {
  const { contents, set } = world();
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  writeContent(doc, { body: bodyOf(heading('One')) });
  writeContent(doc, { body: bodyOf(heading('One'), heading('Two')) });
  set({ journal: updates });
  const logged = updates.map((update, index) => ({ seq: index + 1, update, at: (index + 1) * 1_000 }));
  const starts = await contents.sectionStarts(LIVE_ID, 2, logged);
  t.deepEqual(
    starts?.map(({ at }) => at),
    [1_000, 2_000],
  );
  set({ journal: new Error('the database is away') });
  t.is(await contents.sectionStarts(LIVE_ID, 2, logged), undefined);
});
