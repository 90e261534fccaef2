/** Long work on content: done by threads, within bounds, fair among users, and the same as when it is done at once. */
import test from 'ava';
import * as Y from 'yjs';
import type { Body } from '../../../../src/content/model/types.ts';
import { writeContent } from '../../../../src/content/yjs/draft.ts';
import {
  type ContentWorkOptions,
  createContentWork,
  type DraftSource,
} from '../../../../src/gateway/api/content/content-work.ts';
import { until } from '../../../support/helpers.ts';
import { silentLog } from '../../../support/silent-log.ts';

const work = (options: Partial<ContentWorkOptions> = {}) =>
  createContentWork({
    threads: 1,
    queued: 8,
    queuedOfUser: 8,
    cpuMs: 60_000,
    waitMs: 60_000,
    memoryMb: 256,
    cacheBytes: 0,
    log: silentLog,
    ...options,
  });

const body = (...texts: string[]): Body => ({
  type: 'doc',
  content: texts.map((text) => ({ type: 'paragraph', content: [{ type: 'text', text }] })),
});
const LARGE = 3_000;
const large = (text: string): Body => body(...Array.from({ length: LARGE }, (_, index) => `${text} ${index}`));
const textOf = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const overloaded = { ok: false, error: { code: 'overloaded' } };

/** A draft of two updates. */
function draft(text: Body): DraftSource {
  const doc = new Y.Doc();
  const updates: Uint8Array[] = [];
  doc.on('update', (update: Uint8Array) => updates.push(update));
  writeContent(doc, { title: 'A title', body: text });
  writeContent(doc, { summary: 'A summary' });
  return { seq: 2, updates };
}

test('I9 large texts are read by a thread, small ones at once, with the same outcome', async (t) => {
  const { close, parse } = work();
  t.teardown(close);
  t.deepEqual(await parse('ann', 'html', '<p>one</p>'), { ok: true, body: body('one') });
  t.deepEqual(await parse('ann', 'markdown', 'one'), { ok: true, body: body('one') });
  t.deepEqual(await parse('ann', 'html', '<p>one</p>'.repeat(LARGE)), {
    ok: true,
    body: body(...Array.from({ length: LARGE }, () => 'one')),
  });
  t.deepEqual(await parse('ann', 'markdown', 'one\n\n'.repeat(LARGE)), {
    ok: true,
    body: body(...Array.from({ length: LARGE }, () => 'one')),
  });
  const refused = await parse('ann', 'html', '<b>'.repeat(100_000));
  t.true(!refused.ok && 'detail' in refused);
});

test('drafts are encoded in every format, large or small', async (t) => {
  const { close, ...content } = work();
  t.teardown(close);
  for (const text of [body('small'), large('a paragraph')]) {
    const source = draft(text);
    const first = text.content[0]?.content?.[0]?.text;
    const encode = async (format: 'json' | 'html' | 'markdown' | 'text' | 'yjs', from: DraftSource = source) => {
      const load = async () => ({ ok: true, ...from }) as const;
      const done = await content.draft('ann', { documentId: 'd', title: 'Untitled', format, load });
      if (!done?.ok) throw new Error('not encoded');
      t.is(done.seq, 2);
      return done.bytes;
    };
    t.deepEqual(JSON.parse(textOf(await encode('json', { ...source, epoch: 7 }))), {
      seq: 2,
      epoch: 7,
      title: 'A title',
      summary: 'A summary',
      body: text,
    });
    t.true(textOf(await encode('html')).startsWith(`<p>${first}</p>`));
    t.true(textOf(await encode('markdown')).startsWith(`${first}`));
    t.true(textOf(await encode('text')).startsWith(`${first}`));
    const state = await encode('yjs');
    const again = JSON.parse(textOf(await encode('json', { seq: 2, updates: [state] })));
    t.like(again, { seq: 2, title: 'A title', body: text });
    t.is(JSON.parse(textOf(await encode('json', { seq: 2, updates: [] }))).title, 'Untitled');
  }
});

test('missing and unavailable drafts are reported as such', async (t) => {
  const { close, ...content } = work();
  t.teardown(close);
  const request = { documentId: 'd', title: '', format: 'html' } as const;
  t.is(await content.draft('ann', { ...request, load: async () => undefined }), undefined);
  const draining = { ok: false, error: { code: 'draining', message: 'x' } } as const;
  t.deepEqual(await content.draft('ann', { ...request, load: async () => draining }), draining);
  await t.throwsAsync(content.draft('ann', { ...request, load: () => Promise.reject(new Error('away')) }), {
    message: 'away',
  });
});

test('I9 a text is encoded once for all who ask for it, and what is kept is bounded', async (t) => {
  const { close, ...content } = work({ cacheBytes: 100_000 });
  t.teardown(close);
  let loads = 0;
  const source = draft(large('a paragraph'));
  const read = (documentId: string, user = 'ann') =>
    content.draft(user, {
      documentId,
      title: '',
      format: 'html',
      seq: 2,
      load: async () => {
        loads += 1;
        return { ok: true, ...source };
      },
    });
  const [one, other] = [await read('d'), await read('d', 'bob')];
  t.true(one?.ok && other?.ok && one.bytes === other.bytes);
  t.is(loads, 1);
  await read('e');
  await read('d');
  t.is(loads, 3, 'the other one took its place');
});

