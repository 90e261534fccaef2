/** What the widgets of a document have before them, whatever comes in which order: revisions, drafts, losses. */
import test from 'ava';
import type { WidgetLive } from '../../../schemas/widget.ts';
import { changedBy, type DraftText } from '../../../src/clients/widget/live-text.ts';
import type { WidgetPublication } from '../../../src/clients/widget/publication.ts';
import { ShownDocument } from '../../../src/clients/widget/shown-document.ts';
import { until } from '../../support/helpers.ts';

const publication = (revision: number, more: Partial<WidgetPublication> = {}): WidgetPublication => ({
  id: 'cranes',
  revision,
  title: 'Cranes',
  summary: '',
  html: `<p>revision ${revision}</p>`,
  author: 'ann',
  publishedAt: '2026-05-03T20:00:00.000Z',
  ...more,
});
const live = (seq: number, base: number | null, splices: WidgetLive['splices'], title?: string): WidgetLive => ({
  type: 'live',
  document: 'cranes',
  seq,
  base,
  ...(title !== undefined && { title }),
  splices,
});
const whole = (seq: number, ...words: string[]) =>
  live(seq, null, [{ at: 0, remove: 0, blocks: words.map((word) => `<p>${word}</p>`) }], 'Live cranes');

function watched() {
  const document = new ShownDocument();
  const seen: string[] = [];
  document.add((shown, lostAt) => seen.push(`${shown ? shown.html : 'gone'}${lostAt ? ' lost' : ''}`));
  return { document, seen };
}

test('ONAIR6 changes of a draft are carried out on the one before, and a gap is noticed', (t) => {
  const first = changedBy(whole(4, 'a', 'b'), undefined);
  t.deepEqual(first, { seq: 4, title: 'Live cranes', summary: '', blocks: ['<p>a</p>', '<p>b</p>'] });
  const change = live(6, 4, [{ at: 1, remove: 1, blocks: ['<p>c</p>', '<p>d</p>'] }], 'Other');
  const second = changedBy(change, first);
  t.deepEqual(second, { seq: 6, title: 'Other', summary: '', blocks: ['<p>a</p>', '<p>c</p>', '<p>d</p>'] });
  t.is(changedBy(change, second), second, 'once');
  t.is(changedBy(live(9, 8, []), second), undefined);
  t.is(changedBy(change, undefined), undefined);
  t.like(changedBy(whole(1, 'x'), second as DraftText), { seq: 1, blocks: ['<p>x</p>'] }, 'all of it counts always');
});

test('ONAIR6 a draft takes the place of the revision, whichever comes first, and gives it back when it settles', (t) => {
  for (const order of ['revision first', 'draft first']) {
    const { document, seen } = watched();
    if (order === 'revision first') document.revision(publication(1));
    t.true(document.change(whole(3, 'a')));
    if (order === 'draft first') document.revision(publication(1));
    t.is(seen.at(-1), '<p>a</p>', order);
    t.like(document.shown, { revision: 1, seq: 3, title: 'Live cranes', author: 'ann' });
    t.true(document.change(live(4, 3, [{ at: 1, remove: 0, blocks: ['<p>b</p>'] }])));
    document.revision(publication(2));
    t.is(seen.at(-1), '<p>a</p>\n<p>b</p>', 'a publication changes nothing that is shown');
    t.true(document.settle());
    t.is(seen.at(-1), '<p>revision 2</p>');
    t.is(document.shown?.seq, undefined);
  }
});

test('ONAIR6 I7 what is missing of a draft is noticed, and nothing of it is shown', (t) => {
  const { document, seen } = watched();
  document.revision(publication(1));
  document.change(whole(3, 'a'));
  t.false(document.change(live(9, 7, [{ at: 0, remove: 1, blocks: ['<p>z</p>'] }])));
  t.is(seen.at(-1), '<p>a</p>');
});

