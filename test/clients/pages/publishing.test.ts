/** The plain decisions of publishing, counting readers, comparing and listing. No browser is needed for these. */
import test from 'ava';
import * as Y from 'yjs';
import type { DiffBlock, Document, Revision } from '../../../schemas/http.ts';
import { Subject } from '../../../src/clients/editor/observable.ts';
import type { Status } from '../../../src/clients/editor/status.ts';
import { viewsOf } from '../../../src/clients/pages/common/counts.ts';
import { fromLocalField, toLocalField } from '../../../src/clients/pages/common/when.ts';
import { missingParts } from '../../../src/clients/pages/edit/publish/missing-parts.ts';
import { publishedBefore, type RevisionReads } from '../../../src/clients/pages/edit/publish/position.ts';
import {
  buttonLabel,
  chosenVisibility,
  publishObstacle,
  publishStateOf,
  publishStateText,
  whenSaved,
} from '../../../src/clients/pages/edit/publish/publish-state.ts';
import { qrPath } from '../../../src/clients/pages/edit/publish/qr-path.ts';
import { readerDays } from '../../../src/clients/pages/edit/publish/reader-days.ts';
import { foldUnchanged } from '../../../src/clients/pages/history/folding.ts';
import { listFiltersOf } from '../../../src/clients/pages/list/list-filters.ts';
import { counts } from '../../../src/messages/en/common.ts';

const NOON = new Date(2026, 4, 3, 12, 3).getTime();
const DOCUMENT: Document = {
  id: '00000000-0000-4000-8000-000000000000',
  slugStyle: 'unicode',
  slugFollowsTitle: false,
  slug: 'cranes',
  title: 'Cranes',
  summary: '',
  role: 'own',
  owner: 'ana',
  visibility: 'public',
  live: false,
  language: 'en',
  seq: 7,
  createdAt: '2026-05-01T00:00:00.000Z',
  editedAt: '2026-05-01T00:00:00.000Z',
  published: { revision: 2, at: new Date(NOON).toISOString() },
  scheduled: null,
};
const published = { document: DOCUMENT, publishedSeq: 7, isFirst: false };
const refused: Status = { kind: 'refused', unsaved: 1, error: { code: 'update_too_large', message: 'Too large.' } };

test('the draft is the same as what readers see, or it is not', (t) => {
  t.is(publishStateOf({ ...published, document: { ...DOCUMENT, published: null } }, 7, false), 'unpublished');
  t.is(publishStateOf(published, 7, false), 'current');
  t.is(publishStateOf(published, 8, false), 'changed', 'saved here, and not known of when the document was read');
  t.is(publishStateOf({ ...published, document: { ...DOCUMENT, seq: 9 } }, 0, false), 'changed');
  t.is(publishStateOf(published, 7, true), 'changed', 'a change that is on its way is one');
  t.is(
    publishStateOf({ ...published, publishedSeq: null }, 7, false),
    'changed',
    'what is not known is not called the same',
  );
});

test('what is said of a publication names its revision and its time', (t) => {
  t.is(publishStateText(published, 'current', NOON), 'Revision 2, published 12:03. Readers see the latest version.');
  const shared = { ...published, document: { ...DOCUMENT, visibility: 'private' as const } };
  t.regex(publishStateText(shared, 'current', NOON), /Only people you share it with can see it\.$/);
  t.true(publishStateText(published, 'changed', NOON).endsWith('The draft has unpublished changes.'));
  const live = { ...published, document: { ...DOCUMENT, live: true } };
  t.is(publishStateText(live, 'changed', NOON), 'On air. Readers see the draft as you write it.');
  t.deepEqual(
    (['unpublished', 'current', 'changed'] as const).map((standing) => buttonLabel(standing, false)),
    ['Publish', 'Published', 'Update'],
  );
  t.is(buttonLabel('changed', true), 'Scheduled');
});

