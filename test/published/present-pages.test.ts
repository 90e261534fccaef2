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

function world() {
  const clock = new TurnedClock(0);
  const cluster = createLocalCluster({ nodeId: 'one', log: silentLog });
  const draft = new WrittenDraft();
  draft.write('written');
  let shown: PublicEntry | undefined = cachedEntry();
  let dated = 0;
  const invalidated: string[] = [];
  const dates = {
    async of() {
      dated += 1;
      return ['2026-05-03T20:10:00.000Z'];
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
    log: silentLog,
  });
  return {
    pages,
    draft,
    cluster,
    invalidated,
    dated: () => dated,
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
  const coverage = { startedAt: AT, endedAt: '2026-05-03T22:00:00.000Z' };
  const ended = cachedEntry({ live: false, coverage }, bodyOf(heading('One')));
  draft.isLive = false;
  show(ended);
  t.is(pages.peek('cranes'), undefined);
  const entries = await Promise.all([pages.page('cranes'), pages.page('cranes'), pages.byId(LIVE_ID)]);
  t.true(entries.every((entry) => entry === entries[0]));
  t.like(entries[0], { html: ended.html, document: ended.document, sectionDates: ['2026-05-03T20:10:00.000Z'] });
  t.is(pages.peek('cranes'), entries[0]);
  t.is(dated(), 1);
  const next = cachedEntry({ live: false, coverage, revision: 2 }, bodyOf(heading('Two')));
  show(next);
  t.is(await pages.page('cranes'), next, 'the database does not have that revision yet');
});
