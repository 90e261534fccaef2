/** When sections were begun: what the journal knows of times at which readers saw the draft, and nothing else. */
import test from 'ava';
import type { SectionStart } from '../../src/content/yjs/section-starts.ts';
import type { LivePeriod, PublicUpdate } from '../../src/ports/public-reads.ts';
import { createSectionDater } from '../../src/published/section-dates.ts';
import { AT, bodyOf, heading, liveDocument, paragraph } from '../support/live-documents.ts';
import { TurnedClock } from '../support/turned-clock.ts';

const MINUTE = 60_000;
const START = Date.parse(AT);
const at = (minutes: number) => START + minutes * MINUTE;
const iso = (minutes: number) => new Date(at(minutes)).toISOString();

function world() {
  const clock = new TurnedClock(0);
  let periods: LivePeriod[] = [{ startedAt: START, startedSeq: 10, endedAt: null }];
  /** Headings by item, with the position at which each was logged; the position says the minute. */
  let items: { id: string; seq: number }[] = [];
  const asked: string[] = [];
  let isKnown = true;
  let isAway = false;
  const updateAt = (seq: number): PublicUpdate => ({ seq, update: new Uint8Array(1), at: at(seq - 10) });
  const dater = createSectionDater({
    drafts: {
      livePeriods: async () => periods,
      async updates(_id, after, limit) {
        asked.push(`${limit} after ${after}`);
        if (isAway) throw new Error('the database is away');
        return Array.from({ length: limit }, (_, index) => updateAt(after + 1 + index));
      },
    },
    contents: {
      async sectionStarts(_id, seq, logged) {
        asked.push(`starts at ${seq}`);
        if (!isKnown) return undefined;
        return items.map(({ id, seq: wanted }): SectionStart => {
          return { id, at: logged.find((update) => update.seq === wanted)?.at ?? null };
        });
      },
    },
    now: () => clock.now(),
  });
  return {
    clock,
    asked,
    dates(seq: number, more = {}) {
      const body = bodyOf(...items.flatMap(({ id }) => [heading(id), paragraph('words')]));
      return dater.of(liveDocument({ firstPublishedAt: iso(-60), ...more }), seq, body);
    },
    set(next: { periods?: LivePeriod[]; items?: typeof items; isKnown?: boolean; isAway?: boolean }) {
      periods = next.periods ?? periods;
      items = next.items ?? items;
      isKnown = next.isKnown ?? isKnown;
      isAway = next.isAway ?? isAway;
    },
  };
}

test('ONAIR7 a section that was begun while readers saw the draft has that time, an earlier one has none', async (t) => {
  const { set, dates } = world();
  set({
    items: [
      { id: 'newest', seq: 14 },
      { id: 'first', seq: 12 },
      { id: 'before', seq: 5 },
    ],
  });
  t.deepEqual(await dates(15), [iso(4), iso(2), null]);
});

test('ONAIR7 what was written while the draft was not shown has no date', async (t) => {
  const { set, dates } = world();
  set({
    periods: [
      { startedAt: START, startedSeq: 10, endedAt: at(3) },
      { startedAt: at(6), startedSeq: 16, endedAt: null },
    ],
    items: [2, 4, 7].map((minute) => ({ id: `minute ${minute}`, seq: 10 + minute })),
  });
  t.deepEqual(await dates(20), [iso(2), null, iso(7)]);
});

test('ONAIR7 what stood there when the document was first shown at all was begun then, for its readers', async (t) => {
  const { set, dates } = world();
  set({
    items: [
      { id: 'before', seq: 5 },
      { id: 'after', seq: 12 },
    ],
  });
  t.deepEqual(await dates(15, { firstPublishedAt: AT }), [AT, iso(2)]);
});

test('ONAIR7 a document whose times nobody noted has no dates, and one without sections is not looked at', async (t) => {
  const { set, dates, asked } = world();
  t.deepEqual(await dates(15), []);
  set({ items: [{ id: 'a', seq: 12 }], periods: [] });
  t.deepEqual(await dates(15), [null]);
  t.deepEqual(await dates(15, { coverage: null }), [null]);
  t.deepEqual(asked, []);
});

test('ONAIR4 the journal is read when a heading changes, and from then on only what is new', async (t) => {
  const { set, dates, asked } = world();
  set({ items: [{ id: 'one', seq: 12 }] });
  t.deepEqual(await dates(13), [iso(2)]);
  t.deepEqual(asked, ['3 after 10', 'starts at 13']);
  t.deepEqual(await dates(15), [iso(2)]);
  t.is(asked.length, 2, 'no heading changed');
  set({
    items: [
      { id: 'two', seq: 16 },
      { id: 'one', seq: 12 },
    ],
  });
  t.deepEqual(await dates(17), [iso(6), iso(2)]);
  t.deepEqual(asked.slice(2), ['4 after 13', 'starts at 17']);
  const [first, second] = await Promise.all([dates(18), dates(18)]);
  t.deepEqual(first, second);
});

test('ONAIR4 I9 of a long journal the end is read alone', async (t) => {
  const { set, dates, asked } = world();
  set({
    items: [
      { id: 'old', seq: 12 },
      { id: 'new', seq: 200_000 },
    ],
  });
  t.deepEqual(await dates(200_001, { firstPublishedAt: AT }), [null, new Date(at(199_990)).toISOString()]);
  t.is(asked[0], '5000 after 150001');
  t.is(asked.filter((one) => one.includes('after')).length, 10);
});

test('ONAIR4 dates that cannot be found are looked for again after a while', async (t) => {
  const { set, dates, asked, clock } = world();
  set({ items: [{ id: 'one', seq: 12 }], isKnown: false });
  t.deepEqual(await dates(13), [null]);
  const before = asked.length;
  set({ isKnown: true });
  t.deepEqual(await dates(14), [null]);
  t.is(asked.length, before);
  clock.advance(30_000);
  t.deepEqual(await dates(14), [iso(2)]);
});

test('ONAIR4 I9 a search that failed is made again after a while, not for each request', async (t) => {
  const { set, dates, asked, clock } = world();
  set({ items: [{ id: 'one', seq: 12 }], isAway: true });
  await t.throwsAsync(dates(13), { message: 'the database is away' });
  set({ isAway: false });
  clock.advance(29_999);
  t.deepEqual(await dates(13), [null]);
  t.deepEqual(await dates(14), [null]);
  t.is(asked.length, 1);
  clock.advance(1);
  t.deepEqual(await dates(14), [iso(2)]);
});