test('PUB8 who may read a first publication is what its owner chose, never the default', (t) => {
  const first = { document: { ...DOCUMENT, visibility: 'private' as const, published: null }, publishedSeq: null };
  t.is(chosenVisibility({ ...first, isFirst: true }, null), null);
  t.is(chosenVisibility({ ...first, isFirst: true }, 'private'), 'private');
  t.is(chosenVisibility({ ...first, isFirst: false }, null), 'private', 'it was published before');
  t.is(chosenVisibility({ ...first, document: DOCUMENT, isFirst: true }, null), 'public', 'somebody made it so');
  const editors = { ...first, document: { ...first.document, role: 'edit' as const }, isFirst: true };
  t.is(chosenVisibility(editors, null), 'private', 'an editor has no choice');
});

test('PUB9 a draft without a title, without a text, or with neither', (t) => {
  const ydoc = new Y.Doc();
  t.deepEqual(missingParts(ydoc, 'Untitled'), { title: true, text: true });
  t.deepEqual(missingParts(ydoc, 'Made with a title'), { title: false, text: true });
  ydoc.getMap('meta').set('title', ' ');
  t.true(missingParts(ydoc, 'Made with a title').title, 'it was deleted since');
  ydoc.getMap('meta').set('title', 'Untitled');
  t.false(missingParts(ydoc, 'Untitled').title, 'it was typed');
  const item = new Y.XmlElement('listItem');
  ydoc.getXmlFragment('body').insert(0, [new Y.XmlElement('horizontalRule'), item]);
  item.insert(0, [new Y.XmlText('  ')]);
  t.true(missingParts(ydoc, '').text);
  item.insert(1, [new Y.XmlText('A heron.')]);
  t.false(missingParts(ydoc, '').text);
});

test('I1 only what is saved can be published', async (t) => {
  t.is(publishObstacle({ kind: 'saved', seq: 1, at: 0 }), null);
  t.is(publishObstacle({ kind: 'saving', unsaved: 1 }), null, 'it waits');
  for (const status of [
    { kind: 'offline', unsaved: 0 },
    { kind: 'denied' },
    { kind: 'readonly' },
    refused,
  ] as Status[]) {
    t.truthy(publishObstacle(status), status.kind);
  }
  t.is(publishObstacle({ kind: 'signed-out', unsaved: 1 }), "You're signed out. Sign in again to publish.");

  const status = new Subject<Status>({ kind: 'saving', unsaved: 2 });
  const saved = whenSaved(status, new AbortController().signal);
  status.set({ kind: 'saving', unsaved: 1 });
  status.set({ kind: 'saved', seq: 9, at: NOON });
  status.set({ kind: 'saved', seq: 10, at: NOON });
  t.deepEqual(await saved, { ok: true, seq: 9 });
});

test('waiting to be saved ends when it cannot be, and when the author goes away', async (t) => {
  const status = new Subject<Status>({ kind: 'saving', unsaved: 2 });
  const lost = whenSaved(status, new AbortController().signal);
  status.set({ kind: 'offline', unsaved: 2 });
  t.false((await lost).ok);

  const author = new AbortController();
  status.set({ kind: 'saving', unsaved: 2 });
  const left = whenSaved(status, author.signal);
  author.abort();
  t.deepEqual(await left, { ok: false, reason: '' });
  t.false((await whenSaved(new Subject<Status>({ kind: 'saved', seq: 1, at: 0 }), author.signal)).ok);
});

test('a chosen time is of the author’s own clock, and back again', (t) => {
  t.is(fromLocalField(toLocalField(NOON)), NOON);
  t.is(toLocalField(NOON), '2026-05-03T12:03');
  for (const text of ['', 'soon', '2026-13-45T99:99']) t.is(fromLocalField(text), null, text);
});

test('an address of the list asks for what it says, and for nothing that there is not', (t) => {
  t.deepEqual(listFiltersOf(''), {});
  t.deepEqual(listFiltersOf('?state=deleted&q=+ice+'), { state: 'deleted', q: 'ice' });
  t.deepEqual(listFiltersOf('?state=secret&q=%20'), {});
  t.is(listFiltersOf(`?q=${'a'.repeat(500)}`).q?.length, 200);
});

