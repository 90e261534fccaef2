/** The rows of the list. */
import type { Document, ListedDocument } from '../../../../schemas/http.ts';
import { UNTITLED } from '../../../content/model/untitled.ts';
import { counts, untitled } from '../../../messages/en/common.ts';
import { texts as listTexts, rows as texts } from '../../../messages/en/list.ts';
import { viewsOf } from '../common/counts.ts';
import { h } from '../common/dom.ts';
import { icon } from '../common/icons.ts';
import { ago, clock } from '../common/time.ts';
import { inFull } from '../common/when.ts';

/** What can be done with a row. */
export interface RowActions {
  remove(document: Document): void;
  restore(document: Document): void;
}

type Badge = keyof typeof texts.badges;

/** What a glance should tell of a document, in the order of its weight. */
function badgesOf({ published, scheduled, visibility, role, live }: Document): Badge[] {
  const badges: Badge[] = [];
  if (published !== null) badges.push(visibility === 'private' ? 'published-privately' : 'published');
  if (published !== null && live) badges.push('live');
  if (scheduled !== null) badges.push('scheduled');
  if (role === 'view') badges.push('read-only');
  return badges;
}

/** `title` of a badge: what it says in full. */
function explain(badge: Badge, { published, scheduled }: Document, now: number): string | undefined {
  if (badge === 'scheduled' && scheduled !== null) return texts.scheduledFor(clock(Date.parse(scheduled.at), now));
  if (!badge.startsWith('published') || published === null) return undefined;
  return texts.revision(published.revision, clock(Date.parse(published.at), now));
}

function details(document: Document, now: number): HTMLElement {
  const { deletedAt, editedAt, owner, role } = document;
  const at = deletedAt ?? editedAt;
  const views = viewsOf(document);
  const age = ago(Date.parse(at), now);
  const words = deletedAt === undefined ? texts.edited(age) : texts.deleted(age);
  return h(
    'span',
    { class: 'details' },
    ...badgesOf(document).map((badge) =>
      h('span', { class: `badge ${badge.split('-')[0]}`, title: explain(badge, document, now) }, texts.badges[badge]),
    ),
    role !== 'own' && h('span', {}, texts.owner(owner)),
    views !== null && h('span', { class: 'views' }, counts.views(views)),
    h('time', { datetime: at, title: inFull(Date.parse(at)) }, words),
  );
}

type Segments = NonNullable<ListedDocument['match']>['title'];

const marked = (segments: Segments): (HTMLElement | string)[] =>
  segments.map(({ text, match }) => (match ? h('mark', {}, text) : text));

/** The title and, in the results of a search, what was found in the text; each in the direction of its own letters. */
function heading({ title, match }: ListedDocument): HTMLElement {
  const isUntitled = title === '' || title === UNTITLED;
  const name = h(
    'span',
    { class: title === UNTITLED ? 'title untitled' : 'title', dir: 'auto' },
    ...(isUntitled ? [untitled] : marked(match?.title ?? [{ text: title, match: false }])),
  );
  if (match === undefined || match.snippet.length === 0) return name;
  return h('span', { class: 'found' }, name, h('span', { class: 'snippet', dir: 'auto' }, ...marked(match.snippet)));
}

function row(document: ListedDocument, now: number, actions: RowActions): HTMLElement {
  const { id, title, role, deletedAt } = document;
  const name = heading(document);
  if (deletedAt !== undefined) {
    const restore = h(
      'button',
      {
        type: 'button',
        class: 'button',
        'aria-label': texts.restoreTitle(title),
        onclick: () => actions.restore(document),
      },
      texts.restore,
    );
    return h('li', {}, h('div', { class: 'document deleted' }, name, details(document, now)), restore);
  }
  const remove = h(
    'button',
    {
      type: 'button',
      class: 'row-action',
      'aria-label': texts.deleteTitle(title),
      title: texts.delete,
      onclick: () => actions.remove(document),
    },
    icon('bin'),
  );
  return h(
    'li',
    {},
    h('a', { href: `/edit/${id}`, class: 'document' }, name, details(document, now)),
    role === 'own' ? remove : h('span', { class: 'row-action' }),
  );
}

/** @param now milliseconds since the Unix epoch */
export function documentRows(documents: readonly ListedDocument[], now: number, actions: RowActions): HTMLElement {
  return h('ul', { class: 'rows' }, ...documents.map((document) => row(document, now, actions)));
}

/** What stands in for the rows while they are on their way. */
export function skeletonRows(): HTMLElement {
  const bar = () => h('li', { class: 'skeleton' }, h('span'), h('span'));
  return h('ul', { class: 'rows', 'aria-busy': 'true', 'aria-label': listTexts.loading }, bar(), bar(), bar());
}