test('revisions are compared and encoded, large or small', async (t) => {
  const { close, ...content } = work();
  t.teardown(close);
  const compare = async (before: Body, after: Body) => {
    const done = await content.diff('ann', {
      documentId: 'd',
      from: 1,
      to: 2,
      fields: { from: 1 },
      load: async () => ({ before: JSON.stringify(before), after: JSON.stringify(after) }),
    });
    if (!done?.ok) throw new Error('not compared');
    return JSON.parse(textOf(done.bytes)) as { from: number; blocks: { kind: string }[] };
  };
  const small = await compare(body('one', 'two'), body('one', 'three'));
  t.is(small.from, 1);
  t.is(small.blocks[0]?.kind, 'same');
  t.true((await compare(large('a'), large('a'))).blocks.every(({ kind }) => kind === 'same'));
  for (const text of [body('one'), large('one')]) {
    const encode = async (format: 'html' | 'json') => {
      const load = async () => JSON.stringify(text);
      const done = await content.revision('ann', { documentId: 'd', number: 1, format, fields: { number: 1 }, load });
      if (!done?.ok) throw new Error('not encoded');
      return textOf(done.bytes);
    };
    t.true((await encode('html')).startsWith('<p>one'));
    t.deepEqual(JSON.parse(await encode('json')), { number: 1, body: text });
  }
  const gone = { documentId: 'd', fields: {}, load: async () => undefined };
  t.is(await content.revision('ann', { ...gone, number: 1, format: 'html' }), undefined);
  t.is(await content.diff('ann', { ...gone, from: 1, to: 2 }), undefined);
});

test('I9 HIST3 positions of a draft are compared, large or small, once for all who ask', async (t) => {
  const { close, ...content } = work({ cacheBytes: 10_000_000 });
  t.teardown(close);
  for (const texts of [body('one', 'two'), large('one')]) {
    const [full, empty] = [draft(texts).updates, []];
    let loads = 0;
    const compare = async (from: number, to: number, title = 'Named') => {
      const done = await content.historyDiff('ann', {
        documentId: `d${texts.content.length}`,
        from,
        to,
        own: { title, summary: '' },
        load: async () => {
          loads += 1;
          return { before: from === 0 ? empty : full, after: to === 0 ? empty : full, fields: { from: { seq: from } } };
        },
      });
      if (!done?.ok) throw new Error('not compared');
      return JSON.parse(textOf(done.bytes)) as { title: object; blocks: { kind: string }[]; from: object };
    };
    const written = await compare(0, 2);
    t.like(written, {
      from: { seq: 0 },
      title: { from: 'Named', to: 'A title' },
      summary: { from: '', to: 'A summary' },
    });
    t.true(written.blocks.some(({ kind }) => kind === 'added'));
    const same = await compare(2, 2);
    t.true(same.blocks.length > 0 && same.blocks.every(({ kind }) => kind === 'same'));
    t.like(same, { title: { from: 'A title', to: 'A title' } });
    await compare(0, 2);
    t.is(loads, 2);
    t.like(await compare(0, 2, 'Renamed'), { title: { from: 'Renamed' } });
  }
  const gone = { documentId: 'gone', from: 0, to: 1, own: { title: '', summary: '' }, load: async () => undefined };
  t.is(await content.historyDiff('ann', gone), undefined);
});

test('I9 a revision is read when its turn comes, once for all who ask for it, and not at all for whom there is no place', async (t) => {
  const { close, ...content } = work({ queued: 2, cacheBytes: 10_000_000 });
  t.teardown(close);
  const text = JSON.stringify(large('a paragraph'));
  const reads: string[] = [];
  const one = (number: number) =>
    content.revision('ann', {
      documentId: 'd',
      number,
      format: 'html',
      fields: {},
      load: async () => {
        reads.push(`${number}`);
        return text;
      },
    });
  const both = (from: number) =>
    content.diff('ann', {
      documentId: 'd',
      from,
      to: 9,
      fields: {},
      load: async () => {
        reads.push(`${from} to 9`);
        return { before: text, after: text };
      },
    });
  t.is(content.refusal('ann'), undefined);
  const all = [one(1), one(1), both(2), one(3), both(4)];
  t.like(content.refusal('ann'), overloaded, 'as the next would be');
  const outcomes = await Promise.all(all);
  t.deepEqual(
    outcomes.map((outcome) => outcome?.ok),
    [true, true, true, false, false],
  );
  t.deepEqual(reads, ['1', '2 to 9']);
  await Promise.all([one(1), both(2)]);
  t.deepEqual(reads, ['1', '2 to 9']);
});

test('I9 beyond the bounds of time, heap and queue work is refused, and what comes later is done', async (t) => {
  const text = '<p>one</p>'.repeat(LARGE);
  const late = work({ cpuMs: 1 });
  t.teardown(late.close);
  // On a busy machine this thread may look at the time that was spent when the work is done: then it is done.
  await until(async () => {
    const outcome = await late.parse('ann', 'html', '<p>one two three</p>'.repeat(50_000));
    return !outcome.ok && 'error' in outcome && outcome.error.code === 'overloaded';
  });

  const narrow = work({ queued: 1 });
  t.teardown(narrow.close);
  const outcomes = await Promise.all(Array.from({ length: 10 }, () => narrow.parse('ann', 'html', text)));
  t.is(outcomes.filter(({ ok }) => ok).length, 2, 'one that runs and one that waits');
  for (const outcome of outcomes) t.true(outcome.ok || ('error' in outcome && outcome.error.code === 'overloaded'));
  t.like(await narrow.parse('ann', 'html', text), { ok: true });

  const poor = work({ memoryMb: 24 });
  t.teardown(poor.close);
  t.like(await poor.parse('ann', 'html', '<p>one two three</p>'.repeat(50_000)), overloaded);
});

test('what waits is refused when the pool is closed', async (t) => {
  const { close, parse } = work();
  const waiting = [parse('ann', 'html', '<p>one</p>'.repeat(LARGE)), parse('ann', 'html', '<p>two</p>'.repeat(LARGE))];
  await close();
  for (const outcome of await Promise.all(waiting)) t.like(outcome, overloaded);
});