test('view counts are shown for published documents, to users who may see them', (t) => {
  t.is(viewsOf({ ...DOCUMENT, views: 0 }), 0);
  t.is(viewsOf({ ...DOCUMENT, views: 7, visibility: 'private' }), 7, 'read while it was public');
  t.is(viewsOf({ ...DOCUMENT, views: 0, visibility: 'private' }), null, 'nobody is counted there');
  t.is(viewsOf({ ...DOCUMENT, views: 7, published: null }), null);
  t.is(viewsOf(DOCUMENT), null, 'not shown to viewers');
  t.deepEqual([counts.views(1), counts.views(1_204)], ['1 view', '1,204 views']);
});

test('the last days are all there, those without readers too, in order and in UTC', (t) => {
  const readersByDay = [
    { day: '2026-05-02', readers: 4 },
    { day: '2026-04-30', readers: 2 },
    { day: '2026-04-01', readers: 9 },
  ];
  t.deepEqual(readerDays({ views: 20, readingNow: 0, readersByDay }, Date.UTC(2026, 4, 2, 23, 59), 4), [
    { name: '29 Apr', readers: 0 },
    { name: '30 Apr', readers: 2 },
    { name: '1 May', readers: 0 },
    { name: '2 May', readers: 4 },
  ]);
});

const blocks = (kinds: string): DiffBlock[] =>
  [...kinds].map((letter) => ({ kind: letter === '.' ? 'same' : 'changed', html: '' }));
const runs = (kinds: string) => foldUnchanged(blocks(kinds)).map(({ blocks, isFolded }) => [blocks.length, isFolded]);

test('what did not change is folded away, except around what did', (t) => {
  t.deepEqual(runs(''), []);
  t.deepEqual(runs('.....'), [[5, false]], 'two that are the same are shown in full');
  t.deepEqual(runs('....x....'), [
    [3, true],
    [3, false],
    [3, true],
  ]);
  t.deepEqual(runs('x..x'), [[4, false]]);
  t.deepEqual(runs('x...x').flat().filter(Boolean), [2, 1, 2], 'one part is not worth folding');
});

test('what readers see is compared with the revision that they see, also when a list is behind or ahead of it', async (t) => {
  const revision = (number: number): Revision => ({
    number,
    title: 'Cranes',
    summary: '',
    seq: number === 2 ? 7 : number * 10,
    publishedAt: new Date(NOON).toISOString(),
    publishedBy: 'ana',
    current: true,
    body: { type: 'doc', content: [] },
  });
  for (const listed of [[], [revision(1)], [revision(2)], [revision(3)]]) {
    const exact: number[] = [];
    const api: RevisionReads<never> = {
      revisions: async () => ({ ok: true, value: { revisions: listed } }),
      revision: async (_, number) => {
        exact.push(number);
        return { ok: true, value: revision(number) };
      },
    };
    const before = await publishedBefore(api, DOCUMENT.id, 2);
    t.deepEqual(before, { ok: true, value: { publishedSeq: 7, isFirst: false } });
    t.is(publishStateOf(published, 7, false), 'current');
    t.deepEqual(exact, listed[0]?.number === 2 ? [] : [2], 'asked for by itself only then');
    const isFirst = listed.length === 0;
    t.deepEqual(await publishedBefore(api, DOCUMENT.id, null), { ok: true, value: { publishedSeq: null, isFirst } });
  }
});

test('PUB10 the dark modules of a QR code are one path, a rectangle for each run in a row', (t) => {
  const [x, o] = [true, false];
  const path = qrPath([
    [x, x, o, x],
    [o, o, o, o],
    [o, x, x, x],
  ]);
  t.deepEqual(path.split(/(?<=z)M|^M/), ['', '0 0h2v1H0z', '3 0h1v1H3z', '1 2h3v1H1z']);
});
