/** The text of a live document as pages show it: read while somebody asks, once for all, and never after it became private. */
import test from 'ava';
import { renderHtml } from '../../src/content/html/html.ts';
import type { Body } from '../../src/content/model/types.ts';
import type { SectionDates } from '../../src/published/entry.ts';
import { createLiveTexts, type LiveEntry } from '../../src/published/live-texts.ts';
import { until } from '../support/helpers.ts';
import { cachedEntry, LIVE_ID, WrittenDraft } from '../support/live-documents.ts';
import { silentLog } from '../support/silent-log.ts';
import { TurnedClock } from '../support/turned-clock.ts';

function world({ maxBytes = 1_000_000, renderMs = 0, waitMs = 10_000 } = {}) {
  const clock = new TurnedClock(0);
  const draft = new WrittenDraft();
  draft.write('one');
  let rendered = 0;
  let dates: SectionDates = [];
  const texts = createLiveTexts({
    drafts: draft.drafts,
    contents: draft.contents,
    dates: { of: async () => dates },
    render(body: Body) {
      rendered += 1;
      clock.advance(renderMs);
      return renderHtml(body);
    },
    clock,
    log: silentLog,
    maxBytes,
    waitMs,
  });
  return {
    clock,
    draft,
    texts,
    rendered: () => rendered,
    setDates(next: SectionDates) {
      dates = next;
    },
  };
}
const said = (entry: LiveEntry | undefined) => (typeof entry === 'object' ? entry.html : entry);

test('ONAIR3 the entry of a live document has title, text, position and time of its draft, and the rest of its revision', async (t) => {
  const { texts, draft } = world();
  const shown = cachedEntry();
  draft.write('one', 'two');
  const entry = await texts.entryOf(shown);
  if (typeof entry !== 'object') return t.fail();
  t.is(entry.html, '<p>one</p>\n<p>two</p>');
  t.like(entry.document, {
    ...shown.document,
    title: 'Live cranes',
    seq: 2,
    updatedAt: '2026-05-03T20:00:02.000Z',
    revision: 1,
  });
  t.like(JSON.parse(Buffer.from(entry.json.plain).toString()), { seq: 2, html: entry.html, title: 'Live cranes' });
  draft.content = { ...draft.content, title: null };
  draft.seq += 1;
  texts.forget(LIVE_ID);
  t.like(
    await texts.entryOf(shown),
    { document: { title: 'Cranes' } },
    'a draft without a title has that of the document',
  );
});

test('ONAIR4 a thousand readers in one second cost one read and one rendering', async (t) => {
  const { texts, draft, rendered, clock } = world();
  const shown = cachedEntry();
  const entries = await Promise.all(Array.from({ length: 1_000 }, () => texts.entryOf(shown)));
  t.true(entries.every((entry) => entry === entries[0]));
  draft.write('two');
  for (let n = 0; n < 999; n += 1) {
    clock.advance(1);
    t.true(texts.peek(shown) === entries[0]);
  }
  t.deepEqual([draft.reads, draft.positions, rendered()], [1, 1, 1]);
});

test('ONAIR4 a text that is asked for all the time is read again each second, and nobody waits for that', async (t) => {
  const { texts, draft, clock } = world();
  const shown = cachedEntry();
  await texts.entryOf(shown);
  for (let second = 2; second <= 5; second += 1) {
    draft.write(`in second ${second}`);
    clock.advance(1_000);
    const { promise, resolve } = Promise.withResolvers<void>();
    draft.gate = promise;
    t.not(said(texts.peek(shown)), undefined, 'the one before');
    t.not(said(texts.peek(shown)), undefined);
    resolve();
    await until(() => said(texts.peek(shown)) === `<p>in second ${second}</p>`);
    t.is(draft.reads, second);
  }
});

test('ONAIR4 a text that nobody asked for lately is read before it is shown', async (t) => {
  const { texts, draft, clock } = world();
  const shown = cachedEntry();
  await texts.entryOf(shown);
  draft.write('much later');
  clock.advance(2_000);
  t.is(texts.peek(shown), undefined);
  t.is(said(await texts.entryOf(shown)), '<p>much later</p>');
});

test('ONAIR4 an entry stays, with all that was made of it, while readers would see no difference', async (t) => {
  const { texts, draft, clock, rendered } = world();
  const shown = cachedEntry();
  const first = await texts.entryOf(shown);
  clock.advance(2_000);
  t.is(await texts.entryOf(shown), first);
  t.deepEqual([draft.reads, draft.positions, rendered()], [1, 2, 1], 'one question, and nothing is read');
  draft.write('one');
  clock.advance(2_000);
  t.is(await texts.entryOf(shown), first, 'an edit that nobody can see');
  t.is(draft.reads, 2);
  const renamed = await texts.entryOf(cachedEntry({ slug: 'storks' }));
  t.like(renamed, { document: { slug: 'storks', seq: 1 }, html: said(first) });
  t.is(draft.reads, 2);
});

test('ONAIR4 I9 a text that takes long to render is rendered less often', async (t) => {
  const { texts, draft, clock } = world({ renderMs: 90 });
  const shown = cachedEntry();
  await texts.entryOf(shown);
  draft.write('two');
  clock.advance(2_800);
  t.is(said(texts.peek(shown)), '<p>one</p>');
  t.is(draft.positions, 1);
  clock.advance(200);
  t.is(said(texts.peek(shown)), '<p>one</p>');
  await until(() => said(texts.peek(shown)) === '<p>two</p>');
});

