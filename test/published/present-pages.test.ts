/** What readers see of a document now: its revision, or its draft while it is live, and never anything else. */
import test from 'ava';
import { createLocalCluster } from '../../src/cluster/local.ts';
import { renderHtml } from '../../src/content/html/html.ts';
import { PUBLICATIONS } from '../../src/ports/public-reads.ts';
import type { PublicEntry } from '../../src/published/entry.ts';
import { createLiveTexts } from '../../src/published/live-texts.ts';
import { createPresentPages } from '../../src/published/present-pages.ts';
import { until } from '../support/helpers.ts';
import { AT, bodyOf, cachedEntry, heading, LIVE_ID, WrittenDraft } from '../support/live-documents.ts';
import { silentLog } from '../support/silent-log.ts';
import { TurnedClock } from '../support/turned-clock.ts';

const DATE = '2026-05-03T20:10:00.000Z';
const COVERED = { startedAt: AT, endedAt: '2026-05-03T22:00:00.000Z' };
const ended = (more = {}) => cachedEntry({ live: false, coverage: COVERED, ...more }, bodyOf(heading('One')));

function world({ waitMs = 10_000 } = {}) {
  const clock = new TurnedClock(0);
  const cluster = createLocalCluster({ nodeId: 'one', log: silentLog });
  const draft = new WrittenDraft();
  draft.write('written');
  let shown: PublicEntry | undefined = cachedEntry();
  let dated = 0;
  const invalidated: string[] = [];
  let findDates: () => Promise<(string | null)[]> = async () => [DATE];
  const dates = {
    of() {
      dated += 1;
      return findDates();
    },
  };
  let onInvalidate = () => {};
  const texts = createLiveTexts({
    drafts: draft.drafts,
    contents: draft.contents,
    dates: { of: async () => [] },
    render: renderHtml,
    clock,
    log: silentLog,
    maxBytes: 1_000_000,
    waitMs,
  });
  const pages = createPresentPages({
    cache: {
      page: async () => shown,
      byId: async () => shown,
      peek: () => shown ?? null,
      latest: async () => [],
      invalidate({ documentId }) {
        invalidated.push(documentId);
        onInvalidate();
      },
    },
    texts,
    drafts: draft.drafts,
    dates,
    cluster,
    now: () => clock.now(),
    log: silentLog,
    waitMs,
  });
  return {
    pages,
    clock,
    draft,
    cluster,
    invalidated,
    dated: () => dated,
    dates(find: typeof findDates) {
      findDates = find;
    },
    show(next: PublicEntry | undefined) {
      shown = next;
    },
    whenInvalidated(run: () => void) {
      onInvalidate = run;
    },
  };
}

test('ONAIR3 a live document shows its draft under every name, another one its revision, as it is cached', async (t) => {
  const { pages, show } = world();
  t.is(pages.peek('cranes'), undefined, 'it has to be read');
  const entry = await pages.page('cranes');
  t.is(entry?.html, '<p>written</p>');
  t.is(await pages.byId(LIVE_ID), entry);
  t.is(pages.peek('cranes'), entry);
  const still = cachedEntry({ live: false, coverage: null });
  show(still);
  t.is(await pages.page('cranes'), still);
  t.is(pages.peek('cranes'), still);
  show(undefined);
  t.is(await pages.page('cranes'), undefined);
  t.is(pages.peek('cranes'), null);
});

test('ONAIR3 I6 a document that is not live any more, though the cache has not heard of it, shows what the database has', async (t) => {
  const { pages, draft, show, invalidated, whenInvalidated } = world();
  draft.isLive = false;
  const ended = cachedEntry({ live: false, coverage: null });
  whenInvalidated(() => show(ended));
  t.is(await pages.page('cranes'), ended);
  t.deepEqual(invalidated, [LIVE_ID]);
  const live = cachedEntry();
  show(live);
  whenInvalidated(() => {});
  t.is(await pages.page('cranes'), live, 'a cache that stays behind shows the revision');
  t.is(draft.reads, 0);
});

test('ONAIR5 a draft that cannot be read leaves the revision, and is no error', async (t) => {
  const { pages, draft } = world();
  draft.isReadable = false;
  t.is((await pages.page('cranes'))?.html, '<p>published</p>');
  draft.drafts.draft = () => Promise.reject(new Error('the database is away'));
  t.is((await pages.byId(LIVE_ID))?.html, '<p>published</p>');
});

test('ONAIR5 I9 readers wait for a draft for a limited time: then they get the revision', async (t) => {
  const { pages, draft } = world({ waitMs: 1 });
  const { promise, resolve } = Promise.withResolvers<void>();
  draft.gate = promise;
  t.is((await pages.page('cranes'))?.html, '<p>published</p>');
  resolve();
  await until(() => pages.peek('cranes') !== undefined);
  t.is((await pages.page('cranes'))?.html, '<p>written</p>');
});

