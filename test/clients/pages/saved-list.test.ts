/** The copy of the list that a device keeps: what it can answer without a server, and that anything else in its place is none. */
import test from 'ava';
import type { Document } from '../../../schemas/http.ts';
import { filtered, type SavedList, savedListOf } from '../../../src/clients/pages/common/saved-list.ts';

const AT = '2026-05-03T12:03:00.000Z';
const documentOf = (id: string, more: Partial<Document> = {}): Document => ({
  id,
  slug: id,
  slugStyle: 'unicode',
  slugFollowsTitle: false,
  title: id,
  summary: '',
  role: 'own',
  owner: 'ana',
  visibility: 'public',
  live: false,
  language: 'en',
  seq: 1,
  createdAt: AT,
  editedAt: AT,
  published: null,
  scheduled: null,
  ...more,
});
const LIST: SavedList = {
  at: Date.parse(AT),
  hasMore: true,
  documents: [
    documentOf('draft'),
    documentOf('published', { published: { revision: 1, at: AT } }),
    documentOf('scheduled', { scheduled: { at: AT } }),
  ],
};

test('STATE2 a copy keeps from when it is, and whether it is whole', (t) => {
  t.deepEqual(savedListOf(JSON.stringify(LIST)), LIST);
  t.deepEqual(savedListOf(JSON.stringify({ at: 1, documents: [] })), { at: 1, documents: [], hasMore: false });
});

test('STATE2 what was never kept is no empty list', (t) => {
  for (const text of [
    null,
    '',
    'null',
    '[]',
    '{}',
    '{"at":"x","documents":[]}',
    '{"at":1,"documents":{}}',
    '{"at":1',
  ]) {
    t.is(savedListOf(text), null, String(text));
  }
});

test('STATE2 a copy answers to filters by state as the server does, and to nothing that it cannot know', (t) => {
  const ids = (query: Parameters<typeof filtered>[1]) => filtered(LIST, query)?.documents.map(({ id }) => id);
  t.deepEqual(ids({}), ['draft', 'published', 'scheduled']);
  t.deepEqual(ids({ state: 'draft' }), ['draft', 'scheduled']);
  t.deepEqual(ids({ state: 'published' }), ['published']);
  t.deepEqual(ids({ state: 'scheduled' }), ['scheduled']);
  t.is(ids({ state: 'deleted' }), undefined);
  t.is(ids({ q: 'heron' }), undefined);
  t.like(filtered(LIST, {}), { at: LIST.at, hasMore: true });
});
