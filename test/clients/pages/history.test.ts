/** The plain decisions of the History page: what its timeline has, what is compared, and what its address says. */
import test from 'ava';
import type { DocumentWithGrants, RevisionSummary, WritingSession } from '../../../schemas/http.ts';
import type { Answer } from '../../../src/clients/pages/common/api.ts';
import { createHistoryLoader } from '../../../src/clients/pages/history/loader.ts';
import { authorsOf, period } from '../../../src/clients/pages/history/session-text.ts';
import {
  comparisonOf,
  type Entry,
  entryOf,
  positionOf,
  startOf,
  timelineOf,
} from '../../../src/clients/pages/history/timeline.ts';
import { searchOf, type View, viewOf } from '../../../src/clients/pages/history/view-address.ts';

const NOON = new Date(2026, 4, 3, 12).getTime();
const MINUTE = 60_000;
const iso = (at: number) => new Date(at).toISOString();

const session = (firstSeq: number, lastSeq: number): WritingSession => ({
  firstSeq,
  lastSeq,
  startedAt: iso(NOON),
  endedAt: iso(NOON + MINUTE),
  edits: lastSeq - firstSeq + 1,
  bytes: 100,
  authors: [{ handle: 'ana', edits: 1, bytes: 100 }],
});
const revision = (number: number, seq: number): RevisionSummary => ({
  number,
  title: 'Cranes',
  summary: '',
  seq,
  publishedAt: iso(NOON),
  publishedBy: 'ana',
  current: false,
});
/** `5-9` is a session, `#2` a revision. */
const nameOf = (entry: Entry) =>
  entry.kind === 'session' ? `${entry.session.firstSeq}-${entry.session.lastSeq}` : `#${entry.revision.number}`;

const SESSIONS = [session(10, 20), session(5, 9), session(1, 4)];
const REVISIONS = [revision(4, 20), revision(3, 12), revision(2, 4), revision(1, 0)];
const ENTRIES = timelineOf({ sessions: SESSIONS, revisions: REVISIONS, from: 0 });
const find = (name: string) => ENTRIES.find((entry) => nameOf(entry) === name)!;

test('HIST1 revisions stand among the sessions, each above the one that it was published after', (t) => {
  t.deepEqual(ENTRIES.map(nameOf), ['#4', '10-20', '#3', '5-9', '#2', '1-4', '#1']);
  const twice = timelineOf({ sessions: [session(1, 4)], revisions: [revision(2, 4), revision(1, 4)], from: 0 });
  t.deepEqual(twice.map(nameOf), ['#2', '#1', '1-4'], 'published twice without an edit');
  t.deepEqual(timelineOf({ sessions: [], revisions: [revision(1, 0)], from: 0 }).map(nameOf), ['#1']);
});

test('HIST1 a revision of sessions that are not loaded comes with them', (t) => {
  const loaded = { sessions: SESSIONS.slice(0, 1), revisions: REVISIONS, from: 10 };
  t.deepEqual(timelineOf(loaded).map(nameOf), ['#4', '10-20', '#3']);
});

test('a view is of the session that has its position, of a revision by number, else of the newest entry', (t) => {
  const named = (view: Omit<View, 'show'>) => {
    const entry = entryOf(ENTRIES, { ...view, show: 'text' });
    return entry && nameOf(entry);
  };
  t.is(named({}), '#4');
  t.is(named({ at: 7 }), '5-9');
  t.is(named({ at: 5 }), '5-9');
  t.is(named({ revision: 3 }), '#3');
  t.is(named({ at: 21 }), undefined);
  t.is(named({ revision: 5 }), undefined);
  t.is(entryOf([], { show: 'text' }), undefined);
});

test('HIST3 changes are counted from before the session, or from the revision before', (t) => {
  t.is(startOf(find('10-20'), REVISIONS), 9);
  t.is(startOf(find('1-4'), REVISIONS), 0);
  t.is(startOf(find('#3'), REVISIONS), 4);
  t.is(startOf(find('#1'), REVISIONS), 0);
  t.is(positionOf(find('5-9'), { show: 'changes' }), 9);
  t.is(positionOf(find('5-9'), { at: 6, show: 'changes' }), 6);
  t.is(positionOf(find('#3'), { revision: 3, show: 'changes' }), 12);
});

test('HIST3 the earlier of two moments is compared with the later, whichever was chosen', (t) => {
  const compared = (name: string, view: View) => comparisonOf(find(name), view, REVISIONS);
  t.deepEqual(compared('5-9', { at: 7, show: 'changes' }), { from: 4, to: 7 });
  t.deepEqual(compared('5-9', { at: 7, show: 'text' }), { from: 7, to: 7 });
  t.deepEqual(compared('5-9', { at: 7, show: 'now' }), { from: 7, to: undefined });
  t.deepEqual(compared('5-9', { at: 7, show: 4 }), { from: 7, to: 20 });
  t.deepEqual(compared('5-9', { at: 7, show: 2 }), { from: 4, to: 7 });
  t.deepEqual(compared('#4', { revision: 4, show: 'changes' }), { from: 12, to: 20 });
  t.deepEqual(compared('5-9', { at: 7, show: 99 }), { from: 4, to: 7 }, 'a revision that is not there');
});

