/** Pages of private documents: made once for all who may read them, and again for whatever the check of access found changed. */
import test from 'ava';
import { createPrivatePages, type PrivatePage } from '../../../../src/gateway/readers/pages/private-pages.ts';
import type { FoundPage } from '../../../../src/ports/revisions.ts';
import { until } from '../../../support/helpers.ts';
import { bodyOf, LIVE_ID, liveDocument, paragraph } from '../../../support/live-documents.ts';
import { TurnedClock } from '../../../support/turned-clock.ts';

const DOCUMENT = liveDocument({ live: false, coverage: null });
const FOUND: FoundPage = { ...DOCUMENT, visibility: 'private', draft: null };
const liveAt = (seq: number): FoundPage => ({
  ...FOUND,
  live: true,
  draft: { seq, updatedAt: DOCUMENT.updatedAt, ownerNode: 'a' },
});

function world({ maxBytes = 1_000_000, renderMs = 0, waitMs = 10_000 } = {}) {
  const clock = new TurnedClock(0);
  const log: string[] = [];
  const draft = { seq: 1, words: 'live', isReadable: true, gate: undefined as Promise<void> | undefined };
  let isGone = false;
  const pages = createPrivatePages({
    async body(documentId, revision) {
      log.push(`revision ${revision}`);
      return isGone || documentId !== LIVE_ID ? undefined : JSON.stringify(bodyOf(paragraph('published')));
    },
    async draft(_documentId, from) {
      log.push(`draft from ${from.seq}`);
      await draft.gate;
      const { seq, words, isReadable } = draft;
      const content = { title: null, summary: '', body: bodyOf(paragraph(words)) };
      return isReadable ? { seq, content } : undefined;
    },
    render({ title, body, seq }, origin) {
      log.push('render');
      clock.advance(renderMs);
      return `${origin} ${title} ${seq} ${JSON.stringify(body)}`;
    },
    clock,
    maxBytes,
    waitMs,
  });
  return {
    clock,
    log,
    draft,
    pageOf: (found: FoundPage, origin = 'http://stet.example') => pages.pageOf(found, origin),
    remove() {
      isGone = true;
    },
  };
}
const said = (page: PrivatePage | undefined) => page && Buffer.from(page.bytes.plain).toString();

test('I9 however many read a private page at the same time or later, it is read, rendered and compressed once', async (t) => {
  const { pageOf, log } = world();
  const pages = await Promise.all(Array.from({ length: 200 }, () => pageOf(FOUND)));
  t.is(new Set(pages).size, 1);
  t.is(await pageOf(FOUND), pages[0]);
  t.deepEqual(log, ['revision 1', 'render']);
  t.is(await pages[0]?.bytes.encoded('br'), await (await pageOf(FOUND))?.bytes.encoded('br'));
});

test('I6 whatever the check of access found changed makes another page, and each origin has its own', async (t) => {
  const { pageOf } = world();
  const first = await pageOf(FOUND);
  t.true(said(await pageOf({ ...FOUND, title: 'Storks' }))?.includes(' Storks '));
  t.not(await pageOf({ ...FOUND, revision: 2 }), first);
  t.not((await pageOf({ ...FOUND, visibility: 'public' }))?.tag, first?.tag);
  t.true(said(await pageOf(FOUND, 'http://other.example'))?.startsWith('http://other.example'));
  t.is(await pageOf(FOUND), first);
});

test('a document that is gone meanwhile has no page', async (t) => {
  const { pageOf, remove } = world();
  remove();
  t.is(await pageOf(FOUND), undefined);
});

test('I9 pages are bounded by bytes', async (t) => {
  const { pageOf, log } = world({ maxBytes: 4_000 });
  for (const title of ['a', 'b', 'c', 'a']) await pageOf({ ...FOUND, title });
  t.is(log.filter((one) => one === 'render').length, 4);
});

test('ONAIR4 the draft of a private live document is read once for all, and at most once a second', async (t) => {
  const { pageOf, log, draft, clock } = world();
  const pages = await Promise.all(Array.from({ length: 200 }, () => pageOf(liveAt(1))));
  t.is(new Set(pages).size, 1);
  t.like(pages[0], { seq: 1 });
  Object.assign(draft, { seq: 3, words: 'later' });
  clock.advance(999);
  t.is(await pageOf(liveAt(2)), pages[0]);
  clock.advance(1);
  const later = await pageOf(liveAt(3));
  t.like(later, { seq: 3 });
  t.true(said(later)?.includes('later'));
  clock.advance(60_000);
  t.is(await pageOf(liveAt(3)), later, 'the draft has not moved');
  t.deepEqual(log, ['draft from 1', 'render', 'draft from 3', 'render']);
});

test('ONAIR4 I9 a draft that takes long to render is rendered less often', async (t) => {
  const { pageOf, log, draft, clock } = world({ renderMs: 90 });
  const first = await pageOf(liveAt(1));
  draft.seq = 2;
  clock.advance(2_999);
  t.is(await pageOf(liveAt(2)), first);
  clock.advance(1);
  t.like(await pageOf(liveAt(2)), { seq: 2 });
  t.is(log.filter((one) => one === 'render').length, 2);
});

test('ONAIR5 I9 a private draft that cannot be read leaves the page before it, or the revision, and is tried after growing pauses', async (t) => {
  const { pageOf, log, draft, clock } = world();
  draft.isReadable = false;
  for (const pauseMs of [1_000, 2_000]) {
    t.like(await pageOf(liveAt(1)), { seq: null });
    clock.advance(pauseMs - 1);
    t.like(await pageOf(liveAt(1)), { seq: null });
    clock.advance(1);
  }
  t.deepEqual(log, ['draft from 1', 'revision 1', 'render', 'draft from 1']);
  draft.isReadable = true;
  const read = await pageOf(liveAt(1));
  t.like(read, { seq: 1 });
  draft.isReadable = false;
  clock.advance(1_000);
  t.is(await pageOf(liveAt(2)), read);
});

test('ONAIR5 I9 readers wait for a private draft for a limited time, and get it once it is there', async (t) => {
  const { pageOf, draft, log } = world({ waitMs: 1 });
  const { promise, resolve } = Promise.withResolvers<void>();
  draft.gate = promise;
  t.like(await pageOf(liveAt(1)), { seq: null });
  resolve();
  await until(() => log.filter((one) => one === 'render').length === 2);
  t.like(await pageOf(liveAt(1)), { seq: 1 });
});