/** A reading of the draft that has begun, and ends when the test says so. */
async function slowRead() {
  const { texts, draft } = world();
  const shown = cachedEntry();
  const { promise, resolve: finish } = Promise.withResolvers<void>();
  draft.gate = promise;
  const reading = texts.entryOf(shown);
  await until(() => draft.reads === 1);
  return { texts, draft, shown, reading, finish };
}

test('ONAIR3 I6 a text that was read while the document stopped being live or public is not shown', async (t) => {
  const { texts, draft, shown, reading, finish } = await slowRead();
  draft.isLive = false;
  draft.write('secret');
  finish();
  t.is(await reading, 'ended');
  t.is(texts.peek(shown), undefined);
  t.is(await texts.entryOf(shown), 'ended');
  t.is(draft.reads, 1, 'and it is not read again');
});

test('ONAIR3 I6 what was read before a change was reported is not kept after it', async (t) => {
  const { texts, shown, reading, finish } = await slowRead();
  texts.forget(LIVE_ID);
  finish();
  t.is(said(await reading), '<p>one</p>', 'it was right when it was read');
  t.is(texts.peek(shown), undefined);
});

test('ONAIR5 a draft that cannot be read leaves the text before it, or none, and is not asked for all the time', async (t) => {
  const { texts, draft, clock } = world();
  const shown = cachedEntry();
  draft.isReadable = false;
  t.is(await texts.entryOf(shown), undefined);
  t.is(await texts.entryOf(shown), undefined);
  t.is(draft.reads, 1);
  draft.isReadable = true;
  clock.advance(1_000);
  t.is(said(await texts.entryOf(shown)), '<p>one</p>');
  draft.isReadable = false;
  draft.write('two');
  clock.advance(2_000);
  t.is(said(await texts.entryOf(shown)), '<p>one</p>');
});

test('ONAIR5 I9 a draft that cannot be read is tried again after a pause, from the end of the attempt and longer each time', async (t) => {
  const { texts, draft, clock } = world();
  const shown = cachedEntry();
  draft.isReadable = false;
  const attempt = async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    draft.gate = promise;
    const before = draft.reads;
    const reading = texts.entryOf(shown);
    await until(() => draft.reads === before + 1);
    clock.advance(1_900);
    resolve();
    t.is(await reading, undefined);
  };
  for (const pauseMs of [1_000, 2_000, 4_000, 8_000, 8_000]) {
    await attempt();
    const { reads } = draft;
    clock.advance(pauseMs - 1);
    t.is(await texts.entryOf(shown), undefined);
    t.is(draft.reads, reads, `within ${pauseMs} ms`);
    clock.advance(1);
  }
  draft.isReadable = true;
  t.is(said(await texts.entryOf(shown)), '<p>one</p>');
});

test('ONAIR5 I9 with a text of before, a draft that cannot be read is tried again after the same pauses', async (t) => {
  const { texts, draft, clock } = world();
  const shown = cachedEntry();
  await texts.entryOf(shown);
  draft.isReadable = false;
  draft.write('two');
  clock.advance(2_000);
  t.is(said(await texts.entryOf(shown)), '<p>one</p>');
  clock.advance(2_000);
  t.is(said(await texts.entryOf(shown)), '<p>one</p>');
  t.is(draft.reads, 3);
  clock.advance(1_999);
  t.is(said(texts.peek(shown)), '<p>one</p>');
  t.is(said(await texts.entryOf(shown)), '<p>one</p>');
  t.is(draft.reads, 3, 'the second pause');
});

test('ONAIR5 I9 readers wait for a draft for a limited time: then they get the text before it, or none, and it is kept when it comes', async (t) => {
  const { texts, draft, clock } = world({ waitMs: 1 });
  const shown = cachedEntry();
  const slowly = async () => {
    const { promise, resolve } = Promise.withResolvers<void>();
    draft.gate = promise;
    const entry = said(await texts.entryOf(shown));
    resolve();
    return entry;
  };
  t.is(await slowly(), undefined);
  await until(() => said(texts.peek(shown)) === '<p>one</p>');
  draft.write('two');
  clock.advance(2_000);
  t.is(await slowly(), '<p>one</p>');
  await until(() => said(texts.peek(shown)) === '<p>two</p>');
});

test('ONAIR7 dates that come late make another entry of the same text', async (t) => {
  const { texts, clock, setDates, rendered } = world();
  const shown = cachedEntry();
  const first = await texts.entryOf(shown);
  setDates(['2026-05-03T20:10:00.000Z']);
  clock.advance(2_000);
  const second = await texts.entryOf(shown);
  t.like(second, { sectionDates: ['2026-05-03T20:10:00.000Z'], html: said(first) });
  t.true(typeof first === 'object' && typeof second === 'object' && first.tag !== second.tag);
  t.is(rendered(), 1);
});

test('I9 texts are bounded by bytes, with all that is made of them', async (t) => {
  const { texts } = world({ maxBytes: 5_000 });
  const shown = cachedEntry();
  const entry = await texts.entryOf(shown);
  t.true(texts.peek(shown) === entry);
  if (typeof entry === 'object') entry.cached('large', () => 'x'.repeat(5_000));
  t.is(texts.peek(shown), undefined);
});
