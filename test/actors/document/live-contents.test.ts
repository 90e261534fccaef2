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

function world({ ownerMs = 10_000 } = {}) {
  const log: string[] = [];
  let isHere = false;
  let here: Promise<ReadAnswer> | ReadAnswer = answer(5, 'here');
  let there: Promise<unknown> | undefined;
  let liveness: Liveness = 'alive';
  let journal: readonly Uint8Array[] | Error | undefined;
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
      read: async (owner, updates) => {
        log.push(`work of ${owner}`);
        return { ok: true, content: readContent(copyOf(updates)) };
      },
      async sectionStarts(_owner, { updates, log: logged }) {
        const doc = copyOf(updates);
        return { ok: true, starts: sectionStarts(doc, readContent(doc).body, logged) };
      },
    },
    ownerMs,
    log: silentLog,
  });
  const draft = new Y.Doc();
  writeContent(draft, textAt('logged'));
  journal = [Y.encodeStateAsUpdate(draft)];
  return {
    log,
    contents,
    async read(seq: number, ownerNode: string | null = 'other') {
      const found = await contents.read(LIVE_ID, { seq, ownerNode });
      return found && `${found.content.title} at ${found.seq}`;
    },
    set(next: {
      isHere?: boolean;
      here?: typeof here;
      there?: Promise<unknown>;
      liveness?: Liveness;
      journal?: typeof journal;
    }) {
      isHere = next.isHere ?? isHere;
      here = next.here ?? here;
      there = next.there ?? there;
      liveness = next.liveness ?? liveness;
      if ('journal' in next) journal = next.journal;
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
  t.deepEqual(log, Array(3).fill(['journal at 4', 'work of readers']).flat());
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
