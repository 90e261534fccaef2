/** How long a group commit waits for company, on a clock that the test turns. */
import test from 'ava';
import { CommitWindow } from '../../../../src/storage/postgres/journal/commit-window.ts';

/** Feeds batches of `entries` every `everyMs` and returns the window after them. */
const after = (maxWindowMs: number, batches: number, entries: number, everyMs: number): number => {
  const window = new CommitWindow(maxWindowMs);
  for (let index = 0; index < batches; index += 1) window.observe(entries, index * everyMs);
  return window.nextMs((batches - 1) * everyMs);
};

test('an edit that comes alone is committed at once', (t) => {
  t.is(new CommitWindow(12).nextMs(0), 0, 'before anything is known');
  t.is(after(12, 1, 1, 1), 0, 'after the first batch');
  t.is(after(12, 100, 1, 200), 0, 'one author who types');
});

test('a few edits that come together by chance are no load', (t) => {
  const window = new CommitWindow(12);
  // Twenty authors who type twice a second, on a machine that does other things besides.
  for (let at = 0; at < 5_000; at += 75) {
    for (const [entries, afterMs] of [
      [1, 0],
      [1, 1],
      [1, 3],
    ] as const) {
      window.observe(entries, at + afterMs);
      t.is(window.nextMs(at + afterMs), 0, `at ${at + afterMs} ms`);
    }
  }
});

test('under load entries gather, never longer than the limit', (t) => {
  const busy = after(12, 100, 5, 5);
  t.true(busy > 0 && busy <= 12, String(busy));
  for (const [entries, everyMs] of [
    [1, 1],
    [10, 12],
    [3, 12],
    [1_000, 12],
  ] as const) {
    t.true(after(12, 50, entries, everyMs) <= 12);
  }
});

test('the heavier the load, the shorter the wait that gathers enough', (t) => {
  const light = after(12, 100, 20, 10);
  const heavy = after(12, 100, 200, 10);
  t.true(heavy < light, `${heavy} < ${light}`);
  t.true(heavy < 2, 'a full batch is there almost at once');
});

test('when the load is over, edits are committed at once again', (t) => {
  const window = new CommitWindow(12);
  for (let at = 0; at < 500; at += 5) window.observe(50, at);
  t.true(window.nextMs(500) > 0);
  t.is(window.nextMs(600), 0, 'the first edit after a pause');
  window.observe(1, 601);
  t.is(window.nextMs(800), 0);
});

test('a window of 0 never waits, and two batches at the same moment do no harm', (t) => {
  t.is(after(0, 100, 1_000, 1), 0);
  const window = new CommitWindow(12);
  for (let index = 0; index < 10; index += 1) window.observe(1, 100);
  t.true(Number.isFinite(window.nextMs(100)));
});