test('ONAIR3 a change that is reported has the draft read again', async (t) => {
  const { pages, draft, cluster } = world();
  await pages.page('cranes');
  draft.write('changed');
  t.is((await pages.page('cranes'))?.html, '<p>written</p>');
  cluster.publish(PUBLICATIONS, { documentId: LIVE_ID, kind: 'changed' });
  await until(() => pages.peek('cranes') === undefined);
  t.is((await pages.page('cranes'))?.html, '<p>changed</p>');
  pages.close();
});

test('ONAIR7 a document that was live keeps its text, with dates, which are found once', async (t) => {
  const { pages, draft, show, dated } = world();
  const shown = ended();
  draft.isLive = false;
  show(shown);
  t.is(pages.peek('cranes'), undefined);
  const entries = await Promise.all([pages.page('cranes'), pages.page('cranes'), pages.byId(LIVE_ID)]);
  t.true(entries.every((entry) => entry === entries[0]));
  t.like(entries[0], { html: shown.html, document: shown.document, sectionDates: [DATE] });
  t.is(pages.peek('cranes'), entries[0]);
  t.is(dated(), 1);
  const next = cachedEntry({ live: false, coverage: COVERED, revision: 2 }, bodyOf(heading('Two')));
  show(next);
  t.is(await pages.page('cranes'), next, 'the database does not have that revision yet');
});

test('ONAIR7 I9 nobody waits long for dates: the page is shown without them, and with them once they are found', async (t) => {
  const { pages, draft, show, dated, dates } = world({ waitMs: 1 });
  const found = Promise.withResolvers<string[]>();
  dates(() => found.promise);
  const shown = ended();
  draft.isLive = false;
  show(shown);
  t.deepEqual(await Promise.all([pages.page('cranes'), pages.byId(LIVE_ID)]), [shown, shown]);
  t.is(pages.peek('cranes'), shown, 'on the fast path too');
  t.is(await pages.page('cranes'), shown);
  found.resolve([DATE]);
  await until(() => pages.peek('cranes') !== shown);
  const entry = await pages.page('cranes');
  t.like(entry, { html: shown.html, sectionDates: [DATE] });
  t.is(pages.peek('cranes'), entry);
  t.is(dated(), 1);
});

for (const [what, fail] of [
  ['cannot be found', ({ dates }) => dates(() => Promise.reject(new Error('the database is away')))],
  ['are not known yet', ({ dates }) => dates(async () => [null])],
  [
    'are of a draft that cannot be read',
    ({ draft }) => {
      const read = draft.drafts.draft;
      draft.drafts.draft = () => {
        draft.drafts.draft = read;
        return Promise.reject(new Error('the database is away'));
      };
    },
  ],
  [
    'are of a document that the database has as live',
    ({ draft }) => {
      draft.isLive = true;
    },
  ],
] as const satisfies readonly (readonly [string, (all: ReturnType<typeof world>) => void])[]) {
  test(`ONAIR7 I9 dates that ${what} are looked for again after a while, and nobody waits for them`, async (t) => {
    const all = world();
    const { pages, draft, show, dates, clock } = all;
    draft.isLive = false;
    const shown = ended();
    show(shown);
    fail(all);
    const first = await pages.page('cranes');
    t.is(first?.html, shown.html);
    const asked = draft.positions;
    draft.isLive = false;
    dates(async () => [DATE]);
    clock.advance(29_999);
    t.is(await pages.page('cranes'), first);
    t.is(pages.peek('cranes'), first);
    t.is(draft.positions, asked);
    clock.advance(1);
    t.is(pages.peek('cranes'), undefined);
    t.is(await pages.page('cranes'), first);
    await until(() => pages.peek('cranes') !== first);
    t.deepEqual((await pages.page('cranes'))?.sectionDates, [DATE]);
  });
}

test('ONAIR7 a document without sections is not looked at again, and one without known dates keeps its bytes', async (t) => {
  const { pages, draft, show, dated, dates, clock } = world();
  draft.isLive = false;
  dates(async () => []);
  const plain = ended();
  show(plain);
  t.is(await pages.page('cranes'), plain);
  clock.advance(3_600_000);
  t.is(pages.peek('cranes'), plain);
  t.is(dated(), 1);
  dates(async () => [null]);
  show(ended());
  const undated = await pages.page('cranes');
  clock.advance(30_000);
  await pages.page('cranes');
  await until(() => dated() === 3);
  t.is(await pages.page('cranes'), undated);
});