test('HIST3 a view is in its address, and what is wrong in an address counts as left out', (t) => {
  const views: View[] = [
    { show: 'changes' },
    { at: 214, show: 'changes' },
    { at: 214, show: 'text' },
    { at: 1, show: 'now' },
    { at: 7, show: 3 },
    { revision: 2, show: 'now' },
  ];
  for (const view of views) t.deepEqual(viewOf(searchOf(view)), view, searchOf(view));
  t.is(searchOf({ at: 214, show: 'now' }), '?at=214&show=now');
  for (const search of ['', '?at=-1', '?at=0', '?at=1e9', '?at=x&show=<b>', '?at=99999999999999999999', '?show=0']) {
    t.deepEqual(viewOf(search), { show: 'changes' }, search);
  }
});

test('HIST1 a session says when it was and who wrote it', (t) => {
  const at = (from: number, to: number, now: number) =>
    period({ startedAt: iso(from), endedAt: iso(to) }, now).replaceAll(/[\u2009\u202f\u00a0]/g, ' ');
  t.regex(at(NOON, NOON + 70 * MINUTE, NOON + 100 * MINUTE), /^12:00 ?– ?13:10$/);
  t.is(at(NOON, NOON + 5, NOON + MINUTE), '12:00');
  t.regex(at(NOON, NOON + 70 * MINUTE, NOON + 24 * 60 * MINUTE), /^3 May, 12:00 ?– ?13:10$/);
  t.regex(at(NOON, NOON, new Date(2027, 1, 1).getTime()), /^3 May 2026, 12:00$/);
  const by = (...handles: string[]) =>
    authorsOf({ authors: handles.map((handle) => ({ handle, edits: 1, bytes: 1 })) });
  t.is(by('ana'), 'ana');
  t.is(by('ana', 'ben'), 'ana and ben');
  t.is(by('ana', 'ben', 'cem', 'dora'), 'ana, ben, cem and 1 other');
  t.is(by(), 'Unknown author');
});

const DOCUMENT = { id: 'd', title: 'Cranes', seq: 20, role: 'own', published: null } as unknown as DocumentWithGrants;
const found = async <T>(value: T): Promise<Answer<T>> => ({ ok: true, value });
const unreachable = { ok: false, problem: { code: 'unreachable', status: 0 } } as const;

/** A server with one session and one revision a page. */
function server() {
  const asked: string[] = [];
  let isAway = false;
  const reads = {
    document: () => found(DOCUMENT),
    writingSessions: async (_id: string, { before = 21 }: { readonly before?: number } = {}) => {
      asked.push(`sessions before ${before}`);
      if (isAway) return unreachable;
      const page = SESSIONS.find(({ lastSeq }) => lastSeq < before);
      return found({ sessions: page ? [page] : [], ...(page && page.firstSeq > 1 && { next: page.firstSeq }) });
    },
    revisions: async (_id: string, { before = 5 }: { readonly before?: number } = {}) => {
      asked.push(`revisions before ${before}`);
      const page = REVISIONS.find(({ number }) => number < before);
      return found({ revisions: page ? [page] : [], ...(page && page.number > 1 && { next: page.number }) });
    },
  };
  return {
    asked,
    reads,
    setAway(away: boolean) {
      isAway = away;
    },
  };
}

test('HIST3 the history is read page by page, with the revisions that are in it and the one before', async (t) => {
  const { asked, reads } = server();
  const loader = createHistoryLoader(reads, 'd');
  const first = await loader.start({ show: 'changes' });
  t.true(first.ok);
  if (!first.ok) return;
  t.deepEqual(first.value.entries.map(nameOf), ['#4', '10-20', '#3']);
  t.is(startOf(first.value.entries[2]!, first.value.revisions), 4, 'the one before is known');
  t.deepEqual(asked, ['sessions before 21', 'revisions before 5', 'revisions before 4', 'revisions before 3']);
  await loader.older();
  const all = await loader.older();
  t.deepEqual(all.ok && all.value.entries.map(nameOf), ENTRIES.map(nameOf));
  t.is(all.ok && all.value.from, 0);
});

test('HIST3 what an address names is read, however old, unless it is too far away', async (t) => {
  const { reads } = server();
  const old = await createHistoryLoader(reads, 'd').start({ at: 2, show: 'text' });
  t.deepEqual(old.ok && old.value.entries.map(nameOf), ENTRIES.map(nameOf));
  let pages = 0;
  const endless = {
    ...reads,
    writingSessions: (_id: string, { before = 1_000 }: { readonly before?: number } = {}) => {
      pages += 1;
      return found({ sessions: [session(before - 1, before - 1)], next: before - 1 });
    },
  };
  t.true((await createHistoryLoader(endless, 'd').start({ at: 5_000, show: 'text' })).ok);
  t.is(pages, 10);
});

test('HIST6 a page that cannot be read leaves what was read, and is read again when asked for', async (t) => {
  const { reads, setAway } = server();
  const loader = createHistoryLoader(reads, 'd');
  await loader.start({ show: 'changes' });
  setAway(true);
  t.deepEqual(await loader.older(), unreachable);
  setAway(false);
  const next = await loader.older();
  t.deepEqual(next.ok && next.value.sessions, SESSIONS.slice(0, 2));
});