test('ONAIR8 a lost connection shows with a draft alone, and no longer once the draft is back', (t) => {
  const { document, seen } = watched();
  document.revision(publication(1));
  document.lost();
  t.deepEqual(seen, ['<p>revision 1</p>'], 'a published text is what it was');
  document.change(whole(3, 'a'));
  document.lost();
  document.lost();
  t.deepEqual(seen.slice(1), ['<p>a</p>', '<p>a</p> lost']);
  t.deepEqual(document.position('cranes'), { slug: 'cranes', since: 0, id: 'cranes' }, 'all of it is requested');
  document.change(whole(5, 'a', 'b'));
  document.revision(publication(1));
  t.deepEqual(seen.slice(3), ['<p>a</p>\n<p>b</p>']);
  t.false(document.change(live(6, 3, [])), 'of the connection before');
});

test('ONAIR6 a draft that is not shown any more after a lost connection gives way to the revision', async (t) => {
  const { document, seen } = watched();
  document.revision(publication(1));
  document.change(whole(3, 'a'));
  document.lost();
  document.revision(publication(2));
  t.is(seen.at(-1), '<p>a</p> lost', 'perhaps the draft follows');
  await until(() => seen.at(-1) === '<p>revision 2</p>');
  t.deepEqual(document.position('cranes'), { slug: 'cranes', since: 2, id: 'cranes' });
});

test('ONAIR6 where sockets are blocked the draft comes over HTTP, newer ones alone, and in the end the revision', (t) => {
  const { document, seen } = watched();
  t.true(document.read(publication(1, { seq: 3, html: '<p>a</p>' })));
  t.false(document.read(publication(1, { seq: 5, html: '<p>b</p>' })), 'no other revision');
  document.read(publication(1, { seq: 4, html: '<p>older</p>' }));
  document.lost();
  document.read(publication(1, { seq: 5, html: '<p>b</p>' }));
  document.read(publication(1, { seq: null }));
  document.read(publication(1, { seq: null }));
  t.deepEqual(seen, ['<p>a</p>', '<p>b</p>', '<p>b</p> lost', '<p>b</p>', '<p>revision 1</p>']);
});

test('a draft that came over HTTP leaves the revision to be read', (t) => {
  const { document } = watched();
  document.read(publication(1, { seq: 3, html: '<p>a</p>' }));
  t.false(document.settle());
  document.change(whole(4, 'b'));
  t.false(document.read(publication(1, { seq: 9, html: '<p>c</p>' })));
  t.is(document.shown?.html, '<p>b</p>', 'the socket brings what is newer');
  t.true(document.read(publication(2, { seq: null })), 'a revision that the socket did not bring');
});

test('I6 I7 what is gone leaves nothing, and another document has its own revisions', (t) => {
  const { document, seen } = watched();
  document.revision(publication(7));
  document.change(whole(3, 'a'));
  document.gone(100);
  document.gone(200);
  t.deepEqual([document.shown, document.goneUntil, seen.at(-1)], [undefined, 200, 'gone']);
  t.is(seen.filter((one) => one === 'gone').length, 1);
  document.revision(publication(1, { id: 'storks', html: '<p>of storks</p>' }));
  t.is(seen.at(-1), '<p>of storks</p>');
  document.revision(publication(1, { id: 'storks', html: '<p>again</p>' }));
  t.is(seen.at(-1), '<p>of storks</p>', 'once');
});

test('ONAIR8 a change that an earlier reading had, and that is still missing, should have come over the socket', (t) => {
  const { document, seen } = watched();
  document.revision(publication(1));
  t.true(document.change(whole(3, 'a')));
  const read = (seq: number, words: string) => document.read(publication(1, { seq, html: `<p>${words}</p>` }));
  t.false(read(3, 'a'));
  t.false(read(5, 'a b'), 'it may be under way');
  t.true(read(6, 'a b'), 'what the last reading had has not come');
  t.true(document.change(live(6, 3, [{ at: 1, remove: 0, blocks: ['<p>b</p>'] }])));
  t.false(read(6, 'a b'));
  t.false(read(6, 'a b'));
  t.is(seen.at(-1), '<p>a</p>\n<p>b</p>', 'the socket alone brings drafts');
});

test('ONAIR8 edits that readers do not see make no connection a dead one', (t) => {
  const { document } = watched();
  document.revision(publication(1));
  t.true(document.change(whole(3, 'a')));
  for (const seq of [5, 5, 9, 9, 12]) t.false(document.read(publication(1, { seq, html: '<p>a</p>' })), `${seq}`);
});
